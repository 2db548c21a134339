//! Filling a folder that stays in place: everything is made in a folder inside it, then moved entry by entry, in an order that is
//! written down first.
//!
//! Called by `create`. A run that fails takes back what it moved. A run that is killed leaves the target empty but for our folder
//! (removed by the next run), or with a written journal (finished by the next run). It must not know what it moves.

use std::path::{Path, PathBuf};

use super::journal::{FOLDER, JOURNAL, LOCK, Left, Moves, ROOT, look};
use crate::error::{Error, Result};
use crate::fs::lock::Lock;

/// A folder being filled in place.
#[derive(Debug)]
pub(super) struct InPlace {
    target: PathBuf,
    lock: Option<Lock>,
    /// What is written down, once it is.
    moves: Option<Moves>,
}

impl InPlace {
    /// Begins to fill a folder; what an earlier run had only begun there is removed first.
    ///
    /// # Errors
    /// When nothing can be made in it, or another run is at work there.
    pub(super) fn begin(target: &Path) -> Result<Self> {
        if look(target)? == Left::Beginning {
            crate::fs::clear_away(&target.join(FOLDER))?;
        }
        let folder = target.join(FOLDER);
        crate::fs::create_dir(&folder).map_err(|error| error.about(&folder, target))?;
        let mut place = Self {
            target: target.to_owned(),
            lock: None,
            moves: None,
        };
        match place.fill() {
            Ok(()) => Ok(place),
            Err(error) => Err(place.undo_after(error)),
        }
    }

    /// Goes on with a project that an interrupted run had begun to move, and moves it to its end. What is left to do then is
    /// [`InPlace::close`].
    ///
    /// # Errors
    /// When there is none, another run is at work there, or the file system refuses; the next run goes on then.
    pub(super) fn go_on(target: &Path) -> Result<Self> {
        let Left::Project(moves) = look(target)? else {
            return Err(Error::new(format!(
                "nothing is left to finish in `{}`",
                target.display()
            ))
            .hint("run the same command again"));
        };
        let lock = target.join(FOLDER).join(LOCK);
        let place = Self {
            target: target.to_owned(),
            // There is no folder any more where the run before this one was killed at its very end.
            lock: if target.join(FOLDER).is_dir() {
                Lock::try_take(&lock)?
            } else {
                None
            },
            moves: None,
        };
        moves.forward(target)?;
        Ok(place)
    }

    fn fill(&mut self) -> Result<()> {
        let lock = self.target.join(FOLDER).join(LOCK);
        self.lock = Lock::try_take(&lock).map_err(|error| error.about(&lock, &self.target))?;
        crate::fs::create_dir(&self.content())
    }

    /// The folder to fill: its entries become those of the target.
    pub(super) fn content(&self) -> PathBuf {
        self.target.join(FOLDER).join(ROOT)
    }

    /// Moves everything to its place. From now on a run that is killed is finished by the next one.
    ///
    /// # Errors
    /// When the file system refuses; [`InPlace::undo_after`] takes back what was moved.
    pub(super) fn publish(&mut self, digest: &str) -> Result<()> {
        let moves = Moves::of(&self.target, digest)?;
        moves.write(&self.target)?;
        let result = moves.forward(&self.target);
        self.moves = Some(moves);
        result
    }

    /// Says that nothing is left to do.
    ///
    /// # Errors
    /// When something of ours cannot be removed, naming it.
    pub(super) fn close(&mut self) -> Result<()> {
        self.clear(&[FOLDER, JOURNAL])
    }

    /// Makes the target what it was before, after a failure, and gives the error to report: it says what is left, where something is.
    pub(super) fn undo_after(&mut self, error: Error) -> Error {
        let error = error.about(&self.content(), &self.target);
        if let Some(moves) = &self.moves
            && let Err(left) = moves.back(&self.target)
        {
            return error.and(&self.half_made(left));
        }
        // The journal first: it may not promise what is being removed.
        match self.clear(&[JOURNAL, FOLDER]) {
            Ok(()) => error,
            Err(left) => error.and(&left),
        }
    }

