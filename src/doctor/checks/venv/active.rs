//! What is active in the terminal, and whether it is the project's.
//!
//! The look functions of VENV009 and VENV010.

use std::path::{Path, PathBuf};

use super::found;
use crate::doctor::facts::Facts;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;

pub(super) fn another_active(facts: &Facts) -> Outcome {
    let Some(active) = facts.host.variable("VIRTUAL_ENV").map(PathBuf::from) else {
        return Outcome::Skipped("no environment is active in this terminal");
    };
    let is_there = active.join("pyvenv.cfg").is_file();
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let own = facts.environment().map(|it| &it.folder);
    if is_there && own.is_none_or(|own| real(own) == real(&active)) {
        return Outcome::Healthy;
    }
    let shown = facts.host.short(&active);
    let symptom = if is_there {
        Symptom::new(format!("`{shown}` is active, which is not this project's"))
    } else {
        Symptom::new(format!("VIRTUAL_ENV is `{shown}`, where no environment is"))
    };
    let symptom = symptom.seen_in(Evidence::path(active)).next("deactivate");
    found(match own {
        Some(own) if !facts.host.is_windows() => {
            let activate = own.join("bin").join("activate");
            symptom.next(format!(". {}", quoted(&activate.to_string_lossy())))
        }
        _ => symptom,
    })
}

pub(super) fn beside_conda(facts: &Facts) -> Outcome {
    let prefix = facts.host.variable("CONDA_PREFIX").map(PathBuf::from);
    if prefix.is_none() && facts.environment().is_none() {
        return super::no_environment(facts);
    }
    let active = prefix.filter(|_| facts.host.variable("VIRTUAL_ENV").is_some());
    let both = active.map(|prefix| {
        Symptom::new(format!(
            "conda's `{}` and a virtual environment are active at once",
            facts.host.short(&prefix)
        ))
        .seen_in(Evidence::path(prefix))
        .next("conda deactivate")
    });
    let made = facts.environment().and_then(|environment| {
        let folder = environment.folder.join("conda-meta");
        folder.is_dir().then(|| {
            Symptom::new("conda has installed packages into the virtual environment")
                .seen_in(Evidence::path(folder))
        })
    });
    Outcome::of(both.into_iter().chain(made))
}
