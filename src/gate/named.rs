//! A file or folder that a user named, as a path of the repository.
//!
//! Called by `snapshot`, to keep only what is meant. It must not know what is done with the files.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::WorkTree;
use crate::repo_path::{RepoPath, path_to_bytes};

/// A file, or a folder with all that lies below it; the empty path is all of the repository.
pub(super) struct Named(RepoPath);

impl Named {
    /// From a path as typed, relative to the working directory; nothing need be there.
    ///
    /// # Errors
    /// When it lies outside the work tree.
    pub(super) fn new(work_tree: &WorkTree, path: &Path) -> Result<Self> {
        let absolute = work_tree.host().absolute(path);
        let root = work_tree.root().canonicalize();
        let root = root.as_deref().unwrap_or(work_tree.root());
        // The folder is resolved, the file is not: a link is checked as a link.
        let real = match (absolute.parent(), absolute.file_name()) {
            (Some(folder), Some(name)) => folder.canonicalize().map(|it| it.join(name)),
            _ => absolute.canonicalize(),
        };
        let real = real.unwrap_or(absolute);
        real.strip_prefix(root)
            .ok()
            .and_then(path_to_bytes)
            .map(|bytes| Self(RepoPath::new(bytes)))
            .ok_or_else(|| {
                Error::new(format!("`{}` is not in this repository", path.display())).hint(format!(
                    "its work tree is {}",
                    work_tree.root().components().collect::<PathBuf>().display()
                ))
            })
    }

    /// The path itself.
    pub(super) fn path(&self) -> &RepoPath {
        &self.0
    }

    /// Whether it is this path, or a folder above it.
    pub(super) fn covers(&self, path: &RepoPath) -> bool {
        self.0 == *path || path.strip(self.0.as_bytes()).is_some()
    }
}

/// Whether one of them covers a path; where none is named, everything is meant.
pub(super) fn any_covers(named: &[Named], path: &RepoPath) -> bool {
    named.is_empty() || named.iter().any(|it| it.covers(path))
}

/// Whether anything is there, be it a link that leads nowhere.
pub(super) fn is_there(work_tree: &WorkTree, path: &Path) -> bool {
    let absolute = work_tree.host().absolute(path);
    absolute.symlink_metadata().is_ok()
}
