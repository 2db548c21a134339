//! Applying fixes: all of them together, one step after another, so that a kill between any two leaves nothing unclear.
//!
//! Called through [`apply`]. The order is the point: keep, announce, make, exchange, stage, look again.

use super::decide::{Decision, decide, in_one_line};
use super::journal::Journal;
use super::lock::Lock;
use super::moment::{Moment, Watch};
use super::place::{Scratch, run_id, state};
use super::recover::recover;
use super::writer::Writer;
use super::{Applied, Fix, InIndex, Written};
use crate::error::{Kind, Result};
use crate::git::{Objects, Saved, WorkTree};
use crate::process::check_interrupted;

/// Brings fixes into the work tree and the index.
///
/// # Errors
/// Before anything is replaced: when it cannot be kept, an earlier run cannot be cleared away, or the user interrupts. From then on
/// nothing is an error: each fix says what became of it.
pub(crate) fn apply(lock: &Lock, work_tree: &WorkTree, fixes: &[Fix]) -> Result<Applied> {
    apply_watched(lock, work_tree, fixes, true, &mut |_| {})
}

/// As [`apply`], with somebody looking at every moment; without `exchange`, as on a system that cannot.
///
/// # Errors
/// As [`apply`].
pub(super) fn apply_watched(
    lock: &Lock,
    work_tree: &WorkTree,
    fixes: &[Fix],
    exchange: bool,
    watch: &mut Watch,
) -> Result<Applied> {
    let mut applied = Applied::nothing();
    if fixes.is_empty() {
        return Ok(applied);
    }
    applied.remarks = recover(lock, work_tree)?;
    crate::fs::create_dirs(&state(work_tree))?;
    let run = run_id();
    let scratch = Scratch::new(work_tree, &run)?;
    let objects = Objects::open(work_tree);
    let mut decisions = Vec::new();
    for fix in fixes {
        check_interrupted()?;
        decisions.push(decide(work_tree, &objects, scratch.path(), fix)?);
    }
    watch(Moment::Decided);
    let contents = to_keep(fixes, &decisions);
    if contents.is_empty() {
        applied.files = fates(fixes, &decisions, &[]);
        return Ok(applied);
    }
    let backup = work_tree.back_up(scratch.path(), &contents)?;
    watch(Moment::Kept);
    let journal = Journal::begin(work_tree, &backup)?;
    applied.backup = Some(backup);
    let mut writer = Writer {
        work_tree,
        fixes,
        decisions,
        journal,
        run,
        swaps: Vec::new(),
        exchange,
        watch,
    };
    writer.write();
    let staged = writer.stage(&scratch);
    writer.finish(&mut applied.remarks);
    applied.interrupted = check_interrupted().is_err();
    applied.files = fates(fixes, &writer.decisions, &staged);
    if !applied.interrupted
        && let Err(error) = work_tree.prune_backups()
        && error.kind() != Kind::Interrupted
    {
        applied.remarks.push(in_one_line(&error));
    }
    Ok(applied)
}

/// Everything that may be replaced.
fn to_keep(fixes: &[Fix], decisions: &[Decision]) -> Vec<Saved> {
    let mut contents = Vec::new();
    for (fix, decision) in fixes.iter().zip(decisions) {
        let work_tree = decision
            .write
            .as_ref()
            .map(|write| ("worktree", write.mode, write.old_id));
        let index = decision.staged.map(|(old, _)| ("index", fix.mode, old));
        for (place, mode, id) in work_tree.into_iter().chain(index) {
            contents.push(Saved {
                place,
                path: fix.path.clone(),
                mode,
                id,
            });
        }
    }
    contents
}

/// What became of each fix; `staged` is in the order of the decisions that wanted it.
fn fates(fixes: &[Fix], decisions: &[Decision], staged: &[InIndex]) -> Vec<Written> {
    let mut staged = staged.iter();
    let mut fate = |fix: &Fix, decision: &Decision| Written {
        path: fix.path.clone(),
        work_tree: decision.work_tree.clone(),
        index: match decision.staged {
            Some(_) => staged.next().cloned().unwrap_or(InIndex::Interrupted),
            None => InIndex::NotMeant,
        },
    };
    let all = fixes.iter().zip(decisions);
    all.map(|(fix, decision)| fate(fix, decision)).collect()
}
