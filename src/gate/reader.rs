//! Reading the contents of a snapshot, with as little work as can be.
//!
//! Called by the run, once for each thread. A content comes from the object database; or from the work tree, where the index proves
//! that the file there is the same, because reading a file is cheaper than unpacking an object.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::file::{File, Source};
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::git::{Index, IndexEntry, Looks, Objects, WorkTree};
use crate::repo_path::RepoPath;

/// What all readers of a run share.
pub(crate) struct Shortcut<'a> {
    index: Option<&'a Index>,
}

impl<'a> Shortcut<'a> {
    /// Whether files of the work tree may stand for what is staged: not where a filter makes them differ.
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        let index = snapshot
            .known_index()
            .filter(|index| !snapshot.work_tree.has_filters(index));
        Self { index }
    }

    /// No shortcut: everything is read where it is said to be.
    pub(crate) fn none() -> Self {
        Self { index: None }
    }

    /// The content of the file in the work tree, if that proves to be what is staged.
    fn content(
        &self,
        work_tree: &WorkTree,
        path: &RepoPath,
        entry: &IndexEntry,
    ) -> Option<Vec<u8>> {
        let index = self.index?;
        let place = path.below(work_tree.root())?;
        let looks = |it: &std::fs::Metadata| it.is_file() && index.proves(entry, Looks::of(it));
        let before = place.symlink_metadata().ok()?;
        if !looks(&before) {
            return None;
        }
        let bytes = std::fs::read(&place).ok()?;
        // With carriage returns in it, the file may differ from the content by its line ends only.
        (u64::try_from(bytes.len()).is_ok_and(|it| it == before.len())
            && memchr::memchr(b'\r', &bytes).is_none())
        .then_some(bytes)
    }
}

/// Reads contents; one for each thread.
pub(crate) struct Reader<'a> {
    work_tree: &'a WorkTree,
    shortcut: &'a Shortcut<'a>,
    objects: OnceCell<Objects<'a>>,
}

impl<'a> Reader<'a> {
    /// A reader of this snapshot.
    pub(crate) fn new(work_tree: &'a WorkTree, shortcut: &'a Shortcut<'a>) -> Self {
        Self {
            work_tree,
            shortcut,
            objects: OnceCell::new(),
        }
    }

    /// The content of a file: of a link, where it leads.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    pub(crate) fn read(&self, file: &File) -> Result<Vec<u8>> {
        match &file.source {
            Source::Blob(id) => self.objects().read(id),
            Source::Staged(entry) => {
                match self.shortcut.content(self.work_tree, &file.path, entry) {
                    Some(bytes) => Ok(bytes),
                    None => self.objects().read(&entry.id),
                }
            }
            Source::WorkTree => {
                let path = file.path.below(self.work_tree.root()).ok_or_else(|| {
                    crate::error::Error::new(format!(
                        "this system has no files named `{}`",
                        file.path
                    ))
                })?;
                crate::fs::read(&path)
            }
        }
    }

    /// The text of a file, with whatever is not UTF-8 replaced.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub(crate) fn text(&self, file: &File) -> Result<String> {
        let bytes = self.read(file)?;
        Ok(match String::from_utf8_lossy(&bytes) {
            Cow::Borrowed(_) => String::from_utf8(bytes).unwrap_or_default(),
            Cow::Owned(text) => text,
        })
    }

    /// The contents by name.
    pub(crate) fn objects(&self) -> &Objects<'a> {
        self.objects.get_or_init(|| Objects::open(self.work_tree))
    }
}
