//! The fixes into the index, or the indexes: a `git commit PATH` has two.
//!
//! Used by `writer`, after the work tree. It must not know what the work tree has.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::InIndex;
use super::journal::Journal;
use super::moment::{Moment, Watch};
use crate::error::Result;
use crate::git::{IndexLock, Restage, WorkTree, restage};
use crate::process::check_interrupted;

/// How long somebody else's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Changes the entries that still are what they were, and says what became of each, in the order given.
///
/// # Errors
/// When git fails or the user interrupts; the index that counts is as it was then.
pub(super) fn stage(
    work_tree: &WorkTree,
    journal: &mut Journal,
    scratch: &Path,
    changes: &[Restage],
    watch: &mut Watch,
) -> Result<Vec<InIndex>> {
    let mut outcomes = Vec::new();
    for (number, index) in indexes(work_tree).iter().enumerate() {
        let proof = scratch.join(format!("lock-{number}"));
        journal.lock(&IndexLock::place(index), &proof)?;
        let done = match locked(index, &proof)? {
            None if number == 0 => {
                let why = format!("another program has locked `{}`", index.display());
                return Ok(vec![InIndex::NotStaged(why); changes.len()]);
            }
            None => vec![false; changes.len()],
            Some(lock) => {
                watch(Moment::Locked);
                let done = restage(work_tree, &lock, scratch, changes)?;
                watch(Moment::Published);
                done
            }
        };
        if number == 0 {
            outcomes = done
                .iter()
                .map(|done| match done {
                    true => InIndex::Fixed,
                    false => InIndex::ChangedMeanwhile,
                })
                .collect();
        }
    }
    Ok(outcomes)
}

/// The index that counts; and for `git commit PATH`, whose index is one of a moment, the one that becomes the real index afterwards.
fn indexes(work_tree: &WorkTree) -> Vec<PathBuf> {
    let active = work_tree.index_file();
    let mut indexes = vec![active.to_owned()];
    let name = active.file_name().unwrap_or_default().as_encoded_bytes();
    let next = active.with_file_name("index.lock");
    if name.starts_with(b"next-index-") && name.ends_with(b".lock") && next.is_file() {
        indexes.push(next);
    }
    indexes
}

/// The lock on an index; `None` where somebody else has it for too long.
fn locked(index: &Path, proof: &Path) -> Result<Option<IndexLock>> {
    let started = Instant::now();
    loop {
        if let Some(lock) = IndexLock::take(index, proof)? {
            return Ok(Some(lock));
        }
        if started.elapsed() > PATIENCE {
            return Ok(None);
        }
        check_interrupted()?;
        std::thread::sleep(Duration::from_millis(25));
    }
}
