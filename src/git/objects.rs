//! The contents that a repository holds, by name.
//!
//! Called by `gate`. What was stored lately is a file of its own, and is read without further ado. libgit2 reads and writes the others;
//! the `git` program does where libgit2 does not know the repository's format.

use std::cell::OnceCell;
use std::io::Read as _;

use super::object::ObjectId;
use super::work_tree::WorkTree;
use crate::error::{Error, Result};

/// Reads and writes the contents of one repository. Not shared between threads: each opens its own.
pub(crate) struct Objects<'a> {
    work_tree: &'a WorkTree,
    /// Whether the contents lie where they usually do.
    is_usual: bool,
    /// Opened when it is needed; `None` where it cannot be.
    library: OnceCell<Option<git2::Repository>>,
}

impl<'a> Objects<'a> {
    /// The contents of this work tree's repository.
    pub(crate) fn open(work_tree: &'a WorkTree) -> Self {
        let redirected = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"]
            .iter()
            .any(|name| work_tree.host().variable(name).is_some());
        Self {
            work_tree,
            is_usual: !redirected,
            library: OnceCell::new(),
        }
    }

    fn library(&self) -> Option<&git2::Repository> {
        let open = || {
            let opened = || git2::Repository::open(self.work_tree.git_dir()).ok();
            self.is_usual.then(opened).flatten()
        };
        self.library.get_or_init(open).as_ref()
    }

    /// The content of this name.
    ///
    /// # Errors
    /// When the repository does not have it.
    pub(crate) fn read(&self, id: &ObjectId) -> Result<Vec<u8>> {
        if let Some(bytes) = self.loose(id) {
            return Ok(bytes);
        }
        if let Some(repository) = self.library()
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

    /// The content of this name, where it is a file of its own and whole: `blob LENGTH`, a NUL and the bytes, compressed.
    fn loose(&self, id: &ObjectId) -> Option<Vec<u8>> {
        let name = id.to_string();
        let (folder, rest) = name.split_at_checked(2)?;
        let objects = self.work_tree.common_dir().join("objects");
        let place = self.is_usual.then(|| objects.join(folder).join(rest))?;
        let mut bytes = Vec::new();
        flate2::read::ZlibDecoder::new(std::fs::File::open(place).ok()?)
            .read_to_end(&mut bytes)
            .ok()?;
        let end = memchr::memchr(0, &bytes)?;
        let length = bytes[..end].strip_prefix(b"blob ")?;
        let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
        bytes.drain(..=end);
        (bytes.len() == length).then_some(bytes)
    }

    /// Stores content, and gives its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<ObjectId> {
        let id = if let Some(repository) = self.library() {
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
