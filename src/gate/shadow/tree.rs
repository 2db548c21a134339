//! A copy of everything that is to be committed, kept from run to run and brought up to date by what differs.
//!
//! Called by the run, for the tools that look across files. A kill at any moment leaves a copy that the next sync mends: a file is
//! believed only if it looks as the list says, and the list is written last.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::file::{clash, content, refuse_links_above};
use super::manifest::{self, Entry};
use super::path::{check, leads_inside, place};
use super::stamp::{Stamp, time};
use super::sweep::sweep;
use crate::error::{Error, Result};
use crate::fs;
use crate::git::{Mode, ObjectId};
use crate::repo_path::RepoPath;

/// The folder with the files, in its place.
const FILES: &str = "tree";
/// The list of them.
const LIST: &str = "manifest";
/// From how many files on more than one thread writes them.
const MANY: usize = 256;
/// Contents on their way to the threads: memory stays flat however many files there are.
const WAITING: usize = 32;

/// Everything that a snapshot holds, laid out.
#[derive(Debug)]
pub(crate) struct TreeShadow {
    root: PathBuf,
    entries: Vec<Entry>,
}

/// A file that a tool has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Where it lies.
    pub(crate) path: RepoPath,
    /// Of the content that the tool was shown.
    pub(crate) original: blake3::Hash,
    /// The content now.
    pub(crate) bytes: Vec<u8>,
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SyncReport {
    /// How many entries were written.
    pub(crate) written: usize,
    /// How many things that should not be there were removed.
    pub(crate) removed: usize,
    /// How many of those written had been changed by a tool.
    pub(crate) restored: usize,
    /// The links that are not in the copy because they lead out of it.
    pub(crate) left_out: Vec<RepoPath>,
}

impl TreeShadow {
    /// Brings the copy in `folder` (a folder of ours alone, outside every work tree) to exactly these entries. Only one run at a time
    /// may do so. `read` gives the content of a name; it is asked for what is written only. What a tool left is removed, but for
    /// bytecode; what it changed is written again; a submodule is an empty folder.
    ///
    /// # Errors
    /// When a path cannot be laid out, a content not read, or nothing written. The next sync goes on from there.
    pub(crate) fn sync<'a>(
        folder: &Path,
        entries: impl IntoIterator<Item = (&'a [u8], Mode, ObjectId)>,
        read: impl FnMut(&ObjectId) -> Result<Vec<u8>>,
    ) -> Result<(Self, SyncReport)> {
        fs::private_dir(folder)?;
        let root = folder.join(FILES);
        if !std::fs::symlink_metadata(&root).is_ok_and(|it| it.is_dir()) {
            fs::remove_file(&root)?;
            fs::create_dir(&root)?;
        }
        // What a run that was killed left beside the two.
        for path in fs::list(folder)? {
            if !path.ends_with(FILES) && !path.ends_with(LIST) {
                fs::remove_file(&path)?;
            }
        }
        let list = folder.join(LIST);
        let before = manifest::read(&list);
        let mut shadow = Self {
            root,
            entries: wanted(entries, &before)?,
        };
        let mut report = SyncReport::default();
        let swept = sweep(&shadow.root, &shadow.entries)?;
        (report.removed, report.restored) = (swept.removed, swept.restored);
        fs::create_dirs(&shadow.root.join(super::TOP))?;
        shadow.write(&swept.good, read, &mut report)?;
        if shadow.entries != before {
            manifest::write(&list, &shadow.entries)?;
        }
        Ok((shadow, report))
    }

