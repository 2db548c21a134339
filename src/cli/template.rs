//! `scaffold template`: the layers that projects are made of, for those who choose and those who maintain them.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::new::Format;
use crate::environment::lock::refresh;
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::host::Host;
use crate::platform::Facts;
use crate::project::interview::KEYS;
use crate::project::source::nearest;
use crate::project::validate::validate;
use crate::report;
use crate::template::catalog::Catalog;
use crate::template::layer::{Kind, Layer};
use crate::template::variable::Variable;
use crate::ui::Ui;

/// What can be done with layers.
#[derive(Debug, Subcommand)]
pub(crate) enum Arguments {
    /// List the platforms, triggers, examples and tools to choose from.
    List {
        /// How to give the list.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Show a layer: its questions, and for a platform its facts; without NAME, the questions of all layers.
    Show {
        /// The layer, such as aws-lambda or platform/aws-lambda.
        name: Option<String>,
        /// How to give it.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Render every composition of the layers and check each file; exit code 1 when something is wrong.
    Validate {
        /// A folder of layers; without it, the layers of this program.
        folder: Option<PathBuf>,
        /// How to give what was found.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Resolve all that the layers below FOLDER require, and write FOLDER/closure.lock (needs uv).
    Lock {
        /// The folder of layers.
        #[arg(default_value = "templates")]
        folder: PathBuf,
    },
}

/// Runs it.
///
/// # Errors
/// When a layer cannot be read, is not there, or is wrong.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    match arguments {
        Arguments::List { format } => list(*format, ui),
        Arguments::Show { name, format } => show(name.as_deref(), *format, ui),
        Arguments::Validate { folder, format } => check(folder.as_ref(), *format, host, ui),
        Arguments::Lock { folder } => lock(&host.current_dir().join(folder), host, ui),
    }
}

fn list(format: Format, ui: &Ui) -> Result<()> {
    let catalog = Catalog::embedded();
    let mut layers = Vec::new();
    for kind in [
        Kind::Platform,
        Kind::Example,
        Kind::Tool,
        Kind::Docs,
        Kind::Ci,
        Kind::Editor,
        Kind::Hooks,
        Kind::License,
    ] {
        for layer in catalog.layers(kind, None)? {
            layers.push(layer);
            if kind == Kind::Platform {
                layers.extend(catalog.layers(Kind::Trigger, Some(&layer.id))?);
            }
        }
    }
    if format == Format::Json {
        let layers: Vec<Value> = layers.iter().map(|layer| as_json(layer)).collect();
        return ui.print(&format!("{:#}\n", json!({ "schema": 1, "layers": layers })));
    }
    let width = layers
        .iter()
        .map(|it| it.id.len())
        .max()
        .unwrap_or_default()
        + 2;
    let mut text = String::new();
    let mut last = None;
    for layer in layers {
        let indent = if layer.kind == Kind::Trigger {
            "    "
        } else {
            "  "
        };
        if layer.kind != Kind::Trigger && last.replace(layer.kind) != Some(layer.kind) {
            text.push_str(&format!(
                "{}\n",
                ui.data().heading.apply_to(layer.kind.name())
            ));
        }
        let padding = " ".repeat((width + 4).saturating_sub(layer.id.len() + indent.len()));
        text.push_str(&format!(
            "{indent}{}{padding}{}\n",
            ui.data().command.apply_to(&layer.id),
            about(layer)
        ));
    }
    ui.print(&text)
}

fn about(layer: &Layer) -> String {
    let aliases = match layer.aliases.as_slice() {
        [] => String::new(),
        aliases => format!(" (also: {})", aliases.join(", ")),
    };
    if layer.summary.starts_with(&layer.title) {
        return format!("{}{aliases}", layer.summary);
    }
    format!("{}. {}{aliases}", layer.title, layer.summary)
}

fn show(name: Option<&str>, format: Format, ui: &Ui) -> Result<()> {
    let catalog = Catalog::embedded();
    let all = catalog.all()?;
    let layers: Vec<&Layer> = match name {
        None => all
            .into_iter()
            .filter(|layer| !layer.variables.is_empty())
            .collect(),
        Some(name) => {
            let wanted = name.trim_matches('/').to_lowercase();
            let found: Vec<&Layer> = all
                .iter()
                .filter(|it| it.folder == wanted || it.id == wanted || it.aliases.contains(&wanted))
                .copied()
                .collect();
            if found.is_empty() {
                let error = Error::new(format!("there is no layer `{name}`"));
                return Err(
                    match nearest(&wanted, all.iter().map(|it| it.id.as_str())) {
                        Some(near) => error.hint(format!("did you mean `{near}`?")),
                        None => error.hint("`scaffold template list` lists them"),
                    },
                );
            }
            found
        }
    };
    if format == Format::Json {
        let layers: Vec<Value> = layers.iter().map(|layer| as_json(layer)).collect();
        return ui.print(&format!("{:#}\n", json!({ "schema": 1, "layers": layers })));
    }
    let mut text = String::new();
    if name.is_none() {
        text.push_str(&format!(
            "{}\n  {}\n\n",
            ui.data().heading.apply_to("every project"),
            KEYS.join(", ")
        ));
    }
    for layer in layers {
        text.push_str(&format!(
            "{}  {}\n",
            ui.data().heading.apply_to(&layer.folder),
            about(layer)
        ));
        if layer.kind == Kind::Platform {
            text.push_str(&facts_text(&Facts::of(layer)?));
        }
        for variable in &layer.variables {
            text.push_str(&format!(
                "  {}  {}\n",
                ui.data()
                    .command
                    .apply_to(format!("--set {}={}", variable.name, shape(variable))),
                variable.help
            ));
        }
        text.push('\n');
    }
    ui.print(&format!("{}\n", text.trim_end()))
}

/// What a value of a variable looks like, and its default.
fn shape(variable: &Variable) -> String {
    let default = match &variable.default {
        Value::Null => "not set".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let allowed = match (variable.min, variable.max) {
        (Some(min), Some(max)) => format!("{min}..{max}"),
        _ if !variable.choices.is_empty() => variable.choices.join("|"),
        _ => format!("{:?}", variable.kind).to_uppercase(),
    };
    format!("{allowed} [{default}]")
}

fn facts_text(facts: &Facts) -> String {
    let mut text = format!("  facts of {} from {}\n", facts.as_of, facts.source);
    for runtime in &facts.python {
        let day = |label: &str, day: &Option<String>| {
            day.as_ref()
                .map(|day| format!(", {label} {day}"))
                .unwrap_or_default()
        };
        text.push_str(&format!(
            "  Python {}{}{}{}{}\n",
            runtime.version,
            if runtime.version == facts.default_python {
                " (default)"
            } else {
                ""
            },
            day("deprecated", &runtime.deprecated),
            day("no new functions", &runtime.block_create),
            day("no updates", &runtime.block_update),
        ));
    }
    for limit in &facts.limits {
        let value = |label: &str, value: &Option<Value>| {
            value
                .as_ref()
                .map(|value| format!(" {label} {value} {}", limit.unit))
                .unwrap_or_default()
        };
        text.push_str(&format!(
            "  limit {}:{}{}{}{}\n",
            limit.name,
            value("default", &limit.default),
            value("min", &limit.min),
            value("max", &limit.max),
            limit
                .note
                .as_ref()
                .map(|note| format!(" ({note})"))
                .unwrap_or_default(),
        ));
    }
    let sources: std::collections::BTreeSet<&str> = facts
        .python
        .iter()
        .map(|it| it.source.as_deref())
        .chain(facts.limits.iter().map(|it| it.source.as_deref()))
        .flatten()
        .collect();
    for source in sources {
        text.push_str(&format!("  source {source}\n"));
    }
    text
}

fn as_json(layer: &Layer) -> Value {
    let variables: Vec<Value> = layer
        .variables
        .iter()
        .map(|it| {
            json!({
                "name": it.name, "help": it.help, "default": it.default, "optional": it.optional,
                "min": it.min, "max": it.max, "choices": it.choices,
            })
        })
        .collect();
    json!({
        "kind": layer.kind.name(), "id": layer.id, "folder": layer.folder, "title": layer.title,
        "summary": layer.summary, "aliases": layer.aliases, "variables": variables, "facts": layer.facts,
    })
}

fn check(folder: Option<&PathBuf>, format: Format, host: &Host, ui: &Ui) -> Result<()> {
    let catalog = match folder {
        Some(folder) => Catalog::from_folder(&host.current_dir().join(folder))?,
        None => Catalog::embedded(),
    };
    let validation = validate(&catalog);
    ui.print(&match format {
        Format::Json => report::json::render(&validation.findings),
        Format::Text => report::text::render(&validation.findings, ui.data()),
    })?;
    let looked = format!(
        "{} layers in {} compositions",
        validation.layers, validation.compositions
    );
    let errors = validation
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    match (errors, validation.findings.len() - errors) {
        (0, 0) => ui.say(format!("{looked}: nothing wrong")),
        (0, warnings) => ui.say(format!("{looked}: {}", counted(warnings, "warning"))),
        (errors, _) => {
            return Err(Error::findings(format!(
                "{looked}: {}",
                counted(errors, "error")
            )));
        }
    }
    Ok(())
}

/// `1 error`, `2 errors`.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

fn lock(folder: &std::path::Path, host: &Host, ui: &Ui) -> Result<()> {
    let mut requirements: Vec<String> = Vec::new();
    for layer in Catalog::from_folder(folder)?.all()? {
        requirements.extend(layer.contributed("requirements"));
        requirements.extend(layer.contributed("dev_requirements"));
    }
    requirements.sort();
    requirements.dedup();
    let text = refresh::closure_text(host, ui, &requirements)?;
    let path = folder.join(crate::template::closure::FILE);
    crate::fs::atomic::replace(&path, text.as_bytes())?;
    ui.say(format!(
        "wrote {} for {} requirements",
        path.display(),
        requirements.len()
    ));
    Ok(())
}
