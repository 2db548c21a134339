//! The two installers behind one interface: make an empty environment, fill it from locks, name the plain commands.
//!
//! Called by `build`. Whatever installs, the environment holds the same distributions. It must not know what the project is for.

use std::fmt;

use super::build::Project;
use super::decision::Python;
use super::surroundings::Note;
use super::uv::Uv;
use super::{pip, uv};
use crate::error::Result;
use crate::host::Host;
use crate::process::quoted;
use crate::python::{Pip, Venv};

/// Who makes the environment and fills it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Provider {
    /// uv.
    Uv(Uv),
    /// The interpreter's own `venv`, and pip.
    Pip(Pip),
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uv(_) => "uv",
            Self::Pip(_) => "pip",
        })
    }
}

/// One environment to make.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) host: &'a Host,
    pub(super) project: Project<'a>,
    pub(super) python: &'a Python,
    pub(super) venv: &'a Venv,
    pub(super) note: Note<'a>,
}

impl Provider {
    /// Makes an environment without any distribution, in a folder that may be there already.
    pub(super) fn create(&self, job: Job<'_>) -> Result<()> {
        match self {
            Self::Uv(uv) => uv::create(uv, job),
            Self::Pip(_) => pip::create(job),
        }
    }

    /// Installs exactly what the locks say, each file checked against its hash.
    pub(super) fn install(&self, job: Job<'_>) -> Result<()> {
        match self {
            Self::Uv(uv) => uv::install(uv, job),
            Self::Pip(pip) => pip::install(pip, job),
        }
    }

    /// The commands that make the same environment by hand, to be typed in the project's folder; they also replace one that
    /// was left unfinished.
    pub(super) fn plain_commands(
        &self,
        host: &Host,
        project: Project<'_>,
        python: &Python,
    ) -> Vec<String> {
        let words = match self {
            Self::Uv(uv) => uv::plain_commands(uv, host, project, python),
            Self::Pip(pip) => pip::plain_commands(pip, host, project, python),
        };
        let line = |words: Vec<String>| {
            let words: Vec<String> = words.iter().map(|it| shell_word(host, it)).collect();
            words.join(" ")
        };
        words.into_iter().map(line).collect()
    }
}

/// What to type for a Python where a command takes a version or a program: its short name where that means the same one.
pub(super) fn python_word(host: &Host, python: &Python) -> String {
    let interpreter = match python {
        Python::Downloaded(series) => return series.to_string(),
        Python::Installed(interpreter) => interpreter,
    };
    let name = format!("python{}", interpreter.version.series);
    // The Python of an environment that is active in this shell is not the one meant, though it is the same file.
    let same = host
        .find_program(&name)
        .filter(|path| Venv::around(host, path).is_none())
        .and_then(|path| std::fs::canonicalize(path).ok())
        .is_some_and(|real| real == interpreter.real);
    if same {
        name
    } else {
        interpreter.path.display().to_string()
    }
}

/// A word as the shell of this system reads it back.
fn shell_word(host: &Host, word: &str) -> String {
    if !host.is_windows() {
        return quoted(word);
    }
    if word.contains([' ', '&', '(', ')', ';', ',']) {
        format!("\"{word}\"")
    } else {
        word.to_owned()
    }
}
