//! One Python everywhere: what each place says against what the project is for.

use std::path::PathBuf;

use super::environment;

use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::python_version::{
    Choice, Kind, Mention, Place, exactly, misread, places,
};
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::Series;

/// The version that the project is for, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Own {
    /// The version.
    pub(super) series: Series,
    /// Whether the project was made for it, so that it is for no other.
    is_recorded: bool,
    file: PathBuf,
    line: u32,
}

impl Own {
    /// Where that is said.
    pub(super) fn evidence(&self) -> Evidence {
        Evidence::path(self.file.clone()).line(self.line)
    }
}

/// A place that says something else.
struct Finding {
    is_of_ci: bool,
    symptom: Symptom,
    actions: Vec<Action>,
}

/// What the project was made for, else what its first file for a single version says.
pub(super) fn own(facts: &Facts, places: &[Place]) -> Option<Own> {
    let document = facts.pyproject();
    let answer = document.at(&["tool", "scaffold", "answers", "python"]);
    let recorded = answer.and_then(|node| {
        Some(Own {
            series: exactly(node.text()?)?,
            is_recorded: true,
            file: facts.in_project("pyproject.toml"),
            line: node.line,
        })
    });
    recorded.or_else(|| {
        let mut pins = places.iter().filter(|it| it.kind == Kind::Pin);
        let mention = pins.find_map(|it| it.mentions().into_iter().next())?;
        Some(Own {
            series: mention.series,
            is_recorded: false,
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
            .seen_in(own.evidence()),
            actions: Vec::new(),
        });
    }
    for place in &places {
        look_at(facts, place, own.as_ref(), &mut findings);
    }
    // One fix moves them all, whichever of the two codes it is asked for by.
    let mut actions: Vec<Action> = Vec::new();
    for action in findings.iter().flat_map(|it| &it.actions) {
        if actions.iter().all(|it| !is_of_same_line(it, action)) {
            actions.push(action.clone());
        }
    }
    let title = own.as_ref().map_or_else(
        || "put the versions in quotes".to_owned(),
        |own| format!("move every place to Python {}", own.series),
    );
    let mut fix = Some(Fix::ask(title, actions.clone())).filter(|_| !actions.is_empty());
    let found = findings.into_iter().filter(|it| it.is_of_ci == is_of_ci);
    let found = found.map(|it| match (it.actions.is_empty(), fix.take()) {
        (false, Some(fix)) => it.symptom.fix(fix),
        (_, rest) => {
            fix = rest;
            it.symptom
        }
    });
    let environment = (!is_of_ci && is_allowed)
        .then(|| environment::differs(facts, own.as_ref(), &places))
        .flatten();
    Outcome::of(found.chain(environment))
}

/// Whether two changes are of the same line, so that the second one fits no more when the first one is made.
fn is_of_same_line(one: &Action, other: &Action) -> bool {
    let place = |it: &Action| match it {
        Action::Edit {
            file,
            edit: Edit::Line { number, .. },
        } => Some((file.clone(), *number)),
        _ => None,
    };
    one == other || place(one).is_some_and(|it| Some(it) == place(other))
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
            actions: create.into_iter().collect(),
        });
    }
    for mention in place.mentions() {
        if !misread(facts, mention) {
            continue;
        }
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
            actions: mention.quoted().into_iter().collect(),
        });
    }
    for choice in &place.choices {
        match own.filter(|it| !fits(place.kind, choice, it.series)) {
            Some(own) => differs(facts, place, choice, own, findings),
            None => left_out(facts, is_of_ci, choice, own, findings),
        }
    }
}

/// Whether the project's version is what is taken, or is taken among others.
fn fits(kind: Kind, choice: &Choice, own: Series) -> bool {
    match kind {
        // Of several, the first one is what `python` is.
        Kind::Pin => choice.mentions.first().is_some_and(|it| it.series == own),
        Kind::Ci | Kind::Other | Kind::Runner => choice.has(own),
    }
}

/// Versions that `requires-python` does not allow.
fn left_out(
    facts: &Facts,
    is_of_ci: bool,
    choice: &Choice,
    own: Option<&Own>,
    findings: &mut Vec<Finding>,
) {
    for mention in &choice.mentions {
        let is_own = own.is_some_and(|it| it.series == mention.series);
        if is_own || facts.is_wanted(mention.series) {
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
            // With the project's own beside it, nothing is left to decide.
            actions: own
                .filter(|it| choice.has(it.series))
                .and_then(|_| choice.without(mention))
                .into_iter()
                .collect(),
        });
    }
}

/// Something that does not take the project's version.
fn differs(facts: &Facts, place: &Place, choice: &Choice, own: &Own, findings: &mut Vec<Finding>) {
    let is_of_ci = place.kind == Kind::Ci;
    // Where the project is for several versions and its own is tried as well, another job may be for another one.
    let is_meant = is_of_ci
        && !own.is_recorded
        && place.choices.iter().any(|it| it.has(own.series))
        && choice.versions().into_iter().all(|it| facts.is_wanted(it));
    let can_move = !is_meant && facts.is_wanted(own.series);
    let versions = choice.versions();
    let several = versions.len() > 1;
    let mentions = if several {
        choice.mentions.get(..1).unwrap_or_default()
    } else {
        &choice.mentions
    };
    let list: Vec<String> = versions.iter().map(Series::to_string).collect();
    let list = list.join(", ");
    for mention in mentions {
        let words = match (several, place.kind) {
            (true, Kind::Pin) => format!(
                "takes Python {}, the first of several, and the project is for {}",
                mention.series, own.series
            ),
            (true, _) => format!(
                "has Python {list}, and not {}, which the project is for",
                own.series
            ),
            _ => format!("says Python {list}, and the project is for {}", own.series),
        };
        let mut symptom = seen(facts, mention, &words);
        // Of several, every line is shown.
        let others = choice
            .mentions
            .iter()
            .filter(|it| several && it.line != mention.line);
        for other in others {
            let place = Evidence::path(other.file.clone()).line(other.line);
            symptom = symptom.seen_in(place.says(other.says.clone()));
        }
        symptom = symptom.seen_in(own.evidence());
        if is_meant {
            symptom = symptom.severity(Severity::Information);
        } else if several {
            symptom = symptom.severity(Severity::Warning);
        }
        let action = if several {
            choice.joined(own.series)
        } else {
            moved(facts, mention, own.series)
        };
        findings.push(Finding {
            is_of_ci,
            symptom,
            actions: action.filter(|_| can_move).into_iter().collect(),
        });
    }
}

/// The change that makes a place say the project's version: where it has to be a whole one, one that is installed.
fn moved(facts: &Facts, mention: &Mention, to: Series) -> Option<Action> {
    if !mention.is_whole {
        return mention.moved(to);
    }
    let here = facts.interpreters().iter().map(|it| &it.version);
    let here = here.filter(|it| it.release && it.series == to);
    let newest = here
        .max_by_key(|it| it.patch)
        .filter(|it| it.patch.is_some())?;
    mention.becomes(&newest.to_string(), false)
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
