//! What the project asks for against what is there: DEP001, DEP002, DEP003.

use std::collections::BTreeSet;

use super::installer::{Installer, Line};
use super::{listed, of_closed, of_installed};
use crate::doctor::facts::Facts;
use crate::doctor::facts::asked::{Asked, is_ours};
use crate::doctor::facts::distributions::Distributions;
use crate::doctor::facts::requirements::{Source, normalized};
use crate::doctor::fix::Fix;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

const NOTHING_ASKED: Outcome = Outcome::Skipped("nothing says what is to be installed");

/// So many places are shown of what can be many.
const PLACES: usize = 10;

pub(super) fn missing(facts: &Facts) -> Outcome {
    of_closed(facts, |_| {
        if facts.asked().is_empty() {
            return NOTHING_ASKED;
        }
        let missing = facts.missing();
        let names: BTreeSet<&str> = missing.iter().map(|it| &*it.requirement.name).collect();
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let message = match names.as_slice() {
            [] => return Outcome::Healthy,
            [_] => format!("{} is not installed", listed(&names)),
            _ => format!("{} are not installed", listed(&names)),
        };
        let symptom = seen(Symptom::new(message), &missing);
        Outcome::of([install(facts, symptom, &missing)])
    })
}

pub(super) fn wrong_version(facts: &Facts) -> Outcome {
    of_closed(facts, |installed| {
        let asked = facts.asked();
        if asked.is_empty() {
            return NOTHING_ASKED;
        }
        let found = |it: &Asked| {
            let there = installed.get(&it.requirement.name)?;
            let version = there.version.as_ref()?;
            (!it.requirement.allows(version)).then(|| version.to_string())
        };
        let wrong: Vec<(&Asked, String)> = asked
            .iter()
            .filter_map(|it| Some((it, found(it)?)))
            .collect();
        let places: Vec<&Asked> = wrong.iter().map(|(it, _)| *it).collect();
        let message = match wrong.as_slice() {
            [] => return Outcome::Healthy,
            [(asked, version)] => format!(
                "`{}` {version} is installed, and `{}` wants {}",
                asked.requirement.name,
                facts.shown(&asked.file),
                asked.requirement.versions
            ),
            _ => {
                let words: Vec<String> = wrong
                    .iter()
                    .map(|(it, version)| format!("{} {version}", it.requirement.name))
                    .collect();
                format!("{} are not what is asked for", listed(&words))
            }
        };
        let symptom = seen(Symptom::new(message), &places);
        Outcome::of([install(facts, symptom, &places)])
    })
}

fn seen(symptom: Symptom, places: &[&Asked]) -> Symptom {
    places.iter().take(PLACES).fold(symptom, |symptom, it| {
        let evidence = Evidence::path(it.file.clone()).line(it.line);
        symptom.seen_in(evidence.says(it.text.clone()))
    })
}

/// Adds how to install these.
fn install(facts: &Facts, symptom: Symptom, asked: &[&Asked]) -> Symptom {
    let in_manifest: Vec<&&Asked> = asked.iter().filter(|it| !it.is_in_file).collect();
    let keeper = facts.keeper().filter(|_| !in_manifest.is_empty());
    let is_there = keeper.is_some_and(|it| it.found(facts).is_some());
    if let Some(keeper) = keeper.filter(|it| is_there || !it.is_uv()) {
        // It alone knows what goes together.
        return keeper.typed(facts).into_iter().fold(symptom, Symptom::next);
    }
    let Some(installer) = Installer::of(facts) else {
        return symptom;
    };
    let locks = installer.locks();
    if is_ours(facts) && !in_manifest.is_empty() {
        // What is installed past the locks is gone with the next environment.
        let symptom = symptom.next("scaffold lock");
        let locked = installer.locked();
        return locked
            .iter()
            .fold(symptom, |it, line| it.next(line.typed()));
    }
    let mut lines: Vec<Line> = Vec::new();
    if asked.iter().any(|it| it.is_in_file) {
        match locks {
            Some(line) => lines.push(line),
            None => return symptom,
        }
    }
    if !in_manifest.is_empty() {
        let texts = in_manifest.iter().map(|it| it.text.clone());
        lines.push(installer.requirements(texts));
    }
    let symptom = lines
        .iter()
        .fold(symptom, |symptom, line| symptom.next(line.typed()));
    let actions = lines.iter().map(Line::action);
    symptom.fix(match keeper {
        // There is a lock, and nobody here who can read it.
        Some(keeper) => Fix::ask(
            format!(
                "install what is asked for in the newest versions that suit, as {} is not here",
                keeper.name
            ),
            actions,
        ),
        None => Fix::safe("install what is asked for", actions),
    })
}

