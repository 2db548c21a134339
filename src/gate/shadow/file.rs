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

    /// Sees to it that a file has this content, whether it was laid out before or not.
    ///
    /// # Errors
    /// When its path cannot be laid out, a tool has put something else in the place of a folder above it, or it cannot be written.
    pub(crate) fn hold(&mut self, path: &RepoPath, mode: Mode, bytes: &[u8]) -> Result<()> {
        let hash = blake3::hash(bytes);
        let at = self.files.binary_search_by(|it| it.path.cmp(path));
        if at.is_ok_and(|at| self.files[at].hash == hash) {
            return Ok(());
        }
        refuse_links_above(&self.root, path)?;
        let target = place(&self.root, path)?;
        if let Some(parent) = target.parent() {
            fs::create_dirs(parent)?;
        }
        fs::remove_file(&target)?;
        let executable = mode == Mode::Executable;
        fs::write_stamped(&target, bytes, executable, time(hash.as_bytes()))
            .map_err(|error| clash(path, &target, error))?;
        match at {
            Ok(at) => self.files[at].hash = hash,
            Err(at) => self.files.insert(
                at,
                Laid {
                    path: path.clone(),
                    mode,
                    original: hash,
                    hash,
                },
            ),
        }
        Ok(())
    }

    /// The files whose content has changed since they were laid out or since the last call, with that content. New files are not
    /// looked for.
    ///
    /// # Errors
    /// When a file is gone, is no file any more, or has another mode: no fix does that.
    pub(crate) fn changed(&mut self) -> Result<Vec<(RepoPath, Vec<u8>)>> {
        let mut changed = Vec::new();
        let mut folder = None;
        for file in &mut self.files {
            if folder.as_deref() != Some(file.path.folder()) {
                refuse_links_above(&self.root, &file.path)?;
                folder = Some(file.path.folder().to_vec());
            }
            let bytes = content(&self.root, &file.path, file.mode)?;
            let hash = blake3::hash(&bytes);
            if hash != file.hash {
                file.hash = hash;
                changed.push((file.path.clone(), bytes));
            }
        }
        Ok(changed)
    }
}

/// The content of a file that a tool may have changed, but not removed, replaced by something else or made executable. The folders
/// above it are real ones.
pub(super) fn content(root: &Path, path: &RepoPath, mode: Mode) -> Result<Vec<u8>> {
    let place = place(root, path)?;
    let metadata = match std::fs::symlink_metadata(&place) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(did("removed", path));
        }
        Err(error) => return Err(fs::failed("read", &place, error)),
    };
    if !metadata.is_file() {
        return Err(did("put something that is no file at", path));
    }
    if !has_mode(&metadata, mode) {
        return Err(did("changed the mode of", path));
    }
    fs::read(&place)
}

/// Nothing is read or written through a link that a tool has put in the place of a folder.
///
/// # Errors
/// When there is one above this file.
pub(super) fn refuse_links_above(root: &Path, path: &RepoPath) -> Result<()> {
    for folder in path.folders().filter(|it| !it.is_empty()) {
        let place = place(root, &RepoPath::new(folder))?;
        if std::fs::symlink_metadata(place).is_ok_and(|it| it.is_symlink()) {
            return Err(did("put a link in the place of a folder above", path));
        }
    }
    Ok(())
}

/// The error for what no fix does.
fn did(what: &str, path: &RepoPath) -> Error {
    Error::new(format!(
        "a tool {what} `{path}` in the copy that it worked on"
    ))
    .hint("your own file is untouched; a gate may change the content of files and nothing else")
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::FileShadow;
    use crate::git::Mode;
    use crate::repo_path::RepoPath;

    #[test]
    fn a_file_is_held_to_a_content() {
        let place = tempfile::tempdir().unwrap();
        let (old, new) = (RepoPath::new("deep/old.py"), RepoPath::new("deep/new.py"));
        let file = (old.clone(), Mode::Executable, b"1".to_vec());
        let mut shadow = FileShadow::lay_out(&place.path().join("files"), [file]).unwrap();
        shadow.hold(&old, Mode::Executable, b"2").unwrap();
        shadow.hold(&new, Mode::File, b"3").unwrap();
        // That is no change, and what a tool makes of it is.
        assert_eq!(shadow.changed().unwrap(), []);
        std::fs::write(shadow.root().join("deep/new.py"), "4").unwrap();
        std::fs::write(shadow.root().join("deep/old.py"), "1").unwrap();
        let changed = [(new.clone(), b"4".to_vec()), (old.clone(), b"1".to_vec())];
        assert_eq!(shadow.changed().unwrap(), changed);
        assert_eq!(shadow.original(&old).unwrap(), blake3::hash(b"1"));
        shadow.hold(&new, Mode::File, b"3").unwrap();
        assert_eq!(shadow.changed().unwrap(), []);
        let held = std::fs::read(shadow.root().join("deep/new.py")).unwrap();
        assert_eq!(held, b"3");
        // Never through a link.
        let away = place.path().join("away");
        std::fs::rename(shadow.root().join("deep"), &away).unwrap();
        symlink(&away, shadow.root().join("deep")).unwrap();
        assert!(shadow.hold(&new, Mode::File, b"5").is_err());
        assert_eq!(std::fs::read(away.join("new.py")).unwrap(), b"3");
    }
}
