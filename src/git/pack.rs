//! A pack: many git objects in one file, with the index that finds them.
//!
//! Called by the first commit. libgit2's own pack builder is not used because it searches deltas between all objects (7 ms for
//! 35 small files, where the whole commit takes 1.5) and its indexer hashes everything a second time. Objects are stored, not
//! compressed, for the same reason: that would take another millisecond to save some 50 KB, once per project. The formats are those
//! of <https://git-scm.com/docs/gitformat-pack>. It must not know what the objects mean.

use std::collections::BTreeMap;
use std::path::Path;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use sha1::{Digest, Sha1};

use crate::error::{Error, Result};

/// The name of an object: the SHA-1 of its kind, its length and its content.
pub(super) type Id = [u8; 20];

/// What kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file, or the target of a link.
    Blob,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Commit => 1,
            Self::Tree => 2,
            Self::Blob => 3,
        }
    }
}

/// A pack in memory.
pub(super) struct Pack {
    bytes: Vec<u8>,
    /// Checksum and offset of each object.
    objects: BTreeMap<Id, (u32, usize)>,
    compressor: Compress,
}

impl Pack {
    /// A pack without objects.
    pub(super) fn new() -> Self {
        Self {
            // Signature, version 2, and room for the number of objects.
            bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(),
            objects: BTreeMap::new(),
            compressor: Compress::new(Compression::none(), true),
        }
    }

    /// Adds an object (once) and gives its name.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub(super) fn add(&mut self, kind: Kind, content: &[u8]) -> Result<Id> {
        let mut hash = Sha1::new();
        hash.update(format!("{} {}\0", kind.name(), content.len()));
        hash.update(content);
        let id: Id = hash.finalize().into();
        if self.objects.contains_key(&id) {
            return Ok(id);
        }
        let offset = self.bytes.len();
        self.push_header(kind, content.len());
        self.push_compressed(content)?;
        let mut checksum = Crc::new();
        checksum.update(&self.bytes[offset..]);
        self.objects.insert(id, (checksum.sum(), offset));
        Ok(id)
    }

    /// Kind and length: seven bits to a byte but for the first, which has four beside the kind; the highest says that more follow.
    fn push_header(&mut self, kind: Kind, length: usize) {
        let low =
            |length: usize, mask: u8| u8::try_from(length & usize::from(mask)).unwrap_or(mask);
        let mut byte = kind.code() << 4 | low(length, 0x0f);
        let mut rest = length >> 4;
        while rest > 0 {
            self.bytes.push(byte | 0x80);
            byte = low(rest, 0x7f);
            rest >>= 7;
        }
        self.bytes.push(byte);
    }

    fn push_compressed(&mut self, content: &[u8]) -> Result<()> {
        self.compressor.reset();
        loop {
            let read = usize::try_from(self.compressor.total_in()).unwrap_or(content.len());
            let rest = &content[read.min(content.len())..];
            self.bytes.reserve(rest.len() / 2 + 64);
            let status = self
                .compressor
                .compress_vec(rest, &mut self.bytes, FlushCompress::Finish)
                .map_err(|error| Error::new("cannot compress a file for git").caused_by(error))?;
            if status == Status::StreamEnd {
                return Ok(());
            }
        }
    }

    /// Writes the pack and its index into a repository's folder of packs. Both get their names only when they are whole; what an
    /// interruption leaves behind is named as git's own temporary files, which `git gc` removes.
    ///
    /// # Errors
    /// When a file cannot be written, or the pack is larger than 2 GiB.
    pub(super) fn write(mut self, folder: &Path) -> Result<()> {
        let count = u32::try_from(self.objects.len()).map_err(|_| too_large())?;
        self.bytes[8..12].copy_from_slice(&count.to_be_bytes());
        let checksum: Id = Sha1::digest(&self.bytes).into();
        self.bytes.extend_from_slice(&checksum);
        let index = self.index(checksum)?;
        let name = hex(&checksum);
        // git looks for indexes: the pack has to be there first.
        for (extension, bytes) in [("pack", &self.bytes), ("idx", &index)] {
            let temporary = folder.join(format!("tmp_{extension}_{name}"));
            crate::fs::remove_file(&temporary)?;
            crate::fs::write_new(&temporary, bytes, false)?;
            crate::fs::rename(&temporary, &folder.join(format!("pack-{name}.{extension}")))?;
        }
        Ok(())
    }

    /// Version 2 of the index: how many names start with each byte or less, the names, their checksums, their offsets.
    fn index(&self, pack: Id) -> Result<Vec<u8>> {
        let mut bytes = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=u8::MAX {
            let count = self.objects.keys().filter(|id| id[0] <= first).count();
            let count = u32::try_from(count).map_err(|_| too_large())?;
            bytes.extend_from_slice(&count.to_be_bytes());
        }
        for id in self.objects.keys() {
            bytes.extend_from_slice(id);
        }
        for (checksum, _) in self.objects.values() {
            bytes.extend_from_slice(&checksum.to_be_bytes());
        }
        for (_, offset) in self.objects.values() {
            // The highest bit would mean an offset of 64 bits in another table.
            let offset = i32::try_from(*offset).map_err(|_| too_large())?;
            bytes.extend_from_slice(&offset.to_be_bytes());
        }
        bytes.extend_from_slice(&pack);
        let checksum: Id = Sha1::digest(&bytes).into();
        bytes.extend_from_slice(&checksum);
        Ok(bytes)
    }
}

/// A name in hexadecimal.
pub(super) fn hex(id: &Id) -> String {
    use std::fmt::Write as _;
    id.iter().fold(String::with_capacity(40), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn too_large() -> Error {
    Error::new("the project is too large for one git pack (2 GiB)")
}
