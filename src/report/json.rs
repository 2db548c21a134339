//! Findings for programs.
//!
//! ```json
//! {
//!   "schema": 1,
//!   "findings": [
//!     {
//!       "code": "trailing-whitespace",
//!       "severity": "error",
//!       "message": "trailing whitespace",
//!       "location": {"path": "src/app.py", "line": 3, "column": 14},
//!       "help": ["..."]
//!     }
//!   ]
//! }
//! ```
//!
//! `severity` is `error` or `warning`. `location` is missing where a finding is about no file, `line` and `column` (in characters,
//! both from 1) where it is about no line or column, `help` where nothing is to be said. `path` is relative to the repository; of
//! one that is not UTF-8 it is a readable form, and `path_bytes` is the path itself, percent-encoded. `schema` grows when any of
//! this changes its meaning; new keys may come without that.

use serde_json::{Value, json};

use crate::finding::Finding;

/// The findings as one document with a schema number.
pub(super) fn document(findings: &[&Finding]) -> Value {
    json!({ "schema": 1, "findings": findings })
}
