//! Everything that a snapshot holds, with what gates have mended in its place.
//!
//! Made by the executor, for tools that look across files. What the repository has is named and not read; what only the work tree
//! has is read for its name, and again where it is laid out.

use std::collections::BTreeMap;

use super::file::File;
use super::reader::Reader;
use super::run::Mended;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::git::{Mode, ObjectId};
use crate::process::check_interrupted;
use crate::repo_path::RepoPath;

/// The entries by path, and the digest of them all.
pub(super) struct Tree {
    /// Sorted by path: files, links and submodules.
    pub(super) entries: Vec<(RepoPath, Mode, ObjectId)>,
    /// Different for any two that differ in a path, a mode or a content.
    pub(super) digest: [u8; 32],
    /// What stands for what the snapshot holds.
    mended: BTreeMap<RepoPath, ObjectId>,
    /// Those contents, by name.
    contents: BTreeMap<ObjectId, Vec<u8>>,
    /// The files of the work tree whose contents git has not named, by that name.
    unnamed: BTreeMap<ObjectId, File>,
}

impl Tree {
    /// Of a snapshot and what has been mended of it.
    ///
    /// # Errors
    /// When what the snapshot holds cannot be listed, or not be read for its name; or the user interrupts.
    pub(super) fn of(
        snapshot: &Snapshot,
        reader: &Reader,
        mended: &BTreeMap<usize, Mended>,
    ) -> Result<Self> {
        Self::listed(snapshot, reader)?.with(snapshot, mended)
    }

    fn listed(snapshot: &Snapshot, reader: &Reader) -> Result<Self> {
        let mut entries = Vec::new();
        let mut unnamed = BTreeMap::new();
        for file in snapshot.everything()? {
            let (path, mode) = (file.path.clone(), file.mode);
            if let Some(id) = file.source.id() {
                entries.push((path, mode, id));
                continue;
            }
            check_interrupted()?;
            let id = ObjectId::of_blob(&reader.read(&file)?)?;
            unnamed.insert(id, file);
            entries.push((path, mode, id));
        }
        Ok(Self {
            entries,
            digest: [0; 32],
            mended: BTreeMap::new(),
            contents: BTreeMap::new(),
            unnamed,
        })
    }

    /// The same, with what has been mended since.
    ///
    /// # Errors
    /// When a content cannot be named.
    pub(super) fn with(
        mut self,
        snapshot: &Snapshot,
        mended: &BTreeMap<usize, Mended>,
    ) -> Result<Self> {
        self.contents.clear();
        for (number, it) in mended {
            let id = ObjectId::of_blob(&it.bytes)?;
            self.mended.insert(snapshot.files[*number].path.clone(), id);
            self.contents.insert(id, it.bytes.clone());
        }
        Ok(self.sealed())
    }

    /// The same, of what the work tree holds now: an editor may have saved since.
    ///
    /// # Errors
    /// As [`Tree::of`].
    pub(super) fn renewed(self, snapshot: &Snapshot, reader: &Reader) -> Result<Self> {
        let listed = Self::listed(snapshot, reader)?;
        Ok(Self {
            mended: self.mended,
            contents: self.contents,
            ..listed
        }
        .sealed())
    }

    fn sealed(mut self) -> Self {
        let mut digest = blake3::Hasher::new();
        for (path, mode, id) in &mut self.entries {
            if let Some(mended) = self.mended.get(path) {
                *id = *mended;
            }
            digest.update(&(path.as_bytes().len() as u64).to_le_bytes());
            digest.update(path.as_bytes());
            digest.update(mode.octal().as_bytes());
            digest.update(id.as_bytes());
        }
        self.digest = *digest.finalize().as_bytes();
        self
    }

    /// A content by its name.
    ///
    /// # Errors
    /// When it cannot be read, or is another one by now.
    pub(super) fn content(&self, id: &ObjectId, reader: &Reader) -> Result<Vec<u8>> {
        if let Some(bytes) = self.contents.get(id) {
            return Ok(bytes.clone());
        }
        let Some(file) = self.unnamed.get(id) else {
            return reader.objects().read(id);
        };
        let bytes = reader.read(file)?;
        if ObjectId::of_blob(&bytes)? == *id {
            Ok(bytes)
        } else {
            Err(Error::new(format!(
                "`{}` was saved again and again while it was copied",
                file.path
            ))
            .hint("run the same command again"))
        }
    }
}
