//! A folder for the time of one job, in the system's place for such folders.
//!
//! Called by whoever needs files only to hand them to a tool. What must survive, or move into place, is made elsewhere.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Result;

/// How many this process has made; with its id and the time it makes a name that nobody has yet.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A new, empty folder that only this user can read; removed with all that is in it when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes one.
    ///
    /// # Errors
    /// When the system's temporary folder cannot be written.
    pub(crate) fn new() -> Result<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let name = format!(
            "scaffold-{}-{}-{}",
            std::process::id(),
            since.map_or(0, |it| it.subsec_nanos()),
            MADE.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        // A name that someone else was quicker to take is an error, never used: the folder is ours or not there.
        super::create_private_dir(&path)?;
        Ok(Self { path })
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file in it and gives its path.
    ///
    /// # Errors
    /// When it exists already or cannot be written.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path.join(name);
        super::write_new(&path, text.as_bytes(), false)?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which cleans that place.
        drop(super::remove_dir_all(&self.path));
    }
}

#[cfg(test)]
mod tests {
    use super::Scratch;

    #[test]
    fn each_is_new_and_gone_when_dropped() {
        let (one, two) = (Scratch::new().unwrap(), Scratch::new().unwrap());
        assert_ne!(one.path(), two.path());
        let file = one.write("a.txt", "a").unwrap();
        assert!(one.write("a.txt", "b").is_err());
        let path = one.path().to_owned();
        drop(one);
        assert!(!file.exists() && !path.exists() && two.path().exists());
    }
}
