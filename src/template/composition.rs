//! Layers put together: what they require, and their files.
//!
//! Made by `project` once the answers are known; pure. What they give to each other's files is `contribution`'s. It must not know
//! what the files are for.

use std::sync::atomic::{AtomicUsize, Ordering};

use handlebars::Context;
use serde_json::{Map, Value};

use super::check::check;
use super::layer::{FileRule, Kind, Layer, Ownership, SourceContent, SourceFile, bare};
use super::path::{inside, link_inside};
use super::render::Renderer;
use crate::error::{Error, Result};
use crate::python::Series;

/// The layers of one project, in the order in which they are applied.
#[derive(Debug)]
pub(crate) struct Composition<'a> {
    layers: Vec<&'a Layer>,
}

/// A file of the project, rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RenderedFile {
    /// Its path in the project, `/` between the parts.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) content: Content,
    /// Who keeps it.
    pub(crate) ownership: Ownership,
    /// The folder of the layer that made it, for messages.
    pub(crate) origin: String,
}

/// What a file of the project is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Bytes.
    Bytes {
        /// The content.
        bytes: Vec<u8>,
        /// Whether the owner may execute it.
        executable: bool,
    },
    /// A symbolic link with its target.
    Link(String),
}

impl<'a> Composition<'a> {
    /// Puts layers together.
    pub(crate) fn new(mut layers: Vec<&'a Layer>) -> Self {
        layers.sort_by_key(|layer| layer.kind);
        Self { layers }
    }

    /// The layer of a kind.
    pub(crate) fn layer(&self, kind: Kind) -> Option<&'a Layer> {
        self.layers.iter().find(|layer| layer.kind == kind).copied()
    }

    /// All layers, in order.
    pub(crate) fn layers(&self) -> &[&'a Layer] {
        &self.layers
    }

    /// The PEP 508 strings of a list of requirements (`requirements`, `dev_requirements`), sorted, each once.
    pub(crate) fn requirements(&self, list: &str) -> Vec<String> {
        let mut all: Vec<String> = self
            .layers
            .iter()
            .flat_map(|layer| layer.contributed(list))
            .collect();
        all.sort_by_key(|it| it.to_ascii_lowercase());
        all.dedup();
        all
    }

    /// Every file of the composition, rendered with `context` and checked, sorted by path. `python` is the oldest Python that must
    /// read the files for it.
    ///
    /// # Errors
    /// When a template is wrong, a file does not parse, a path leads outside the project, or two layers claim the same path.
    pub(crate) fn files(
        &self,
        renderer: &Renderer,
        context: &Context,
        python: Series,
    ) -> Result<Vec<RenderedFile>> {
        let sources: Vec<Source> = self
            .layers
            .iter()
            .flat_map(|layer| layer.files.iter().map(|file| Source::new(layer, file)))
            .filter(|source| holds(&source.rule.when, context.data()))
            .collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(source) = sources.get(number) else {
                    return done;
                };
                let file = source.rendered(renderer, context);
                let checked = file.and_then(|file| check(&file, python).map(|()| file));
                done.push((number, checked));
            }
        };
        // Templates are read anew by every run, and that is most of its time.
        let threads =
            std::thread::available_parallelism().map_or(1, |it| it.get().min(MOST_THREADS));
        let mut files = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for other in others {
                done.extend(other.join().unwrap_or_else(|_| {
                    vec![(0, Err(Error::new("a render came to an unexpected end")))]
                }));
            }
            done
        });
        // Of several errors, always the same one is told.
        files.sort_by_key(|(number, _)| *number);
        let files = files.into_iter().map(|(_, file)| file);
        sorted_and_distinct(files.collect::<Result<_>>()?)
    }
}

/// More than these have nothing to do.
const MOST_THREADS: usize = 4;

/// A file of a layer, with what the layer says of it.
struct Source<'a> {
    layer: &'a Layer,
    file: &'a SourceFile,
    rule: FileRule,
}

impl<'a> Source<'a> {
    fn new(layer: &'a Layer, file: &'a SourceFile) -> Self {
        let rule = layer.rule(bare(&file.path)).cloned().unwrap_or_default();
        Self { layer, file, rule }
    }

    fn rendered(&self, renderer: &Renderer, context: &Context) -> Result<RenderedFile> {
        let Self { layer, file, rule } = self;
        let origin = format!("{}/files/{}", layer.folder, file.path);
        let path = renderer.render(&origin, bare(&file.path), context)?;
        inside(&path)
            .map_err(|reason| Error::new(format!("{origin}: the path `{path}` {reason}")))?;
        let made = match &file.content {
            SourceContent::Link(target) => {
                link_inside(&path, target).map_err(|reason| {
                    Error::new(format!("{origin}: the link target `{target}` {reason}"))
                })?;
                Content::Link(target.clone())
            }
            SourceContent::Bytes { bytes, executable } => Content::Bytes {
                bytes: if file.path.ends_with(".hbs") {
                    let text = std::str::from_utf8(bytes).map_err(|_| {
                        Error::new(format!("{origin} is a template but not UTF-8 text"))
                    })?;
                    renderer.render(&origin, text, context)?.into_bytes()
                } else {
                    bytes.to_vec()
                },
                executable: *executable || rule.executable,
            },
        };
        Ok(RenderedFile {
            path,
            content: made,
            ownership: rule.ownership,
            origin,
        })
    }
}

/// Sorts files by path and refuses a path that two layers claim (also where only case tells them apart, which some
/// file systems do not).
pub(crate) fn sorted_and_distinct(mut files: Vec<RenderedFile>) -> Result<Vec<RenderedFile>> {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut seen: std::collections::HashMap<String, &RenderedFile> =
        std::collections::HashMap::new();
    for file in &files {
        if let Some(other) = seen.insert(file.path.to_lowercase(), file) {
            return Err(Error::new(format!(
                "`{}` is claimed by {} and by {}",
                file.path, other.origin, file.origin
            )));
        }
    }
    Ok(files)
}

/// Whether every condition of a `when` table holds: an answer equals a value, is one of a list, or (`true`, `false`) is set.
pub(super) fn holds(when: &Map<String, Value>, context: &Value) -> bool {
    when.iter().all(|(key, wanted)| {
        let actual = &context[key];
        // A layer answers by its id.
        let actual = actual.get("id").unwrap_or(actual);
        match wanted {
            Value::Bool(set) if !actual.is_boolean() => {
                let is_set = !actual.is_null()
                    && actual != ""
                    && actual.as_array().is_none_or(|it| !it.is_empty());
                *set == is_set
            }
            Value::Array(choices) => choices.contains(actual),
            wanted => wanted == actual,
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::holds;

    #[test]
    fn conditions_look_at_the_id_of_a_layer() {
        let context =
            json!({"docs": {"id": "mkdocs", "title": "MkDocs"}, "regions": null, "memory": 128});
        let when = |value: serde_json::Value| holds(value.as_object().unwrap(), &context);
        assert!(when(json!({"docs": "mkdocs"})));
        assert!(when(json!({"docs": ["none", "mkdocs"], "memory": true})));
        assert!(!when(json!({"docs": "none"})));
        assert!(!when(json!({"regions": true})));
        assert!(when(json!({"regions": false})));
    }
}
