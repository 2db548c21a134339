//! DEP: what is installed in the environment, against what was asked for.

mod asked;
#[cfg(test)]
pub(crate) mod cases;
mod deep;
mod installer;
mod needs;
mod origin;
mod shadow;
mod state;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod tools;

use super::venv;
use crate::doctor::check::{Check, Mending, Needs, Severity, row};
use crate::doctor::facts::Facts;
use crate::doctor::facts::distributions::Distributions;
use crate::doctor::facts::environment::Environment;
use crate::doctor::symptom::Outcome;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "DEP001",
        Severity::Error,
        Mending::Safe,
        asked::missing,
        [
            "something that the project asks for is not installed",
            "the code and the tools fail at the first import of it, and pip's own check does not look at requirements files",
            "Install what the project's requirements say.",
        ],
    ),
    row(
        "DEP002",
        Severity::Error,
        Mending::Safe,
        asked::wrong_version,
        [
            "an installed version is not one that the project asks for",
            "what works here is then not what is deployed, and not what others have",
            "Install what the project's requirements say.",
        ],
    ),
    row(
        "DEP003",
        Severity::Information,
        Mending::Ask,
        asked::unasked,
        [
            "something is installed that nothing asks for",
            "code that imports it works here, and nowhere else",
            "Add it to the requirements, or take it away.",
        ],
    ),
    row(
        "DEP004",
        Severity::Error,
        Mending::Safe,
        needs::missing,
        [
            "an installed package needs another one that is missing",
            "it fails as soon as it imports that one",
            "Install what is missing.",
        ],
    ),
    row(
        "DEP005",
        Severity::Error,
        Mending::Ask,
        needs::conflict,
        [
            "an installed package needs another version of one that is installed",
            "it was never tried with the version that is there",
            "Install a version that suits both, and lock it.",
        ],
    ),
    row(
        "DEP006",
        Severity::Error,
        Mending::Ask,
        needs::other_python,
        [
            "an installed package is not for this version of Python",
            "its authors exclude this Python, mostly because something in it fails there",
            "Install a version of the package that is for this Python.",
        ],
    ),
    row(
        "DEP007",
        Severity::Error,
        Mending::Ask,
        state::twice,
        [
            "a package is installed twice",
            "which of the two versions is meant depends on who asks; pip's own check says nothing",
            "Take both away, and install it once.",
        ],
    ),
    row(
        "DEP008",
        Severity::Warning,
        Mending::Safe,
        state::leftovers,
        [
            "an interrupted pip left something behind",
            "pip warns about it each time, and other installers fail over it",
            "Remove what begins with `~` among the packages.",
        ],
    ),
    row(
        "DEP009",
        Severity::Error,
        Mending::Ask,
        state::incomplete,
        [
            "what describes an installed package is incomplete",
            "without it no installer can upgrade or remove the package, or even see it",
            "Install the package again.",
        ],
    ),
    row(
        "DEP010",
        Severity::Error,
        Mending::Ask,
        deep::missing,
        [
            "files of an installed package are missing",
            "it is there for every installer, and fails when the code gets to the missing part",
            "Install the package again.",
        ],
    )
    .needing(Needs::Deep),
    row(
        "DEP011",
        Severity::Warning,
        Mending::Ask,
        deep::changed,
        [
            "files of an installed package were changed",
            "what runs here is then not what was published, and nowhere else the same",
            "Install the package again; keep changes of your own in a fork.",
        ],
    )
    .needing(Needs::Deep),
    row(
        "DEP012",
        Severity::Error,
        Mending::Ask,
        origin::other_machine,
        [
            "an installed package was built for another Python or another machine",
            "its compiled parts cannot be loaded here",
            "Install the package again, with the environment's own installer.",
        ],
    ),
    row(
        "DEP013",
        Severity::Error,
        Mending::Manual,
        origin::source_gone,
        [
            "the source of an editable installation is gone",
            "nothing can be imported from it any more, and pip's own check says nothing",
            "Install it again from where the source is now, or take it away.",
        ],
    ),
    row(
        "DEP014",
        Severity::Warning,
        Mending::Manual,
        origin::elsewhere,
        [
            "a package comes from a folder or a repository, and the requirements name a release",
            "the release that is deployed may not be the code that is tried here",
            "Install the release, or write in the requirements where the code comes from.",
        ],
    ),
    row(
        "DEP015",
        Severity::Information,
        Mending::Manual,
        origin::several_installers,
        [
            "several installers have worked on the environment",
            "each of them keeps to its own idea of what belongs there",
            "Keep to one; build the environment again where they got in each other's way.",
        ],
    ),
    row(
        "DEP016",
        Severity::Warning,
        Mending::Manual,
        state::old_form,
        [
            "a package was installed in the form of old `setup.py` scripts",
            "nothing lists its files, so current pip refuses to upgrade or remove it",
            "Remove it by hand, and install it with pip.",
        ],
    ),
    row(
        "DEP017",
        Severity::Error,
        Mending::Manual,
        shadow::shadows,
        [
            "a file of the project hides a module that others import",
            "whoever imports that module gets the project's file, the standard library and installed packages included",
            "Rename the file or folder.",
        ],
    ),
    row(
        "DEP018",
        Severity::Warning,
        Mending::Manual,
        deep::shared,
        [
            "two installed packages own the same file",
            "the one that was installed last has won, and removing either breaks the other",
            "Keep one of the two.",
        ],
    )
    .needing(Needs::Deep),
    row(
        "DEP019",
        Severity::Error,
        Mending::Safe,
        tools::not_runnable,
        [
            "a tool that the project's gates name cannot be run",
            "every commit or push that is to pass that gate is stopped",
            "Install the tool in the project's environment.",
        ],
    ),
];

/// A check of what is installed.
fn of_installed(facts: &Facts, look: impl FnOnce(&Distributions) -> Outcome) -> Outcome {
    // Nothing can be installed there before the environment is made again (VENV002, VENV003).
    if facts.environment().is_some_and(Environment::is_python_gone) {
        return Outcome::Skipped("the environment's Python is gone");
    }
    match facts.distributions().as_ref().map(look) {
        // Nor into one that was moved (VENV004), whose scripts start the Python of the old place.
        Ok(Outcome::Found(_)) if venv::is_moved(facts) => {
            Outcome::Skipped("the environment was moved, and has to be made again")
        }
        Ok(outcome) => outcome,
        Err(why) => Outcome::Skipped(why),
    }
}

/// The same for what is said to be missing: packages of the system would count too.
fn of_closed(facts: &Facts, look: impl FnOnce(&Distributions) -> Outcome) -> Outcome {
    let setting = facts
        .environment()
        .and_then(|it| it.setting("include-system-site-packages"));
    if setting.is_some_and(|it| it.value.eq_ignore_ascii_case("true")) {
        return Outcome::Skipped("the environment also sees the system's packages");
    }
    of_installed(facts, look)
}

/// Some words of a list, and how many more there are.
fn listed(words: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = words.iter().take(SHOWN).map(|it| format!("`{it}`"));
    let shown: Vec<String> = shown.collect();
    match words.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}
