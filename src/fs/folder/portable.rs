//! A folder known by its path, where the system has nothing better (Windows).
//!
//! Used under the name of `Folder` there, and in tests everywhere. A link that takes a folder's place between two calls is followed:
//! links need a privilege on Windows.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Facts, Found, Removal, holds};

/// A folder known by its path.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

#[expect(
    clippy::disallowed_methods,
    reason = "this folder is the one that writes"
)]
impl Folder {
    /// The folder at a path; links on the way are followed.
    ///
    /// # Errors
    /// When it is no folder.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::checked(path.to_owned(), &std::fs::metadata(path)?)
    }

    /// The folder of this name in it; a link is not followed.
    ///
    /// # Errors
    /// When there is no folder of this name.
    pub(crate) fn below(&self, name: &OsStr) -> io::Result<Self> {
        let path = self.path.join(name);
        let metadata = std::fs::symlink_metadata(&path)?;
        Self::checked(path, &metadata)
    }

    fn checked(path: PathBuf, metadata: &Metadata) -> io::Result<Self> {
        if metadata.is_dir() {
            Ok(Self { path })
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// Always the same: a move to another device fails, and says so.
    ///
    /// # Errors
    /// None.
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the same as where folders are held open"
    )]
    pub(crate) fn device(&self) -> io::Result<u64> {
        Ok(0)
    }

    /// What lies under a name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(&self, name: &OsStr) -> io::Result<Found> {
        let path = self.path.join(name);
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => {
                Ok(Found::File(facts(&metadata), std::fs::read(path)?))
            }
            Ok(_) => Ok(Found::Other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
            Err(error) => Err(error),
        }
    }

    /// What the system says of the file of this name; `None` where there is none, or something else.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn facts(&self, name: &OsStr) -> io::Result<Option<Facts>> {
        match std::fs::symlink_metadata(self.path.join(name)) {
            Ok(metadata) => Ok(metadata.is_file().then(|| facts(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a file of this name and content, with the permissions of `like`, and waits until the disk has it.
    ///
    /// # Errors
    /// When the name is taken, or it cannot be written; a half-written file is left.
    pub(crate) fn create(
        &self,
        name: &OsStr,
        bytes: &[u8],
        like: Option<(&Self, &OsStr)>,
    ) -> io::Result<()> {
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .open(self.path.join(name))?;
        file.write_all(bytes)?;
        if let Some((folder, original)) = like {
            let original = std::fs::symlink_metadata(folder.path.join(original))?;
            file.set_permissions(original.permissions())?;
        }
        file.sync_all()
    }

    /// Never possible here.
    ///
    /// # Errors
    /// Always, with `Unsupported`.
    #[expect(
        clippy::unused_self,
        reason = "the same as where folders are held open"
    )]
    pub(crate) fn exchange(&self, _: &OsStr, _: &Self, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Moves what lies under a name into a folder; what has the new name already is replaced.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn rename(&self, name: &OsStr, to: &Self, new: &OsStr) -> io::Result<()> {
        std::fs::rename(self.path.join(name), to.path.join(new))
    }

    /// Gives a file a second name, which must be free.
    ///
    /// # Errors
    /// When the name is taken, or the file system has no second names.
    pub(crate) fn link(&self, name: &OsStr, to: &Self, new: &OsStr) -> io::Result<()> {
        std::fs::hard_link(self.path.join(name), to.path.join(new))
    }

    /// Takes a name away.
    ///
    /// # Errors
    /// When there is no such name, or the system refuses.
    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_file(self.path.join(name))
    }

    /// Takes a file away if it has this content, and no program has it open to write to it: what such a one writes would be lost.
    ///
    /// # Errors
    /// When it cannot be read or removed.
    pub(crate) fn remove_unused(&self, name: &OsStr, content: blake3::Hash) -> io::Result<Removal> {
        let path = self.path.join(name);
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Ok(Removal::Changed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Removal::Removed),
            Err(error) => return Err(error),
        }
        let mut options = File::options();
        options.read(true);
        // Windows opens a file only if that fits what others do with it: here, read and remove, but not write.
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0x1 | 0x4);
        let mut file = match options.open(&path) {
            Ok(file) => file,
            // ERROR_SHARING_VIOLATION
            Err(error) if cfg!(windows) && error.raw_os_error() == Some(32) => {
                return Ok(Removal::InUse);
            }
            Err(error) => return Err(error),
        };
        if !holds(&mut file, content)? {
            return Ok(Removal::Changed);
        }
        self.remove(name)?;
        Ok(Removal::Removed)
    }
}

fn facts(metadata: &Metadata) -> Facts {
    #[cfg(unix)]
    let (identity, links) = {
        use std::os::unix::fs::MetadataExt as _;
        ((metadata.dev(), metadata.ino()), metadata.nlink())
    };
    #[cfg(not(unix))]
    let (identity, links) = ((0, 0), 1);
    Facts {
        identity,
        size: metadata.len(),
        modified: metadata.modified().ok(),
        permissions: u32::from(metadata.permissions().readonly()),
        links,
    }
}
