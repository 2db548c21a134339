//! A lock that the system releases when its holder ends, however it ends.
//!
//! Called by whoever must know whether the run that left something behind is still alive. It must not know what is locked.

use std::fs::File;
use std::path::Path;

use crate::error::Result;

/// A held lock; released when dropped or when the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Releases it in so many words: to close the file is not enough while a program that another thread is just starting
    /// still has its copy of it.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock on the file at `path` (made where it is missing), or gives `None` where another process holds it.
    ///
    /// # Errors
    /// When the file cannot be opened or the file system has no locks.
    pub(crate) fn try_take(path: &Path) -> Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(super::failed("lock", path, error)),
        }
    }

    /// Whether another process holds the lock; it writes nothing, and a file that is not there is held by nobody.
    ///
    /// # Errors
    /// When the file cannot be opened or the file system has no locks.
    pub(crate) fn is_held(path: &Path) -> Result<bool> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(super::failed("open", path, error)),
        };
        match file.try_lock_shared() {
            Ok(()) => {
                drop(Self { file });
                Ok(false)
            }
            Err(std::fs::TryLockError::WouldBlock) => Ok(true),
            Err(std::fs::TryLockError::Error(error)) => Err(super::failed("lock", path, error)),
        }
    }

    /// Takes the lock, waiting for whoever holds it.
    #[cfg(test)]
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let file = open(path)?;
        file.lock()
            .map_err(|error| super::failed("lock", path, error))?;
        Ok(Self { file })
    }
}

fn open(path: &Path) -> Result<File> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this folder is the one that writes"
    )]
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| super::failed("open", path, error))
}
