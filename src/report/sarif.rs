//! Findings as SARIF 2.1.0 (Static Analysis Results Interchange Format, OASIS), for code scanning and editors.
//!
//! Paths are URIs relative to `%SRCROOT%`, the folder of the repository. A finding about no file stands at that folder, since
//! GitHub refuses a whole upload for one result without a place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Titles;
use crate::finding::{Finding, Severity};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT: &str = "%SRCROOT%";

/// The findings as one run.
pub(super) fn render(findings: &[&Finding], titles: Titles) -> String {
    let codes: BTreeSet<&str> = findings.iter().map(|it| &*it.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code, titles)).collect();
    let index: BTreeMap<&str, usize> = codes.into_iter().zip(0..).collect();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, &index, &mut seen))
        .collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                ROOT: { "description": { "text": "The folder of the repository." } },
            },
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(code: &str, titles: Titles) -> Value {
    json!({ "id": code, "shortDescription": { "text": titles(code).unwrap_or(code) } })
}

fn result<'a>(
    finding: &'a Finding,
    index: &BTreeMap<&str, usize>,
    seen: &mut BTreeMap<(&'a str, String, &'a str), usize>,
) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let (uri, region) = match &finding.location {
        None => ("./".to_owned(), None),
        Some(location) => {
            let region = location.line.map(|line| {
                let mut region = Map::new();
                region.insert("startLine".to_owned(), line.into());
                if let Some(column) = location.column {
                    region.insert("startColumn".to_owned(), column.into());
                }
                region
            });
            (location.path.to_uri(), region)
        }
    };
    // Without the line, so that a finding stays the same one when lines come or go above it.
    let count = seen
        .entry((&finding.code, uri.clone(), &finding.message))
        .or_default();
    let fingerprint = fingerprint(&[&finding.code, &uri, &finding.message, &count.to_string()]);
    *count += 1;
    let mut place = json!({ "artifactLocation": { "uri": uri, "uriBaseId": ROOT } });
    if let Some(region) = region {
        place["region"] = region.into();
    }
    let message: Vec<&str> = std::iter::once(&finding.message)
        .chain(&finding.help)
        .map(String::as_str)
        .collect();
    json!({
        "ruleId": finding.code,
        "ruleIndex": index.get(&*finding.code),
        "level": level,
        "message": { "text": message.join("\n") },
        "locations": [{ "physicalLocation": place }],
        "partialFingerprints": { "finding/v1": fingerprint },
    })
}

/// Sixteen digits that hardly any other parts have.
fn fingerprint(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}
