//! The tools at work: fixers one after another in declared order, checks at once, each once more for what a fixer changed.
//!
//! Called by the run, after the native gates. Tools see copies outside the repository, or the work tree where that is what is
//! checked; they are never shown the repository itself.

mod conclusion;
mod layout;
mod open;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::cache::{Passed, name};
use super::outcome::GateOutcome;
use super::reader::{Reader, Shortcut};
use super::run::{Mended, Request, restages};
use super::select::Selected;
use super::settings::Needs;
use super::shadow::FileShadow;
use super::snapshot::Snapshot;
use super::task::Task;
use super::tool::Verdict;
use super::tree::Tree;
use super::turnstile::Turnstile;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::repo_path::RepoPath;

use open::Open;
use worker::{Floor, Worker};

/// Runs the tools of one run.
pub(super) struct Executor<'r, 'a> {
    pub(super) snapshot: &'r Snapshot<'a>,
    pub(super) reader: &'r Reader<'a>,
    pub(super) shortcut: &'r Shortcut<'a>,
    pub(super) request: &'r Request,
    /// A folder of this work tree's own, outside of it.
    pub(super) place: &'r Path,
    /// Told what is being done.
    pub(super) say: &'r (dyn Fn(&str) + Sync),
}

/// What the executor came to.
pub(super) struct Executed {
    /// The outcome of every tool, by its number among all that are selected.
    pub(super) gates: Vec<(usize, GateOutcome)>,
    /// The new contents by the number of the file, those of the native gates among them.
    pub(super) mended: BTreeMap<usize, Mended>,
}

impl Executor<'_, '_> {
    /// Runs the tools with these numbers.
    ///
    /// # Errors
    /// When the snapshot cannot be read or laid out, or the user interrupts.
    pub(super) fn run(
        &self,
        selected: &[Selected],
        numbers: &[usize],
        mut mended: BTreeMap<usize, Mended>,
    ) -> Result<Executed> {
        let host = self.snapshot.work_tree.host();
        let name = name("tools", self.snapshot.work_tree.common_dir());
        let mut passed = Passed::load(host, &name, self.request.use_cache);
        let tasks = numbers
            .iter()
            .map(|number| {
                Task::prepare(
                    *number,
                    &selected[*number],
                    self.snapshot,
                    self.reader,
                    self.request,
                )
            })
            .collect::<Result<Vec<_>>>()?;
        let tree = if tasks.iter().any(|task| task.given == Needs::Tree) {
            Some(Tree::of(self.snapshot, &mended)?)
        } else {
            None
        };
        let mut open = Vec::new();
        for task in tasks {
            open.push(self.still_open(task, &passed, tree.as_ref(), &mended)?);
        }
        let before = mended.clone();
        self.first_round(&mut open, tree.as_ref(), &mut mended)?;
        let changed: BTreeSet<usize> = mended
            .iter()
            .filter(|(number, it)| before.get(number).is_none_or(|old| old.bytes != it.bytes))
            .map(|(number, _)| *number)
            .collect();
        if !changed.is_empty() {
            self.second_round(&mut open, &changed, &mended)?;
        }
        let mut gates = Vec::new();
        for it in open {
            let number = it.task.number;
            let outcome = self.conclude(it, &mut passed, &mended, &changed)?;
            gates.push((number, outcome));
        }
        passed.save();
        Ok(Executed { gates, mended })
    }

