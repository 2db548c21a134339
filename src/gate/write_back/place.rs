//! Where things lie: a file of the work tree, reached without following a link, and the folders for what is swapped in and out.
//!
//! Used by the other parts of `write_back`. It must not know what is written.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::fs::folder::Folder;
use crate::git::WorkTree;
use crate::repo_path::{RepoPath, bytes_to_path};

/// A name in a folder of the work tree.
#[derive(Debug)]
pub(super) struct Spot {
    /// The folder.
    pub(super) folder: Folder,
    /// The name in it.
    pub(super) name: OsString,
    /// The uppermost folder on the way that lies on the same device, as a path of the repository.
    pub(super) device_top: Vec<u8>,
}

/// Finds the folder of a path; where that is not a plain way down from the top, says why.
pub(super) fn find(work_tree: &WorkTree, path: &RepoPath) -> std::result::Result<Spot, String> {
    let words = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "it is not in the work tree".to_owned(),
        ErrorKind::NotADirectory => "a folder above it is a link, or no folder".to_owned(),
        _ => format!("the folder above it cannot be opened: {error}"),
    };
    let mut names = Vec::new();
    for name in path.as_bytes().split(|byte| *byte == b'/') {
        let plain = !matches!(name, b"" | b"." | b"..");
        let name = bytes_to_path(name).filter(|name| plain && name.components().count() == 1);
        names.push(name.ok_or("it is no name that this system has")?);
    }
    let name = names.pop().unwrap_or_default().into_os_string();
    let mut folder = Folder::open(work_tree.root()).map_err(words)?;
    let mut device = folder.device().map_err(words)?;
    let (mut device_top, mut walked) = (Vec::new(), Vec::new());
    for below in &names {
        folder = folder.below(below.as_os_str()).map_err(words)?;
        if !walked.is_empty() {
            walked.push(b'/');
        }
        walked.extend_from_slice(below.as_os_str().as_encoded_bytes());
        let next = folder.device().map_err(words)?;
        if next != device {
            device = next;
            device_top.clone_from(&walked);
        }
    }
    Ok(Spot {
        folder,
        name,
        device_top,
    })
}

/// A folder for files that are swapped in and out; it has to lie on the same file system as they.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Storage {
    /// With the repository: where it can be, it is here.
    Repository,
    /// In this folder of the work tree.
    Beside(Vec<u8>),
}

/// The name of such a folder in the work tree. Git never lists it, for it ignores itself.
const BESIDE: &str = ".scaffold~";
/// What makes git ignore it, and us know it again.
const IGNORE: &str =
    "# Made by scaffold for files that are being fixed; removed by its next run.\n*\n";

impl Storage {
    /// The folder's path.
    pub(super) fn path(&self, work_tree: &WorkTree) -> Option<PathBuf> {
        match self {
            Self::Repository => Some(state(work_tree).join("kept")),
            Self::Beside(folder) => {
                let folder = bytes_to_path(folder)?;
                Some(work_tree.root().join(folder).join(BESIDE))
            }
        }
    }

    /// Opens it, made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made, or something else of the user's has its name.
    pub(super) fn open_or_make(&self, work_tree: &WorkTree) -> Result<Folder> {
        let path = self.known_path(work_tree)?;
        if path.symlink_metadata().is_err() {
            crate::fs::create_private_dir(&path)?;
            if matches!(self, Self::Beside(_)) {
                crate::fs::write_new(&path.join(".gitignore"), IGNORE.as_bytes(), false)?;
            }
        }
        self.open(work_tree)?
            .ok_or_else(|| Error::new(format!("`{}` is not a folder of ours", path.display())))
    }

    /// Opens it; `None` where it is not there, or not ours.
    ///
    /// # Errors
    /// When it is ours and cannot be opened.
    pub(super) fn open(&self, work_tree: &WorkTree) -> Result<Option<Folder>> {
        let path = self.known_path(work_tree)?;
        let is_ours = match self {
            Self::Repository => path.is_dir(),
            Self::Beside(_) => {
                path.symlink_metadata().is_ok_and(|it| it.is_dir())
                    && std::fs::read(path.join(".gitignore"))
                        .is_ok_and(|text| text == IGNORE.as_bytes())
            }
        };
        if !is_ours {
            return Ok(None);
        }
        Folder::open(&path)
            .map(Some)
            .map_err(|error| crate::fs::failed("open", &path, error))
    }

    /// Removes one in the work tree that has nothing in it any more.
    pub(super) fn tidy(&self, work_tree: &WorkTree) {
        let (Self::Beside(_), Some(path)) = (self, self.path(work_tree)) else {
            return;
        };
        let ignore = path.join(".gitignore");
        let Ok(list) = crate::fs::list(&path) else {
            return;
        };
        // Killed before its file was written, it is empty. One that cannot be removed disturbs nobody: git ignores it.
        let is_ours = std::fs::read(&ignore)
            .map_or(list.is_empty(), |text| IGNORE.as_bytes().starts_with(&text));
        if is_ours && list.iter().all(|it| *it == ignore) && crate::fs::remove_file(&ignore).is_ok()
        {
            drop(crate::fs::remove_empty_dir(&path));
        }
    }

    fn known_path(&self, work_tree: &WorkTree) -> Result<PathBuf> {
        self.path(work_tree)
            .ok_or_else(|| Error::new("a folder's name is none that this system has"))
    }
}

/// The folder for all that write-back leaves.
pub(super) fn state(work_tree: &WorkTree) -> PathBuf {
    work_tree.state_dir().join("write-back")
}

/// A name that no other run has.
pub(super) fn run_id() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let moment = since.map_or(0, |it| it.as_nanos());
    format!("{}-{moment}", std::process::id())
}

/// A folder in it for the files of one run that nobody needs afterwards; removed when dropped.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    const PREFIX: &str = "work-";

    /// Makes the one of this run.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn new(work_tree: &WorkTree, run: &str) -> Result<Self> {
        let path = state(work_tree).join(format!("{}{run}", Self::PREFIX));
        crate::fs::create_private_dir(&path)?;
        Ok(Self { path })
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes those that killed runs left. A git that such a run started may still write into one: then the next run removes it.
    pub(super) fn remove_all(work_tree: &WorkTree) {
        for path in crate::fs::list(&state(work_tree)).unwrap_or_default() {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            if name.starts_with(Self::PREFIX.as_bytes()) {
                drop(crate::fs::remove_dir_all(&path));
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left is removed by the next run.
        drop(crate::fs::remove_dir_all(&self.path));
    }
}
