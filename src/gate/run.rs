//! One run: from a snapshot to what every gate came to, and the new contents.
//!
//! Called by `cli`, and by the checks of a push for each commit. Native gates run first, then the tools; fixers one after another
//! in declared order, checks at once. Nothing is written into the work tree here: the new contents are a value. How a run is
//! reported is not its business.

use std::collections::BTreeMap;
use std::path::Path;

use super::executor::Executor;
use super::native::Native;
use super::outcome::{GateOutcome, State};
use super::project::Projects;
use super::reader::{Reader, Shortcut};
use super::select::{Engine, Selected, Shard, Wanted, select, unknown_names};
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::repo_path::RepoPath;

/// How a run is to be done.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Which gates.
    pub(crate) wanted: Wanted,
    /// Gates and groups that are left out, from `SCAFFOLD_SKIP`.
    pub(crate) skip: Vec<String>,
    /// The part of the files, where the run is divided.
    pub(crate) shard: Option<Shard>,
    /// Which gates mend what they find.
    pub(crate) fixing: Fixing,
    /// Whether results of earlier runs count.
    pub(crate) use_cache: bool,
    /// How many processes and threads may run at once; as many as there are cores, where nothing is said.
    pub(crate) jobs: Option<usize>,
    /// Whether nothing new is started once a gate has failed.
    pub(crate) fail_fast: bool,
}

impl Request {
    /// How many processes and threads may run at once. Asking the system costs two dozen calls, so this is for when it matters.
    pub(crate) fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.jobs.unwrap_or_else(cores)
    }
}

/// Which gates mend what they find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fixing {
    /// None: a check changes nothing.
    Never,
    /// All that can, unless the project says `fix = false`.
    Configured,
    /// All that can.
    Always,
}

impl Fixing {
    /// Whether this gate is to mend what it finds.
    pub(crate) fn of(self, selected: &Selected) -> bool {
        selected.can_fix()
            && match self {
                Self::Never => false,
                Self::Configured => selected.settings.fix.unwrap_or(true),
                Self::Always => true,
            }
    }
}

/// What a run came to.
pub(crate) struct Outcome {
    /// Every gate, in the order of the projects and of their lists.
    pub(crate) gates: Vec<GateOutcome>,
    /// The new contents, by the number of the file.
    pub(crate) mended: BTreeMap<usize, Mended>,
    /// The numbers of the gates that looked at the work tree itself, which has no fix yet.
    pub(crate) in_work_tree: Vec<usize>,
}

/// A content that gates have mended.
#[derive(Debug, Clone)]
pub(crate) struct Mended {
    /// The new content.
    pub(crate) bytes: Vec<u8>,
    /// Whether the commit may go on with it: every gate that changed it says so.
    pub(crate) restage: bool,
    /// The content that was mended, by the hash of its bytes.
    pub(crate) original: blake3::Hash,
}

/// Decides what would run on what.
///
/// # Errors
/// When a configuration is wrong, or a gate that is asked for does not exist.
pub(crate) fn plan(snapshot: &Snapshot, request: &Request) -> Result<Vec<Selected>> {
    let shortcut = Shortcut::of(snapshot);
    let reader = Reader::new(snapshot.work_tree, &shortcut);
    let mut projects = Projects::new(snapshot, &reader);
    select(
        snapshot,
        &mut projects,
        &request.wanted,
        &request.skip,
        request.shard,
    )
}

/// Those of the names that are gates or groups here.
///
/// # Errors
/// When a configuration is wrong.
pub(super) fn known_names(snapshot: &Snapshot, names: &[String]) -> Result<Vec<String>> {
    let shortcut = Shortcut::none();
    let reader = Reader::new(snapshot.work_tree, &shortcut);
    let unknown = unknown_names(&mut Projects::new(snapshot, &reader), names)?;
    let is_known = |name: &&String| !unknown.contains(name);
    Ok(names.iter().filter(is_known).cloned().collect())
}

