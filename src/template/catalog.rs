//! The catalog: all layers, embedded in the binary or read from a folder of the same shape.
//!
//! `project` composes from it, `platform` reads facts out of it, `cli` lists it. Only the layers that are asked for are
//! read. It must not know what the layers are about.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::layer::{FILES, Kind, Layer, SourceContent, SourceFile};
use crate::error::{Error, Result};

/// The layers that are part of the program.
#[derive(rust_embed::Embed)]
#[folder = "templates"]
#[exclude = "*.pyc"]
#[exclude = ".DS_Store"]
struct Embedded;

/// A file of the layers that are part of the program, for whoever wants no more than that.
pub(crate) fn embedded_text(path: &str) -> Option<Cow<'static, str>> {
    match Embedded::get(path)?.data {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).ok(),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
    }
}

/// The paths of all files of the layers that are part of the program.
pub(crate) fn embedded_paths() -> impl Iterator<Item = Cow<'static, str>> {
    Embedded::iter()
}

/// The name of the file that makes a folder a layer.
const DEFINITION: &str = "layer.toml";

/// Where the layers come from.
#[derive(Debug)]
enum Source {
    Embedded,
    Folder(PathBuf),
}

/// All layers of one template, by folder.
#[derive(Debug)]
pub(crate) struct Catalog {
    source: Source,
    /// Every path of the catalog under the folder of the layer that it belongs to.
    paths: BTreeMap<String, Vec<String>>,
    layers: BTreeMap<String, OnceCell<Layer>>,
}

impl Catalog {
    /// The layers that the program brings.
    pub(crate) fn embedded() -> Self {
        Self::new(
            Source::Embedded,
            Embedded::iter().map(Cow::into_owned).collect(),
        )
    }

    /// The layers in a folder.
    ///
    /// # Errors
    /// When the folder cannot be read or holds no `base` layer.
    pub(crate) fn from_folder(folder: &Path) -> Result<Self> {
        // Looked for first: another folder may be large, and hold what no template does.
        if !folder.join("base").join(DEFINITION).is_file() {
            return Err(Error::new(format!(
                "`{}` is not a template: it has no base/{DEFINITION}",
                folder.display()
            )));
        }
        let mut paths = Vec::new();
        walk(folder, "", &mut paths)?;
        Ok(Self::new(Source::Folder(folder.to_owned()), paths))
    }

    fn new(source: Source, mut all: Vec<String>) -> Self {
        all.sort_unstable();
        let folders: Vec<String> = all
            .iter()
            .filter(|path| !path.contains("/files/"))
            .filter_map(|path| path.strip_suffix(DEFINITION)?.strip_suffix('/'))
            .map(str::to_owned)
            .collect();
        let mut paths: BTreeMap<String, Vec<String>> = folders
            .into_iter()
            .map(|folder| (folder, Vec::new()))
            .collect();
        for path in all {
            let Some((folder, _)) = path.split_once("/files/") else {
                continue;
            };
            if let Some(files) = paths.get_mut(folder) {
                files.push(path);
            }
        }
        let layers = paths
            .keys()
            .map(|folder| (folder.clone(), OnceCell::new()))
            .collect();
        Self {
            source,
            paths,
            layers,
        }
    }

    /// The ids of a kind (of the triggers of `platform`), in alphabetical order, without reading the layers. A platform without a trigger is
    /// not among them: no project can be made for it, and its layer only says what `doctor` knows of it.
    pub(crate) fn ids(&self, kind: Kind, platform: Option<&str>) -> Vec<String> {
        if kind == Kind::Base {
            return vec!["base".to_owned()];
        }
        let parent = match (kind, platform) {
            (Kind::Trigger, Some(platform)) => format!("platform/{platform}/trigger/"),
            _ => format!("{}/", kind.name()),
        };
        self.paths
            .keys()
            .filter_map(|folder| folder.strip_prefix(&parent))
            .filter(|rest| !rest.contains('/'))
            .filter(|id| kind != Kind::Platform || self.has_trigger(id))
            .map(str::to_owned)
            .collect()
    }

    fn has_trigger(&self, platform: &str) -> bool {
        let parent = format!("platform/{platform}/trigger/");
        let mut next = self.paths.range(parent.clone()..);
        next.next()
            .is_some_and(|(folder, _)| folder.starts_with(&parent))
    }

    /// Every platform that something is known of, also those that no project can be made for; in the order that they want to be listed in.
    ///
    /// # Errors
    /// When one of them is malformed.
    #[cfg(test)]
    pub(crate) fn platforms(&self) -> Result<Vec<&Layer>> {
        let mut layers = self
            .paths
            .keys()
            .filter_map(|folder| folder.strip_prefix("platform/"))
            .filter(|rest| !rest.contains('/'))
            .map(|id| self.layer(Kind::Platform, id, None))
            .collect::<Result<Vec<_>>>()?;
        layers.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        Ok(layers)
    }

