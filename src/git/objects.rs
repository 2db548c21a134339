//! The contents that a repository holds, by name.
//!
//! Called by `gate`. libgit2 reads and writes them; the `git` program does where libgit2 does not know the repository's format.

use super::object::ObjectId;
use super::work_tree::WorkTree;
use crate::error::{Error, Result};

/// Reads and writes the contents of one repository. Not shared between threads: each opens its own.
pub(crate) struct Objects<'a> {
    work_tree: &'a WorkTree,
    library: Option<git2::Repository>,
}

impl<'a> Objects<'a> {
    /// The contents of this work tree's repository.
    pub(crate) fn open(work_tree: &'a WorkTree) -> Self {
        let redirected = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"]
            .iter()
            .any(|name| work_tree.host().variable(name).is_some());
        let library = (!redirected)
            .then(|| git2::Repository::open(work_tree.git_dir()).ok())
            .flatten();
        if let Some(repository) = &library
            && let Ok(objects) = repository.odb()
        {
            // Git itself never names content without having hashed it; the check would hash every blob again.
            drop(objects);
        }
        Self { work_tree, library }
    }

    /// The content of this name.
    ///
    /// # Errors
    /// When the repository does not have it.
    pub(crate) fn read(&self, id: &ObjectId) -> Result<Vec<u8>> {
        if let Some(repository) = &self.library
            && let Ok(id) = git2::Oid::from_bytes(id.as_bytes())
            && let Ok(blob) = repository.find_blob(id)
        {
            return Ok(blob.content().to_vec());
        }
        let command = self
            .work_tree
            .git()
            .args(["cat-file", "blob", &id.to_string()]);
        self.work_tree.output(
            &command,
            &format!("read the content {id} of the repository"),
        )
    }

    /// Stores content, and gives its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<ObjectId> {
        let id = if let Some(repository) = &self.library {
            repository
                .blob(bytes)
                .ok()
                .and_then(|id| ObjectId::from_bytes(id.as_bytes()))
        } else {
            let command = self
                .work_tree
                .git()
                .args(["hash-object", "-w", "--stdin"])
                .input(bytes);
            let text = self
                .work_tree
                .output(&command, "store content in the repository")?;
            ObjectId::from_hex(text.trim_ascii())
        };
        id.ok_or_else(|| {
            Error::new(format!(
                "cannot store content in `{}`",
                self.work_tree.git_dir().display()
            ))
        })
    }
}
