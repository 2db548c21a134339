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

/// The other hooks that git calls in a repository that somebody works in: nothing of ours runs then.
const OTHERS: [&str; 12] = [
    "applypatch-msg",
    "fsmonitor-watchman",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-rebase",
    "prepare-commit-msg",
    "sendemail-validate",
];

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

    /// The stage of this name, for the command line.
    ///
    /// # Errors
    /// In words, when it is no hook of git's, or one at which nothing of ours runs.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        Self::named(name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            if OTHERS.contains(&name) {
                format!("git calls a hook at `{name}`, but scaffold runs nothing then; it runs at {names}")
            } else {
                format!("there is no stage `{name}`; there are {names}")
            }
        })
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Stage;

    #[test]
    fn a_stage_is_known_by_the_name_of_its_file() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.name()), Ok(stage));
        }
        let refused = |name: &str| Stage::parse(name).unwrap_err();
        assert!(refused("post-commit").contains("runs nothing then"));
        assert!(refused("precommit").starts_with("there is no stage `precommit`"));
    }
}
