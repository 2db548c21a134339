//! What is checked: the files of the index, of a commit, or of the work tree, read once.
//!
//! Called by the run and by `--plan`. It must not know which gates there are, and changes nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::file::{File, Source};
use super::named::{Named, any_covers, is_there};
use crate::error::{Error, Result};
use crate::git::{Change, Index, IndexEntry, Mode, TreeEntry, WorkTree};
use crate::repo_path::RepoPath;

/// The files under check, and everything that lies around them.
pub(crate) struct Snapshot<'a> {
    /// The work tree that it was taken of.
    pub(crate) work_tree: &'a WorkTree,
    /// Whose content it is.
    pub(crate) of: Of,
    /// The files to check, sorted by path; links and submodules are not among them.
    pub(crate) files: Vec<File>,
    /// What is deleted by what is checked.
    pub(crate) deleted: Vec<RepoPath>,
    /// Whether every file is under check, and not only what changed.
    pub(crate) is_whole: bool,
    /// Whether a merge, rebase, cherry-pick or revert is under way.
    pub(crate) in_merge: bool,
    whole: OnceLock<Whole>,
}

/// Whose content a snapshot has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    /// Of the index: what the next commit will hold.
    Index,
    /// Of a commit.
    Commit(String),
    /// Of the work tree, as it stands.
    WorkTree,
}

/// Everything that a snapshot holds.
enum Whole {
    Index(Index),
    Commit(Vec<TreeEntry>),
    WorkTree(Vec<RepoPath>),
}

impl<'a> Snapshot<'a> {
    /// What is staged: the files that the next commit changes.
    ///
    /// # Errors
    /// When conflicts are left in the index, or git fails.
    pub(crate) fn staged(work_tree: &'a WorkTree) -> Result<Self> {
        // What configures the gates is in the index, and with it the looks of the files, which let their contents be read from the
        // work tree.
        let index = Index::read(work_tree)?;
        let changes = work_tree.staged(&index)?;
        refuse_conflicts(
            changes
                .iter()
                .filter(|it| it.is_conflict)
                .map(|it| &it.path),
        )?;
        Ok(Self::new(work_tree, Of::Index, changes).with_looks(index))
    }

    /// The index, with no file of it under check.
    pub(crate) fn of_index(work_tree: &'a WorkTree) -> Self {
        Self::new(work_tree, Of::Index, Vec::new())
    }

    /// Every file of the index, changed or not.
    ///
    /// # Errors
    /// When conflicts are left in the index, or it cannot be read.
    pub(crate) fn index(work_tree: &'a WorkTree) -> Result<Self> {
        let index = Index::read(work_tree)?;
        refuse_conflicts(index.conflicts().iter())?;
        let files = index
            .entries()
            .filter(|entry| entry.mode.is_file() && !entry.intent_to_add)
            .map(|entry| file_of(&index, entry))
            .collect();
        let mut snapshot = Self::of_index(work_tree);
        snapshot.files = files;
        snapshot.is_whole = true;
        snapshot.whole = OnceLock::from(Whole::Index(index));
        Ok(snapshot)
    }

    /// What a commit changed, with the content that it gave to it.
    pub(crate) fn commit(work_tree: &'a WorkTree, id: &str, changes: Vec<Change>) -> Self {
        Self::new(work_tree, Of::Commit(id.to_owned()), changes)
    }

