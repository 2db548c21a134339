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
    /// What Python is given: `-m pytest`.
    pub(crate) arguments: &'a [String],
}

/// What became of a gate.
#[derive(Debug)]
pub(crate) struct GateReport {
    /// Its name.
    pub(crate) name: String,
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

#[cfg(test)]
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod tests {
    use std::time::Duration;

    use super::{Gate, GateReport, prove};
    use crate::environment::testing::{Place, planned, project, usable};
    use crate::environment::{Installer, build};
    use crate::host::Host;
    use crate::python::Venv;

    /// An environment without a distribution.
    fn environment(place: &Place) -> (Host, Venv) {
        let host = place.host();
        let base = usable(&host).remove(0);
        let plan = planned(&host, &base, Installer::Uv);
        let locks = ["empty.txt".to_owned()];
        std::fs::write(place.path("empty.txt"), "").unwrap();
        let built = build(
            &host,
            &plan,
            project(&place.folder(), &locks),
            None,
            &|_| {},
        );
        (host, built.unwrap().venv)
    }

    fn proved(host: &Host, venv: &Venv, place: &Place, codes: &[&str]) -> Vec<GateReport> {
        let arguments: Vec<Vec<String>> = codes
            .iter()
            .map(|code| vec!["-c".to_owned(), (*code).to_owned()])
            .collect();
        let gates: Vec<Gate<'_>> = arguments
            .iter()
            .map(|arguments| Gate {
                name: "gate",
                arguments,
            })
            .collect();
        prove(host, venv, &place.folder(), &gates).unwrap()
    }

    #[test]
    fn gates_run_at_once_and_each_is_reported_in_order() {
        let place = Place::new();
        let (host, venv) = environment(&place);
        // Each waits for a file that another one writes: one after the other, none of them would end.
        let wait =
            "import pathlib, time\nwhile not pathlib.Path('THEIRS').exists(): time.sleep(0.01)";
        let first = format!("open('a', 'w')\n{}", wait.replace("THEIRS", "b"));
        let second = format!("open('b', 'w')\n{}", wait.replace("THEIRS", "a"));
        let third = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)";
        let reports = proved(&host, &venv, &place, &[&first, &second, third]);
        let passed: Vec<bool> = reports.iter().map(|it| it.passed).collect();
        assert_eq!(passed, [true, true, false], "{reports:?}");
        assert_eq!(reports[2].output, "out\nerr");
        assert!(reports[2].command.starts_with(".venv/bin/python -c "));
        assert!(reports.iter().all(|it| it.elapsed > Duration::ZERO));
    }

    #[test]
    fn the_environment_is_active_and_the_surroundings_distort_nothing() {
        let place = Place::new();
        let (host, venv) = environment(&place);
        std::fs::write(place.path("module.py"), "").unwrap();
        let host = host
            .with_variable("PYTHONOPTIMIZE", "2")
            .with_variable("PYTHONWARNINGS", "error")
            .with_variable("PYTHONDONTWRITEBYTECODE", "1")
            .with_variable("PYTHONPYCACHEPREFIX", place.beside("elsewhere").as_os_str())
            .with_variable("PYTHONPATH", "/nowhere")
            .with_variable("PYTEST_ADDOPTS", "--collect-only");
        let code = "import os, shutil, sys, warnings, module\n\
                    warnings.warn('x', DeprecationWarning)\n\
                    assert sys.prefix == os.environ['VIRTUAL_ENV'], sys.prefix\n\
                    assert shutil.which('python') == sys.prefix + '/bin/python', shutil.which('python')\n\
                    assert not sys.flags.optimize and '/nowhere' not in sys.path\n\
                    assert 'PYTEST_ADDOPTS' not in os.environ";
        let reports = proved(&host, &venv, &place, &[code, "assert False"]);
        assert!(reports[0].passed, "{reports:?}");
        assert!(reports[1].output.contains("AssertionError"), "{reports:?}");
        assert!(place.path("__pycache__").is_dir());
        assert!(!place.beside("elsewhere").exists());
    }

    #[test]
    fn a_gate_that_cannot_be_started_is_a_report() {
        let place = Place::new();
        let venv = Venv::at(&place.host(), place.path(".venv"));
        let reports = proved(&place.host(), &venv, &place, &["pass"]);
        assert!(!reports[0].passed);
        assert!(reports[0].output.starts_with("cannot start"), "{reports:?}");
    }
}
