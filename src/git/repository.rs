//! A repository without commits, made new or found in a folder.
//!
//! Called by the first commit. libgit2 makes it and reads it; the branch and its log are written here, without git's lock files,
//! so that a run that was killed leaves nothing behind that stops the next one. It must not know what will be committed.

use std::path::{Path, PathBuf};

use git2::{Repository, RepositoryInitOptions};

use super::failed;
use crate::error::{Error, Result};

/// A repository whose HEAD names a branch that has no commit yet.
pub(super) struct Unborn {
    /// The repository's own folder, `.git`.
    git_dir: PathBuf,
    /// The full name of the branch, such as `refs/heads/main`.
    branch: String,
}

impl Unborn {
    /// Makes the repository of `folder`.
    ///
    /// # Errors
    /// When something of it is there already or cannot be written.
    pub(super) fn init(folder: &Path, branch: &str) -> Result<Self> {
        // The default template's inactive hook samples are left out; a template of the user's own is the program's business.
        let mut options = RepositoryInitOptions::new();
        options
            .external_template(false)
            .no_reinit(true)
            .initial_head(branch);
        let repository = Repository::init_opts(folder, &options)
            .map_err(|error| failed("make a git repository in", folder, &error))?;
        remove_probes(folder)?;
        Ok(Self {
            git_dir: repository.path().to_owned(),
            branch: format!("refs/heads/{branch}"),
        })
    }

    /// The repository that lies in `folder`; `None` where it has commits.
    ///
    /// # Errors
    /// When it is broken, another user's, or of a format that libgit2 does not know.
    pub(super) fn open(folder: &Path) -> Result<Option<Self>> {
        let repository =
            open(folder).map_err(|error| failed("open the git repository in", folder, &error))?;
        let branch = match repository.head() {
            Err(error) if error.code() == git2::ErrorCode::UnbornBranch => repository
                .find_reference("HEAD")
                .ok()
                .and_then(|head| head.symbolic_target().ok().flatten().map(str::to_owned))
                .filter(|branch| git2::Reference::is_valid_name(branch)),
            _ => None,
        };
        Ok(branch.map(|branch| Self {
            git_dir: repository.path().to_owned(),
            branch,
        }))
    }

    /// Refuses where another git process is at work.
    ///
    /// # Errors
    /// When there is a lock file of git's.
    pub(super) fn check_unlocked(&self) -> Result<()> {
        for name in ["index", "HEAD", &self.branch] {
            let lock = self.git_dir.join(format!("{name}.lock"));
            if lock.symlink_metadata().is_ok() {
                return Err(Error::new(format!(
                    "`{}` is there: another git process is at work",
                    lock.display()
                ))
                .hint("wait for it to end; when there is none, remove that file"));
            }
        }
        Ok(())
    }

    /// The repository's own folder, `.git`.
    pub(super) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Points the branch at its first commit, by name in hexadecimal. Where there is a line for the logs of HEAD and the branch, it is
    /// written first, and not a second time.
    ///
    /// # Errors
    /// When something cannot be written.
    pub(super) fn point(&self, id: &str, log: Option<&str>) -> Result<()> {
        let logs = self.git_dir.join("logs");
        for (line, name) in log
            .iter()
            .flat_map(|line| [(line, "HEAD"), (line, &self.branch)])
        {
            let file = logs.join(name);
            let old = crate::fs::read_text_if_any(&file)?.unwrap_or_default();
            if !old.ends_with(line) {
                self.put(&file, &format!("{old}{line}"))?;
            }
        }
        self.put(&self.git_dir.join(&self.branch), &format!("{id}\n"))
    }

    /// Writes a file of the repository at one moment, with the folders above it.
    fn put(&self, file: &Path, text: &str) -> Result<()> {
        let temporary = self.git_dir.join("tmp_scaffold");
        crate::fs::remove_file(&temporary)?;
        crate::fs::write_new(&temporary, text.as_bytes(), false)?;
        if let Some(folder) = file.parent() {
            crate::fs::create_dirs(folder)?;
        }
        crate::fs::rename(&temporary, file)
    }
}

/// Removes the files with which libgit2 tries what the file system can do, and which it leaves lying, without a word, where it cannot
/// remove them itself.
fn remove_probes(folder: &Path) -> Result<()> {
    for path in crate::fs::list(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("_git2_") {
            crate::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// What is said of a repository that is not empty.
pub(super) fn has_commits(folder: &Path) -> Error {
    Error::new(format!(
        "the git repository in `{}` has commits already",
        folder.display()
    ))
    .hint("choose another folder, or a clone of an empty repository")
}

/// Opens the repository in this very folder, not one above it.
pub(super) fn open(folder: &Path) -> std::result::Result<Repository, git2::Error> {
    let none = std::iter::empty::<&Path>();
    Repository::open_ext(folder, git2::RepositoryOpenFlags::NO_SEARCH, none)
}
