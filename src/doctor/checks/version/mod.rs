//! VER: one Python and one version of each tool everywhere.

#[cfg(test)]
pub(crate) mod cases;
mod coherence;
mod environment;
mod revision;
mod target;
#[cfg(test)]
mod tests;

use crate::doctor::check::{Check, Mending, Severity, row};

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "VER001",
        Severity::Error,
        Mending::Ask,
        coherence::ci,
        [
            "continuous integration runs another Python than the project is for",
            "what passes there was never tried on the Python that the code runs on",
            "Run the project's own Python there, alone or among others.",
        ],
    ),
    row(
        "VER002",
        Severity::Warning,
        Mending::Ask,
        coherence::files,
        [
            "the project's files do not agree on the Python that it is for",
            "people, containers and test runners each work on another one, and see other mistakes",
            "Say one version everywhere.",
        ],
    ),
    row(
        "VER003",
        Severity::Warning,
        Mending::Safe,
        target::tools,
        [
            "a tool takes the code for that of another Python",
            "it then lets new syntax pass that the oldest Python cannot read, or holds the code to one that nobody runs",
            "Set the tool to the oldest Python that the project allows.",
        ],
    ),
    row(
        "VER004",
        Severity::Warning,
        Mending::Ask,
        revision::hooks,
        [
            "a hook runs another version of a tool than the project's lock has",
            "the commit is formatted one way, and continuous integration wants it another way",
            "Set `rev` in `.pre-commit-config.yaml` to the locked version.",
        ],
    ),
];
