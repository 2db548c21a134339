//! What is measured, and what it is measured against.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::machine::Machine;
use crate::harness::options::Options;
use crate::harness::place::Place;
use crate::tools::{Python, run, uv};

/// All that the jobs share.
pub(crate) struct Bench {
    pub(crate) options: Options,
    pub(crate) machine: Machine,
    /// The Python of the environments.
    pub(crate) python: PathBuf,
    /// Its series, `3.13`.
    pub(crate) series: String,
    pub(crate) uv: PathBuf,
}

impl Bench {
    /// Installs uv where that has not been done.
    pub(crate) fn prepare(options: Options) -> Self {
        let python = Python::find(&[13, 14, 12]);
        Self {
            options,
            machine: Machine::with_python(&python.program),
            series: python.version(),
            python: python.program,
            uv: uv().to_owned(),
        }
    }

    /// Rounds of a job whose own number is `usual`.
    pub(crate) fn rounds(&self, usual: usize) -> usize {
        self.options.runs.unwrap_or(usual)
    }

    /// The doctor in a project.
    pub(crate) fn doctor(&self, place: &Place, project: &Path, arguments: &[&str]) -> Command {
        let mut command = self.machine.command(place, env!("CARGO_BIN_EXE_scaffold"));
        command.arg("doctor").args(arguments).current_dir(project);
        command
    }

    /// `uv pip check` of the project's environment, as a user types it there.
    pub(crate) fn uv_check(&self, place: &Place, project: &Path) -> Command {
        let mut command = self.machine.command(place, &self.uv);
        command.args(["pip", "check"]).current_dir(project);
        command
    }

    /// The programs in the run, each with its version.
    pub(crate) fn versions(&self) -> Vec<String> {
        let scaffold = PathBuf::from(env!("CARGO_BIN_EXE_scaffold"));
        [&scaffold, &self.uv, &self.python]
            .into_iter()
            .map(|program| {
                let output = run(Command::new(program).arg("--version"));
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                let words: Vec<&str> = text.split_whitespace().take(2).collect();
                words.join(" ").to_lowercase()
            })
            .collect()
    }
}
