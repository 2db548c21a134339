//! The index, read from its file: what the next commit will hold, and what the work tree's files looked like when they were added.
//!
//! Called by `gate`. Format: <https://git-scm.com/docs/index-format>, versions 2 to 4. What this reader does not know (a split or a
//! sparse index) is asked of the `git` program, without the looks of the files. Nothing here writes.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::object::{Mode, ObjectId};
use super::work_tree::WorkTree;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

/// The entries of an index, sorted by path and stage.
#[derive(Debug, Default)]
pub(crate) struct Index {
    paths: Vec<u8>,
    entries: Vec<IndexEntry>,
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
        let file = work_tree.index_file();
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(crate::fs::failed("read", file, error)),
        };
        let written = file.metadata().and_then(|it| it.modified()).ok();
        // An index of a SHA-256 repository has longer names; its first entry would be misread, so the format is asked for.
        match Parser::new(&bytes).index() {
            Some(index) => Ok(Self { written, ..index }),
            None => Self::by_program(work_tree),
        }
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
        let start = self.paths.len();
        self.paths.extend_from_slice(&line[tab + 1..]);
        self.entries.push(IndexEntry {
            path: start..self.paths.len(),
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
    pub(crate) fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// The path of an entry of this index.
    pub(crate) fn path(&self, entry: &IndexEntry) -> &[u8] {
        &self.paths[entry.path.clone()]
    }

    /// The merged entry of this path.
    pub(crate) fn get(&self, path: &[u8]) -> Option<&IndexEntry> {
        let at = self
            .entries
            .binary_search_by(|entry| self.path(entry).cmp(path).then(entry.stage.cmp(&0)))
            .ok()?;
        self.entries.get(at)
    }

    /// The paths that a merge left in conflict.
    pub(crate) fn conflicts(&self) -> Vec<RepoPath> {
        let mut paths: Vec<RepoPath> = self
            .entries
            .iter()
            .filter(|entry| entry.stage != 0)
            .map(|entry| RepoPath::new(self.path(entry)))
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

/// A walk through the bytes of an index.
struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let part = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(part)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// The whole index; `None` where it is damaged or says something that only git understands.
    fn index(mut self) -> Option<Index> {
        const HASH: usize = 20;
        if self.take(4)? != b"DIRC" {
            return None;
        }
        let version = self.number()?;
        let count = self.number()? as usize;
        if !(2..=4).contains(&version) {
            return None;
        }
        let mut index = Index::default();
        index.entries.reserve(count.min(self.bytes.len() / 62));
        index.paths.reserve(self.bytes.len() / 2);
        for _ in 0..count {
            self.entry(version, &mut index)?;
        }
        while self.at + HASH < self.bytes.len() {
            let signature = self.take(4)?;
            let length = self.number()? as usize;
            self.take(length)?;
            // A signature in lower case changes what the entries mean: `link` (split index), `sdir` (sparse index).
            if !signature[0].is_ascii_uppercase() {
                return None;
            }
        }
        (self.at + HASH == self.bytes.len()).then_some(index)
    }

    fn entry(&mut self, version: u32, index: &mut Index) -> Option<()> {
        let begin = self.at;
        let changed = (self.number()?, self.number()?);
        let modified = (self.number()?, self.number()?);
        self.number()?;
        let inode = self.number()?;
        let mode = Mode::from_bits(self.number()?)?;
        self.take(8)?;
        let size = self.number()?;
        let id = ObjectId::from_bytes(self.take(20)?)?;
        let flags = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        let extended = if flags & 0x4000 != 0 {
            u16::from_be_bytes(self.take(2)?.try_into().ok()?)
        } else {
            0
        };
        let start = index.paths.len();
        if version == 4 {
            let strip = self.varint()?;
            let previous = index
                .entries
                .last()
                .map_or(0..0, |entry| entry.path.clone());
            let kept = previous.len().checked_sub(strip)?;
            index
                .paths
                .extend_from_within(previous.start..previous.start + kept);
        }
        let rest = &self.bytes[self.at..];
        let length = if version < 4 && flags & 0xfff < 0xfff {
            usize::from(flags & 0xfff)
        } else {
            rest.iter().position(|byte| *byte == 0)?
        };
        index.paths.extend_from_slice(self.take(length)?);
        if version == 4 {
            self.take(1)?;
        } else {
            self.at = begin + (self.at - begin + 8) / 8 * 8;
        }
        index.entries.push(IndexEntry {
            path: start..index.paths.len(),
            mode,
            id,
            stage: u8::try_from(flags >> 12 & 3).ok()?,
            intent_to_add: extended & 0x2000 != 0,
            skip_worktree: extended & 0x4000 != 0,
            assume_unchanged: flags & 0x8000 != 0,
            looks: (flags & 0x8000 == 0 && modified != (0, 0)).then_some(Looks {
                changed,
                modified,
                inode,
                size,
            }),
        });
        Some(())
    }

    /// A number of variable width, as in the offsets of a pack.
    fn varint(&mut self) -> Option<usize> {
        let mut byte = self.take(1)?[0];
        let mut value = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.take(1)?[0];
            value = (value.checked_add(1)?.checked_shl(7)?) | usize::from(byte & 0x7f);
        }
        Some(value)
    }
}
