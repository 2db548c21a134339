//! Fixers at work: one after another in declared order, each on a copy that shows what those before it left.
//!
//! Called by the executor. A fixer is shown its files alone, or everything. Of what it changes there, only its own files count; what
//! else it did is undone before another tool looks.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cache::Passed;
use super::super::run::{Mended, restages};
use super::super::settings::Needs;
use super::super::shadow::{Changed, FileShadow};
use super::super::tree::Tree;
use super::Executor;
use super::open::Open;
use super::worker::Floor;
use crate::error::{Error, Result};
use crate::git::Mode;
use crate::repo_path::RepoPath;

/// The fixers of a round, and what they have come to so far.
pub(super) struct Mending<'e, 'r, 'a> {
    executor: &'e Executor<'r, 'a>,
    floor: &'e Floor<'e>,
    /// What passed in earlier runs.
    passed: &'e Passed,
    /// The files of those that are given files.
    shadow: Option<FileShadow>,
    /// The new contents.
    mended: &'e mut BTreeMap<usize, Mended>,
    /// Which files were changed here, and in whose turn.
    changes: Vec<(usize, usize)>,
    /// How many had their turn.
    turns: usize,
    /// The fixer that broke down, if one did: there is nothing to go on with then.
    broken: Option<String>,
}

/// Why a fixer has changed nothing that counts.
enum Stop {
    /// It has nothing to look at, or was not let in.
    Idle,
    /// It could not do its work.
    Broken,
    /// Nothing can be laid out, or the user interrupts.
    Run(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}

impl<'e, 'r, 'a> Mending<'e, 'r, 'a> {
    /// Before any of them; `shadow` has the files of those that are given files.
    pub(super) fn new(
        executor: &'e Executor<'r, 'a>,
        floor: &'e Floor<'e>,
        passed: &'e Passed,
        shadow: Option<FileShadow>,
        mended: &'e mut BTreeMap<usize, Mended>,
    ) -> Self {
        Self {
            executor,
            floor,
            passed,
            shadow,
            mended,
            changes: Vec::new(),
            turns: 0,
            broken: None,
        }
    }

    /// The new contents so far.
    pub(super) fn mended(&self) -> &BTreeMap<usize, Mended> {
        self.mended
    }

