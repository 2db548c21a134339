//! How a file of the copy looked when it was written: if it looks the same, it is the same.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The length of a stamp, in bytes.
pub(super) const LENGTH: usize = 48;

/// What the system says of a file: its size, its times, and which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp(pub(super) [u8; LENGTH]);

impl Stamp {
    /// Of nothing.
    pub(super) const NONE: Self = Self([0; LENGTH]);

    /// How this file looks now; a link is looked at itself.
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let parts = {
            use std::os::unix::fs::MetadataExt as _;
            [
                metadata.size(),
                metadata.ino(),
                metadata.mtime().cast_unsigned(),
                metadata.mtime_nsec().cast_unsigned(),
                metadata.ctime().cast_unsigned(),
                metadata.ctime_nsec().cast_unsigned(),
            ]
        };
        #[cfg(not(unix))]
        let parts = {
            let since = metadata
                .modified()
                .ok()
                .and_then(|it| it.duration_since(UNIX_EPOCH).ok());
            let since = since.unwrap_or_default();
            [
                metadata.len(),
                1,
                since.as_secs(),
                since.subsec_nanos().into(),
                0,
                0,
            ]
        };
        let mut bytes = [0; LENGTH];
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        for (chunk, part) in chunks.iter_mut().zip(parts) {
            *chunk = part.to_le_bytes();
        }
        Self(bytes)
    }
}

/// The time of change that a file of this content is given. It differs where the content does: bytecode and the tools' caches know
/// a source by its size and the second at which it changed, and in a run that takes less than a second both can be the same.
pub(super) fn time(hash: &[u8; 32]) -> SystemTime {
    let number = u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]);
    // From 2001 on, over eight years: nothing takes such a time for unset, or for one to come.
    UNIX_EPOCH + Duration::from_secs(1_000_000_000 + u64::from(number >> 4))
}
