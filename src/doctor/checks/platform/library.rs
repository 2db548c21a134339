//! The platform's libraries among the requirements: there, and in a version for the project's Python.

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::project_python::ProjectPython;
use super::{each, of};
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::reading::names;
use crate::doctor::facts::requirements::{Entry, File, Requirement};
use crate::doctor::facts::target::Target;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::platform::Library;
use crate::python::grammar::Module;

/// PLAT011.
pub(super) fn other_python(facts: &Facts) -> Outcome {
    let Some(own) = ProjectPython::of(facts) else {
        return Outcome::Skipped("nothing says which Python the project is for");
    };
    let version = Version::new([u64::from(own.series.major), u64::from(own.series.minor)]);
    each(facts, |target, _| {
        let Some(source) = facts.requirements().deploy() else {
            return Vec::new();
        };
        let asked = source.requirements();
        let asked = asked.filter(|(_, _, it)| it.marker.is_none() && it.url.is_none());
        let symptoms = asked.filter_map(|(file, entry, requirement)| {
            let library = unfit(target, requirement, &version)?;
            let symptom = Symptom::new(format!(
                "`{}` runs on Python {}, and the project is for Python {}",
                entry.text, library.python, own.series
            ))
            .seen_in(
                Evidence::path(&file.path)
                    .line(entry.line)
                    .says(&library.source),
            )
            .seen_in(own.evidence())
            .by_table(facts, &target.facts.as_of);
            Some(match fit(target, library, file, entry, &version) {
                Some(fix) => symptom.fix(fix),
                None => symptom,
            })
        });
        symptoms.collect()
    })
}

fn has(specifiers: &str, version: &Version) -> bool {
    specifiers
        .parse::<VersionSpecifiers>()
        .is_ok_and(|it| it.contains(version))
}

/// The versions of a library that are asked for, where none of them runs on this Python.
fn unfit<'a>(
    target: &'a Target,
    requirement: &Requirement,
    python: &Version,
) -> Option<&'a Library> {
    let libraries = target.facts.libraries.iter();
    let mut libraries = libraries.filter(|it| it.name == requirement.name);
    libraries.find(|library| {
        let is_meant = requirement.versions.iter().any(|it| match it.operator() {
            Operator::Equal | Operator::EqualStar | Operator::TildeEqual => {
                has(&library.version, it.version())
            }
            // From there on upwards there are only those.
            Operator::GreaterThanEqual => {
                library.version.starts_with(">=") && has(&library.version, it.version())
            }
            _ => false,
        });
        is_meant && !has(&library.python, python)
    })
}

/// What asks for the versions that do run on it, where the line is a plain one.
fn fit(
    target: &Target,
    unfit: &Library,
    file: &File,
    entry: &Entry,
    python: &Version,
) -> Option<Fix> {
    let libraries = target.facts.libraries.iter();
    let other = libraries
        .filter(|it| it.name == unfit.name)
        .find(|it| has(&it.python, python))?;
    let line = entry.only_line()?;
    if !entry.hashes.is_empty() || line.matches(&entry.text).count() != 1 {
        return None;
    }
    let wanted = format!("{}{}", other.name, other.version);
    let edit = Edit::Line {
        number: entry.line,
        old: line.to_owned(),
        new: Some(line.replace(&entry.text, &wanted)),
    };
    let title = format!("ask for `{wanted}`");
    Some(Fix::ask(title, [Action::edit(&file.path, edit)]))
}

/// PLAT012.
pub(super) fn framework(facts: &Facts) -> Outcome {
    of(facts, "google-functions", |target, deployment| {
        let main = facts.in_project("main.py");
        let Some(text) = facts.text(&main) else {
            let is_elsewhere = names(&facts.in_project("")).into_iter().any(|it| {
                let folder = facts.in_project(&it);
                folder.join("main.py").is_file()
                    || names(&folder)
                        .iter()
                        .any(|it| folder.join(it).join("main.py").is_file())
            });
            // In a container the framework can be told any file.
            let is_told = ["Dockerfile", "Procfile"]
                .iter()
                .any(|it| facts.is_file(&facts.in_project(it)));
            if is_elsewhere || is_told || main.exists() {
                return Vec::new();
            }
            let place = Evidence::path(&target.file);
            let words = "there is no `main.py`, where Google looks for the function";
            let symptom = Symptom::new(words).seen_in(match target.line {
                Some(line) => place.line(line),
                None => place,
            });
            // Without a command that deploys it, the file may be named elsewhere.
            return vec![if deployment.functions.is_empty() {
                symptom.severity(Severity::Warning)
            } else {
                symptom
            }];
        };
        let imports =
            Module::read(&text).is_some_and(|it| it.imports.contains("functions_framework"));
        let Some(source) = facts.requirements().deploy().filter(|_| imports) else {
            return Vec::new();
        };
        let is_asked = source.entries().any(|(_, it)| {
            it.text.contains("functions-framework") || it.text.contains("functions_framework")
        });
        if is_asked {
            return Vec::new();
        }
        let symptom = Symptom::new(format!(
            "`main.py` imports `functions_framework`, and `{}` does not ask for it",
            facts.shown(source.path())
        ))
        .seen_in(Evidence::path(&main))
        .seen_in(Evidence::path(source.path()));
        // A line without a hash would break one with hashes.
        vec![if source.is_hashed() {
            symptom
        } else {
            let line = "functions-framework==3.*".to_owned();
            let title = format!("add `{line}` to `{}`", facts.shown(source.path()));
            let edit = Edit::Append(vec![line]);
            symptom.fix(Fix::safe(title, [Action::edit(source.path(), edit)]))
        }]
    })
}
