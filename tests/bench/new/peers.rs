//! What is measured, and what it is measured against.

use std::path::PathBuf;
use std::process::Command;

use crate::harness::machine::Machine;
use crate::harness::options::Options;
use crate::harness::place::Place;
use crate::tools::{Python, environment, run, uv};

/// All that the jobs share.
pub(crate) struct Bench {
    pub(crate) options: Options,
    pub(crate) machine: Machine,
    /// The Python behind the peers, and the first on PATH.
    pub(crate) python: PathBuf,
    pub(crate) uv: PathBuf,
    pub(crate) cookiecutter: PathBuf,
    pub(crate) copier: PathBuf,
}

impl Bench {
    /// Installs the peers where that has not been done.
    pub(crate) fn prepare(options: Options) -> Self {
        let python = Python::find(&[13, 14, 12, 11]);
        let program = |name: &str, lock: &str| environment(name, &python, lock).program(name);
        let uv = uv().to_owned();
        let cookiecutter = program(
            "cookiecutter",
            include_str!("../requirements/cookiecutter.txt"),
        );
        let copier = program("copier", include_str!("../requirements/copier.txt"));
        Self {
            options,
            machine: Machine::with_python(&python.program),
            python: python.program,
            uv,
            cookiecutter,
            copier,
        }
    }

    /// Rounds of a job whose own number is `usual`.
    pub(crate) fn rounds(&self, usual: usize) -> usize {
        self.options.runs.unwrap_or(usual)
    }

    /// A place for a job, with uv among its programs and nothing else that could be found instead of the machine's own.
    pub(crate) fn furnish(&self, place: &Place) {
        let programs = place.empty("bin");
        std::os::unix::fs::symlink(&self.uv, programs.join("uv")).unwrap();
        place.empty("work");
    }

    /// Our program, with nothing to ask.
    pub(crate) fn scaffold(&self, place: &Place, arguments: &[&str]) -> Command {
        let mut command = self.machine.command(place, env!("CARGO_BIN_EXE_scaffold"));
        command.args(arguments);
        command
    }

    /// uv as its users start it, told which Python to take, so that it need not search for one.
    pub(crate) fn uv(&self, place: &Place, arguments: &[&str]) -> Command {
        let mut command = self.machine.command(place, &self.uv);
        command.env("UV_PYTHON", &self.python).args(arguments);
        command
    }

    /// The programs in the run, each with its version.
    pub(crate) fn versions(&self) -> Vec<String> {
        let scaffold = PathBuf::from(env!("CARGO_BIN_EXE_scaffold"));
        [
            &scaffold,
            &self.uv,
            &self.cookiecutter,
            &self.copier,
            &self.python,
            &PathBuf::from("git"),
        ]
        .into_iter()
        .map(|program| {
            let output = run(Command::new(program).arg("--version"));
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            // `uv 0.13.9 (x86_64-…)`, `Cookiecutter 2.7.1 from /…`, `git version 2.47.3`.
            let mut words = text.split_whitespace().filter(|it| *it != "version");
            let name = words.next().unwrap_or_default().to_lowercase();
            format!("{name} {}", words.next().unwrap_or_default())
        })
        .collect()
    }
}
