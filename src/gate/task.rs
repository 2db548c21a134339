//! A tool with everything that it takes to run it: its environment, its files, and which of them have passed before.
//!
//! Made by the executor. It starts nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::cache::{Digest, Key};
use super::file::File;
use super::reader::Reader;
use super::run::{Fixing, Mended, Request};
use super::select::{Engine, Selected};
use super::settings::Needs;
use super::snapshot::{Of, Snapshot};
use super::tool::{Environment, Tool};
use crate::error::Result;
use crate::git::ObjectId;
use crate::repo_path::RepoPath;

/// A tool to run.
#[derive(Clone)]
pub(super) struct Task<'s> {
    /// Its number among all that are selected.
    pub(super) number: usize,
    /// The gate.
    pub(super) selected: &'s Selected,
    /// The tool; `None` where it is a command of the project's own.
    pub(super) tool: Option<&'static Tool>,
    /// The environment of the project.
    pub(super) environment: Option<Environment>,
    /// What it is given.
    pub(super) given: Needs,
    /// Whether it mends what it can.
    pub(super) fixing: bool,
    /// Whether it changes files whatever it is told, so that it must be given a copy: a fixer of the project's own.
    pub(super) always_changes: bool,
    /// The files that configure it.
    pub(super) configuration: BTreeMap<RepoPath, File>,
    /// What decides its results beside the files; `None` where that cannot be known.
    digest: Option<Digest>,
}

impl<'s> Task<'s> {
    /// Finds out what a selected tool needs.
    ///
    /// # Errors
    /// When a file that configures it cannot be read.
    pub(super) fn prepare(
        number: usize,
        selected: &'s Selected,
        snapshot: &Snapshot,
        reader: &Reader,
        request: &Request,
    ) -> Result<Self> {
        let tool = match selected.engine {
            Engine::Tool(tool) => Some(tool),
            _ => None,
        };
        let project = &selected.project.folder;
        let environment = Environment::find(snapshot.work_tree, project);
        let fixing = request.fixing.of(selected);
        let mut task = Self {
            number,
            selected,
            tool,
            environment,
            given: selected.needs,
            fixing,
            always_changes: selected.always_changes(),
            configuration: BTreeMap::new(),
            digest: None,
        };
        if let Some(tool) = tool {
            task.configuration = configuration(tool, selected, snapshot, reader)?;
            if selected.settings.needs.is_none() {
                let contents = task
                    .configuration
                    .values()
                    .map(|file| reader.read(file))
                    .collect::<Result<Vec<_>>>()?;
                let venv = task.environment.as_ref().map(Environment::venv);
                task.given = tool.needs(venv, contents.iter().map(Vec::as_slice));
            }
            if request.use_cache {
                task.digest = task.digest(tool, snapshot, reader)?;
            }
        }
        // A fix is made on a copy: nothing would know what was in the work tree before.
        task.fixing &= task.given != Needs::WorkTree;
        let is_copied = match task.given {
            Needs::Files => request.fixing != Fixing::Never || task.changes(),
            Needs::Tree => task.changes(),
            Needs::WorkTree => false,
        };
        if snapshot.of == Of::WorkTree && !is_copied {
            // By hand, the work tree itself is what is checked; a fix is still made on a copy, and checked there.
            if task.given != Needs::Files {
                task.digest = None;
            }
            task.given = Needs::WorkTree;
        }
        if task.given == Needs::WorkTree && snapshot.of != Of::WorkTree {
            task.digest = None;
        }
        Ok(task)
    }

