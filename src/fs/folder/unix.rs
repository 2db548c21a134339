//! A folder held open, where the system has descriptors.
//!
//! Used under the name of `Folder`. What happens to the path that led to the folder makes no difference any more. It must not know
//! what a file is for.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags, Stat};

use super::writers::{Writers, writers};
use super::{Facts, Found, Removal, holds};

/// A folder held open.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: OwnedFd,
}

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);
/// A pipe or a device is not waited for.
const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

impl Folder {
    /// The folder at a path; links on the way are followed.
    ///
    /// # Errors
    /// When it is no folder or cannot be read.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let folder = rustix::fs::open(path, FOLDER, Mode::empty())?;
        Ok(Self { folder })
    }

    /// The folder of this name in it; a link is not followed.
    ///
    /// # Errors
    /// When there is no folder of this name (`NotADirectory` for a link), or it cannot be read.
    pub(crate) fn below(&self, name: &OsStr) -> io::Result<Self> {
        let flags = FOLDER | OFlags::NOFOLLOW;
        match rustix::fs::openat(&self.folder, name, flags, Mode::empty()) {
            Ok(folder) => Ok(Self { folder }),
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::MLINK) => {
                Err(io::ErrorKind::NotADirectory.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The device that it lies on.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn device(&self) -> io::Result<u64> {
        Ok(facts(&rustix::fs::fstat(&self.folder)?).identity.0)
    }

    /// What lies under a name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(&self, name: &OsStr) -> io::Result<Found> {
        let mut file = match self.open_file(name) {
            Ok(file) => file,
            Err(error) => return not_a_file(error),
        };
        let stat = rustix::fs::fstat(&file)?;
        if !is_file(&stat) {
            return Ok(Found::Other);
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Found::File(facts(&stat), bytes))
    }

    /// What the system says of the file of this name; `None` where there is none, or something else.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn facts(&self, name: &OsStr) -> io::Result<Option<Facts>> {
        match rustix::fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(is_file(&stat).then(|| facts(&stat))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a file of this name and content, and waits until the disk has it. Permissions, owner, access lists and other
    /// attributes are those of `like`, as far as the system lets them be; without it, only this user can read it.
    ///
    /// # Errors
    /// When the name is taken, or it cannot be written; a half-written file is left.
    pub(crate) fn create(
        &self,
        name: &OsStr,
        bytes: &[u8],
        like: Option<(&Self, &OsStr)>,
    ) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(rustix::fs::openat(&self.folder, name, flags, mode)?);
        file.write_all(bytes)?;
        if let Some((folder, original)) = like {
            make_alike(&folder.open_file(original)?, &file)?;
        }
        file.sync_all()
    }

    /// Exchanges what lies under two names, at one moment.
    ///
    /// # Errors
    /// When either is not there, the system or the file system cannot do it (`Unsupported`, `InvalidInput`), or the two lie on
    /// different file systems (`CrossesDevices`).
    pub(crate) fn exchange(
        &self,
        name: &OsStr,
        other: &Self,
        other_name: &OsStr,
    ) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        {
            let flags = RenameFlags::EXCHANGE;
            rustix::fs::renameat_with(&self.folder, name, &other.folder, other_name, flags)?;
            Ok(())
        }
        #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
        {
            let _ = (name, other, other_name);
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    /// Moves what lies under a name into a folder; what has the new name already is replaced.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn rename(&self, name: &OsStr, to: &Self, new: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.folder, name, &to.folder, new)?)
    }

    /// Gives a file a second name, which must be free.
    ///
    /// # Errors
    /// When the name is taken, or the file system has no second names.
    pub(crate) fn link(&self, name: &OsStr, to: &Self, new: &OsStr) -> io::Result<()> {
        let flags = AtFlags::empty();
        Ok(rustix::fs::linkat(
            &self.folder,
            name,
            &to.folder,
            new,
            flags,
        )?)
    }

    /// Takes a name away.
    ///
    /// # Errors
    /// When there is no such name, or the system refuses.
    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.folder, name, AtFlags::empty())?)
    }

    /// Takes a file away if it has this content, and no program has it open to write to it: what such a one writes would be lost.
    /// Where the system cannot tell, that is a file which has had this name, or its content, for an hour.
    ///
    /// # Errors
    /// When it cannot be read or removed.
    pub(crate) fn remove_unused(&self, name: &OsStr, content: blake3::Hash) -> io::Result<Removal> {
        let mut file = match self.open_file(name) {
            Ok(file) => file,
            Err(error) => {
                return Ok(match not_a_file(error)? {
                    Found::Nothing => Removal::Removed,
                    _ => Removal::Changed,
                });
            }
        };
        let stat = rustix::fs::fstat(&file)?;
        if !is_file(&stat) {
            return Ok(Removal::Changed);
        }
        // Until `file` is closed, nobody begins to write where the system says that nobody does.
        match writers(&file) {
            Writers::None => {}
            Writers::Unknown if is_settled(&stat) => {}
            Writers::Some | Writers::Unknown => return Ok(Removal::InUse),
        }
        if !holds(&mut file, content)? {
            return Ok(Removal::Changed);
        }
        self.remove(name)?;
        Ok(Removal::Removed)
    }

    fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let file = rustix::fs::openat(&self.folder, name, FILE, Mode::empty())?;
        Ok(File::from(file))
    }
}

