//! The tools that pre-commit runs in environments of its own, against the versions that the project has locked or installed.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use pep440_rs::Version;

use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Language, Node};
use crate::doctor::facts::python_version::only;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// The repositories of hooks whose revisions are the versions of a distribution.
const REPOSITORIES: [(&str, &str); 11] = [
    ("psf/black", "black"),
    ("psf/black-pre-commit-mirror", "black"),
    ("pycqa/flake8", "flake8"),
    ("pycqa/isort", "isort"),
    ("pycqa/pylint", "pylint"),
    ("pycqa/bandit", "bandit"),
    ("pre-commit/mirrors-mypy", "mypy"),
    ("astral-sh/ruff-pre-commit", "ruff"),
    ("charliermarsh/ruff-pre-commit", "ruff"),
    ("codespell-project/codespell", "codespell"),
    ("asottile/pyupgrade", "pyupgrade"),
];

/// VER004.
pub(super) fn hooks(facts: &Facts) -> Outcome {
    let file = facts.in_project(".pre-commit-config.yaml");
    let document = facts.node(&file);
    let repositories = document.at(&["repos"]).map(Node::items);
    let symptoms = repositories
        .unwrap_or_default()
        .iter()
        .filter_map(|repository| look(facts, &file, repository));
    Outcome::of(symptoms)
}

fn look(facts: &Facts, file: &Path, repository: &Node) -> Option<Symptom> {
    let address = repository.at(&["repo"])?.text()?;
    let name = tool(address)?;
    let node = repository.at(&["rev"])?;
    let said = node.text()?;
    let plain = said.strip_prefix('v').unwrap_or(said);
    let version = Version::from_str(plain).ok()?;
    let (wanted, place, line) = locked(facts, name).or_else(|| {
        let (version, place) = installed(facts, name)?;
        Some((version, place, None))
    })?;
    if wanted == version {
        return None;
    }
    let mut evidence = Evidence::path(place.clone());
    evidence.line = line;
    let symptom = Symptom::new(format!(
        "pre-commit runs {name} {version}, and {} has {wanted}",
        facts.shown(&place)
    ))
    .seen_in(Evidence::path(file).line(node.line).says(said))
    .seen_in(evidence);
    let content = facts.line(file, node.line)?;
    let Some((before, after)) = only(&content, plain) else {
        return Some(symptom);
    };
    let edit = Edit::Line {
        number: node.line,
        old: content.clone(),
        new: Some(format!("{before}{wanted}{after}")),
    };
    let title = format!("set the hook of {name} to {wanted}");
    Some(symptom.fix(Fix::ask(title, [Action::edit(file, edit)])))
}

/// The distribution that a repository of hooks runs.
fn tool(address: &str) -> Option<&'static str> {
    let address = address.trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    let mut parts = address.rsplit(['/', ':']);
    let (repository, owner) = (parts.next()?, parts.next()?);
    let path = format!("{owner}/{repository}").to_ascii_lowercase();
    let (_, name) = REPOSITORIES.iter().find(|(known, _)| *known == path)?;
    Some(name)
}

/// The version of a lock: a requirements file, `uv.lock` or `poetry.lock`.
fn locked(facts: &Facts, name: &str) -> Option<(Version, PathBuf, Option<u32>)> {
    for source in &facts.requirements().sources {
        let mut requirements = source.requirements();
        let pinned = requirements.find_map(|(file, entry, requirement)| {
            let version = requirement.pin().filter(|_| requirement.name == name)?;
            Some((version.clone(), file.path.clone(), Some(entry.line)))
        });
        if pinned.is_some() {
            return pinned;
        }
    }
    ["uv.lock", "poetry.lock"].iter().find_map(|lock| {
        let path = facts.in_project(lock);
        let document = facts.parsed(&path, Language::Toml)?.ok()?;
        let packages = document.at(&["package"])?.items();
        let package = packages
            .iter()
            .find(|it| it.at(&["name"]).and_then(Node::text) == Some(name))?;
        let node = package.at(&["version"])?;
        let version = Version::from_str(node.text()?).ok()?;
        Some((version, path, Some(node.line)))
    })
}

/// The version in the project's environment.
fn installed(facts: &Facts, name: &str) -> Option<(Version, PathBuf)> {
    let environment = facts.environment()?;
    let version = environment.version_of(name)?;
    Some((version, environment.folder.clone()))
}
