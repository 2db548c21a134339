//! The moments at which git calls a hook, as far as something runs then.
//!
//! Used by whoever installs hooks, reads the configuration or runs one. It must not know what is checked.

/// A moment of git's at which gates can run (<https://git-scm.com/docs/githooks>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stage {
    /// Before a commit, except one that a merge makes.
    PreCommit,
    /// Before the commit that a merge without conflicts makes.
    PreMergeCommit,
    /// Before anything is sent to a remote; what is sent comes on standard input.
    PrePush,
    /// Once the message is written; its file is the argument.
    CommitMsg,
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
    /// Every stage, in the order of lists.
    pub(crate) const ALL: [Self; 4] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::PrePush,
        Self::CommitMsg,
    ];

    /// git's name for it: the name of the hook's file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PrePush => "pre-push",
            Self::CommitMsg => "commit-msg",
        }
    }

    /// The stage of this name.
    ///
    /// # Errors
    /// In words, when it is no hook of git's, or one at which nothing of ours runs.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        if let Some(stage) = Self::ALL.into_iter().find(|it| it.name() == name) {
            return Ok(stage);
        }
        let names = Self::ALL.map(Self::name).join(", ");
        Err(if OTHERS.contains(&name) {
            format!(
                "git calls a hook at `{name}`, but scaffold runs nothing then; it runs at {names}"
            )
        } else {
            format!("there is no stage `{name}`; there are {names}")
        })
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
