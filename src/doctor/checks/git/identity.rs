//! Who git takes us for, and whose the repository is.

use std::path::Path;

use super::{NO_CONFIGURATION, of_repository};
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::repository::Repository;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::git::{Config, Identity, author};
use crate::host::Host;
use crate::process::quoted;

pub(super) fn look(facts: &Facts) -> Outcome {
    let host = &facts.host;
    if host.is_ci() {
        return Outcome::Skipped("nobody commits in CI");
    }
    let is_needed = facts.repository().is_some();
    if !is_needed && host.find_program("git").is_none() {
        return Outcome::Skipped("there is no git to tell it");
    }
    facts.with_git_configuration(|config| {
        let Ok(config) = config else {
            return NO_CONFIGURATION;
        };
        if Identity::find(host, config).is_some() {
            return Outcome::Healthy;
        }
        let symptom = unknown(host, config);
        // Where nothing is kept in git, it is missed by the next project.
        Outcome::of([if is_needed {
            symptom
        } else {
            symptom.severity(Severity::Warning)
        }])
    })
}

/// What git lacks to make a commit.
fn unknown(host: &Host, config: &Config) -> Symptom {
    let (name, email) = author(host, config);
    let missing = match (&name, &email) {
        (Some(_), _) => "neither configuration nor environment gives your address",
        (_, Some(_)) => "neither configuration nor environment gives your name",
        _ => "neither configuration nor environment gives your name and your address",
    };
    let mut symptom = Symptom::new(missing);
    if name.is_none() {
        symptom = symptom.next("git config --global user.name \"YOUR NAME\"");
    }
    if email.is_none() {
        symptom = symptom.next("git config --global user.email YOUR@ADDRESS");
    }
    symptom
}

/// As git decides it: <https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory>.
pub(super) fn not_own(facts: &Facts) -> Outcome {
    of_repository(facts, |repository| {
        let Some(user) = facts.host.user() else {
            return Outcome::Skipped("this system has no numbers for users");
        };
        let location = &repository.location;
        let dot = location.root.join(".git");
        let places = [&location.root, &dot, &location.git_dir];
        let strange = places.into_iter().find_map(|place| {
            let owner = owner(place)?;
            (!is_trusted(&facts.host, user, owner)).then_some((place, owner))
        });
        let Some((place, owner)) = strange else {
            return Outcome::Healthy;
        };
        if is_safe(&facts.host, repository) {
            return Outcome::Healthy;
        }
        let root = quoted(&location.root.to_string_lossy());
        Outcome::of([Symptom::new(format!(
            "`{}` belongs to the user with the number {owner}, and you are {user}",
            facts.host.short(place)
        ))
        .seen_in(Evidence::path(place.clone()))
        .next(format!("git config --global --add safe.directory {root}"))])
    })
}

/// Whether git takes a folder of this owner for ours: root is also whoever became root by sudo.
fn is_trusted(host: &Host, user: u32, owner: u32) -> bool {
    let before = || host.text("SUDO_UID")?.parse::<u32>().ok();
    user == owner || (user == 0 && before() == Some(owner))
}

/// Whether the user has said to git that this repository is to be trusted.
fn is_safe(host: &Host, repository: &Repository) -> bool {
    let Some(config) = repository.config() else {
        return false;
    };
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let root = real(&repository.location.root);
    let said = config.said("safe.directory");
    said.filter(|(_, origin)| origin.scope.is_protected())
        .fold(false, |is_safe, (value, _)| match value {
            // An empty one takes back all before it.
            "" => false,
            "*" => true,
            value => {
                let (value, is_prefix) = match value.strip_suffix("/*") {
                    Some(above) => (above, true),
                    None => (value, false),
                };
                let value = match (value.strip_prefix("~/"), host.home()) {
                    (Some(below), Some(home)) => home.join(below),
                    _ => Path::new(value).to_owned(),
                };
                let value = real(&value);
                is_safe || root == value || (is_prefix && root.starts_with(&value))
            }
        })
}

#[cfg(unix)]
fn owner(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(path.symlink_metadata().ok()?.uid())
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Option<u32> {
    None
}
