//! What is asked for: the requirements files of the project and the requirements in its `pyproject.toml`.
//!
//! Read once through [`Facts::requirements`](super::Facts::requirements):
//! - [`deploy()`](Requirements::deploy) is the [`Source`] that the platform installs from (`requirements.txt`, or where the platform of a project
//!   of ours wants it), [`dev()`](Requirements::dev) are those with the tools (`requirements-dev.txt` and other usual names).
//! - A source is a file with all that it includes, each file once: [`files`](Source::files), the file itself first.
//!   [`requirements()`](Source::requirements) has what is to be installed, [`entries()`](Source::entries) everything; constraints are in neither.
//! - An [`Entry`] has its line, the exact physical lines (for [`Edit::Line`](crate::doctor::fix::Edit), one for each line; files in UTF-16
//!   want the whole file replaced), its hashes, and its [`Kind`]: a [`Requirement`] as PEP 508 says, a place, an option, or what is malformed.
//! - [`declared`](Requirements::declared) has what `pyproject.toml` lists, each with its [`List`] and line; [`group()`](Requirements::group)
//!   follows what a dependency group includes.
//! - [`Requirement::holds`] works out the marker for an environment ([`MarkerValues`]: those of the project's environment are in
//!   `facts.distributions()`, those of a platform can be made up).
//!
//! Includes outside of the project are read as pip reads them; cycles, remote files and masses of files end the walk. It must not judge.

mod declared;
mod file;
mod marker;
mod requirement;
mod tables;
mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Facts;
use super::reading::Reading;

pub(crate) use declared::{Declared, List};
pub(crate) use file::{Entry, File, Kind};
pub(crate) use marker::MarkerValues;
pub(crate) use requirement::{Requirement, is_name, normalized};
pub(crate) use tables::Kept;
pub(crate) use text::Encoding;

/// No more files than that are read, included ones among them.
const MOST_FILES: usize = 64;

/// Where the tools of development are listed, by the names that people give such files.
const DEV_FILES: [&str; 12] = [
    "requirements-dev.txt",
    "dev-requirements.txt",
    "requirements_dev.txt",
    "requirements/dev.txt",
    "requirements/development.txt",
    "requirements-test.txt",
    "test-requirements.txt",
    "requirements-tests.txt",
    "requirements_test.txt",
    "requirements/test.txt",
    "requirements/tests.txt",
    "requirements/local.txt",
];

/// What is asked for.
#[derive(Debug, Default)]
pub(crate) struct Requirements {
    /// The files that are there: what is deployed, then the tools.
    pub(crate) sources: Vec<Source>,
    /// What `pyproject.toml` lists.
    pub(crate) declared: Vec<Declared>,
    /// What tables of other tools list.
    pub(crate) kept: Vec<Kept>,
    /// The files that are there and cannot be read.
    pub(crate) unreadable: Vec<PathBuf>,
}

/// What a requirements file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is installed where the code runs.
    Deploy,
    /// It is installed where people work.
    Dev,
}

/// A requirements file with all that it includes.
#[derive(Debug)]
pub(crate) struct Source {
    /// What it is for.
    pub(crate) role: Role,
    /// The file itself, then those that it includes, each once.
    pub(crate) files: Vec<Included>,
    /// Includes that lead to no file that can be read: where they stand, and what they name.
    pub(crate) lost: Vec<Lost>,
}

/// A file of a source.
#[derive(Debug, Clone)]
pub(crate) struct Included {
    /// What is in it.
    pub(crate) file: Arc<File>,
    /// Whether it only constrains (`-c`).
    pub(crate) is_constraint: bool,
}

/// An include that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    /// The file that it stands in.
    pub(crate) file: PathBuf,
    /// Its line, from 1.
    pub(crate) line: u32,
    /// The file that it names.
    pub(crate) target: PathBuf,
}

impl Source {
    /// The file itself.
    pub(crate) fn path(&self) -> &Path {
        self.files
            .first()
            .map_or(Path::new(""), |it| it.file.path.as_path())
    }

    /// Everything in it that is no constraint, with the file that it stands in.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&File, &Entry)> {
        let files = self.files.iter().filter(|it| !it.is_constraint);
        files.flat_map(|it| it.file.entries.iter().map(|entry| (&*it.file, entry)))
    }

    /// What is to be installed by name.
    pub(crate) fn requirements(&self) -> impl Iterator<Item = (&File, &Entry, &Requirement)> {
        self.entries()
            .filter_map(|(file, entry)| Some((file, entry, entry.requirement()?)))
    }

    /// Whether pip can install it with `--require-hashes`: it has something to install, and a hash for each.
    pub(crate) fn is_hashed(&self) -> bool {
        let mut requirements = self.requirements().peekable();
        requirements.peek().is_some() && requirements.all(|(_, entry, _)| !entry.hashes.is_empty())
    }
}

