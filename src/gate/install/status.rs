//! What is installed, as values to show.
//!
//! Called by `cli`. It only reads.

use std::path::PathBuf;

use super::folder::HooksFolder;
use super::observe::{Entry, Found, Slot, path};
use crate::error::Result;
use crate::gate::stage::Stage;
use crate::git::hook::{Shim, render, runs_legacy};

/// The hook of one stage.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    /// The stage.
    pub(crate) stage: Stage,
    /// The file that git calls.
    pub(crate) path: PathBuf,
    /// What it is.
    pub(crate) state: State,
    /// Of one of ours: its version and its program.
    pub(crate) shim: Option<Shim>,
    /// Of one of ours: whether its program is there.
    pub(crate) program_found: bool,
    /// A hook of somebody else's that runs too.
    pub(crate) chained: Option<PathBuf>,
}

/// What the hook of a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Ours, of this version.
    Installed,
    /// Ours, of another version, or not executable.
    Outdated,
    /// Ours once, edited since.
    Edited,
    /// Somebody else's.
    Foreign,
    /// There is none.
    Absent,
}

impl State {
    /// The word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Outdated => "outdated",
            Self::Edited => "edited",
            Self::Foreign => "foreign",
            Self::Absent => "absent",
        }
    }
}

/// Looks at every stage.
///
/// # Errors
/// When a hook is there and cannot be read.
pub(crate) fn status(folder: &HooksFolder) -> Result<Vec<Hook>> {
    Stage::ALL
        .into_iter()
        .map(|stage| {
            let found = Found::look(&folder.path, stage)?;
            let at = |slot| path(&folder.path, stage, slot);
            let kept = matches!(
                found.kept,
                Entry::Foreign {
                    executable: true,
                    ..
                }
            );
            let (entry, other) = match &found.hook {
                // Another manager of hooks runs ours.
                Entry::Foreign { bytes, .. } if runs_legacy(bytes) && found.legacy.is_marked() => {
                    (&found.legacy, Some(at(Slot::Hook)))
                }
                entry => (entry, kept.then(|| at(Slot::Kept))),
            };
            let (state, shim) = match entry {
                Entry::Nothing => (State::Absent, None),
                Entry::Foreign { .. } | Entry::Other => (State::Foreign, None),
                Entry::Edited => (State::Edited, None),
                Entry::Ours {
                    shim,
                    bytes,
                    executable,
                } => {
                    let same = render(stage.name(), &shim.program).is_ok_and(|it| it == *bytes);
                    let state = if same && *executable {
                        State::Installed
                    } else {
                        State::Outdated
                    };
                    (state, Some(shim.clone()))
                }
            };
            Ok(Hook {
                stage,
                path: at(Slot::Hook),
                state,
                program_found: shim.as_ref().is_some_and(|it| it.program.is_file()),
                shim,
                chained: other.filter(|_| !matches!(state, State::Absent | State::Foreign)),
            })
        })
        .collect()
}
