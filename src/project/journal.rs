//! Filling a folder that stays in place: everything is made in a folder inside it, then moved entry by entry, in an order that is
//! written down first.
//!
//! Called by `create`. A run that is killed leaves the target empty but for our folder (undone by the next run), or with a
//! written journal (finished by the next run). It must not know what it moves.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::fs::lock::Lock;

/// The folder inside the target.
pub(crate) const FOLDER: &str = ".scaffold-new";
const LOCK: &str = "lock";
const ROOT: &str = "root";
const JOURNAL: &str = "journal";

/// What is to be moved, in order, as paths relative to the target.
#[derive(Debug, Serialize, Deserialize)]
struct Moves {
    schema: u32,
    /// Which plan this is.
    digest: String,
    /// The names of the entries, each a name in the folder that was filled and then one in the target.
    order: Vec<String>,
}

/// What the run before this one had left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// Nothing.
    Nothing,
    /// A beginning, which was removed.
    Undone,
    /// A complete project, half moved, which was moved to its end. Its plan had this digest. [`close`] ends the matter.
    Finished(String),
}

/// A folder being filled in place.
#[derive(Debug)]
pub(crate) struct InPlace {
    target: PathBuf,
    lock: Option<Lock>,
    /// Whether the journal is written and something is left to do, by the next run if need be.
    under_way: bool,
}

/// Finishes or undoes what a killed run left in a folder.
///
/// # Errors
/// When another run is at work there, or the file system refuses.
pub(crate) fn recover(target: &Path) -> Result<Recovered> {
    let folder = target.join(FOLDER);
    match std::fs::symlink_metadata(&folder) {
        Err(_) => return Ok(Recovered::Nothing),
        Ok(metadata) if !metadata.is_dir() => {
            return Err(
                Error::new(format!("`{}` is not a folder", folder.display()))
                    .hint("no run of this program made it: move it away"),
            );
        }
        Ok(_) => {}
    }
    if crate::fs::list(&folder)?.is_empty() {
        crate::fs::remove_empty_dir(&folder)?;
        return Ok(Recovered::Undone);
    }
    let Some(lock) = Lock::try_take(&folder.join(LOCK))? else {
        return Err(Error::new(format!(
            "another run is making a project in `{}`",
            target.display()
        ))
        .hint("wait for it to end"));
    };
    let recovered = match crate::fs::read_text_if_any(&folder.join(JOURNAL))? {
        None => Recovered::Undone,
        Some(text) => {
            let damaged = || {
                Error::new(format!("`{}` is damaged", folder.join(JOURNAL).display())).hint(
                    format!(
                        "nothing but {FOLDER} is ours in that folder: look into it, then delete it"
                    ),
                )
            };
            let moves: Moves =
                serde_json::from_str(&text).map_err(|error| damaged().caused_by(error))?;
            // It may come with a folder from anywhere: it moves nothing but what lies in our own folder, to beside it.
            if !moves.order.iter().all(|name| is_entry(name)) {
                return Err(damaged());
            }
            finish(target, &moves)?;
            Recovered::Finished(moves.digest)
        }
    };
    // Windows does not remove a file that is open.
    drop(lock);
    if recovered == Recovered::Undone {
        close(target)?;
    }
    Ok(recovered)
}

/// Removes our folder from a target: nothing is left to do there.
///
/// # Errors
/// When the file system refuses.
pub(crate) fn close(target: &Path) -> Result<()> {
    crate::fs::remove_dir_all(&target.join(FOLDER))
}

impl InPlace {
    /// Begins to fill a folder.
    ///
    /// # Errors
    /// When nothing can be made in it.
    pub(crate) fn begin(target: &Path) -> Result<Self> {
        let folder = target.join(FOLDER);
        crate::fs::create_dir(&folder)?;
        let mut place = Self {
            target: target.to_owned(),
            lock: None,
            under_way: false,
        };
        // From here on dropping it undoes it.
        place.lock = Lock::try_take(&folder.join(LOCK))?;
        crate::fs::create_dir(&place.content())?;
        Ok(place)
    }

    /// The folder to fill: its entries become those of the target.
    pub(crate) fn content(&self) -> PathBuf {
        self.target.join(FOLDER).join(ROOT)
    }

    /// Moves everything to its place. From now on the way is forward: a run that is killed before [`InPlace::close`] is finished by
    /// the next one.
    ///
    /// # Errors
    /// When the file system refuses; the next run finishes then.
    pub(crate) fn publish(&mut self, digest: &str) -> Result<()> {
        let mut names = Vec::new();
        for entry in crate::fs::list(&self.content())? {
            let name = entry
                .file_name()
                .and_then(|name| name.to_str())
                .ok_or_else(|| Error::new(format!("`{}` is not UTF-8 text", entry.display())))?;
            names.push(name.to_owned());
        }
        // The repository last: as soon as it is there, everything is.
        names.sort_by_key(|name| name == ".git");
        let moves = Moves {
            schema: 1,
            digest: digest.to_owned(),
            order: names,
        };
        let text = serde_json::to_string(&moves)
            .map_err(|error| Error::new("cannot write the journal").caused_by(error))?;
        crate::fs::atomic::replace(&self.target.join(FOLDER).join(JOURNAL), text.as_bytes())?;
        self.under_way = true;
        finish(&self.target, &moves)
    }

