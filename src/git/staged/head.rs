//! What HEAD leads to, read from the files of refs (<https://git-scm.com/docs/gitrepository-layout>).
//!
//! Called by the comparison of the index with it. It knows branches as files and packed ones; whatever else there is, is left to git.

use std::path::Path;

use crate::git::object::ObjectId;

/// The file of packed refs; empty where there is none, `None` where it cannot be read.
pub(super) fn packed_refs(git_dir: &Path) -> Option<Vec<u8>> {
    match std::fs::read(git_dir.join("packed-refs")) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(Vec::new()),
        Err(_) => None,
    }
}

/// What HEAD leads to.
pub(super) enum Head {
    /// A commit.
    Commit(ObjectId),
    /// A branch without a commit.
    Unborn,
}

/// What HEAD leads to; `None` where only git can tell.
pub(super) fn head(git_dir: &Path) -> Option<Head> {
    let head = std::fs::read(git_dir.join("HEAD")).ok()?;
    let Some(name) = head.strip_prefix(b"ref: ") else {
        return ObjectId::from_hex(head.trim_ascii()).map(Head::Commit);
    };
    let name = name.trim_ascii();
    let is_plain = name.starts_with(b"refs/heads/")
        && name
            .split(|byte| *byte == b'/')
            .all(|part| !part.is_empty() && part[0] != b'.');
    let path = crate::repo_path::bytes_to_path(name).filter(|_| is_plain)?;
    match std::fs::read(git_dir.join(path)) {
        Ok(bytes) => ObjectId::from_hex(bytes.trim_ascii()).map(Head::Commit),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let packed = packed_refs(git_dir)?;
            let mut lines = packed.split(|byte| *byte == b'\n');
            let is_named =
                |line: &&[u8]| line.strip_suffix(name).is_some_and(|it| it.ends_with(b" "));
            let Some(line) = lines.find(is_named) else {
                return Some(Head::Unborn);
            };
            ObjectId::from_hex(line.split(|byte| *byte == b' ').next()?).map(Head::Commit)
        }
        Err(_) => None,
    }
}
