//! A file that is checked: where it lies, what it is, and where its content is to be had.
//!
//! Made by a snapshot, read by every gate. It must not know which gates there are.

use crate::git::{IndexEntry, Mode, ObjectId};
use crate::repo_path::RepoPath;

/// A file as the snapshot holds it.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Where it lies in the repository.
    pub(crate) path: RepoPath,
    /// What it is.
    pub(crate) mode: Mode,
    /// Where its content is.
    pub(crate) source: Source,
    /// Whether the commit under check adds it; in the work tree, whether git does not know it yet.
    pub(crate) is_added: bool,
}

/// Where the content of a file is to be had.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// In the repository, by name.
    Blob(ObjectId),
    /// In the repository, by name; and in the work tree, if the file there still looks as this entry says.
    Staged(IndexEntry),
    /// In the work tree.
    WorkTree,
}

impl Source {
    /// The name of the content, where it is known without reading it.
    pub(crate) fn id(&self) -> Option<ObjectId> {
        match self {
            Self::Blob(id) => Some(*id),
            Self::Staged(entry) => Some(entry.id),
            Self::WorkTree => None,
        }
    }
}
