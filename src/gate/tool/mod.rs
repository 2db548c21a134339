//! The tools that are gates: programs of the project's own environment, what they are told and how their answer is read. One
//! file for each; this one lists them.
//!
//! Called by the run. A tool is given a folder that is laid out already and the files in it; it must not know snapshots, the
//! cache or what happens to its findings.

mod arguments;
mod autopep8;
mod black;
mod custom;
mod docs;
mod environment;
mod fingerprint;
mod flake8;
mod imports;
mod job;
mod missing;
mod mypy;
mod names;
mod pylint;
mod pyright;
mod pytest;
mod ruff;
#[cfg(test)]
#[cfg(unix)]
mod testing;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod text;
mod unittest;
mod verdict;

use std::ffi::OsString;
use std::time::Duration;

pub(crate) use environment::Environment;
pub(crate) use job::{Job, run};
pub(crate) use verdict::Verdict;

use super::settings::Needs;
use crate::finding::Finding;
use crate::process::Output;
use crate::python::Venv;
use crate::repo_path::RepoPath;
use names::Names;

/// A tool, as a gate.
pub(crate) struct Tool {
    /// Its name, as `[tool.scaffold.stages]` says it.
    pub(crate) name: &'static str,
    /// What it is for, in a line.
    pub(crate) title: &'static str,
    /// The group that it belongs to: `format`, `lint`, `types`, `tests` or `docs`.
    pub(crate) group: &'static str,
    /// What to install to have it.
    pub(crate) distribution: &'static str,
    /// Its program in an environment.
    pub(crate) program: &'static str,
    /// What it has to be given where nothing special is said; see [`Tool::needs`].
    pub(crate) needs: Needs,
    /// Whether the names of the files are put after its arguments. A tool that takes none looks at the whole project, whichever
    /// files made it run.
    pub(crate) takes_files: bool,
    /// Whether it can mend what it finds.
    pub(crate) can_fix: bool,
    /// Globs of the files that it is for (or, where it takes none, that make it run), relative to the project.
    pub(crate) files: &'static [&'static str],
    /// The names of the files that configure it: in the project's folder and in those above it, up to the repository's.
    pub(crate) configuration: &'static [&'static str],
    /// Whether those also count in the folders below the project's.
    pub(crate) is_configured_below: bool,
    /// Under which groups of entry points other distributions offer it plugins.
    plugins: &'static [&'static str],
    /// The variables that change its answer; `None`: it may read any.
    variables: Option<&'static [&'static str]>,
    /// How long it may run where nothing is said.
    timeout: Duration,
    /// What it is told.
    invocation: fn(&Job) -> Invocation,
    /// What it found, by what it printed.
    read: fn(&Names, &Output) -> Vec<Finding>,
    /// Whether this exit code (not 0) says that there is something to find, and not that it could not work.
    finds: fn(i32) -> bool,
}

/// What a tool is told, before the names of files.
#[derive(Debug, Default)]
struct Invocation {
    /// The program, and what to install to have it, where it is not the tool's own.
    program: Option<[&'static str; 2]>,
    /// What a person would type too.
    plain: Vec<OsString>,
    /// What makes the answer one for a program.
    machine: Vec<OsString>,
    /// What makes it print no names of files, for one whose name it cannot print.
    nameless: Vec<OsString>,
    /// Variables.
    env: Vec<(&'static str, OsString)>,
}

impl Invocation {
    fn new<I: IntoIterator<Item: Into<OsString>>>(plain: I) -> Self {
        Self {
            plain: plain.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    fn machine<I: IntoIterator<Item: Into<OsString>>>(mut self, arguments: I) -> Self {
        self.machine.extend(arguments.into_iter().map(Into::into));
        self
    }

    fn nameless<I: IntoIterator<Item: Into<OsString>>>(mut self, arguments: I) -> Self {
        self.nameless.extend(arguments.into_iter().map(Into::into));
        self
    }

    fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.env.push((name, value.into()));
        self
    }
}

/// All tools, in the order in which their fixes are made.
pub(crate) const ALL: [&Tool; 11] = [
    &ruff::CHECK,
    &autopep8::TOOL,
    &black::TOOL,
    &ruff::FORMAT,
    &flake8::TOOL,
    &pylint::TOOL,
    &mypy::TOOL,
    &pyright::TOOL,
    &pytest::TOOL,
    &unittest::TOOL,
    &docs::TOOL,
];

/// Python files.
const PYTHON: &[&str] = &["**/*.py", "**/*.pyi"];

const TWO_MINUTES: Duration = Duration::from_mins(2);
const FIVE_MINUTES: Duration = Duration::from_mins(5);

impl Tool {
    /// What it has to be given here: a tool that looks at one file at a time may have been given a plugin that does not.
    /// `configuration` is the content of the files that configure it.
    pub(crate) fn needs<'a>(
        &self,
        venv: Option<&Venv>,
        configuration: impl IntoIterator<Item = &'a [u8]>,
    ) -> Needs {
        if self.name == flake8::TOOL.name
            && self.needs == Needs::Files
            && flake8::looks_across_files(venv, configuration)
        {
            Needs::Tree
        } else {
            self.needs
        }
    }

    /// The further files that a file of its configuration names: they configure it too.
    pub(crate) fn further_configuration(&self, path: &RepoPath, content: &[u8]) -> Vec<RepoPath> {
        if self.program == ruff::CHECK.program {
            ruff::extended(path, content)
        } else {
            Vec::new()
        }
    }

    /// Everything about the tool, its environment and the variables set that decides its answer, as a number; `None` where that
    /// can't be known by looking, so that no answer may be kept. Starts nothing.
    pub(crate) fn fingerprint(
        &self,
        environment: &Environment,
        host: &crate::host::Host,
    ) -> Option<[u8; 32]> {
        fingerprint::fingerprint(self, environment, host)
    }
}

/// The tool of this name.
pub(crate) fn find(name: &str) -> Option<&'static Tool> {
    ALL.into_iter().find(|tool| tool.name == name)
}