/// Runs the gates. `place` is a folder of this work tree's own, outside of it, for what tools are shown; `say` is told what is
/// being done.
///
/// # Errors
/// When the snapshot cannot be read, a configuration is wrong, or the user interrupts. A gate that cannot run is no error here: it
/// is in the outcome.
pub(crate) fn run(
    snapshot: &Snapshot,
    request: &Request,
    selected: &[Selected],
    place: &Path,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Outcome> {
    let native = Native::arm(snapshot, selected, |one| request.fixing.of(one))?;
    let shortcut = Shortcut::of(snapshot);
    let found = native.run(snapshot, &shortcut, request)?;
    let mut gates: Vec<GateOutcome> = selected.iter().map(skipped).collect();
    for (number, outcome) in found.gates {
        gates[number] = outcome;
    }
    let mut in_work_tree = Vec::new();
    let mut mended = BTreeMap::new();
    for it in found.mended {
        let restage = it.by.iter().all(|number| restages(&selected[*number]));
        let (bytes, original) = (it.bytes, it.original);
        mended.insert(
            it.file,
            Mended {
                bytes,
                restage,
                original,
            },
        );
    }
    let failed = request.fail_fast && !gates.iter().all(GateOutcome::is_clean);
    let tools = selected
        .iter()
        .enumerate()
        .filter(|(_, one)| one.skipped.is_none() && !matches!(one.engine, Engine::Native(_)));
    if failed {
        for (number, _) in tools {
            gates[number].state =
                State::Skipped("another gate has failed (--fail-fast)".to_owned());
        }
    } else if tools.clone().next().is_some() {
        let reader = Reader::new(snapshot.work_tree, &shortcut);
        let executor = Executor {
            snapshot,
            reader: &reader,
            shortcut: &shortcut,
            request,
            place,
            say,
        };
        let before = mended.clone();
        let numbers: Vec<usize> = tools.map(|(number, _)| number).collect();
        let executed = executor.run(selected, &numbers, mended)?;
        for (number, outcome) in executed.gates {
            gates[number] = outcome;
        }
        mended = executed.mended;
        in_work_tree = executed.in_work_tree;
        recheck(snapshot, &native, &before, &mended, &mut gates);
    }
    Ok(Outcome {
        gates,
        mended,
        in_work_tree,
    })
}

/// Shows to the native gates what a tool has changed after them.
fn recheck(
    snapshot: &Snapshot,
    native: &Native,
    before: &BTreeMap<usize, Mended>,
    after: &BTreeMap<usize, Mended>,
    gates: &mut [GateOutcome],
) {
    for (number, mended) in after {
        if before
            .get(number)
            .is_some_and(|it| it.bytes == mended.bytes)
        {
            continue;
        }
        let file = &snapshot.files[*number];
        let path: &RepoPath = &file.path;
        let of_file =
            |it: &crate::finding::Finding| it.location.as_ref().is_some_and(|at| at.path == *path);
        let found = native.check(*number, file, &mended.bytes, snapshot.in_merge);
        for of in native.numbers() {
            gates[of].findings.retain(|it| !of_file(it));
        }
        for (of, finding) in found {
            gates[of].findings.push(finding);
        }
        for of in native.numbers() {
            gates[of].state = if gates[of].findings.is_empty() {
                State::Passed
            } else {
                State::Failed
            };
        }
    }
}

/// Whether a commit may go on with what this gate mends.
pub(super) fn restages(selected: &Selected) -> bool {
    selected.settings.restage.unwrap_or(true)
}

fn skipped(selected: &Selected) -> GateOutcome {
    let mut outcome = GateOutcome::new(&selected.gate, &selected.project.folder);
    outcome.files = selected.files.len();
    if let Some(why) = &selected.skipped {
        outcome.state = State::Skipped(why.clone());
    }
    outcome
}