/// What every environment may have.
pub(super) const SEEDS: [&str; 4] = ["pip", "setuptools", "wheel", "uv"];

pub(super) fn unasked(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let requirements = facts.requirements();
        if requirements.all().next().is_none() {
            return NOTHING_ASKED;
        }
        if is_asked_elsewhere(facts) {
            return Outcome::Skipped("what is asked for is also written elsewhere");
        }
        let places = requirements.sources.iter().flat_map(Source::entries);
        let has_places = places.into_iter().any(|(_, entry)| entry.is_place());
        if has_places || requirements.sources.iter().any(|it| !it.lost.is_empty()) {
            return Outcome::Skipped("not everything that is asked for has a name");
        }
        let roots = requirements.all().map(|it| it.name.as_str());
        let roots = roots.chain(own_needs(installed)).chain(SEEDS);
        let reached = facts.graph().reached(roots);
        let is_unasked = |name: &str| !reached.contains(name) && !SEEDS.contains(&name);
        let unasked: Vec<&str> = installed
            .projects()
            .filter(|(name, it)| {
                let is_here = it.path.starts_with(&installed.folder);
                is_here && is_unasked(name) && !is_own(facts, name) && it.origin().is_none()
            })
            .map(|(name, _)| name)
            .collect();
        let words: Vec<String> = unasked.iter().map(|it| (*it).to_owned()).collect();
        let message = match unasked.len() {
            0 => return Outcome::Healthy,
            1 => format!("nothing asks for {}", listed(&words)),
            more => format!("nothing asks for {more} packages: {}", listed(&words)),
        };
        let mut symptom = Symptom::new(message);
        for name in unasked.iter().take(PLACES) {
            if let Some(it) = installed.get(name) {
                symptom = symptom.seen_in(Evidence::path(it.path.clone()));
            }
        }
        if let Some(installer) = Installer::of(facts) {
            let line = installer.without(&unasked);
            let fix = Fix::ask("take away what nothing asks for", [line.action()]);
            symptom = symptom.next(line.typed()).fix(fix);
        }
        Outcome::of([symptom])
    })
}

/// Whether it is the project itself.
fn is_own(facts: &Facts, name: &str) -> bool {
    let document = facts.pyproject();
    let own = document
        .at(&["project", "name"])
        .and_then(|it| it.text().map(normalized));
    own.as_deref() == Some(name)
}

/// What was installed from a folder or repository was asked for by whoever did so; so was what it needs.
pub(super) fn own_needs(installed: &Distributions) -> impl Iterator<Item = &str> {
    let all = installed.projects();
    all.filter(|(_, it)| it.origin().is_some())
        .map(|(name, _)| name)
}

/// Whether other files or tables than those that are read here ask for packages.
pub(super) fn is_asked_elsewhere(facts: &Facts) -> bool {
    const FILES: [&str; 7] = [
        "setup.py",
        "setup.cfg",
        "Pipfile",
        "environment.yml",
        "environment.yaml",
        "tox.ini",
        "noxfile.py",
    ];
    const TABLES: [&[&str]; 5] = [
        &["tool", "poetry"],
        &["tool", "pdm", "dev-dependencies"],
        &["tool", "hatch", "envs"],
        &["tool", "uv", "dev-dependencies"],
        &["tool", "flit", "metadata"],
    ];
    let document = facts.pyproject();
    let is_dynamic = document
        .at(&["project", "dynamic"])
        .is_some_and(|it| it.texts().contains(&"dependencies"));
    is_dynamic
        || FILES.iter().any(|it| facts.is_file(&facts.in_project(it)))
        || TABLES.iter().any(|it| document.at(it).is_some())
}
