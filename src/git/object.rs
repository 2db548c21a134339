//! What git calls an object: its name, and the kind of entry that a tree or the index gives it.
//!
//! Called by everything that speaks of content by its name. Nothing here reads or writes.

use std::fmt;

use sha1::{Digest as _, Sha1};

use crate::error::{Error, Result};

/// The name of an object: SHA-1 (20 bytes) or SHA-256 (32 bytes).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId {
    length: u8,
    bytes: [u8; 32],
}

impl ObjectId {
    /// The name of these 20 or 32 bytes.
    pub(crate) fn from_bytes(raw: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        match raw.len() {
            length @ (20 | 32) => {
                bytes[..length].copy_from_slice(raw);
                let length = if length == 20 { 20 } else { 32 };
                Some(Self { length, bytes })
            }
            _ => None,
        }
    }

    /// The name of 20 bytes.
    pub(super) fn sha_1(raw: &[u8; 20]) -> Self {
        let mut bytes = [0; 32];
        bytes[..20].copy_from_slice(raw);
        Self { length: 20, bytes }
    }

    /// The name that git gives to this content in a SHA-1 repository.
    ///
    /// # Errors
    /// When libgit2 cannot tell, which it always can.
    pub(crate) fn of_blob(bytes: &[u8]) -> Result<Self> {
        git2::Oid::hash_object(git2::ObjectType::Blob, bytes)
            .ok()
            .and_then(|id| Self::from_bytes(id.as_bytes()))
            .ok_or_else(|| Error::new("cannot name a content"))
    }

    /// Whether this is the name that git gives to this content in a SHA-1 repository.
    pub(crate) fn names(&self, bytes: &[u8]) -> bool {
        let mut hash = Sha1::new();
        hash.update(format!("blob {}\0", bytes.len()));
        hash.update(bytes);
        self.as_bytes() == hash.finalize().as_slice()
    }

    /// The name written as 40 or 64 hexadecimal digits.
    pub(crate) fn from_hex(text: &[u8]) -> Option<Self> {
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|it| u8::try_from(it).ok())
        };
        let (pairs, rest) = text.as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        let bytes = pairs
            .iter()
            .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
            .collect::<Option<Vec<u8>>>()?;
        Self::from_bytes(&bytes)
    }

    /// The bytes, 20 or 32.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Whether it is the name of nothing, all zeros.
    pub(crate) fn is_zero(&self) -> bool {
        self.bytes.iter().all(|byte| *byte == 0)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What an entry of a tree or of the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mode {
    /// `100644`: a file.
    File,
    /// `100755`: a file that can be run.
    Executable,
    /// `120000`: a symbolic link; its content is where it leads.
    Link,
    /// `160000`: a commit of another repository.
    Submodule,
    /// `40000`: a folder; in the index only where that is sparse.
    Folder,
}

impl Mode {
    /// The mode of this number, as git writes it.
    pub(crate) fn from_bits(bits: u32) -> Option<Self> {
        Some(match (bits & 0o170_000, bits & 0o100) {
            (0o100_000, 0) => Self::File,
            (0o100_000, _) => Self::Executable,
            (0o120_000, _) => Self::Link,
            (0o160_000, _) => Self::Submodule,
            (0o040_000, _) => Self::Folder,
            _ => return None,
        })
    }

    /// The mode of these octal digits.
    pub(crate) fn from_octal(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        Self::from_bits(u32::from_str_radix(text, 8).ok()?)
    }

    /// The six digits that git writes.
    pub(crate) fn octal(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Link => "120000",
            Self::Submodule => "160000",
            Self::Folder => "040000",
        }
    }

    /// Whether its content is a file's.
    pub(crate) fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, ObjectId};

    #[test]
    fn names_are_written_and_read_back() {
        for text in ["0123456789abcdef0123456789abcdef01234567", &"ab".repeat(32)] {
            let id = ObjectId::from_hex(text.as_bytes()).unwrap();
            assert_eq!(id.to_string(), text);
            assert!(!id.is_zero());
        }
        assert!(ObjectId::from_hex(&[b'0'; 40]).unwrap().is_zero());
        assert_eq!(ObjectId::from_hex(b"abc"), None);
        assert_eq!(ObjectId::from_hex(b"zz"), None);
        let name = ObjectId::of_blob(b"content").unwrap();
        assert!(name.names(b"content") && !name.names(b"content\n"));
    }

    #[test]
    fn modes_are_written_and_read_back() {
        for mode in [
            Mode::File,
            Mode::Executable,
            Mode::Link,
            Mode::Submodule,
            Mode::Folder,
        ] {
            assert_eq!(Mode::from_octal(mode.octal().as_bytes()), Some(mode));
        }
        assert_eq!(Mode::from_bits(0o100_664), Some(Mode::File));
        assert_eq!(Mode::from_bits(0), None);
    }
}
