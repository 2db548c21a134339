//! A check: one condition of the catalogue, what is said of it, and the function that looks for it.
//!
//! Written down by `checks`, listed by `catalog`, run by `engine`. It must not know how anything is printed.

use super::facts::Facts;
use super::symptom::Outcome;

/// The groups of the catalogue, in the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Group {
    /// Interpreters and what the machine says about Python.
    Python,
    /// The project's virtual environment.
    Venv,
}

impl Group {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 2] = [Self::Python, Self::Venv];

    /// What its codes begin with, and what it is called on the command line.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Python => "PY",
            Self::Venv => "VENV",
        }
    }

    /// Its heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Python => "Python on this machine",
            Self::Venv => "Virtual environment",
        }
    }
}

/// How bad a condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Good to know.
    Information,
    /// It may hurt.
    Warning,
    /// It is broken, or it will break.
    Error,
}

/// What the doctor does about a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mending {
    /// Mended by `--fix`: inside the project, and reversible.
    Safe,
    /// Mended by `--fix` once the user agrees.
    Ask,
    /// Only said; what to type is printed, and never run.
    Manual,
}

/// What a check needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nothing but the machine.
    Machine,
    /// A project.
    Project,
}

/// One condition.
pub(crate) struct Check {
    /// Stable across versions: the group's prefix and three digits.
    pub(crate) code: &'static str,
    /// Its group.
    pub(crate) group: Group,
    /// How bad it is, where a symptom does not say otherwise.
    pub(crate) severity: Severity,
    /// The condition, in a line.
    pub(crate) title: &'static str,
    /// Why it matters, in a sentence.
    pub(crate) why: &'static str,
    /// What to do about it, in a sentence or two.
    pub(crate) remedy: &'static str,
    /// What the doctor does about it.
    pub(crate) mending: Mending,
    /// What it needs.
    pub(crate) scope: Scope,
    /// Looks for it. Reads only.
    pub(crate) look: fn(&Facts) -> Outcome,
}
