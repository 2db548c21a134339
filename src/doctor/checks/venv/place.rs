//! Where the environment lies: where it was made, and where none should be.
//!
//! The look functions of VENV004, VENV013, VENV016 and VENV017.

use std::path::{Path, PathBuf};

use super::{found, of_environment};
use crate::doctor::checks::making::remade;
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::Environment;
use crate::doctor::facts::reading::Reading;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

pub(super) fn moved(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        if environment
            .setting("relocatable")
            .is_some_and(|it| it.value.eq_ignore_ascii_case("true"))
        {
            return Outcome::Healthy;
        }
        let here = &environment.folder;
        let mut seen: Vec<(PathBuf, Evidence)> = Vec::new();
        if let Some((folder, evidence)) = said_by_activate(environment) {
            seen.push((folder, evidence));
        }
        for (script, interpreter) in environment.scripts() {
            let interpreter = Path::new(interpreter.split(" -").next().unwrap_or_default());
            let folder = interpreter.parent().and_then(Path::parent);
            let is_of_environment = interpreter
                .file_name()
                .is_some_and(|it| it.to_string_lossy().starts_with("python"))
                && interpreter.is_absolute();
            if let Some(folder) = folder.filter(|_| is_of_environment) {
                let says = interpreter.display().to_string();
                let evidence = Evidence::path(script).line(1).says(says);
                seen.push((folder.to_owned(), evidence));
            }
        }
        let Some((folder, evidence)) = seen
            .into_iter()
            .find(|(folder, _)| is_elsewhere(folder, here))
        else {
            return Outcome::Healthy;
        };
        found(remade(
            facts,
            environment,
            Symptom::new(format!(
                "it was made in `{}`, and lies in `{}`",
                facts.host.short(&folder),
                facts.host.short(here)
            ))
            .seen_in(evidence),
        ))
    })
}

/// Whether a folder is not this one, links resolved.
fn is_elsewhere(said: &Path, here: &Path) -> bool {
    // As nearly every script says it: nothing has to be asked of the system.
    if said == here {
        return false;
    }
    let [said, here] = [said, here].map(|it| std::fs::canonicalize(it).ok());
    said.is_none() || said != here
}

/// Whether all of the environment was made elsewhere: `activate` says so, where it says anything, and else a script.
pub(super) fn is_moved(facts: &Facts) -> bool {
    let environment = facts.environment();
    match environment.and_then(|it| Some((said_by_activate(it)?.0, it))) {
        Some((said, environment)) => {
            is_elsewhere(&said, &environment.folder) && matches!(moved(facts), Outcome::Found(_))
        }
        None => matches!(moved(facts), Outcome::Found(_)),
    }
}

/// The folder that `activate` sets `VIRTUAL_ENV` to, where it names one outright.
fn said_by_activate(environment: &Environment) -> Option<(PathBuf, Evidence)> {
    let file = environment.programs.as_ref()?.join("activate");
    let reading = Reading::of(&file);
    let text = reading.text();
    let (line, folder) = (1..).zip(text.lines()).find_map(|(line, text)| {
        let text = text.trim();
        let text = text.strip_prefix("export ").unwrap_or(text);
        let value = text.strip_prefix("VIRTUAL_ENV=")?.trim_matches(['"', '\'']);
        // On Cygwin, Python 3.13 has the shell work it out.
        let folder = PathBuf::from(value);
        folder.is_absolute().then_some((line, folder))
    })?;
    let says = folder.display().to_string();
    let evidence = Evidence::path(file).line(line).says(says);
    Some((folder, evidence))
}

/// The longest first line that Linux takes, in bytes (execve(2)).
const LONGEST_FIRST_LINE: usize = 127;

pub(super) fn long_first_line(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        if environment.is_of_windows {
            return Outcome::Skipped("programs are started otherwise on Windows");
        }
        let python = environment.folder.join("bin").join("python");
        let line = format!("#!{}", python.display());
        let seen = if line.contains(' ') {
            "its path has a space".to_owned()
        } else if line.len() > LONGEST_FIRST_LINE {
            format!("its path makes a first line of {} bytes", line.len())
        } else {
            return Outcome::Healthy;
        };
        found(Symptom::new(seen).seen_in(Evidence::path(environment.folder.clone())))
    })
}

pub(super) fn several(facts: &Facts) -> Outcome {
    let environments = facts.environments();
    if environments.is_empty() {
        return super::no_environment(facts);
    }
    if environments.len() < 2 {
        return Outcome::Healthy;
    }
    let names: Vec<String> = environments
        .iter()
        .map(|it| format!("`{}`", facts.shown(&it.folder)))
        .collect();
    let mut symptom = Symptom::new(format!("there are {}", names.join(", ")));
    for environment in environments {
        symptom = symptom.seen_in(Evidence::path(environment.folder.clone()));
    }
    found(symptom)
}

/// Folders that a program copies to the cloud, by the beginning of their names.
const SYNCED: [&str; 6] = [
    "OneDrive",
    "Dropbox",
    "Google Drive",
    "iCloud Drive",
    "com~apple~CloudDocs",
    "Nextcloud",
];

pub(super) fn in_synced_folder(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let name = environment.folder.iter().find_map(|part| {
            let part = part.to_string_lossy();
            SYNCED.iter().find(|it| part.starts_with(**it))
        });
        Outcome::of(name.map(|name| {
            Symptom::new(format!("it lies in a folder of {name}"))
                .seen_in(Evidence::path(environment.folder.clone()))
        }))
    })
}
