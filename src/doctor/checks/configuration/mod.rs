//! CFG: the configuration of the tools.

#[cfg(test)]
pub(crate) mod cases;
mod editor;
mod flake8;
mod ignored;
mod pytest;
mod syntax;
mod variables;

use crate::doctor::check::{Check, Mending, Severity, row};

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "CFG001",
        Severity::Warning,
        Mending::Safe,
        flake8::against_black,
        [
            "flake8 refuses what Black writes",
            "the one tool undoes what the other one asks for, and no commit pleases both",
            "Give flake8 Black's line length, and switch off the rules that Black breaks on purpose.",
        ],
    ),
    row(
        "CFG002",
        Severity::Warning,
        Mending::Ask,
        pytest::settings,
        [
            "pytest's settings are not the ones that it reads",
            "it takes the first file that has any, and passes over the others and over folders that are missing without an error",
            "Keep pytest's settings in one file, with folders that are there.",
        ],
    ),
    row(
        "CFG003",
        Severity::Error,
        Mending::Manual,
        syntax::files,
        [
            "a file of configuration cannot be read",
            "the tool that it is for stops there, or goes on without it",
            "Correct that line.",
        ],
    ),
    row(
        "CFG004",
        Severity::Warning,
        Mending::Ask,
        editor::interpreter,
        [
            "the editor is set to a Python that is not the project's",
            "it then finds other packages than the project has, and runs the tests on another Python",
            "Set the editor to the project's environment.",
        ],
    ),
    row(
        "CFG005",
        Severity::Warning,
        Mending::Ask,
        variables::of_example,
        [
            "`.env` has not all the variables that the example has",
            "what the code looks for in its environment is not there",
            "Add them to `.env`, and fill them in.",
        ],
    ),
    row(
        "CFG006",
        Severity::Warning,
        Mending::Manual,
        ignored::conditions,
        [
            "`[tool.scaffold.doctor.ignore]` has an entry that means nothing",
            "what it was to keep quiet is reported all the same",
            "Write `CODE = { reason = \"why\" }` with a code of `scaffold doctor --list`; `until = 2027-01-31` ends it.",
        ],
    ),
];
