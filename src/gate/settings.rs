//! What `[tool.scaffold.gates.NAME]` says of one gate.
//!
//! Read by the configuration, used by whatever runs gates. It must not know which gates there are.

use std::collections::BTreeMap;
use std::time::Duration;

/// What a gate has to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// The files that it checks, and the configuration that it reads.
    Files,
    /// Everything that the snapshot holds: it looks across files.
    Tree,
    /// The work tree itself, with what git ignores; it is checked as it stands.
    WorkTree,
}

/// The settings of one gate; what is not said is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Globs of the files that it is for, relative to the project.
    pub(crate) files: Option<Vec<String>>,
    /// Globs of the files that it leaves out.
    pub(crate) exclude: Vec<String>,
    /// Whether it mends what it can in a hook.
    pub(crate) fix: Option<bool>,
    /// Whether what it mended is committed at once.
    pub(crate) restage: Option<bool>,
    /// Whether it sees every commit of a push, or the last one alone.
    pub(crate) every_commit: Option<bool>,
    /// How long it may run.
    pub(crate) timeout: Option<Duration>,
    /// Arguments put before the names of files.
    pub(crate) args: Vec<String>,
    /// Variables set for it.
    pub(crate) env: BTreeMap<String, String>,
    /// Of a gate of the user's own: the program and its arguments.
    pub(crate) command: Option<Vec<String>>,
    /// Of a gate of the user's own: what it has to be given.
    pub(crate) needs: Option<Needs>,
}

impl Settings {
    /// Whether a gate that has to be given this sees every commit of a push: one that looks at files does, unless it is said
    /// otherwise.
    pub(crate) fn sees_every_commit(&self, needs: Needs) -> bool {
        self.every_commit.unwrap_or(needs == Needs::Files)
    }
}
