//! The tools at work: fixers one after another in declared order, checks at once, each once more for what a fixer changed.
//!
//! Called by the run, after the native gates. Tools see copies outside the repository, or the work tree where that is what is
//! checked; they are never shown the repository itself.

mod conclusion;
mod layout;
mod mending;
mod open;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::cache::{Passed, name};
use super::outcome::GateOutcome;
use super::reader::{Reader, Shortcut};
use super::run::{Mended, Request};
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

use mending::Mending;
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
    /// The numbers of the tools that looked at the work tree itself.
    pub(super) in_work_tree: Vec<usize>,
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
        let mut tree = if tasks.iter().any(|task| task.given == Needs::Tree) {
            Some(Tree::of(self.snapshot, self.reader, &mended)?)
        } else {
            None
        };
        let mut open = Vec::new();
        for task in tasks {
            open.push(self.still_open(task, &passed, tree.as_ref(), &mended)?);
        }
        let before = mended.clone();
        self.first_round(&mut open, &mut tree, &mut mended, &passed)?;
        let changed: BTreeSet<usize> = mended
            .iter()
            .filter(|(number, it)| before.get(number).is_none_or(|old| old.bytes != it.bytes))
            .map(|(number, _)| *number)
            .collect();
        if !changed.is_empty() {
            self.second_round(&mut open, tree, &changed, &mended, &passed)?;
        }
        let (mut gates, mut in_work_tree) = (Vec::new(), Vec::new());
        for it in open {
            if it.task.given == Needs::WorkTree {
                in_work_tree.push(it.task.number);
            }
            let number = it.task.number;
            let outcome = self.conclude(it, &mut passed, &mended, &changed)?;
            gates.push((number, outcome));
        }
        passed.save();
        Ok(Executed {
            gates,
            mended,
            in_work_tree,
        })
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
            let seen = tree.filter(|_| !has_work).map(|tree| tree.digest);
            return Ok(Open {
                seen,
                ..Open::new(task, files, has_work)
            });
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

    /// Fixers in their order, and beside them the checks: on what is there before any of them, or, of those that are given everything,
    /// after the last fixer that is given that, because there is one copy of it.
    fn first_round(
        &self,
        open: &mut [Open],
        tree: &mut Option<Tree>,
        mended: &mut BTreeMap<usize, Mended>,
        passed: &Passed,
    ) -> Result<()> {
        let is_mending = open.iter().any(|it| it.has_work && it.task.changes());
        // One that has nothing to look at yet may have it once another has changed something.
        let (mut fixers, checks): (Vec<&mut Open>, Vec<&mut Open>) = open
            .iter_mut()
            .filter(|it| it.has_work || (is_mending && it.task.changes()))
            .partition(|it| it.task.changes());
        let shown = self.lay_out("files", checks.iter().map(|it| &**it), mended)?;
        let fix = self.lay_out("fix", fixers.iter().map(|it| &**it), mended)?;
        let turnstile = Turnstile::new(self.request.jobs());
        let failed = AtomicBool::new(false);
        let floor = Floor {
            turnstile: &turnstile,
            failed: &failed,
        };
        let (mut in_tree, others): (Vec<&mut Open>, Vec<&mut Open>) = checks
            .into_iter()
            .partition(|it| it.task.given == Needs::Tree);
        std::thread::scope(|scope| {
            for it in others {
                let root = match it.task.given {
                    Needs::WorkTree => self.snapshot.work_tree.root(),
                    _ => shown.as_ref().map_or(self.place, FileShadow::root),
                };
                let (shared, floor) = (self.worker(), &floor);
                scope.spawn(move || shared.work(it, root, floor));
            }
            let mut mending = Mending::new(self, &floor, passed, fix, mended);
            let last = fixers
                .iter()
                .rposition(|it| it.task.given == Needs::Tree)
                .map_or(0, |it| it + 1);
            mending.run(&mut fixers[..last], tree)?;
            let checking = match tree.take() {
                Some(all) if !in_tree.is_empty() => {
                    let all = all.with(self.snapshot, mending.mended())?;
                    let (shared, floor, in_tree) = (self.worker(), &floor, &mut in_tree);
                    Some(scope.spawn(move || shared.check(all, in_tree, floor)))
                }
                all => {
                    *tree = all;
                    None
                }
            };
            let ended = mending.run(&mut fixers[last..], &mut None);
            mending.overtake(&mut fixers);
            if let Some(checking) = checking {
                let checked = checking
                    .join()
                    .unwrap_or_else(|_| Err(Error::new("a tool could not be watched")));
                *tree = Some(ended.and(checked)?);
                return Ok(());
            }
            ended
        })
    }

    /// Runs once more what looks at something that a fixer changed.
    fn second_round(
        &self,
        open: &mut [Open],
        mut tree: Option<Tree>,
        changed: &BTreeSet<usize>,
        mended: &BTreeMap<usize, Mended>,
        passed: &Passed,
    ) -> Result<()> {
        if let Some(all) = tree {
            tree = Some(all.with(self.snapshot, mended)?);
        }
        let now = tree.as_ref().map(|it| it.digest);
        let mut again: Vec<(&mut Open, Vec<usize>, bool)> = Vec::new();
        for it in open.iter_mut().filter(|it| it.not_started.is_none()) {
            let affected = it.affected(changed);
            // The work tree does not have the fixes yet; and the tree may be the one that was looked at.
            let is_seen = it.task.given == Needs::Tree && it.seen.is_some() && it.seen == now;
            if affected.is_empty() || it.task.given == Needs::WorkTree || is_seen {
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
            let mut task = it.task.clone();
            task.fixing = false;
            second.push(Open::new(task, files.clone(), true));
        }
        self.first_round(&mut second, &mut tree, &mut mended.clone(), passed)?;
        for ((first, files, is_whole), second) in again.into_iter().zip(second) {
            let Some(verdict) = second.verdict else {
                continue;
            };
            let looked_at: BTreeSet<usize> = files.iter().copied().collect();
            first.verdict = Some(match (first.verdict.take(), verdict) {
                (Some(Ok(old)), Ok(new)) if !is_whole => Ok(self.merged(old, new, &looked_at)),
                (_, new) => new,
            });
            first.seen = second.seen;
            first.give(
                looked_at
                    .union(&first.files.iter().copied().collect())
                    .copied()
                    .collect(),
            );
        }
        Ok(())
    }

    /// What a tool said of some files at first, and what it says of those that it was given again.
    fn merged(&self, old: Verdict, new: Verdict, again: &BTreeSet<usize>) -> Verdict {
        let paths: BTreeSet<&RepoPath> = again
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