    /// A tool, with those of its files that have not passed before.
    fn still_open<'s>(
        &self,
        task: Task<'s>,
        passed: &Passed,
        tree: Option<&Tree>,
        mended: &BTreeMap<usize, Mended>,
    ) -> Result<Open<'s>> {
        let files = &task.selected.files;
        if !task.is_by_file() {
            let key = tree.and_then(|tree| task.tree_key(&tree.digest, self.snapshot));
            let has_work = !key.is_some_and(|key| passed.has(&key));
            let files = if has_work { files.clone() } else { Vec::new() };
            return Ok(Open::new(task, files, has_work));
        }
        let mut open = Vec::new();
        let mut keys = BTreeMap::new();
        for number in files {
            let key = task.file_key(
                &self.snapshot.files[*number],
                mended.get(number),
                self.reader,
            )?;
            if !key.is_some_and(|key| passed.has(&key)) {
                open.push(*number);
                keys.extend(key.map(|key| (*number, key)));
            }
        }
        let has_work = !open.is_empty();
        Ok(Open {
            keys,
            ..Open::new(task, open, has_work)
        })
    }

    /// Fixers in their order, and beside them the checks on what is there before any of them.
    fn first_round(
        &self,
        open: &mut [Open],
        tree: Option<&Tree>,
        mended: &mut BTreeMap<usize, Mended>,
    ) -> Result<()> {
        let (mut fixers, mut checks): (Vec<&mut Open>, Vec<&mut Open>) = open
            .iter_mut()
            .filter(|it| it.has_work)
            .partition(|it| it.task.changes() && it.task.given == Needs::Files);
        let shown = self.lay_out("files", checks.iter().map(|it| &**it), mended)?;
        let mut fix = self.lay_out("fix", fixers.iter().map(|it| &**it), mended)?;
        let turnstile = Turnstile::new(self.request.jobs());
        let failed = AtomicBool::new(false);
        let floor = Floor {
            turnstile: &turnstile,
            failed: &failed,
        };
        let (in_tree, others): (Vec<&mut Open>, Vec<&mut Open>) = checks
            .drain(..)
            .partition(|it| it.task.given == Needs::Tree);
        let result = std::thread::scope(|scope| {
            for it in others {
                let root = match it.task.given {
                    Needs::WorkTree => self.snapshot.work_tree.root(),
                    _ => shown.as_ref().map_or(self.place, FileShadow::root),
                };
                let (shared, floor) = (self.worker(), &floor);
                scope.spawn(move || shared.work(it, root, floor));
            }
            let shared = self.worker();
            let floor = &floor;
            let syncing = tree.filter(|_| !in_tree.is_empty()).map(|tree| {
                scope.spawn(move || -> Result<()> {
                    let root = shared.sync(tree)?;
                    std::thread::scope(|scope| {
                        for it in in_tree {
                            let root = &root;
                            scope.spawn(move || shared.work(it, root, floor));
                        }
                    });
                    Ok(())
                })
            });
            let mended = self.mend(&mut fixers, fix.as_mut(), mended, floor);
            let synced = syncing.map_or(Ok(()), |it| {
                it.join()
                    .unwrap_or_else(|_| Err(Error::new("a tool could not be watched")))
            });
            mended.and(synced)
        });
        drop((shown, fix));
        result
    }

    /// Runs the fixers one after another, each on what the one before it left.
    fn mend(
        &self,
        fixers: &mut [&mut Open],
        shadow: Option<&mut FileShadow>,
        mended: &mut BTreeMap<usize, Mended>,
        floor: &Floor,
    ) -> Result<()> {
        let Some(shadow) = shadow else { return Ok(()) };
        let by_path: BTreeMap<&RepoPath, usize> = fixers
            .iter()
            .flat_map(|it| &it.files)
            .map(|number| (&self.snapshot.files[*number].path, *number))
            .collect();
        let mut broken: Option<String> = None;
        for it in fixers {
            if let Some(before) = &broken {
                it.not_started = Some(format!("`{before}` broke down before it"));
                continue;
            }
            self.worker().work(it, shadow.root(), floor);
            match &it.verdict {
                Some(Ok(_)) => {}
                Some(Err(_)) => {
                    // What a tool that broke down has left in the copy is no fix, and nothing to go on with.
                    broken = Some(it.task.selected.gate.clone());
                    continue;
                }
                None => continue,
            }
            let changed = match shadow.changed() {
                Ok(changed) => changed,
                Err(error) => {
                    broken = Some(it.task.selected.gate.clone());
                    it.verdict = Some(Err(error));
                    continue;
                }
            };
            for (path, bytes) in changed {
                let Some(number) = by_path.get(&path).copied() else {
                    continue;
                };
                if !it.task.fixing {
                    it.would_change(&path);
                    continue;
                }
                let restage = restages(it.task.selected);
                let old = mended.get(&number);
                let original = match old {
                    Some(old) => old.original,
                    None => shadow.original(&path)?,
                };
                if old.is_some_and(|old| old.bytes == bytes) {
                    continue;
                }
                let restage = restage && old.is_none_or(|old| old.restage);
                mended.insert(
                    number,
                    Mended {
                        bytes,
                        restage,
                        original,
                    },
                );
                it.mended.push(path);
            }
        }
        Ok(())
    }

    /// Runs once more what looks at something that a fixer changed.
    fn second_round(
        &self,
        open: &mut [Open],
        changed: &BTreeSet<usize>,
        mended: &BTreeMap<usize, Mended>,
    ) -> Result<()> {
        let mut again: Vec<(&mut Open, Vec<usize>, bool)> = Vec::new();
        for it in open
            .iter_mut()
            .filter(|it| !it.task.changes() && it.not_started.is_none())
        {
            let affected: Vec<usize> = it
                .task
                .selected
                .files
                .iter()
                .copied()
                .filter(|number| changed.contains(number))
                .collect();
            // The work tree does not have the fixes yet.
            if affected.is_empty() || it.task.given == Needs::WorkTree {
                continue;
            }
            // What was said of no file in particular may have been said of one that is mended now.
            let is_whole = !it.task.is_by_file() || it.is_unplaced();
            let files = if is_whole {
                it.task.selected.files.clone()
            } else {
                affected
            };
            again.push((it, files, is_whole));
        }
        if again.is_empty() {
            return Ok(());
        }
        let mut second: Vec<Open> = Vec::new();
        for (it, files, _) in &again {
            second.push(Open::new(it.task.clone(), files.clone(), true));
        }
        let tree = if second.iter().any(|it| it.task.given == Needs::Tree) {
            Some(Tree::of(self.snapshot, mended)?)
        } else {
            None
        };
        self.first_round(&mut second, tree.as_ref(), &mut mended.clone())?;
        for ((first, files, is_whole), second) in again.into_iter().zip(second) {
            let Some(verdict) = second.verdict else {
                continue;
            };
            first.verdict = Some(match (first.verdict.take(), verdict) {
                (Some(Ok(old)), Ok(new)) if !is_whole => Ok(self.merged(old, new, changed)),
                (_, new) => new,
            });
            let mut looked_at: BTreeSet<usize> = first.files.iter().copied().collect();
            looked_at.extend(files);
            first.files = looked_at.into_iter().collect();
        }
        Ok(())
    }

    /// What a tool said of some files at first, and what it says of those that have changed since.
    fn merged(&self, old: Verdict, new: Verdict, changed: &BTreeSet<usize>) -> Verdict {
        let paths: BTreeSet<&RepoPath> = changed
            .iter()
            .map(|number| &self.snapshot.files[*number].path)
            .collect();
        let is_stale = |finding: &Finding| {
            finding
                .location
                .as_ref()
                .is_some_and(|at| paths.contains(&at.path))
        };
        let mut findings: Vec<Finding> = old
            .findings
            .into_iter()
            .filter(|it| !is_stale(it))
            .collect();
        let still_failed = !old.passed && findings.iter().any(|it| it.severity == Severity::Error);
        findings.extend(new.findings);
        Verdict {
            passed: new.passed && !still_failed,
            findings,
            output: if still_failed { old.output } else { new.output },
            elapsed: old.elapsed + new.elapsed,
            command: new.command,
        }
    }

    /// What can be handed to threads.
    fn worker(&self) -> Worker<'_> {
        Worker {
            snapshot: self.snapshot,
            shortcut: self.shortcut,
            request: self.request,
            place: self.place,
            say: self.say,
        }
    }
}
