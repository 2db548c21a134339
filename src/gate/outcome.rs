//! What a run of the gates came to: a value, printed by `cli`.
//!
//! Made by the run. It must not know any format.

use std::time::Duration;

use crate::error::Error;
use crate::finding::Finding;
use crate::repo_path::RepoPath;

/// What one gate of one project came to.
#[derive(Debug)]
pub(crate) struct GateOutcome {
    /// Its name.
    pub(crate) gate: String,
    /// The project's folder in the repository, `""` for the repository's own.
    pub(crate) project: Vec<u8>,
    /// What it came to.
    pub(crate) state: State,
    /// How many files it was for.
    pub(crate) files: usize,
    /// How many of them had passed before, and were not checked again.
    pub(crate) cached: usize,
    /// How long it took; nothing for native gates, which run all at once.
    pub(crate) elapsed: Option<Duration>,
    /// What it found.
    pub(crate) findings: Vec<Finding>,
    /// What it mended.
    pub(crate) mended: Vec<RepoPath>,
    /// What is to be known of how it ran.
    pub(crate) remark: Option<&'static str>,
    /// What the tool printed, where that says more than the findings.
    pub(crate) output: String,
}

/// What a gate came to.
#[derive(Debug)]
pub(crate) enum State {
    /// Nothing was found.
    Passed,
    /// Something was found, or the tool says so.
    Failed,
    /// It could not be run.
    Broken(Error),
    /// It did not run, for this reason.
    Skipped(String),
}

impl GateOutcome {
    /// A gate that found nothing on no files yet.
    pub(crate) fn new(gate: &str, project: &[u8]) -> Self {
        Self {
            gate: gate.to_owned(),
            project: project.to_vec(),
            state: State::Passed,
            files: 0,
            cached: 0,
            elapsed: None,
            findings: Vec::new(),
            mended: Vec::new(),
            remark: None,
            output: String::new(),
        }
    }

    /// Whether the commit may go on as far as this gate is concerned.
    pub(crate) fn is_clean(&self) -> bool {
        matches!(self.state, State::Passed | State::Skipped(_))
    }
}
