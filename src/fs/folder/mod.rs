//! A folder held open, and what is done to the files right in it: a name in it is never followed, wherever a link may lead.
//!
//! Called by whoever changes a file of the user while others may change it too. It must not know what the files mean.

#[cfg(any(test, not(unix)))]
mod portable;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod writers;

use std::time::SystemTime;

#[cfg(not(unix))]
pub(crate) use portable::Folder;
#[cfg(unix)]
pub(crate) use unix::Folder;

/// What lies under a name.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file: what the system says of it, and its content.
    File(Facts, Vec<u8>),
    /// Nothing.
    Nothing,
    /// Something else: a link, a folder, a pipe.
    Other,
}

/// What became of a file that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    /// Nothing has this name any more.
    Removed,
    /// It has another content, or is something else.
    Changed,
    /// A program may still write to it.
    InUse,
}

/// What the system says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The file itself, whatever its names: the device and the number on it; zeros where the system has none.
    pub(crate) identity: (u64, u64),
    /// In bytes.
    pub(crate) size: u64,
    /// When its content changed.
    pub(crate) modified: Option<SystemTime>,
    /// Its permissions, in the system's own numbers.
    pub(crate) permissions: u32,
    /// How many names it has.
    pub(crate) links: u64,
}

/// Whether what is left to read of a file is this content.
fn holds(file: &mut std::fs::File, content: blake3::Hash) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(file, &mut bytes)?;
    Ok(blake3::hash(&bytes) == content)
}

impl Facts {
    /// Whether its owner may run it.
    pub(crate) fn is_executable(&self) -> bool {
        cfg!(unix) && self.permissions & 0o100 != 0
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::io::ErrorKind;

    use super::{Found, Removal, portable};

    /// The same for both ways of doing it: what can be read, made, moved and linked.
    macro_rules! does_its_work {
        ($name:ident, $folder:ty) => {
            #[test]
            fn $name() {
                let place = tempfile::tempdir().unwrap();
                let path = place.path();
                let path_of = |below: &str| path.join(below);
                std::fs::create_dir(path.join("real")).unwrap();
                std::fs::write(path.join("real/a"), b"one").unwrap();
                crate::fs::symlink("real".as_ref(), &path.join("linked")).unwrap();
                crate::fs::symlink("a".as_ref(), &path.join("real/link")).unwrap();
                let top = <$folder>::open(path).unwrap();
                assert!(top.below(OsStr::new("linked")).is_err());
                assert!(top.below(OsStr::new("none")).is_err());
                let real = top.below(OsStr::new("real")).unwrap();
                assert_eq!(real.device().unwrap(), top.device().unwrap());
                let (a, b, c) = (OsStr::new("a"), OsStr::new("b"), OsStr::new("c"));
                assert!(matches!(real.read(a).unwrap(), Found::File(facts, bytes) if bytes == b"one" && facts.size == 3));
                assert!(matches!(real.read(b).unwrap(), Found::Nothing));
                assert!(matches!(real.read(OsStr::new("link")).unwrap(), Found::Other));
                assert!(matches!(top.read(OsStr::new("real")).unwrap(), Found::Other));
                real.create(b, b"two", Some((&real, a))).unwrap();
                assert_eq!(real.create(b, b"three", None).unwrap_err().kind(), ErrorKind::AlreadyExists);
                top.link(b, &real, b).unwrap_err();
                real.link(b, &top, c).unwrap();
                assert_eq!(real.link(b, &top, c).unwrap_err().kind(), ErrorKind::AlreadyExists);
                let (one, other) = (real.facts(b).unwrap().unwrap(), top.facts(c).unwrap().unwrap());
                assert_eq!(one, other);
                let text = |path: &str| std::fs::read_to_string(path_of(path)).unwrap();
                match real.exchange(a, &top, c) {
                    Ok(()) => {
                        assert_eq!([text("real/a"), text("c")], ["two", "one"]);
                        real.exchange(a, &top, c).unwrap();
                    }
                    Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
                }
                assert_eq!([text("real/a"), text("c")], ["one", "two"]);
                real.rename(a, &top, c).unwrap();
                assert_eq!(std::fs::read(path.join("c")).unwrap(), b"one");
                let one = blake3::hash(b"one");
                assert_eq!(top.remove_unused(c, blake3::hash(b"other")).unwrap(), Removal::Changed);
                // A program that another test is just starting may hold what is open here for a moment.
                while top.remove_unused(c, one).unwrap() == Removal::InUse {
                    std::thread::yield_now();
                }
                assert_eq!(top.remove_unused(c, one).unwrap(), Removal::Removed);
                real.create(c, b"one", None).unwrap();
                real.rename(c, &top, c).unwrap();
                top.remove(c).unwrap();
                assert_eq!(top.remove(c).unwrap_err().kind(), ErrorKind::NotFound);
                assert!(top.facts(c).unwrap().is_none());
            }
        };
    }

    does_its_work!(where_folders_have_only_paths, portable::Folder);
    #[cfg(unix)]
    does_its_work!(where_folders_are_held_open, super::Folder);
}
