//! The projects of a repository: each file belongs to the nearest `pyproject.toml` above it that speaks of gates.
//!
//! Called by the selection. It must not know what the gates do.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::configuration::Configuration;
use super::reader::Reader;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::repo_path::RepoPath;

/// The name of the file that configures a project.
const MANIFEST: &[u8] = b"pyproject.toml";

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
    /// When a `pyproject.toml` above it cannot be read or understood.
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

    fn at(&mut self, folder: &[u8]) -> Result<Arc<Configuration>> {
        if let Some(known) = self.known.get(folder) {
            return Ok(Arc::clone(known));
        }
        let found = match self.read(folder)? {
            Some(own) => Arc::new(own),
            None if folder.is_empty() => Arc::new(Configuration::default_of(b"")),
            None => {
                let above = folder.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
                self.at(&folder[..above])?
            }
        };
        self.known.insert(folder.to_vec(), Arc::clone(&found));
        Ok(found)
    }

    fn read(&self, folder: &[u8]) -> Result<Option<Configuration>> {
        let path = if folder.is_empty() {
            MANIFEST.to_vec()
        } else {
            [folder, b"/", MANIFEST].concat()
        };
        match self.snapshot.file(&path)? {
            Some(file) => {
                let text = self.reader.text(&file)?;
                Configuration::parse(folder, file.path, &text)
            }
            None => Ok(None),
        }
    }
}
