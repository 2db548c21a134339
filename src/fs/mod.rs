//! The only place that writes: every operation names its path when it fails.
//!
//! Called by the features. Nothing here decides what to write; nothing outside this folder calls a writing function of
//! `std::fs` (`.clippy.toml` enforces it). libgit2 and the tools that we start write on their own.

pub(crate) mod atomic;
pub(crate) mod folder;
pub(crate) mod lock;
pub(crate) mod scratch;
pub(crate) mod snapshot;
pub(crate) mod stage;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Result};

/// An error of the operating system as ours: `cannot WHAT PATH`, with what to do where that is known.
pub(crate) fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    let failure = Error::new(format!(
        "cannot {what} `{}`: {}",
        path.display(),
        reason(&error)
    ));
    let failure = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            failure.hint("choose a folder that you may write to, or ask its owner")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            failure.hint("free some space (or choose another disk), and run the same command again")
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            failure.hint("choose a folder on a disk that is not read-only")
        }
        _ => failure,
    };
    failure.caused_by(error)
}

/// The system's words for an error, without the number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

/// Reads a file whole.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| failed("read", path, error))
}

/// Reads a text file whole.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|_| Error::new(format!("`{}` is not UTF-8 text", path.display())))
}

/// Reads a text file whole, `None` where there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub(crate) fn read_text_if_any(path: &Path) -> Result<Option<String>> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        _ => read_text(path).map(Some),
    }
}

/// Makes one folder; its parent must be there.
///
/// # Errors
/// When it exists already or cannot be made.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn create_dir(path: &Path) -> Result<()> {
    std::fs::create_dir(path).map_err(|error| failed("create the folder", path, error))
}

/// Makes one folder that only this user can read.
///
/// # Errors
/// When it exists already or cannot be made.
pub(crate) fn create_private_dir(path: &Path) -> Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| failed("create the folder", path, error))
}

/// Makes a folder and those above it.
///
/// # Errors
/// When one of them cannot be made.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn create_dirs(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| failed("create the folder", path, error))
}

/// Writes a new file; one that exists is not touched.
///
/// # Errors
/// When it exists already or cannot be written; a half-written file is removed.
pub(crate) fn write_new(path: &Path, bytes: &[u8], executable: bool) -> Result<()> {
    let mut file = create_new(path, executable)?;
    file.write_all(bytes).map_err(|error| {
        drop(remove_file(path));
        failed("write", path, error)
    })
}

/// Makes a new, empty file; one that exists is not touched.
fn create_new(path: &Path, executable: bool) -> Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if executable { 0o777 } else { 0o666 });
    #[cfg(not(unix))]
    let _ = executable;
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the one that writes"
    )]
    options
        .open(path)
        .map_err(|error| failed("create", path, error))
}

/// Opens a file (made where it is missing) whose writes all go to its end.
///
/// # Errors
/// When it cannot be opened.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn append_to(path: &Path) -> Result<std::fs::File> {
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(|error| failed("open", path, error))
}

/// Makes a symbolic link at `path` that holds `target`.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn symlink(target: &Path, path: &Path) -> Result<()> {
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(target, path);
    #[cfg(windows)]
    let made = std::os::windows::fs::symlink_file(target, path);
    made.map_err(|error| failed("create the link", path, error))
}

/// Makes a second name for a file.
///
/// # Errors
/// Of the operating system, bare: the caller falls back to a copy.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn hard_link(original: &Path, path: &Path) -> io::Result<()> {
    std::fs::hard_link(original, path)
}

/// Copies a file with its permissions.
///
/// # Errors
/// When it cannot be read or written.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn copy(original: &Path, path: &Path) -> Result<()> {
    std::fs::copy(original, path)
        .map(drop)
        .map_err(|error| failed("copy to", path, error))
}

/// Sets the time at which a file was changed.
///
/// # Errors
/// When it cannot be opened or the file system refuses.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn set_changed(path: &Path, time: SystemTime) -> Result<()> {
    std::fs::OpenOptions::new()
        .append(true)
        .open(path)
        .and_then(|file| file.set_modified(time))
        .map_err(|error| failed("set the time of", path, error))
}

