//! Everything that a snapshot holds, with what gates have mended in its place.
//!
//! Made by the executor, for tools that look across files. It reads nothing that is not needed for names.

use std::collections::BTreeMap;

use super::run::Mended;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::git::{Mode, ObjectId};
use crate::repo_path::RepoPath;

/// The entries by path, and the digest of them all.
pub(super) struct Tree {
    /// Sorted by path: files, links and submodules.
    pub(super) entries: Vec<(RepoPath, Mode, ObjectId)>,
    /// The contents that are not in the repository yet, by name.
    pub(super) mended: BTreeMap<ObjectId, Vec<u8>>,
    /// Different for any two that differ in a path, a mode or a content.
    pub(super) digest: [u8; 32],
}

impl Tree {
    /// Of a snapshot and what has been mended of it.
    ///
    /// # Errors
    /// When what the snapshot holds cannot be listed.
    pub(super) fn of(snapshot: &Snapshot, mended: &BTreeMap<usize, Mended>) -> Result<Self> {
        let mut names: BTreeMap<&RepoPath, ObjectId> = BTreeMap::new();
        let mut contents = BTreeMap::new();
        for (number, it) in mended {
            let id = ObjectId::of_blob(&it.bytes)?;
            names.insert(&snapshot.files[*number].path, id);
            contents.insert(id, it.bytes.clone());
        }
        let mut entries = Vec::new();
        let mut digest = blake3::Hasher::new();
        for file in snapshot.everything()? {
            let id = names.get(&file.path).copied().or_else(|| file.source.id());
            let Some(id) = id else { continue };
            digest.update(&(file.path.as_bytes().len() as u64).to_le_bytes());
            digest.update(file.path.as_bytes());
            digest.update(file.mode.octal().as_bytes());
            digest.update(id.as_bytes());
            entries.push((file.path, file.mode, id));
        }
        Ok(Self {
            entries,
            mended: contents,
            digest: *digest.finalize().as_bytes(),
        })
    }
}
