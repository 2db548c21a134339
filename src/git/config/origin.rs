//! Where a setting stands: in which file, and for whom it holds.
//!
//! Noted by `config` for those who have to say it. It must not know what a setting means.

use std::path::PathBuf;

use super::Config;

/// For whom a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everybody on this machine.
    System,
    /// The user.
    Global,
    /// The repository.
    Local,
    /// This work tree of it.
    WorkTree,
    /// This run: it stands in the environment.
    Command,
}

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// For whom it holds.
    pub(crate) scope: Scope,
    /// The file; `None` where it stands in the environment.
    pub(crate) file: Option<PathBuf>,
}

impl Scope {
    /// The option of `git config` for it; `None` where there is none.
    pub(crate) fn option(self) -> Option<&'static str> {
        match self {
            Self::System => Some("--system"),
            Self::Global => Some("--global"),
            Self::Local => Some("--local"),
            Self::WorkTree => Some("--worktree"),
            Self::Command => None,
        }
    }

    /// Whether nobody but the user and the machine's administrator has a say there: what git asks of `safe.directory`.
    pub(crate) fn is_protected(self) -> bool {
        matches!(self, Self::System | Self::Global | Self::Command)
    }
}

impl Origin {
    pub(super) fn new(scope: Scope, file: PathBuf) -> Self {
        Self {
            scope,
            file: Some(file),
        }
    }

    pub(super) fn command() -> Self {
        Self {
            scope: Scope::Command,
            file: None,
        }
    }
}

impl Config {
    /// Every value given for this key, with where it stands, in the order of reading.
    pub(crate) fn said(&self, key: &str) -> impl Iterator<Item = (&str, &Origin)> {
        let settings = self.settings.iter().zip(&self.origins);
        settings
            .filter(move |(setting, _)| setting.key == key)
            .map(|(setting, origin)| (setting.value.as_deref().unwrap_or_default(), origin))
    }
}
