//! The Python of the platform: whether it still runs it, and whether it is the project's.

use std::collections::BTreeSet;

use super::project_python::ProjectPython;
use super::{NO_PLATFORM, each};
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::ageing::TRUSTED_DAYS;
use crate::doctor::facts::deployment::{Deployment, Place, Setting};
use crate::doctor::facts::target::Target;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::platform::Stage;
use crate::python::Series;

/// The runtimes that a deployment names, each place once.
fn runtimes(deployment: &Deployment) -> Vec<&Setting<Series>> {
    let mut places = BTreeSet::new();
    let runtimes = deployment.functions.iter();
    let runtimes = runtimes.filter_map(|it| it.runtime.as_ref());
    runtimes
        .filter(|it| places.insert((&it.place.file, it.place.line)))
        .collect()
}

/// The runtime with another version, as it is spelt there: `python3.13`, `python313`.
fn respelt(runtime: &Setting<Series>, to: Series) -> String {
    let old = runtime.value.to_string();
    if runtime.text.contains(&old) {
        runtime.text.replace(&old, &to.to_string())
    } else {
        let plain = |it: Series| format!("{}{}", it.major, it.minor);
        runtime.text.replace(&plain(runtime.value), &plain(to))
    }
}

/// What moves a runtime to the project's Python, where the platform still runs that one.
fn moved(
    facts: &Facts,
    target: &Target,
    runtime: &Setting<Series>,
    own: Option<&ProjectPython>,
) -> Option<Fix> {
    let own =
        own.filter(|it| it.series != runtime.value && is_current(facts, target, it.series))?;
    let action = runtime.replace(facts, &respelt(runtime, own.series))?;
    let title = format!(
        "run Python {} in `{}`",
        own.series,
        facts.shown(&runtime.place.file)
    );
    Some(Fix::ask(title, [action]))
}

fn is_current(facts: &Facts, target: &Target, series: Series) -> bool {
    let runtime = target.facts.runtime(series);
    target.facts.offers(series)
        && runtime.is_none_or(|it| it.stage(facts.today(), 0) <= Stage::Current)
}

/// PLAT001.
pub(super) fn retired(facts: &Facts) -> Outcome {
    let own = ProjectPython::of(facts);
    each(facts, |target, deployment| {
        let named = runtimes(deployment);
        let mut symptoms: Vec<Symptom> = named
            .iter()
            .filter_map(|runtime| {
                let symptom = ending(facts, target, runtime.value)?;
                let symptom = symptom.seen_in(runtime.place.evidence().says(&runtime.text));
                Some(match moved(facts, target, runtime, own.as_ref()) {
                    Some(fix) => symptom.fix(fix),
                    None => symptom,
                })
            })
            .collect();
        // Where no file names one, the platform takes the project's.
        if let Some(own) = own.as_ref().filter(|_| named.is_empty()) {
            let symptom = ending(facts, target, own.series);
            symptoms.extend(symptom.map(|it| it.seen_in(own.evidence())));
        }
        symptoms
    })
}

fn ending(facts: &Facts, target: &Target, series: Series) -> Option<Symptom> {
    let known = target.facts.runtime(series)?;
    let platform = &target.title;
    let day = |it: &Option<String>| it.clone().unwrap_or_default();
    let stage = known.stage(facts.today(), TRUSTED_DAYS);
    let mut words = match stage {
        Stage::Current => return None,
        Stage::Ending(day) => format!("{platform} will retire Python {series} on {day}"),
        Stage::Deprecated(day) => format!("{platform} has deprecated Python {series} since {day}"),
        Stage::NoNew(day) => {
            format!("{platform} takes no new function with Python {series} since {day}")
        }
        Stage::NoChange(day) => {
            format!("{platform} takes no change of a function with Python {series} since {day}")
        }
    };
    if matches!(stage, Stage::Deprecated(_)) && known.block_create.is_some() {
        words.push_str(&format!(
            "; no new function from {}, no change from {}",
            day(&known.block_create),
            day(&known.block_update)
        ));
    }
    let mut symptom = Symptom::new(words);
    if matches!(stage, Stage::Ending(_)) {
        symptom = symptom.severity(Severity::Information);
    }
    Some(symptom.by_table(facts, &target.facts.as_of))
}

/// PLAT002.
pub(super) fn not_offered(facts: &Facts) -> Outcome {
    let own = ProjectPython::of(facts);
    let named = each(facts, |target, deployment| {
        unknown(facts, target, deployment, own.as_ref())
    });
    let of_project = match own {
        Some(own) => of_project(facts, &own),
        None => only_range(facts),
    };
    match (named, of_project) {
        (Outcome::Found(mut named), Outcome::Found(others)) => {
            named.extend(others);
            Outcome::Found(named)
        }
        (named @ Outcome::Found(_), _) => named,
        (_, others) => others,
    }
}

/// Whether the platform runs this one, or once did.
fn is_known(target: &Target, series: Series) -> bool {
    target.facts.offers(series) || target.facts.runtime(series).is_some()
}

