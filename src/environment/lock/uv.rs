//! uv as a resolver: how it is found, called, and quoted when it fails.
//!
//! Called by the other files of this folder. The user's own settings of uv (indexes, proxies, cache, offline) apply: nothing
//! here overrides them.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::host::Host;
use crate::process::{Command, Output};
use crate::template::closure::PYTHON_FLOOR;
use crate::ui::Ui;

/// How many of uv's last lines a person gets to see of a failure.
const LAST_WORDS: usize = 20;

/// A uv that is there.
#[derive(Debug, Clone)]
pub(crate) struct Uv {
    program: PathBuf,
}

impl Uv {
    /// The uv on `PATH`.
    pub(crate) fn find(host: &Host) -> Option<Self> {
        host.find_program("uv").map(|program| Self { program })
    }

    /// A call of it in a folder, whose settings it reads.
    pub(super) fn command(&self, host: &Host, folder: &Path) -> Command {
        Command::new(host, &self.program)
            .current_dir(folder)
            .args(["--color", "never"])
    }

    /// `uv pip compile` as every lock needs it: for all platforms and every Python from the floor on.
    pub(super) fn compile(&self, host: &Host, folder: &Path) -> Command {
        self.command(host, folder).args([
            "pip",
            "compile",
            "--universal",
            "--python-version",
            PYTHON_FLOOR,
            "--no-annotate",
            "--no-header",
        ])
    }
}

/// Runs a resolver, showing its progress; `what` says in the error what it could not do.
///
/// # Errors
/// When it fails: with its own last words.
pub(super) fn resolve(ui: &Ui, command: &Command, what: &str) -> Result<Output> {
    let progress = ui.progress("Resolving");
    ui.detail(format!("running {command}"));
    let output = command.run_reporting(|line| progress.note(line))?;
    if output.success() {
        Ok(output)
    } else {
        Err(Error::new(what).caused_by(Error::new(output.last_words(LAST_WORDS))))
    }
}
