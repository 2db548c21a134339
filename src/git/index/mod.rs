//! The index, read from its file: what the next commit will hold, and what the work tree's files looked like when they were added.
//!
//! Called by `gate`. Format: <https://git-scm.com/docs/index-format>, versions 2 to 4. What this reader does not know (a split or a
//! sparse index) is asked of the `git` program, without the looks of the files. Nothing here writes.

mod cached_tree;
mod parser;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::object::{Mode, ObjectId};
use super::work_tree::WorkTree;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

pub(super) use cached_tree::CachedTree;
use parser::{Parsed, Parser, Place};

/// The entries of an index, sorted by path and stage. Most runs look at a few of very many, so an entry is read where it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The file.
    bytes: Vec<u8>,
    /// Where the entries are in it.
    places: Vec<Place>,
    /// The paths one after another, where the file does not have them whole.
    paths: Option<Vec<u8>>,
    /// Where its cache of trees is in it.
    trees: Range<usize>,
    /// The entries as git listed them, where the file is not understood; there are no places then.
    listed: Vec<IndexEntry>,
    written: Option<SystemTime>,
}

/// One entry.
#[derive(Debug, Clone)]
pub(crate) struct IndexEntry {
    path: Range<usize>,
    /// What it is.
    pub(crate) mode: Mode,
    /// The name of its content.
    pub(crate) id: ObjectId,
    /// 0, or 1 to 3 where a merge left a conflict.
    pub(crate) stage: u8,
    /// Added by `git add --intent-to-add`: not staged yet.
    pub(crate) intent_to_add: bool,
    /// Left out of the work tree by a sparse checkout.
    pub(crate) skip_worktree: bool,
    /// Said by the user never to change (`git update-index --assume-unchanged`).
    pub(crate) assume_unchanged: bool,
    /// How the file in the work tree looked when it last was the same as this entry.
    pub(crate) looks: Option<Looks>,
}

/// What the system says of a file that does not change unless its content may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looks {
    changed: (u32, u32),
    modified: (u32, u32),
    inode: u32,
    size: u32,
}

impl Looks {
    /// How this file looks now.
    #[cfg(unix)]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the index keeps the low 32 bits of each"
    )]
    pub(crate) fn of(file: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            changed: (file.ctime() as u32, file.ctime_nsec() as u32),
            modified: (file.mtime() as u32, file.mtime_nsec() as u32),
            inode: file.ino() as u32,
            size: file.size() as u32,
        }
    }
}

impl Index {
    /// Reads the index that counts now; an index that does not exist is an empty one.
    ///
    /// # Errors
    /// When it cannot be read, by us or by git.
    pub(crate) fn read(work_tree: &WorkTree) -> Result<Self> {
        match Self::of_file(work_tree.index_file())? {
            Some(index) => Ok(index),
            None => Self::by_program(work_tree),
        }
    }

