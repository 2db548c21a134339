//! Keeping the store small: entries that were not used for longest go first, and what killed runs left goes too.
//!
//! Called after saving, the only time at which the store grows.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Store, manifest};
use crate::fs;

/// The most entries.
const ENTRIES: usize = 16;

/// The most bytes of all entries together, a file that is linked from elsewhere counted like any other.
const BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// What is being made or removed for longer than this was left behind by a killed run.
const ABANDONED: Duration = Duration::from_hours(1);

struct Stored {
    used: SystemTime,
    bytes: u64,
    folder: PathBuf,
}

/// Removes what is too much; the entry with the key given stays in any case.
pub(super) fn keep(store: &Store, key: &str) {
    within(store, key, ENTRIES, BYTES);
}

fn within(store: &Store, key: &str, entries: usize, bytes: u64) {
    let (mut stored, mut count, mut total) = (Vec::new(), 0, 0);
    for folder in fs::list(&store.root).unwrap_or_default() {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(".tmp-") {
            if changed(&folder).is_none_or(|it| it.elapsed().is_ok_and(|it| it > ABANDONED)) {
                drop(fs::remove_dir_all(&folder));
            }
            continue;
        }
        let bytes = bytes_of(&folder);
        count += 1;
        total += bytes.unwrap_or(0);
        if name != key {
            stored.push(Stored {
                // One without these files is broken: it goes first.
                used: changed(&folder.join(manifest::USED)).unwrap_or(SystemTime::UNIX_EPOCH),
                bytes: bytes.unwrap_or(0),
                folder,
            });
        }
    }
    stored.sort_by_key(|it| std::cmp::Reverse(it.used));
    while count > entries || total > bytes {
        let Some(oldest) = stored.pop() else { break };
        store.discard(&oldest.folder);
        count -= 1;
        total -= oldest.bytes;
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

fn bytes_of(folder: &Path) -> Option<u64> {
    let file = std::fs::File::open(folder.join(manifest::NAME)).ok()?;
    let mut line = String::new();
    BufReader::new(file).read_line(&mut line).ok()?;
    manifest::bytes(line.trim_end())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::super::FORMAT;
    use super::{Store, fs, manifest, within};

    fn store(entries: &[(&str, u64)]) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store {
            root: folder.path().to_owned(),
        };
        for (age, (key, bytes)) in entries.iter().enumerate() {
            let entry = folder.path().join(key);
            std::fs::create_dir(&entry).unwrap();
            std::fs::write(
                entry.join(manifest::NAME),
                format!("{FORMAT} {bytes}\nend 0\n"),
            )
            .unwrap();
            let used = entry.join(manifest::USED);
            std::fs::write(&used, "").unwrap();
            let age = Duration::from_secs(60 * (age as u64 + 1));
            fs::set_changed(&used, SystemTime::now() - age).unwrap();
        }
        (folder, store)
    }

    fn left(store: &Store) -> Vec<String> {
        fs::list(&store.root)
            .unwrap()
            .iter()
            .map(|it| it.file_name().unwrap().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn the_longest_unused_go_first_until_both_bounds_hold() {
        let (_folder, kept) = store(&[("a", 10), ("b", 10), ("c", 10), ("d", 10)]);
        within(&kept, "d", 3, 100);
        assert_eq!(left(&kept), ["a", "b", "d"]);
        within(&kept, "d", 3, 25);
        assert_eq!(left(&kept), ["a", "d"]);
        within(&kept, "d", 3, 5);
        assert_eq!(left(&kept), ["d"]);
    }

    #[test]
    fn what_a_killed_run_left_goes_once_it_is_old() {
        let (folder, kept) = store(&[("a", 10)]);
        for name in [".tmp-1-0", ".tmp-2-0"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let old = SystemTime::now() - Duration::from_hours(2);
        std::fs::File::open(folder.path().join(".tmp-1-0"))
            .unwrap()
            .set_modified(old)
            .unwrap();
        within(&kept, "a", 3, 100);
        assert_eq!(left(&kept), [".tmp-2-0", "a"]);
    }
}
