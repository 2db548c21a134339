//! git: the user's configuration, a new repository with its first commit, and the repository that a folder lies in.
//!
//! Called by `project` and `gate`. The only place that names libgit2 (through git2) and the `git` program. It must not know what
//! the files of a project mean. No variable that names a repository (`GIT_DIR` and its kin) redirects anything that makes a
//! project: libgit2 does not look at them, and `process` takes them away from the program. [`WorkTree`] alone honours them,
//! because a hook is told by them what is being committed.

mod backup;
mod changes;
mod commit;
mod config;
mod conversion;
pub(crate) mod hook;
mod identity;
mod ignore;
mod index;
mod index_update;
mod location;
mod merge;
mod object;
mod objects;
mod pack;

mod program;
mod repository;
mod staged;
mod surroundings;
mod tree;
#[cfg(test)]
mod trial;
pub(crate) mod wildcard;
mod work_tree;

use std::path::Path;

pub(crate) use backup::Saved;
pub(crate) use changes::{Change, NewCommit, TreeEntry};
pub(crate) use commit::{CommitId, Content, Entry, FirstCommit, Moment, first_commit};
pub(crate) use config::{Config, Origin, Scope};
pub(crate) use identity::{Identity, Person, author};
pub(crate) use ignore::Ignores;
pub(crate) use index::{Index, IndexEntry, Looks};
pub(crate) use index_update::{IndexLock, Restage, restage};
pub(crate) use location::{Located, Location};
pub(crate) use object::{Mode, ObjectId};
pub(crate) use objects::Objects;
pub(crate) use surroundings::{enclosing_work_tree, head_commit, holds_an_empty_repository};
pub(crate) use work_tree::WorkTree;

use crate::error::Error;

/// An error of libgit2 as ours: `cannot WHAT PATH`, with what to do where that is known.
fn failed(what: &str, path: &Path, error: &git2::Error) -> Error {
    let failure = Error::new(format!("cannot {what} `{}`", path.display()))
        .caused_by(error.message().to_owned());
    if error.code() == git2::ErrorCode::Owner {
        failure.hint(not_ours(path))
    } else {
        failure
    }
}

/// What to type when a repository belongs to somebody else.
fn not_ours(path: &Path) -> String {
    let path = crate::process::quoted(&path.to_string_lossy());
    format!(
        "it belongs to another user; if you trust it, type `git config --global --add safe.directory {path}`"
    )
}
