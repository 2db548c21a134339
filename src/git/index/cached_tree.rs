//! The index's cache of trees: the name that each folder has as a tree of the repository, if nothing in it changed since that was known.
//!
//! Called by what compares the index with a commit. Format: <https://git-scm.com/docs/index-format#_cache_tree>.

use crate::git::object::ObjectId;

/// A folder of the index.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::git) struct CachedTree<'a> {
    /// Its name in the folder above.
    name: &'a [u8],
    /// How many entries of the index lie in it, and its name as a tree; `None` where something in it has changed.
    pub(in crate::git) known: Option<(usize, ObjectId)>,
    below: Vec<Self>,
}

/// Deeper folders than these are left to git.
const DEEPEST: usize = 256;

impl<'a> CachedTree<'a> {
    /// Reads all of the cache; `None` where it is empty or damaged.
    pub(super) fn parse(mut bytes: &'a [u8]) -> Option<Self> {
        let top = Self::take(&mut bytes, 0)?;
        bytes.is_empty().then_some(top)
    }

    /// The folder of this name in it.
    pub(in crate::git) fn below(&self, name: &[u8]) -> Option<&Self> {
        self.below.iter().find(|it| it.name == name)
    }

    /// `NAME NUL ENTRIES SPACE FOLDERS NEWLINE`, the name of the tree unless the number of entries is negative, and the folders in it.
    fn take(bytes: &mut &'a [u8], depth: usize) -> Option<Self> {
        let name = until(bytes, 0)?;
        let entries: i64 = number(until(bytes, b' ')?)?;
        let folders: usize = number(until(bytes, b'\n')?)?;
        let known = match usize::try_from(entries) {
            Ok(entries) => {
                let (id, rest) = bytes.split_first_chunk::<20>()?;
                *bytes = rest;
                Some((entries, ObjectId::sha_1(id)))
            }
            Err(_) => None,
        };
        let mut below = Vec::new();
        if depth < DEEPEST {
            for _ in 0..folders {
                below.push(Self::take(bytes, depth + 1)?);
            }
        } else if folders > 0 {
            return None;
        }
        Some(Self { name, known, below })
    }
}

fn until<'a>(bytes: &mut &'a [u8], end: u8) -> Option<&'a [u8]> {
    let at = memchr::memchr(end, bytes)?;
    let (part, rest) = bytes.split_at(at);
    *bytes = &rest[1..];
    Some(part)
}

fn number<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{CachedTree, DEEPEST};

    #[test]
    fn what_is_cut_off_or_too_deep_is_not_read() {
        let bytes = [
            b"\x00-1 2\n".as_slice(),
            b"a\x003 0\n",
            &[7; 20],
            b"b\x00-1 0\n",
        ]
        .concat();
        let top = CachedTree::parse(&bytes).unwrap();
        assert_eq!(top.known, None);
        assert_eq!(top.below(b"a").unwrap().known.unwrap().0, 3);
        assert_eq!(top.below(b"b").unwrap().known, None);
        assert!(top.below(b"c").is_none());
        for length in 0..bytes.len() {
            assert_eq!(CachedTree::parse(&bytes[..length]), None, "{length}");
        }
        let deep = b"\x00-1 1\n".repeat(DEEPEST * 2);
        assert_eq!(CachedTree::parse(&deep), None);
    }
}
