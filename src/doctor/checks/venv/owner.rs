//! Whose the files of the environment are.
//!
//! The look function of VENV014, where files have owners.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::{found, of_environment};
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::Environment;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;

/// So many of the files that were seen are named.
const NAMED: usize = 3;

/// What gives a part of the environment back to this user.
pub(super) fn given_back(facts: &Facts, path: &Path, symptom: Symptom) -> Symptom {
    let owner = std::fs::symlink_metadata(path).map(|it| it.uid()).ok();
    let environment = facts.environment().map(|it| facts.shown(&it.folder));
    let folder = quoted(&environment.unwrap_or_default());
    if path.is_symlink() {
        symptom
    } else if owner.is_some() && owner == facts.host.user() {
        symptom.next(format!("chmod -R u+rwX {folder}"))
    } else {
        symptom.next(format!("sudo chown -R \"$(id -un)\" {folder}"))
    }
}

pub(super) fn not_writable(facts: &Facts) -> Outcome {
    let Some(user) = facts.host.user() else {
        return Outcome::Skipped("files have no owners here");
    };
    if user == 0 {
        return Outcome::Skipped("root may write everything");
    }
    of_environment(facts, |environment| {
        let mut seen = Vec::new();
        for path in installed(environment) {
            let Ok(metadata) = std::fs::symlink_metadata(&path) else {
                continue;
            };
            // Whoever else's group may write is trusted to be of that group.
            let may = if metadata.uid() == user { 0o200 } else { 0o022 };
            if !metadata.is_symlink() && metadata.mode() & may == 0 {
                seen.push((path, metadata.uid()));
            }
        }
        let Some((first, owner)) = seen.first() else {
            return Outcome::Healthy;
        };
        let others = match seen.len() {
            1 => String::new(),
            number => format!(", as {} more", number - 1),
        };
        let whose = match *owner {
            it if it == user => "cannot be written".to_owned(),
            0 => "belongs to root".to_owned(),
            it => format!("belongs to the user {it}"),
        };
        let mut symptom = Symptom::new(format!("`{}` {whose}{others}", facts.shown(first)));
        for (path, _) in seen.iter().take(NAMED) {
            symptom = symptom.seen_in(Evidence::path(path));
        }
        let folder = quoted(&facts.shown(&environment.folder));
        found(if seen.iter().any(|(_, owner)| *owner != user) {
            symptom.next(format!("sudo chown -R \"$(id -un)\" {folder}"))
        } else {
            symptom.next(format!("chmod -R u+w {folder}"))
        })
    })
}

/// The folders that an installer writes to, and what lies right in those of packages.
fn installed(environment: &Environment) -> Vec<PathBuf> {
    let mut paths = vec![environment.folder.clone()];
    paths.extend(environment.programs.clone());
    for (_, folder) in &environment.libraries {
        let names = crate::doctor::facts::reading::names(folder);
        paths.push(folder.clone());
        paths.extend(names.iter().map(|it| folder.join(it)));
    }
    paths
}
