//! Docker, as far as the platform's command line needs it to run a function on this machine.

use crate::doctor::facts::Facts;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// Where the system's daemons listen, by the name of the file from the root.
const SOCKETS: [&str; 4] = [
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/var/run/finch.sock",
];

/// Where the daemons of a user listen, from the home.
const OF_USER: [&str; 6] = [
    ".docker/run/docker.sock",
    ".docker/desktop/docker.sock",
    ".colima/default/docker.sock",
    ".rd/docker.sock",
    ".orbstack/run/docker.sock",
    ".finch/finch.sock",
];

/// PLAT013.
pub(super) fn unreachable(facts: &Facts) -> Outcome {
    if facts.target("aws-lambda").is_none() {
        return super::OTHER_PLATFORM;
    }
    if facts.host.find_program("sam").is_none() {
        return Outcome::Skipped("sam is not installed");
    }
    // Elsewhere it is no file that one could look at.
    if facts.host.is_windows() || facts.host.variable("DOCKER_HOST").is_some() {
        return Outcome::Skipped("Docker is not reached through a file here");
    }
    let of_user = facts
        .host
        .home()
        .map(|home| OF_USER.map(|it| home.join(it)));
    let of_session = facts.host.variable("XDG_RUNTIME_DIR").map(|it| {
        let folder = std::path::Path::new(it);
        ["docker.sock", "podman/podman.sock"].map(|it| folder.join(it))
    });
    let mut sockets = SOCKETS
        .iter()
        .map(|it| facts.host.system_file(it))
        .chain(of_user.into_iter().flatten())
        .chain(of_session.into_iter().flatten());
    if sockets.any(|it| it.exists()) {
        return Outcome::Healthy;
    }
    let place = facts.host.system_file(SOCKETS[0]);
    Outcome::of([
        Symptom::new("no Docker listens here, and `sam local` runs functions in it")
            .seen_in(Evidence::path(place)),
    ])
}
