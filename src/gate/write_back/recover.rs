//! Recovery: what an earlier run left is told apart and cleared away; what somebody else wrote is kept.
//!
//! Called by `cli` at the start of a run, under the lock: whoever made the journal has ended. Costs a few look-ups where there is
//! nothing. Only here is something removed from storage, and only what nobody can write to any more.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::journal::{self, Record, Swap};
use super::lock::Lock;
use super::place::{Scratch, Storage, find, run_id, state};
use super::restore_command;
use super::settle::{Stand, State, names, settle};
use crate::error::{Error, Result};
use crate::fs::folder::{Facts, Folder, Found, Removal};
use crate::git::{IndexLock, Mode, Objects, Saved, WorkTree};
use crate::repo_path::RepoPath;

/// Clears away what earlier runs left, and says what the user should know of it, a line each.
///
/// # Errors
/// When something cannot be read, kept or removed; nothing is lost then, and the next run tries again.
pub(crate) fn recover(_lock: &Lock, work_tree: &WorkTree) -> Result<Vec<String>> {
    let mut remarks = Vec::new();
    let record = Record::read(work_tree)?;
    let is_recorded = record.is_some();
    let mut record = record.unwrap_or_default();
    for (lock, proof) in &record.locks {
        if IndexLock::remove_stale(lock, proof)? {
            let lock = lock.display();
            remarks.push(format!(
                "removed `{lock}`, which a run that was stopped left"
            ));
        }
    }
    let mut rescue = Rescue::default();
    let mut leftovers = Vec::new();
    let mut storages = BTreeSet::new();
    for number in 0..record.swaps.len() {
        let storage = record.swaps[number].storage.clone();
        if let Some(kept) = storage.open(work_tree)? {
            let found = take_up(work_tree, &record, number, &kept, &mut rescue, &mut remarks)?;
            let swap = &mut record.swaps[number];
            for leftover in &found {
                if !swap.knows(leftover.content) {
                    swap.kept.push(leftover.content);
                }
            }
            leftovers.extend(found);
        }
        storages.insert(storage);
    }
    leftovers.extend(unannounced(work_tree, &record, &mut rescue)?);
    rescue.save(work_tree, &mut remarks)?;
    let mut carried = BTreeSet::new();
    for leftover in leftovers {
        if !leftover.remove(work_tree)? {
            carried.extend(leftover.swap);
        }
    }
    for storage in storages {
        storage.tidy(work_tree);
    }
    Scratch::remove_all(work_tree);
    if is_recorded {
        let carried: Vec<Swap> = carried
            .into_iter()
            .map(|number| record.swaps[number].clone())
            .collect();
        journal::carry(work_tree, &carried)?;
    }
    Ok(remarks)
}

/// Settles one swap of an earlier run; gives what it leaves in storage.
fn take_up(
    work_tree: &WorkTree,
    record: &Record,
    number: usize,
    kept: &Folder,
    rescue: &mut Rescue,
    remarks: &mut Vec<String>,
) -> Result<Vec<Leftover>> {
    let swap = &record.swaps[number];
    let spot = find(work_tree, &swap.path).ok();
    let stand = if record.done || swap.is_over {
        Stand::Over
    } else {
        Stand::UnderWay
    };
    let mut leftovers = Vec::new();
    for name in names(swap) {
        let state = settle(spot.as_ref(), kept, swap, &name, stand)
            .map_err(|error| stuck(&swap.path, &error))?;
        let content = match state {
            State::Empty => continue,
            State::PutBack => {
                remarks.push(format!(
                    "a run that was stopped had exchanged `{}` while it was saved or moved: it is back as it was",
                    swap.path
                ));
                swap.new
            }
            State::Known(content) => {
                if content == swap.old && stand == Stand::UnderWay {
                    remarks.push(stopped(record, swap));
                }
                content
            }
            // A file with other names is not lost with this one.
            State::Foreign(Some((facts, bytes))) if facts.links > 1 && stand == Stand::Over => {
                blake3::hash(&bytes)
            }
            State::Foreign(content) => {
                let place = Place::new(work_tree, &swap.storage, &name);
                rescue.add(work_tree, swap.path.clone(), content, &place)?
            }
        };
        leftovers.push(Leftover {
            storage: swap.storage.clone(),
            name,
            content,
            swap: Some(number),
        });
    }
    Ok(leftovers)
}