    /// Gives these their turns. `tree` is everything, where one of them needs that.
    ///
    /// # Errors
    /// When something cannot be laid out, or the user interrupts. A fixer that breaks down is no error here.
    pub(super) fn run(&mut self, fixers: &mut [&mut Open], tree: &mut Option<Tree>) -> Result<()> {
        for it in fixers {
            it.turn = self.turns;
            self.turns += 1;
            if let Some(before) = &self.broken {
                if it.has_work {
                    it.not_started = Some(format!("`{before}` broke down before it"));
                }
                continue;
            }
            let changed = if it.task.given == Needs::Tree {
                self.in_tree(it, tree)
            } else {
                self.in_files(it)
            };
            match changed {
                Ok(changed) => self.take_up(it, changed),
                Err(Stop::Idle) => {}
                // What a tool that broke down has left in the copy is no fix.
                Err(Stop::Broken) => self.broken = Some(it.task.selected.gate.clone()),
                Err(Stop::Run(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Runs one on its files, and gives those that it changed.
    fn in_files(&mut self, it: &mut Open) -> std::result::Result<Vec<Changed>, Stop> {
        let (files, reader) = (&self.executor.snapshot.files, self.executor.reader);
        let all: BTreeSet<usize> = it.task.selected.files.iter().copied().collect();
        let mut given: BTreeSet<usize> = it.files.iter().copied().collect();
        for (_, number) in &self.changes {
            if given.contains(number) || !all.contains(number) {
                continue;
            }
            // It had passed as it was.
            let mended = self.mended.get(number);
            let key = it.task.file_key(&files[*number], mended, reader)?;
            if !key.is_some_and(|key| self.passed.has(&key)) {
                given.insert(*number);
            }
        }
        it.has_work = !given.is_empty();
        it.give(given.into_iter().collect());
        let Some(shadow) = self.shadow.as_mut().filter(|_| it.has_work) else {
            return Err(Stop::Idle);
        };
        for number in &it.files {
            if let Some(mended) = self.mended.get(number) {
                let file = &files[*number];
                shadow.hold(&file.path, file.mode, &mended.bytes)?;
            }
        }
        (self.executor.worker()).work(it, shadow.root(), self.floor);
        let changed = ended(it).and_then(|()| kept(it, shadow.changed()))?;
        let own = self.executor.own(it);
        let mut counted = Vec::new();
        for (path, bytes) in changed {
            if own.contains_key(&path) {
                let original = shadow.original(&path)?;
                counted.push(Changed {
                    path,
                    original,
                    bytes,
                });
            } else if let Some((mode, bytes)) = self.executor.as_it_was(&path, self.mended)? {
                shadow.hold(&path, mode, &bytes)?;
            }
        }
        Ok(counted)
    }

    /// Runs one on everything, and gives those of its files that it changed. What else it did there, the next sync undoes.
    fn in_tree(
        &mut self,
        it: &mut Open,
        tree: &mut Option<Tree>,
    ) -> std::result::Result<Vec<Changed>, Stop> {
        let Some(before) = tree.take() else {
            return Err(Stop::Idle);
        };
        let now = before.with(self.executor.snapshot, self.mended)?;
        let key = it.task.tree_key(&now.digest, self.executor.snapshot);
        if key.is_some_and(|key| self.passed.has(&key)) {
            it.has_work = false;
            it.give(Vec::new());
            it.seen = Some(now.digest);
            *tree = Some(now);
            return Err(Stop::Idle);
        }
        it.has_work = true;
        it.give(it.task.selected.files.clone());
        let (shadow, now) = self.executor.worker().sync(now)?;
        let digest = now.digest;
        *tree = Some(now);
        (self.executor.worker()).work(it, shadow.root(), self.floor);
        let own = self.executor.own(it);
        let changed = ended(it).and_then(|()| kept(it, shadow.changed(own.keys().copied())))?;
        it.seen = changed.is_empty().then_some(digest);
        Ok(changed)
    }

    /// Takes up what one has changed.
    fn take_up(&mut self, it: &mut Open, changed: Vec<Changed>) {
        let own = self.executor.own(it);
        for Changed {
            path,
            original,
            bytes,
        } in changed
        {
            let Some(number) = own.get(&path).copied() else {
                continue;
            };
            if !it.task.fixing {
                it.would_change(&path);
                continue;
            }
            let old = self.mended.get(&number);
            if old.is_some_and(|old| old.bytes == bytes) {
                continue;
            }
            let mended = Mended {
                bytes,
                restage: restages(it.task.selected) && old.is_none_or(|old| old.restage),
                original: old.map_or(original, |old| old.original),
            };
            self.mended.insert(number, mended);
            self.changes.push((it.turn, number));
            it.mended.push(path);
        }
    }

    /// Notes in each of them which of its files were changed after its turn.
    pub(super) fn overtake(&self, fixers: &mut [&mut Open]) {
        for it in fixers {
            let files: BTreeSet<usize> = it.task.selected.files.iter().copied().collect();
            let later = self.changes.iter().filter(|(turn, _)| *turn > it.turn);
            let numbers = later.map(|(_, number)| *number);
            it.overtaken = numbers.filter(|it| files.contains(it)).collect();
        }
    }
}

impl<'r> Executor<'r, '_> {
    /// The files that a fixer is given, by path.
    fn own(&self, it: &Open) -> BTreeMap<&'r RepoPath, usize> {
        let files = &self.snapshot.files;
        let numbers = it.files.iter().copied();
        numbers
            .map(|number| (&files[number].path, number))
            .collect()
    }

    /// A file as it was before a fixer changed it that it was not given to.
    fn as_it_was(
        &self,
        path: &RepoPath,
        mended: &BTreeMap<usize, Mended>,
    ) -> Result<Option<(Mode, Vec<u8>)>> {
        let number = self
            .snapshot
            .files
            .binary_search_by(|file| file.path.cmp(path));
        let mended = number.ok().and_then(|number| mended.get(&number));
        let Some(file) = self.snapshot.file(path.as_bytes())? else {
            return Ok(None);
        };
        let bytes = match mended {
            Some(mended) => mended.bytes.clone(),
            None => self.reader.read(&file)?,
        };
        Ok(Some((file.mode, bytes)))
    }
}

/// Whether one that was let in has done its work.
fn ended(it: &Open) -> std::result::Result<(), Stop> {
    match &it.verdict {
        Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(Stop::Broken),
        None => Err(Stop::Idle),
    }
}

/// What it changed; where it did what no fix does, it has broken down.
fn kept<T>(it: &mut Open, changed: Result<T>) -> std::result::Result<T, Stop> {
    changed.map_err(|error| {
        it.verdict = Some(Err(error));
        Stop::Broken
    })
}
