//! A whole run, from what a killed one left behind to the new contents in their places.
//!
//! Called by `cli` for a check and for the hooks of a commit. What is written, is written here, at the end, through `write_back`.
//! It must not know what a gate does, or how a run is reported.

use std::path::PathBuf;

use super::copies::Copies;
use super::outcome::{GateOutcome, State};
use super::run::{self, Fixing, Mended, Outcome, Request};
use super::select::{Engine, Selected, Wanted};
use super::settings::Needs;
use super::snapshot::{Of, Snapshot};
use super::write_back::{self, Applied, Fix, InIndex, Lock, Original, Written};
use crate::error::Result;
use crate::git::WorkTree;

/// What is to be checked.
#[derive(Debug, Clone)]
pub(crate) enum Scope {
    /// What is staged.
    Staged,
    /// Every file of the index.
    Index,
    /// What lies between two commits, as the second has it.
    Range(String, String),
    /// The work tree.
    WorkTree,
}

/// What a whole run came to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Every gate, in the order of the projects and of their lists.
    pub(crate) gates: Vec<GateOutcome>,
    /// What became of the new contents; `None` where there were none.
    pub(crate) applied: Option<Applied>,
    /// What a run that was killed had left behind, and was put in order.
    pub(crate) recovered: Vec<String>,
    /// What was mended and is not where it was to go, or is to be looked at first: nothing may go on as if it were.
    pub(crate) held: Vec<Held>,
    /// Whether a gate has found something that `--fix` might have mended.
    pub(crate) is_mendable: bool,
}

/// A mended content with which nothing may go on.
#[derive(Debug)]
pub(crate) struct Held {
    /// The gate that mended it.
    pub(crate) gate: String,
    /// What became of it.
    pub(crate) file: Written,
    /// Why it is held.
    pub(crate) why: Why,
}

/// Why nothing may go on with a mended content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Somebody is to look at it before it is committed: the project says `restage = false`.
    Review,
    /// The index has not got it, though it was meant to.
    Unstaged,
    /// The work tree has not got it, though nothing else was meant to.
    Unmended,
}

impl Report {
    /// Whether every gate is content, and so may a commit be.
    pub(crate) fn is_clean(&self) -> bool {
        self.gates.iter().all(GateOutcome::is_clean) && self.held.is_empty()
    }

    /// Whether a gate could not be run.
    pub(crate) fn is_broken(&self) -> bool {
        self.gates
            .iter()
            .any(|it| matches!(it.state, State::Broken(_)))
    }
}

/// Takes the snapshot of what is to be checked; with `paths`, of those files and folders alone.
///
/// # Errors
/// When there are conflicts, a name means no commit, a path does not exist, or git fails.
pub(crate) fn snapshot<'a>(
    work_tree: &'a WorkTree,
    scope: &Scope,
    paths: &[PathBuf],
) -> Result<Snapshot<'a>> {
    match scope {
        Scope::WorkTree => Snapshot::work_tree(work_tree, paths),
        Scope::Staged => Snapshot::staged(work_tree)?.restricted(paths),
        Scope::Index => Snapshot::index(work_tree)?.restricted(paths),
        Scope::Range(from, to) => {
            let (from, to) = (work_tree.commit(from)?, work_tree.commit(to)?);
            // What only the other side changed since the two parted is not what this side brings.
            let base = work_tree.merge_base(&from, &to)?.unwrap_or(from);
            let changes = work_tree.between(&base.to_string(), &to.to_string())?;
            Snapshot::commit(work_tree, &to.to_string(), changes).restricted(paths)
        }
    }
}

