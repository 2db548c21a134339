//! Replacing a file at one moment: readers see the old content or the new, never a part.
//!
//! Called by the features that edit a user's file in place. It must not know what the content means.

use std::path::Path;

use crate::error::Result;

/// Replaces the content of `path` (or makes it): a temporary file beside it, then a rename. The permissions of the old file
/// are kept; a symbolic link is followed, so that the file behind it changes and the link stays.
///
/// # Errors
/// When the content cannot be written; the old file is untouched then.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    swap(&target, bytes, false, true)
}

/// Puts a file at `path`, in the place of any file or link that is there.
///
/// # Errors
/// When it cannot be written; what was there is untouched then.
pub(crate) fn put(path: &Path, bytes: &[u8], executable: bool) -> Result<()> {
    swap(path, bytes, executable, false)
}

fn swap(target: &Path, bytes: &[u8], executable: bool, permissions_of_old: bool) -> Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = target.with_file_name(name);
    super::remove_file(&temporary)?;
    let written = super::write_new(&temporary, bytes, executable)
        .and_then(|()| {
            if permissions_of_old {
                keep_permissions(target, &temporary)
            } else {
                Ok(())
            }
        })
        .and_then(|()| super::rename(&temporary, target));
    if written.is_err() {
        // The first failure is the one to report.
        drop(super::remove_file(&temporary));
    }
    written
}

fn keep_permissions(from: &Path, to: &Path) -> Result<()> {
    let Ok(metadata) = std::fs::metadata(from) else {
        return Ok(());
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "this folder is the one that writes"
    )]
    std::fs::set_permissions(to, metadata.permissions())
        .map_err(|error| super::failed("set the permissions of", to, error))
}
