//! The file system that a folder lies on: how much room is left, and what it allows.
//!
//! Asked through [`Host::volume`](super::Host::volume). Where the system gives no answer there is none.

use std::path::Path;

/// What a file system says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Volume {
    /// Bytes that this user can still write.
    pub(crate) free: u64,
    /// All bytes; 0 where it does not count them.
    pub(crate) size: u64,
    /// Files that can still be made.
    pub(crate) free_files: u64,
    /// All files that there can be; 0 where it does not count them.
    pub(crate) files: u64,
    /// Whether nothing on it can be started.
    pub(crate) is_noexec: bool,
    /// Whether nothing on it can be written.
    pub(crate) is_read_only: bool,
}

impl Volume {
    /// The one that this file or folder lies on, by statvfs(3).
    #[cfg(unix)]
    pub(super) fn around(path: &Path) -> Option<Self> {
        use rustix::fs::StatVfsMountFlags as Flags;
        let said = rustix::fs::statvfs(path).ok()?;
        Some(Self {
            free: said.f_bavail.saturating_mul(said.f_frsize),
            size: said.f_blocks.saturating_mul(said.f_frsize),
            free_files: said.f_favail,
            files: said.f_files,
            is_noexec: is_noexec(said.f_flag),
            is_read_only: said.f_flag.contains(Flags::RDONLY),
        })
    }

    /// Nothing, where nobody has written down how to ask.
    #[cfg(not(unix))]
    pub(super) fn around(_path: &Path) -> Option<Self> {
        None
    }
}

#[cfg(target_os = "linux")]
fn is_noexec(flags: rustix::fs::StatVfsMountFlags) -> bool {
    flags.contains(rustix::fs::StatVfsMountFlags::NOEXEC)
}

/// statvfs(3) says it on Linux only.
#[cfg(all(unix, not(target_os = "linux")))]
fn is_noexec(_flags: rustix::fs::StatVfsMountFlags) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::Volume;

    #[test]
    fn a_real_folder_lies_on_a_volume() {
        let folder = tempfile::tempdir().unwrap();
        let volume = Volume::around(folder.path()).unwrap();
        assert!(volume.size >= volume.free && !volume.is_read_only);
        assert_eq!(Volume::around(&folder.path().join("none")), None);
    }
}
