//! Writing back: fixed contents come into the user's work tree and index, and no byte is lost, whatever happens meanwhile.
//!
//! Called by `cli` after a run of gates, under the [`Lock`] that it holds for all of it. In this order: everything that will be
//! replaced is kept under a backup ref; what is about to happen is written into a journal; the new files are made, out of sight; each
//! is exchanged with the old file at one moment, and what came out is read again (an editor that saved meanwhile wins); the index
//! gets the fixes by git's own rules. The old files themselves lie in `.git/scaffold/write-back/kept`; later runs look whether
//! somebody still wrote to them, and remove what nobody can write to any more. A run that is killed leaves a journal, from which
//! [`recover()`] tells what is whose.
//!
//! A work tree's file is never removed, never written in place, and never gets conflict markers. A link is never followed. A file with
//! several names (hard links) is parted from the others, as git does it. It must not know what made a fix, or how it is reported.

mod apply;
mod decide;
mod index;
mod journal;
mod lock;
mod moment;
mod place;
mod recover;
mod settle;
mod swap;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod writer;

pub(crate) use apply::apply;
pub(crate) use lock::{Lock, PATIENCE};
pub(crate) use recover::recover;

use crate::git::{Mode, ObjectId};
use crate::repo_path::RepoPath;

/// A content that is to take another's place.
#[derive(Debug, Clone)]
pub(crate) struct Fix {
    /// Which file.
    pub(crate) path: RepoPath,
    /// What the snapshot says it is.
    pub(crate) mode: Mode,
    /// What was mended.
    pub(crate) original: Original,
    /// What became of it, whole.
    pub(crate) fixed: Vec<u8>,
    /// Whether the index gets it too; only where the index is what was mended.
    pub(crate) restage: bool,
}

/// What was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Original {
    /// What the index has.
    Staged(ObjectId),
    /// What the work tree has, known by the BLAKE3 hash of its bytes.
    WorkTree(blake3::Hash),
}

/// What became of all fixes.
#[derive(Debug)]
pub(crate) struct Applied {
    /// Each fix's fate, in the order given.
    pub(crate) files: Vec<Written>,
    /// The ref that keeps what was replaced: `worktree/PATH` and `index/PATH` in it; `None` where nothing was to be replaced.
    pub(crate) backup: Option<String>,
    /// What else there is to say, a line each.
    pub(crate) remarks: Vec<String>,
    /// Whether the user asked to stop: then some fixes were not made, and each says so.
    pub(crate) interrupted: bool,
}

/// What became of one fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// Which file.
    pub(crate) path: RepoPath,
    /// In the work tree.
    pub(crate) work_tree: InWorkTree,
    /// In the index.
    pub(crate) index: InIndex,
}

/// What became of a fix in the work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InWorkTree {
    /// The file was what was mended (as git would check it out), and now is the fixed content.
    Replaced,
    /// The file had edits that are not staged, and now has the fix as well.
    Merged,
    /// The file had the fix already.
    Already,
    /// The file has edits on the same lines, and was left alone.
    Conflict,
    /// The file was saved by somebody else during the run, and was left alone.
    EditedMeanwhile,
    /// There is no file to write, or it cannot be written: why.
    LeftAlone(String),
    /// The fix makes no sense for this file, in the index as little as in the work tree: why.
    Refused(String),
    /// The user asked to stop before its turn came.
    Interrupted,
}

/// What became of a fix in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InIndex {
    /// It has it: what is committed is fixed.
    Fixed,
    /// It was not meant to have it.
    NotMeant,
    /// The entry was changed by somebody else during the run, and was left alone.
    ChangedMeanwhile,
    /// It could not be changed: why.
    NotStaged(String),
    /// The user asked to stop before its turn came.
    Interrupted,
}

impl InWorkTree {
    /// Whether the work tree has the fix now.
    pub(crate) fn has_fix(&self) -> bool {
        matches!(self, Self::Replaced | Self::Merged | Self::Already)
    }
}

impl Applied {
    fn nothing() -> Self {
        Self {
            files: Vec::new(),
            backup: None,
            remarks: Vec::new(),
            interrupted: false,
        }
    }

    /// The command that brings the work tree's old file back, typed in the repository's top folder; `None` where this run did not replace
    /// it. Exact to the byte, also where line ends or filters are converted.
    pub(crate) fn undo(&self, path: &RepoPath) -> Option<String> {
        let replaced = self.files.iter().any(|file| {
            file.path == *path
                && matches!(file.work_tree, InWorkTree::Replaced | InWorkTree::Merged)
        });
        let name = self.backup.as_ref().filter(|_| replaced)?;
        restore_command(name, "worktree", path)
    }
}

/// The command that brings a content of a backup back; `None` where the path cannot be typed.
fn restore_command(backup: &str, place: &str, path: &RepoPath) -> Option<String> {
    let path = std::str::from_utf8(path.as_bytes()).ok()?;
    // A name that starts with a dash is no option behind `>`.
    Some(format!(
        "git cat-file blob {} > {}",
        crate::process::quoted(&format!("{backup}:{place}/{path}")),
        crate::process::quoted(path)
    ))
}
