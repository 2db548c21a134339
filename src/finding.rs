//! Something that is not as it should be: what, how bad, where, and what to do about it.
//!
//! Made by whatever checks something, rendered by `report`. It must not know how it is shown.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::repo_path::RepoPath;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// To know.
    Note,
    /// To look at.
    Warning,
    /// To mend.
    Error,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What kind of thing, stable across versions: `trailing-whitespace`, or of a tool `flake8/E501`.
    pub(crate) code: Cow<'static, str>,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What it is, in a sentence.
    pub(crate) message: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<Location>,
    /// What to do about it, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) help: Vec<String>,
}

/// A place in a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Location {
    /// The file.
    pub(crate) path: RepoPath,
    /// The line, from 1.
    pub(crate) line: Option<u32>,
    /// The column in characters, from 1.
    pub(crate) column: Option<u32>,
}

impl Finding {
    /// Something to mend, without a place.
    pub(crate) fn error(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            severity: Severity::Error,
            message: message.into(),
            location: None,
            help: Vec::new(),
        }
    }

    /// The same, in a file.
    pub(crate) fn in_file(mut self, path: &RepoPath) -> Self {
        self.location = Some(Location {
            path: path.clone(),
            line: None,
            column: None,
        });
        self
    }

    /// The same, at a line and a column of it, each from 1.
    pub(crate) fn at(mut self, line: u32, column: Option<u32>) -> Self {
        if let Some(location) = &mut self.location {
            location.line = Some(line);
            location.column = column;
        }
        self
    }

    /// Adds a line that says what to do.
    pub(crate) fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }
}

impl Serialize for Location {
    /// `path` is exact where it is UTF-8; where it is not, it is the path for people, and `path_bytes` has it exactly, as a URI.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Ok(path) = std::str::from_utf8(self.path.as_bytes()) {
            map.serialize_entry("path", path)?;
        } else {
            map.serialize_entry("path", &self.path.to_string())?;
            map.serialize_entry("path_bytes", &self.path.to_uri())?;
        }
        for (key, value) in [("line", self.line), ("column", self.column)] {
            if let Some(value) = value {
                map.serialize_entry(key, &value)?;
            }
        }
        map.end()
    }
}
