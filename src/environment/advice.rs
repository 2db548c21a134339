//! What to tell a person whose machine has not the Python that is wanted: why, and one line per way to get it.
//!
//! Called by `plan`, whose decisions these are the words for. It must not decide which Python is taken.

use super::decision::{Remark, Unable};
use super::plan::{Installer, Machine, Request};
use super::uv::Uv;
use crate::python::Interpreter;
use crate::python::version::{CEILING, FLOOR};

/// The warning that the environment has another Python than the platform.
pub(super) fn substitute(
    interpreter: &Interpreter,
    request: Request,
    machine: Machine<'_>,
) -> Remark {
    let wanted = request.python;
    Remark {
        warning: true,
        message: format!(
            "Python {wanted} {}: the environment has {}, which is not what the platform runs",
            missing(request, machine),
            interpreter.version
        ),
        ways: ways_to(request, machine),
    }
}

/// Why an interpreter of the wanted series is not used.
fn missing(request: Request, machine: Machine<'_>) -> String {
    let incomplete = incomplete(request, machine);
    incomplete.map_or_else(
        || "is not installed".to_owned(),
        |it| format!("at `{}` has no pip to install with", it.path.display()),
    )
}

/// An interpreter of the wanted series that lacks what makes environments.
fn incomplete(request: Request, machine: Machine<'_>) -> Option<&Interpreter> {
    machine
        .interpreters
        .iter()
        .find(|it| it.version.series == request.python && it.version.release)
}

/// The ways to get the wanted Python.
fn ways_to(request: Request, machine: Machine<'_>) -> Vec<String> {
    let wanted = request.python;
    let mut ways = Vec::new();
    if let Some(interpreter) = incomplete(request, machine) {
        ways.extend(machine.system.complete(interpreter));
    }
    match machine.uv {
        Some(_) if request.installer == Installer::Pip => {
            ways.push("use the option `--installer uv`".to_owned());
        }
        Some(_) => ways.push(format!("uv python install {wanted}")),
        None => {}
    }
    ways.extend(machine.pyenv.map(|it| format!("{it} install {wanted}")));
    ways.extend(machine.system.install_python(wanted));
    if machine.uv.is_none() {
        ways.push(machine.system.install_uv());
    }
    ways
}

/// Why nothing works, and every way out.
pub(super) fn unable(request: Request, machine: Machine<'_>, uv: Option<&Uv>) -> Unable {
    let wanted = request.python;
    let in_range =
        |it: &&Interpreter| it.version.release && (FLOOR..=CEILING).contains(&it.version.series);
    let reason = if let Some(found) = machine.interpreters.iter().find(in_range) {
        format!(
            "Python {} at `{}` has no pip to install with, and uv is not {}",
            found.version,
            found.path.display(),
            if machine.uv.is_some() {
                "asked for"
            } else {
                "there"
            }
        )
    } else if let Some(newest) = machine.interpreters.first() {
        format!(
            "no Python from {FLOOR} to {CEILING} is installed; the newest one found is {}",
            newest.version
        )
    } else {
        "no Python is installed".to_owned()
    };
    let mut ways = Vec::new();
    if let Some(found) = machine.interpreters.iter().find(in_range) {
        ways.extend(machine.system.complete(found));
    }
    match (uv, machine.uv) {
        (Some(_), _) => ways.push(format!("uv python install {wanted}")),
        (None, Some(_)) => ways.push("use the option `--installer uv`".to_owned()),
        (None, None) => ways.push(machine.system.install_uv()),
    }
    ways.extend(machine.pyenv.map(|it| format!("{it} install {wanted}")));
    if ways.len() < 2 {
        ways.extend(machine.system.install_some_python(wanted));
    }
    Unable { reason, ways }
}
