//! Findings for programs.

use serde_json::json;

use crate::finding::Finding;

/// The findings as one JSON document with a schema number.
pub(crate) fn render(findings: &[Finding]) -> String {
    format!("{:#}\n", json!({ "schema": 1, "findings": findings }))
}
