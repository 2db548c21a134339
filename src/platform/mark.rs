//! How a project that is for a platform is told, what of it goes there, and which of the platform's libraries need which Python.
//!
//! `[[facts.marks]]`, `[[facts.upload]]` and `[[facts.libraries]]` of a platform's layer, used by `doctor`. It reads no file itself.

use serde::Deserialize;

/// A file that tells a project that is for the platform.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    /// The file, from the project's folder.
    pub(crate) file: String,
    /// The keys of a value in it, with dots between them.
    pub(crate) at: Option<String>,
    /// What that value is.
    pub(crate) is: Option<String>,
    /// Words that stand in it.
    pub(crate) contains: Option<String>,
}

/// What goes to the platform of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upload {
    /// The file that says what is kept back.
    pub(crate) ignore: String,
    /// The file that says it where that one is missing.
    pub(crate) otherwise: Option<String>,
    /// Whether it may take what is in git, so that what git ignores goes there only from the user's own machine.
    #[serde(default)]
    pub(crate) from_git: bool,
    /// Only where this file is there.
    pub(crate) when: Option<String>,
    /// What must not go there: secrets, and what would make it too large.
    pub(crate) keep: Vec<String>,
    /// The page that says so.
    pub(crate) source: String,
}

/// Versions of a library of the platform that need a certain Python.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Library {
    /// The distribution's name.
    pub(crate) name: String,
    /// Its versions, PEP 440: `>=2`.
    pub(crate) version: String,
    /// The Pythons that they run on, PEP 440: `>=3.13`.
    pub(crate) python: String,
    /// The page that says so.
    pub(crate) source: String,
}
