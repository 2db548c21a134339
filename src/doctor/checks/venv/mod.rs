//! VENV: the project's virtual environment.

#[cfg(test)]
pub(crate) mod cases;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod tracked;

mod active;
mod aside;
mod content;
mod interpreter;
#[cfg(unix)]
mod owner;
mod place;

use crate::doctor::check::{Check, Mending, Severity, row};
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::Environment;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "VENV001",
        Severity::Error,
        Mending::Safe,
        content::missing,
        [
            "the project has no virtual environment",
            "without one, tools and packages come from whatever Python is first on PATH",
            "Make one in `.venv`, and install what the project's locks say.",
        ],
    ),
    row(
        "VENV002",
        Severity::Error,
        Mending::Ask,
        interpreter::python_gone,
        [
            "the environment's Python leads to a file that is gone",
            "an upgrade of the Python that it was made from took that away, and nothing in the environment can start any more",
            "Make the environment again; the old one is set aside until the new one works.",
        ],
    ),
    row(
        "VENV003",
        Severity::Error,
        Mending::Ask,
        interpreter::home_gone,
        [
            "the Python that the environment was made from is gone",
            "the environment takes its standard library from there",
            "Make the environment again; the old one is set aside until the new one works.",
        ],
    ),
    row(
        "VENV004",
        Severity::Error,
        Mending::Ask,
        place::moved,
        [
            "the environment was moved or renamed",
            "its scripts and `activate` know only the place where it was made: they fail, or work on another environment",
            "Make the environment again where it is now.",
        ],
    ),
    row(
        "VENV005",
        Severity::Error,
        Mending::Ask,
        interpreter::other_python,
        [
            "the environment's Python is not the one that `pyvenv.cfg` speaks of",
            "packages are looked for in the folder of the one and run by the other",
            "Make the environment again.",
        ],
    ),
    row(
        "VENV006",
        Severity::Error,
        Mending::Ask,
        content::other_packages,
        [
            "the environment holds packages for another Python",
            "its Python does not see them",
            "Make the environment again.",
        ],
    ),
    row(
        "VENV007",
        Severity::Warning,
        Mending::Ask,
        content::sees_system,
        [
            "the environment also sees the system's packages",
            "what is missing from the locks is then found on this machine, and nowhere else",
            "Make the environment again without `--system-site-packages`.",
        ],
    ),
    row(
        "VENV008",
        Severity::Information,
        Mending::Safe,
        content::without_pip,
        [
            "the environment has no pip",
            "`pip` then works on another environment, or is not found",
            "Let Python put its own pip there: `python -m ensurepip`.",
        ],
    ),
    row(
        "VENV009",
        Severity::Warning,
        Mending::Manual,
        active::another_active,
        [
            "another environment is active in this terminal",
            "`python`, `pip` and every tool that is typed here work on that one",
            "Deactivate it, or activate the project's own.",
        ],
    ),
    row(
        "VENV010",
        Severity::Warning,
        Mending::Manual,
        active::beside_conda,
        [
            "conda and the virtual environment are mixed",
            "each of them changes what the other one finds",
            "Deactivate one of them: `conda deactivate`.",
        ],
    ),
    row(
        "VENV011",
        Severity::Error,
        Mending::Ask,
        tracked::look,
        tracked::WORDS,
    ),
    row(
        "VENV012",
        Severity::Error,
        Mending::Ask,
        content::half_made,
        [
            "the environment is half made",
            "making it was stopped, or failed",
            "Make the environment again.",
        ],
    ),
    row(
        "VENV013",
        Severity::Information,
        Mending::Manual,
        place::long_first_line,
        [
            "the environment's path is too long, or has a space, for the first line of a script",
            "pip then writes scripts that start through a shell, which some tools do not understand",
            "Keep the project in a folder with a shorter path and without spaces.",
        ],
    ),
    row(
        "VENV014",
        Severity::Error,
        Mending::Manual,
        not_writable,
        [
            "files of the environment belong to somebody else, or cannot be read or written",
            "nothing can be installed or removed there; it is what `sudo pip` leaves behind",
            "Give them to the user who works on the project.",
        ],
    ),
    row(
        "VENV015",
        Severity::Error,
        Mending::Ask,
        interpreter::of_another_system,
        [
            "the environment was made on another system",
            "a Windows environment cannot be used from WSL or Linux, nor the other way round",
            "Make one for this system.",
        ],
    ),
    row(
        "VENV016",
        Severity::Information,
        Mending::Manual,
        place::several,
        [
            "the project has several environments",
            "editors and people take the one or the other",
            "Remove those that are not used.",
        ],
    ),
    row(
        "VENV017",
        Severity::Warning,
        Mending::Manual,
        place::in_synced_folder,
        [
            "the environment lies in a folder that is kept in the cloud",
            "thousands of small files are copied at each change, and links and executable bits get lost",
            "Keep the project outside of that folder.",
        ],
    ),
    row(
        "VENV018",
        Severity::Information,
        Mending::Ask,
        aside::left_over,
        [
            "an environment that was set aside is still there",
            "it takes up as much room as the one in use, and tools that walk through the project find it",
            "Remove it once the new one does all that you need.",
        ],
    ),
];

/// Whether the environment was made at another place (VENV004).
pub(super) fn is_moved(facts: &Facts) -> bool {
    place::is_moved(facts)
}

/// Why there is nothing to look at.
fn no_environment(facts: &Facts) -> Outcome {
    Outcome::Skipped(facts.why_no_environment())
}

/// A check of the project's environment.
fn of_environment(facts: &Facts, look: impl Fn(&Environment) -> Outcome) -> Outcome {
    let environment = facts.environment();
    environment.map_or_else(|| no_environment(facts), look)
}

fn found(symptom: Symptom) -> Outcome {
    Outcome::of([symptom])
}

fn not_writable(facts: &Facts) -> Outcome {
    if let Some((path, why)) = content::unreadable(facts) {
        let message = format!("`{}` cannot be read: {why}", facts.shown(&path));
        let symptom = Symptom::new(message).seen_in(Evidence::path(&path));
        #[cfg(unix)]
        let symptom = owner::given_back(facts, &path, symptom);
        return found(symptom);
    }
    #[cfg(unix)]
    return owner::not_writable(facts);
    #[cfg(not(unix))]
    return Outcome::Skipped("files have no owners here");
}
