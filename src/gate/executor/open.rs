//! A tool at work: the files that it has still to look at, and what came of it.
//!
//! Made by the executor for each tool of a run.

use std::collections::{BTreeMap, BTreeSet};

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
    /// When it had its turn to mend, from 0.
    pub(super) turn: usize,
    /// The digest of the tree that its verdict is on; `None` where that is no tree, or one that it changed itself.
    pub(super) seen: Option<[u8; 32]>,
    /// Its files that a fixer changed after it had its turn to mend.
    pub(super) overtaken: BTreeSet<usize>,
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
            turn: 0,
            seen: None,
            overtaken: BTreeSet::new(),
        }
    }

    /// Its files that are no more what it has said something of, once these have been changed. What a fixer has left is not its to
    /// judge again, unless it finds more than it mends.
    pub(super) fn affected(&self, changed: &BTreeSet<usize>) -> Vec<usize> {
        let is_broken = matches!(self.verdict, Some(Err(_)));
        let changed = match self.task.changes() {
            false => changed,
            true if self.task.finds_more_than_it_mends() && !is_broken => &self.overtaken,
            true => return Vec::new(),
        };
        let files = self.task.selected.files.iter().copied();
        files.filter(|number| changed.contains(number)).collect()
    }

    /// Gives it these files to look at, those that have passed before left out.
    pub(super) fn give(&mut self, files: Vec<usize>) {
        self.cached = self.task.selected.files.len() - files.len();
        self.files = files;
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
