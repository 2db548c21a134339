//! `scaffold`: starts a Python serverless-function project properly, and keeps it proper.
//!
//! # The map
//!
//! Every command *observes* (reads the world once, as values), *decides* (a pure function to a value), *reports* that value,
//! and only then *acts* on it. Imports point down this list only; `tests/it/layers.rs` holds the code to it.
//!
//! - `cli`: one file per command: parse, compose the features, choose the exit code.
//! - Features, which never import each other: `project` (make one), `environment` (its venv and locks), `gate` (checks and hooks), `doctor` (what is broken).
//! - Shared vocabulary, which writes nothing and starts nothing: `template`, `platform`, `python`, `manifest`, `report`, `finding`.
//! - The outside world: `git`, `ui`, `process`, `fs`, `host`, `repo_path`, `error`.

#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, reason = "a test sets up its own machine")
)]

mod cli;
mod doctor;
mod environment;
mod error;
mod finding;
mod fs;
mod gate;
mod git;
mod host;
mod manifest;
mod platform;
mod process;
mod project;
mod python;
mod repo_path;
mod report;
mod template;
mod ui;

#[cfg(test)]
#[expect(
    dead_code,
    reason = "the suites that start the program share it, and need more of it"
)]
#[path = "../tests/runtime/tools.rs"]
mod tools;

/// Runs the command line of this process and returns its exit code: 0 clean, 1 findings, 2 could not do it, 130 interrupted.
#[must_use]
pub fn run() -> u8 {
    cli::run()
}
