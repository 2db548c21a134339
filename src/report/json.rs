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
//! `severity` is `error`, `warning` or `note`. `location` is missing where a finding is about no file, `line` and `column` (in characters,
//! both from 1) where it is about no line or column, `help` where nothing is to be said. `path` is relative to the repository; of
//! one that is not UTF-8 it is a readable form, and `path_bytes` is the path itself, percent-encoded. So it is with every other key
//! that holds a path or a list of them: `KEY_bytes` beside it, where one is not UTF-8, has them all. `schema` grows when any of this
//! changes its meaning; new keys may come without that.

use serde_json::{Value, json};

use crate::finding::Finding;
use crate::repo_path::RepoPath;

/// The findings as one document with a schema number.
pub(super) fn document(findings: &[&Finding]) -> Value {
    json!({ "schema": 1, "findings": findings })
}

/// Puts a path into an object.
pub(crate) fn put_path(object: &mut Value, key: &str, path: &RepoPath) {
    object[key] = json!(readable(path));
    if std::str::from_utf8(path.as_bytes()).is_err() {
        object[format!("{key}_bytes")] = json!(path.to_uri());
    }
}

/// Puts a list of paths into an object.
pub(crate) fn put_paths<'a>(
    object: &mut Value,
    key: &str,
    paths: impl IntoIterator<Item = &'a RepoPath>,
) {
    let paths: Vec<&RepoPath> = paths.into_iter().collect();
    object[key] = paths.iter().map(|it| readable(it)).collect();
    let is_odd = |it: &&RepoPath| std::str::from_utf8(it.as_bytes()).is_err();
    if paths.iter().any(is_odd) {
        object[format!("{key}_bytes")] = paths.iter().map(|it| it.to_uri()).collect();
    }
}

/// The path itself, where it is UTF-8.
fn readable(path: &RepoPath) -> String {
    match std::str::from_utf8(path.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => path.to_string(),
    }
}
