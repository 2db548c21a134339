//! What is installed in the project's environment: its distributions, what they need, and what else lies among them.
//!
//! Read once through [`Facts::distributions`](super::Facts::distributions), from one listing of the folder of packages and the head of each METADATA;
//! RECORD, WHEEL and `direct_url.json` are read when a check asks, and of very many at once. Nothing is imported or started. It must not judge.

mod graph;
mod inventory;
mod metadata;
mod origin;
mod record;
mod tag;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use memchr::memmem;
use pep440_rs::Version;

use super::Facts;
use super::environment::Environment;
use super::reading::Reading;
use super::requirements::{MarkerValues, Requirement, is_name, normalized};
use metadata::Metadata;

pub(crate) use graph::Graph;
pub(crate) use inventory::{Item, State, inventory};
pub(crate) use origin::Origin;
pub(crate) use record::Recorded;
pub(crate) use tag::{Tag, Target};

/// What is installed, or why nothing can be said about it.
pub(crate) type Installed = Result<Distributions, &'static str>;

/// No folder of packages is looked at further; in names.
const MOST_NAMES: usize = 20_000;

/// The folders that `.pth` files add: no more of them are looked at.
const MOST_FOLDERS: usize = 32;

/// The distributions of an environment.
#[derive(Debug)]
pub(crate) struct Distributions {
    /// The folder of packages.
    pub(crate) folder: PathBuf,
    /// What lies in it, by name.
    pub(crate) names: Vec<Name>,
    /// Those in it, by the name of their folder.
    pub(crate) all: Vec<Distribution>,
    /// The folders that `.pth` files add, there or not.
    pub(crate) added: Vec<Added>,
    /// What markers are compared with.
    pub(crate) values: MarkerValues,
    /// What wheels must be for; `None` where that is not known.
    pub(crate) target: Option<Target>,
    /// Those in folders that `.pth` files add.
    elsewhere: Vec<Distribution>,
    by_name: BTreeMap<String, Vec<Place>>,
    is_windows: bool,
}

/// Where a distribution is listed.
#[derive(Debug, Clone, Copy)]
enum Place {
    Here(usize),
    Elsewhere(usize),
}

/// A name in the folder of packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// The name.
    pub(crate) name: String,
    /// Whether it is a folder, and no link to one.
    pub(crate) is_folder: bool,
}

/// A folder that a `.pth` file adds to the path of imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Added {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its line, from 1.
    pub(crate) line: u32,
    /// The folder.
    pub(crate) folder: PathBuf,
}

/// How a distribution was installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As wheels are: `x-1.0.dist-info`.
    Wheel,
    /// As `setup.py install` did it: `x-1.0.egg-info`, `x-1.0.egg`.
    Egg,
    /// As `setup.py develop` did it: `x.egg-link`.
    Link,
}

/// A distribution.
#[derive(Debug)]
pub(crate) struct Distribution {
    /// Its folder (or file) of metadata.
    pub(crate) path: PathBuf,
    /// How it was installed.
    pub(crate) form: Form,
    /// Its name, normalized: of METADATA, and of the folder where that says none.
    pub(crate) name: String,
    /// The name as METADATA or the folder writes it.
    pub(crate) spelled: String,
    /// Its version, as it is written; empty where nothing says it.
    pub(crate) written: String,
    /// Its version, where it is one.
    pub(crate) version: Option<Version>,
    /// The headers of METADATA; `None` where there is none that can be read.
    pub(crate) metadata: Option<Metadata>,
    origin: OnceLock<Option<Origin>>,
    installer: OnceLock<Option<String>>,
    tags: OnceLock<Vec<Tag>>,
    is_windows: bool,
}

impl Distributions {
    /// What is in the project's environment.
    pub(super) fn read(facts: &Facts) -> Installed {
        let environment = facts.environment();
        let environment = environment.ok_or_else(|| facts.why_no_environment())?;
        if environment.is_of_windows != facts.host.is_windows() {
            return Err("the environment was made on another system");
        }
        let folder = folder(environment).ok_or("the environment has no folder for packages")?;
        let is_windows = facts.host.is_windows();
        let names = list(&folder);
        if names.is_empty() && std::fs::read_dir(&folder).is_err() {
            return Err("the folder of packages cannot be read");
        }
        let all = read_all(&folder, &names, is_windows);
        let added = added(facts, &folder, &names);
        let mut elsewhere = Vec::new();
        for folder in added.iter().map(|it| &it.folder).take(MOST_FOLDERS) {
            for name in list(folder) {
                elsewhere.extend(Distribution::read(folder, &name.name, is_windows));
            }
        }
        let mut by_name: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        let here = all.iter().enumerate().map(|(at, it)| (it, Place::Here(at)));
        let there = elsewhere.iter().enumerate();
        let there = there.map(|(at, it)| (it, Place::Elsewhere(at)));
        for (distribution, place) in here.chain(there) {
            let places = by_name.entry(distribution.name.clone()).or_default();
            places.push(place);
        }
        Ok(Self {
            values: values::marker_values(facts, environment),
            target: values::target(facts, environment),
            folder,
            names,
            all,
            added,
            elsewhere,
            by_name,
            is_windows,
        })
    }

