//! What a tool came to, as an outcome, and what of it is worth remembering.
//!
//! Called by the executor when all tools have ended.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cache::Passed;
use super::super::outcome::{GateOutcome, State};
use super::super::run::Mended;
use super::super::settings::Needs;
use super::super::snapshot::Snapshot;
use super::Executor;
use super::open::Open;
use crate::error::{Kind, Result};
use crate::finding::Finding;

impl Executor<'_, '_> {
    /// What a tool came to, and what of it is worth remembering.
    pub(super) fn conclude(
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
                // Where all that was said is understood, the files of which nothing was said have passed.
                let is_known = task.tool.is_some() && outcome.output.is_empty();
                if verdict.passed && outcome.findings.is_empty() {
                    self.remember(&it, &it.files, passed, mended, changed)?;
                } else if is_known && task.is_by_file() {
                    let files = without_findings(self.snapshot, &it.files, &outcome.findings);
                    self.remember(&it, &files, passed, mended, changed)?;
                }
                if !verdict.passed {
                    outcome.state = State::Failed;
                }
            }
        }
        Ok(outcome)
    }

    pub(super) fn remember(
        &self,
        it: &Open,
        files: &[usize],
        passed: &mut Passed,
        mended: &BTreeMap<usize, Mended>,
        changed: &BTreeSet<usize>,
    ) -> Result<()> {
        let task = &it.task;
        if task.given == Needs::Tree {
            let key = it.seen.and_then(|it| task.tree_key(&it, self.snapshot));
            if let Some(key) = key {
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

/// The files of which nothing was said: a warning is to be said again the next time.
fn without_findings(snapshot: &Snapshot, files: &[usize], findings: &[Finding]) -> Vec<usize> {
    if findings.is_empty() {
        return Vec::new();
    }
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
