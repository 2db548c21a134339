//! What has passed already: results by content, so that nothing is checked twice.
//!
//! Called by the run. Only that something passed is kept, never what was found. A key is a digest of everything that decides a
//! result; a file holds the keys of one repository and one way of checking. Safe to delete, bounded, and shared by runs at the same
//! time: keys are only added at the end, and a damaged file knows nothing. It must not know what a gate does.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};

use crate::fs;
use crate::host::Host;

/// The digest of everything that decides one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 16]);

/// How many bytes of keys a file may hold: a quarter of a million results.
const LARGEST: usize = 4 << 20;

/// How many files may lie in the folder; the oldest go first.
const MOST: usize = 128;

/// Puts a key together. Each part is written with its length, so that no two lists of parts are the same.
#[derive(Clone)]
pub(crate) struct Digest(blake3::Hasher);

impl Digest {
    /// A digest of this kind of thing, of this build of the program.
    pub(crate) fn new(kind: &str) -> Self {
        let mut digest = Self(blake3::Hasher::new());
        digest.add(kind);
        digest.add(env!("CARGO_PKG_VERSION"));
        digest.add(stamp());
        digest
    }

    /// Adds a part.
    pub(crate) fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// The key of all parts, with these added.
    pub(crate) fn key(&self, parts: &[&[u8]]) -> Key {
        self.sealed().key(parts)
    }

    /// All parts, for many keys that have them in common.
    pub(crate) fn sealed(&self) -> Sealed {
        Sealed(*self.0.finalize().as_bytes())
    }
}

/// What many keys have in common.
pub(crate) struct Sealed([u8; 32]);

impl Sealed {
    /// The key of what they have in common, with these parts added.
    pub(crate) fn key(&self, parts: &[&[u8]]) -> Key {
        let mut text = Vec::with_capacity(256);
        for part in parts {
            text.extend_from_slice(&(part.len() as u64).to_le_bytes());
            text.extend_from_slice(part);
        }
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::keyed_hash(&self.0, &text).as_bytes()[..16]);
        Key(key)
    }
}

/// What the file with the results of this kind is called, for the repository whose shared folder this is.
pub(crate) fn name(kind: &str, common_dir: &Path) -> Key {
    let mut digest = Digest(blake3::Hasher::new());
    digest.add(kind);
    digest.key(&[common_dir.as_os_str().as_encoded_bytes()])
}

/// What tells one build of this program from another with the same version.
fn stamp() -> Vec<u8> {
    let metadata = std::env::current_exe().and_then(std::fs::metadata);
    let changed = metadata.as_ref().ok().and_then(|it| it.modified().ok());
    let since = changed.and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
    let mut stamp = since.map_or(0, |it| it.as_nanos()).to_le_bytes().to_vec();
    stamp.extend(metadata.map_or(0, |it| it.len()).to_le_bytes());
    stamp
}

/// The keys of what has passed, in one repository and by one way of checking.
pub(crate) struct Passed {
    file: Option<PathBuf>,
    bytes: Vec<u8>,
    new: Vec<Key>,
}

impl Passed {
    /// The keys of this name; none, where results are not to be used or there is no place to keep them.
    pub(crate) fn load(host: &Host, name: &Key, used: bool) -> Self {
        let file = used
            .then(|| host.cache_dir())
            .flatten()
            .map(|cache| cache.join("gate").join("passed").join(hex(name)));
        let bytes = file
            .as_ref()
            .and_then(|file| std::fs::read(file).ok())
            .filter(|bytes| bytes.len() % 16 == 0)
            .unwrap_or_default();
        Self {
            file,
            bytes,
            new: Vec::new(),
        }
    }

    /// Which of these have passed already.
    pub(crate) fn which(&self, keys: &[Key]) -> Vec<bool> {
        let (known, _) = self.bytes.as_chunks::<16>();
        if keys.len() <= 32 || known.is_empty() {
            return keys.iter().map(|key| known.contains(&key.0)).collect();
        }
        let known: HashSet<&[u8; 16], BuildHasherDefault<Spread>> = known.iter().collect();
        keys.iter().map(|key| known.contains(&key.0)).collect()
    }

