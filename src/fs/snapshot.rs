//! What a folder held at one moment, to put it back as it was.
//!
//! Called by `project` before something else writes into a folder of the user's. It must not know what is in the folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The longest file whose content is remembered, in bytes; of a longer one it is remembered only that it was there.
const LONGEST: u64 = 1 << 20;

/// What was at a path.
#[derive(Debug, PartialEq, Eq)]
enum Thing {
    Folder,
    /// A file; without its content where that is too long, or not an ordinary file.
    File(Option<Vec<u8>>),
    Link(PathBuf),
}

/// Everything below a folder, as it was.
#[derive(Debug)]
pub(crate) struct Snapshot {
    root: PathBuf,
    things: BTreeMap<PathBuf, Thing>,
}

impl Snapshot {
    /// Reads what is below a folder.
    ///
    /// # Errors
    /// When something in it cannot be read.
    pub(crate) fn of(root: &Path) -> Result<Self> {
        Ok(Self {
            root: root.to_owned(),
            things: below(root)?,
        })
    }

    /// Makes the folder what it was: what is new is removed, what was changed gets its old content. The last names go first, so that
    /// what points at something goes before it (git's `refs` before its `objects`).
    ///
    /// # Errors
    /// When the file system refuses, or a file has changed whose content was not remembered.
    pub(crate) fn restore(&self) -> Result<()> {
        let now = below(&self.root)?;
        for (path, thing) in now.iter().rev() {
            if self.things.contains_key(path) {
                continue;
            }
            match thing {
                Thing::Folder => super::remove_empty_dir(path)?,
                Thing::File(_) | Thing::Link(_) => super::remove_file(path)?,
            }
        }
        for (path, thing) in &self.things {
            if now.get(path) == Some(thing) {
                continue;
            }
            match thing {
                Thing::Folder => super::create_dirs(path)?,
                Thing::File(Some(bytes)) => super::atomic::replace(path, bytes)?,
                Thing::Link(target) => {
                    super::remove_file(path)?;
                    super::symlink(target, path)?;
                }
                Thing::File(None) => {
                    return Err(Error::new(format!("`{}` has changed", path.display())));
                }
            }
        }
        Ok(())
    }
}

/// Everything below a folder, itself not among it.
fn below(root: &Path) -> Result<BTreeMap<PathBuf, Thing>> {
    let mut things = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in super::list(&folder)? {
            let failed = |error| super::failed("look at", &path, error);
            let metadata = std::fs::symlink_metadata(&path).map_err(failed)?;
            let thing = if metadata.is_dir() {
                folders.push(path.clone());
                Thing::Folder
            } else if metadata.is_symlink() {
                Thing::Link(std::fs::read_link(&path).map_err(failed)?)
            } else if metadata.is_file() && metadata.len() <= LONGEST {
                Thing::File(Some(super::read(&path)?))
            } else {
                Thing::File(None)
            };
            things.insert(path, thing);
        }
    }
    Ok(things)
}

#[cfg(test)]
mod tests {
    use super::{Snapshot, below};
    use crate::fs::{atomic, create_dirs, remove_dir_all, remove_file, write_new};

    #[test]
    fn what_is_new_changed_or_gone_is_as_before() {
        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path);
        create_dirs(&at("a/b")).unwrap();
        create_dirs(&at("gone")).unwrap();
        write_new(&at("a/changed"), b"old", false).unwrap();
        write_new(&at("a/removed"), b"old", false).unwrap();
        let before = below(place.path()).unwrap();
        let snapshot = Snapshot::of(place.path()).unwrap();
        snapshot.restore().unwrap();
        assert_eq!(below(place.path()).unwrap(), before);
        atomic::replace(&at("a/changed"), b"new").unwrap();
        remove_file(&at("a/removed")).unwrap();
        remove_dir_all(&at("gone")).unwrap();
        create_dirs(&at("a/b/c/d")).unwrap();
        write_new(&at("a/b/c/e"), b"new", false).unwrap();
        assert_ne!(below(place.path()).unwrap(), before);
        snapshot.restore().unwrap();
        assert_eq!(below(place.path()).unwrap(), before);
    }
}
