//! A copy of some files, for tools that look at one file at a time: made anew for each run.
//!
//! Called by the run, with the files to check and those that configure the tool.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::path::{leads_inside, place};
use super::stamp::time;
use super::tree::has_mode;
use crate::error::{Error, Result};
use crate::fs;
use crate::git::Mode;
use crate::repo_path::RepoPath;

/// Some files of a repository, laid out.
#[derive(Debug)]
pub(crate) struct FileShadow {
    root: PathBuf,
    files: Vec<Laid>,
}

#[derive(Debug)]
struct Laid {
    path: RepoPath,
    mode: Mode,
    /// Of the content that was laid out.
    original: blake3::Hash,
    /// Of the content as it was last looked at.
    hash: blake3::Hash,
}

impl FileShadow {
    /// Lays files out in `place`, a folder of ours alone outside every work tree: what is there is removed first. A link whose target
    /// leads outside is left out; so is a submodule.
    ///
    /// # Errors
    /// When a path cannot be laid out (it leads elsewhere, goes through a link, or this file system takes it for another of them), or
    /// nothing can be written.
    pub(crate) fn lay_out(
        folder: &Path,
        files: impl IntoIterator<Item = (RepoPath, Mode, Vec<u8>)>,
    ) -> Result<Self> {
        fs::remove_dir_all(folder)?;
        fs::private_dir(folder)?;
        fs::create_dirs(&folder.join(super::TOP))?;
        let mut shadow = Self {
            root: folder.to_owned(),
            files: Vec::new(),
        };
        let mut made = HashSet::new();
        let mut links = Vec::new();
        for (path, mode, bytes) in files {
            let target = place(folder, &path)?;
            match mode {
                Mode::File | Mode::Executable => {}
                Mode::Link => {
                    links.push((path, target, bytes));
                    continue;
                }
                Mode::Submodule | Mode::Folder => continue,
            }
            if let Some(parent) = target.parent().filter(|it| !made.contains(*it)) {
                fs::create_dirs(parent)?;
                made.insert(parent.to_owned());
            }
            let hash = blake3::hash(&bytes);
            fs::write_stamped(
                &target,
                &bytes,
                mode == Mode::Executable,
                time(hash.as_bytes()),
            )
            .map_err(|error| clash(&path, &target, error))?;
            shadow.files.push(Laid {
                path,
                mode,
                original: hash,
                hash,
            });
        }
        shadow.files.sort_by(|one, other| one.path.cmp(&other.path));
        // Last, so that nothing is ever written through one.
        for (path, target, bytes) in links {
            if let Some(leads) = leads_inside(&path, &bytes) {
                if let Some(parent) = target.parent() {
                    fs::create_dirs(parent)?;
                }
                fs::symlink(&leads, &target).map_err(|error| clash(&path, &target, error))?;
            }
        }
        Ok(shadow)
    }

    /// The folder that stands for the repository's.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The hash of a file's content as it was laid out.
    ///
    /// # Errors
    /// When it was not.
    pub(crate) fn original(&self, path: &RepoPath) -> Result<blake3::Hash> {
        let laid = self.files.binary_search_by(|it| it.path.cmp(path));
        laid.map(|at| self.files[at].original)
            .map_err(|_| Error::new(format!("`{path}` was not laid out")))
    }

    /// The files whose content has changed since they were laid out or since the last call, with that content. New files are not
    /// looked for.
    ///
    /// # Errors
    /// When a file is gone, is no file any more, or has another mode: no fix does that.
    pub(crate) fn changed(&mut self) -> Result<Vec<(RepoPath, Vec<u8>)>> {
        let mut changed = Vec::new();
        for file in &mut self.files {
            let place = place(&self.root, &file.path)?;
            let bytes = content(&place, &file.path, file.mode)?;
            let hash = blake3::hash(&bytes);
            if hash != file.hash {
                file.hash = hash;
                changed.push((file.path.clone(), bytes));
            }
        }
        Ok(changed)
    }
}

/// The content of a file that a tool may have changed, but not removed, replaced by something else or made executable.
pub(super) fn content(place: &Path, path: &RepoPath, mode: Mode) -> Result<Vec<u8>> {
    let did = |what: &str| {
        Error::new(format!(
            "a tool {what} `{path}` in the copy that it worked on"
        ))
        .hint("your own file is untouched; a gate may change the content of files and nothing else")
    };
    let metadata = match std::fs::symlink_metadata(place) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(did("removed")),
        Err(error) => return Err(fs::failed("read", place, error)),
    };
    if !metadata.is_file() {
        return Err(did("put something that is no file at"));
    }
    if !has_mode(&metadata, mode) {
        return Err(did("changed the mode of"));
    }
    fs::read(place)
}

/// Why a file could not be laid out: another has its name, as this file system sees it.
pub(super) fn clash(path: &RepoPath, place: &Path, error: Error) -> Error {
    if std::fs::symlink_metadata(place).is_ok() {
        Error::new(format!(
            "`{path}` cannot be laid out: to this file system its name is that of another file of the repository"
        ))
        .hint("rename one of the two: `git mv`")
        .caused_by(error)
    } else {
        error
    }
}