/// The runtimes that a deployment names, and that the platform never had.
fn unknown(
    facts: &Facts,
    target: &Target,
    deployment: &Deployment,
    own: Option<&ProjectPython>,
) -> Vec<Symptom> {
    let symptom = |text: &str, place: &Place, fix: Option<Fix>| {
        let symptom = Symptom::new(format!(
            "{} has no runtime `{text}`: it runs Python {}",
            target.title,
            offered(target)
        ))
        .seen_in(place.evidence().says(text))
        .by_table(facts, &target.facts.as_of);
        match fix {
            Some(fix) => symptom.fix(fix),
            None => symptom,
        }
    };
    let named = runtimes(deployment).into_iter();
    let named = named.filter(|it| !is_known(target, it.value));
    let mut symptoms: Vec<Symptom> = named
        .map(|it| symptom(&it.text, &it.place, moved(facts, target, it, own)))
        .collect();
    let mut places = BTreeSet::new();
    let others = deployment.functions.iter();
    let others = others.filter_map(|it| it.other_runtime.as_ref());
    for other in others.filter(|it| places.insert((&it.place.file, it.place.line))) {
        let end = other.value.find(|it: char| !it.is_ascii_alphabetic());
        let (name, number) = other
            .value
            .split_at_checked(end.unwrap_or(other.value.len()))
            .unwrap_or_default();
        // `pyhton3.13`; any other language is none of ours.
        if strsim::osa_distance(&name.to_ascii_lowercase(), "python") > 2 {
            continue;
        }
        let meant: Option<Series> = number.parse().ok().filter(|it| target.facts.offers(*it));
        let fix = meant.and_then(|series| {
            let right = format!("python{series}");
            let action = other.replace(facts, &right)?;
            let file = facts.shown(&other.place.file);
            let title = format!("write `{right}` for `{}` in `{file}`", other.text);
            Some(Fix::ask(title, [action]))
        });
        symptoms.push(symptom(&other.text, &other.place, fix));
    }
    symptoms
}

fn of_project(facts: &Facts, own: &ProjectPython) -> Outcome {
    each(facts, |target, _| {
        let known = &target.facts;
        if is_known(target, own.series) {
            return Vec::new();
        }
        let symptom = Symptom::new(format!(
            "{} does not run Python {}: it runs {}",
            target.title,
            own.series,
            offered(target)
        ))
        .seen_in(own.evidence())
        .seen_in(Evidence::path(&target.file).says(format!("for {}", target.title)));
        let symptom = if own.is_pinned {
            symptom
        } else {
            symptom.severity(Severity::Warning)
        };
        let symptom = symptom.by_table(facts, &known.as_of);
        vec![match pin(facts, target, own) {
            Some(fix) => symptom.fix(fix),
            None => symptom,
        }]
    })
}

/// Where no single Python is named: the range has to leave one that the platform runs.
fn only_range(facts: &Facts) -> Outcome {
    if facts.requires_python().is_none() {
        return Outcome::Skipped("nothing says which Python the project is for");
    }
    let document = facts.pyproject();
    let line = document
        .at(&["project", "requires-python"])
        .map_or(1, |it| it.line);
    each(facts, |target, _| {
        let known = &target.facts;
        let mut offered_ones = known.python.iter().chain(&known.retired);
        let is_any = known.python.is_empty()
            || offered_ones.any(|it| it.version.parse().is_ok_and(|it| facts.is_wanted(it)));
        if is_any {
            return Vec::new();
        }
        let symptom = Symptom::new(format!(
            "`requires-python` leaves out every Python that {} runs: {}",
            target.title,
            offered(target)
        ));
        let place = Evidence::path(facts.in_project("pyproject.toml")).line(line);
        vec![symptom.seen_in(place).by_table(facts, &known.as_of)]
    })
}

fn offered(target: &Target) -> String {
    let versions: Vec<&str> = target
        .facts
        .python
        .iter()
        .map(|it| it.version.as_str())
        .collect();
    versions.join(", ")
}

/// What puts a Python that the platform runs into `.python-version`, where that file decides.
fn pin(facts: &Facts, target: &Target, own: &ProjectPython) -> Option<Fix> {
    if !own.file.ends_with(".python-version") {
        return None;
    }
    let to: Series = target.facts.default_python.parse().ok()?;
    if !facts.is_wanted(to) {
        return None;
    }
    let text = facts.text(&own.file)?;
    let number = usize::try_from(own.line).ok()?.checked_sub(1)?;
    let edit = Edit::Line {
        number: own.line,
        old: text.lines().nth(number)?.to_owned(),
        new: Some(to.to_string()),
    };
    let title = format!("write Python {to} into `.python-version`");
    Some(Fix::ask(title, [Action::edit(&own.file, edit)]))
}

/// PLAT003.
pub(super) fn differs(facts: &Facts) -> Outcome {
    if facts.targets().is_empty() {
        return NO_PLATFORM;
    }
    let own = ProjectPython::of(facts);
    each(facts, |target, deployment| {
        let runtimes = runtimes(deployment).into_iter();
        let other = runtimes.filter(|it| match &own {
            // That the platform has no such runtime is another condition.
            _ if !is_known(target, it.value) => false,
            Some(own) => own.series != it.value,
            None => !facts.is_wanted(it.value),
        });
        other
            .map(|runtime| {
                let wants = match &own {
                    Some(own) => format!("the project is for Python {}", own.series),
                    None => "`requires-python` leaves that out".to_owned(),
                };
                let mut symptom = Symptom::new(format!(
                    "`{}` runs Python {}, and {wants}",
                    facts.shown(&runtime.place.file),
                    runtime.value
                ))
                .seen_in(runtime.place.evidence().says(&runtime.text));
                if let Some(own) = &own {
                    symptom = symptom.seen_in(own.evidence());
                }
                match moved(facts, target, runtime, own.as_ref()) {
                    Some(fix) => symptom.fix(fix),
                    None => symptom,
                }
            })
            .collect()
    })
}
