//! One layer: a folder with a `layer.toml` (facts, variables, contributions, rules for files) and the files themselves.
//!
//! The format is described in `templates/README.md`. Made by `catalog`, composed by `composition`. A layer is data: reading one runs nothing. It must not know which
//! layers exist beside it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::variable::Variable;
use crate::error::{Error, Result};

/// The folder of a layer that holds its files, at their paths in the project.
pub(crate) const FILES: &str = "files/";

/// What a layer is for; at most one of each kind (but `Tool`) is in a composition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// What every project has.
    Base,
    /// Where the function runs.
    Platform,
    /// What starts the function; belongs to a platform.
    Trigger,
    /// The business logic to start from.
    Example,
    /// What git runs at a commit and at a push.
    Hooks,
    /// A tool that every project is checked with.
    Tool,
    /// How the documentation is built.
    Docs,
    /// The continuous-integration service.
    Ci,
    /// The editor.
    Editor,
    /// The licence of the project.
    License,
}

impl Kind {
    /// Every kind, in the order in which a composition takes its layers.
    pub(crate) const ALL: [Self; 10] = [
        Self::Base,
        Self::Platform,
        Self::Trigger,
        Self::Example,
        Self::Hooks,
        Self::Tool,
        Self::Docs,
        Self::Ci,
        Self::Editor,
        Self::License,
    ];

    /// The name of the kind: its folder, and the key of its answer.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Platform => "platform",
            Self::Trigger => "trigger",
            Self::Example => "example",
            Self::Hooks => "hooks",
            Self::Tool => "tool",
            Self::Docs => "docs",
            Self::Ci => "ci",
            Self::Editor => "editor",
            Self::License => "license",
        }
    }
}

/// One file of a layer as it lies in the catalog.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Its path in the project, `/` between the parts, `.hbs` still at its end, itself a template.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) content: SourceContent,
}

/// What a file of a layer is.
#[derive(Debug, Clone)]
pub(crate) enum SourceContent {
    /// Bytes; `executable` as on disk (`layer.toml` can say so too).
    Bytes {
        /// The content.
        bytes: Cow<'static, [u8]>,
        /// Whether the owner may execute it.
        executable: bool,
    },
    /// A symbolic link with its target.
    Link(String),
}

/// Who keeps a file after it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ownership {
    /// The user: written once.
    #[default]
    Yours,
    /// The template: kept up by updates.
    Managed,
}

impl Ownership {
    /// The word for it in records and reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yours => "yours",
            Self::Managed => "managed",
        }
    }
}

/// What `layer.toml` says of one file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRule {
    /// The file, as under `files/` but without `.hbs`.
    pub(crate) path: String,
    /// Written only where this holds.
    #[serde(default)]
    pub(crate) when: Map<String, Value>,
    /// Who keeps it.
    #[serde(default)]
    pub(crate) ownership: Ownership,
    /// Whether the owner may execute it.
    #[serde(default)]
    pub(crate) executable: bool,
}

/// The text of `layer.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    order: i64,
    #[serde(default)]
    facts: Map<String, Value>,
    #[serde(default)]
    variables: Map<String, Value>,
    #[serde(default)]
    contribute: Map<String, Value>,
    #[serde(default)]
    files: Vec<FileRule>,
    #[serde(default)]
    links: BTreeMap<String, String>,
}

/// A layer of the catalog.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    /// What it is for.
    pub(crate) kind: Kind,
    /// Its name among those of its kind: the folder's.
    pub(crate) id: String,
    /// Its folder in the catalog, such as `platform/vercel`.
    pub(crate) folder: String,
    /// Its name for people.
    pub(crate) title: String,
    /// One line about it.
    pub(crate) summary: String,
    /// Other names that stand for its id.
    pub(crate) aliases: Vec<String>,
    /// Its place in lists, lowest first.
    pub(crate) order: i64,
    /// Data about the platform.
    pub(crate) facts: Map<String, Value>,
    /// Its questions, in the order of `layer.toml`.
    pub(crate) variables: Vec<Variable>,
    /// Lists and tables for the files of other layers.
    pub(crate) contribute: Map<String, Value>,
    /// What is said of single files.
    pub(crate) rules: Vec<FileRule>,
    /// Its files and links, by path.
    pub(crate) files: Vec<SourceFile>,
}

impl Layer {
    /// Reads a layer from the text of its `layer.toml` and its files.
    ///
    /// # Errors
    /// When the text is not TOML or says something that a layer cannot have, naming file and line.
    pub(crate) fn new(
        kind: Kind,
        folder: &str,
        text: &str,
        mut files: Vec<SourceFile>,
    ) -> Result<Self> {
        let definition: Definition = toml_edit::de::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            Error::new(format!(
                "{folder}/layer.toml:{line}: {}",
                error.message().trim()
            ))
        })?;
        let variables = definition
            .variables
            .into_iter()
            .map(|(name, value)| {
                Variable::new(&name, value).map_err(|reason| {
                    Error::new(format!("{folder}/layer.toml: variable `{name}`: {reason}"))
                })
            })
            .collect::<Result<Vec<_>>>()?;
        files.extend(
            definition
                .links
                .into_iter()
                .map(|(path, target)| SourceFile {
                    path,
                    content: SourceContent::Link(target),
                }),
        );
        for rule in &definition.files {
            if !files.iter().any(|file| bare(&file.path) == rule.path) {
                return Err(Error::new(format!(
                    "{folder}/layer.toml: [[files]] names `{}`, which is not under {folder}/{FILES}",
                    rule.path
                )));
            }
        }
        Ok(Self {
            kind,
            id: folder.rsplit('/').next().unwrap_or(folder).to_owned(),
            folder: folder.to_owned(),
            title: definition.title,
            summary: definition.summary,
            aliases: definition.aliases,
            order: definition.order,
            facts: definition.facts,
            variables,
            contribute: definition.contribute,
            rules: definition.files,
            files,
        })
    }

    /// What `layer.toml` says of the file at this path (without `.hbs`).
    pub(crate) fn rule(&self, path: &str) -> Option<&FileRule> {
        self.rules.iter().find(|rule| rule.path == path)
    }

    /// A list of strings that this layer contributes, as written.
    pub(crate) fn contributed(&self, list: &str) -> Vec<String> {
        self.contribute
            .get(list)
            .and_then(Value::as_array)
            .map(|items| {
                items
                    .iter()
                    .filter_map(|it| it.as_str().map(str::to_owned))
                    .collect()
            })
            .unwrap_or_default()
    }
}

/// A file's path without the suffix that says it is a template.
pub(crate) fn bare(path: &str) -> &str {
    path.strip_suffix(".hbs").unwrap_or(path)
}

/// The line, from 1, in which this byte of a text lies.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    1 + text.get(..byte).unwrap_or(text).matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Layer};

    #[test]
    fn a_misspelt_key_is_named_with_its_line() {
        let error = Layer::new(
            Kind::Docs,
            "docs/x",
            "title = \"X\"\nsumary = \"y\"\n",
            Vec::new(),
        )
        .unwrap_err();
        assert!(
            error.message().starts_with("docs/x/layer.toml:2: "),
            "{error}"
        );
        assert!(error.message().contains("sumary"), "{error}");
    }

    #[test]
    fn a_rule_for_a_file_that_is_not_there_is_an_error() {
        let text = "title = \"X\"\n[[files]]\npath = \"gone.md\"\n";
        let error = Layer::new(Kind::Docs, "docs/x", text, Vec::new()).unwrap_err();
        assert!(error.message().contains("gone.md"), "{error}");
    }
}
