//! A repository without commits, made new or found in a folder, through libgit2.
//!
//! Called by the first commit. It must not know what will be committed.

use std::path::{Path, PathBuf};

use git2::{Repository, RepositoryInitOptions, Signature, Time};

use super::failed;
use super::identity::Person;
use super::pack::Id;
use crate::error::{Error, Result};

/// A repository whose HEAD names a branch that has no commit yet.
pub(super) struct Unborn {
    repository: Repository,
    folder: PathBuf,
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
        Ok(Self {
            repository,
            folder: folder.to_owned(),
            branch: format!("refs/heads/{branch}"),
        })
    }

    /// The repository that lies in `folder`; `None` where libgit2 cannot read its format, or where it is another user's: then the
    /// program has to say whether it can.
    ///
    /// # Errors
    /// When it is broken, or has a commit already.
    pub(super) fn open(folder: &Path) -> Result<Option<Self>> {
        let opened = Repository::open_ext(
            folder,
            git2::RepositoryOpenFlags::NO_SEARCH,
            std::iter::empty::<&Path>(),
        );
        let repository = match opened {
            Ok(repository) => repository,
            Err(error) if beyond(&error) => return Ok(None),
            Err(error) => return Err(failed("open the git repository in", folder, &error)),
        };
        let unborn = repository
            .head()
            .is_err_and(|error| error.code() == git2::ErrorCode::UnbornBranch);
        if !unborn {
            return Err(has_commits(folder));
        }
        let head = repository
            .find_reference("HEAD")
            .map_err(|error| failed("read HEAD of the git repository in", folder, &error))?;
        let branch = head
            .symbolic_target()
            .ok()
            .flatten()
            .ok_or_else(|| has_commits(folder))?
            .to_owned();
        drop(head);
        Ok(Some(Self {
            repository,
            folder: folder.to_owned(),
            branch,
        }))
    }

    /// The repository's own folder, `.git`.
    pub(super) fn git_dir(&self) -> &Path {
        self.repository.path()
    }

    /// Points the branch at its first commit and notes that in the reflog as git does.
    ///
    /// # Errors
    /// When somebody else works on the branch, or it cannot be written.
    pub(super) fn point(
        &self,
        id: Id,
        who: &Person,
        when: super::commit::Moment,
        note: &str,
    ) -> Result<()> {
        let point = || {
            let who = Signature::new(
                &who.name,
                &who.email,
                &Time::new(when.seconds, when.offset_minutes),
            )?;
            let mut transaction = self.repository.transaction()?;
            transaction.lock_ref(&self.branch)?;
            transaction.set_target(&self.branch, git2::Oid::from_bytes(&id)?, Some(&who), note)?;
            transaction.commit()
        };
        point().map_err(|error| failed("make the first commit in", &self.folder, &error))
    }
}

/// What is said of a repository that is not empty.
pub(super) fn has_commits(folder: &Path) -> Error {
    Error::new(format!(
        "the git repository in `{}` has commits already",
        folder.display()
    ))
    .hint("choose another folder, or a clone of an empty repository")
}

/// Whether libgit2 says that this repository is of a kind that it does not know, or not ours.
pub(super) fn beyond(error: &git2::Error) -> bool {
    // libgit2 names no code for an extension or a version that it does not know: "unsupported extension name
    // extensions.refstorage", "unsupported repository version 2".
    error.code() == git2::ErrorCode::Owner || error.message().contains("unsupported")
}
