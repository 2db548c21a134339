//! The text of a requirements file, whatever its encoding: editors and PowerShell's `>` leave marks of byte order and UTF-16.
//!
//! Called by `file`. It must not know what the lines mean.

use std::borrow::Cow;

use crate::doctor::facts::reading::lossy;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, as it is to be.
    Utf8,
    /// UTF-8 behind a mark of byte order.
    Utf8WithMark,
    /// UTF-16 behind a mark, the low byte first: what Windows PowerShell writes.
    Utf16Little,
    /// UTF-16 behind a mark, the high byte first.
    Utf16Big,
    /// Some other one: bytes that are not UTF-8 are replaced in the text.
    Unknown,
}

/// The text and how it was written.
pub(super) fn decoded(bytes: &[u8]) -> (Cow<'_, str>, Encoding) {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return (lossy(rest), Encoding::Utf8WithMark);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return (wide(rest, u16::from_le_bytes).into(), Encoding::Utf16Little);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return (wide(rest, u16::from_be_bytes).into(), Encoding::Utf16Big);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
        Err(_) => (lossy(bytes), Encoding::Unknown),
    }
}

fn wide(bytes: &[u8], number: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|it| it.try_into().ok());
    char::decode_utf16(units.map(number))
        .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// The lines without their ends, as Python splits them as far as files have such: at `\n`, `\r\n` and `\r`.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest.as_bytes());
        let (line, behind) = match end.and_then(|it| rest.split_at_checked(it)) {
            Some((line, behind)) => (line, behind.get(1..).unwrap_or_default()),
            None => (rest, ""),
        };
        rest = behind;
        if memchr::memchr(b'\r', line.as_bytes()).is_none() {
            lines.push(line);
        } else {
            let line = line.strip_suffix('\r').unwrap_or(line);
            lines.extend(line.split('\r'));
        }
    }
    lines
}
