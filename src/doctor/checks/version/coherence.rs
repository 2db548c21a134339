//! One Python everywhere: what each place says against what the project is for.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::python_version::{Kind, Mention, Place, exactly, misread, places};
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::Series;

/// The version that the project is for, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Own {
    /// The version.
    pub(super) series: Series,
    file: PathBuf,
    line: u32,
}

/// A place that says something else.
struct Finding {
    is_of_ci: bool,
    symptom: Symptom,
    action: Option<Action>,
}

/// What the project was made for, else what its first file for a single version says.
pub(super) fn own(facts: &Facts, places: &[Place]) -> Option<Own> {
    let document = facts.pyproject();
    let answer = document.at(&["tool", "scaffold", "answers", "python"]);
    let recorded = answer.and_then(|node| {
        Some(Own {
            series: exactly(node.text()?)?,
            file: facts.in_project("pyproject.toml"),
            line: node.line,
        })
    });
    recorded.or_else(|| {
        let mut pins = places.iter().filter(|it| it.kind == Kind::Pin);
        let mention = pins.find_map(|it| it.mentions.first())?;
        Some(Own {
            series: mention.series,
            file: mention.file.clone(),
            line: mention.line,
        })
    })
}

/// VER001.
pub(super) fn ci(facts: &Facts) -> Outcome {
    look(facts, true)
}

/// VER002.
pub(super) fn files(facts: &Facts) -> Outcome {
    look(facts, false)
}

fn look(facts: &Facts, is_of_ci: bool) -> Outcome {
    let places = places(facts);
    let own = own(facts, &places);
    let mut findings = Vec::new();
    let is_allowed = own.as_ref().is_none_or(|it| facts.is_wanted(it.series));
    if let Some(own) = own.as_ref().filter(|_| !is_allowed) {
        findings.push(Finding {
            is_of_ci: false,
            symptom: Symptom::new(format!(
                "the project is for Python {}, which `requires-python` ({}) leaves out",
                own.series,
                wanted(facts)
            ))
            .seen_in(Evidence::path(own.file.clone()).line(own.line)),
            action: None,
        });
    }
    for place in &places {
        look_at(facts, place, own.as_ref(), &mut findings);
    }
    // One fix moves them all, whichever of the two codes it is asked for by.
    let actions: Vec<Action> = findings.iter().filter_map(|it| it.action.clone()).collect();
    let title = own.as_ref().map_or_else(
        || "put the versions in quotes".to_owned(),
        |own| format!("move every place to Python {}", own.series),
    );
    let mut fix = Some(Fix::ask(title, actions.clone())).filter(|_| !actions.is_empty());
    let found = findings.into_iter().filter(|it| it.is_of_ci == is_of_ci);
    Outcome::of(found.map(|it| match (&it.action, fix.take()) {
        (Some(_), Some(fix)) => it.symptom.fix(fix),
        (_, rest) => {
            fix = rest;
            it.symptom
        }
    }))
}

fn look_at(facts: &Facts, place: &Place, own: Option<&Own>, findings: &mut Vec<Finding>) {
    let is_of_ci = place.kind == Kind::Ci;
    for (file, line, named) in &place.missing {
        let create = own.filter(|_| named == ".python-version").map(|own| {
            let edit = Edit::Create(format!("{}\n", own.series));
            Action::edit(facts.in_project(named), edit)
        });
        findings.push(Finding {
            is_of_ci,
            symptom: Symptom::new(format!(
                "`{}` takes the version from `{named}`, which is not there",
                facts.shown(file)
            ))
            .seen_in(Evidence::path(file.clone()).line(*line)),
            action: create,
        });
    }
    for mention in place.mentions.iter().filter(|it| misread(facts, it)) {
        findings.push(Finding {
            is_of_ci,
            symptom: seen(
                facts,
                mention,
                &format!(
                    "says {} without quotes, which YAML takes for the number {}",
                    mention.says,
                    mention.says.trim_end_matches('0')
                ),
            ),
            action: mention.quoted(),
        });
    }
    let versions: BTreeSet<Series> = place.mentions.iter().map(|it| it.series).collect();
    let is_own = |series: Series| own.is_some_and(|it| it.series == series);
    if let Some(own) = own.filter(|it| !versions.is_empty() && !versions.contains(&it.series)) {
        differs(facts, place, own, &versions, findings);
        return;
    }
    for mention in &place.mentions {
        if is_own(mention.series) || facts.is_wanted(mention.series) {
            continue;
        }
        let words = format!(
            "says Python {}, which `requires-python` ({}) leaves out",
            mention.series,
            wanted(facts)
        );
        findings.push(Finding {
            is_of_ci,
            symptom: seen(facts, mention, &words),
            action: None,
        });
    }
}

/// A place that does not have the project's version at all.
fn differs(
    facts: &Facts,
    place: &Place,
    own: &Own,
    versions: &BTreeSet<Series>,
    findings: &mut Vec<Finding>,
) {
    let is_of_ci = place.kind == Kind::Ci;
    let said_by = Evidence::path(own.file.clone()).line(own.line);
    if versions.len() > 1 {
        let list: Vec<String> = versions.iter().map(Series::to_string).collect();
        let Some(first) = place.mentions.first() else {
            return;
        };
        let words = format!(
            "has Python {}, and not {}, which the project is for",
            list.join(", "),
            own.series
        );
        let symptom = seen(facts, first, &words).seen_in(said_by);
        findings.push(Finding {
            is_of_ci,
            symptom: symptom.severity(Severity::Warning),
            action: None,
        });
        return;
    }
    for mention in &place.mentions {
        let words = format!(
            "says Python {}, and the project is for {}",
            mention.series, own.series
        );
        findings.push(Finding {
            is_of_ci,
            symptom: seen(facts, mention, &words).seen_in(said_by.clone()),
            action: mention
                .moved(own.series)
                .filter(|_| facts.is_wanted(own.series)),
        });
    }
}

fn seen(facts: &Facts, mention: &Mention, words: &str) -> Symptom {
    let evidence = Evidence::path(mention.file.clone()).line(mention.line);
    Symptom::new(format!("`{}` {words}", facts.shown(&mention.file)))
        .seen_in(evidence.says(mention.says.clone()))
}

fn wanted(facts: &Facts) -> String {
    facts
        .requires_python()
        .map(ToString::to_string)
        .unwrap_or_default()
}
