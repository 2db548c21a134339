//! The repositories around a folder: the one that it lies in, and the empty one that it may hold.
//!
//! Called by `project` before it makes anything. Nothing here writes.

use std::path::{Path, PathBuf};

use git2::ErrorCode;

use super::commit::CommitId;
use super::repository::open;
use super::{failed, program};
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

/// The commit that HEAD of the repository in `folder` names; `None` where it has none yet, or there is no repository.
///
/// # Errors
/// When there is a repository that neither libgit2 nor the `git` program can read.
pub(crate) fn head_commit(host: &Host, folder: &Path) -> Result<Option<CommitId>> {
    if folder.join(".git").symlink_metadata().is_err() {
        return Ok(None);
    }
    match open(folder).and_then(|repository| Ok(repository.head()?.peel_to_commit()?.id())) {
        Ok(id) => Ok(Some(CommitId(id.to_string()))),
        Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
        Err(error) => {
            let Some(git) = program::find(host) else {
                let failure = failed("open the git repository in", folder, &error);
                return Err(failure.hint(program::INSTALL));
            };
            let answer = Command::new(host, git)
                .current_dir(folder)
                .args(["rev-parse", "--quiet", "--verify", "HEAD"])
                .run()?;
            let text = String::from_utf8_lossy(&answer.stdout);
            Ok(answer.success().then(|| CommitId(text.trim().to_owned())))
        }
    }
}

/// Whether the repository in `folder` is without commits, branches, tags and staged files: a fresh clone of an empty remote, or the
/// result of `git init`.
///
/// # Errors
/// When the repository is broken or another user's.
pub(crate) fn holds_an_empty_repository(host: &Host, folder: &Path) -> Result<bool> {
    if !folder.join(".git").is_dir() {
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
    match (looked, program::find(host)) {
        (Ok(empty), _) => Ok(empty),
        // The program knows more formats, and more of whose repositories are trusted.
        (Err(_), Some(git)) => ask(host, &git, folder),
        (Err(error), None) => {
            let failure = failed("open the git repository in", folder, &error);
            Err(failure.hint(program::INSTALL))
        }
    }
}

fn ask(host: &Host, git: &Path, folder: &Path) -> Result<bool> {
    for arguments in [["for-each-ref", "--count=1"], ["ls-files", "--stage"]] {
        let answer = Command::new(host, git)
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::trial::{Trial, file};
    use super::{enclosing_work_tree, head_commit, holds_an_empty_repository};

    #[test]
    fn the_nearest_work_tree_above_is_found() {
        let trial = Trial::new();
        let root = trial.root();
        assert_eq!(
            enclosing_work_tree(&trial.host, &root.join("project/a")),
            None
        );
        trial.git_in(&root, &["init", "--quiet"]);
        let found = |path: &str| enclosing_work_tree(&trial.host, Path::new(path));
        assert_eq!(found("project/a/b"), Some(root.clone()));
        // Its own repository is not one that it lies in.
        assert_eq!(enclosing_work_tree(&trial.host, &root), None);
        // What only looks like one is passed by.
        trial.write("project/.git/config", b"", false);
        assert_eq!(found("project/a/b"), Some(root.clone()));
        trial.write("linked/.git", b"gitdir: ../.git/worktrees/linked\n", false);
        assert_eq!(found("linked/a"), Some(root.join("linked")));
    }

    #[test]
    fn the_search_stops_at_a_ceiling() {
        let trial = Trial::new();
        let root = trial.root();
        trial.git_in(&root, &["init", "--quiet"]);
        let trial = trial.with("GIT_CEILING_DIRECTORIES", root.to_str().unwrap());
        assert_eq!(
            enclosing_work_tree(&trial.host, &root.join("project/a")),
            None
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_place_behind_a_link_counts() {
        let trial = Trial::new();
        let root = trial.root();
        trial.git(&["init", "--quiet"]);
        trial.write("project/inner/x", b"", false);
        crate::fs::symlink(&root.join("project/inner"), &root.join("link")).unwrap();
        let found = enclosing_work_tree(&trial.host, &root.join("link/new"));
        assert_eq!(found, Some(trial.folder()));
    }

    #[test]
    fn only_an_empty_repository_counts() {
        let trial = Trial::new();
        let empty = || holds_an_empty_repository(&trial.host, &trial.folder());
        assert!(!empty().unwrap());
        assert_eq!(head_commit(&trial.host, &trial.folder()).unwrap(), None);
        // HEAD may name any branch.
        trial.git(&["init", "--quiet", "--initial-branch=other"]);
        assert!(empty().unwrap());
        trial.write("project/x", b"", false);
        trial.git(&["add", "x"]);
        crate::fs::remove_file(&trial.folder().join("x")).unwrap();
        assert!(!empty().unwrap(), "something is staged");
        trial.git(&["rm", "--quiet", "--cached", "x"]);
        assert!(empty().unwrap());
        trial.commit(&[file("y", "")]).unwrap();
        crate::fs::remove_file(&trial.folder().join("y")).unwrap();
        assert!(!empty().unwrap(), "there is a commit");
        trial.git(&["symbolic-ref", "HEAD", "refs/heads/unborn"]);
        assert!(!empty().unwrap(), "there is a branch");
    }

    #[test]
    fn an_empty_repository_of_another_format_is_empty_too() {
        let trial = Trial::new().with("GIT_DEFAULT_HASH", "sha256");
        trial.git(&["init", "--quiet"]);
        assert!(holds_an_empty_repository(&trial.host, &trial.folder()).unwrap());
        trial.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        assert!(!holds_an_empty_repository(&trial.host, &trial.folder()).unwrap());
    }

    #[test]
    fn a_broken_repository_is_an_error() {
        let trial = Trial::new();
        trial.write("project/.git/config", b"[core\n", false);
        let error = holds_an_empty_repository(&trial.host, &trial.folder()).unwrap_err();
        assert!(
            error
                .message()
                .starts_with("cannot open the git repository in"),
            "{error}"
        );
    }
}