    /// The folder that stands for the repository's.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Those of these files whose content a tool has changed since the sync. What it did to others is for the next sync to undo.
    ///
    /// # Errors
    /// When one of them is gone, is no file any more, or has another mode: no fix does that.
    pub(crate) fn changed<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p RepoPath>,
    ) -> Result<Vec<Changed>> {
        let mut changed = Vec::new();
        let mut folder = None;
        for path in paths {
            if folder != Some(path.folder()) {
                refuse_links_above(&self.root, path)?;
                folder = Some(path.folder());
            }
            let Ok(at) = self.entries.binary_search_by(|it| it.path.cmp(path)) else {
                return Err(Error::new(format!("`{path}` was not laid out")));
            };
            let entry = &self.entries[at];
            let bytes = content(&self.root, path, entry.mode)?;
            if *blake3::hash(&bytes).as_bytes() != entry.hash {
                changed.push(Changed {
                    path: path.clone(),
                    original: entry.hash.into(),
                    bytes,
                });
            }
        }
        Ok(changed)
    }

    /// Writes every entry that is not good yet: folders and files first, links last, so that nothing is written through one.
    fn write(
        &mut self,
        good: &[bool],
        mut read: impl FnMut(&ObjectId) -> Result<Vec<u8>>,
        report: &mut SyncReport,
    ) -> Result<()> {
        let (mut files, mut links) = (Vec::new(), Vec::new());
        let mut made = HashSet::new();
        for (at, entry) in self.entries.iter().enumerate().filter(|(at, _)| !good[*at]) {
            let place = place(&self.root, &entry.path)?;
            let is_folder = matches!(entry.mode, Mode::Submodule | Mode::Folder);
            let folder = if is_folder {
                Some(place.as_path())
            } else {
                place.parent()
            };
            if let Some(folder) = folder.filter(|it| !made.contains(*it)) {
                fs::create_dirs(folder)?;
                made.insert(folder.to_owned());
            }
            match entry.mode {
                Mode::File | Mode::Executable => files.push((at, place)),
                Mode::Link => links.push((at, place)),
                Mode::Submodule | Mode::Folder => report.written += 1,
            }
        }
        report.written += files.len();
        let threads = if files.len() < MANY {
            0
        } else {
            std::thread::available_parallelism().map_or(1, |it| it.get().min(4))
        };
        for (at, hash, stamp) in write_files(&self.entries, files, &mut read, threads)? {
            (self.entries[at].hash, self.entries[at].stamp) = (hash, stamp);
        }
        for (at, place) in links {
            let entry = &mut self.entries[at];
            let Some(target) = leads_inside(&entry.path, &read(&entry.id)?) else {
                report.left_out.push(entry.path.clone());
                entry.stamp = Stamp::NONE;
                continue;
            };
            fs::symlink(&target, &place).map_err(|error| clash(&entry.path, &place, error))?;
            let metadata = std::fs::symlink_metadata(&place)
                .map_err(|error| fs::failed("read", &place, error))?;
            entry.stamp = Stamp::of(&metadata);
            report.written += 1;
        }
        Ok(())
    }
}

/// The entries that the copy is to have, with what is known of those that it had.
fn wanted<'a>(
    entries: impl IntoIterator<Item = (&'a [u8], Mode, ObjectId)>,
    before: &[Entry],
) -> Result<Vec<Entry>> {
    let mut wanted: Vec<Entry> = Vec::with_capacity(before.len());
    for (path, mode, id) in entries {
        let path = RepoPath::new(path);
        check(&path)?;
        wanted.push(Entry {
            path,
            mode,
            id,
            hash: [0; 32],
            stamp: Stamp::NONE,
        });
    }
    if !wanted.is_sorted_by(|one, other| one.path < other.path) {
        wanted.sort_by(|one, other| one.path.cmp(&other.path));
        wanted.dedup_by(|one, other| one.path == other.path);
    }
    let mut before = before.iter().peekable();
    for entry in &mut wanted {
        while before.next_if(|it| it.path < entry.path).is_some() {}
        if let Some(known) = before.next_if(|it| it.path == entry.path)
            && (known.mode, known.id) == (entry.mode, entry.id)
        {
            (entry.hash, entry.stamp) = (known.hash, known.stamp);
        }
    }
    let links: HashSet<&[u8]> = wanted
        .iter()
        .filter(|it| !it.mode.is_file())
        .map(|it| it.path.as_bytes())
        .collect();
    if !links.is_empty() {
        let through = |entry: &&Entry| entry.path.folders().any(|folder| links.contains(folder));
        if let Some(entry) = wanted.iter().find(through) {
            return Err(Error::new(format!(
                "`{}` cannot be laid out: a folder above it is a link or another repository",
                entry.path
            )));
        }
    }
    Ok(wanted)
}

/// Where a file was written: its number, the hash of its content and how it looks.
type Written = (usize, [u8; 32], Stamp);