/// Files in storage of which the journal does not speak: somebody removed it. They are kept under their own names.
fn unannounced(
    work_tree: &WorkTree,
    record: &Record,
    rescue: &mut Rescue,
) -> Result<Vec<Leftover>> {
    let mut leftovers = Vec::new();
    for path in crate::fs::list(&state(work_tree).join("kept"))? {
        let name = path.file_name().unwrap_or_default().to_owned();
        if record.swaps.iter().any(|swap| names(swap).contains(&name)) {
            continue;
        }
        let storage = Storage::Repository;
        let Some(kept) = storage.open(work_tree)? else {
            continue;
        };
        let content = match kept.read(&name) {
            Ok(Found::File(facts, bytes)) => Some((facts, bytes)),
            Ok(_) => None,
            Err(error) => return Err(crate::fs::failed("read", &path, error)),
        };
        let place = Place::new(work_tree, &storage, &name);
        let path = RepoPath::new(name.as_encoded_bytes());
        leftovers.push(Leftover {
            content: rescue.add(work_tree, path, content, &place)?,
            storage,
            name,
            swap: None,
        });
    }
    Ok(leftovers)
}

/// A file in storage that nobody needs any more.
struct Leftover {
    storage: Storage,
    name: OsString,
    content: blake3::Hash,
    /// The number of the swap that it is of.
    swap: Option<usize>,
}

impl Leftover {
    /// Removes it, unless somebody may still write to it, or just did. Says whether nothing is there any more.
    fn remove(&self, work_tree: &WorkTree) -> Result<bool> {
        let Some(kept) = self.storage.open(work_tree)? else {
            return Ok(true);
        };
        let removal = kept.remove_unused(&self.name, self.content);
        removal.map(|it| it == Removal::Removed).map_err(|error| {
            let place = self.storage.path(work_tree).unwrap_or_default();
            crate::fs::failed("remove", &place.join(&self.name), error)
        })
    }
}

/// What somebody else wrote and has no place in the work tree any more, to be kept under a backup ref.
#[derive(Debug, Default)]
pub(super) struct Rescue {
    saved: Vec<Saved>,
}

/// The folders of a backup for contents of the same path.
const PLACES: [&str; 4] = ["worktree", "worktree-2", "worktree-3", "worktree-4"];

/// Where something lies in storage.
pub(super) struct Place(PathBuf);

impl Place {
    pub(super) fn new(work_tree: &WorkTree, storage: &Storage, name: &OsStr) -> Self {
        Self(storage.path(work_tree).unwrap_or_default().join(name))
    }
}

impl Rescue {
    /// Takes up one content and gives its hash; what is no file cannot be kept under a ref, and is an error that says where it lies.
    pub(super) fn add(
        &mut self,
        work_tree: &WorkTree,
        path: RepoPath,
        content: Option<(Facts, Vec<u8>)>,
        place: &Place,
    ) -> Result<blake3::Hash> {
        let Some((facts, bytes)) = content else {
            let place = place.0.display();
            return Err(Error::new(format!(
                "what was put in the place of `{path}` while it was being fixed lies at `{place}`"
            ))
            .hint("move it to where you want it, and run the same command again"));
        };
        let id = Objects::open(work_tree).write(&bytes)?;
        // Two of the same path go into two folders.
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
        Ok(blake3::hash(&bytes))
    }

    /// Keeps all of it, and says so.
    pub(super) fn save(self, work_tree: &WorkTree, remarks: &mut Vec<String>) -> Result<()> {
        if self.saved.is_empty() {
            return Ok(());
        }
        let run = format!("rescue-{}", run_id());
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
