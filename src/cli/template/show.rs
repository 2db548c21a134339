//! `scaffold template show`: what a layer asks, and for a platform what is known of it.
//!
//! Called by `template`, whose list it gives as data too. It only reads the catalog.

use serde_json::{Value, json};

use super::Format;
use crate::error::{Error, Result};
use crate::platform::Facts;
use crate::project::question::{self, BaseQuestion, Usual, Values};
use crate::project::source::nearest;
use crate::template::catalog::Catalog;
use crate::template::layer::{Kind, Layer};
use crate::template::variable::{Type, Variable};
use crate::ui::Ui;

/// Shows the layers of a name; without one, the questions of all.
///
/// # Errors
/// When there is no such layer.
pub(super) fn show(name: Option<&str>, format: Format, ui: &Ui) -> Result<()> {
    let catalog = Catalog::embedded();
    let all = catalog.all()?;
    let layers: Vec<&Layer> = match name {
        None => all
            .into_iter()
            .filter(|layer| layer.kind == Kind::Base || !layer.variables.is_empty())
            .collect(),
        Some(name) => find(name, &all)?,
    };
    if format == Format::Json {
        return ui.print(&data(&layers, &catalog));
    }
    let mut text = String::new();
    for layer in layers {
        text.push_str(&format!(
            "{}  {}\n",
            ui.data().heading.apply_to(&layer.folder),
            about(layer)
        ));
        if layer.kind == Kind::Platform {
            text.push_str(&facts_text(&Facts::of(layer)?));
        }
        let mut add = |syntax: &str, help: &str| {
            let syntax = ui.data().command.apply_to(syntax);
            text.push_str(&format!("  {syntax}\n      {help}\n"));
        };
        if layer.kind == Kind::Base {
            for question in question::ALL {
                add(&base_syntax(question, &catalog)?, question.help);
            }
        }
        for variable in &layer.variables {
            let syntax = format!("--set {}={}", variable.name, shape(variable));
            add(&syntax, &variable.help);
        }
        text.push('\n');
    }
    ui.print(&format!("{}\n", text.trim_end()))
}

/// The layers that a name stands for: an id, an alias, or a folder.
fn find<'a>(name: &str, all: &[&'a Layer]) -> Result<Vec<&'a Layer>> {
    let wanted = name.trim_matches('/').to_lowercase();
    let names = |layer: &'a Layer| {
        let own = [layer.folder.as_str(), layer.id.as_str()];
        own.into_iter()
            .chain(layer.aliases.iter().map(String::as_str))
    };
    let found: Vec<&Layer> = all
        .iter()
        .filter(|layer| names(layer).any(|it| it == wanted))
        .copied()
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let error = Error::new(format!("there is no layer `{name}`"));
    let error = match nearest(&wanted, all.iter().flat_map(|layer| names(layer))) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    };
    Err(error.hint("`scaffold template list` lists them"))
}

/// A layer in one line.
pub(super) fn about(layer: &Layer) -> String {
    let aliases = match layer.aliases.as_slice() {
        [] => String::new(),
        aliases => format!(" (also: {})", aliases.join(", ")),
    };
    if layer.summary.starts_with(&layer.title) {
        return format!("{}{aliases}", layer.summary);
    }
    format!("{}. {}{aliases}", layer.title, layer.summary)
}

/// How a question of every project is answered: what to type, what it may be, and what it is otherwise.
fn base_syntax(question: &BaseQuestion, catalog: &Catalog) -> Result<String> {
    let values = match question.values {
        Values::Text => "TEXT".to_owned(),
        Values::Year => "YEAR".to_owned(),
        Values::Layer(_) | Values::Python | Values::Word(_) => {
            choices(question, catalog)?.join("|")
        }
    };
    let (Usual::Value(default) | Usual::Described(default)) = question.default;
    Ok(if question.flag {
        format!("--{} {values} [{default}]", question.key)
    } else {
        format!("--set {}={values} [{default}]", question.key)
    })
}

