//! Conversion between what a repository holds and what its work tree has: line ends, encodings and filters of the user's.
//!
//! Called by `gate`. Only git knows all of it, so only git is asked.

use std::ffi::OsString;

use super::object::ObjectId;
use super::work_tree::WorkTree;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

impl WorkTree {
    /// The content of this name as git would write it into the work tree at this path.
    ///
    /// # Errors
    /// When a filter fails.
    pub(crate) fn checked_out(&self, path: &RepoPath, id: &ObjectId) -> Result<Vec<u8>> {
        let command = self
            .git()
            .args(["cat-file", "--filters"])
            .arg(option(path)?)
            .arg(id.to_string());
        self.output(&command, &format!("convert `{path}` for the work tree"))
    }

    /// The name that this content of the work tree would have in the repository, were it added at this path.
    ///
    /// # Errors
    /// When a filter fails.
    pub(crate) fn added_as(&self, path: &RepoPath, bytes: &[u8]) -> Result<ObjectId> {
        let command = self
            .git()
            .args(["hash-object", "--stdin"])
            .arg(option(path)?)
            .input(bytes);
        let text = self.output(&command, &format!("convert `{path}` for the repository"))?;
        ObjectId::from_hex(text.trim_ascii())
            .ok_or_else(|| Error::new(format!("cannot read what `{command}` prints")))
    }

    /// Whether a filter of the user's stands between the repository and the file at this path.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn is_filtered(&self, path: &RepoPath) -> Result<bool> {
        let mut line = path.as_bytes().to_vec();
        line.push(0);
        let command = self
            .git()
            .args(["check-attr", "-z", "--stdin", "filter"])
            .input(line);
        let text = self.output(&command, &format!("read the attributes of `{path}`"))?;
        // PATH, `filter`, and its value.
        let value = text.split(|byte| *byte == 0).nth(2).unwrap_or_default();
        Ok(!matches!(value, b"unspecified" | b"unset" | b""))
    }
}

fn option(path: &RepoPath) -> Result<OsString> {
    let mut option = OsString::from("--path=");
    let path = path
        .to_path()
        .ok_or_else(|| Error::new(format!("`{path}` is no name that this system has")))?;
    option.push(path);
    Ok(option)
}