/// Runs the gates on what is to be checked, and brings what they mended to its place.
///
/// # Errors
/// When the snapshot cannot be read, a configuration is wrong, or the user interrupts.
pub(crate) fn perform(
    work_tree: &WorkTree,
    scope: &Scope,
    paths: &[PathBuf],
    request: &Request,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Report> {
    let wait = || say("another run on this work tree is waited for");
    let mut lock = None;
    let mut recovered = Vec::new();
    if request.fixing != Fixing::Never {
        let taken = Lock::take(work_tree, wait)?;
        recovered = write_back::recover(&taken, work_tree)?;
        lock = Some(taken);
    }
    let snapshot = snapshot(work_tree, scope, paths)?;
    let is_hook = matches!(request.wanted, Wanted::Stage(_)) && request.skip.is_empty();
    if is_hook && snapshot.files.is_empty() && snapshot.deleted.is_empty() {
        // Nothing to look at: not even the configuration, which costs reading the index.
        return Ok(Report {
            recovered,
            ..Report::default()
        });
    }
    let selected = run::plan(&snapshot, request)?;
    let is_shown_a_copy = |one: &Selected| is_shown_a_copy(one, &snapshot, request.fixing);
    let copies = if selected.iter().any(is_shown_a_copy) {
        Copies::locked(work_tree, wait)?
    } else {
        Copies::unlocked(work_tree)
    };
    let mut outcome = run::run(&snapshot, request, &selected, copies.folder(), say)?;
    let fixes = fixes(&snapshot, &outcome);
    let applied = match &lock {
        Some(lock) if !fixes.is_empty() => Some(write_back::apply(lock, work_tree, &fixes)?),
        _ => None,
    };
    drop(lock);
    let held = held(&snapshot, &selected, &outcome, &fixes, applied.as_ref());
    let is_mendable = request.fixing == Fixing::Never
        && selected
            .iter()
            .zip(&outcome.gates)
            .any(|(one, gate)| one.can_fix() && matches!(gate.state, State::Failed));
    let is_written = applied.as_ref().is_some_and(|it| !it.interrupted);
    if snapshot.of == Of::WorkTree && is_written {
        check_again(&snapshot, request, selected, &mut outcome, &copies, say)?;
    }
    Ok(Report {
        gates: outcome.gates,
        applied,
        recovered,
        held,
        is_mendable,
    })
}

/// What must hold up whoever asked for the run, of what was mended.
fn held(
    snapshot: &Snapshot,
    selected: &[Selected],
    outcome: &Outcome,
    fixes: &[Fix],
    applied: Option<&Applied>,
) -> Vec<Held> {
    let fates = applied.iter().flat_map(|it| &it.files);
    let held = |(fix, file): (&Fix, &Written)| {
        let why = match snapshot.of {
            Of::Index if !fix.restage => Why::Review,
            Of::Index if file.index != InIndex::Fixed => Why::Unstaged,
            Of::WorkTree if !file.work_tree.has_fix() => Why::Unmended,
            _ => return None,
        };
        let by = |(one, gate): &(&Selected, &GateOutcome)| {
            gate.mended.contains(&fix.path) && (why != Why::Review || !run::restages(one))
        };
        let gate = selected.iter().zip(&outcome.gates).find(by);
        Some(Held {
            gate: gate.map_or_else(String::new, |(one, _)| one.gate.clone()),
            file: file.clone(),
            why,
        })
    };
    fixes.iter().zip(fates).filter_map(held).collect()
}

/// Runs once more what looks at the work tree itself, now that the fixes are there.
fn check_again(
    snapshot: &Snapshot,
    request: &Request,
    selected: Vec<Selected>,
    outcome: &mut Outcome,
    copies: &Copies,
    say: &(dyn Fn(&str) + Sync),
) -> Result<()> {
    let request = Request {
        fixing: Fixing::Never,
        ..request.clone()
    };
    let looked = &outcome.in_work_tree;
    let again = selected.into_iter().enumerate();
    let again = again.filter(|(number, _)| looked.contains(number));
    let (numbers, again): (Vec<usize>, Vec<Selected>) = again.unzip();
    let second = run::run(snapshot, &request, &again, copies.folder(), say)?;
    for (number, gate) in numbers.into_iter().zip(second.gates) {
        outcome.gates[number] = gate;
    }
    Ok(())
}

/// Whether a tool is shown a copy, which another run must not change meanwhile.
fn is_shown_a_copy(selected: &Selected, snapshot: &Snapshot, fixing: Fixing) -> bool {
    selected.skipped.is_none()
        && !matches!(selected.engine, Engine::Native(_))
        && selected.needs != Needs::WorkTree
        && (snapshot.of != Of::WorkTree || fixing != Fixing::Never || selected.always_changes())
}

fn fixes(snapshot: &Snapshot, outcome: &Outcome) -> Vec<Fix> {
    let fix = |(number, mended): (&usize, &Mended)| {
        let file = &snapshot.files[*number];
        Fix {
            path: file.path.clone(),
            mode: file.mode,
            original: match file.source.id() {
                Some(id) => Original::Staged(id),
                None => Original::WorkTree(mended.original),
            },
            fixed: mended.bytes.clone(),
            restage: mended.restage && snapshot.of == Of::Index,
        }
    };
    outcome.mended.iter().map(fix).collect()
}