/// Writes files, this thread reading the contents and others (if any) writing them.
fn write_files(
    entries: &[Entry],
    files: Vec<(usize, PathBuf)>,
    read: &mut impl FnMut(&ObjectId) -> Result<Vec<u8>>,
    threads: usize,
) -> Result<Vec<Written>> {
    let write = |at: usize, place: &Path, bytes: &[u8]| -> Result<Written> {
        let hash = *blake3::hash(bytes).as_bytes();
        let executable = entries[at].mode == Mode::Executable;
        let metadata = fs::write_stamped(place, bytes, executable, time(&hash))
            .map_err(|error| clash(&entries[at].path, place, error))?;
        Ok((at, hash, Stamp::of(&metadata)))
    };
    if threads < 2 {
        return files
            .into_iter()
            .map(|(at, place)| {
                crate::process::check_interrupted()?;
                write(at, &place, &read(&entries[at].id)?)
            })
            .collect();
    }
    std::thread::scope(|scope| {
        let (senders, workers): (Vec<_>, Vec<_>) = (0..threads)
            .map(|_| {
                let (sender, receiver) =
                    std::sync::mpsc::sync_channel::<(usize, PathBuf, Vec<u8>)>(WAITING);
                let worker = scope.spawn(move || {
                    receiver
                        .into_iter()
                        .map(|(at, place, bytes)| write(at, &place, &bytes))
                        .collect::<Result<Vec<Written>>>()
                });
                (sender, worker)
            })
            .unzip();
        let mut outcome = Ok(());
        // Files of one folder go to one thread: the system lets only one at a time into a folder.
        let (mut turn, mut folder) = (0, None);
        for (at, place) in files {
            if folder.as_deref() != place.parent() {
                turn = (turn + 1) % threads;
                folder = place.parent().map(Path::to_owned);
            }
            let bytes = crate::process::check_interrupted().and_then(|()| read(&entries[at].id));
            match bytes {
                // A thread that has ended has an error to tell.
                Ok(bytes) => {
                    if senders[turn].send((at, place, bytes)).is_err() {
                        break;
                    }
                }
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        drop(senders);
        let mut written = Vec::new();
        for worker in workers {
            let part = worker
                .join()
                .unwrap_or_else(|_| Err(Error::new("a thread that writes files broke down")))?;
            written.extend(part);
        }
        outcome.map(|()| written)
    })
}

/// Whether a file can be run exactly where it should be; where the system has no such mark, always.
pub(super) fn has_mode(metadata: &std::fs::Metadata, mode: Mode) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        (metadata.permissions().mode() & 0o100 != 0) == (mode == Mode::Executable)
    }
    #[cfg(not(unix))]
    {
        let _ = (metadata, mode);
        true
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::{Changed, TreeShadow};
    use crate::git::{Mode, ObjectId};
    use crate::repo_path::RepoPath;

    #[test]
    fn what_a_tool_changed_is_told_and_undone() {
        let place = tempfile::tempdir().unwrap();
        let id = |bytes: &[u8]| ObjectId::of_blob(bytes).unwrap();
        let files = [("a.py", b"a"), ("deep/b.py", b"b"), ("deep/c.py", b"c")];
        let sync = || {
            let entries = files.map(|(path, bytes)| (path.as_bytes(), Mode::File, id(bytes)));
            let read = |wanted: &ObjectId| {
                let found = files.iter().find(|(_, bytes)| id(*bytes) == *wanted);
                Ok(found.unwrap().1.to_vec())
            };
            TreeShadow::sync(&place.path().join("tree"), entries, read)
                .unwrap()
                .0
        };
        let (a, b) = (RepoPath::new("a.py"), RepoPath::new("deep/b.py"));
        let shadow = sync();
        assert_eq!(shadow.changed([&a, &b]).unwrap(), []);
        // The same length, and the same time: only the content tells.
        let file = shadow.root().join("a.py");
        let before = file.metadata().unwrap().modified().unwrap();
        std::fs::write(&file, "A").unwrap();
        crate::fs::set_changed(&file, before).unwrap();
        std::fs::write(shadow.root().join("deep/c.py"), "C").unwrap();
        let changed = Changed {
            path: a.clone(),
            original: blake3::hash(b"a"),
            bytes: b"A".to_vec(),
        };
        assert_eq!(shadow.changed([&a, &b]).unwrap(), [changed]);
        let shadow = sync();
        let all = files.map(|(path, _)| RepoPath::new(path));
        assert_eq!(shadow.changed(&all).unwrap(), []);
        // Elsewhere, the same content would be there to read.
        std::fs::rename(shadow.root().join("deep"), place.path().join("away")).unwrap();
        symlink(place.path().join("away"), shadow.root().join("deep")).unwrap();
        assert_eq!(shadow.changed([&a]).unwrap(), []);
        let error = shadow.changed([&b]).unwrap_err();
        assert!(error.message().contains("link"), "{error}");
        assert_eq!(sync().changed(&all).unwrap(), []);
        assert!(shadow.changed([&RepoPath::new("d.py")]).is_err());
    }
}
