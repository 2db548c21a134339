//! What the user told the doctor to keep quiet about: whether it can be understood.

use crate::doctor::catalog;
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Entry, Value};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// CFG006.
pub(super) fn conditions(facts: &Facts) -> Outcome {
    let document = facts.pyproject();
    let Some(ignored) = document.at(&["tool", "scaffold", "doctor", "ignore"]) else {
        return Outcome::Healthy;
    };
    let evidence = |line| Evidence::path(facts.in_project("pyproject.toml")).line(line);
    let Value::Table(entries) = &ignored.value else {
        let words = "`[tool.scaffold.doctor.ignore]` is no table";
        return Outcome::of([Symptom::new(words).seen_in(evidence(ignored.line))]);
    };
    Outcome::of(entries.iter().filter_map(|entry| {
        let wrong = wrong(entry)?;
        Some(Symptom::new(wrong).seen_in(evidence(entry.line)))
    }))
}

/// What is wrong with an entry.
fn wrong(entry: &Entry) -> Option<String> {
    let code = &entry.key;
    if let Err(error) = catalog::check(code) {
        return Some(error.message().to_owned());
    }
    let Value::Table(settings) = &entry.value.value else {
        return Some(format!("`{code}` is no table with a reason"));
    };
    if let Some(other) = settings
        .iter()
        .find(|it| !matches!(it.key.as_str(), "reason" | "until"))
    {
        return Some(format!("`{code}` has `{}`, which means nothing", other.key));
    }
    let reason = entry.value.at(&["reason"]).map(|it| &it.value);
    let has_reason =
        matches!(reason, Some(Value::Scalar { text, is_string: true }) if !text.trim().is_empty());
    if !has_reason {
        return Some(format!("`{code}` has no reason"));
    }
    let until = entry.value.at(&["until"])?;
    let is_date = match &until.value {
        Value::Scalar {
            text,
            is_string: false,
        } => is_date(text),
        _ => false,
    };
    (!is_date).then(|| format!("`until` of `{code}` is no date like 2027-01-31, without quotes"))
}

/// Whether it is a day: TOML has made sure that there is such a one.
fn is_date(text: &str) -> bool {
    let shape = text.bytes().map(|it| match it {
        b'0'..=b'9' => b'0',
        other => other,
    });
    shape.eq(*b"0000-00-00")
}
