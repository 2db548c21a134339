//! The answers that decide every byte of a project, and the record of them in `pyproject.toml`.
//!
//! Made by `interview`, used by `plan`. A record holds no secret: a template has no question for one. It must not know who gave an
//! answer.

use serde_json::{Map, Value, json};

use crate::template::literal::toml_literal;

/// All answers of one project.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answers {
    /// The distribution name, normalized as PEP 503 says.
    pub(crate) name: String,
    /// The import name.
    pub(crate) package: String,
    /// One line about the project.
    pub(crate) description: String,
    /// Who wrote it; may be empty.
    pub(crate) author: String,
    /// Their address; may be empty.
    pub(crate) email: String,
    /// The platform's id.
    pub(crate) platform: String,
    /// The trigger's id, among those of the platform.
    pub(crate) trigger: String,
    /// The example's id.
    pub(crate) example: String,
    /// `3.13`.
    pub(crate) python: String,
    /// The id of the documentation layer.
    pub(crate) docs: String,
    /// The id of the CI layer.
    pub(crate) ci: String,
    /// The id of the editor layer.
    pub(crate) editor: String,
    /// The id of the layer that says what git runs at a commit and at a push.
    pub(crate) hooks: String,
    /// The id of the licence layer.
    pub(crate) license: String,
    /// The year of the licence.
    pub(crate) year: i64,
    /// The variables of the layers, by name; null where one is not set.
    pub(crate) variables: Map<String, Value>,
}

impl Answers {
    /// The answers as they are recorded: by key, what is not set left out.
    pub(crate) fn record(&self) -> Map<String, Value> {
        let mut record = Map::new();
        for (key, value) in [
            ("name", json!(self.name)),
            ("description", json!(self.description)),
            ("author", json!(self.author)),
            ("email", json!(self.email)),
            ("platform", json!(self.platform)),
            ("trigger", json!(self.trigger)),
            ("example", json!(self.example)),
            ("python", json!(self.python)),
            ("docs", json!(self.docs)),
            ("ci", json!(self.ci)),
            ("editor", json!(self.editor)),
            ("hooks", json!(self.hooks)),
            ("license", json!(self.license)),
            ("year", json!(self.year)),
        ] {
            record.insert(key.to_owned(), value);
        }
        for (key, value) in self.variables.iter().filter(|(_, value)| !value.is_null()) {
            record.insert(key.clone(), value.clone());
        }
        record
    }

    /// The record as pairs of key and TOML literal, for the template of `pyproject.toml`.
    pub(crate) fn record_as_toml(&self) -> Value {
        self.record()
            .iter()
            .map(|(key, value)| json!({ "key": key, "toml": toml_literal(value) }))
            .collect()
    }
}
