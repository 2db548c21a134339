//! A tool at work: the files that it has still to look at, and what came of it.
//!
//! Made by the executor for each tool of a run.

use std::collections::BTreeMap;

use super::super::cache::Key;
use super::super::task::Task;
use super::super::tool::Verdict;
use crate::error::Result;
use crate::finding::Finding;
use crate::repo_path::RepoPath;

/// A tool, the files that it has still to look at, and what came of it.
pub(super) struct Open<'s> {
    pub(super) task: Task<'s>,
    pub(super) files: Vec<usize>,
    /// The keys of those, as they were when the run began.
    pub(super) keys: BTreeMap<usize, Key>,
    /// How many of its files have passed before, and are not looked at again.
    pub(super) cached: usize,
    pub(super) verdict: Option<Result<Verdict>>,
    pub(super) mended: Vec<RepoPath>,
    /// Whether it has anything to look at.
    pub(super) has_work: bool,
    /// Why it was not started after all.
    pub(super) not_started: Option<String>,
}

impl<'s> Open<'s> {
    /// Whether it is not content, or broke down, and does not say of which file.
    pub(super) fn is_unplaced(&self) -> bool {
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

    pub(super) fn new(task: Task<'s>, files: Vec<usize>, has_work: bool) -> Self {
        Self {
            cached: task.selected.files.len() - files.len(),
            task,
            files,
            keys: BTreeMap::new(),
            verdict: None,
            mended: Vec::new(),
            has_work,
            not_started: None,
        }
    }

    /// Notes that it would change a file, which is what a fixer finds when it is only to check.
    pub(super) fn would_change(&mut self, path: &RepoPath) {
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
