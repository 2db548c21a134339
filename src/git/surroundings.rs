//! The repositories around a folder: the one that it lies in, and the empty one that it may hold.
//!
//! Called by `project` before it makes anything. Nothing here writes.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository, RepositoryOpenFlags};

use super::{failed, program, repository};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::process::Command;

/// The nearest work tree of git above `path` (which need not exist, and whose own `.git` does not count).
/// `GIT_CEILING_DIRECTORIES` stops the search as it does for git.
pub(crate) fn enclosing_work_tree(host: &Host, path: &Path) -> Option<PathBuf> {
    let ceilings: Vec<PathBuf> = host
        .variable("GIT_CEILING_DIRECTORIES")
        .map(|folders| {
            std::env::split_paths(folders)
                .filter(|it| it.is_absolute())
                .collect()
        })
        .unwrap_or_default();
    let path = host.current_dir().join(path);
    // Links are resolved where they exist: what counts is where the files will really lie.
    let parent = path
        .ancestors()
        .skip(1)
        .find_map(|folder| std::fs::canonicalize(folder).ok())?;
    for folder in parent.ancestors() {
        if folder.join(".git").symlink_metadata().is_ok() && is_repository(&folder.join(".git")) {
            return Some(folder.to_owned());
        }
        if ceilings
            .iter()
            .any(|ceiling| Some(ceiling.as_path()) == folder.parent())
        {
            return None;
        }
    }
    None
}

/// Whether this `.git` is one: a file that names the repository, or a folder with the three things that every one has.
fn is_repository(git_dir: &Path) -> bool {
    if git_dir.is_file() {
        return std::fs::read(git_dir).is_ok_and(|bytes| bytes.starts_with(b"gitdir:"));
    }
    git_dir.join("HEAD").symlink_metadata().is_ok()
        && git_dir.join("objects").is_dir()
        && git_dir.join("refs").is_dir()
}

/// Whether the work tree's rules would ignore `path`, which need not exist.
///
/// # Errors
/// When neither the `git` program nor libgit2 can read the repository.
pub(crate) fn is_ignored(host: &Host, work_tree: &Path, path: &Path) -> Result<bool> {
    if let Some(git) = program::find(host) {
        let answer = Command::new(host, git)
            .current_dir(work_tree)
            .args(["check-ignore", "--quiet", "--"])
            .arg(path)
            .run()?;
        match answer.code {
            Some(0) => return Ok(true),
            Some(1) => return Ok(false),
            _ => {
                let what = format!("cannot ask git whether it ignores `{}`", path.display());
                return Err(Error::new(what).caused_by(answer.last_words(5)));
            }
        }
    }
    let ask = || open(work_tree)?.is_path_ignored(path);
    ask().map_err(|error| failed("read the git repository in", work_tree, &error))
}

/// Whether `folder` holds a repository without commits, branches, tags or staged files, and nothing else: a fresh clone of an empty
/// remote, or the result of `git init`.
///
/// # Errors
/// When the folder cannot be read, or its repository is broken or another user's.
pub(crate) fn holds_only_an_empty_repository(host: &Host, folder: &Path) -> Result<bool> {
    let git_dir = folder.join(".git");
    if crate::fs::list(folder)? != [git_dir.clone()] || !git_dir.is_dir() {
        return Ok(false);
    }
    let looked = open(folder).and_then(|repository| {
        // Not `is_empty`: that one asks whether HEAD names the branch of new repositories, which a clone's need not.
        let unborn = repository
            .head()
            .is_err_and(|it| it.code() == ErrorCode::UnbornBranch);
        let nothing = repository.references()?.next().is_none() && repository.index()?.is_empty();
        Ok(unborn && nothing && !repository.is_bare())
    });
    match looked {
        Ok(empty) => Ok(empty),
        Err(error) if repository::beyond(&error) => ask_program(host, folder),
        Err(error) => Err(failed("open the git repository in", folder, &error)),
    }
}

fn ask_program(host: &Host, folder: &Path) -> Result<bool> {
    let git = program::required(host, folder)?;
    for arguments in [["for-each-ref", "--count=1"], ["ls-files", "--stage"]] {
        let answer = Command::new(host, &git)
            .current_dir(folder)
            .args(arguments)
            .run()?;
        if !answer.success() {
            let failure = Error::new(format!(
                "cannot open the git repository in `{}`",
                folder.display()
            ));
            let words = answer.last_words(5);
            return Err(if words.contains("dubious ownership") {
                failure.hint(super::not_ours(folder))
            } else {
                failure.caused_by(words)
            });
        }
        if !answer.stdout.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open(folder: &Path) -> std::result::Result<Repository, git2::Error> {
    Repository::open_ext(
        folder,
        RepositoryOpenFlags::NO_SEARCH,
        std::iter::empty::<&Path>(),
    )
}