    /// What is to be known of how it runs.
    pub(super) fn remark(&self, snapshot: &Snapshot) -> Option<&'static str> {
        if self.given == Needs::WorkTree && snapshot.of != Of::WorkTree {
            Some("on the work tree as it stands")
        } else if self
            .environment
            .as_ref()
            .is_some_and(Environment::is_borrowed)
        {
            Some("with the main work tree's environment")
        } else {
            None
        }
    }

    /// Whether it changes the files that it is given.
    pub(super) fn changes(&self) -> bool {
        self.fixing || self.always_changes
    }

    /// Whether it may find more than it mends, and what it found is no news once another fixer has changed the file.
    pub(super) fn finds_more_than_it_mends(&self) -> bool {
        self.fixing && self.tool.is_some_and(|tool| tool.group == "lint")
    }

    /// Whether its answer on one file has nothing to do with another one.
    pub(super) fn is_by_file(&self) -> bool {
        match self.tool {
            Some(tool) => {
                tool.takes_files && tool.needs == Needs::Files && self.given != Needs::Tree
            }
            None => self.selected.needs == Needs::Files,
        }
    }

    /// Whether the names of files are put after its arguments.
    pub(super) fn takes_files(&self) -> bool {
        match self.tool {
            Some(tool) => tool.takes_files,
            None => self.selected.needs == Needs::Files,
        }
    }

    fn digest(&self, tool: &Tool, snapshot: &Snapshot, reader: &Reader) -> Result<Option<Digest>> {
        let host = snapshot.work_tree.host();
        let fingerprint = self
            .environment
            .as_ref()
            .and_then(|it| tool.fingerprint(it, host));
        let Some(fingerprint) = fingerprint else {
            return Ok(None);
        };
        let mut digest = Digest::new("tool");
        digest.add(tool.name);
        digest.add(fingerprint);
        digest.add(&self.selected.project.folder);
        let settings = &self.selected.settings;
        digest.add(settings.args.len().to_le_bytes());
        settings.args.iter().for_each(|it| digest.add(it));
        for (name, value) in &settings.env {
            digest.add(name);
            digest.add(value);
        }
        digest.add(self.configuration.len().to_le_bytes());
        for (path, file) in &self.configuration {
            digest.add(path.as_bytes());
            digest.add(content_id(file, None, reader)?.as_bytes());
        }
        Ok(Some(digest))
    }

    /// The key of its result on one file, as the file is now; `None` where that is not to be kept.
    ///
    /// # Errors
    /// When the content cannot be read.
    pub(super) fn file_key(
        &self,
        file: &File,
        mended: Option<&Mended>,
        reader: &Reader,
    ) -> Result<Option<Key>> {
        let Some(digest) = self.digest.as_ref().filter(|_| self.is_by_file()) else {
            return Ok(None);
        };
        let id = content_id(file, mended, reader)?;
        Ok(Some(digest.key(&[
            b"file",
            file.path.as_bytes(),
            file.mode.octal().as_bytes(),
            id.as_bytes(),
        ])))
    }

    /// The key of its result on everything that the snapshot holds, or on those of its files that it is given by name; `None` where
    /// that is not to be kept.
    pub(super) fn tree_key(&self, tree: &[u8; 32], snapshot: &Snapshot) -> Option<Key> {
        let digest = self.digest.as_ref().filter(|_| !self.is_by_file())?;
        let mut parts: Vec<&[u8]> = vec![b"tree", tree];
        if self.takes_files() {
            let files = self.selected.files.iter();
            parts.extend(files.map(|number| snapshot.files[*number].path.as_bytes()));
        }
        Some(digest.key(&parts))
    }
}

/// The name of a content: what git calls it, or would.
///
/// # Errors
/// When it has to be read for that and cannot be.
pub(super) fn content_id(
    file: &File,
    mended: Option<&Mended>,
    reader: &Reader,
) -> Result<ObjectId> {
    match (mended, file.source.id()) {
        (Some(mended), _) => ObjectId::of_blob(&mended.bytes),
        (None, Some(id)) => Ok(id),
        (None, None) => ObjectId::of_blob(&reader.read(file)?),
    }
}

/// The files that configure a tool: in the project's folder and in those above it; for some, also in those below, and those
/// that they name.
fn configuration(
    tool: &Tool,
    selected: &Selected,
    snapshot: &Snapshot,
    reader: &Reader,
) -> Result<BTreeMap<RepoPath, File>> {
    let project = RepoPath::new(selected.project.folder.clone());
    let mut folders: BTreeSet<Vec<u8>> = project.folders().map(<[u8]>::to_vec).collect();
    folders.insert(selected.project.folder.clone());
    if tool.is_configured_below {
        for number in &selected.files {
            let path = &snapshot.files[*number].path;
            folders.extend(path.folders().map(<[u8]>::to_vec));
        }
    }
    let mut found = BTreeMap::new();
    let mut open: Vec<RepoPath> = Vec::new();
    for folder in folders {
        for name in tool.configuration {
            open.push(RepoPath::new(if folder.is_empty() {
                name.as_bytes().to_vec()
            } else {
                [&folder, b"/".as_slice(), name.as_bytes()].concat()
            }));
        }
    }
    while let Some(path) = open.pop() {
        if found.contains_key(&path) {
            continue;
        }
        if let Some(file) = snapshot.file(path.as_bytes())? {
            open.extend(tool.further_configuration(&path, &reader.read(&file)?));
            found.insert(path, file);
        }
    }
    Ok(found)
}