    /// The files of the work tree: tracked ones, and those that are neither tracked nor ignored. With `paths`, those files and what
    /// lies below those folders, relative to the working directory.
    ///
    /// # Errors
    /// When a path does not exist or lies outside, or git fails.
    pub(crate) fn work_tree(work_tree: &'a WorkTree, paths: &[PathBuf]) -> Result<Self> {
        let command = work_tree.git().args([
            "ls-files",
            "-z",
            "-t",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
        ]);
        let text = work_tree.output(&command, "list the files of the work tree")?;
        // `TAG PATH`; the tag of what git does not know yet is a question mark.
        let lines = text.split(|byte| *byte == 0);
        let mut new = BTreeSet::new();
        let mut listed = Vec::new();
        for (tag, path) in lines.filter_map(|line| line.split_at_checked(2)) {
            let path = RepoPath::new(path);
            if tag == b"? " {
                new.insert(path.clone());
            }
            listed.push(path);
        }
        listed.sort();
        let mut snapshot = Self::new(work_tree, Of::WorkTree, Vec::new());
        snapshot.is_whole = true;
        let mut wanted = Vec::with_capacity(paths.len());
        for path in paths {
            if !is_there(work_tree, path) {
                return Err(not_there(path));
            }
            wanted.push(Named::new(work_tree, path)?);
        }
        for path in wanted.iter().map(Named::path) {
            // An ignored file that is named is meant.
            if let Err(at) = listed.binary_search(path)
                && path.below(work_tree.root()).is_some_and(|it| it.is_file())
            {
                new.insert(path.clone());
                listed.insert(at, path.clone());
            }
        }
        snapshot.files = listed
            .iter()
            .filter(|path| any_covers(&wanted, path))
            .filter_map(|path| on_disk(work_tree, path))
            .map(|file| File {
                is_added: new.contains(&file.path),
                ..file
            })
            .collect();
        snapshot.whole = OnceLock::from(Whole::WorkTree(listed));
        Ok(snapshot)
    }

    fn new(work_tree: &'a WorkTree, of: Of, changes: Vec<Change>) -> Self {
        let (mut files, mut deleted) = (Vec::with_capacity(changes.len()), Vec::new());
        for change in changes {
            match change.new {
                Some((mode, id)) if mode.is_file() => files.push(File {
                    path: change.path,
                    mode,
                    source: Source::Blob(id),
                    is_added: change.is_added,
                }),
                Some(_) => {}
                None => deleted.push(change.path),
            }
        }
        // A commit that is there is in the middle of nothing.
        let is_to_come = !matches!(of, Of::Commit(_));
        let in_merge = is_to_come
            && [
                "MERGE_HEAD",
                "CHERRY_PICK_HEAD",
                "REVERT_HEAD",
                "rebase-merge",
                "rebase-apply",
            ]
            .iter()
            .any(|name| work_tree.git_dir().join(name).exists());
        Self {
            work_tree,
            of,
            files,
            deleted,
            is_whole: false,
            in_merge,
            whole: OnceLock::new(),
        }
    }

    /// The same, with the looks of each file as the index has them.
    fn with_looks(mut self, index: Index) -> Self {
        for file in &mut self.files {
            if let Some(entry) = index.get(file.path.as_bytes())
                && Some(entry.id) == file.source.id()
            {
                file.source = Source::Staged(entry);
            }
        }
        self.whole = OnceLock::from(Whole::Index(index));
        self
    }

    /// Keeps only the files named, and those below the folders named, relative to the working directory.
    ///
    /// # Errors
    /// When a path lies outside the work tree, or there is nothing, neither there nor in what the snapshot holds.
    pub(crate) fn restricted(mut self, paths: &[PathBuf]) -> Result<Self> {
        if paths.is_empty() {
            return Ok(self);
        }
        let wanted = paths.iter().map(|it| Named::new(self.work_tree, it));
        let wanted = wanted.collect::<Result<Vec<_>>>()?;
        for (path, wanted) in paths.iter().zip(&wanted) {
            let is_known = |it: &RepoPath| wanted.covers(it);
            if !is_there(self.work_tree, path)
                && !self.deleted.iter().any(is_known)
                && !self.everything()?.iter().any(|it| is_known(&it.path))
            {
                return Err(not_there(path));
            }
        }
        self.files.retain(|file| any_covers(&wanted, &file.path));
        self.deleted.retain(|path| any_covers(&wanted, path));
        Ok(self)
    }

    fn whole(&self) -> Result<&Whole> {
        if let Some(whole) = self.whole.get() {
            return Ok(whole);
        }
        let whole = match &self.of {
            Of::Index => Whole::Index(Index::read(self.work_tree)?),
            Of::Commit(id) => {
                let mut entries = self.work_tree.tree(id)?;
                entries.sort_by(|one, other| one.path.cmp(&other.path));
                Whole::Commit(entries)
            }
            Of::WorkTree => Whole::WorkTree(Vec::new()),
        };
        Ok(self.whole.get_or_init(|| whole))
    }

