//! What lies in a hooks folder for one stage.
//!
//! Read by installing, removing and showing. It only reads.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::gate::stage::Stage;
use crate::git::hook::{self, Author, KEPT, LEGACY, Shim};

/// What the name of an edited hook of ours ends with once it is out of the way.
const ASIDE: &str = ".edited-scaffold";

/// The names of the files of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// The hook that git calls.
    Hook,
    /// The one that was there before ours.
    Kept,
    /// Where another manager of hooks puts ours, to be run by its own.
    Legacy,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// There is none.
    Nothing,
    /// One of ours, as it was written.
    Ours {
        shim: Shim,
        bytes: Vec<u8>,
        executable: bool,
    },
    /// One of ours that somebody has edited, or a link to one.
    Edited,
    /// Somebody else's, or a link to it.
    Foreign { bytes: Vec<u8>, executable: bool },
    /// No file: a folder, a pipe.
    Other,
}

/// What lies there for one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) hook: Entry,
    pub(super) kept: Entry,
    pub(super) legacy: Entry,
}

/// The path of a file of a stage.
pub(super) fn path(folder: &Path, stage: Stage, slot: Slot) -> PathBuf {
    let name = stage.name();
    folder.join(match slot {
        Slot::Hook => name.to_owned(),
        Slot::Kept => format!("{name}{KEPT}"),
        Slot::Legacy => format!("{name}{LEGACY}"),
    })
}

/// A name for an edited hook that nothing has yet.
pub(super) fn free_aside(folder: &Path, stage: Stage) -> PathBuf {
    let name = format!("{}{ASIDE}", stage.name());
    let mut path = folder.join(&name);
    let mut number = 2;
    while path.symlink_metadata().is_ok() {
        path = folder.join(format!("{name}.{number}"));
        number += 1;
    }
    path
}

impl Found {
    /// Looks.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub(super) fn look(folder: &Path, stage: Stage) -> Result<Self> {
        let entry = |slot| Entry::look(&path(folder, stage, slot));
        Ok(Self {
            hook: entry(Slot::Hook)?,
            kept: entry(Slot::Kept)?,
            legacy: entry(Slot::Legacy)?,
        })
    }
}

impl Entry {
    fn look(path: &Path) -> Result<Self> {
        let Ok(own) = path.symlink_metadata() else {
            return Ok(Self::Nothing);
        };
        // A link that leads nowhere is somebody's all the same.
        let Ok(metadata) = path.metadata() else {
            return Ok(Self::Foreign {
                bytes: Vec::new(),
                executable: false,
            });
        };
        if !metadata.is_file() {
            return Ok(Self::Other);
        }
        let bytes = crate::fs::read(path)?;
        let executable = is_executable(&metadata);
        Ok(match hook::author(&bytes) {
            Author::Ours(shim) if own.is_file() => Self::Ours {
                shim,
                bytes,
                executable,
            },
            Author::Ours(_) | Author::Edited => Self::Edited,
            Author::Foreign => Self::Foreign { bytes, executable },
        })
    }

    /// Whether it carries our mark: running it from ours would never end.
    pub(super) fn is_marked(&self) -> bool {
        matches!(self, Self::Ours { .. } | Self::Edited)
    }
}

/// Whether git would run it.
#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

/// Whether git would run it.
#[cfg(not(unix))]
fn is_executable(_metadata: &std::fs::Metadata) -> bool {
    true
}