    /// Whether this has passed already.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.which(std::slice::from_ref(key))[0]
    }

    /// Notes that this has passed now.
    pub(crate) fn add(&mut self, key: Key) {
        self.new.push(key);
    }

    /// Writes down what was noted. A cache that cannot be written costs time, and nothing else.
    pub(crate) fn save(self) {
        let Some(file) = self.file else { return };
        if self.new.is_empty() {
            return;
        }
        let new: Vec<u8> = self.new.iter().flat_map(|key| key.0).collect();
        let Some(folder) = file.parent() else { return };
        if fs::create_dirs(folder).is_err() {
            return;
        }
        let fits = !self.bytes.is_empty() && self.bytes.len() + new.len() <= LARGEST;
        if fits {
            // A single write at the end: another run that adds at the same time adds whole keys, too.
            drop(fs::append(&file, &new));
        } else {
            let room = LARGEST.saturating_sub(new.len()) / 2 / 16 * 16;
            let kept = &self.bytes[self.bytes.len().saturating_sub(room)..];
            drop(fs::atomic::replace(&file, &[kept, &new].concat()));
            prune(folder);
        }
    }
}

/// The hash of a key: eight bytes of it, for it is a hash already.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        // The bytes of the key come after their number.
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Removes the files that were changed longest ago, where there are too many.
fn prune(folder: &Path) {
    let Ok(files) = fs::list(folder) else { return };
    if files.len() <= MOST {
        return;
    }
    let changed = |file: &PathBuf| file.metadata().and_then(|it| it.modified()).ok();
    let mut files: Vec<_> = files.into_iter().map(|it| (changed(&it), it)).collect();
    files.sort();
    for (_, file) in &files[..files.len() - MOST] {
        drop(fs::remove_file(file));
    }
}

fn hex(key: &Key) -> String {
    key.0
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::{Digest, Key, LARGEST, Passed};
    use crate::host::Host;

    fn key(number: usize) -> Key {
        Digest::new("test").key(&[&number.to_le_bytes()])
    }

    #[test]
    fn what_passed_is_known_by_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::made_up("/").with_variable("SCAFFOLD_CACHE_DIR", folder.path());
        let name = key(0);
        for round in 0..3 {
            let mut passed = Passed::load(&host, &name, true);
            for number in 1..=100 {
                assert_eq!(passed.has(&key(number)), round > 0);
            }
            assert!(!passed.has(&key(1000)));
            let many: Vec<Key> = (1..=100).map(key).collect();
            assert!(passed.which(&many).iter().all(|it| *it == (round > 0)));
            if round == 0 {
                for it in many {
                    passed.add(it);
                }
            }
            passed.save();
        }
        assert!(!Passed::load(&host, &name, false).has(&key(1)));
        assert!(!Passed::load(&host, &key(1), true).has(&key(1)));
    }

    #[test]
    fn a_damaged_file_knows_nothing_and_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::made_up("/").with_variable("SCAFFOLD_CACHE_DIR", folder.path());
        let mut passed = Passed::load(&host, &key(0), true);
        passed.add(key(1));
        let file = passed.file.clone().unwrap();
        passed.save();
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.push(0);
        std::fs::write(&file, bytes).unwrap();
        let mut passed = Passed::load(&host, &key(0), true);
        assert!(!passed.has(&key(1)));
        passed.add(key(2));
        passed.save();
        assert!(Passed::load(&host, &key(0), true).has(&key(2)));
    }

    #[test]
    fn a_file_stays_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::made_up("/").with_variable("SCAFFOLD_CACHE_DIR", folder.path());
        for round in 0..3 {
            let mut passed = Passed::load(&host, &key(0), true);
            for number in 0..LARGEST / 32 {
                passed.add(Key((number + round * LARGEST)
                    .to_le_bytes()
                    .repeat(2)
                    .try_into()
                    .unwrap()));
            }
            let file = passed.file.clone().unwrap();
            passed.save();
            assert!(std::fs::metadata(file).unwrap().len() <= LARGEST as u64);
        }
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        let digest = Digest::new("test");
        assert_ne!(digest.key(&[b"ab", b"c"]), digest.key(&[b"a", b"bc"]));
        assert_ne!(digest.key(&[b"a"]), digest.key(&[b"a", b""]));
        assert_eq!(digest.key(&[b"a"]), Digest::new("test").key(&[b"a"]));
    }
}
