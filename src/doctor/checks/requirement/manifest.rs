//! `pyproject.toml` against the requirements file that is deployed.

use std::collections::BTreeMap;

use super::deployment::{evidence, hides_requirements, is_ours, locked_again, platform_facts};
use super::lock::{is_lock, unsatisfied};
use super::pins::listed;
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Node;
use crate::doctor::facts::requirements::{Entry, File, Kind, Requirement, Source};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// REQ007.
pub(super) fn disagreement(facts: &Facts) -> Outcome {
    let manifest = facts.in_project("pyproject.toml");
    if !manifest.is_file() {
        return Outcome::Skipped("there is no pyproject.toml");
    }
    let Some(deploy) = facts.requirements().deploy() else {
        return Outcome::Skipped("there is no requirements file that is deployed");
    };
    if let Some(symptom) = hidden(facts, deploy) {
        return Outcome::of([symptom]);
    }
    let document = facts.pyproject();
    if document.at(&["project"]).is_none() {
        return Outcome::Skipped("pyproject.toml has no [project] table");
    }
    let is_dynamic = document
        .at(&["project", "dynamic"])
        .is_some_and(|it| it.texts().contains(&"dependencies"));
    let installs_project = deploy.entries().any(|(_, entry)| is_project(&entry.kind));
    if is_dynamic || installs_project {
        return Outcome::Healthy;
    }
    let mut symptoms: Vec<Symptom> = missing(facts, deploy).into_iter().collect();
    symptoms.extend(constraints(facts, deploy));
    Outcome::of(symptoms)
}

/// Whether an entry installs the project itself, with what its `pyproject.toml` asks for.
fn is_project(kind: &Kind) -> bool {
    let (Kind::Editable(place) | Kind::Place(place)) = kind else {
        return false;
    };
    let place = place.split(['[', ';']).next().unwrap_or_default().trim();
    matches!(place.trim_end_matches('/'), "." | "file:.")
}

/// On a platform that reads `pyproject.toml` alone: what stands only in the requirements file.
fn hidden(facts: &Facts, deploy: &Source) -> Option<Symptom> {
    if !hides_requirements(facts) {
        return None;
    }
    let manifest = facts.in_project("pyproject.toml");
    let document = facts.pyproject();
    let first = deploy.requirements().next()?;
    if document.at(&["project"]).is_none() {
        let words = format!(
            "Vercel reads `pyproject.toml` in place of `{}`, and it has no [project] table: nothing is installed",
            facts.shown(deploy.path())
        );
        let symptom = Symptom::new(words).seen_in(Evidence::path(manifest).line(1));
        return Some(symptom.seen_in(evidence(first.0, first.1)));
    }
    // A lock has more than what is asked for, and our own checks hold it to `pyproject.toml`.
    if is_lock(facts, first.0) {
        return None;
    }
    let declared: Vec<&str> = facts
        .requirements()
        .dependencies()
        .filter_map(|it| Some(it.requirement.as_ref().ok()?.name.as_str()))
        .collect();
    let only: Vec<(&File, &Entry, &Requirement)> = deploy
        .requirements()
        .filter(|(_, _, it)| !declared.contains(&it.name.as_str()))
        .collect();
    let (file, entry, _) = only.first()?;
    let names = listed(only.iter().map(|(_, _, it)| it.name.as_str()));
    let words = format!(
        "Vercel reads `pyproject.toml` in place of `{}`, and does not install {names}",
        facts.shown(deploy.path())
    );
    let symptom = Symptom::new(words).seen_in(evidence(file, entry));
    Some(locked_again(facts, symptom))
}

/// What is declared, and not deployed as it is declared.
fn missing(facts: &Facts, deploy: &Source) -> Option<Symptom> {
    let requirements = facts.requirements();
    let wrong = unsatisfied(requirements.dependencies(), deploy);
    let all = requirements.dependencies().count();
    // Where a file has nothing of what is declared, it is there for something else.
    if wrong.is_empty()
        || !is_ours(facts) && wrong.len() == all && !is_lock(facts, &deploy.files.first()?.file)
    {
        return None;
    }
    let (first, _) = wrong.first()?;
    let words = format!(
        "`pyproject.toml` asks for `{}`, and `{}` {}",
        first.text,
        facts.shown(deploy.path()),
        listed(wrong.iter().map(|(_, words)| words.as_str()))
    );
    let manifest = facts.in_project("pyproject.toml");
    let symptom = Symptom::new(words)
        .seen_in(Evidence::path(manifest).line(first.line))
        .seen_in(Evidence::path(deploy.path()));
    Some(locked_again(facts, symptom))
}

/// In a project of ours whose platform reads `pyproject.toml`: the lock stands there too, as constraints.
fn constraints(facts: &Facts, deploy: &Source) -> Option<Symptom> {
    if !platform_facts(facts)?.constraints_in_pyproject {
        return None;
    }
    let document = facts.pyproject();
    let list = document.at(&["tool", "uv", "constraint-dependencies"]);
    let items = list.map(Node::items).unwrap_or_default();
    let pinned = |it: &Requirement| Some((it.name.clone(), it.pin()?.to_string()));
    let there: BTreeMap<String, String> = items
        .iter()
        .filter_map(|it| pinned(&Requirement::parse(it.text()?).ok()?))
        .collect();
    let locked: BTreeMap<String, String> = deploy
        .requirements()
        .filter_map(|(_, _, it)| pinned(it))
        .collect();
    if there == locked {
        return None;
    }
    let differs = |name: &&String| there.get(*name) != locked.get(*name);
    let names: Vec<&String> = there.keys().chain(locked.keys()).filter(differs).collect();
    let mut names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let words = format!(
        "`[tool.uv] constraint-dependencies` does not hold {} to what `{}` locks",
        listed(names.into_iter()),
        facts.shown(deploy.path())
    );
    let line = list.map_or(1, |it| it.line);
    let evidence = Evidence::path(facts.in_project("pyproject.toml")).line(line);
    Some(locked_again(facts, Symptom::new(words).seen_in(evidence)))
}
