//! Variables that change what every Python does.
//!
//! The look functions of PY011, PY012 and PY015.

use std::path::{Path, PathBuf};

use super::found;
use crate::doctor::facts::Facts;
use crate::doctor::facts::pip_config::unset;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

pub(super) fn home(facts: &Facts) -> Outcome {
    let Some(home) = facts.host.variable("PYTHONHOME") else {
        return Outcome::Healthy;
    };
    let home = PathBuf::from(home);
    let shown = facts.host.short(&home);
    let message = if home.is_dir() {
        format!("PYTHONHOME is `{shown}`")
    } else {
        format!("PYTHONHOME is `{shown}`, which is no folder")
    };
    found(
        Symptom::new(message)
            .seen_in(Evidence::path(home))
            .next(unset(&facts.host, "PYTHONHOME")),
    )
}

pub(super) fn path(facts: &Facts) -> Outcome {
    let Some(path) = facts.host.variable("PYTHONPATH") else {
        return Outcome::Healthy;
    };
    Outcome::of(std::env::split_paths(path).filter_map(|entry| {
        if !entry.is_absolute() || !entry.is_dir() {
            return None;
        }
        let what = if is_of_packages(facts, &entry) {
            "holds the packages of another Python or environment"
        } else if is_of_another_project(facts, &entry) {
            "belongs to another project"
        } else {
            return None;
        };
        let shown = facts.host.short(&entry);
        Some(
            Symptom::new(format!("`{shown}` is in PYTHONPATH, and {what}"))
                .seen_in(Evidence::path(entry))
                .next(unset(&facts.host, "PYTHONPATH")),
        )
    }))
}

/// Whether a folder is one that installers fill, and not the project's own.
fn is_of_packages(facts: &Facts, entry: &Path) -> bool {
    let is_named_so = entry
        .file_name()
        .is_some_and(|it| it == "site-packages" || it == "dist-packages");
    is_named_so && !is_inside(entry, facts.project.as_deref())
}

/// Whether a folder, or the one above it (for `src`), is a project's of its own, outside of this one's and of its repository.
fn is_of_another_project(facts: &Facts, entry: &Path) -> bool {
    const MARKS: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];
    let Some(project) = facts.project.as_deref() else {
        return false;
    };
    let folders = [Some(entry), entry.parent()].into_iter().flatten();
    let is_project = folders
        .clone()
        .any(|folder| MARKS.iter().any(|it| folder.join(it).is_file()));
    let is_related = is_inside(entry, Some(project))
        || is_inside(project, Some(entry))
        || repository(project).is_some_and(|it| is_inside(entry, Some(it)));
    is_project && !is_related
}

fn is_inside(path: &Path, folder: Option<&Path>) -> bool {
    let real = |it: &Path| std::fs::canonicalize(it).ok();
    let (Some(path), Some(folder)) = (real(path), folder.and_then(real)) else {
        return false;
    };
    path.starts_with(folder)
}

/// The folder of the repository that a folder lies in.
fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|it| it.join(".git").exists())
}

pub(super) fn optimize(facts: &Facts) -> Outcome {
    let Some(value) = facts.host.text("PYTHONOPTIMIZE") else {
        return Outcome::Healthy;
    };
    // Python takes 0 for off, and whatever is no number for 1.
    if value.trim().parse::<u32>() == Ok(0) {
        return Outcome::Healthy;
    }
    found(Symptom::new("PYTHONOPTIMIZE is set").next(unset(&facts.host, "PYTHONOPTIMIZE")))
}
