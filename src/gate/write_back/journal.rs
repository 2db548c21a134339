//! The journal of one run: what it is about to do, written before it does it, so that a later run can tell what is whose.
//!
//! Written while fixes are applied, read by recovery. A line that was cut off by a kill announces nothing that was begun.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::place::{Storage, state};
use crate::error::Result;
use crate::git::WorkTree;
use crate::repo_path::{RepoPath, bytes_to_path};

/// A file that is to be exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Swap {
    /// The name of the new file in its storage; afterwards that of the old one. Where nothing can be exchanged, the old one gets
    /// the name with [`MOVED`] at its end.
    pub(super) id: String,
    /// Where it lies.
    pub(super) storage: Storage,
    /// Which file of the work tree.
    pub(super) path: RepoPath,
    /// The hash of the new content.
    pub(super) new: blake3::Hash,
    /// The hash of the old content, which the backup has.
    pub(super) old: blake3::Hash,
    /// Whether the new file is whole: before that, nothing was exchanged.
    pub(super) ready: bool,
    /// The hashes of contents that were found in storage and that a backup has.
    pub(super) kept: Vec<blake3::Hash>,
    /// Whether it is of a run before the last: what lies in storage could not be removed yet.
    pub(super) is_over: bool,
}

impl Swap {
    /// Whether a content is either of the two, or kept.
    pub(super) fn knows(&self, content: blake3::Hash) -> bool {
        [self.new, self.old].contains(&content) || self.kept.contains(&content)
    }
}

/// The end of the name of an old file that was moved away.
pub(super) const MOVED: &str = ".old";

/// What a journal says.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The backup of what was to be replaced.
    pub(super) backup: Option<String>,
    /// The files.
    pub(super) swaps: Vec<Swap>,
    /// The locks on indexes that were to be taken, with the proof of each.
    pub(super) locks: Vec<(PathBuf, PathBuf)>,
    /// Whether the run came to its end.
    pub(super) done: bool,
}

/// A journal that is being written.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
}

/// Where the journal of a work tree lies.
pub(super) fn place(work_tree: &WorkTree) -> PathBuf {
    state(work_tree).join("journal")
}

impl Journal {
    /// Begins one, behind what [`carry`] left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn begin(work_tree: &WorkTree, backup: &str) -> Result<Self> {
        let path = place(work_tree);
        let file = crate::fs::append_to(&path)?;
        let mut journal = Self { file, path };
        journal.write(&format!("backup {backup}\n"))?;
        Ok(journal)
    }

    /// Announces files that are going to be made.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn announce<'a>(&mut self, swaps: impl IntoIterator<Item = &'a Swap>) -> Result<()> {
        self.write(&swaps.into_iter().map(announcement).collect::<String>())
    }

    /// Says that these files are whole and are going to be exchanged.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn ready<'a>(&mut self, swaps: impl IntoIterator<Item = &'a Swap>) -> Result<()> {
        let mut lines = String::new();
        for swap in swaps {
            lines.push_str(&format!("ready {}\n", swap.id));
        }
        self.write(&lines)
    }

    /// Says that a backup has this content, which was found in storage.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn kept(&mut self, id: &str, content: blake3::Hash) -> Result<()> {
        self.write(&format!("kept {id} {content}\n"))
    }

    /// Announces a lock.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn lock(&mut self, lock: &Path, proof: &Path) -> Result<()> {
        let [lock, proof] = [lock, proof].map(|it| hex(it.as_os_str().as_encoded_bytes()));
        self.write(&format!("lock {lock} {proof}\n"))
    }

    /// Says that the run came to its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn done(&mut self) -> Result<()> {
        self.write("done\n")
    }

    fn write(&mut self, lines: &str) -> Result<()> {
        self.file
            .write_all(lines.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|error| crate::fs::failed("write", &self.path, error))
    }
}

fn announcement(swap: &Swap) -> String {
    let storage = match &swap.storage {
        Storage::Repository => "-".to_owned(),
        Storage::Beside(folder) => format!("+{}", hex(folder)),
    };
    let Swap {
        id, path, new, old, ..
    } = swap;
    let path = hex(path.as_bytes());
    format!("swap {id} {storage} {path} {new} {old}\n")
}

