//! Numbers that the platform, its gateway or its queue does not go along with.

use std::collections::BTreeSet;

use super::each;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::deployment::{Function, Number, Queue, Setting};
use crate::doctor::facts::target::Target;
use crate::doctor::fix::Fix;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::platform::Limit;

/// The limits that are of how long a function may take.
const TIMEOUTS: [&str; 3] = ["timeout", "timeout_event", "max_duration"];

fn timeout(function: &Function) -> Option<&Number> {
    TIMEOUTS.iter().find_map(|it| function.number(it))
}

/// The limit as evidence: where it is written down, and when that was read.
fn cited(evidence: Evidence, target: &Target, limit: &Limit) -> Evidence {
    let source = limit.source.as_deref().unwrap_or(&target.facts.source);
    let note = limit.note.as_deref().map(|it| format!("{it}, "));
    evidence.says(format!(
        "{}{source} of {}",
        note.unwrap_or_default(),
        target.facts.as_of
    ))
}

/// What sets a number, where it is written as a plain one.
fn set<T>(facts: &Facts, setting: &Setting<T>, name: &str, to: f64) -> Option<Fix> {
    let is_plain = setting.text.bytes().all(|it| it.is_ascii_digit());
    if setting.text.is_empty() || !is_plain || to.fract() != 0.0 {
        return None;
    }
    let action = setting.replace(facts, &to.to_string())?;
    Some(Fix::ask(format!("set {name} to {to}"), [action]))
}

fn with(symptom: Symptom, fix: Option<Fix>) -> Symptom {
    match fix {
        Some(fix) => symptom.fix(fix),
        None => symptom,
    }
}

/// The gateway that gives up before the function does, with how long it waits.
fn impatient<'a>(target: &'a Target, function: &Function) -> Option<(f64, &'a Limit)> {
    let took = timeout(function)?.setting.value;
    // What a queue starts as well may take longer than a request.
    if !function.queues.is_empty() {
        return None;
    }
    let limits = function.gateways.iter();
    let limits = limits.filter_map(|(name, _)| {
        let limit = target.facts.limit(name)?;
        Some((limit.most()?, limit))
    });
    limits
        .filter(|(most, _)| took > *most)
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

/// PLAT014.
pub(super) fn out_of_range(facts: &Facts) -> Outcome {
    each(facts, |target, deployment| {
        let mut places = BTreeSet::new();
        let functions = deployment.functions.iter();
        let numbers = functions.flat_map(|it| it.numbers.iter().map(move |number| (it, number)));
        let mut symptoms = Vec::new();
        for (function, number) in numbers {
            let place = &number.setting.place;
            let Some(limit) = target.facts.limit(number.limit) else {
                continue;
            };
            let Some((end, words)) = limit.beyond(number.setting.value) else {
                continue;
            };
            if !places.insert((&place.file, place.line, number.limit)) {
                continue;
            }
            let shown = (number.setting.value * 10.0).round() / 10.0;
            let symptom = Symptom::new(format!(
                "`{}` of `{}` is {shown} {}, and {} allows {words}",
                number.name, function.name, limit.unit, target.title
            ))
            .seen_in(cited(place.evidence(), target, limit))
            .by_table(facts, &target.facts.as_of);
            let is_timeout = TIMEOUTS.contains(&number.limit);
            let gateway = impatient(target, function).filter(|_| is_timeout);
            let to = gateway.map_or(end, |(most, _)| most.min(end));
            symptoms.push(with(symptom, set(facts, &number.setting, &number.name, to)));
        }
        symptoms
    })
}

/// PLAT015.
pub(super) fn gateway(facts: &Facts) -> Outcome {
    each(facts, |target, deployment| {
        let mut places = BTreeSet::new();
        // One setting for all: what is right for the others decides it.
        let is_shared = |number: &Number| number.name == "functionTimeout";
        let are_all_called = deployment
            .functions
            .iter()
            .all(|it| !it.gateways.is_empty());
        let functions = deployment.functions.iter();
        let symptoms = functions.filter_map(|function| {
            let (most, limit) = impatient(target, function)?;
            let number = timeout(function)?;
            let place = &number.setting.place;
            if (is_shared(number) && !are_all_called) || !places.insert((&place.file, place.line)) {
                return None;
            }
            let symptom = Symptom::new(format!(
                "`{}` of `{}` is {} s, and the gateway before it gives up after {most} s",
                number.name, function.name, number.setting.value
            ))
            .seen_in(cited(place.evidence(), target, limit));
            let symptom = function
                .gateways
                .iter()
                .fold(symptom, |it, (_, place)| it.seen_in(place.evidence()));
            let symptom = symptom.by_table(facts, &target.facts.as_of);
            Some(with(
                symptom,
                set(facts, &number.setting, &number.name, most),
            ))
        });
        symptoms.collect()
    })
}

/// PLAT016.
pub(super) fn queue(facts: &Facts) -> Outcome {
    each(facts, |target, deployment| {
        let functions = deployment.functions.iter();
        let queues = functions.flat_map(|it| it.queues.iter().map(move |queue| (it, queue)));
        queues
            .filter_map(|(function, queue)| hidden(facts, target, function, queue))
            .collect()
    })
}

fn hidden(facts: &Facts, target: &Target, function: &Function, queue: &Queue) -> Option<Symptom> {
    let factor = target.facts.limit("queue_visibility_per_timeout")?;
    let usual = || target.facts.limit("queue_visibility")?.usual();
    let visibility = match &queue.visibility {
        Some(setting) => setting.value,
        None => usual()?,
    };
    let took = match timeout(function) {
        Some(number) => number.setting.value,
        None if function.takes_defaults => target.facts.limit("timeout")?.usual()?,
        None => return None,
    };
    let advised = took * factor.usual()?;
    let is_refused = factor.beyond(visibility / took).is_some();
    if !is_refused && visibility >= advised {
        return None;
    }
    let words = if is_refused {
        format!("{} refuses a queue like that", target.title)
    } else {
        format!("{advised} s are advised")
    };
    let place = match &queue.visibility {
        Some(setting) => setting.place.evidence(),
        None => queue.place.evidence(),
    };
    let mut symptom = Symptom::new(format!(
        "`{}` hides a message for {visibility} s, and `{}` may work on it for {took} s: {words}",
        queue.name, function.name
    ))
    .seen_in(cited(place, target, factor))
    .seen_in(function.place.evidence());
    if !is_refused {
        symptom = symptom.severity(Severity::Warning);
    }
    let fix = queue
        .visibility
        .as_ref()
        .and_then(|it| set(facts, it, "VisibilityTimeout", advised));
    Some(with(symptom.by_table(facts, &target.facts.as_of), fix))
}
