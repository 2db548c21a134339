//! The tools at work: fixers one after another in declared order, checks at once, each once more for what a fixer changed.
//!
//! Called by the run, after the native gates. Tools see copies outside the repository, or the work tree where that is what is
//! checked; they are never shown the repository itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::cache::{Key, Passed, name};
use super::file::File;
use super::outcome::{GateOutcome, State};
use super::reader::{Reader, Shortcut};
use super::run::{Mended, Request, restages};
use super::select::Selected;
use super::settings::Needs;
use super::shadow::{FileShadow, TreeShadow};
use super::snapshot::Snapshot;
use super::task::Task;
use super::tool::{self, Job, Verdict};
use super::tree::Tree;
use super::turnstile::Turnstile;
use crate::error::{Error, Kind, Result};
use crate::finding::{Finding, Severity};
use crate::repo_path::RepoPath;

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

/// A tool, the files that it has still to look at, and what came of it.
struct Open<'s> {
    task: Task<'s>,
    files: Vec<usize>,
    /// The keys of those, as they were when the run began.
    keys: BTreeMap<usize, Key>,
    /// How many of its files have passed before, and are not looked at again.
    cached: usize,
    verdict: Option<Result<Verdict>>,
    mended: Vec<RepoPath>,
    /// Whether it has anything to look at.
    is_open: bool,
    /// Why it was not started after all.
    not_started: Option<String>,
}

/// What the threads share.
struct Floor<'t> {
    turnstile: &'t Turnstile,
    failed: &'t AtomicBool,
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
            let is_open = !key.is_some_and(|key| passed.has(&key));
            let files = if is_open { files.clone() } else { Vec::new() };
            return Ok(Open::new(task, files, is_open));
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
        let is_open = !open.is_empty();
        Ok(Open {
            keys,
            ..Open::new(task, open, is_open)
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
            .filter(|it| it.is_open)
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
                let (shared, floor) = (self.shared(), &floor);
                scope.spawn(move || shared.work(it, root, floor));
            }
            let shared = self.shared();
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
            self.shared().work(it, shadow.root(), floor);
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

    /// Lays out the files of some tools and what configures them; `None` where none of them is given files.
    fn lay_out<'o, 's: 'o>(
        &self,
        name: &str,
        open: impl Iterator<Item = &'o Open<'s>> + Clone,
        mended: &BTreeMap<usize, Mended>,
    ) -> Result<Option<FileShadow>> {
        let open = open.filter(|it| it.task.given == Needs::Files);
        if open.clone().next().is_none() {
            return Ok(None);
        }
        let mut numbers: BTreeSet<usize> = BTreeSet::new();
        let mut configuration: BTreeMap<&RepoPath, &File> = BTreeMap::new();
        for it in open {
            numbers.extend(&it.files);
            configuration.extend(&it.task.configuration);
        }
        let files = numbers.iter().map(|number| {
            let file = &self.snapshot.files[*number];
            let bytes = match mended.get(number) {
                Some(mended) => mended.bytes.clone(),
                None => self.reader.read(file)?,
            };
            Ok((file.path.clone(), file.mode, bytes))
        });
        let known: BTreeSet<&RepoPath> = numbers
            .iter()
            .map(|it| &self.snapshot.files[*it].path)
            .collect();
        let configuration = configuration
            .iter()
            .filter(|(path, _)| !known.contains(*path))
            .map(|(path, file)| Ok(((*path).clone(), file.mode, self.reader.read(file)?)));
        // The first content that cannot be read ends the laying out.
        let mut unreadable = None;
        let readable = files.chain(configuration).map_while(|it| match it {
            Ok(it) => Some(it),
            Err(error) => {
                unreadable = Some(error);
                None
            }
        });
        let shadow = FileShadow::lay_out(&self.place.join(name), readable);
        unreadable.map_or(shadow, Err).map(Some)
    }

    /// What can be handed to threads.
    fn shared(&self) -> Shared<'_> {
        Shared {
            snapshot: self.snapshot,
            shortcut: self.shortcut,
            request: self.request,
            place: self.place,
            say: self.say,
        }
    }

    /// What a tool came to, and what of it is worth remembering.
    fn conclude(
        &self,
        mut it: Open,
        passed: &mut Passed,
        mended: &BTreeMap<usize, Mended>,
        changed: &BTreeSet<usize>,
    ) -> Result<GateOutcome> {
        let task = &it.task;
        let mut outcome = GateOutcome::new(&task.selected.gate, &task.selected.project.folder);
        outcome.files = task.selected.files.len();
        outcome.cached = it.cached;
        outcome.mended = std::mem::take(&mut it.mended);
        outcome.remark = task.remark(self.snapshot);
        if let Some(why) = it.not_started.take() {
            outcome.state = State::Skipped(why);
            return Ok(outcome);
        }
        match it.verdict.take() {
            None => {}
            Some(Err(error)) if error.kind() == Kind::Interrupted => return Err(error),
            Some(Err(error)) => outcome.state = State::Broken(error),
            Some(Ok(verdict)) => {
                outcome.elapsed = Some(verdict.elapsed);
                outcome.findings = verdict.findings;
                outcome.output = verdict.output;
                if verdict.passed {
                    let files = without_findings(self.snapshot, &it.files, &outcome.findings);
                    if outcome.findings.is_empty() || task.is_by_file() {
                        self.remember(&it, &files, passed, mended, changed)?;
                    }
                } else {
                    outcome.state = State::Failed;
                }
            }
        }
        Ok(outcome)
    }

    fn remember(
        &self,
        it: &Open,
        files: &[usize],
        passed: &mut Passed,
        mended: &BTreeMap<usize, Mended>,
        changed: &BTreeSet<usize>,
    ) -> Result<()> {
        let task = &it.task;
        if task.given == Needs::Tree {
            let tree = Tree::of(self.snapshot, mended)?;
            if let Some(key) = task.tree_key(&tree.digest, self.snapshot) {
                passed.add(key);
            }
            return Ok(());
        }
        for number in files {
            // That a fixer is content with its own work is for its next run to say.
            if task.fixing && changed.contains(number) {
                continue;
            }
            let file = &self.snapshot.files[*number];
            let Some(key) = task.file_key(file, mended.get(number), self.reader)? else {
                continue;
            };
            // A file of the work tree that was saved during the run may not be what the tool has seen.
            let is_certain = file.source.id().is_some() || mended.contains_key(number);
            if is_certain || it.keys.get(number) == Some(&key) {
                passed.add(key);
            }
        }
        Ok(())
    }
}

