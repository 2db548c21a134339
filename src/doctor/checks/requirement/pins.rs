//! Pins and hashes: whether the same is installed each time.

use std::collections::BTreeSet;

use super::deployment::{evidence, is_ours, locked_again};
use crate::doctor::facts::Facts;
use crate::doctor::facts::requirements::{Encoding, Entry, File, Kind, Requirement, Source};
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Outcome, Symptom};

/// How many of the same kind are named in a message.
const SHOWN: usize = 4;

/// REQ001.
pub(super) fn unpinned(facts: &Facts) -> Outcome {
    let Some(deploy) = facts.requirements().deploy() else {
        return Outcome::Skipped("there is no requirements file that is deployed");
    };
    let constrained = constrained(deploy);
    let loose: Vec<(&File, &Entry, &Requirement)> = deploy
        .requirements()
        .filter(|(_, _, it)| {
            it.pin().is_none() && it.url.is_none() && !constrained.contains(it.name.as_str())
        })
        .collect();
    if loose.is_empty() {
        return Outcome::Healthy;
    }
    let names = listed(loose.iter().map(|(_, _, it)| it.name.as_str()));
    let mut symptom = Symptom::new(format!(
        "`{}` does not say which version of {names}",
        facts.shown(deploy.path())
    ));
    for (file, entry, _) in loose.iter().take(SHOWN) {
        symptom = symptom.seen_in(evidence(file, entry));
    }
    if is_ours(facts) {
        return Outcome::of([locked_again(facts, symptom)]);
    }
    let Some(environment) = facts.environment() else {
        return Outcome::of([symptom]);
    };
    let actions: Vec<Action> = loose
        .iter()
        .filter_map(|(file, entry, requirement)| {
            let version = environment.version_of(&requirement.name)?;
            if !requirement.allows(&version) {
                return None;
            }
            pinned(file, entry, &version.to_string())
        })
        .collect();
    Outcome::of([if actions.is_empty() {
        symptom
    } else {
        symptom.fix(Fix::ask("pin what is installed here", actions))
    }])
}

/// The names that constraints pin.
fn constrained(source: &Source) -> BTreeSet<&str> {
    let files = source.files.iter().filter(|it| it.is_constraint);
    let requirements = files.flat_map(|it| it.file.requirements());
    requirements
        .filter(|(_, it)| it.pin().is_some())
        .map(|(_, it)| it.name.as_str())
        .collect()
}

/// Names in a row: `a, b and 3 more`.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let (shown, rest) = names.split_at(names.len().min(SHOWN));
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

/// The change that pins an entry of one line, its extras, marker and comment kept.
fn pinned(file: &File, entry: &Entry, version: &str) -> Option<Action> {
    let line = entry.only_line()?;
    if file.encoding != Encoding::Utf8 {
        return None;
    }
    let place = line.find(&entry.text)?;
    let (before, rest) = line.split_at_checked(place)?;
    let after = rest.strip_prefix(entry.text.as_str())?;
    let (asked, marker) = match entry.text.split_once(';') {
        Some((asked, marker)) => (asked, format!(" ;{marker}")),
        None => (entry.text.as_str(), String::new()),
    };
    let end = match asked.find(']') {
        Some(bracket) => bracket + 1,
        None => asked
            .find(['<', '>', '=', '!', '~', '(', ' '])
            .unwrap_or(asked.len()),
    };
    let name = asked.get(..end)?.trim_end();
    let edit = Edit::Line {
        number: entry.line,
        old: line.to_owned(),
        new: Some(format!("{before}{name}=={version}{marker}{after}")),
    };
    Some(Action::edit(file.path.clone(), edit))
}

/// REQ002.
pub(super) fn partly_hashed(facts: &Facts) -> Outcome {
    let sources = &facts.requirements().sources;
    Outcome::of(sources.iter().filter_map(|source| {
        let wants_hashes = source.entries().any(|(_, entry)| {
            !entry.hashes.is_empty()
                || matches!(&entry.kind, Kind::Option(name, _) if name == "--require-hashes")
        });
        if !wants_hashes {
            return None;
        }
        let hashed = hashed_elsewhere(source);
        let without: Vec<(&File, &Entry, String)> = source
            .entries()
            .filter(|(_, entry)| entry.hashes.is_empty())
            .filter_map(|(file, entry)| Some((file, entry, without_hash(entry, &hashed)?)))
            .collect();
        let (file, entry, _) = without.first()?;
        let names = listed(without.iter().map(|(_, _, name)| name.as_str()));
        let symptom = Symptom::new(format!(
            "`{}` has hashes, but none for {names}",
            facts.shown(source.path())
        ))
        .seen_in(evidence(file, entry));
        Some(locked_again(facts, symptom))
    }))
}

/// The names whose hashes a constraint has, which pip counts as well.
fn hashed_elsewhere(source: &Source) -> BTreeSet<&str> {
    let files = source.files.iter().filter(|it| it.is_constraint);
    let entries = files.flat_map(|it| it.file.requirements());
    entries
        .filter(|(entry, _)| !entry.hashes.is_empty())
        .map(|(_, it)| it.name.as_str())
        .collect()
}

/// What an entry without a hash installs.
fn without_hash(entry: &Entry, hashed: &BTreeSet<&str>) -> Option<String> {
    match &entry.kind {
        // An archive can have its hash in its address.
        Kind::Requirement(it) => {
            let is_in_address = it.url.as_ref().is_some_and(|it| it.contains("#sha256="));
            (!is_in_address && !hashed.contains(it.name.as_str())).then(|| it.name.clone())
        }
        Kind::Editable(_) => Some("what is editable".to_owned()),
        Kind::Place(place) => (!place.contains("sha256=")).then(|| "an address".to_owned()),
        _ => None,
    }
}
