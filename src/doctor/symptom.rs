//! What a check says: that all is well, that it has no say here, or what it saw, with the evidence.
//!
//! Made by `checks`; `engine` adds what the catalogue knows of the condition. A value.

use std::path::PathBuf;

use super::check::Severity;
use super::fix::Fix;

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The condition is not there.
    Healthy,
    /// The check has no say here: why.
    Skipped(&'static str),
    /// The condition is there, this often.
    Found(Vec<Symptom>),
}

impl Outcome {
    /// These symptoms, if there are any.
    pub(crate) fn of(symptoms: impl IntoIterator<Item = Symptom>) -> Self {
        let symptoms: Vec<Symptom> = symptoms.into_iter().collect();
        if symptoms.is_empty() {
            Self::Healthy
        } else {
            Self::Found(symptoms)
        }
    }
}

/// The condition at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Symptom {
    /// What was seen, in a line.
    pub(crate) message: String,
    /// Where, so that anybody can look.
    pub(crate) evidence: Vec<Evidence>,
    /// What to type next, one command each.
    pub(crate) next: Vec<String>,
    /// How bad it is here, where that is not as the catalogue says.
    pub(crate) severity: Option<Severity>,
    /// What the doctor can do about it here.
    pub(crate) fix: Option<Fix>,
}

/// Where something was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The file or folder.
    pub(crate) path: PathBuf,
    /// The line of the file, from 1.
    pub(crate) line: Option<u32>,
    /// What it says there, or leads to.
    pub(crate) says: Option<String>,
}

impl Symptom {
    /// Something seen.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            evidence: Vec::new(),
            next: Vec::new(),
            severity: None,
            fix: None,
        }
    }

    /// Adds where.
    pub(crate) fn seen_in(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Says how bad it is here, where that is not as the catalogue says.
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Adds what the doctor can do about it.
    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Adds a command to type next.
    pub(crate) fn next(mut self, command: impl Into<String>) -> Self {
        self.next.push(command.into());
        self
    }
}

impl Evidence {
    /// A file or folder.
    pub(crate) fn path(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            line: None,
            says: None,
        }
    }

    /// The same, at a line, from 1.
    pub(crate) fn line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// The same, with what it says there.
    pub(crate) fn says(mut self, words: impl Into<String>) -> Self {
        self.says = Some(words.into());
        self
    }
}
