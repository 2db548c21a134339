//! Reading the contents of a snapshot, with as little work as can be.
//!
//! Called by the run, once for each thread. A content comes from the object database; or from the work tree, where the file there looks
//! as the index says and proves to have it, because reading and hashing a file is cheaper than unpacking an object. It must not know
//! what is looked for in them.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::Read as _;
use std::path::Path;

use super::file::{File, Source};
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::git::{Index, IndexEntry, Looks, Mode, Objects, WorkTree};
use crate::repo_path::RepoPath;

/// What all readers of a run share.
pub(crate) struct Shortcut<'a> {
    index: Option<&'a Index>,
}

impl<'a> Shortcut<'a> {
    /// Files of the work tree may stand for what is staged.
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            index: snapshot.known_index(),
        }
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
        let mut file = open_itself(&place).ok()?;
        let before = file.metadata().ok()?;
        if !before.is_file() || !index.proves(entry, Looks::of(&before)) {
            return None;
        }
        // One more than there should be, so that a file that grows is seen.
        let length = usize::try_from(before.len()).ok()?;
        let mut bytes = vec![0; length.checked_add(1)?];
        let mut read = 0;
        while read < length {
            match file.read(&mut bytes[read..]).ok()? {
                0 => return None,
                more => read += more,
            }
        }
        bytes.truncate(length);
        // Line ends and filters make a file differ from the content that it stands for.
        (read == length && entry.id.names(&bytes)).then_some(bytes)
    }
}

/// Opens a file, and not what a link of that name leads to.
#[cfg(unix)]
fn open_itself(place: &Path) -> std::io::Result<std::fs::File> {
    use rustix::fs::{Mode, OFlags, open};
    // What is no file at all must not be waited for.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    Ok(open(place, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open_itself(place: &Path) -> std::io::Result<std::fs::File> {
    if place.symlink_metadata()?.is_file() {
        std::fs::File::open(place)
    } else {
        Err(std::io::ErrorKind::NotFound.into())
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
                if file.mode == Mode::Link {
                    let target = std::fs::read_link(&path)
                        .map_err(|error| crate::fs::failed("read the link", &path, error))?;
                    return Ok(target.into_os_string().into_encoded_bytes());
                }
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
