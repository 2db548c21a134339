//! What no installer can read: REQ014.

use std::collections::BTreeSet;
use std::path::Path;

use super::deployment::{evidence, is_ours};
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Language;
use crate::doctor::facts::reading::Reading;
use crate::doctor::facts::requirements::{Declared, Entry, File, Kind, Lost, Role};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// More of them are not said one by one.
const MOST: usize = 20;

/// The hashes that installers know, with the length of each in hexadecimal digits.
const HASHES: [(&str, usize); 6] = [
    ("md5", 32),
    ("sha1", 40),
    ("sha256", 64),
    ("sha384", 96),
    ("sha512", 128),
    ("blake2b", 128),
];

/// REQ014.
pub(super) fn unreadable(facts: &Facts) -> Outcome {
    let requirements = facts.requirements();
    let pipfile = facts.in_project("Pipfile");
    let is_asked = !requirements.sources.is_empty()
        || !requirements.declared.is_empty()
        || !requirements.kept.is_empty()
        || !requirements.unreadable.is_empty();
    if !is_asked && *facts.read(&pipfile) == Reading::Absent {
        return Outcome::Skipped("nothing says what is to be installed");
    }
    let unreadable = requirements.unreadable.iter().chain([&pipfile]);
    let mut symptoms: Vec<Symptom> = unreadable.filter_map(|path| of_file(facts, path)).collect();
    symptoms.extend(of_pipfile(facts, &pipfile));
    let mut seen = BTreeSet::new();
    for source in &requirements.sources {
        for lost in &source.lost {
            if seen.insert((lost.file.clone(), lost.line)) {
                symptoms.extend(of_include(facts, lost));
            }
        }
        for included in &source.files {
            let file = &*included.file;
            for entry in &file.entries {
                // A file that several others include is one file.
                if symptoms.len() >= MOST || seen.contains(&(file.path.clone(), entry.line)) {
                    continue;
                }
                if let Some(symptom) = of_entry(facts, file, entry) {
                    seen.insert((file.path.clone(), entry.line));
                    let is_lock = source.role == Role::Deploy && is_ours(facts);
                    symptoms.push(if is_lock {
                        symptom.next("scaffold lock")
                    } else {
                        symptom
                    });
                }
            }
        }
    }
    let declared = requirements.declared.iter();
    symptoms.extend(declared.filter_map(|it| of_declared(facts, it)));
    symptoms.truncate(MOST);
    Outcome::of(symptoms)
}

/// A file that is there and cannot be read.
fn of_file(facts: &Facts, path: &Path) -> Option<Symptom> {
    let Reading::Unreadable(why) = &*facts.read(path) else {
        return None;
    };
    let words = format!("`{}` cannot be read: {why}", facts.shown(path));
    Some(Symptom::new(words).seen_in(Evidence::path(path)))
}

/// A `Pipfile` that is no TOML.
fn of_pipfile(facts: &Facts, path: &Path) -> Option<Symptom> {
    let parsed = facts.parsed(path, Language::Toml)?;
    let mistake = parsed.err()?;
    let words = format!(
        "`{}` cannot be read: {}",
        facts.shown(path),
        mistake.message
    );
    Some(Symptom::new(words).seen_in(Evidence::path(path).line(mistake.line)))
}

/// An include of a file that is not there, or cannot be read.
fn of_include(facts: &Facts, lost: &Lost) -> Option<Symptom> {
    let target = facts.shown(&lost.target);
    let words = match &*facts.read(&lost.target) {
        Reading::Absent => format!("`{target}` is named here, and is not there"),
        Reading::Unreadable(why) => format!("`{target}` is named here, and cannot be read: {why}"),
        // There were too many files to look at all of them.
        Reading::Bytes(_) => return None,
    };
    let evidence = Evidence::path(lost.file.clone()).line(lost.line);
    Some(Symptom::new(words).seen_in(evidence))
}

fn of_entry(facts: &Facts, file: &File, entry: &Entry) -> Option<Symptom> {
    if let Kind::Malformed(why) = &entry.kind {
        if !is_plain(&entry.text) {
            return None;
        }
        let marks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        let words = if marks.iter().any(|it| entry.text.starts_with(it)) {
            format!(
                "`{}` has the marks of a merge that was not finished",
                facts.shown(&file.path)
            )
        } else {
            format!("{} cannot be read: {why}", shown(&entry.text))
        };
        return Some(Symptom::new(words).seen_in(evidence(file, entry)));
    }
    let is_cut = |it: &&String| !is_hash(it);
    let cut = entry.hashes.iter().find(is_cut)?;
    let words = format!("`{cut}` is no whole hash of {}", shown(&entry.text));
    let symptom = Symptom::new(words).seen_in(evidence(file, entry));
    // One that is whole is enough for an installer.
    Some(if entry.hashes.iter().all(|it| !is_hash(it)) {
        symptom
    } else {
        symptom.severity(Severity::Warning)
    })
}

fn of_declared(facts: &Facts, declared: &Declared) -> Option<Symptom> {
    let why = declared.requirement.as_ref().err()?;
    if !is_plain(&declared.text) {
        return None;
    }
    let words = format!("{} cannot be read: {why}", shown(&declared.text));
    let evidence = Evidence::path(facts.in_project("pyproject.toml")).line(declared.line);
    Some(Symptom::new(words).seen_in(evidence))
}

/// Whether the text is what an installer gets to see: not with variables or a template's places to be filled in, and not in some encoding
/// that is not known here (REQ004).
fn is_plain(text: &str) -> bool {
    const LONGEST: usize = 4_000;
    !text.contains(['{', char::REPLACEMENT_CHARACTER]) && text.len() < LONGEST
}

/// The text, without an address: there may be a secret in it.
fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    if text.contains("://") {
        return "a requirement with an address".to_owned();
    }
    let short: String = text.chars().take(SHOWN).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("`{short}{more}`")
}

/// Whether it is whole, as far as its algorithm is known.
fn is_hash(hash: &str) -> bool {
    if hash.contains('$') {
        return true;
    }
    let Some((name, digits)) = hash.split_once(':') else {
        return false;
    };
    let known = HASHES.iter().find(|(it, _)| *it == name);
    known.is_none_or(|(_, length)| {
        // A lock has thousands of digits: looked at to the end, they are looked at many at a time.
        let are_digits = |all, it: u8| all & it.is_ascii_hexdigit();
        digits.len() == *length && digits.bytes().fold(true, are_digits)
    })
}