/// Puts in the journal's place what of an earlier run is still to be looked at; nothing, where nothing is.
///
/// # Errors
/// When it cannot be written; the old one is there then.
pub(super) fn carry(work_tree: &WorkTree, swaps: &[Swap]) -> Result<()> {
    if swaps.is_empty() {
        return crate::fs::remove_file(&place(work_tree));
    }
    let mut lines = String::new();
    for swap in swaps {
        lines.push_str(&announcement(swap));
        lines.push_str(&format!("ready {0}\nover {0}\n", swap.id));
        for content in &swap.kept {
            lines.push_str(&format!("kept {} {content}\n", swap.id));
        }
    }
    crate::fs::atomic::replace(&place(work_tree), lines.as_bytes())
}

impl Record {
    /// What the journal of a work tree says; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(work_tree: &WorkTree) -> Result<Option<Self>> {
        let path = place(work_tree);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(Self::parse(&String::from_utf8_lossy(&bytes)))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(crate::fs::failed("read", &path, error)),
        }
    }

    fn parse(text: &str) -> Self {
        let mut record = Self::default();
        for line in text.split_inclusive('\n') {
            if let Some(line) = line.strip_suffix('\n') {
                record.see(line);
            }
        }
        record
    }

    fn see(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["backup", name] => self.backup = Some(name.to_owned()),
            ["done"] => self.done = true,
            ["ready", id] => self.of(id).for_each(|swap| swap.ready = true),
            ["over", id] => self.of(id).for_each(|swap| swap.is_over = true),
            ["kept", id, content] => {
                if let Ok(content) = blake3::Hash::from_hex(content) {
                    self.of(id).for_each(|swap| swap.kept.push(content));
                }
            }
            ["lock", lock, proof] => {
                let path = |word| unhex(word).as_deref().and_then(bytes_to_path);
                if let (Some(lock), Some(proof)) = (path(lock), path(proof)) {
                    self.locks.push((lock, proof));
                }
            }
            ["swap", id, storage, path, new, old] => {
                self.swaps
                    .extend(Self::swap(id.to_owned(), storage, path, new, old));
            }
            _ => {}
        }
    }

    fn of(&mut self, id: &str) -> impl Iterator<Item = &mut Swap> {
        self.swaps.iter_mut().filter(move |swap| swap.id == id)
    }

    fn swap(id: String, storage: &str, path: &str, new: &str, old: &str) -> Option<Swap> {
        Some(Swap {
            id,
            storage: match storage.strip_prefix('+') {
                Some(folder) => Storage::Beside(unhex(folder)?),
                None => Storage::Repository,
            },
            path: RepoPath::new(unhex(path)?),
            new: blake3::Hash::from_hex(new).ok()?,
            old: blake3::Hash::from_hex(old).ok()?,
            ready: false,
            kept: Vec::new(),
            is_over: false,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    rest.is_empty()
        .then(|| pairs.iter().map(byte).collect())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::{Record, Storage, Swap, hex, unhex};
    use crate::repo_path::RepoPath;

    #[test]
    fn a_line_that_was_cut_off_says_nothing() {
        let swap = Swap {
            id: "1-2-3".to_owned(),
            storage: Storage::Beside(b"a b".to_vec()),
            path: RepoPath::new(b"a b/\n\xff".to_vec()),
            new: blake3::hash(b"new"),
            old: blake3::hash(b"old"),
            ready: true,
            kept: vec![blake3::hash(b"other")],
            is_over: true,
        };
        let text = format!(
            "backup refs/x\nswap 1-2-3 +{} {} {} {}\nkept 1-2-3 {}\nover 1-2-3\nready 1-2-3\n",
            hex(b"a b"),
            hex(swap.path.as_bytes()),
            swap.new,
            swap.old,
            swap.kept[0]
        );
        let whole = Record::parse(&text);
        assert_eq!(whole.swaps, std::slice::from_ref(&swap));
        assert_eq!(whole.backup.as_deref(), Some("refs/x"));
        assert!(!whole.done && Record::parse(&(text.clone() + "done\n")).done);
        for length in 0..text.len() {
            let part = Record::parse(&text[..length]);
            assert!(
                part.swaps
                    .iter()
                    .all(|it| !it.ready && it.path == swap.path)
            );
        }
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
    }
}
