//! Folders as git objects, from a flat list of paths.
//!
//! Called by the first commit. It must not know where the files lie.

use std::collections::BTreeMap;

use super::pack::{Id, Kind, Pack};
use crate::error::Result;

/// A folder that is being filled.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// By name as git sorts it: a folder's name ends with a slash.
    children: BTreeMap<Vec<u8>, Child>,
}

#[derive(Debug)]
enum Child {
    Folder(Tree),
    File(u32, Id),
}

impl Tree {
    /// Puts a file at a path with slashes, with its mode and content.
    pub(super) fn insert(&mut self, path: &[u8], mode: u32, id: Id) {
        let Some(slash) = path.iter().position(|byte| *byte == b'/') else {
            self.children.insert(path.to_vec(), Child::File(mode, id));
            return;
        };
        let (name, rest) = (path[..=slash].to_vec(), &path[slash + 1..]);
        let child = self
            .children
            .entry(name)
            .or_insert_with(|| Child::Folder(Self::default()));
        if let Child::Folder(folder) = child {
            folder.insert(rest, mode, id);
        }
    }

    /// Adds this folder and those below to a pack and gives its name.
    ///
    /// # Errors
    /// When an object cannot be compressed.
    pub(super) fn pack(&self, pack: &mut Pack) -> Result<Id> {
        let mut bytes = Vec::new();
        for (name, child) in &self.children {
            let (mode, name, id) = match child {
                Child::Folder(folder) => (0o40_000, &name[..name.len() - 1], folder.pack(pack)?),
                Child::File(mode, id) => (*mode, name.as_slice(), *id),
            };
            bytes.extend_from_slice(format!("{mode:o} ").as_bytes());
            bytes.extend_from_slice(name);
            bytes.push(0);
            bytes.extend_from_slice(&id);
        }
        pack.add(Kind::Tree, &bytes)
    }
}
