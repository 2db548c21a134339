//! PY: interpreters, and what the machine tells Python and pip.

#[cfg(test)]
pub(crate) mod cases;
mod index;
mod installation;
mod interpreter;
mod path;
mod pip;
#[cfg(test)]
mod tests;
mod variable;

use crate::doctor::check::{Check, Mending, Severity, manual, row};
use crate::doctor::symptom::{Outcome, Symptom};

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    manual(
        "PY001",
        Severity::Error,
        interpreter::none_fits,
        [
            "no Python that fits the project is installed",
            "no environment can be made, and nothing of the project can run",
            "Install one of the versions that `requires-python` allows.",
        ],
    )
    .of_machine(),
    row(
        "PY002",
        Severity::Error,
        Mending::Manual,
        interpreter::pin_not_installed,
        [
            "`.python-version` names a version that is not installed",
            "some tools stop there, and others take another Python without a word",
            "Install that version, or name one that is installed.",
        ],
    ),
    row(
        "PY003",
        Severity::Error,
        Mending::Ask,
        interpreter::not_wanted,
        [
            "the environment's Python is not one that the project allows",
            "what is tested there is not what runs elsewhere, and installers refuse the project",
            "Make the environment again with a Python that `requires-python` allows.",
        ],
    ),
    manual(
        "PY004",
        Severity::Warning,
        interpreter::past_its_end,
        [
            "the Python is past its end of life",
            "security holes in it are not repaired any more, and packages stop to support it",
            "Move to a later Python.",
        ],
    )
    .of_machine(),
    manual(
        "PY005",
        Severity::Warning,
        path::collision,
        [
            "`python` and `pip` are not of the same Python here",
            "what is installed by the one is not seen by the other",
            "Put the right folder first on PATH, or type `python -m pip`.",
        ],
    )
    .of_machine(),
    manual(
        "PY006",
        Severity::Warning,
        path::store_stub,
        [
            "`python` opens the Microsoft Store",
            "Windows puts a stub of that name on PATH, and scripts that call it end without a word",
            "Switch the aliases `python.exe` and `python3.exe` off: Settings, Apps, Advanced app settings, App execution aliases.",
        ],
    )
    .of_machine(),
    row(
        "PY007",
        Severity::Information,
        Mending::Safe,
        installation::externally_managed,
        [
            "the Python is kept by the system's package manager, and there is no environment",
            "pip refuses to install into such a Python (PEP 668), and to force it breaks the system's own programs",
            "Make an environment for the project; never use `--break-system-packages`.",
        ],
    ),
    manual(
        "PY008",
        Severity::Error,
        installation::without_ensurepip,
        [
            "the Python cannot make environments with pip",
            "`python3 -m venv` fails half-way and leaves an environment that does not work",
            "Install what is missing of it, or let uv make the environment.",
        ],
    )
    .of_machine(),
    manual(
        "PY009",
        Severity::Warning,
        installation::without_modules,
        [
            "the Python was built without parts of its standard library",
            "the libraries that these parts need were not there when it was compiled",
            "Install the headers of these libraries, and build that Python again.",
        ],
    )
    .of_machine(),
    manual(
        "PY010",
        Severity::Warning,
        installation::of_another_machine,
        [
            "the Python is for another kind of processor",
            "it runs translated or not at all, and takes packages for that processor",
            "Install a Python for this one.",
        ],
    )
    .of_machine(),
    manual(
        "PY011",
        Severity::Error,
        variable::home,
        [
            "PYTHONHOME is set",
            "every Python looks for its standard library there: environments and other versions do not start",
            "Take the line that sets it out of your shell's start-up files.",
        ],
    )
    .of_machine(),
    manual(
        "PY012",
        Severity::Warning,
        variable::path,
        [
            "PYTHONPATH leads to packages of something else",
            "they come before those of the environment, whatever their versions are and whichever Python they are for",
            "Take them out of PYTHONPATH; an editable installation does that for one environment only.",
        ],
    )
    .of_machine(),
    manual(
        "PY013",
        Severity::Error,
        pip::user,
        [
            "pip is told to install for the user",
            "pip refuses that in an environment, and outside of one it installs past every project",
            "Take that setting back.",
        ],
    )
    .of_machine(),
    manual(
        "PY014",
        Severity::Warning,
        index::trusted_too_far,
        [
            "packages may come from where they should not",
            "pip takes the highest version from all indexes, so that anybody can publish a higher one under the name of a private package; and what comes without TLS can be exchanged on the way",
            "Name one index that serves everything, by HTTPS; in uv, bind packages to indexes.",
        ],
    )
    .of_machine(),
    manual(
        "PY015",
        Severity::Warning,
        variable::optimize,
        [
            "PYTHONOPTIMIZE is set",
            "Python then leaves out every `assert`: tests pass that would fail",
            "Unset it where tests run.",
        ],
    )
    .of_machine(),
    row(
        "PY016",
        Severity::Warning,
        Mending::Safe,
        pip::too_old,
        [
            "the environment's pip is too old",
            "it does not see wheels that are there, or does not start with this Python",
            "Bring it up to date inside of the environment.",
        ],
    ),
    row(
        "PY017",
        Severity::Warning,
        Mending::Ask,
        interpreter::not_of_platform,
        [
            "the environment's Python is of a kind that the platform does not run",
            "packages are chosen for that kind, and some of what works there fails in production",
            "Make the environment again with a release of CPython.",
        ],
    ),
    manual(
        "PY018",
        Severity::Warning,
        installation::without_certificates,
        [
            "the Python of python.org trusts no certificate",
            "its installer leaves that step to you: every HTTPS request of `urllib` and `ssl` fails",
            "Run the script that it brings for this.",
        ],
    )
    .of_machine(),
];

fn found(symptom: Symptom) -> Outcome {
    Outcome::of([symptom])
}
