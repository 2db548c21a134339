//! Recovery: what an earlier run left is told apart and cleared away; what somebody else wrote is kept.
//!
//! Called by `cli` at the start of a run, under the lock: whoever made the journal has ended. Costs a few look-ups where there is nothing.

use std::collections::BTreeSet;
use std::ffi::OsString;

use super::journal::{self, Record, Swap};
use super::lock::Lock;
use super::place::{Scratch, Spot, Storage, find, state};
use super::restore_command;
use super::settle::{Stand, State, names, settle};
use crate::error::{Error, Result};
use crate::fs::folder::{Facts, Folder, Found};
use crate::git::{IndexLock, Mode, Objects, Saved, WorkTree};
use crate::repo_path::RepoPath;

/// Clears away what an earlier run left, and says what the user should know of it, a line each.
///
/// # Errors
/// When something cannot be read, kept or removed; nothing is lost then, and the next run tries again.
pub(crate) fn recover(_lock: &Lock, work_tree: &WorkTree) -> Result<Vec<String>> {
    let Some(record) = Record::read(work_tree)? else {
        Scratch::remove_all(work_tree);
        return unannounced(work_tree);
    };
    let mut remarks = Vec::new();
    for (lock, proof) in &record.locks {
        if IndexLock::remove_stale(lock, proof)? {
            let lock = lock.display();
            remarks.push(format!(
                "removed `{lock}`, which a run that was stopped left"
            ));
        }
    }
    let mut rescue = Rescue::default();
    let mut storages = BTreeSet::new();
    for swap in &record.swaps {
        storages.insert(swap.storage.clone());
        let Some(kept) = swap.storage.open(work_tree)? else {
            continue;
        };
        let spot = find(work_tree, &swap.path).ok();
        rescue.take_up(work_tree, &record, swap, spot.as_ref(), &kept, &mut remarks)?;
    }
    rescue.save(work_tree, &mut remarks)?;
    for storage in storages {
        storage.tidy(work_tree);
    }
    Scratch::remove_all(work_tree);
    crate::fs::remove_file(&journal::place(work_tree))?;
    Ok(remarks)
}

/// Files in storage without a journal: somebody removed it. They are kept under their own names.
fn unannounced(work_tree: &WorkTree) -> Result<Vec<String>> {
    let paths = crate::fs::list(&state(work_tree).join("kept"))?;
    let Some(kept) = Storage::Repository
        .open(work_tree)?
        .filter(|_| !paths.is_empty())
    else {
        return Ok(Vec::new());
    };
    let mut rescue = Rescue::default();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_owned();
        let found = kept
            .read(&name)
            .map_err(|error| crate::fs::failed("read", &path, error))?;
        let content = match found {
            Found::File(facts, bytes) => Some((facts, bytes)),
            _ => None,
        };
        let path = RepoPath::new(name.as_encoded_bytes());
        rescue.add(work_tree, path, content, Storage::Repository, name)?;
    }
    let mut remarks = Vec::new();
    rescue.save(work_tree, &mut remarks)?;
    Ok(remarks)
}

/// What somebody else wrote and has no place in the work tree any more: kept under a backup ref, then removed from storage.
#[derive(Debug, Default)]
pub(super) struct Rescue {
    saved: Vec<Saved>,
    removed: Vec<(Storage, OsString)>,
}

/// The folders of a backup for contents of the same path.
const PLACES: [&str; 4] = ["worktree", "worktree-2", "worktree-3", "worktree-4"];

impl Rescue {
    /// Settles one swap of an earlier run.
    fn take_up(
        &mut self,
        work_tree: &WorkTree,
        record: &Record,
        swap: &Swap,
        spot: Option<&Spot>,
        kept: &Folder,
        remarks: &mut Vec<String>,
    ) -> Result<()> {
        let stand = if record.done {
            Stand::Over
        } else {
            Stand::UnderWay
        };
        for name in names(swap) {
            let state = settle(spot, kept, swap, &name, stand)
                .map_err(|error| stuck(&swap.path, &error))?;
            match state {
                State::Empty => {}
                State::PutBack => remarks.push(format!(
                    "a run that was stopped had exchanged `{}` while it was saved or moved: it is back as it was",
                    swap.path
                )),
                State::Old => {
                    if !record.done {
                        remarks.push(stopped(record, swap));
                    }
                    self.removed.push((swap.storage.clone(), name));
                }
                State::Foreign(content) => {
                    // A file with other names is not lost with this one.
                    let has_names = content.as_ref().is_some_and(|(facts, _)| facts.links > 1);
                    if has_names && record.done {
                        self.removed.push((swap.storage.clone(), name));
                    } else {
                        let path = swap.path.clone();
                        self.add(work_tree, path, content, swap.storage.clone(), name)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes up one content; what is no file cannot be kept under a ref, and is an error that says where it lies.
    pub(super) fn add(
        &mut self,
        work_tree: &WorkTree,
        path: RepoPath,
        content: Option<(Facts, Vec<u8>)>,
        storage: Storage,
        name: OsString,
    ) -> Result<()> {
        let Some((facts, bytes)) = content else {
            let place = storage.path(work_tree).unwrap_or_default().join(&name);
            let place = place.display();
            return Err(Error::new(format!(
                "what was put in the place of `{path}` while it was being fixed lies at `{place}`"
            ))
            .hint("move it to where you want it, and run the same command again"));
        };
        // Two of the same path go into two folders.
        let id = Objects::open(work_tree).write(&bytes)?;
        let same = self.saved.iter().filter(|saved| saved.path == path).count();
        self.saved.push(Saved {
            place: PLACES[same.min(PLACES.len() - 1)],
            path,
            mode: if facts.is_executable() {
                Mode::Executable
            } else {
                Mode::File
            },
            id,
        });
        self.removed.push((storage, name));
        Ok(())
    }

    /// Whether there is nothing to keep.
    pub(super) fn is_empty(&self) -> bool {
        self.saved.is_empty()
    }

    /// Keeps all of it, says so, and only then removes it from storage.
    pub(super) fn save(self, work_tree: &WorkTree, remarks: &mut Vec<String>) -> Result<()> {
        if !self.saved.is_empty() {
            let run = format!("rescue-{}", super::apply::run_id());
            let scratch = Scratch::new(work_tree, &run)?;
            let name = work_tree.back_up(scratch.path(), &self.saved)?;
            for saved in &self.saved {
                let how = restore_command(&name, saved.place, &saved.path)
                    .unwrap_or_else(|| format!("see: git ls-tree -r -z {name}"));
                remarks.push(format!(
                    "`{}` was written to after a fix had replaced it; what was written is kept: {how}",
                    saved.path
                ));
            }
        }
        for (storage, name) in self.removed {
            if let Some(kept) = storage.open(work_tree)?
                && let Err(error) = kept.remove(&name)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                let place = storage.path(work_tree).unwrap_or_default().join(&name);
                return Err(crate::fs::failed("remove", &place, error));
            }
        }
        Ok(())
    }
}

fn stuck(path: &RepoPath, error: &std::io::Error) -> Error {
    Error::new(format!(
        "cannot tell what an earlier run left of `{path}`: {error}"
    ))
}

fn stopped(record: &Record, swap: &Swap) -> String {
    let path = &swap.path;
    let backup = record.backup.as_deref().unwrap_or_default();
    let how = restore_command(backup, "worktree", path)
        .unwrap_or_else(|| format!("see: git ls-tree -r -z {backup}"));
    format!(
        "a run that was stopped had fixed `{path}` in the work tree; what it replaced is kept: {how}"
    )
}
