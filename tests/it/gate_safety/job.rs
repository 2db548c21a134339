//! The commands that run gates and may mend, as a user types them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::process::Command;

use super::content::essence;
use super::gates::Gates;
use super::inventory::{Inventory, Store, tree};
use super::loss::Permit;
use super::repository::Repository;
use crate::support::run;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    /// `scaffold hook run pre-commit`.
    Hook,
    /// `scaffold check --staged --fix`.
    Staged,
    /// `scaffold check --fix`.
    WorkTree,
    /// `git commit`, with the hook installed.
    Commit,
    /// `git commit --all`.
    CommitAll,
    /// `git commit PATH`.
    CommitPath,
    /// `git commit --amend`.
    Amend,
}

impl Job {
    pub(super) const ALL: [Self; 7] = [
        Self::Hook,
        Self::Staged,
        Self::WorkTree,
        Self::Commit,
        Self::CommitAll,
        Self::CommitPath,
        Self::Amend,
    ];

    /// Whether git itself runs, and our hook below it.
    pub(super) fn is_of_git(&self) -> bool {
        !matches!(self, Self::Hook | Self::Staged | Self::WorkTree)
    }

    /// Whether git stages something for it, so that what was staged before is git's to forget.
    pub(super) fn stages(&self) -> bool {
        matches!(self, Self::CommitAll | Self::CommitPath)
    }

    /// What has to be there before it.
    pub(super) fn prepare(&self, repository: &Repository) {
        if self.is_of_git() {
            let mut install = repository.command(env!("CARGO_BIN_EXE_scaffold"));
            run(install.args(["hook", "install"])).code(0);
        }
    }

    pub(super) fn command(&self, repository: &Repository) -> Command {
        let program = if self.is_of_git() {
            "git"
        } else {
            env!("CARGO_BIN_EXE_scaffold")
        };
        let mut command = repository.command(program);
        match self {
            Self::Hook => command.args(["hook", "run", "pre-commit"]),
            Self::Staged => command.args(["check", "--staged", "--fix", "--format=json"]),
            Self::WorkTree => command.args(["check", "--fix", "--format=json"]),
            Self::Commit => command.args(["commit", "--message=by us"]),
            Self::CommitAll => command.args(["commit", "--message=by us", "--all"]),
            Self::CommitPath => command
                .args(["commit", "--message=by us", "--"])
                .args(some(repository)),
            Self::Amend => command.args(["commit", "--message=by us", "--amend"]),
        };
        // `check` takes every gate there is unless they are named.
        if matches!(self, Self::Staged | Self::WorkTree) {
            for name in repository.gates.names() {
                command.arg(format!("--gate={name}"));
            }
        }
        command
    }

    /// What it may mend, where the hook may mend what is `staged`.
    pub(super) fn permit(&self, repository: &Repository, staged: &Permit) -> Permit {
        match self {
            Self::WorkTree => {
                let files = [
                    "ls-files",
                    "-z",
                    "--cached",
                    "--others",
                    "--exclude-standard",
                ];
                Permit {
                    work: list(repository, &files),
                    index: BTreeSet::new(),
                    ..staged.clone()
                }
            }
            Self::CommitAll | Self::CommitPath => {
                let tracked = list(repository, &["ls-files", "-z"]);
                Permit {
                    work: tracked.clone(),
                    index: tracked,
                    ..staged.clone()
                }
            }
            Self::Hook | Self::Staged | Self::Commit | Self::Amend => staged.clone(),
        }
    }

    /// Whether the branch went on; panics where it did not go where it should.
    #[track_caller]
    pub(super) fn committed(
        &self,
        repository: &Repository,
        before: &Inventory,
        after: &Inventory,
    ) -> bool {
        if before.refs == after.refs || !self.is_of_git() {
            return false;
        }
        assert_ne!(before.commit(), after.commit());
        let parents = repository.git(&["rev-parse", "HEAD^@"]);
        let expected = if *self == Self::Amend {
            repository.git(&["rev-parse", &format!("{}^@", before.commit())])
        } else {
            format!("{}\n", before.commit()).into_bytes()
        };
        assert_eq!(parents, expected, "another parent");
        if self.stages() {
            return true;
        }
        // What is committed is what was staged, mended at most.
        let committed = tree(repository, "HEAD");
        let meant = repository.git(&["diff", "--name-only", "--diff-filter=A", "-z"]);
        let meant: BTreeSet<&[u8]> = meant.split(|byte| *byte == 0).collect();
        let staged = before
            .index
            .iter()
            .filter(|(path, _)| !meant.contains(path.as_slice()));
        let staged: Vec<_> = staged
            .map(|(path, it)| (path.clone(), it.mode.clone(), it.id.clone()))
            .collect();
        assert_eq!(committed.len(), staged.len(), "{committed:?} of {staged:?}");
        let ids = committed
            .iter()
            .chain(&staged)
            .filter(|it| it.1 != "160000");
        let store = Store::read(repository, &[], ids.map(|it| it.2.as_str()));
        for (new, old) in committed.iter().zip(&staged) {
            assert_eq!((&new.0, &new.1), (&old.0, &old.1));
            if repository.gates == Gates::Black {
                continue;
            }
            let content = |id: &String| store.contents.get(id).map(|it| essence(it));
            assert_eq!(content(&new.2), content(&old.2), "{}", new.0.escape_ascii());
        }
        true
    }
}

/// A few files that git knows.
fn some(repository: &Repository) -> Vec<OsString> {
    let list = repository.git(&["ls-files", "-z"]);
    let paths: Vec<&[u8]> = list
        .split(|byte| *byte == 0)
        .filter(|it| !it.is_empty())
        .collect();
    let mut random = repository.random.clone();
    let picked = (0..3).map(|_| *random.pick(&paths));
    picked
        .map(|path| OsString::from_vec([b":(literal)", path].concat()))
        .collect()
}

/// What the hook may mend: what is staged.
pub(super) fn staged(repository: &Repository) -> Permit {
    let staged = ["diff", "--cached", "--name-only", "--no-renames", "-z"];
    let work = list(repository, &staged);
    Permit {
        index: work.clone(),
        work,
        reformats: repository.gates == Gates::Black,
    }
}

fn list(repository: &Repository, arguments: &[&str]) -> BTreeSet<Vec<u8>> {
    let list = repository.git(arguments);
    let paths = list.split(|byte| *byte == 0).filter(|it| !it.is_empty());
    paths.map(<[u8]>::to_vec).collect()
}
