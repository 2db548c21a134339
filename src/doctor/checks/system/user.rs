//! Who works on the project, and with which version of this program.
//!
//! The look functions of SYS006 and SYS007.

use super::found;
use crate::doctor::facts::Facts;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

#[cfg(unix)]
pub(super) fn root_elsewhere(facts: &Facts) -> Outcome {
    use std::os::unix::fs::MetadataExt as _;

    use crate::doctor::check::Severity;

    let host = &facts.host;
    if host.user() != Some(0) {
        return Outcome::Healthy;
    }
    if host.is_ci() {
        return Outcome::Skipped("in CI, root works on whatever was checked out");
    }
    let Some(project) = &facts.project else {
        return Outcome::Skipped("this is no project");
    };
    let owner = match std::fs::metadata(project) {
        Ok(metadata) if metadata.uid() != 0 => metadata.uid(),
        Ok(_) => return Outcome::Healthy,
        Err(_) => return Outcome::Skipped("the project's folder cannot be looked at"),
    };
    let symptom =
        Symptom::new(format!("it belongs to the user {owner}")).seen_in(Evidence::path(project));
    let through_sudo = host.variable("SUDO_USER").is_some();
    // In a container, root is often the only user there is.
    let in_container = ["/.dockerenv", "/run/.containerenv"]
        .iter()
        .any(|it| host.system_file(it).exists());
    found(if in_container && !through_sudo {
        symptom.severity(Severity::Information)
    } else {
        symptom
    })
}

#[cfg(not(unix))]
pub(super) fn root_elsewhere(_facts: &Facts) -> Outcome {
    Outcome::Skipped("there is no root here")
}

pub(super) fn newer_project(facts: &Facts) -> Outcome {
    let document = facts.pyproject();
    let Some(said) = document.at(&["tool", "scaffold", "version"]) else {
        return Outcome::Skipped("the project was not made by this program");
    };
    let version = |text: &str| text.parse::<pep440_rs::Version>().ok();
    let own = env!("CARGO_PKG_VERSION");
    let (Some(made), Some(this)) = (said.text().and_then(version), version(own)) else {
        return Outcome::Skipped("the project does not say by which version it was made");
    };
    if made <= this {
        return Outcome::Healthy;
    }
    let file = facts.in_project("pyproject.toml");
    found(
        Symptom::new(format!("it was made by scaffold {made}, and this is {own}"))
            .seen_in(Evidence::path(file).line(said.line)),
    )
}
