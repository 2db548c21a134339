//! What was found, as JSON: the same findings as the text, in the same order; `schema` changes when a field changes its meaning.
//!
//! `schema.json` beside this file is its JSON Schema; a test holds it to that.

use serde_json::{Value, json};

use super::knowledge::{mending, scope, word};
use super::mend::{Mended, Outcome};
use super::{count, count_ignored, plan};
use crate::doctor::{Check, Evidence, Examined, Facts, Severity, Symptom, Verdict};

/// All results, and what became of each fix.
pub(super) fn document(examined: &[Examined], mended: &[Mended], facts: &Facts) -> Value {
    let checks: Vec<Value> = examined.iter().map(result).collect();
    let fixes: Vec<Value> = mended.iter().map(|it| fix(it, facts)).collect();
    json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "project": facts.project.as_deref().map(|it| it.to_string_lossy().into_owned()),
        "errors": count(examined, Severity::Error),
        "warnings": count(examined, Severity::Warning),
        "ignored": count_ignored(examined),
        "checks": checks,
        "fixes": fixes,
    })
}

fn result(examined: &Examined) -> Value {
    let (status, detail) = match &examined.verdict {
        Verdict::Healthy => ("healthy", Value::Null),
        Verdict::Skipped(why) => ("skipped", json!(why)),
        Verdict::Found(_) => ("found", Value::Null),
        Verdict::Crashed(words) => ("crashed", json!(words)),
        Verdict::Hung(after) => ("hung", json!(format!("after {after:?}"))),
    };
    let symptoms: Vec<Value> = match &examined.verdict {
        Verdict::Found(symptoms) => symptoms
            .iter()
            .map(|it| symptom(it, examined.check))
            .collect(),
        _ => Vec::new(),
    };
    let check = examined.check;
    json!({
        "code": check.code,
        "group": check.group.prefix(),
        "scope": scope(check.scope),
        "title": check.title,
        "status": if examined.ignored.is_some() { "ignored" } else { status },
        "detail": detail,
        "severity": examined.severity().map(word),
        "fix": mending(check.mending),
        "why": check.why,
        "remedy": check.remedy,
        "milliseconds": examined.elapsed.as_secs_f64() * 1000.0,
        "ignored": examined.ignored.as_ref().map(|it| json!({
            "reason": it.reason,
            "until": it.until.map(|day| day.to_string()),
        })),
        "symptoms": symptoms,
    })
}

fn symptom(symptom: &Symptom, check: &Check) -> Value {
    let evidence = |it: &Evidence| json!({ "path": it.path.to_string_lossy(), "line": it.line, "says": it.says });
    json!({
        "message": symptom.message,
        "severity": word(symptom.severity.unwrap_or(check.severity)),
        "evidence": symptom.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "next": symptom.next,
        "fix": symptom.fix.as_ref().map(|it| json!({
            "title": it.title,
            "safety": mending(it.mending),
        })),
    })
}

fn fix(mended: &Mended, facts: &Facts) -> Value {
    let (status, detail) = match &mended.outcome {
        Outcome::Shown => ("shown", Value::Null),
        Outcome::Done => ("done", Value::Null),
        Outcome::NotAgreed => ("not-agreed", Value::Null),
        Outcome::Refused(why) => ("refused", json!(why)),
        Outcome::Failed(error) => ("failed", json!(error.to_string())),
    };
    let steps: Vec<Value> = mended
        .steps
        .iter()
        .map(|it| plan::value(it, facts))
        .collect();
    json!({
        "code": mended.code,
        "title": mended.fix.title,
        "safety": mending(mended.fix.mending),
        "status": status,
        "detail": detail,
        "steps": steps,
    })
}
