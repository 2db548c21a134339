//! Changing entries of an index, by git's own rules: under its lock, the whole file at one moment, and only where an entry still is
//! what it was thought to be.
//!
//! Called by `gate`. The `git` program writes the new index, because only it knows every kind (split, sparse, SHA-256). It must not
//! know why an entry changes.

use std::path::{Path, PathBuf};

use super::index::{Index, IndexEntry};
use super::object::{Mode, ObjectId};
use super::work_tree::WorkTree;
use crate::error::Result;
use crate::repo_path::RepoPath;

/// A change of one entry's content.
#[derive(Debug, Clone)]
pub(crate) struct Restage {
    /// Which entry.
    pub(crate) path: RepoPath,
    /// What it is, before and after.
    pub(crate) mode: Mode,
    /// The content that it is thought to have.
    pub(crate) old: ObjectId,
    /// The content that it gets.
    pub(crate) new: ObjectId,
}

/// The lock on an index, which keeps git out; released when dropped. A process that is killed leaves it behind.
#[derive(Debug)]
pub(crate) struct IndexLock {
    index: PathBuf,
    lock: PathBuf,
    proof: PathBuf,
}

impl IndexLock {
    /// Where the lock of an index lies. Git follows a link to an index before it looks for the lock, and so is it done here.
    pub(crate) fn place(index: &Path) -> PathBuf {
        let index = std::fs::canonicalize(index).unwrap_or_else(|_| index.to_owned());
        let mut name = index.into_os_string();
        name.push(".lock");
        name.into()
    }

    /// Takes the lock; `None` where somebody else has it. `proof` is a file of ours, made here, which afterwards is the same file
    /// as the lock: so it can be told that a lock left behind is ours.
    ///
    /// # Errors
    /// When the lock cannot be made.
    pub(crate) fn take(index: &Path, proof: &Path) -> Result<Option<Self>> {
        let lock = Self::place(index);
        crate::fs::remove_file(proof)?;
        crate::fs::write_new(proof, proof_text(proof).as_bytes(), false)?;
        let taken = match crate::fs::hard_link(proof, &lock) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                // No second names here: then it is known by what is in it.
                if lock.symlink_metadata().is_ok() {
                    false
                } else {
                    crate::fs::write_new(&lock, proof_text(proof).as_bytes(), false)?;
                    true
                }
            }
            linked => linked.is_ok(),
        };
        let index = std::fs::canonicalize(index).unwrap_or_else(|_| index.to_owned());
        Ok(taken.then(|| Self {
            index,
            lock,
            proof: proof.to_owned(),
        }))
    }

    /// Removes a lock that a process left behind, where `proof` says that it is the one that was taken with it.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(crate) fn remove_stale(lock: &Path, proof: &Path) -> Result<bool> {
        let is_ours = is_same_file(lock, proof)
            || crate::fs::read(lock).is_ok_and(|text| text == proof_text(proof).as_bytes());
        if is_ours {
            crate::fs::remove_file(lock)?;
        }
        Ok(is_ours)
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run, which knows it by the proof.
        if crate::fs::remove_file(&self.lock).is_ok() {
            drop(crate::fs::remove_file(&self.proof));
        }
    }
}

/// What stands in a lock of ours; the path of the proof has this process's number and start in it.
fn proof_text(proof: &Path) -> String {
    format!("{}\n", proof.display())
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (one.symlink_metadata(), other.symlink_metadata()) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}

/// Changes the entries of the locked index that still are what they were, and says which those are, in the order given. What
/// the work tree's files look like is asked anew for them. `scratch` is a folder that the caller throws away.
///
/// # Errors
/// When git fails; the index is as it was then.
pub(crate) fn restage(
    work_tree: &WorkTree,
    lock: &IndexLock,
    scratch: &Path,
    changes: &[Restage],
) -> Result<Vec<bool>> {
    let copy = scratch.join("index");
    crate::fs::remove_file(&copy)?;
    let Ok(metadata) = lock.index.metadata() else {
        // No index has no entries.
        return Ok(vec![false; changes.len()]);
    };
    crate::fs::copy(&lock.index, &copy)?;
    // Git mistrusts what changed after the index was written; a copy must not look younger than it is.
    if let Ok(modified) = metadata.modified() {
        crate::fs::set_changed(&copy, modified)?;
    }
    let aside = work_tree.with_index(&copy);
    let index = Index::read(&aside)?;
    let entries: Vec<Option<IndexEntry>> = changes
        .iter()
        .map(|change| {
            index.get(change.path.as_bytes()).filter(|entry| {
                (entry.mode, entry.id) == (change.mode, change.old) && !entry.intent_to_add
            })
        })
        .collect();
    let pairs: Vec<(&Restage, &IndexEntry)> = changes
        .iter()
        .zip(&entries)
        .filter_map(|(change, entry)| entry.as_ref().map(|entry| (change, entry)))
        .collect();
    if pairs.is_empty() {
        return Ok(vec![false; changes.len()]);
    }
    let mut lines = Vec::new();
    for (change, _) in &pairs {
        let head = format!("{} {} 0\t", change.mode.octal(), change.new);
        lines.extend_from_slice(head.as_bytes());
        lines.extend_from_slice(change.path.as_bytes());
        lines.push(0);
    }
    let what = "change the index";
    let command = aside.git().args(["update-index", "-z", "--index-info"]);
    work_tree.output(&command.input(lines), what)?;
    let with = |flag: fn(&IndexEntry) -> bool| {
        let mut list = Vec::new();
        for (change, _) in pairs.iter().filter(|(_, entry)| flag(entry)) {
            list.extend_from_slice(change.path.as_bytes());
            list.push(0);
        }
        list
    };
    // A new entry has lost what the user said of the old one.
    for (flag, list) in [
        ("--skip-worktree", with(|entry| entry.skip_worktree)),
        ("--assume-unchanged", with(|entry| entry.assume_unchanged)),
    ] {
        if !list.is_empty() {
            let command = aside.git().args(["update-index", flag, "-z", "--stdin"]);
            work_tree.output(&command.input(list), what)?;
        }
    }
    let plain = with(|entry| !entry.skip_worktree && !entry.assume_unchanged);
    if !plain.is_empty() {
        // Only saves work later, when git compares. Too old a git (before 2.25) does not know how to read the list.
        drop(
            aside
                .git()
                .args(["add", "--refresh", "--pathspec-from-file=-"])
                .arg("--pathspec-file-nul")
                .input(plain)
                .run()?,
        );
    }
    crate::fs::rename(&copy, &lock.index)?;
    Ok(entries.iter().map(Option::is_some).collect())
}