    /// Says that nothing is left to do.
    pub(crate) fn close(mut self) {
        self.under_way = false;
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        // Windows does not remove a file that is open.
        self.lock = None;
        if !self.under_way {
            // What cannot be removed now is removed by the next run.
            drop(crate::fs::remove_dir_all(&self.target.join(FOLDER)));
        }
    }
}

/// Whether this is the name of an entry: one ordinary part of a path, and not our own folder.
fn is_entry(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!(components.next(), Some(std::path::Component::Normal(part)) if part == name)
        && components.next().is_none()
        && name != FOLDER
}

/// Makes every move that is not made yet.
fn finish(target: &Path, moves: &Moves) -> Result<()> {
    for name in &moves.order {
        let (source, destination) = (target.join(FOLDER).join(ROOT).join(name), target.join(name));
        if std::fs::symlink_metadata(&source).is_err() {
            continue;
        }
        if std::fs::symlink_metadata(&destination).is_ok() {
            return Err(Error::new(format!(
                "`{}` has appeared meanwhile",
                destination.display()
            ))
            .hint("move it away and run the same command again: it goes on where it stopped"));
        }
        crate::fs::rename(&source, &destination)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FOLDER, InPlace, Recovered, recover};
    use crate::fs::{list, write_new};

    fn begun(target: &Path) -> InPlace {
        let place = InPlace::begin(target).unwrap();
        for name in ["a.txt", "b.txt"] {
            write_new(&place.content().join(name), name.as_bytes(), false).unwrap();
        }
        place
    }

    fn names(target: &Path) -> Vec<String> {
        let name =
            |path: std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        list(target).unwrap().into_iter().map(name).collect()
    }

    #[test]
    fn a_beginning_is_undone_by_the_next_run() {
        let target = tempfile::tempdir().unwrap();
        // What a kill leaves: the folder, and nobody who holds its lock.
        crate::fs::create_dirs(&target.path().join(FOLDER).join("root")).unwrap();
        write_new(&target.path().join(FOLDER).join("lock"), b"", false).unwrap();
        assert_eq!(recover(target.path()).unwrap(), Recovered::Undone);
        assert_eq!(names(target.path()), [""; 0]);
    }

    #[test]
    fn a_written_journal_is_finished_by_the_next_run() {
        let target = tempfile::tempdir().unwrap();
        let mut place = begun(target.path());
        // The second move cannot be made.
        write_new(&target.path().join("b.txt"), b"mine", false).unwrap();
        assert!(place.publish("digest").is_err());
        drop(place);
        assert_eq!(names(target.path()), [FOLDER, "a.txt", "b.txt"]);
        assert!(recover(target.path()).is_err());
        crate::fs::remove_file(&target.path().join("b.txt")).unwrap();
        assert_eq!(
            recover(target.path()).unwrap(),
            Recovered::Finished("digest".to_owned())
        );
        super::close(target.path()).unwrap();
        assert_eq!(names(target.path()), ["a.txt", "b.txt"]);
        assert_eq!(
            std::fs::read(target.path().join("b.txt")).unwrap(),
            b"b.txt"
        );
    }

    #[test]
    fn a_journal_from_elsewhere_moves_nothing() {
        let place = tempfile::tempdir().unwrap();
        write_new(&place.path().join("victim.txt"), b"mine", false).unwrap();
        for name in [
            "../victim.txt",
            "/etc/passwd",
            "a/b",
            "..",
            "",
            ".scaffold-new",
        ] {
            let target = place.path().join("target");
            let folder = target.join(FOLDER);
            crate::fs::create_dirs(&folder.join("root")).unwrap();
            write_new(&folder.join("lock"), b"", false).unwrap();
            let text =
                serde_json::json!({ "schema": 1, "digest": "x", "order": [name] }).to_string();
            write_new(&folder.join("journal"), text.as_bytes(), false).unwrap();
            assert!(
                recover(&target)
                    .unwrap_err()
                    .message()
                    .contains("is damaged"),
                "{name}"
            );
            assert!(place.path().join("victim.txt").exists());
            crate::fs::remove_dir_all(&target).unwrap();
        }
    }

    #[test]
    fn a_live_run_is_left_alone() {
        let target = tempfile::tempdir().unwrap();
        let place = begun(target.path());
        assert!(
            recover(target.path())
                .unwrap_err()
                .message()
                .contains("another run")
        );
        drop(place);
        assert_eq!(names(target.path()), [""; 0]);
    }
}