    /// The distributions of this (normalized) name that Python finds, the one that counts first: the newest with METADATA.
    pub(crate) fn named(&self, name: &str) -> Vec<&Distribution> {
        let places = self.by_name.get(name).map(Vec::as_slice);
        let mut found: Vec<&Distribution> = places
            .unwrap_or_default()
            .iter()
            .filter_map(|it| self.at(*it))
            .collect();
        found.sort_by(|a, b| {
            let rank = |it: &Distribution| (it.metadata.is_some(), it.version.clone());
            rank(b).cmp(&rank(a))
        });
        found
    }

    /// The one that counts; not one without METADATA, which pip and Python pass over.
    pub(crate) fn get(&self, name: &str) -> Option<&Distribution> {
        let counts = |it: &&Distribution| it.metadata.is_some();
        // Asked for each need of each of them, and there is hardly ever more than one.
        match self.by_name.get(name)?.as_slice() {
            [only] => self.at(*only).filter(counts),
            _ => self.named(name).into_iter().find(counts),
        }
    }

    fn at(&self, place: Place) -> Option<&Distribution> {
        match place {
            Place::Here(at) => self.all.get(at),
            Place::Elsewhere(at) => self.elsewhere.get(at),
        }
    }

    /// All names with what counts for them, in order.
    pub(crate) fn projects(&self) -> impl Iterator<Item = (&str, &Distribution)> {
        self.by_name
            .keys()
            .filter_map(|name| Some((name.as_str(), self.get(name)?)))
    }

    /// A path in RECORD as a path on this machine, if it lies in the environment: what lies elsewhere is nobody's to open.
    pub(crate) fn recorded_path(&self, environment: &Path, recorded: &str) -> Option<PathBuf> {
        let mut path = PathBuf::new();
        let recorded = if self.is_windows {
            recorded.replace('\\', "/")
        } else {
            recorded.to_owned()
        };
        for part in self.folder.join(recorded).components() {
            match part {
                std::path::Component::CurDir => {}
                std::path::Component::ParentDir => {
                    path.pop();
                }
                other => path.push(other),
            }
        }
        path.starts_with(environment).then_some(path)
    }
}

impl Distribution {
    /// The one whose metadata has this name; `None` where that is no name of metadata.
    fn read(folder: &Path, name: &str, is_windows: bool) -> Option<Self> {
        let path = folder.join(name);
        let (form, stem, file) = if let Some(stem) = name.strip_suffix(".dist-info") {
            (Form::Wheel, stem, path.join("METADATA"))
        } else if let Some(stem) = name.strip_suffix(".egg-info") {
            let file = if path.is_dir() {
                path.join("PKG-INFO")
            } else {
                path.clone()
            };
            (Form::Egg, stem, file)
        } else if let Some(stem) = name.strip_suffix(".egg") {
            (Form::Egg, stem, path.join("EGG-INFO").join("PKG-INFO"))
        } else if let Some(stem) = name.strip_suffix(".egg-link") {
            let file = linked(&path, stem)?;
            (Form::Link, stem, file)
        } else {
            return None;
        };
        // What an interrupted pip leaves is no distribution.
        if stem.starts_with('~') {
            return None;
        }
        let metadata = Metadata::read(&file).filter(|it| it.name.as_deref().is_some_and(is_name));
        let (of_folder, version_of_folder) = parts(stem);
        let said = metadata.as_ref();
        let spelled = said.and_then(|it| it.name.clone());
        let spelled = spelled.unwrap_or_else(|| of_folder.to_owned());
        let written = said.and_then(|it| it.version.clone());
        let written = written.unwrap_or_else(|| version_of_folder.to_owned());
        Some(Self {
            form,
            name: normalized(&spelled),
            version: written.parse().ok(),
            spelled,
            written,
            metadata,
            path,
            origin: OnceLock::new(),
            installer: OnceLock::new(),
            tags: OnceLock::new(),
            is_windows,
        })
    }

    /// What it needs there, with these extras asked for of it; what cannot be read is passed over.
    pub(crate) fn requirements(&self, values: &MarkerValues, extras: &[&str]) -> Vec<Requirement> {
        let lines = self.metadata.iter().flat_map(|it| &it.requires);
        lines
            // Most lines are about extras that nobody asks for: those are not worth reading.
            .filter(|line| !extras.is_empty() || !is_only_for_an_extra(line))
            .filter_map(|line| Requirement::parse(line).ok())
            .filter(|it| it.holds(values, extras))
            .collect()
    }

    /// A file of its metadata.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The file with its headers.
    pub(crate) fn metadata_file(&self) -> PathBuf {
        match self.form {
            Form::Wheel => self.file("METADATA"),
            Form::Egg | Form::Link => self.path.clone(),
        }
    }

    /// Where it came from, if not from an index.
    pub(crate) fn origin(&self) -> Option<&Origin> {
        let read = || match Reading::of(&self.file("direct_url.json")) {
            Reading::Bytes(bytes) => Origin::parse(&bytes, self.is_windows),
            Reading::Absent | Reading::Unreadable(_) => None,
        };
        self.origin.get_or_init(read).as_ref()
    }

