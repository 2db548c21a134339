//! The Python that Visual Studio Code is set to.

use std::path::PathBuf;

use crate::doctor::facts::Facts;
use crate::doctor::fix::{Action, Edit, Fix, Key};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// The setting, and the one that it replaced in 2021.
const SETTINGS: [&str; 2] = ["python.defaultInterpreterPath", "python.pythonPath"];

/// CFG004.
pub(super) fn interpreter(facts: &Facts) -> Outcome {
    let file = facts.in_project(".vscode/settings.json");
    let document = facts.node(&file);
    let own = facts.environment().map(|it| it.folder.clone());
    let symptoms = SETTINGS.iter().filter_map(|name| {
        let entry = document.entry(name)?;
        let said = entry.value.text()?;
        let place = place(facts, said)?;
        let is_there = place.exists();
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        let words = match &own {
            // One that is not made yet is a condition of its own.
            None if is_there || place.starts_with(facts.in_project("")) => return None,
            _ if !is_there => format!("`{name}` is `{said}`, which is not there"),
            // Not the program that it leads to: that lies elsewhere in most environments.
            Some(own) if place.starts_with(own) || real(&place).starts_with(real(own)) => {
                return None;
            }
            Some(own) => format!(
                "`{name}` is `{said}`, and the project's environment is `{}`",
                facts.shown(own)
            ),
            None => return None,
        };
        let symptom = Symptom::new(words).seen_in(Evidence::path(file.clone()).line(entry.line));
        Some(match &own {
            Some(own) => {
                let value = format!("${{workspaceFolder}}/{}", facts.shown(own));
                let edit = Edit::Json {
                    keys: vec![Key::Name((*name).to_owned())],
                    value: value.clone().into(),
                };
                let action = Action::edit(file.clone(), edit);
                symptom.fix(Fix::ask(format!("set it to `{value}`"), [action]))
            }
            None => symptom,
        })
    });
    Outcome::of(symptoms)
}

/// The file or folder that a setting means; `None` where that is looked up on `PATH`, or depends on what is not known here.
fn place(facts: &Facts, said: &str) -> Option<PathBuf> {
    let folder = facts.in_project("").to_string_lossy().into_owned();
    let folder = folder.trim_end_matches(['/', '\\']);
    let said = said
        .replace("${workspaceFolder}", folder)
        .replace("${workspaceRoot}", folder);
    let home = facts
        .host
        .home()
        .map(|it| it.to_string_lossy().into_owned());
    let said = match home {
        Some(home) if said.starts_with("~/") => said.replacen('~', &home, 1),
        Some(home) => said.replace("${userHome}", &home),
        None => said,
    };
    if said.contains("${") || !said.contains(['/', '\\']) {
        return None;
    }
    Some(facts.in_project(&said))
}