    /// The file of this path, whether it is under check or not.
    ///
    /// # Errors
    /// When what the snapshot holds cannot be listed.
    pub(crate) fn file(&self, path: &[u8]) -> Result<Option<File>> {
        Ok(match self.whole()? {
            Whole::Index(index) => index
                .get(path)
                .filter(|entry| entry.mode.is_file() && !entry.intent_to_add)
                .map(|entry| file_of(index, entry)),
            Whole::Commit(entries) => entries
                .binary_search_by(|entry| entry.path.as_bytes().cmp(path))
                .ok()
                .and_then(|at| entries.get(at))
                .filter(|entry| entry.mode.is_file())
                .map(file_of_tree),
            Whole::WorkTree(_) => on_disk(self.work_tree, &RepoPath::new(path)),
        })
    }

    /// Everything that the snapshot holds, sorted by path: files, links and (but in the work tree) submodules.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub(crate) fn everything(&self) -> Result<Vec<File>> {
        Ok(match self.whole()? {
            Whole::Index(index) => index
                .entries()
                .filter(|entry| !entry.intent_to_add && entry.mode != Mode::Folder)
                .map(|entry| file_of(index, entry))
                .collect(),
            Whole::Commit(entries) => entries.iter().map(file_of_tree).collect(),
            Whole::WorkTree(paths) => paths
                .iter()
                .filter_map(|path| {
                    on_disk(self.work_tree, path).or_else(|| {
                        // A folder that became a link and is still known as one is what git has of it.
                        let inside = [path.as_bytes(), b"/"].concat();
                        let at = paths.partition_point(|it| it.as_bytes() < inside.as_slice());
                        let is_folder = paths
                            .get(at)
                            .is_some_and(|it| it.as_bytes().starts_with(&inside));
                        link_on_disk(self.work_tree, path).filter(|_| !is_folder)
                    })
                })
                .collect(),
        })
    }

    /// The index, where the snapshot is one of it and it has been read.
    pub(crate) fn known_index(&self) -> Option<&Index> {
        match self.whole.get() {
            Some(Whole::Index(index)) => Some(index),
            _ => None,
        }
    }
}

fn file_of(index: &Index, entry: IndexEntry) -> File {
    File {
        path: RepoPath::new(index.path(&entry)),
        mode: entry.mode,
        source: Source::Staged(entry),
        is_added: false,
    }
}

fn file_of_tree(entry: &TreeEntry) -> File {
    File {
        path: entry.path.clone(),
        mode: entry.mode,
        source: Source::Blob(entry.id),
        is_added: false,
    }
}

/// A file as the work tree has it; `None` where there is none, or it is no file.
fn on_disk(work_tree: &WorkTree, path: &RepoPath) -> Option<File> {
    let metadata = path.below(work_tree.root())?.symlink_metadata().ok()?;
    if !metadata.is_file() {
        return None;
    }
    #[cfg(unix)]
    let executable = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o100 != 0;
    #[cfg(not(unix))]
    let executable = false;
    Some(File {
        path: path.clone(),
        mode: if executable {
            Mode::Executable
        } else {
            Mode::File
        },
        source: Source::WorkTree,
        is_added: false,
    })
}

/// A link as the work tree has it.
fn link_on_disk(work_tree: &WorkTree, path: &RepoPath) -> Option<File> {
    let metadata = path.below(work_tree.root())?.symlink_metadata().ok()?;
    metadata.is_symlink().then(|| File {
        path: path.clone(),
        mode: Mode::Link,
        source: Source::WorkTree,
        is_added: false,
    })
}

fn refuse_conflicts<'a>(conflicts: impl Iterator<Item = &'a RepoPath>) -> Result<()> {
    let conflicts: Vec<String> = conflicts.map(ToString::to_string).collect();
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(
        Error::new(format!("there are conflicts in {}", conflicts.join(", ")))
            .hint("resolve them, then type: git add FILE"),
    )
}

fn not_there(path: &Path) -> Error {
    Error::new(format!("there is no file or folder `{}`", path.display()))
}
