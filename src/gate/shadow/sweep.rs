//! What lies in the copy of the tree, held against what should: everything else is removed.
//!
//! Called by the sync before it writes. Links are never followed.

use std::path::Path;

use super::TOP;
use super::manifest::Entry;
use super::stamp::Stamp;
use crate::error::Result;
use crate::fs;
use crate::git::Mode;

/// Bytecode, which is compiled once and stays right: it says which source it was made of.
const BYTECODE: &str = "__pycache__";

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// Which of the entries are as they should be.
    pub(super) good: Vec<bool>,
    /// How many files or folders that should not be there were removed.
    pub(super) removed: usize,
    /// How many entries did not look as they had been written.
    pub(super) restored: usize,
}

/// Looks at a folder of the copy and all below it, and removes what is not an entry or not as it should be.
///
/// # Errors
/// When a folder cannot be read or something in it not removed.
pub(super) fn sweep(root: &Path, entries: &[Entry]) -> Result<Swept> {
    let mut sweep = Sweep {
        entries,
        swept: Swept {
            good: vec![false; entries.len()],
            ..Swept::default()
        },
    };
    sweep.folder(root, &mut Vec::new(), 0..entries.len())?;
    Ok(sweep.swept)
}

struct Sweep<'a> {
    entries: &'a [Entry],
    swept: Swept,
}

impl Sweep<'_> {
    /// `prefix` is the path of the folder, with a `/` at its end; `range` are the entries below it.
    fn folder(
        &mut self,
        folder: &Path,
        prefix: &mut Vec<u8>,
        range: std::ops::Range<usize>,
    ) -> Result<()> {
        let unreadable = |error| fs::failed("read the folder", folder, error);
        for item in std::fs::read_dir(folder).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let kind = item.file_type().map_err(unreadable)?;
            let name = item.file_name();
            let path = item.path();
            let length = prefix.len();
            prefix.extend_from_slice(name.as_encoded_bytes());
            let here = &self.entries[range.clone()];
            match here.binary_search_by(|entry| entry.path.as_bytes().cmp(prefix)) {
                Ok(at) => self.entry(range.start + at, &path)?,
                Err(_) if kind.is_dir() => {
                    prefix.push(b'/');
                    let start =
                        here.partition_point(|entry| entry.path.as_bytes() < prefix.as_slice());
                    let below = here[start..]
                        .iter()
                        .take_while(|entry| entry.path.as_bytes().starts_with(prefix));
                    let end = start + below.count();
                    if start < end {
                        self.folder(&path, prefix, range.start + start..range.start + end)?;
                    } else if name != BYTECODE && !(length == 0 && name == TOP) {
                        fs::remove_dir_all(&path)?;
                        self.swept.removed += 1;
                    }
                }
                Err(_) => {
                    fs::remove_file(&path)?;
                    self.swept.removed += 1;
                }
            }
            prefix.truncate(length);
        }
        Ok(())
    }

    fn entry(&mut self, at: usize, path: &Path) -> Result<()> {
        let entry = &self.entries[at];
        let metadata =
            std::fs::symlink_metadata(path).map_err(|error| fs::failed("read", path, error))?;
        let is_good = match entry.mode {
            Mode::File | Mode::Executable => {
                metadata.is_file() && Stamp::of(&metadata) == entry.stamp
            }
            Mode::Link => metadata.is_symlink() && Stamp::of(&metadata) == entry.stamp,
            Mode::Submodule | Mode::Folder => metadata.is_dir() && fs::list(path)?.is_empty(),
        };
        if is_good {
            self.swept.good[at] = true;
            return Ok(());
        }
        if entry.stamp != Stamp::NONE {
            self.swept.restored += 1;
        }
        if metadata.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        }
    }
}
