//! Findings for programs.

use serde_json::{Value, json};

use crate::finding::Finding;

/// The findings as one JSON document with a schema number.
pub(crate) fn render(findings: &[Finding]) -> String {
    format!("{:#}\n", document(findings))
}

/// The same as a value, to which a command may add what else it has to say.
pub(crate) fn document(findings: &[Finding]) -> Value {
    json!({ "schema": 1, "findings": findings })
}
