//! The questions with a list to pick from that the catalog gives: the layers, and the Pythons of a platform.
//!
//! Asked by the session, in its order. It must not know what the layers bring.

use serde_json::Value;

use super::Session;
use crate::error::{Error, Result};
use crate::platform::Facts;
use crate::project::person::{Choice, Question};
use crate::project::question::{BaseQuestion, PYTHON};
use crate::project::source::{Raw, nearest, wrong};
use crate::python::Series;
use crate::template::layer::{Kind, Layer};

impl<'a> Session<'a, '_> {
    /// The layer of a kind that the answers choose.
    pub(in crate::project) fn layer(
        &mut self,
        question: &BaseQuestion,
        kind: Kind,
        platform: Option<&str>,
    ) -> Result<&'a Layer> {
        let layer = self.choose(question, kind, platform)?;
        self.note(question.key, layer.id == question.usual());
        Ok(layer)
    }

    fn choose(
        &mut self,
        question: &BaseQuestion,
        kind: Kind,
        platform: Option<&str>,
    ) -> Result<&'a Layer> {
        let (key, usual) = (question.key, question.usual());
        // An id by its letters, and nobody to be asked: the other layers need not be read.
        let given = self.sources.get(key);
        if self.person.is_none() || given.is_some_and(|(_, origin)| origin.is_answer()) {
            let id = given.map_or_else(|| usual.to_owned(), |(raw, _)| raw.to_string());
            if self.catalog.ids(kind, platform).contains(&id) {
                return self.catalog.layer(kind, &id, platform);
            }
        }
        let layers = self.catalog.layers(kind, platform)?;
        let find = |text: &str| {
            let text = text.trim().to_lowercase();
            layers
                .iter()
                .find(|it| it.id == text || it.aliases.contains(&text))
                .copied()
        };
        let names = || layers.iter().map(|it| it.id.as_str());
        let allowed = names().collect::<Vec<_>>().join(", ");
        let mut default = names()
            .find(|id| *id == usual)
            .or_else(|| names().next())
            .unwrap_or_default();
        if let Some((raw, origin)) = self.sources.get(key) {
            let text = raw.to_string();
            let layer = find(&text).ok_or_else(|| {
                let near = nearest(
                    &text,
                    layers.iter().flat_map(|it| {
                        std::iter::once(it.id.as_str()).chain(it.aliases.iter().map(String::as_str))
                    }),
                );
                wrong(key, raw, origin, &format!("is not one of {allowed}"), near)
            })?;
            if origin.is_answer() || self.person.is_none() {
                return Ok(layer);
            }
            default = &layer.id;
        }
        let Some(person) = self.person.as_mut().filter(|_| layers.len() > 1) else {
            return find(default).ok_or_else(|| Error::new(format!("the template has no {key}")));
        };
        let text = person.ask(&Question {
            title: question.title.to_owned(),
            help: String::new(),
            default: default.to_owned(),
            choices: layers
                .iter()
                .map(|it| Choice {
                    id: it.id.clone(),
                    label: label(it),
                })
                .collect(),
            check: &|text| {
                find(text)
                    .map(drop)
                    .ok_or_else(|| format!("is not one of {allowed}"))
            },
        })?;
        find(&text).ok_or_else(|| Error::new(format!("{key} `{text}` is not one of {allowed}")))
    }

    /// The version of Python, one that the platform runs.
    pub(in crate::project) fn python(
        &mut self,
        facts: &Facts,
        platform: &Layer,
        usual: &str,
    ) -> Result<String> {
        let python = self.choose_python(facts, platform, usual.to_owned())?;
        self.note(PYTHON.key, python == usual);
        Ok(python)
    }

    fn choose_python(
        &mut self,
        facts: &Facts,
        platform: &Layer,
        mut default: String,
    ) -> Result<String> {
        let versions: Vec<&str> = facts.python.iter().map(|it| it.version.as_str()).collect();
        let allowed = versions.join(", ");
        let reason = format!("is not a Python that {} runs: {allowed}", platform.title);
        if let Some((raw, origin)) = self.sources.get(PYTHON.key) {
            let text = raw.to_string();
            // `3.12.4` asks for 3.12 as far as a platform is concerned.
            let minor = text
                .trim()
                .splitn(3, '.')
                .take(2)
                .collect::<Vec<_>>()
                .join(".");
            if !versions.contains(&minor.as_str()) {
                if let Raw::Value(Value::Number(_)) = raw {
                    // Of 3.10 without quotes, TOML keeps 3.1.
                    return Err(wrong(PYTHON.key, raw, origin, &reason, None)
                        .hint("write the version in quotes: without them it is a number"));
                }
                let near = nearest(&minor, by_distance(&minor, &versions));
                return Err(wrong(PYTHON.key, raw, origin, &reason, near));
            }
            if origin.is_answer() || self.person.is_none() {
                return Ok(minor);
            }
            default = minor;
        }
        let Some(person) = self.person.as_mut() else {
            return Ok(default);
        };
        person.ask(&Question {
            title: PYTHON.title.to_owned(),
            help: String::new(),
            default,
            choices: facts
                .python
                .iter()
                .rev()
                .map(|it| Choice {
                    id: it.version.clone(),
                    label: match &it.deprecated {
                        Some(day) => format!("{} (until {day})", it.version),
                        None => it.version.clone(),
                    },
                })
                .collect(),
            check: &|text| {
                if versions.contains(&text) {
                    Ok(())
                } else {
                    Err(reason.clone())
                }
            },
        })
    }
}

/// Versions, those first that are not far from one; of words that are equally near, a person meant that.
fn by_distance<'a>(version: &str, versions: &[&'a str]) -> Vec<&'a str> {
    let minor = |text: &str| text.parse::<Series>().map_or(0, |it| it.minor);
    let wanted = minor(version);
    let mut sorted = versions.to_vec();
    sorted.sort_by_key(|it| minor(it).abs_diff(wanted));
    sorted
}

fn label(layer: &Layer) -> String {
    if layer.summary.is_empty() {
        layer.title.clone()
    } else {
        format!("{}: {}", layer.title, layer.summary)
    }
}
