//! What making a project comes to: every file with its bytes, and the steps after them. A value; nothing is written.
//!
//! Made from answers by `cli`, shown by `--dry-run`, acted on by `create`. The same answers give the same plan, byte for byte.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::answers::Answers;
use super::interview::Interviewed;
use super::locks::Locks;
use crate::error::{Error, Result};
use crate::python::version::{CEILING, FLOOR};
use crate::template::composition::{Content, RenderedFile, sorted_and_distinct};
use crate::template::layer::{Kind, Ownership};
use crate::template::literal::toml_tables;
use crate::template::render::Renderer;

/// The name of the template that the program brings, as recorded.
pub(crate) const TEMPLATE: &str = "scaffold";

/// Where the locked tools lie in every project.
pub(crate) const DEV_REQUIREMENTS: &str = "requirements-dev.txt";

/// A command that proves the project green, run by the Python of its environment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Gate {
    /// `black`.
    pub(crate) name: String,
    /// `Formatting`.
    pub(crate) title: String,
    /// What Python is given: `-m black --check .`.
    pub(crate) args: Vec<String>,
}

/// Something for the person to do next.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NextStep {
    /// In words.
    pub(crate) title: String,
    /// What to type.
    pub(crate) command: String,
}

/// A project, complete in memory.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The answers that decided it.
    pub(crate) answers: Answers,
    /// Its files, sorted by path.
    pub(crate) files: Vec<RenderedFile>,
    /// What proves it green.
    pub(crate) gates: Vec<Gate>,
    /// What to do after that.
    pub(crate) next_steps: Vec<NextStep>,
    /// The stages of git at which its `pyproject.toml` lets this program run checks.
    pub(crate) stages: Vec<String>,
    /// The lock files that its environment is built from, in order.
    pub(crate) locks: Vec<String>,
}

/// Renders a project and checks the whole render.
///
/// # Errors
/// When a template is wrong; nothing that a user answers leads here.
pub(crate) fn plan(interviewed: Interviewed<'_>, locks: &Locks) -> Result<Plan> {
    let Interviewed {
        answers,
        composition,
        facts,
        ..
    } = interviewed;
    let renderer = Renderer::new();
    let platform_facts = composition
        .layer(Kind::Platform)
        .map_or_else(Map::new, |layer| layer.facts.clone());
    let base = base_context(&answers, &composition, &facts, platform_facts, locks);
    let mut context = handlebars::Context::from(Value::Object(base));
    let mut contributions = composition.contributions(&renderer, &context)?;
    let mut settings = match contributions.remove("pyproject") {
        Some(Value::Object(table)) => table,
        _ => Map::new(),
    };
    let own = own_settings(&mut settings);
    let stages = own.get("stages").and_then(Value::as_object);
    let stages = stages.map_or_else(Vec::new, |it| it.keys().cloned().collect());
    let own = Map::from_iter([("tool".to_owned(), json!({ "scaffold": own }))]);
    let gates = listed(&contributions, "gates")?;
    let next_steps = listed(&contributions, "next_steps")?;
    context.data_mut()["tool_tables"] = toml_tables(&settings).trim_end().into();
    context.data_mut()["scaffold_tables"] = toml_tables(&own).trim_end().into();
    context.data_mut()["contributions"] = Value::Object(contributions);

    let mut files = composition.files(&renderer, &context, FLOOR)?;
    for (path, text) in [
        (facts.requirements.as_str(), &locks.runtime),
        (DEV_REQUIREMENTS, &locks.dev),
    ] {
        files.push(RenderedFile {
            path: path.to_owned(),
            content: Content::Bytes {
                bytes: text.clone().into_bytes(),
                executable: false,
            },
            ownership: Ownership::Managed,
            origin: "the pinned closure".to_owned(),
        });
    }
    let files = sorted_and_distinct(files)?;
    Ok(Plan {
        answers,
        files,
        gates,
        next_steps,
        stages,
        locks: vec![facts.requirements, DEV_REQUIREMENTS.to_owned()],
    })
}