/// What a name that could not be opened is, where that is no error: nothing, a link (`ELOOP`, on BSD `EMLINK`), a socket.
fn not_a_file(error: io::Error) -> io::Result<Found> {
    use rustix::io::Errno;
    match Errno::from_io_error(&error) {
        Some(Errno::NOENT) => Ok(Found::Nothing),
        Some(Errno::LOOP | Errno::MLINK | Errno::NXIO | Errno::OPNOTSUPP) => Ok(Found::Other),
        _ => Err(error),
    }
}

/// Whether nothing about a file, its name among that, has changed for an hour.
fn is_settled(stat: &Stat) -> bool {
    let changed = u64::try_from(stat.st_ctime).map(Duration::from_secs);
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    matches!((changed, now), (Ok(changed), Ok(now)) if changed + Duration::from_hours(1) < now)
}

fn is_file(stat: &Stat) -> bool {
    rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file()
}

#[expect(
    clippy::allow_attributes,
    reason = "the fields' types differ from system to system"
)]
#[allow(
    clippy::cast_sign_loss,
    clippy::unnecessary_cast,
    clippy::useless_conversion,
    reason = "the fields' types differ from system to system; none of them is negative but a time before 1970"
)]
fn facts(stat: &Stat) -> Facts {
    let nanoseconds = u32::try_from(stat.st_mtime_nsec).unwrap_or_default();
    let since = u64::try_from(stat.st_mtime).ok();
    Facts {
        identity: (stat.st_dev as u64, stat.st_ino as u64),
        size: stat.st_size as u64,
        modified: since.and_then(|it| UNIX_EPOCH.checked_add(Duration::new(it, nanoseconds))),
        permissions: u32::from(stat.st_mode) & 0o7777,
        links: stat.st_nlink as u64,
    }
}

/// Gives `file` the owner, the permissions and the attributes of `original`. What this user may not give is left out, but for the
/// permissions.
fn make_alike(original: &File, file: &File) -> io::Result<()> {
    let wanted = rustix::fs::fstat(original)?;
    let given = rustix::fs::fstat(file)?;
    if (wanted.st_uid, wanted.st_gid) != (given.st_uid, given.st_gid) {
        let owner =
            (wanted.st_uid != given.st_uid).then(|| rustix::fs::Uid::from_raw(wanted.st_uid));
        let group = Some(rustix::fs::Gid::from_raw(wanted.st_gid));
        // Only root may give a file away; a group can be given by its members.
        if rustix::fs::fchown(file, owner, group).is_err() {
            let _ = rustix::fs::fchown(file, None, group);
        }
    }
    rustix::fs::fchmod(file, Mode::from_raw_mode(wanted.st_mode))?;
    copy_attributes(original, file);
    Ok(())
}

/// Copies extended attributes, which on Linux hold the access lists too. A file system may have none, and some only root may set.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn copy_attributes(original: &File, file: &File) {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    let Some(names) = whole(|buffer| flistxattr(original.as_fd(), buffer)) else {
        return;
    };
    for name in names.split(|byte| *byte == 0).filter(|it| !it.is_empty()) {
        if let Some(value) = whole(|buffer| fgetxattr(original.as_fd(), name, buffer)) {
            let _ = fsetxattr(file.as_fd(), name, &value, XattrFlags::empty());
        }
    }
}

/// All that a call gives which says when the buffer is too small.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn whole(call: impl Fn(&mut [u8]) -> rustix::io::Result<usize>) -> Option<Vec<u8>> {
    // The first fits nearly all; the last is the most that Linux has.
    for size in [1 << 10, 1 << 16] {
        let mut buffer = vec![0; size];
        match call(&mut buffer) {
            Ok(length) => {
                buffer.truncate(length);
                return Some(buffer);
            }
            Err(rustix::io::Errno::RANGE) => {}
            Err(_) => return None,
        }
    }
    None
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn copy_attributes(_original: &File, _file: &File) {}