    /// Reads this file; `None` where it is not understood. One that does not exist is an empty index.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn of_file(file: &Path) -> Result<Option<Self>> {
        let failed = |error| crate::fs::failed("read", file, error);
        let mut open = match File::open(file) {
            Ok(open) => open,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Some(Self::default()));
            }
            Err(error) => return Err(failed(error)),
        };
        // Of the file that is open: another one may take its place at any moment.
        let metadata = open.metadata().map_err(failed)?;
        let length = usize::try_from(metadata.len()).unwrap_or_default();
        let mut bytes = Vec::with_capacity(length + 1);
        open.read_to_end(&mut bytes).map_err(failed)?;
        // An index of a SHA-256 repository has longer names; its first entry would be misread, so the format is asked for.
        let parsed = Parser::new(&bytes).index();
        Ok(parsed.map(|parsed| {
            let Parsed {
                places,
                paths,
                trees,
            } = parsed;
            Self {
                bytes,
                places,
                paths,
                trees,
                listed: Vec::new(),
                written: metadata.modified().ok(),
            }
        }))
    }

    fn by_program(work_tree: &WorkTree) -> Result<Self> {
        let command = work_tree
            .git()
            .args(["ls-files", "--stage", "--sparse", "-t", "-v", "-z"]);
        let text = work_tree.output(&command, "read the index")?;
        let mut index = Self::default();
        for line in text
            .split(|byte| *byte == 0)
            .filter(|line| !line.is_empty())
        {
            index.push_line(line).ok_or_else(|| {
                Error::new("cannot read what `git ls-files --stage` prints")
                    .caused_by(String::from_utf8_lossy(line).into_owned())
            })?;
        }
        Ok(index)
    }

    /// One line of `git ls-files --stage -t -v`: `TAG MODE NAME STAGE<tab>PATH`.
    fn push_line(&mut self, line: &[u8]) -> Option<()> {
        let tab = line.iter().position(|byte| *byte == b'\t')?;
        let mut words = line[..tab].split(|byte| *byte == b' ');
        let tag = words.next()?;
        let mode = Mode::from_octal(words.next()?)?;
        let id = ObjectId::from_hex(words.next()?)?;
        let stage = words.next()?.first()?.checked_sub(b'0')?;
        let paths = self.paths.get_or_insert_default();
        let start = paths.len();
        paths.extend_from_slice(&line[tab + 1..]);
        self.listed.push(IndexEntry {
            path: start..paths.len(),
            mode,
            id,
            stage,
            // The empty blob's name is what such an entry has; git's own diff leaves it out of what is staged.
            intent_to_add: false,
            skip_worktree: tag.eq_ignore_ascii_case(b"S"),
            assume_unchanged: tag.first().is_some_and(u8::is_ascii_lowercase),
            looks: None,
        });
        Some(())
    }

    /// All entries.
    pub(crate) fn entries(&self) -> impl Iterator<Item = IndexEntry> + '_ {
        (0..self.count()).map(|number| self.entry(number))
    }

    /// The path of an entry of this index.
    pub(crate) fn path(&self, entry: &IndexEntry) -> &[u8] {
        &self.text()[entry.path.clone()]
    }

    /// The paths below this folder, which ends with a slash; all of them below the empty one.
    pub(crate) fn paths_below<'a>(&'a self, folder: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low.midpoint(high);
            if self.path_of(middle) < folder {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let below = (low..self.count()).map(|number| self.path_of(number));
        below.take_while(move |path| path.starts_with(folder))
    }

    /// The merged entry of this path.
    pub(crate) fn get(&self, path: &[u8]) -> Option<IndexEntry> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low.midpoint(high);
            let order = self.path_of(middle).cmp(path);
            match order.then_with(|| self.stage_of(middle).cmp(&0)) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(self.entry(middle)),
            }
        }
        None
    }

    /// The folders of which the index knows the name that they have as trees; `None` where it says nothing of them.
    pub(super) fn cached_tree(&self) -> Option<CachedTree<'_>> {
        CachedTree::parse(self.bytes.get(self.trees.clone())?)
    }

    /// Whether the entries were listed by git, which does not tell all about them.
    pub(super) fn is_listed(&self) -> bool {
        !self.listed.is_empty()
    }

    /// How many entries there are.
    pub(super) fn count(&self) -> usize {
        self.places.len().max(self.listed.len())
    }

    /// What the paths are parts of.
    fn text(&self) -> &[u8] {
        self.paths.as_ref().unwrap_or(&self.bytes)
    }

    /// The path of an entry.
    pub(super) fn path_of(&self, number: usize) -> &[u8] {
        match self.places.get(number) {
            Some(place) => &self.text()[place.path()],
            None => self.path(&self.listed[number]),
        }
    }

    fn stage_of(&self, number: usize) -> u8 {
        match self.places.get(number) {
            Some(place) => place.head(&self.bytes).stage(),
            None => self.listed[number].stage,
        }
    }

    /// An entry.
    pub(super) fn entry(&self, number: usize) -> IndexEntry {
        match self.places.get(number) {
            Some(place) => place.head(&self.bytes).entry(place.path()),
            None => self.listed[number].clone(),
        }
    }

    /// The paths that a merge left in conflict.
    pub(crate) fn conflicts(&self) -> Vec<RepoPath> {
        let mut paths: Vec<RepoPath> = (0..self.count())
            .filter(|number| self.stage_of(*number) != 0)
            .map(|number| RepoPath::new(self.path_of(number)))
            .collect();
        paths.dedup();
        paths
    }

    /// Whether a file that looks like this still is what the entry says: it looks as it did when it was added, and that was long
    /// enough before the index was written ([racy entries](https://git-scm.com/docs/racy-git)).
    pub(crate) fn proves(&self, entry: &IndexEntry, looks: Looks) -> bool {
        let modified = UNIX_EPOCH + Duration::new(u64::from(looks.modified.0), looks.modified.1);
        entry.looks == Some(looks) && self.written.is_some_and(|written| modified < written)
    }
}
