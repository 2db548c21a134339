//! REQ: the files that say what is to be installed.

mod belonging;
#[cfg(test)]
pub(crate) mod cases;
mod deployment;
mod lock;
mod manifest;
mod pins;
mod remote;
mod repeated;
mod unreadable;
mod writing;

use crate::doctor::check::{Check, Mending, Needs, Severity, row};
use crate::doctor::facts::Facts;
use crate::doctor::symptom::Outcome;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "REQ001",
        Severity::Warning,
        Mending::Ask,
        pins::unpinned,
        [
            "what is deployed is not pinned",
            "the next deployment gets other versions than the tests had, without a change in the project",
            "Pin each requirement to the version that was tested, or compile a lock.",
        ],
    ),
    row(
        "REQ002",
        Severity::Error,
        Mending::Ask,
        |facts| of_files(facts, pins::partly_hashed),
        [
            "only some of the requirements have hashes",
            "one hash makes pip ask for all of them, and it installs nothing; uv installs what has none unchecked",
            "Compile the whole file again with hashes.",
        ],
    ),
    row(
        "REQ003",
        Severity::Error,
        Mending::Ask,
        |facts| of_files(facts, repeated::requirements),
        [
            "a requirement is there twice, or against itself",
            "no version is what both lines ask for, and installers give up; or the next edit changes only one of them",
            "Keep one of the lines.",
        ],
    ),
    row(
        "REQ004",
        Severity::Warning,
        Mending::Safe,
        |facts| of_files(facts, writing::encoding),
        [
            "a requirements file is not plain UTF-8",
            "pip and uv read some other encodings, but platforms' builders, editors and git need not",
            "Write it as UTF-8 without a mark, with line ends as on Linux.",
        ],
    ),
    row(
        "REQ005",
        Severity::Warning,
        Mending::Ask,
        |facts| of_files(facts, belonging::tools),
        [
            "tools of development are deployed",
            "each deployment carries them, starts slower, and comes nearer to the platform's limit of size",
            "List them with the other tools, in `requirements-dev.txt` or the dependency group `dev`.",
        ],
    ),
    row(
        "REQ006",
        Severity::Error,
        Mending::Ask,
        belonging::systems,
        [
            "a package that installs on one system only is asked for on all",
            "the platform's builder runs Linux, and finds nothing to install",
            "Add a marker, such as `sys_platform == \"win32\"`.",
        ],
    ),
    row(
        "REQ007",
        Severity::Error,
        Mending::Ask,
        manifest::disagreement,
        [
            "`pyproject.toml` and what is deployed do not agree",
            "the deployed function misses a package, or has another version than the project asks for",
            "Lock again from `pyproject.toml`.",
        ],
    ),
    row(
        "REQ008",
        Severity::Warning,
        Mending::Ask,
        lock::stale,
        [
            "a lock is older than what it was made from",
            "what is installed from it is not what the project asks for",
            "Lock again.",
        ],
    ),
    row(
        "REQ009",
        Severity::Warning,
        Mending::Manual,
        remote::yanked,
        [
            "a locked version was withdrawn from the index",
            "its authors say that it is broken; it can still be installed by its exact version only",
            "Lock a newer version.",
        ],
    )
    .needing(Needs::Online),
    row(
        "REQ010",
        Severity::Error,
        Mending::Manual,
        remote::without_wheel,
        [
            "a locked version has no wheel for the platform",
            "the builder has to compile it, which it mostly cannot, or finds nothing at all",
            "Lock a version with a wheel for the platform's Python and processor.",
        ],
    )
    .needing(Needs::Online),
    row(
        "REQ011",
        Severity::Warning,
        Mending::Manual,
        remote::vulnerable,
        [
            "a locked version has a known vulnerability",
            "whoever reads the public advisory can try it on the deployed function",
            "Lock a version in which it is mended. Only names and versions are sent to osv.dev, and only with `--online`.",
        ],
    )
    .needing(Needs::Online),
    row(
        "REQ012",
        Severity::Error,
        Mending::Manual,
        deployment::places,
        [
            "what is deployed is taken from this machine or from a private place",
            "the platform's builder has neither this folder nor this key",
            "Publish it to an index, or copy the code into the project.",
        ],
    ),
    row(
        "REQ013",
        Severity::Error,
        Mending::Manual,
        deployment::credentials,
        [
            "an address has its credentials in it",
            "whoever sees the repository, a build log or an error message has them too",
            "Take a new secret, and give it to the installer by a variable or a keyring.",
        ],
    ),
    row(
        "REQ014",
        Severity::Error,
        Mending::Manual,
        unreadable::unreadable,
        [
            "a requirement cannot be read",
            "installers stop there, and install nothing of the rest either",
            "Correct the line, or name a file that is there and can be read.",
        ],
    ),
];

/// A check of requirements files: where there are none, nothing was looked at.
fn of_files(facts: &Facts, look: fn(&Facts) -> Outcome) -> Outcome {
    match look(facts) {
        Outcome::Healthy if facts.requirements().sources.is_empty() => {
            Outcome::Skipped("there is no requirements file")
        }
        outcome => outcome,
    }
}
