//! The projects of a repository: each file belongs to the nearest `pyproject.toml` above it that speaks of gates, or the nearest
//! `.scaffold.toml`, in which what is no Python project can speak of them.
//!
//! Called by the selection. It must not know what the gates do.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::configuration::{self, Configuration};
use super::reader::Reader;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

/// The names of the files that configure a project.
const MANIFESTS: [&str; 2] = ["pyproject.toml", configuration::OWN_FILE];

/// Finds the project of a file; remembers the folders that it has looked into.
pub(crate) struct Projects<'r, 'a> {
    snapshot: &'r Snapshot<'a>,
    reader: &'r Reader<'a>,
    known: BTreeMap<Vec<u8>, Arc<Configuration>>,
}

impl<'r, 'a> Projects<'r, 'a> {
    /// The projects of this snapshot.
    pub(crate) fn new(snapshot: &'r Snapshot<'a>, reader: &'r Reader<'a>) -> Self {
        Self {
            snapshot,
            reader,
            known: BTreeMap::new(),
        }
    }

    /// The project that a file belongs to.
    ///
    /// # Errors
    /// When a file that configures it cannot be read or understood.
    pub(crate) fn of(&mut self, path: &RepoPath) -> Result<Arc<Configuration>> {
        let folder = path.folders().next().unwrap_or_default();
        self.at(folder)
    }

    /// The project of the repository's own folder.
    ///
    /// # Errors
    /// As [`Projects::of`].
    pub(crate) fn top(&mut self) -> Result<Arc<Configuration>> {
        self.at(b"")
    }

    /// Every project, also one that no file under check belongs to.
    ///
    /// # Errors
    /// As [`Projects::of`], or when what the snapshot holds cannot be listed.
    pub(crate) fn all(&mut self) -> Result<Vec<Arc<Configuration>>> {
        let mut all = vec![self.top()?];
        for file in self.snapshot.everything()? {
            if MANIFESTS
                .map(str::as_bytes)
                .contains(&file.path.file_name())
            {
                all.push(self.of(&file.path)?);
            }
        }
        Ok(all)
    }

    fn at(&mut self, folder: &[u8]) -> Result<Arc<Configuration>> {
        if let Some(known) = self.known.get(folder) {
            return Ok(Arc::clone(known));
        }
        let found = match self.read(folder)? {
            Some(own) if !self.is_swallowed(folder)? => Arc::new(own),
            None if folder.is_empty() => Arc::new(Configuration::default_of(b"")),
            _ => self.above(folder)?,
        };
        self.known.insert(folder.to_vec(), Arc::clone(&found));
        Ok(found)
    }

    /// The project of the folder above.
    fn above(&mut self, folder: &[u8]) -> Result<Arc<Configuration>> {
        let end = folder.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        self.at(&folder[..end])
    }

    /// Whether the project around a folder keeps it from being one of its own.
    fn is_swallowed(&mut self, folder: &[u8]) -> Result<bool> {
        Ok(!folder.is_empty() && self.above(folder)?.swallows(folder)?)
    }

    fn read(&self, folder: &[u8]) -> Result<Option<Configuration>> {
        let mut found: Option<Configuration> = None;
        for name in MANIFESTS {
            let path = if folder.is_empty() {
                name.as_bytes().to_vec()
            } else {
                [folder, b"/", name.as_bytes()].concat()
            };
            let Some(file) = self.snapshot.file(&path)? else {
                continue;
            };
            let text = self.reader.text(&file)?;
            let Some(own) = Configuration::parse(folder, file.path, &text)? else {
                continue;
            };
            if let (Some(first), Some(second)) = (found.and_then(|it| it.file), &own.file) {
                return Err(
                    Error::new(format!("both `{first}` and `{second}` speak of gates"))
                        .hint("keep the tables in one of them"),
                );
            }
            found = Some(own);
        }
        Ok(found)
    }
}
