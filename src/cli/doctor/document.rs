//! What was found, as JSON. The same findings as the text, in the same order; `schema` changes when a field changes its meaning.

use std::path::Path;

use serde_json::{Value, json};

use super::count;
use super::knowledge::{mending, word};
use crate::doctor::{Evidence, Examined, Severity, Symptom, Verdict};

/// All results.
pub(super) fn document(examined: &[Examined], project: Option<&Path>) -> Value {
    let checks: Vec<Value> = examined.iter().map(result).collect();
    json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "project": project.map(Path::to_string_lossy),
        "errors": count(examined, Severity::Error),
        "warnings": count(examined, Severity::Warning),
        "checks": checks,
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
        Verdict::Found(symptoms) => symptoms.iter().map(symptom).collect(),
        _ => Vec::new(),
    };
    let check = examined.check;
    json!({
        "code": check.code,
        "group": check.group.prefix(),
        "title": check.title,
        "status": status,
        "detail": detail,
        "severity": examined.severity().map(word),
        "fix": mending(check.mending),
        "why": check.why,
        "remedy": check.remedy,
        "milliseconds": examined.elapsed.as_secs_f64() * 1000.0,
        "symptoms": symptoms,
    })
}

fn symptom(symptom: &Symptom) -> Value {
    let evidence = |it: &Evidence| json!({ "path": it.path.to_string_lossy(), "line": it.line, "says": it.says });
    json!({
        "message": symptom.message,
        "evidence": symptom.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "next": symptom.next,
    })
}
