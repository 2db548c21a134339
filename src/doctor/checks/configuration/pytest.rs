//! Which of pytest's settings count: <https://docs.pytest.org/en/stable/reference/customize.html>.

use std::path::PathBuf;

use crate::doctor::facts::Facts;
use crate::doctor::facts::ini::Ini;
use crate::doctor::facts::node::Node;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// Settings of pytest.
struct Settings {
    file: PathBuf,
    line: u32,
    testpaths: Vec<String>,
    /// The line of `testpaths`.
    testpaths_line: u32,
    place: Place,
}

/// Where they stand.
#[derive(Clone, Copy)]
enum Place {
    /// In this section.
    Ini(&'static str),
    /// At these keys.
    Toml(&'static [&'static str]),
}

/// The places in the order in which pytest looks; the last word says whether the file counts without the section as well.
const PLACES: [(&str, Place, bool); 8] = [
    ("pytest.toml", Place::Toml(&["pytest"]), true),
    (".pytest.toml", Place::Toml(&["pytest"]), true),
    ("pytest.ini", Place::Ini("pytest"), true),
    (".pytest.ini", Place::Ini("pytest"), true),
    ("pyproject.toml", Place::Toml(&["tool", "pytest"]), false),
    (
        "pyproject.toml",
        Place::Toml(&["tool", "pytest", "ini_options"]),
        false,
    ),
    ("tox.ini", Place::Ini("pytest"), false),
    ("setup.cfg", Place::Ini("tool:pytest"), false),
];

/// CFG002.
pub(super) fn settings(facts: &Facts) -> Outcome {
    let all: Vec<Settings> = PLACES
        .iter()
        .filter_map(|(name, place, counts)| read(facts, name, *place, *counts))
        .collect();
    let Some((first, others)) = all.split_first() else {
        return Outcome::Skipped("pytest has no settings here");
    };
    let mut symptoms: Vec<Symptom> = others
        .iter()
        .filter(|it| it.file != first.file)
        .map(|other| {
            Symptom::new(format!(
                "pytest reads `{}`, and passes over its settings in `{}`",
                facts.shown(&first.file),
                facts.shown(&other.file)
            ))
            .seen_in(Evidence::path(first.file.clone()).line(first.line))
            .seen_in(Evidence::path(other.file.clone()).line(other.line))
        })
        .collect();
    symptoms.extend(missing(facts, first));
    Outcome::of(symptoms)
}

fn read(facts: &Facts, name: &str, place: Place, counts: bool) -> Option<Settings> {
    let file = facts.in_project(name);
    let (line, testpaths, testpaths_line) = match place {
        Place::Ini(section) => {
            let ini = Ini::parse(&facts.text(&file)?);
            let section = ini.section(section);
            if section.is_none() && !counts {
                return None;
            }
            let paths = section.and_then(|it| it.option("testpaths"));
            let words = paths.map(|it| it.words().into_iter().map(str::to_owned).collect());
            (
                section.map_or(1, |it| it.line),
                words.unwrap_or_default(),
                paths.map_or(1, |it| it.line),
            )
        }
        Place::Toml(keys) => {
            let document = facts.node(&file);
            let table = document.at(keys);
            let is_empty = || {
                // `[tool.pytest.ini_options]` by itself makes a `[tool.pytest]` that says nothing.
                let entries = table.into_iter().flat_map(Node::entries);
                entries.filter(|it| it.key != "ini_options").count() == 0
            };
            if !file.is_file() || !counts && is_empty() {
                return None;
            }
            let paths = table.and_then(|it| it.at(&["testpaths"]));
            let words = paths.map(|it| {
                let texts = it.texts().into_iter();
                texts.flat_map(str::split_whitespace).map(str::to_owned)
            });
            (
                table.map_or(1, |it| it.line),
                words.into_iter().flatten().collect(),
                paths.map_or(1, |it| it.line),
            )
        }
    };
    Some(Settings {
        file,
        line,
        testpaths,
        testpaths_line,
        place,
    })
}

/// The folders of tests that are not there.
fn missing(facts: &Facts, settings: &Settings) -> Option<Symptom> {
    let is_there = |it: &String| {
        let is_pattern = it.contains(['*', '?', '[']);
        is_pattern || facts.is_there(&facts.in_project(it))
    };
    let (there, missing): (Vec<&String>, Vec<&String>) =
        settings.testpaths.iter().partition(|it| is_there(it));
    if missing.is_empty() {
        return None;
    }
    let shown: Vec<String> = missing.iter().map(|it| format!("`{it}`")).collect();
    let symptom = Symptom::new(format!(
        "`testpaths` names {}, which {} not there",
        shown.join(", "),
        if shown.len() == 1 { "is" } else { "are" }
    ))
    .seen_in(Evidence::path(settings.file.clone()).line(settings.testpaths_line));
    let mut kept: Vec<&str> = there.into_iter().map(String::as_str).collect();
    if kept.is_empty() {
        let usual = ["tests", "test"];
        kept.extend(
            usual
                .iter()
                .find(|it| facts.is_folder(&facts.in_project(it))),
        );
    }
    if kept.is_empty() {
        return Some(symptom);
    }
    let edit = match settings.place {
        Place::Ini(section) => Edit::Ini {
            section: section.to_owned(),
            key: "testpaths".to_owned(),
            value: kept.join(" "),
        },
        Place::Toml(keys) => Edit::Toml {
            keys: keys
                .iter()
                .chain(&["testpaths"])
                .map(|it| (*it).to_owned())
                .collect(),
            value: format!(
                "[{}]",
                kept.iter()
                    .map(|it| toml_text(it))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        },
    };
    let action = Action::edit(settings.file.clone(), edit);
    let title = format!("keep {} in `testpaths`", kept.join(", "));
    Some(symptom.fix(Fix::ask(title, [action])))
}

/// A word as TOML.
fn toml_text(word: &str) -> String {
    toml_edit::Value::from(word).to_string()
}
