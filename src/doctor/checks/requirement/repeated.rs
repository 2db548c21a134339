//! Requirements that are there twice.

use super::deployment::{evidence, locked_again};
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::reading::Reading;
use crate::doctor::facts::requirements::{
    Encoding, Entry, File, MarkerValues, Requirement, Source,
};
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Outcome, Symptom};

/// The systems that markers are tried on: `os_name`, `sys_platform`, `platform_system`, `platform_machine`.
const SYSTEMS: [[&str; 4]; 5] = [
    ["posix", "linux", "Linux", "x86_64"],
    ["posix", "linux", "Linux", "aarch64"],
    ["posix", "darwin", "Darwin", "arm64"],
    ["posix", "darwin", "Darwin", "x86_64"],
    ["nt", "win32", "Windows", "AMD64"],
];

/// The series that markers are tried on, below Python 3.
const MINORS: std::ops::RangeInclusive<u8> = 9..=15;

/// The machines that markers are tried on.
fn machines() -> impl Iterator<Item = MarkerValues> {
    SYSTEMS.into_iter().flat_map(|system| {
        let [os_name, platform, name, machine] = system.map(|it| Some(it.to_owned()));
        MINORS.map(move |minor| MarkerValues {
            os_name: os_name.clone(),
            sys_platform: platform.clone(),
            platform_system: name.clone(),
            platform_machine: machine.clone(),
            platform_python_implementation: Some("CPython".to_owned()),
            implementation_name: Some("cpython".to_owned()),
            python_version: Some(format!("3.{minor}")),
            python_full_version: Some(format!("3.{minor}.0")),
        })
    })
}

/// The machines of a platform's builder: Linux, on either processor.
pub(super) fn of_linux() -> impl Iterator<Item = MarkerValues> {
    machines().filter(|it| it.sys_platform.as_deref() == Some("linux"))
}

/// Whether some machine installs both.
fn meet(one: &Requirement, other: &Requirement) -> bool {
    match (&one.marker, &other.marker) {
        (None, None) => true,
        _ => machines().any(|it| one.holds(&it, &[]) && other.holds(&it, &[])),
    }
}

type Line<'a> = (&'a File, &'a Entry, &'a Requirement);

/// REQ003.
pub(super) fn requirements(facts: &Facts) -> Outcome {
    let mut symptoms: Vec<Symptom> = Vec::new();
    for source in &facts.requirements().sources {
        for symptom in of_source(facts, source) {
            let is_new = symptoms.iter().all(|it| it.evidence != symptom.evidence);
            symptoms.extend(Some(symptom).filter(|_| is_new));
        }
    }
    Outcome::of(symptoms)
}

fn of_source(facts: &Facts, source: &Source) -> Vec<Symptom> {
    // By name, so that only lines of the same name are held against each other.
    let mut lines: Vec<(usize, Line<'_>)> = source.requirements().enumerate().collect();
    let constraints = source.files.iter().filter(|it| it.is_constraint);
    let constraints = constraints.flat_map(|it| {
        let file = &*it.file;
        file.requirements()
            .map(move |(entry, requirement)| (file, entry, requirement))
    });
    let own = lines.len();
    lines.extend(constraints.map(|it| (usize::MAX, it)));
    lines.sort_by(|(a, one), (b, other)| (&one.2.name, a).cmp(&(&other.2.name, b)));
    let mut symptoms = Vec::new();
    for same in lines.chunk_by(|(_, one), (_, other)| one.2.name == other.2.name) {
        // A name that hundreds of lines have is not held against itself line by line.
        for (place, (number, other)) in same.iter().enumerate().take(50) {
            for (first, one) in same.iter().take(place) {
                // Of two constraints, nothing is to be installed.
                if *first < own {
                    let is_constraint = *number >= own;
                    symptoms.extend(pair(facts, *one, *other, is_constraint));
                }
            }
        }
    }
    symptoms
}

fn pair(facts: &Facts, one: Line<'_>, other: Line<'_>, is_constraint: bool) -> Option<Symptom> {
    let (file, entry, requirement) = one;
    let (second_file, second_entry, second) = other;
    let name = &requirement.name;
    if requirement.url.is_some() || second.url.is_some() || !meet(requirement, second) {
        return None;
    }
    let is_against = |pinned: &Requirement, asked: &Requirement| {
        pinned.pin().is_some_and(|it| !asked.allows(it))
    };
    let places = [evidence(file, entry), evidence(second_file, second_entry)];
    let [first_place, second_place] = places;
    if is_against(requirement, second) || is_against(second, requirement) {
        let words = format!(
            "{name} is asked for as `{}` and as `{}`: no version is both",
            requirement.versions, second.versions
        );
        let symptom = Symptom::new(words)
            .seen_in(first_place)
            .seen_in(second_place);
        return Some(locked_again(facts, symptom));
    }
    let is_same = requirement == second
        && file.path == second_file.path
        && entry.hashes == second_entry.hashes
        && !is_constraint;
    is_same.then(|| {
        let symptom = Symptom::new(format!("{name} is there twice"))
            .severity(Severity::Warning)
            .seen_in(first_place)
            .seen_in(second_place);
        match without(facts, second_file, second_entry) {
            Some(action) => symptom.fix(Fix::ask("keep the first of the lines", [action])),
            None => symptom,
        }
    })
}

/// The file without an entry: as a whole, for an edit by lines could hit the other one.
pub(super) fn without(facts: &Facts, file: &File, entry: &Entry) -> Option<Action> {
    let Reading::Bytes(bytes) = &*facts.read(&file.path) else {
        return None;
    };
    if file.encoding != Encoding::Utf8 {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let first = usize::try_from(entry.line).ok()?.checked_sub(1)?;
    let taken = first..first.checked_add(entry.lines().count())?;
    let lines = text.split_inclusive('\n').enumerate();
    let kept = lines.filter(|(number, _)| !taken.contains(number));
    let new: String = kept.map(|(_, line)| line).collect();
    let edit = Edit::Replace {
        old: bytes.clone(),
        new: new.into_bytes(),
    };
    Some(Action::edit(file.path.clone(), edit))
}
