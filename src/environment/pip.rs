//! pip as an installer, for machines without uv: the interpreter's own `venv`, then pip from a wheel that is there already.
//!
//! Called through [`super::provider`]. Unpacking pip into the environment first, as `python -m venv` does, takes two seconds
//! and leaves a version behind that the lock does not name; a wheel runs as it is.

use super::build::Project;
use super::decision::Python;
use super::diagnosis;
use super::provider::{Job, python_word};
use super::surroundings::{PATIENCE, command};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::python::{Interpreter, Pip};

/// The interpreter of a job; pip has no way to bring one.
fn interpreter(python: &Python) -> Result<&Interpreter> {
    match python {
        Python::Installed(interpreter) => Ok(interpreter),
        Python::Downloaded(series) => Err(Error::new(format!("pip cannot bring Python {series}"))
            .hint("use the option `--installer uv`")),
    }
}

/// Makes the empty environment; the folder may be there already.
pub(super) fn create(job: Job<'_>) -> Result<()> {
    let interpreter = interpreter(job.python)?;
    // Isolated: a file `venv.py` in the project's folder is not the module meant.
    let command = command(job.host, &interpreter.path, job.project.folder)
        .args([
            "-I",
            "-m",
            "venv",
            "--without-pip",
            "--prompt",
            job.project.name,
        ])
        .arg(job.venv.root());
    let output = command.run_reporting(job.note)?;
    let what = format!("cannot make an environment with {}", job.python);
    diagnosis::passed(output, &what).map(drop)
}

/// Installs the locks.
pub(super) fn install(pip: &Pip, job: Job<'_>) -> Result<()> {
    let start = match pip {
        Pip::Wheel(wheel) => command(job.host, &job.venv.python(), job.project.folder)
            .arg("-I")
            .arg(wheel.join("pip")),
        Pip::Installed => command(job.host, &interpreter(job.python)?.path, job.project.folder)
            // Not isolated: the pip that was found may be the user's own.
            .args(["-m", "pip", "--python"])
            .arg(job.venv.root()),
    };
    let command = start
        .args([
            "--disable-pip-version-check",
            "--no-input",
            "install",
            "--progress-bar=off",
            "--no-warn-script-location",
            // Overrides `user = true` in a configuration file.
            "--no-user",
            // Compiling everything takes as long as the rest; Python compiles what is used when it is used.
            "--no-compile",
        ])
        .args(job.project.exactness())
        .args(job.project.arguments())
        .timeout(PATIENCE);
    let output = command.run_reporting(job.note)?;
    diagnosis::passed(output, "pip cannot install the locked requirements").map(drop)
}

/// The same by hand.
pub(super) fn plain_commands(
    pip: &Pip,
    host: &Host,
    project: Project<'_>,
    python: &Python,
) -> Vec<Vec<String>> {
    let program = match python {
        // The launcher knows every Python installed for Windows, and `python3.X` exists for none of them.
        Python::Installed(it) if host.is_windows() => {
            vec!["py".to_owned(), format!("-{}", it.version.series)]
        }
        other => vec![python_word(host, other)],
    };
    let line = |words: &[&str]| -> Vec<String> {
        let words = words.iter().map(|it| (*it).to_owned());
        program.iter().cloned().chain(words).collect()
    };
    let (create, mut install) = match pip {
        Pip::Wheel(_) => {
            let inside = if host.is_windows() {
                r".venv\Scripts\python"
            } else {
                ".venv/bin/python"
            };
            let install = [inside, "-m", "pip", "install"].map(str::to_owned).to_vec();
            (line(&["-m", "venv", "--clear", ".venv"]), install)
        }
        Pip::Installed => (
            line(&["-m", "venv", "--clear", "--without-pip", ".venv"]),
            line(&["-m", "pip", "--python", ".venv", "install"]),
        ),
    };
    if project.is_bare() {
        return vec![create];
    }
    if project.is_exact() {
        install.push("--require-hashes".to_owned());
    }
    install.extend(project.arguments());
    vec![create, install]
}
