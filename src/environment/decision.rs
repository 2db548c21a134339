//! What was decided of an environment: how it is made, or why it cannot be.
//!
//! Given by `plan`, shown by `cli`, carried out by `build`. It must not know how it was decided.

use std::fmt;

use super::provider::Provider;
use crate::python::{Interpreter, Series};

/// What was decided.
#[derive(Debug, Clone)]
pub(crate) enum Decision {
    /// The environment can be made like this.
    Build(EnvironmentPlan),
    /// It cannot be made here.
    Unable(Unable),
}

/// How the environment will be made.
#[derive(Debug, Clone)]
pub(crate) struct EnvironmentPlan {
    /// The Python.
    pub(crate) python: Python,
    /// The installer.
    pub(crate) provider: Provider,
    /// What to tell the person before it is made.
    pub(crate) remarks: Vec<Remark>,
    /// How else, where uv cannot bring the Python that it should.
    pub(crate) otherwise: Option<Box<Self>>,
}

impl EnvironmentPlan {
    /// The series of the Python in the environment.
    pub(crate) fn series(&self) -> Series {
        match &self.python {
            Python::Installed(interpreter) => interpreter.version.series,
            Python::Downloaded(series) => *series,
        }
    }
}

/// The Python of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Python {
    /// One that is there.
    Installed(Interpreter),
    /// One that uv will download.
    Downloaded(Series),
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed(it) => write!(f, "Python {} at `{}`", it.version, it.path.display()),
            Self::Downloaded(series) => write!(f, "Python {series} from uv"),
        }
    }
}

/// Something that a person should know about a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    /// Whether it is a warning and not only a piece of information.
    pub(crate) warning: bool,
    /// One line.
    pub(crate) message: String,
    /// What to do about it: any one of these.
    pub(crate) ways: Vec<String>,
}

/// Why no environment can be made here, and what changes that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unable {
    /// One line.
    pub(crate) reason: String,
    /// Lines to paste, any one of which helps.
    pub(crate) ways: Vec<String>,
}
