//! A path inside a repository, as git stores it: bytes.
//!
//! Called by everything that speaks of files of a repository. A name with a space, a newline, a leading dash, or one that is not
//! UTF-8 is an ordinary name here. It must not look at the file system.

use std::fmt;
use std::path::{Path, PathBuf};

/// A path inside a repository: components between `/`, none at the front.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RepoPath(Vec<u8>);

impl RepoPath {
    /// The path of these bytes, as git wrote them.
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The last component.
    pub(crate) fn file_name(&self) -> &[u8] {
        let start = self.0.iter().rposition(|byte| *byte == b'/');
        &self.0[start.map_or(0, |it| it + 1)..]
    }

    /// The folders above it, nearest first, the repository's own folder (`""`) last.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = Some(self.0.as_slice());
        std::iter::from_fn(move || {
            let current = rest?;
            if current.is_empty() {
                rest = None;
                return None;
            }
            let end = current.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
            rest = Some(&current[..end]);
            rest
        })
    }

    /// The path as a relative URI: all but letters, digits and `-._~/` is escaped, byte by byte.
    pub(crate) fn to_uri(&self) -> String {
        let mut uri = String::with_capacity(self.0.len());
        for byte in &self.0 {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                    uri.push(char::from(*byte));
                }
                _ => uri.push_str(&format!("%{byte:02X}")),
            }
        }
        uri
    }

    /// The path as the system takes it, relative; `None` where the system has no such names (Windows, and not UTF-8).
    pub(crate) fn to_path(&self) -> Option<PathBuf> {
        bytes_to_path(&self.0)
    }

    /// The path below this folder.
    #[cfg_attr(
        unix,
        expect(clippy::unnecessary_wraps, reason = "other systems lack some names")
    )]
    pub(crate) fn below(&self, folder: &Path) -> Option<PathBuf> {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt as _;
            Some(folder.join(std::ffi::OsStr::from_bytes(&self.0)))
        }
        #[cfg(not(unix))]
        {
            self.to_path().map(|path| folder.join(path))
        }
    }

    /// The folder that it lies in.
    pub(crate) fn folder(&self) -> &[u8] {
        self.folders().next().unwrap_or_default()
    }

    /// The same path seen from `folder` (a path of the repository, `""` for its own folder); `None` where it does not lie below it.
    pub(crate) fn strip(&self, folder: &[u8]) -> Option<&[u8]> {
        if folder.is_empty() {
            return Some(&self.0);
        }
        self.0.strip_prefix(folder)?.strip_prefix(b"/")
    }
}

/// Bytes of git as a path of the system.
#[cfg_attr(
    unix,
    expect(clippy::unnecessary_wraps, reason = "other systems lack some names")
)]
pub(crate) fn bytes_to_path(bytes: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
    }
    #[cfg(not(unix))]
    {
        std::str::from_utf8(bytes).ok().map(PathBuf::from)
    }
}

/// A relative path of the system as git writes it; `None` where it is not one (absolute, or with `..`).
pub(crate) fn path_to_bytes(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for component in path.components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::Normal(name) => {
                if !bytes.is_empty() {
                    bytes.push(b'/');
                }
                bytes.extend_from_slice(name.as_encoded_bytes());
            }
            _ => return None,
        }
    }
    Some(bytes)
}

impl fmt::Display for RepoPath {
    /// For people: control characters and what is not UTF-8 are escaped (`\n`, `\xff`), everything else is as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character.is_control() {
                    write!(f, "{}", character.escape_default())?;
                } else {
                    write!(f, "{character}")?;
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

#[cfg(test)]
mod tests {
    use super::RepoPath;

    #[test]
    fn folders_are_nearest_first() {
        let path = RepoPath::new("a/b/c.py");
        let folders: Vec<&[u8]> = path.folders().collect();
        assert_eq!(folders, [b"a/b".as_slice(), b"a", b""]);
        let top = RepoPath::new("c.py");
        assert_eq!(top.folders().collect::<Vec<_>>(), [b"".as_slice()]);
        assert_eq!(path.file_name(), b"c.py");
        assert_eq!(path.strip(b"a"), Some(b"b/c.py".as_slice()));
        assert_eq!(path.strip(b"a/bb"), None);
    }

    #[test]
    fn a_uri_has_every_byte() {
        let path = RepoPath::new(b"a b/-c:d%\n\xff\xc3\xa9.py".to_vec());
        assert_eq!(path.to_uri(), "a%20b/-c%3Ad%25%0A%FF%C3%A9.py");
        assert_eq!(RepoPath::new("src/a_b-c~1.py").to_uri(), "src/a_b-c~1.py");
    }

    #[test]
    fn any_name_can_be_shown() {
        let path = RepoPath::new(b"a\n\xff\xc3\xa9 b".to_vec());
        assert_eq!(path.to_string(), "a\\n\\xff\u{e9} b");
    }
}
