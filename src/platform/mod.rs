//! Platform facts: what a platform's layer says of the Pythons it runs, its limits, its traps for names.
//!
//! Read from `[facts]` of `templates/platform/*/layer.toml`, used by `project` (defaults, the name gate) and `cli` (`template
//! show`) and `doctor`. It knows no platform by name.

mod keys;
mod limit;
mod mark;
mod runtime;
mod sheet;
mod tool;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::python::Series;
use crate::template::layer::Layer;

pub(crate) use keys::Keys;
pub(crate) use limit::Limit;
pub(crate) use mark::{Library, Mark, Upload};
pub(crate) use runtime::{Runtime, Stage};
pub(crate) use sheet::{Sheet, keys as keys_of};
pub(crate) use tool::Tool;

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
    /// The Pythons that it runs, and that a new project can be for; none where it runs whatever it is given.
    #[serde(default)]
    pub(crate) python: Vec<Runtime>,
    /// The Pythons that it runs no more, or soon will not, and that no new project is offered.
    #[serde(default)]
    pub(crate) retired: Vec<Runtime>,
    /// Its limits.
    #[serde(default)]
    pub(crate) limits: Vec<Limit>,
    /// The files that tell a project that is for it.
    #[serde(default)]
    pub(crate) marks: Vec<Mark>,
    /// What goes there of a project, and what is kept back.
    #[serde(default)]
    pub(crate) upload: Vec<Upload>,
    /// Its libraries, as far as they need a certain Python.
    #[serde(default)]
    pub(crate) libraries: Vec<Library>,
    /// The keys of its files of configuration.
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "read here so that a mistake in a layer is found; `keys_of` is for who wants them"
        )
    )]
    pub(crate) keys: Vec<Keys>,
    /// The files that it reads as JSON without comments, whatever editors think of them.
    #[serde(default)]
    pub(crate) plain_json: Vec<String>,
    /// The programs that work with it on the command line.
    #[serde(default)]
    pub(crate) tools: Vec<Tool>,
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

    /// The limit of this name.
    pub(crate) fn limit(&self, name: &str) -> Option<&Limit> {
        self.limits.iter().find(|it| it.name == name)
    }

    /// What is known of a Python there, retired or not.
    pub(crate) fn runtime(&self, series: Series) -> Option<&Runtime> {
        let mut all = self.python.iter().chain(&self.retired);
        all.find(|it| it.version.parse() == Ok(series))
    }

    /// Whether a new project can be for this Python there; whatever it is, where the platform does not mind.
    pub(crate) fn offers(&self, series: Series) -> bool {
        self.python.is_empty()
            || self
                .python
                .iter()
                .any(|it| it.version.parse() == Ok(series))
    }
}