impl Requirements {
    /// Reads them.
    pub(super) fn read(facts: &Facts) -> Self {
        let Some(project) = &facts.project else {
            return Self::default();
        };
        let document = facts.pyproject();
        let deploy = deploy_file(facts);
        let dev = DEV_FILES.iter().copied();
        let files = [(Role::Deploy, deploy.as_str())].into_iter();
        let files = files.chain(dev.map(|name| (Role::Dev, name)));
        let files: Vec<(Role, PathBuf)> = files
            .map(|(role, name)| (role, project.join(name)))
            .collect();
        let is_unreadable = |path: &&PathBuf| matches!(&*facts.read(path), Reading::Unreadable(_));
        let paths = files.iter().map(|(_, path)| path);
        let unreadable = paths.filter(is_unreadable).cloned().collect();
        let mut reader = Reader {
            facts,
            known: BTreeMap::new(),
        };
        Self {
            sources: files
                .iter()
                .filter_map(|(role, path)| reader.source(*role, path))
                .collect(),
            declared: declared::declared(&document),
            kept: tables::kept(facts),
            unreadable,
        }
    }

    /// What is installed where the code runs; `None` where there is no such file.
    pub(crate) fn deploy(&self) -> Option<&Source> {
        self.sources.iter().find(|it| it.role == Role::Deploy)
    }

    /// What is installed where people work.
    pub(crate) fn dev(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|it| it.role == Role::Dev)
    }

    /// Every requirement that is written anywhere.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Requirement> {
        let of_files = self.sources.iter().flat_map(Source::requirements);
        let declared = self.declared.iter();
        of_files
            .map(|(_, _, it)| it)
            .chain(declared.filter_map(|it| it.requirement.as_ref().ok()))
    }

    /// `[project] dependencies`.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = &Declared> {
        self.declared.iter().filter(|it| it.list == List::Project)
    }

    /// A dependency group of `pyproject.toml` with all that it includes.
    pub(crate) fn group<'a>(&'a self, facts: &Facts, name: &str) -> Vec<&'a Declared> {
        let names = declared::groups(&facts.pyproject(), name);
        let is_of =
            |it: &&Declared| matches!(&it.list, List::Group(group) if names.contains(group));
        self.declared.iter().filter(is_of).collect()
    }
}

/// Where the file that is deployed lies: the platform of a project of ours says.
pub(crate) fn deploy_file(facts: &Facts) -> String {
    let document = facts.pyproject();
    let is_ours = document
        .at(&["tool", "scaffold", "answers", "platform"])
        .is_some();
    let target = facts.targets().first().filter(|_| is_ours);
    target.map_or_else(
        || "requirements.txt".to_owned(),
        |it| it.facts.requirements.clone(),
    )
}

struct Reader<'a> {
    facts: &'a Facts,
    /// Files that several others include are read once.
    known: BTreeMap<PathBuf, Option<Arc<File>>>,
}

impl Reader<'_> {
    fn source(&mut self, role: Role, path: &Path) -> Option<Source> {
        let mut source = Source {
            role,
            files: vec![Included {
                file: self.file(path)?,
                is_constraint: false,
            }],
            lost: Vec::new(),
        };
        let mut next = 0;
        while let Some(Included {
            file,
            is_constraint,
        }) = source.files.get(next).cloned()
        {
            next += 1;
            for entry in &file.entries {
                self.follow(&file, is_constraint, entry, &mut source);
            }
        }
        Some(source)
    }

    fn follow(&mut self, file: &File, is_constraint: bool, entry: &Entry, source: &mut Source) {
        let (name, is_constraint) = match &entry.kind {
            Kind::Include(name) => (name, is_constraint),
            Kind::Constraint(name) => (name, true),
            _ => return,
        };
        // What is elsewhere, or named by a variable, is nothing that can be read here.
        if name.is_empty() || name.contains("://") || name.contains("${") {
            return;
        }
        let folder = file.path.parent().unwrap_or(Path::new(""));
        let target = plain(&folder.join(name));
        let is_known = source.files.iter().any(|it| it.file.path == target);
        if is_known || source.files.len() >= MOST_FILES {
            return;
        }
        match self.file(&target) {
            Some(file) => source.files.push(Included {
                file,
                is_constraint,
            }),
            None => source.lost.push(Lost {
                file: file.path.clone(),
                line: entry.line,
                target,
            }),
        }
    }

    fn file(&mut self, path: &Path) -> Option<Arc<File>> {
        if let Some(file) = self.known.get(path) {
            return file.clone();
        }
        if self.known.len() >= 2 * MOST_FILES {
            return None;
        }
        let file = match &*self.facts.read(path) {
            Reading::Bytes(bytes) => Some(Arc::new(File::parse(path, bytes))),
            Reading::Absent | Reading::Unreadable(_) => None,
        };
        self.known.insert(path.to_owned(), file.clone());
        file
    }
}

/// The path without `.` and `..`, so that one file has one name.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests;