/// Sets the time at which a file was changed to now.
///
/// # Errors
/// As [`set_changed`].
pub(crate) fn touch(path: &Path) -> Result<()> {
    set_changed(path, SystemTime::now())
}

/// Renames a file or folder; the new name must be on the same disk.
///
/// # Errors
/// When the system refuses.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|error| failed("move to", to, error))
}

/// Lets whoever may read a file run it as well.
///
/// # Errors
/// When its permissions cannot be changed.
#[cfg(unix)]
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let failed = |error| failed("set the permissions of", path, error);
    let mut permissions = std::fs::metadata(path).map_err(failed)?.permissions();
    let mode = permissions.mode();
    permissions.set_mode(mode | (mode & 0o444) >> 2);
    std::fs::set_permissions(path, permissions).map_err(failed)
}

/// The same, where no file has such a permission: nothing.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as under Unix")]
pub(crate) fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

/// Removes one file or link.
///
/// # Errors
/// When it is there and cannot be removed.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn remove_file(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", path, error)),
        _ => Ok(()),
    }
}

/// Removes a folder with all that is in it; links are removed, not followed.
///
/// # Errors
/// When it is there and cannot be removed.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn remove_dir_all(path: &Path) -> Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failed("remove the folder", path, error))
        }
        _ => Ok(()),
    }
}

/// Removes a folder of ours with all that is in it, and tries a second time where something was in the way for a moment: a
/// scanner that had a file open, an interrupted system call.
///
/// # Errors
/// When it is there and cannot be removed.
pub(crate) fn clear_away(path: &Path) -> Result<()> {
    remove_dir_all(path).or_else(|_| remove_dir_all(path))
}

/// Removes an empty folder.
///
/// # Errors
/// When it is there and cannot be removed.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn remove_empty_dir(path: &Path) -> Result<()> {
    match std::fs::remove_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failed("remove the folder", path, error))
        }
        _ => Ok(()),
    }
}

/// The names in a folder, sorted; an empty list where there is no such folder.
///
/// # Errors
/// When it is there and cannot be read.
pub(crate) fn list(path: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("read the folder", path, error)),
    };
    let mut paths = entries
        .map(|entry| entry.map(|it| it.path()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(|error| failed("read the folder", path, error))?;
    paths.sort();
    Ok(paths)
}

/// Makes a folder that only this user can read, and those above it; one that is there already becomes such a folder.
///
/// # Errors
/// When it is a link or no folder, or cannot be made.
pub(crate) fn private_dir(path: &Path) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => make_private(path, &metadata),
        Ok(_) => Err(Error::new(format!(
            "`{}` should be a folder of this program, and is none",
            path.display()
        ))
        .hint("remove it, and run the same command again")),
        Err(_) => {
            if let Some(parent) = path.parent() {
                create_dirs(parent)?;
            }
            create_private_dir(path)
        }
    }
}

#[cfg(unix)]
fn make_private(path: &Path, metadata: &std::fs::Metadata) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = metadata.permissions();
    if permissions.mode() & 0o777 == 0o700 {
        return Ok(());
    }
    permissions.set_mode(0o700);
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the one that writes"
    )]
    std::fs::set_permissions(path, permissions)
        .map_err(|error| failed("set the permissions of", path, error))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as under Unix")]
fn make_private(_: &Path, _: &std::fs::Metadata) -> Result<()> {
    Ok(())
}

/// Writes a new file that was last changed at this time, and tells how it looks.
///
/// # Errors
/// When it exists already or cannot be written; what was written stays.
pub(crate) fn write_stamped(
    path: &Path,
    bytes: &[u8],
    executable: bool,
    changed: SystemTime,
) -> Result<std::fs::Metadata> {
    let mut file = create_new(path, executable)?;
    file.write_all(bytes)
        .and_then(|()| file.set_modified(changed))
        .and_then(|()| file.metadata())
        .map_err(|error| failed("write", path, error))
}

/// Adds to the end of a file that exists, by one call of the system.
///
/// # Errors
/// When it is not there or cannot be written.
#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that writes"
)]
pub(crate) fn append(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::OpenOptions::new()
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|error| failed("write", path, error))
}
