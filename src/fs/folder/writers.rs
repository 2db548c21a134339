//! Whether some program has a file open to write to it.
//!
//! Used by `unix` before a file is removed that was somebody's. Only Linux tells: it gives a lease for reading on a file that nobody
//! has open for writing, and makes whoever opens it for writing later wait for the end of the lease (fcntl(2), "Leases").

use std::fs::File;

/// What is known of those who write to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writers {
    /// There are none, and there will be none until the file that was asked about is closed.
    None,
    /// There is one, or somebody had it open once and another program has inherited that.
    Some,
    /// The system, or the file system, does not tell.
    Unknown,
}

/// Asks.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn writers(file: &File) -> Writers {
    use std::os::fd::AsRawFd as _;
    /// What is to be sent to us when somebody wants to write, in place of the `SIGIO` that would end this program; fcntl(2).
    const F_SETSIG: libc::c_int = 10;
    let call = |command: libc::c_int, value: libc::c_int| {
        // SAFETY: fcntl with these two commands takes an int, and touches no memory of ours; the descriptor is that of `file`.
        #[expect(unsafe_code, reason = "there is no safe call for a lease")]
        unsafe {
            libc::fcntl(file.as_raw_fd(), command, value)
        }
    };
    // `SIGURG` is ignored where nothing else is said.
    if call(F_SETSIG, libc::SIGURG) == -1 {
        return Writers::Unknown;
    }
    if call(libc::F_SETLEASE, libc::F_RDLCK) == 0 {
        return Writers::None;
    }
    match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::EAGAIN) => Writers::Some,
        _ => Writers::Unknown,
    }
}

/// Asks, in vain.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn writers(_file: &File) -> Writers {
    Writers::Unknown
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs::{File, OpenOptions};
    use std::io::Write as _;

    use super::{Writers, writers};

    #[test]
    fn who_has_it_open_is_seen_and_who_comes_later_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "one").unwrap();
        let mut writer = OpenOptions::new().append(true).open(&path).unwrap();
        let file = File::open(&path).unwrap();
        assert_eq!(writers(&file), Writers::Some);
        writer.write_all(b"two").unwrap();
        drop(writer);
        // A program that another test is just starting has what is open here for a moment.
        while writers(&file) != Writers::None {
            std::thread::yield_now();
        }
        std::thread::scope(|scope| {
            let later = scope.spawn(|| std::fs::write(&path, "three"));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "onetwo");
            drop(file);
            later.join().unwrap().unwrap();
        });
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
    }
}
