//! Something that is not as it should be: what, how bad, where, and what to do about it. A value, rendered by `report`.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// To look at.
    Warning,
    /// To mend.
    Error,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What kind of thing, stable across versions.
    pub(crate) code: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What it is, in a sentence.
    pub(crate) message: String,
    /// What to do about it, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) help: Vec<String>,
}