    /// What is said where a beginning can be neither finished nor taken back.
    pub(super) fn half_made(&self, reason: Error) -> Error {
        Error::new(format!(
            "`{}` is half made, and cannot be put back as it was",
            self.target.display()
        ))
        .hint("run the same command again: it finishes the project")
        .caused_by(reason)
    }

    /// Removes what is ours, in this order.
    fn clear(&mut self, names: &[&str]) -> Result<()> {
        // Windows does not remove a file that is open.
        self.lock = None;
        for (index, name) in names.iter().enumerate() {
            let path = self.target.join(name);
            let removed = if *name == JOURNAL {
                crate::fs::remove_file(&path).or_else(|_| crate::fs::remove_file(&path))
            } else {
                crate::fs::clear_away(&path)
            };
            removed.map_err(|error| {
                // Those after it stay, too: they say what to make of it.
                let left = names[index..].iter().map(|it| self.target.join(it));
                let left = left.filter(|it| it.symlink_metadata().is_ok());
                let left: Vec<String> = left.map(|it| format!("`{}`", it.display())).collect();
                Error::new(format!("left behind: {}", left.join(", ")))
                    .hint("the same command, run again, clears that away; or delete it yourself")
                    .caused_by(error)
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FOLDER, InPlace, JOURNAL, Left, look};
    use crate::error::Error;
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
    fn everything_is_moved_and_nothing_of_ours_stays() {
        let target = tempfile::tempdir().unwrap();
        let mut place = begun(target.path());
        place.publish("digest").unwrap();
        place.close().unwrap();
        assert_eq!(names(target.path()), ["a.txt", "b.txt"]);
    }

    #[test]
    fn a_beginning_is_removed_by_the_next_run() {
        let target = tempfile::tempdir().unwrap();
        // What a kill leaves: the folder, and nobody who holds its lock.
        crate::fs::create_dirs(&target.path().join(FOLDER).join("root")).unwrap();
        write_new(&target.path().join(FOLDER).join("lock"), b"", false).unwrap();
        let mut place = begun(target.path());
        place.publish("digest").unwrap();
        place.close().unwrap();
        assert_eq!(names(target.path()), ["a.txt", "b.txt"]);
    }

    #[test]
    fn a_move_that_cannot_be_made_takes_back_those_before_it() {
        let target = tempfile::tempdir().unwrap();
        let mut place = begun(target.path());
        // The second move cannot be made.
        write_new(&target.path().join("b.txt"), b"mine", false).unwrap();
        let error = place.publish("digest").unwrap_err();
        assert!(error.message().contains("has appeared meanwhile"));
        let error = place.undo_after(error);
        assert_eq!(error.hints().len(), 1, "{error:?}");
        assert_eq!(names(target.path()), ["b.txt"]);
        assert_eq!(std::fs::read(target.path().join("b.txt")).unwrap(), b"mine");
    }

    #[test]
    fn a_written_journal_is_finished_by_the_next_run() {
        let target = tempfile::tempdir().unwrap();
        let mut place = begun(target.path());
        write_new(&target.path().join("b.txt"), b"mine", false).unwrap();
        assert!(place.publish("digest").is_err());
        // As if killed there.
        drop(place);
        assert_eq!(names(target.path()), [FOLDER, JOURNAL, "a.txt", "b.txt"]);
        assert!(InPlace::go_on(target.path()).is_err());
        crate::fs::remove_file(&target.path().join("b.txt")).unwrap();
        let Left::Project(moves) = look(target.path()).unwrap() else {
            panic!("it is written down")
        };
        assert_eq!(moves.digest(), "digest");
        let mut place = InPlace::go_on(target.path()).unwrap();
        place.close().unwrap();
        assert_eq!(names(target.path()), ["a.txt", "b.txt"]);
        assert_eq!(
            std::fs::read(target.path().join("b.txt")).unwrap(),
            b"b.txt"
        );
    }

    #[test]
    fn a_live_run_is_left_alone() {
        let target = tempfile::tempdir().unwrap();
        let mut place = begun(target.path());
        let other = InPlace::begin(target.path()).unwrap_err();
        assert!(other.message().contains("another run"));
        let _ = place.undo_after(Error::interrupted());
        assert_eq!(names(target.path()), [""; 0]);
    }
}
