//! The list of what an entry holds, as text: quick to read, and a cut-off one is noticed.
//!
//! Written by `save`, read before anything is linked. The first line names the format and the bytes of all files, the last one
//! counts the lines between; each of those is one file, its path last. It must not know how files get to their places.

use std::fmt::Write as _;
use std::path::{Component, Path};

use super::FORMAT;
use crate::error::{Error, Result};
use crate::fs;

/// The name of the list in an entry.
pub(super) const NAME: &str = "manifest";

/// The name of the file that tells when an entry was last used.
pub(super) const USED: &str = "used";

/// The name of the folder with the files.
pub(super) const FILES: &str = "files";

/// One file, by its path below the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) path: String,
    /// Its size in bytes in the store.
    pub(super) size: u64,
    pub(super) kind: FileKind,
}

/// How a file gets into an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileKind {
    /// As it is.
    Plain {
        /// Time of change, in nanoseconds since 1970: bytecode is valid for its source's time only.
        changed: i128,
        /// The permission bits.
        mode: u32,
    },
    /// A program whose first lines name the environment's Python; they are not stored.
    Launcher {
        /// The file name of that Python.
        python: String,
    },
    /// A `RECORD`, which holds the hashes of launchers.
    Record,
}

/// All files of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) files: Vec<File>,
}

impl Manifest {
    /// Reads the list of the entry in this folder.
    ///
    /// # Errors
    /// When it is missing, cut off, of another format, or names a path that leads elsewhere.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        let text = fs::read_text(&path)?;
        Self::parse(&text).ok_or_else(|| Error::new(format!("`{}` is broken", path.display())))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.lines();
        bytes(lines.next()?)?;
        let count: usize = lines.next_back()?.strip_prefix("end ")?.parse().ok()?;
        let files = lines.map(parse_file).collect::<Option<Vec<_>>>()?;
        (files.len() == count).then_some(Self { files })
    }

    /// The text of the list.
    pub(super) fn to_text(&self) -> String {
        let total: u64 = self.files.iter().map(|it| it.size).sum();
        let mut text = format!("{FORMAT} {total}\n");
        for File { path, size, kind } in &self.files {
            // Writing to a string cannot fail.
            let _ = match kind {
                FileKind::Plain { changed, mode } => {
                    writeln!(text, "plain {size} {changed} {mode:o} {path}")
                }
                FileKind::Launcher { python } => writeln!(text, "launcher {size} {python} {path}"),
                FileKind::Record => writeln!(text, "record {size} {path}"),
            };
        }
        let _ = writeln!(text, "end {}", self.files.len());
        text
    }
}

/// The bytes of an entry, from the first line of its list.
pub(super) fn bytes(first_line: &str) -> Option<u64> {
    first_line
        .strip_prefix(FORMAT)?
        .strip_prefix(' ')?
        .parse()
        .ok()
}

/// Whether a path can stand in the list and leads nowhere but below the environment.
pub(super) fn is_plain(path: &str) -> bool {
    let inside = Path::new(path)
        .components()
        .all(|it| matches!(it, Component::Normal(_)));
    inside && !path.is_empty() && !path.contains('\n')
}

fn parse_file(line: &str) -> Option<File> {
    let (kind, rest) = line.split_once(' ')?;
    let (size, rest) = rest.split_once(' ')?;
    let (kind, path) = match kind {
        "plain" => {
            let (changed, rest) = rest.split_once(' ')?;
            let (mode, path) = rest.split_once(' ')?;
            let kind = FileKind::Plain {
                changed: changed.parse().ok()?,
                mode: u32::from_str_radix(mode, 8).ok()?,
            };
            (kind, path)
        }
        "launcher" => {
            let (python, path) = rest.split_once(' ')?;
            let python = python.to_owned();
            (FileKind::Launcher { python }, path)
        }
        "record" => (FileKind::Record, rest),
        _ => return None,
    };
    is_plain(path).then_some(File {
        path: path.to_owned(),
        size: size.parse().ok()?,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::{File, FileKind, Manifest};

    fn manifest() -> Manifest {
        let file = |path: &str, size, kind| File {
            path: path.to_owned(),
            size,
            kind,
        };
        let plain = FileKind::Plain {
            changed: 1_790_000_000_123_456_789,
            mode: 0o644,
        };
        let python = "python3".to_owned();
        Manifest {
            files: vec![
                file("lib/a b.py", 12, plain),
                file("bin/black", 200, FileKind::Launcher { python }),
                file("lib/x.dist-info/RECORD", 30, FileKind::Record),
            ],
        }
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let text = manifest().to_text();
        assert_eq!(Manifest::parse(&text), Some(manifest()));
        assert_eq!(super::bytes(text.lines().next().unwrap()), Some(242));
    }

    #[test]
    fn a_cut_off_one_is_noticed_at_every_byte() {
        let text = manifest().to_text();
        for end in 0..text.len() {
            assert_eq!(Manifest::parse(&text[..end]), None, "{end}");
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        for path in ["../a", "/etc/passwd", "a/../../b", ""] {
            let text = manifest().to_text().replace("lib/a b.py", path);
            assert_eq!(Manifest::parse(&text), None, "{path}");
        }
    }
}
