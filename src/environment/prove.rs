//! Proving a project green: its own tools, run in its own environment, all at once.
//!
//! Called by `cli` after the environment is built. It must not know what the tools check.

use std::path::Path;
use std::time::Duration;

use super::surroundings::command;
use crate::error::{Error, Kind, Result};
use crate::host::Host;
use crate::process::Command;
use crate::python::Venv;

/// A tool that proves something of the project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate<'a> {
    /// `pytest`.
    pub(crate) name: &'a str,
    /// `Tests`.
    pub(crate) title: &'a str,
    /// What Python is given: `-m pytest`.
    pub(crate) arguments: &'a [String],
}

/// What became of a gate.
#[derive(Debug)]
pub(crate) struct GateReport {
    /// Its name.
    pub(crate) name: String,
    /// Its title.
    pub(crate) title: String,
    /// Whether it ended with exit code 0.
    pub(crate) passed: bool,
    /// Why it did not run to its end, where it did not; else what it printed, both outputs, without what surrounds them.
    pub(crate) output: String,
    /// How long it ran, from its start to its end, beside the others.
    pub(crate) elapsed: Duration,
    /// The line to run it again, to be typed in the project's folder.
    pub(crate) command: String,
}

/// Runs all gates at once in the project's folder, as in a shell where the environment is active; the reports come in the
/// order of the gates.
///
/// # Errors
/// When the user interrupts. A gate that fails, or cannot even be started, is a report and not an error.
pub(crate) fn prove(
    host: &Host,
    venv: &Venv,
    folder: &Path,
    gates: &[Gate<'_>],
) -> Result<Vec<GateReport>> {
    std::thread::scope(|scope| {
        let running: Vec<_> = gates
            .iter()
            .map(|gate| scope.spawn(|| run(host, venv, folder, *gate)))
            .collect();
        running
            .into_iter()
            .map(|it| {
                it.join()
                    .unwrap_or_else(|_| Err(Error::new("a gate could not be watched")))
            })
            .collect()
    })
}

fn run(host: &Host, venv: &Venv, folder: &Path, gate: Gate<'_>) -> Result<GateReport> {
    let python = venv.python();
    let shown = python.strip_prefix(folder).unwrap_or(&python);
    let line = Command::new(host, shown).args(gate.arguments).to_string();
    let finished = activated(host, venv, folder).args(gate.arguments).run();
    let (passed, output, elapsed) = match finished {
        Ok(output) => {
            let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
            let text = String::from_utf8_lossy(&text).trim_end().to_owned();
            (output.success(), text, output.elapsed)
        }
        Err(error) if error.kind() == Kind::Interrupted => return Err(error),
        Err(error) => {
            let mut lines = vec![error.to_string()];
            lines.extend(error.causes());
            (false, lines.join("\n"), Duration::ZERO)
        }
    };
    Ok(GateReport {
        name: gate.name.to_owned(),
        title: gate.title.to_owned(),
        passed,
        output,
        elapsed,
        command: line,
    })
}

/// The Python of the environment with what `activate` sets: a tool that starts another one finds it there.
fn activated(host: &Host, venv: &Venv, folder: &Path) -> Command {
    let folders = std::iter::once(venv.programs()).chain(host.path_folders());
    let command = command(host, &venv.python(), folder).env("VIRTUAL_ENV", venv.root());
    match std::env::join_paths(folders) {
        Ok(path) => command.env("PATH", path),
        // A folder whose name holds the separator cannot be on PATH; the tools themselves do not need it there.
        Err(_) => command,
    }
}
