//! The stages of git at which gates run.
//!
//! Named in `[tool.scaffold.stages]` and on the command line. It must not know which gates there are.

use std::fmt;

/// A stage, by the name of git's hook (<https://git-scm.com/docs/githooks>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Before a commit is made.
    PreCommit,
    /// Before the commit of a merge that git made by itself.
    PreMergeCommit,
    /// When the message of a commit has been written.
    CommitMsg,
    /// Before anything is sent to another repository.
    PrePush,
}

impl Stage {
    /// All of them, in the order in which git comes to them.
    pub(crate) const ALL: [Self; 4] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::CommitMsg,
        Self::PrePush,
    ];

    /// The name of git's hook.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
        }
    }

    /// The stage of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
