//! What is measured, and what it is measured against.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::machine::Machine;
use crate::harness::options::Options;
use crate::tools::{Python, environment, run};

/// All that the jobs share.
pub(crate) struct Bench {
    pub(crate) options: Options,
    pub(crate) machine: Machine,
    pub(crate) prek: PathBuf,
    /// The program itself, without the script that Python starts before it.
    pub(crate) lefthook: PathBuf,
    /// A virtual environment with black and flake8.
    pub(crate) style: PathBuf,
    python: PathBuf,
}

impl Bench {
    /// Installs the peers where that has not been done.
    pub(crate) fn prepare(options: Options) -> Self {
        let python = Python::find(&[13, 14, 12, 11]);
        let folder = |name: &str, lock: &str| {
            let program = environment(name, &python, lock).program("python");
            program.ancestors().nth(2).unwrap().to_owned()
        };
        let lefthook = folder("lefthook", include_str!("../requirements/lefthook.txt"));
        Self {
            options,
            machine: Machine::with_python(&python.program),
            prek: folder("prek", include_str!("../requirements/prek.txt")).join("bin/prek"),
            lefthook: native(&lefthook).unwrap_or_else(|| lefthook.join("bin/lefthook")),
            style: folder("style", include_str!("../requirements/style.txt")),
            python: python.program,
        }
    }

    /// Rounds of a job whose own number is `usual`.
    pub(crate) fn rounds(&self, usual: usize) -> usize {
        self.options.runs.unwrap_or(usual)
    }

    /// The programs in the run, each with its version.
    pub(crate) fn versions(&self) -> Vec<String> {
        let scaffold = PathBuf::from(env!("CARGO_BIN_EXE_scaffold"));
        let version = |program: &Path, argument: &str| {
            let output = run(Command::new(program).arg(argument));
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            // `prek 0.5.11 (…)`, `lefthook version 2.2.2`, `7.5.0 (mccabe: …) CPython 3.13.0 on Linux`.
            let digits = |it: &&str| it.starts_with(|first: char| first.is_ascii_digit());
            let number = text.split_whitespace().find(digits).unwrap_or_default();
            let name = program.file_stem().unwrap_or_default().to_string_lossy();
            format!(
                "{} {}",
                name.split('-').next().unwrap_or_default(),
                number.trim_end_matches(',')
            )
        };
        [
            (&scaffold, "--version"),
            (&self.prek, "--version"),
            (&self.lefthook, "version"),
            (&self.style.join("bin/black"), "--version"),
            (&self.style.join("bin/flake8"), "--version"),
            (&self.python, "--version"),
            (&PathBuf::from("git"), "--version"),
        ]
        .into_iter()
        .map(|(program, argument)| version(program, argument))
        .collect()
    }
}

/// The executable that lefthook's package brings for this system.
fn native(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut entries: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    entries.sort();
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let wanted = format!("lefthook-{system}-{machine}");
    entries.into_iter().find_map(|it| {
        if it.is_dir() && !it.is_symlink() {
            native(&it)
        } else {
            let named = it.ends_with(Path::new(&wanted).join("lefthook"));
            (named && it.is_file()).then_some(it)
        }
    })
}
