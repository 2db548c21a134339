//! The list of what a copy of the tree holds, so that only what differs is written again.
//!
//! Kept beside the copy and replaced at one moment. It is believed only where a file still looks as it says: a run that was killed
//! leaves files that don't. One that cannot be read is an empty one.

use std::path::Path;

use super::stamp::{LENGTH, Stamp};
use crate::error::Result;
use crate::git::{Mode, ObjectId};
use crate::repo_path::RepoPath;

/// What the file begins with; to be raised when its form, or what the copy has beside the files, changes.
const HEAD: &[u8] = b"scaffold shadow 1\n";

/// One entry of the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it lies.
    pub(super) path: RepoPath,
    /// What it is.
    pub(super) mode: Mode,
    /// The name of its content.
    pub(super) id: ObjectId,
    /// The hash of its content as it was written.
    pub(super) hash: [u8; 32],
    /// How it looked then.
    pub(super) stamp: Stamp,
}

/// Reads the list; entries are sorted by path.
pub(super) fn read(file: &Path) -> Vec<Entry> {
    let Ok(bytes) = std::fs::read(file) else {
        return Vec::new();
    };
    let Some((bytes, sum)) = bytes.split_last_chunk::<32>() else {
        return Vec::new();
    };
    if blake3::hash(bytes).as_bytes() != sum {
        return Vec::new();
    }
    let Some(mut rest) = bytes.strip_prefix(HEAD) else {
        return Vec::new();
    };
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let Some(entry) = take_entry(&mut rest) else {
            return Vec::new();
        };
        entries.push(entry);
    }
    entries
}

fn take_entry(rest: &mut &[u8]) -> Option<Entry> {
    let mode = Mode::from_octal(take(rest, 6)?)?;
    let length = usize::from(take(rest, 1)?[0]);
    let id = ObjectId::from_bytes(take(rest, length)?)?;
    let hash = take(rest, 32)?.try_into().ok()?;
    let stamp = Stamp(take(rest, LENGTH)?.try_into().ok()?);
    let length = u32::from_le_bytes(take(rest, 4)?.try_into().ok()?);
    let path = RepoPath::new(take(rest, usize::try_from(length).ok()?)?);
    Some(Entry {
        path,
        mode,
        id,
        hash,
        stamp,
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// Replaces the list.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(file: &Path, entries: &[Entry]) -> Result<()> {
    let mut bytes = HEAD.to_vec();
    for entry in entries {
        bytes.extend_from_slice(entry.mode.octal().as_bytes());
        let id = entry.id.as_bytes();
        bytes.push(if id.len() == 32 { 32 } else { 20 });
        bytes.extend_from_slice(id);
        bytes.extend_from_slice(&entry.hash);
        bytes.extend_from_slice(&entry.stamp.0);
        let path = entry.path.as_bytes();
        let length = u32::try_from(path.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(path);
    }
    let sum = blake3::hash(&bytes);
    bytes.extend_from_slice(sum.as_bytes());
    crate::fs::atomic::replace(file, &bytes)
}

#[cfg(test)]
mod tests {
    use super::{Entry, read, write};
    use crate::gate::shadow::stamp::Stamp;
    use crate::git::{Mode, ObjectId};
    use crate::repo_path::RepoPath;

    #[test]
    fn what_is_written_is_read_and_what_is_damaged_is_not() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("manifest");
        assert!(read(&file).is_empty());
        let entries: Vec<Entry> = [
            (Mode::File, 20, b"a\n\xff".to_vec()),
            (Mode::Link, 32, b"b/c".to_vec()),
        ]
        .into_iter()
        .map(|(mode, length, path)| Entry {
            path: RepoPath::new(path),
            mode,
            id: ObjectId::from_bytes(&[7; 32][..length]).unwrap(),
            hash: [9; 32],
            stamp: Stamp([3; super::LENGTH]),
        })
        .collect();
        write(&file, &entries).unwrap();
        assert_eq!(read(&file), entries);
        let whole = std::fs::read(&file).unwrap();
        for end in 0..whole.len() {
            std::fs::write(&file, &whole[..end]).unwrap();
            assert!(read(&file).is_empty(), "{end}");
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, &damaged).unwrap();
            assert!(read(&file).is_empty(), "{at}");
        }
    }
}
