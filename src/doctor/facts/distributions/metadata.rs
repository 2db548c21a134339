//! METADATA (and its older form, PKG-INFO): the headers that say what a distribution is and what it needs.
//!
//! Read by [`Distribution`](super::Distribution): only as far as the first empty line, since the description behind it can be a hundred times
//! as long. <https://packaging.python.org/en/latest/specifications/core-metadata/>

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use memchr::memmem;

use crate::doctor::facts::reading::lossy;

/// Headers are never longer; in bytes.
const LONGEST: usize = 1 << 20;

/// How much is read at once: enough for the headers of nearly all.
const BLOCK: usize = 8 << 10;

/// More requirements than that are not looked at.
const MOST: usize = 4_000;

/// The headers that count here, as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// `Name`.
    pub(crate) name: Option<String>,
    /// `Version`.
    pub(crate) version: Option<String>,
    /// `Requires-Python`.
    pub(crate) requires_python: Option<String>,
    /// `Requires-Dist`, once for each.
    pub(crate) requires: Vec<String>,
}

impl Metadata {
    /// Reads the beginning of a file; `None` where there is no such file, or it cannot be read.
    pub(super) fn read(path: &Path) -> Option<Self> {
        // Looked at before it is opened: to open a pipe is to wait for its other end.
        let metadata = std::fs::metadata(path);
        let metadata = metadata.ok().filter(std::fs::Metadata::is_file)?;
        let size = usize::try_from(metadata.len()).ok()?.min(LONGEST);
        let mut file = File::open(path).ok()?;
        let mut head = Vec::with_capacity(BLOCK);
        loop {
            // No more than there is: else another read would be needed to find the end.
            let before = head.len();
            let block = u64::try_from(size.saturating_sub(before).min(BLOCK)).ok()?;
            file.by_ref().take(block).read_to_end(&mut head).ok()?;
            let from = before.saturating_sub(3);
            if head.len() == before || head.len() >= size || ends(head.get(from..)?) {
                return Some(Self::parse(&head));
            }
        }
    }

    /// Reads headers; what is behind the first empty line does not count.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let text = lossy(head(bytes));
        let mut metadata = Self::default();
        let mut header: Option<(&str, String)> = None;
        for line in text.lines() {
            if line.trim_end().is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = &mut header {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            if let Some((name, value)) = header.take() {
                metadata.set(name, value);
            }
            // Most headers are of no interest, and their first letter tells.
            if !line.starts_with(['N', 'V', 'R', 'n', 'v', 'r']) {
                continue;
            }
            header = line
                .split_once(':')
                .filter(|(name, _)| is_of_interest(name))
                .map(|(name, value)| (name, value.trim().to_owned()));
        }
        if let Some((name, value)) = header {
            metadata.set(name, value);
        }
        metadata
    }

    fn set(&mut self, name: &str, value: String) {
        let first = |slot: &mut Option<String>, value| {
            slot.get_or_insert(value);
        };
        if name.eq_ignore_ascii_case("name") {
            first(&mut self.name, value);
        } else if name.eq_ignore_ascii_case("version") {
            first(&mut self.version, value);
        } else if name.eq_ignore_ascii_case("requires-python") {
            first(&mut self.requires_python, value);
        } else if self.requires.len() < MOST {
            self.requires.push(value);
        }
    }
}

fn is_of_interest(name: &str) -> bool {
    ["name", "version", "requires-python", "requires-dist"]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it))
}

/// The bytes before the first empty line: nothing behind it has to be text.
fn head<'a>(bytes: &'a [u8]) -> &'a [u8] {
    let before = |end: &[u8], bytes: &'a [u8]| {
        let place = memmem::find(bytes, end);
        place.and_then(|it| bytes.get(..it)).unwrap_or(bytes)
    };
    before(b"\n\r\n", before(b"\n\n", bytes))
}

fn ends(bytes: &[u8]) -> bool {
    head(bytes).len() < bytes.len()
}
