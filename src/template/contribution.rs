//! What the layers of a composition contribute to each other's files, put together.
//!
//! Asked for by `project`, which gives it to the templates. It must not know what the contributions mean, but for the lists that
//! carry ignore lines and tool settings.

use handlebars::Context;
use serde_json::{Map, Value, json};

use super::composition::{Composition, holds};
use super::render::Renderer;
use crate::error::{Error, Result};

impl Composition<'_> {
    /// What the layers contribute, rendered with `context`: every list under its name, `ignore` grouped by layer, and
    /// the merged tool settings under `pyproject`.
    ///
    /// # Errors
    /// When a contribution cannot be rendered, or two layers set the same key of `pyproject` to different values.
    pub(crate) fn contributions(
        &self,
        renderer: &Renderer,
        context: &Context,
    ) -> Result<Map<String, Value>> {
        let mut all = Map::new();
        for name in [
            "env",
            "gates",
            "commands",
            "next_steps",
            "sections",
            "attributes",
            "ignore",
        ] {
            all.insert(name.to_owned(), json!([]));
        }
        all.insert("pyproject".to_owned(), json!({}));
        for layer in self.layers() {
            let origin = format!("{}/layer.toml", layer.folder);
            for (name, value) in &layer.contribute {
                let Some(value) = rendered(renderer, &origin, value, context)? else {
                    continue;
                };
                let place = all.entry(name.clone()).or_insert_with(|| json!([]));
                match (name.as_str(), place, value) {
                    ("ignore", Value::Array(groups), lines @ Value::Array(_)) => {
                        groups.push(json!({ "title": layer.title, "lines": lines }));
                    }
                    (_, Value::Array(items), Value::Array(more)) => {
                        for item in more {
                            if !items.contains(&item) {
                                items.push(item);
                            }
                        }
                    }
                    ("pyproject", Value::Object(table), Value::Object(more)) => {
                        merge(table, more).map_err(|key| {
                            Error::new(format!(
                                "{origin}: `pyproject.{key}` is set by another layer already"
                            ))
                        })?;
                    }
                    _ => {
                        return Err(Error::new(format!(
                            "{origin}: `contribute.{name}` is not a list"
                        )));
                    }
                }
            }
        }
        Ok(all)
    }
}

/// One contributed value with its strings rendered and its conditional tables decided; `None` where its own
/// condition does not hold.
fn rendered(
    renderer: &Renderer,
    origin: &str,
    value: &Value,
    context: &Context,
) -> Result<Option<Value>> {
    Ok(Some(match value {
        Value::String(text) if text.contains("{{") => {
            Value::from(renderer.render(origin, text, context)?)
        }
        Value::Array(items) => {
            let mut kept = Vec::with_capacity(items.len());
            for item in items {
                kept.extend(rendered(renderer, origin, item, context)?);
            }
            Value::Array(kept)
        }
        Value::Object(table) => {
            if let Some(Value::Object(when)) = table.get("when")
                && !holds(when, context.data())
            {
                return Ok(None);
            }
            let mut kept = Map::new();
            for (key, item) in table.iter().filter(|(key, _)| *key != "when") {
                if let Some(item) = rendered(renderer, origin, item, context)? {
                    kept.insert(key.clone(), item);
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }))
}

/// Merges tables deeply; the key that both set differently is the error.
fn merge(
    table: &mut Map<String, Value>,
    more: Map<String, Value>,
) -> std::result::Result<(), String> {
    for (key, value) in more {
        match (table.get_mut(&key), value) {
            (None, value) => {
                table.insert(key, value);
            }
            (Some(Value::Object(below)), Value::Object(more)) => {
                merge(below, more).map_err(|rest| format!("{key}.{rest}"))?;
            }
            (Some(Value::Array(items)), Value::Array(more)) => {
                for item in more {
                    if !items.contains(&item) {
                        items.push(item);
                    }
                }
            }
            (Some(old), value) if *old == value => {}
            _ => return Err(key),
        }
    }
    Ok(())
}
