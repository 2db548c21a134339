//! PLAT: the serverless platform that the project is for.
//!
//! What is known of a platform stands in its layer, with its source and day; what is to be deployed is in `facts::deployment`. PLAT004, the
//! platform's command line missing or too old, is the group TOOL.

mod azure;
mod bundle;
#[cfg(test)]
pub(crate) mod cases;
mod cron;
mod docker;
mod handler;
mod keys;
mod library;
mod limits;
mod plain_json;
mod project_python;
mod runtime;
mod schedule;
mod size;
mod upload;
mod vercel;

use crate::doctor::check::{Check, Mending, Severity, row};
use crate::doctor::facts::Facts;
use crate::doctor::facts::deployment::Deployment;
use crate::doctor::facts::target::Target;
use crate::doctor::symptom::{Outcome, Symptom};

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "PLAT001",
        Severity::Warning,
        Mending::Ask,
        runtime::retired,
        [
            "the platform retires the function's Python",
            "first there are no more security updates, then no new function, then no change of those that are there",
            "Move the project to a Python that the platform keeps, and run its tests with that.",
        ],
    ),
    row(
        "PLAT002",
        Severity::Error,
        Mending::Ask,
        runtime::not_offered,
        [
            "the platform does not run the project's Python",
            "the build takes another one, or fails",
            "Move the project to a Python that the platform runs.",
        ],
    ),
    row(
        "PLAT003",
        Severity::Error,
        Mending::Ask,
        runtime::differs,
        [
            "the function runs on another Python than the project is for",
            "what was tested here is not what runs there, and native packages are built for one series only",
            "Name the project's Python in the platform's configuration.",
        ],
    ),
    row(
        "PLAT005",
        Severity::Warning,
        Mending::Manual,
        azure::other_python,
        [
            "`func start` takes another Python than the project's environment",
            "it starts the first one on PATH, which does not have the project's packages",
            "Activate the environment before `func start`.",
        ],
    ),
    row(
        "PLAT006",
        Severity::Error,
        Mending::Ask,
        bundle::other_machine,
        [
            "a native library is built for another machine than the function runs on",
            "importing it fails there, at the first request",
            "Build for the function's processor: `sam build` does, and `pip install --platform` where packages lie beside the code.",
        ],
    ),
    row(
        "PLAT007",
        Severity::Error,
        Mending::Manual,
        size::too_large,
        [
            "the packages are larger than the platform allows",
            "the deployment fails, after all of it was built",
            "Do without the largest, or deploy a container.",
        ],
    ),
    row(
        "PLAT008",
        Severity::Error,
        Mending::Manual,
        handler::missing,
        [
            "a handler or entry point is not there, or cannot be called",
            "the deployment succeeds, and every request fails",
            "Correct the name in the platform's configuration, or the function's.",
        ],
    ),
    row(
        "PLAT009",
        Severity::Error,
        Mending::Safe,
        upload::not_kept_back,
        [
            "files go to the platform that should stay here",
            "secrets then lie in every deployment, and an environment makes it too large",
            "Name them in the platform's ignore file.",
        ],
    ),
    row(
        "PLAT010",
        Severity::Error,
        Mending::Safe,
        azure::settings,
        [
            "the settings of the Functions host do not fit the functions",
            "the host then starts without them",
            "Set `FUNCTIONS_WORKER_RUNTIME` to `python`, and ask for the bundle of extensions.",
        ],
    ),
    row(
        "PLAT011",
        Severity::Warning,
        Mending::Ask,
        library::other_python,
        [
            "the platform's library does not run on the project's Python",
            "it has a line of versions for each generation of Python, and the other one cannot be installed",
            "Ask for the versions that run on the project's Python.",
        ],
    ),
    row(
        "PLAT012",
        Severity::Error,
        Mending::Safe,
        library::framework,
        [
            "what Google starts the function with is missing",
            "without `main.py` and the Functions Framework there is nothing to start",
            "Put the function in `main.py`, and add `functions-framework` to the requirements.",
        ],
    ),
    row(
        "PLAT013",
        Severity::Information,
        Mending::Manual,
        docker::unreachable,
        [
            "Docker is not reachable",
            "`sam local` runs functions in a container",
            "Start Docker, or let the tests call the function.",
        ],
    ),
    row(
        "PLAT014",
        Severity::Error,
        Mending::Ask,
        limits::out_of_range,
        [
            "a setting is outside of what the platform allows",
            "the deployment fails, and the platform's own checks before it may say nothing",
            "Set it to what the platform allows.",
        ],
    ),
    row(
        "PLAT015",
        Severity::Warning,
        Mending::Ask,
        limits::gateway,
        [
            "the function may take longer than the gateway before it waits",
            "the caller gets an error while the function goes on, and is paid for",
            "Give the function less time than the gateway waits, or start it another way.",
        ],
    ),
    row(
        "PLAT016",
        Severity::Error,
        Mending::Ask,
        limits::queue,
        [
            "a queue hides its messages for too short a time",
            "a message that is still worked on comes back, and is handled twice",
            "Set the queue's visibility timeout to several times the function's timeout.",
        ],
    ),
    row(
        "PLAT017",
        Severity::Error,
        Mending::Manual,
        schedule::refused,
        [
            "a schedule is not written as the platform reads it",
            "the deployment fails, or the schedule is dropped",
            "Write it in the platform's own form of cron.",
        ],
    ),
    row(
        "PLAT018",
        Severity::Error,
        Mending::Manual,
        schedule::never,
        [
            "a schedule never fires",
            "nobody says so: it just does not happen",
            "Name a day that there is.",
        ],
    ),
    row(
        "PLAT019",
        Severity::Error,
        Mending::Manual,
        schedule::leads_nowhere,
        [
            "a schedule calls a path that nothing serves",
            "each time there is an answer 404, which nobody reads",
            "Correct the path, or add the function.",
        ],
    ),
    row(
        "PLAT020",
        Severity::Warning,
        Mending::Ask,
        keys::unknown,
        [
            "the platform's configuration has a key that the platform does not know",
            "the platform refuses the deployment, or passes over what is set there without a word",
            "Write the key as the platform does, or take it out.",
        ],
    ),
    row(
        "PLAT021",
        Severity::Error,
        Mending::Ask,
        plain_json::extras,
        [
            "the platform's configuration has what plain JSON has not",
            "editors allow comments and commas before a bracket, and the platform stops at the first of them",
            "Take them out, and keep what they say where people read it.",
        ],
    ),
];

const NO_PLATFORM: Outcome = Outcome::Skipped("the project is for no platform that is known");
const OTHER_PLATFORM: Outcome = Outcome::Skipped("the project is not for that platform");

/// What is seen of each platform that the project is for.
fn each(facts: &Facts, look: impl Fn(&Target, &Deployment) -> Vec<Symptom>) -> Outcome {
    let (targets, deployments) = (facts.targets(), facts.deployments());
    if targets.is_empty() {
        return NO_PLATFORM;
    }
    let pairs = targets.iter().zip(deployments);
    Outcome::of(pairs.flat_map(|(target, deployment)| look(target, deployment)))
}

/// What is seen of one platform, where the project is for it.
fn of(
    facts: &Facts,
    platform: &str,
    look: impl Fn(&Target, &Deployment) -> Vec<Symptom>,
) -> Outcome {
    let mut pairs = facts.targets().iter().zip(facts.deployments());
    match pairs.find(|(target, _)| target.id == platform) {
        Some((target, deployment)) => Outcome::of(look(target, deployment)),
        None => OTHER_PLATFORM,
    }
}