/// Everything that a template can name, but for what the layers contribute.
fn base_context(
    answers: &Answers,
    composition: &crate::template::composition::Composition<'_>,
    facts: &crate::platform::Facts,
    platform_facts: Map<String, Value>,
    locks: &Locks,
) -> Map<String, Value> {
    let mut context = Map::new();
    for kind in Kind::ALL {
        if let Some(layer) = composition.layer(kind) {
            context.insert(
                kind.name().to_owned(),
                json!({ "id": layer.id, "title": layer.title, "summary": layer.summary }),
            );
        }
    }
    for (name, value) in [
        ("name", json!(answers.name)),
        ("package", json!(answers.package)),
        ("description", json!(answers.description)),
        ("author", json!(answers.author)),
        ("email", json!(answers.email)),
        ("year", json!(answers.year.to_string())),
        ("python", json!(answers.python)),
        ("python_nodot", json!(answers.python.replace('.', ""))),
        ("python_floor", json!(FLOOR.to_string())),
        ("python_ceiling", json!(CEILING.to_string())),
        ("facts", Value::Object(platform_facts)),
        ("scaffold", json!({ "version": env!("CARGO_PKG_VERSION") })),
        ("answers", answers.record_as_toml()),
        ("requirements_file", json!(facts.requirements)),
        (
            "dependencies",
            json!(composition.requirements("requirements")),
        ),
        (
            "dev_dependencies",
            json!(composition.requirements("dev_requirements")),
        ),
        ("constraints", json!(locks.constraints)),
    ] {
        context.insert(name.to_owned(), value);
    }
    for (name, value) in &answers.variables {
        context.insert(name.clone(), value.clone());
    }
    context
}

/// Takes `[tool.scaffold]` out of the settings of the tools: it stands with the record.
fn own_settings(settings: &mut Map<String, Value>) -> Map<String, Value> {
    let tools = settings.get_mut("tool").and_then(Value::as_object_mut);
    match tools.and_then(|tools| tools.shift_remove("scaffold")) {
        Some(Value::Object(own)) => own,
        _ => Map::new(),
    }
}

/// A contributed list as values of a type.
fn listed<T: serde::de::DeserializeOwned>(
    contributions: &Map<String, Value>,
    name: &str,
) -> Result<Vec<T>> {
    serde_json::from_value(
        contributions
            .get(name)
            .cloned()
            .unwrap_or_else(|| json!([])),
    )
    .map_err(|error| {
        Error::new(format!(
            "the template contributes malformed `{name}`: {error}"
        ))
    })
}

impl Plan {
    /// A digest of every path, mode and byte: two plans with the same one make the same project.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for file in &self.files {
            let (mode, bytes): (&[u8], &[u8]) = match &file.content {
                Content::Bytes {
                    bytes,
                    executable: false,
                } => (b"f", bytes),
                Content::Bytes {
                    bytes,
                    executable: true,
                } => (b"x", bytes),
                Content::Link(target) => (b"l", target.as_bytes()),
            };
            for part in [file.path.as_bytes(), mode, bytes] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The plan as data: the answers, every file with size, mode and hash, and the steps.
    pub(crate) fn to_json(&self, steps: &[&str]) -> Value {
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|file| match &file.content {
                Content::Bytes { bytes, executable } => json!({
                    "path": file.path,
                    "mode": if *executable { "100755" } else { "100644" },
                    "size": bytes.len(),
                    "sha256": hex(&Sha256::digest(bytes)),
                    "ownership": file.ownership.name(),
                }),
                Content::Link(target) => json!({
                    "path": file.path,
                    "mode": "120000",
                    "target": target,
                    "ownership": file.ownership.name(),
                }),
            })
            .collect();
        json!({
            "schema": 1,
            "template": TEMPLATE,
            "version": env!("CARGO_PKG_VERSION"),
            "answers": self.answers.record(),
            "files": files,
            "steps": steps,
            "gates": self.gates,
            "next_steps": self.next_steps,
        })
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
