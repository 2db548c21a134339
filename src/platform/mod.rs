//! Platform facts: what a platform's layer says of the Pythons it runs, its limits, its traps for names.
//!
//! Read from `[facts]` of `templates/platform/*/layer.toml`, used by `project` (defaults, the name gate) and `cli` (`template
//! show`) and `doctor`. It knows no platform by name.

mod tool;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::template::layer::Layer;

pub(crate) use tool::{Systems, Tool};

/// What a platform's layer says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    /// The day on which the facts were looked up, ISO 8601.
    pub(crate) as_of: String,
    /// The page of the platform that they come from.
    pub(crate) source: String,
    /// The Python that the platform takes when nobody says otherwise.
    pub(crate) default_python: String,
    /// Import names that break there: traps of the platform, and the folders of our own layout.
    #[serde(default)]
    pub(crate) reserved_names: Vec<String>,
    /// What a project name must look like there: a regular expression for the whole name.
    pub(crate) name_pattern: Option<String>,
    /// The longest project name it accepts, in characters.
    pub(crate) name_max: Option<usize>,
    /// Where the runtime lock must lie in the project.
    #[serde(default = "requirements_txt")]
    pub(crate) requirements: String,
    /// The folder that the code lies in, as a prefix of paths: empty, or with a `/` at its end.
    #[serde(default)]
    pub(crate) code_prefix: String,
    /// The same folder as a path: `.` where `code_prefix` is empty.
    #[serde(default = "here")]
    pub(crate) code_root: String,
    /// Whether the lock also stands in `pyproject.toml`, as `[tool.uv] constraint-dependencies`, because the platform's builder
    /// reads that file in place of the lock.
    #[serde(default)]
    pub(crate) constraints_in_pyproject: bool,
    /// The Pythons that it runs.
    #[serde(default)]
    pub(crate) python: Vec<Runtime>,
    /// Its limits.
    #[serde(default)]
    pub(crate) limits: Vec<Limit>,
    /// The programs that work with it on the command line.
    #[serde(default)]
    pub(crate) tools: Vec<Tool>,
}

/// A Python that a platform runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Runtime {
    /// `3.13`.
    pub(crate) version: String,
    /// The day from which the platform advises against it, ISO 8601.
    pub(crate) deprecated: Option<String>,
    /// The day from which no function can be made with it.
    pub(crate) block_create: Option<String>,
    /// The day from which no function with it can be changed.
    pub(crate) block_update: Option<String>,
    /// The page that says so.
    pub(crate) source: Option<String>,
}

/// A limit of a platform.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// What is limited.
    pub(crate) name: String,
    /// The unit of the numbers.
    pub(crate) unit: String,
    /// What it is when nobody says otherwise.
    pub(crate) default: Option<Value>,
    /// The least it can be.
    pub(crate) min: Option<Value>,
    /// The most it can be.
    pub(crate) max: Option<Value>,
    /// What else there is to say.
    pub(crate) note: Option<String>,
    /// The page that says so.
    pub(crate) source: Option<String>,
}

fn here() -> String {
    ".".to_owned()
}

fn requirements_txt() -> String {
    "requirements.txt".to_owned()
}

impl Facts {
    /// The facts in a platform's layer.
    ///
    /// # Errors
    /// When the layer has none, or they are malformed.
    pub(crate) fn of(layer: &Layer) -> Result<Self> {
        let wrong =
            |reason: String| Error::new(format!("{}/layer.toml: [facts]: {reason}", layer.folder));
        let facts: Self = serde_json::from_value(Value::Object(layer.facts.clone()))
            .map_err(|error| wrong(error.to_string()))?;
        if facts.code_prefix.trim_end_matches('/') != facts.code_root.trim_start_matches('.') {
            return Err(wrong(format!(
                "code_prefix `{}` and code_root `{}` are not the same folder",
                facts.code_prefix, facts.code_root
            )));
        }
        Ok(facts)
    }
}
