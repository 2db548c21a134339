//! What git is told to leave out, and which line ends it is told to keep.

use std::path::Path;

use super::{NO_CONFIGURATION, of_repository};
use crate::doctor::facts::Facts;
use crate::doctor::facts::repository::Repository;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// Folders that tools leave behind, where anybody may put them.
const CACHES: [&str; 5] = [
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
];

pub(super) fn look(facts: &Facts) -> Outcome {
    of_repository(facts, |repository| {
        let (Some(ignores), Some(project)) = (repository.ignores(&facts.host), &facts.project)
        else {
            return NO_CONFIGURATION;
        };
        let seen: Vec<(String, bool)> = candidates(facts, project)
            .into_iter()
            .filter(|(name, is_folder)| !ignores.has(&project.join(name), *is_folder))
            .filter(|(name, is_folder)| !is_tracked(repository, name, *is_folder))
            .collect();
        if seen.is_empty() {
            return Outcome::Healthy;
        }
        let mut lines: Vec<String> = Vec::new();
        let mut shown: Vec<String> = Vec::new();
        let file = project.join(".gitignore");
        let mut symptom_places = Vec::new();
        for (path, is_folder) in seen {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let line = format!("{name}{}", if is_folder { "/" } else { "" });
            if !lines.contains(&line) {
                shown.push(format!("`{line}`"));
                lines.push(line);
            }
            symptom_places.push(Evidence::path(project.join(path)));
        }
        let shown = shown.join(", ");
        let symptom = Symptom::new(format!("git does not ignore {shown}"));
        let symptom = symptom_places.into_iter().fold(symptom, Symptom::seen_in);
        Outcome::of([symptom.fix(Fix::safe(
            format!("add {shown} to `.gitignore`"),
            [Action::edit(file, Edit::Append(lines))],
        ))])
    })
}

/// What is there, or will be, and is no part of the project: paths from its folder, and whether each is a folder.
fn candidates(facts: &Facts, project: &Path) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = facts
        .environments()
        .iter()
        .filter_map(|it| it.folder.file_name())
        .map(|it| (it.to_string_lossy().into_owned(), true))
        .collect();
    let is_file = |name: &str| facts.is_file(&project.join(name));
    // A template of it says that it will be there.
    if is_file(".env") || (is_file(".env.example") && !facts.is_there(&project.join(".env"))) {
        found.push((".env".to_owned(), false));
    }
    let names = facts.names(project);
    let folders = names
        .iter()
        .filter(|it| !it.starts_with('.') && facts.is_folder(&project.join(it)));
    let places = std::iter::once(String::new()).chain(folders.map(|it| format!("{it}/")));
    for place in places.take(100) {
        let names = facts.names(&project.join(place.trim_end_matches('/')));
        let there = |it: &&&str| names.iter().any(|name| name == **it);
        for cache in CACHES.iter().filter(there) {
            let path = format!("{place}{cache}");
            let is_cache = project.join(&path).is_dir() && found.iter().all(|it| it.0 != path);
            let holder = place.trim_end_matches('/');
            if is_cache && !found.iter().any(|it| it.0 == holder) {
                found.push((path, true));
            }
        }
    }
    found
}

/// Whether git knows it already: that is another condition.
fn is_tracked(repository: &Repository, path: &str, is_folder: bool) -> bool {
    let Some(index) = repository.index() else {
        return false;
    };
    let whole = format!("{}{path}", repository.prefix);
    if is_folder {
        let folder = format!("{whole}/");
        return index.paths_below(folder.as_bytes()).next().is_some();
    }
    index.get(whole.as_bytes()).is_some()
}

pub(super) fn line_ends(facts: &Facts) -> Outcome {
    of_repository(facts, |repository| {
        let (Some(config), Some(project)) = (repository.config(), &facts.project) else {
            return NO_CONFIGURATION;
        };
        let said = config.said("core.autocrlf").last();
        let Some((_, origin)) = said.filter(|_| config.is_true("core.autocrlf")) else {
            return Outcome::Healthy;
        };
        let above = project
            .ancestors()
            .take_while(|it| it.starts_with(&repository.location.root));
        let files = above
            .map(|it| it.join(".gitattributes"))
            .chain([repository.location.common_dir.join("info/attributes")]);
        let speaks = |text: String| {
            let mut words = text.split_whitespace();
            words.any(|it| {
                let it = it.trim_start_matches(['-', '!']);
                it.starts_with("text") || it.starts_with("eol=") || it == "binary"
            })
        };
        if files.filter_map(|it| facts.text(&it)).any(speaks) {
            return Outcome::Healthy;
        }
        let symptom =
            Symptom::new("`core.autocrlf` is true, and no `.gitattributes` says otherwise");
        let symptom = match &origin.file {
            Some(file) => symptom.seen_in(Evidence::path(file.clone())),
            None => symptom,
        };
        let line = "* text=auto eol=lf".to_owned();
        Outcome::of([symptom.fix(Fix::safe(
            "write `* text=auto eol=lf` to `.gitattributes`",
            [Action::edit(
                project.join(".gitattributes"),
                Edit::Append(vec![line]),
            )],
        ))])
    })
}