/// What there is to choose from, over all platforms.
fn choices(question: &BaseQuestion, catalog: &Catalog) -> Result<Vec<String>> {
    let platforms = || catalog.layers(Kind::Platform, None);
    let mut all = match question.values {
        Values::Text | Values::Year => Vec::new(),
        Values::Word(words) => words.iter().map(|it| (*it).to_owned()).collect(),
        Values::Layer(Kind::Trigger) => {
            let mut ids = Vec::new();
            for platform in platforms()? {
                ids.extend(catalog.ids(Kind::Trigger, Some(&platform.id)));
            }
            ids
        }
        Values::Layer(kind) => {
            let layers = catalog.layers(kind, None)?;
            layers.iter().map(|it| it.id.clone()).collect()
        }
        Values::Python => {
            let mut versions = Vec::new();
            for platform in platforms()? {
                versions.extend(Facts::of(platform)?.python.into_iter().map(|it| it.version));
            }
            versions.sort();
            versions
        }
    };
    // Those of a kind come in the order of the layers, and only once each.
    all.dedup();
    Ok(all)
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
        _ => match variable.kind {
            Type::String | Type::Choice => "TEXT".to_owned(),
            Type::Integer => "INTEGER".to_owned(),
            Type::Boolean => "true|false".to_owned(),
            Type::List => "TEXT,TEXT".to_owned(),
        },
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
        let values: Vec<String> = [
            ("default", &limit.default),
            ("min", &limit.min),
            ("max", &limit.max),
        ]
        .into_iter()
        .filter_map(|(label, value)| Some(format!("{label} {} {}", value.as_ref()?, limit.unit)))
        .collect();
        let note = limit.note.as_ref().map(|note| format!(" ({note})"));
        text.push_str(&format!(
            "  limit {}: {}{}\n",
            limit.name,
            values.join(", "),
            note.unwrap_or_default(),
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

/// Layers as data for programs.
pub(super) fn data(layers: &[&Layer], catalog: &Catalog) -> String {
    let layers: Vec<Value> = layers.iter().map(|layer| as_json(layer, catalog)).collect();
    format!("{:#}\n", json!({ "schema": 1, "layers": layers }))
}

/// A layer as data.
fn as_json(layer: &Layer, catalog: &Catalog) -> Value {
    let base = question::ALL
        .iter()
        .filter(|_| layer.kind == Kind::Base)
        .map(|it| base_as_json(it, catalog));
    let own = layer.variables.iter().map(|it| {
        json!({
            "name": it.name, "type": type_name(it.kind), "help": it.help, "default": it.default,
            "optional": it.optional, "min": it.min, "max": it.max, "choices": it.choices,
        })
    });
    json!({
        "kind": layer.kind.name(), "id": layer.id, "folder": layer.folder, "title": layer.title,
        "summary": layer.summary, "aliases": layer.aliases, "variables": base.chain(own).collect::<Vec<_>>(),
        "facts": layer.facts,
    })
}

fn base_as_json(question: &BaseQuestion, catalog: &Catalog) -> Value {
    let (default, described) = match question.default {
        Usual::Value(value) => (Some(value), None),
        Usual::Described(words) => (None, Some(words)),
    };
    let kind = match question.values {
        Values::Text => Type::String,
        Values::Year => Type::Integer,
        Values::Layer(_) | Values::Python | Values::Word(_) => Type::Choice,
    };
    // A layer that cannot be read is what `template validate` reports.
    let choices = choices(question, catalog).unwrap_or_default();
    json!({
        "name": question.key, "type": type_name(kind), "help": question.help, "default": default,
        "default_is": described, "optional": false, "min": null, "max": null, "choices": choices,
    })
}

fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::String => "string",
        Type::Integer => "integer",
        Type::Boolean => "boolean",
        Type::Choice => "choice",
        Type::List => "list",
    }
}
