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
                .and_then(|head| head.symbolic_target().ok().flatten().map(str::to_owned)),
            _ => None,
        };
        Ok(branch.map(|branch| Self {
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

/// Opens the repository in this very folder, not one above it.
pub(super) fn open(folder: &Path) -> std::result::Result<Repository, git2::Error> {
    let none = std::iter::empty::<&Path>();
    Repository::open_ext(folder, git2::RepositoryOpenFlags::NO_SEARCH, none)
}
