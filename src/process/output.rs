//! What a program that ended left behind.
//!
//! Given by [`Command::run`](super::Command::run) to whoever started it. It must not know how it was gathered.

use std::time::Duration;

/// What a program that ended left behind.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Everything it wrote to standard output.
    pub(crate) stdout: Vec<u8>,
    /// Everything it wrote to standard error.
    pub(crate) stderr: Vec<u8>,
    /// How long it ran.
    pub(crate) elapsed: Duration,
}

impl Output {
    /// Whether it ended with exit code 0.
    pub(crate) fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// The last lines that it printed, error output first where there is any: what a person wants to see of a failure.
    pub(crate) fn last_words(&self, lines: usize) -> String {
        let text = if self.stderr.iter().any(|byte| !byte.is_ascii_whitespace()) {
            &self.stderr
        } else {
            &self.stdout
        };
        let text = String::from_utf8_lossy(text);
        let all: Vec<&str> = text.trim_end().lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}
