//! Where the parts of a repository lie, whoever owns it and whatever is wrong with it, found by reading a few small files.
//!
//! Called by `doctor`, which looks at repositories that neither libgit2 nor git would open. Layout:
//! <https://git-scm.com/docs/gitrepository-layout>. It must not read configuration, and starts nothing.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::repo_path::bytes_to_path;

/// The longest path that a file may name, in bytes.
const LONGEST: u64 = 16 << 10;

/// Where the parts lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    /// The folder with the user's files.
    pub(crate) root: PathBuf,
    /// The folder of this work tree's own state.
    pub(crate) git_dir: PathBuf,
    /// The folder that all linked work trees share; else the same.
    pub(crate) common_dir: PathBuf,
}

/// What there is around a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Located {
    /// No repository.
    Nowhere,
    /// A `.git` that is a file and leads to no repository.
    Lost {
        /// That file.
        file: PathBuf,
        /// Where it leads, where it says so.
        target: Option<PathBuf>,
    },
    /// A repository.
    At(Location),
}

impl Location {
    /// The nearest repository, from this folder up.
    pub(crate) fn around(folder: &Path) -> Located {
        for root in folder.ancestors() {
            let path = root.join(".git");
            let Ok(metadata) = path.metadata() else {
                continue;
            };
            if metadata.is_dir() {
                if let Some(location) = Self::of(root, path) {
                    return Located::At(location);
                }
                // git goes on as well where a folder only bears the name.
                continue;
            }
            let target = named(&path, b"gitdir:").map(|it| root.join(it));
            let location = target
                .as_ref()
                .and_then(|target| Self::of(root, target.components().collect()));
            return location.map_or(Located::Lost { file: path, target }, Located::At);
        }
        Located::Nowhere
    }

    fn of(root: &Path, git_dir: PathBuf) -> Option<Self> {
        git_dir.join("HEAD").symlink_metadata().ok()?;
        let common_dir = match named(&git_dir.join("commondir"), b"") {
            Some(shared) => {
                let joined = git_dir.join(shared);
                joined.canonicalize().unwrap_or(joined)
            }
            None => git_dir.clone(),
        };
        let is_whole = common_dir.join("objects").is_dir() && common_dir.join("refs").is_dir();
        is_whole.then(|| Self {
            root: root.to_owned(),
            git_dir,
            common_dir,
        })
    }
}

/// The path that a small file names behind these words.
fn named(file: &Path, words: &[u8]) -> Option<PathBuf> {
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let open = File::open(file).ok()?;
    open.take(LONGEST).read_to_end(&mut bytes).ok()?;
    let rest = bytes.strip_prefix(words)?.trim_ascii();
    bytes_to_path(rest).filter(|it| !it.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::trial::Trial;
    use super::{Located, Location};

    fn at(trial: &Trial, folder: &str) -> Option<Location> {
        match Location::around(&trial.root().join(folder)) {
            Located::At(location) => Some(location),
            _ => None,
        }
    }

    /// What git says of the same folder.
    #[track_caller]
    fn assert_as_git(trial: &Trial, folder: &str) {
        let said = |what: &str| {
            let path = trial.git_in(&trial.root().join(folder), &["rev-parse", what]);
            let path = trial.root().join(folder).join(path.trim_end());
            path.canonicalize().unwrap()
        };
        let found = at(trial, folder).unwrap();
        assert_eq!(found.root.canonicalize().unwrap(), said("--show-toplevel"));
        assert_eq!(found.git_dir.canonicalize().unwrap(), said("--git-dir"));
        let common = found.common_dir.canonicalize().unwrap();
        assert_eq!(common, said("--git-common-dir"));
    }

    #[test]
    fn every_kind_of_work_tree_is_found_where_git_finds_it() {
        let trial = Trial::new();
        assert_eq!(at(&trial, "project"), None);
        trial.git(&["init", "--quiet"]);
        trial.write("project/deep/er/a.py", b"", false);
        trial.git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
        trial.git(&["worktree", "add", "--quiet", "../linked"]);
        let file = "protocol.file.allow=always";
        let module = ["submodule", "--quiet", "add", "../project", "module"];
        trial.write("other/a", b"", false);
        let other = trial.root().join("other");
        trial.git_in(&other, &["init", "--quiet"]);
        let url = trial.folder();
        let add = [
            &["-c", file],
            &module[..3],
            &[url.to_str().unwrap(), "module"],
        ]
        .concat();
        trial.git_in(&other, &add);
        for folder in ["project", "project/deep/er", "linked", "other/module"] {
            assert_as_git(&trial, folder);
        }
    }

    #[test]
    fn a_file_that_leads_nowhere_is_told() {
        let trial = Trial::new();
        trial.write("project/.git", b"gitdir: ../gone/.git/worktrees/x\n", false);
        let Located::Lost { file, target } = Location::around(&trial.folder()) else {
            panic!("it leads nowhere");
        };
        assert_eq!(file, trial.folder().join(".git"));
        assert!(target.unwrap().ends_with("../gone/.git/worktrees/x"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let trial = Trial::anonymous();
            trial.write("project/.git", &bytes, false);
            prop_assert!(at(&trial, "project").is_none());
        }
    }
}