impl<'s> Open<'s> {
    /// Whether it is not content, or broke down, and does not say of which file.
    fn is_unplaced(&self) -> bool {
        match &self.verdict {
            Some(Ok(verdict)) => {
                let is_placed = |it: &Finding| it.location.is_some();
                let findings = &verdict.findings;
                !verdict.passed && (findings.is_empty() || !findings.iter().all(is_placed))
            }
            Some(Err(_)) => true,
            None => false,
        }
    }

    fn new(task: Task<'s>, files: Vec<usize>, is_open: bool) -> Self {
        Self {
            cached: task.selected.files.len() - files.len(),
            task,
            files,
            keys: BTreeMap::new(),
            verdict: None,
            mended: Vec::new(),
            is_open,
            not_started: None,
        }
    }

    /// Notes that it would change a file, which is what a fixer finds when it is only to check.
    fn would_change(&mut self, path: &RepoPath) {
        if let Some(Ok(verdict)) = &mut self.verdict {
            let gate = self.task.selected.gate.clone();
            let finding = Finding::error(gate, "this file would be changed")
                .in_file(path)
                .help("scaffold check --fix");
            verdict.findings.push(finding);
            verdict.passed = false;
        }
    }
}

/// The files of which nothing was said: a warning is to be said again the next time.
fn without_findings(snapshot: &Snapshot, files: &[usize], findings: &[Finding]) -> Vec<usize> {
    let mut told = BTreeSet::new();
    for finding in findings {
        match &finding.location {
            Some(location) => told.insert(&location.path),
            None => return Vec::new(),
        };
    }
    let is_silent = |number: &usize| !told.contains(&snapshot.files[*number].path);
    files.iter().copied().filter(is_silent).collect()
}

/// What the threads that run tools are given: everything but the contents by name, which each opens for itself.
#[derive(Clone, Copy)]
struct Shared<'r> {
    snapshot: &'r Snapshot<'r>,
    shortcut: &'r Shortcut<'r>,
    request: &'r Request,
    place: &'r Path,
    say: &'r (dyn Fn(&str) + Sync),
}

impl Shared<'_> {
    /// Runs one tool in a folder that is laid out for it.
    fn work(&self, it: &mut Open, root: &Path, floor: &Floor) {
        let verdict = floor.turnstile.pass(|| {
            if self.request.fail_fast && floor.failed.load(Ordering::SeqCst) {
                return None;
            }
            (self.say)(&it.task.selected.gate);
            Some(self.start(it, root))
        });
        match verdict {
            None => it.not_started = Some("another gate has failed (--fail-fast)".to_owned()),
            Some(verdict) => {
                if !verdict.as_ref().is_ok_and(|it| it.passed) {
                    floor.failed.store(true, Ordering::SeqCst);
                }
                it.verdict = Some(verdict);
            }
        }
    }

    fn start(&self, it: &Open, root: &Path) -> Result<Verdict> {
        let task = &it.task;
        let project = &task.selected.project.folder;
        let folder: PathBuf = match crate::repo_path::bytes_to_path(project) {
            Some(below) if !project.is_empty() => root.join(below),
            _ => root.to_owned(),
        };
        let files: Vec<&[u8]> = if task.takes_files() {
            it.files
                .iter()
                .filter_map(|number| self.snapshot.files[*number].path.strip(project))
                .collect()
        } else {
            Vec::new()
        };
        tool::run(&Job {
            name: &task.selected.gate,
            tool: task.tool,
            settings: &task.selected.settings,
            environment: task.environment.as_ref(),
            folder: &folder,
            prefix: project,
            work_tree: self.snapshot.work_tree.root(),
            files: &files,
            given: task.given,
            fixing: task.fixing,
            host: self.snapshot.work_tree.host(),
            cache: &self.place.join("tools"),
        })
    }

    /// Brings the copy of everything up to date, and gives its folder.
    fn sync(&self, tree: &Tree) -> Result<PathBuf> {
        let place = self.place.join("tree");
        let reader = Reader::new(self.snapshot.work_tree, self.shortcut);
        let entries = tree
            .entries
            .iter()
            .map(|(path, mode, id)| (path.as_bytes(), *mode, *id));
        let (shadow, _) = TreeShadow::sync(&place, entries, |id| match tree.mended.get(id) {
            Some(bytes) => Ok(bytes.clone()),
            None => reader.objects().read(id),
        })?;
        Ok(shadow.root().to_owned())
    }
}
