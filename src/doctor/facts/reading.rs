//! Reading files that anybody may have put there: nothing is waited for, and nothing is too large.
//!
//! Called by the other facts and by checks. It must not know what the files mean.

use std::borrow::Cow;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

/// No file that a check reads whole is larger; in bytes.
const LARGEST: u64 = 8 << 20;

/// What became of reading a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Its content.
    Bytes(Vec<u8>),
    /// There is no such file.
    Absent,
    /// It is there and was not read: why.
    Unreadable(String),
}

impl Reading {
    /// Reads a regular file, links followed.
    pub(crate) fn of(path: &Path) -> Self {
        // Looked at before it is opened: to open a pipe is to wait for its other end.
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if is_absent(&error) => return Self::Absent,
            Err(error) => return Self::Unreadable(error.to_string()),
        };
        if !metadata.is_file() {
            return Self::Unreadable("it is no file".to_owned());
        }
        if metadata.len() > LARGEST {
            return Self::Unreadable(format!("it is larger than {} MiB", LARGEST >> 20));
        }
        match content(path, metadata.len(), LARGEST) {
            Ok(bytes) => Self::Bytes(bytes),
            Err(error) if is_absent(&error) => Self::Absent,
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    /// The content as text, with whatever is not UTF-8 replaced; empty where there is none.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Bytes(bytes) => lossy(bytes),
            _ => Cow::Borrowed(""),
        }
    }
}

/// Bytes as text, whatever is not UTF-8 replaced. Nearly every file is UTF-8, and to see that takes a fraction of what replacing does.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Whether an error says that nothing is there.
pub(super) fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The first bytes of a file, at most `length`; empty where it cannot be read.
pub(crate) fn beginning(path: &Path, length: u64) -> Vec<u8> {
    match std::fs::metadata(path) {
        Ok(it) if it.is_file() => content(path, it.len(), length).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The content of a file of this size, or as much of it as is asked for: in one read, with none to find the end.
fn content(path: &Path, size: u64, most: u64) -> std::io::Result<Vec<u8>> {
    // The files that the system makes up (`/proc`) are read to their end: it says that they are empty.
    let length = if size == 0 { most } else { size.min(most) };
    let room = if size == 0 { 0 } else { length };
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
    File::open(path)?.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The names in a folder, sorted; empty where it cannot be listed.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