    /// The layers of a kind, in the order that they want to be listed in.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub(crate) fn layers(&self, kind: Kind, platform: Option<&str>) -> Result<Vec<&Layer>> {
        let mut layers = self
            .ids(kind, platform)
            .iter()
            .map(|id| self.layer(kind, id, platform))
            .collect::<Result<Vec<_>>>()?;
        layers.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        Ok(layers)
    }

    /// One layer.
    ///
    /// # Errors
    /// When there is none of that name, or it is malformed.
    pub(crate) fn layer(&self, kind: Kind, id: &str, platform: Option<&str>) -> Result<&Layer> {
        let folder = match (kind, platform) {
            (Kind::Base, _) => "base".to_owned(),
            (Kind::Trigger, Some(platform)) => format!("platform/{platform}/trigger/{id}"),
            _ => format!("{}/{id}", kind.name()),
        };
        let cell = self
            .layers
            .get(&folder)
            .ok_or_else(|| Error::new(format!("the template has no layer `{folder}`")))?;
        if let Some(layer) = cell.get() {
            return Ok(layer);
        }
        let layer = self.read_layer(kind, &folder)?;
        Ok(cell.get_or_init(|| layer))
    }

    /// Every layer of the catalog.
    ///
    /// # Errors
    /// When one of them is malformed or lies where no layer belongs.
    pub(crate) fn all(&self) -> Result<Vec<&Layer>> {
        self.layers
            .keys()
            .map(|folder| {
                let parts: Vec<&str> = folder.split('/').collect();
                let (kind, platform) = match parts[..] {
                    ["platform", platform, "trigger", _] => (Some(Kind::Trigger), Some(platform)),
                    ["base"] => (Some(Kind::Base), None),
                    [name, _] => (Kind::ALL.into_iter().find(|kind| kind.name() == name), None),
                    _ => (None, None),
                };
                let kind = kind.ok_or_else(|| {
                    Error::new(format!("`{folder}` is not where a layer can lie")).hint(
                        "layers lie in base, platform/NAME, platform/NAME/trigger/NAME, example/NAME, hooks/NAME, tool/NAME, docs/NAME, ci/NAME, editor/NAME and license/NAME",
                    )
                })?;
                self.layer(kind, parts.last().copied().unwrap_or_default(), platform)
            })
            .collect()
    }

    /// A data file of the catalog that belongs to no layer, such as the pinned closure.
    ///
    /// # Errors
    /// When it is missing or not UTF-8.
    pub(crate) fn text(&self, path: &str) -> Result<Cow<'static, str>> {
        let missing = || Error::new(format!("the template has no `{path}`"));
        let bytes = self.bytes(path)?.ok_or_else(missing)?;
        match bytes {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).ok(),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
        }
        .ok_or_else(|| Error::new(format!("`{path}` of the template is not UTF-8 text")))
    }

    fn read_layer(&self, kind: Kind, folder: &str) -> Result<Layer> {
        let text = self.text(&format!("{folder}/{DEFINITION}"))?;
        let root = format!("{folder}/{FILES}");
        let files = self.paths[folder]
            .iter()
            .filter_map(|path| path.strip_prefix(&root).map(|short| (path, short)))
            .map(|(path, short)| {
                Ok(SourceFile {
                    path: short.to_owned(),
                    content: self.content(path)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Layer::new(kind, folder, &text, files)
    }

    fn content(&self, path: &str) -> Result<SourceContent> {
        let mut executable = false;
        if let Source::Folder(folder) = &self.source {
            let real = folder.join(path);
            if let Ok(target) = std::fs::read_link(&real) {
                let target = target
                    .to_str()
                    .map(|it| it.replace('\\', "/"))
                    .ok_or_else(|| {
                        Error::new(format!("the target of the link `{path}` is not UTF-8 text"))
                    })?;
                return Ok(SourceContent::Link(target));
            }
            executable = is_executable(&real);
        }
        let bytes = self.bytes(path)?.unwrap_or_default();
        Ok(SourceContent::Bytes { bytes, executable })
    }

    fn bytes(&self, path: &str) -> Result<Option<Cow<'static, [u8]>>> {
        match &self.source {
            Source::Embedded => Ok(Embedded::get(path).map(|file| file.data)),
            Source::Folder(folder) => {
                let real = folder.join(path);
                if real.exists() {
                    crate::fs::read(&real).map(|bytes| Some(Cow::Owned(bytes)))
                } else {
                    Ok(None)
                }
            }
        }
    }
}

/// Collects the files and links below a folder, as paths relative to it with `/` between the parts.
fn walk(root: &Path, below: &str, paths: &mut Vec<String>) -> Result<()> {
    for path in crate::fs::list(&root.join(below))? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(Error::new(format!(
                "the name of `{}` is not UTF-8 text",
                path.display()
            )));
        };
        if name == ".git" || name == "__pycache__" {
            continue;
        }
        let relative = if below.is_empty() {
            name.to_owned()
        } else {
            format!("{below}/{name}")
        };
        let is_folder = std::fs::symlink_metadata(&path).is_ok_and(|it| it.is_dir());
        if is_folder {
            walk(root, &relative, paths)?;
        } else {
            paths.push(relative);
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    false
}