    /// What installed it, as it calls itself: `pip`, `uv`.
    pub(crate) fn installer(&self) -> Option<&str> {
        let read = || {
            let file = Reading::of(&self.file("INSTALLER"));
            let text = file.text();
            let name = text.split_whitespace().next()?;
            Some(name.to_ascii_lowercase())
        };
        self.installer.get_or_init(read).as_deref()
    }

    /// The tags of its wheel.
    pub(crate) fn tags(&self) -> &[Tag] {
        let read = || tag::parse(&Reading::of(&self.file("WHEEL")).text());
        self.tags.get_or_init(read)
    }

    /// Its files; `None` where nothing says them.
    pub(crate) fn record(&self) -> Option<Vec<Recorded>> {
        match Reading::of(&self.file("RECORD")) {
            Reading::Bytes(bytes) => Some(record::parse(&super::reading::lossy(&bytes))),
            Reading::Absent | Reading::Unreadable(_) => None,
        }
    }
}

/// From so many names on, two threads are quicker than one.
const MANY: usize = 128;

/// Reads the distributions among these names, in order.
fn read_all(folder: &Path, names: &[Name], is_windows: bool) -> Vec<Distribution> {
    let read = |names: &[Name]| -> Vec<Distribution> {
        let read = |it: &Name| Distribution::read(folder, &it.name, is_windows);
        names.iter().filter_map(read).collect()
    };
    let (ours, theirs) = names.split_at(names.len() / 2);
    if names.len() < MANY {
        return read(names);
    }
    // Most of the time goes into opening files, of which each of them has four: what checks will ask for is read at once.
    let read_whole = |names: &[Name]| {
        let all = read(names);
        for distribution in &all {
            distribution.tags();
            distribution.installer();
            distribution.origin();
        }
        all
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| read_whole(theirs));
        let mut all = read_whole(ours);
        match other.join() {
            Ok(more) => all.extend(more),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        all
    })
}

/// Whether a requirement holds for nobody who does not ask for an extra.
fn is_only_for_an_extra(line: &str) -> bool {
    // By bytes: there are thousands of such lines.
    line.rsplit_once(';').is_some_and(|(_, marker)| {
        let marker = marker.as_bytes();
        let has = |it: &str| memmem::find(marker, it.as_bytes()).is_some();
        let mut words = marker.split(|it| !it.is_ascii_alphanumeric() && *it != b'_');
        has("extra") && has("==") && !has("!=") && words.all(|it| it != b"or")
    })
}

/// The folder of packages that the environment's Python looks into.
fn folder(environment: &Environment) -> Option<PathBuf> {
    let series = environment.series().map(|(it, _)| it);
    let libraries = &environment.libraries;
    let own = libraries
        .iter()
        .find(|(of, _)| of.is_none() || *of == series);
    own.or_else(|| libraries.first())
        .map(|(_, folder)| folder.clone())
}

fn list(folder: &Path) -> Vec<Name> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<Name> = entries
        .take(MOST_NAMES)
        .map(|it| Name {
            name: it.file_name().to_string_lossy().into_owned(),
            is_folder: it.file_type().is_ok_and(|it| it.is_dir()),
        })
        .collect();
    names.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    names
}

/// The name and version in `foo_bar-1.0`, `foo_bar-1.0-py3.8` and `foo_bar`.
fn parts(stem: &str) -> (&str, &str) {
    let (name, rest) = stem.split_once('-').unwrap_or((stem, ""));
    let version = rest.split_once("-py").map_or(rest, |(version, _)| version);
    (name, version)
}

/// The PKG-INFO that an `.egg-link` leads to.
fn linked(path: &Path, stem: &str) -> Option<PathBuf> {
    let file = Reading::of(path);
    let text = file.text();
    let folder = PathBuf::from(text.lines().next()?.trim());
    let name = format!("{}.egg-info", stem.replace('-', "_"));
    folder
        .is_absolute()
        .then(|| folder.join(name).join("PKG-INFO"))
}

/// The folders in `.pth` files, as `site` reads them: lines that import are programs, and not looked at.
fn added(facts: &Facts, folder: &Path, names: &[Name]) -> Vec<Added> {
    let mut added = Vec::new();
    let files = names.iter().filter(|it| it.name.ends_with(".pth"));
    for name in files.filter(|it| !it.name.starts_with('.')) {
        let file = folder.join(&name.name);
        let text = facts.text(&file).unwrap_or_default();
        for (line, text) in (1..).zip(text.lines()).take(1_000) {
            let text = text.trim_end();
            let is_path = !text.trim().is_empty()
                && !text.starts_with('#')
                && !text.starts_with("import ")
                && !text.starts_with("import\t")
                && !text.contains('\0');
            if is_path {
                added.push(Added {
                    file: file.clone(),
                    line,
                    folder: folder.join(text),
                });
            }
        }
    }
    added
}

#[cfg(test)]
mod tests;
