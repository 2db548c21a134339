//! The bytes of an index file: where its entries are, and what each says.
//!
//! Called by the index alone. It must not look at the work tree.

use std::ops::Range;

use super::{IndexEntry, Looks};
use crate::git::object::{Mode, ObjectId};

/// Where an entry is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Its fixed part, in the file.
    head: u32,
    /// Its path, in the text that the paths are parts of.
    path: u32,
    /// The end of that.
    end: u32,
}

impl Place {
    /// Its path, in the text that the paths are parts of.
    pub(super) fn path(self) -> Range<usize> {
        self.path as usize..self.end as usize
    }

    /// Its bytes, from its fixed part on.
    pub(super) fn head(self, bytes: &[u8]) -> Head<'_> {
        Head(&bytes[self.head as usize..])
    }
}

/// The bytes of an entry from its fixed part on, which is known to be whole.
pub(super) struct Head<'a>(&'a [u8]);

/// The length of the fixed part, with the flags and without those that only some entries have.
const HEAD: usize = 62;

impl Head<'_> {
    fn number(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..at + 4).and_then(|it| it.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    }

    fn short(&self, at: usize) -> u16 {
        let bytes = self.0.get(at..at + 2).and_then(|it| it.try_into().ok());
        bytes.map_or(0, u16::from_be_bytes)
    }

    fn flags(&self) -> u16 {
        self.short(60)
    }

    /// The flags that only some entries have.
    fn more_flags(&self) -> u16 {
        if self.is_extended() {
            self.short(HEAD)
        } else {
            0
        }
    }

    fn is_extended(&self) -> bool {
        self.flags() & 0x4000 != 0
    }

    /// 0, or 1 to 3 where a merge left a conflict.
    pub(super) fn stage(&self) -> u8 {
        (self.flags() >> 12 & 3).to_be_bytes()[1]
    }

    fn mode(&self) -> Option<Mode> {
        Mode::from_bits(self.number(24))
    }

    /// All that it says.
    pub(super) fn entry(&self, path: Range<usize>) -> IndexEntry {
        let pair = |at| (self.number(at), self.number(at + 4));
        let (flags, more) = (self.flags(), self.more_flags());
        let modified = pair(8);
        let assume_unchanged = flags & 0x8000 != 0;
        IndexEntry {
            path,
            // Both were looked at when the file was read.
            mode: self.mode().unwrap_or(Mode::File),
            id: ObjectId::sha_1(self.0[40..].first_chunk().unwrap_or(&[0; 20])),
            stage: self.stage(),
            intent_to_add: more & 0x2000 != 0,
            skip_worktree: more & 0x4000 != 0,
            assume_unchanged,
            looks: (!assume_unchanged && modified != (0, 0)).then(|| Looks {
                changed: pair(0),
                modified,
                inode: self.number(20),
                size: self.number(36),
            }),
        }
    }
}

/// What is where in the bytes of an index.
pub(super) struct Parsed {
    /// The entries.
    pub(super) places: Vec<Place>,
    /// The paths one after another, where the file has them cut short.
    pub(super) paths: Option<Vec<u8>>,
    /// The cache of trees.
    pub(super) trees: Range<usize>,
}

/// A walk through the bytes of an index.
pub(super) struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    /// A walk from the beginning.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
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

    /// What is where; `None` where the file is damaged or says something that only git understands.
    pub(super) fn index(mut self) -> Option<Parsed> {
        const HASH: usize = 20;
        if self.take(4)? != b"DIRC" || u32::try_from(self.bytes.len()).is_err() {
            return None;
        }
        let version = self.number()?;
        let count = self.number()? as usize;
        if !(2..=4).contains(&version) {
            return None;
        }
        let mut places = Vec::with_capacity(count.min(self.bytes.len() / HEAD));
        let mut paths = (version == 4).then(Vec::new);
        for _ in 0..count {
            let place = match &mut paths {
                Some(paths) => self.cut_short(paths, places.last())?,
                None => self.padded()?,
            };
            places.push(place);
        }
        let mut trees = 0..0;
        while self.at + HASH < self.bytes.len() {
            let signature = self.take(4)?;
            let length = self.number()? as usize;
            let start = self.at;
            self.take(length)?;
            if signature == b"TREE" {
                trees = start..self.at;
            }
            // A signature in lower case changes what the entries mean: `link` (split index), `sdir` (sparse index).
            if !signature[0].is_ascii_uppercase() {
                return None;
            }
        }
        (self.at + HASH == self.bytes.len()).then_some(Parsed {
            places,
            paths,
            trees,
        })
    }

    /// The fixed part of an entry.
    fn head(&mut self) -> Option<Head<'a>> {
        let head = Head(self.bytes.get(self.at..)?);
        head.mode()?;
        self.take(HEAD)?;
        if head.is_extended() {
            self.take(2)?;
        }
        Some(head)
    }

    /// An entry of version 2 or 3: the path, and NULs up to a multiple of eight bytes.
    fn padded(&mut self) -> Option<Place> {
        let begin = self.at;
        let said = usize::from(self.head()?.flags() & 0xfff);
        let path = self.at;
        let length = if said < 0xfff {
            said
        } else {
            memchr::memchr(0, self.bytes.get(path..)?)?
        };
        self.take(length)?;
        let end = self.at;
        self.at = begin + (end - begin + 8) / 8 * 8;
        place(begin, path, end)
    }

    /// An entry of version 4: how much the path before it has more, the rest of this one, and a NUL.
    fn cut_short(&mut self, paths: &mut Vec<u8>, previous: Option<&Place>) -> Option<Place> {
        let begin = self.at;
        self.head()?;
        let strip = self.varint()?;
        let previous = previous.map_or(0..0, |it| it.path());
        let kept = previous.len().checked_sub(strip)?;
        let start = paths.len();
        paths.extend_from_within(previous.start..previous.start + kept);
        let length = memchr::memchr(0, self.bytes.get(self.at..)?)?;
        paths.extend_from_slice(self.take(length)?);
        self.take(1)?;
        place(begin, start, paths.len())
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

fn place(head: usize, path: usize, end: usize) -> Option<Place> {
    Some(Place {
        head: u32::try_from(head).ok()?,
        path: u32::try_from(path).ok()?,
        end: u32::try_from(end).ok()?,
    })
}
