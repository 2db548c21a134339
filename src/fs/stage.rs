//! A folder being made out of sight: filled beside its place, then put there by one rename.
//!
//! Called by `project` to make a project all or nothing. What a killed run left is recognised by its name and its lock, and
//! removed by the next run. It must not know what is in the folder.

use std::path::{Path, PathBuf};

use super::lock::Lock;
use crate::error::{Error, Result};

/// What the names of all stages begin with.
const PREFIX: &str = ".scaffold-stage-";
/// Held by the run that fills the stage; the system lets go of it when that run ends, however it ends.
const LOCK: &str = "lock";
/// What is being made.
const ROOT: &str = "root";

/// A place where a folder is made before it is put where it belongs.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: PathBuf,
    /// The nearest folder above the target that exists; the stage lies in it, so that a rename is possible.
    base: PathBuf,
    /// The part of the target below `base`.
    missing: PathBuf,
    lock: Option<Lock>,
}

impl Stage {
    /// Begins to make the folder `target` (absolute), which must not exist; folders above it may be missing too.
    ///
    /// # Errors
    /// When nothing can be made there.
    pub(crate) fn begin(target: &Path) -> Result<Self> {
        let base = target
            .ancestors()
            .skip(1)
            .find(|it| it.is_dir())
            .ok_or_else(|| Error::new(format!("`{}` has no folder above it", target.display())))?;
        let missing = target
            .strip_prefix(base)
            .map_err(|error| {
                Error::new(format!("`{}` is not a path", target.display())).caused_by(error)
            })?
            .to_owned();
        sweep(base)?;
        let folder = base.join(format!("{PREFIX}{}", std::process::id()));
        super::create_dir(&folder).map_err(|error| {
            let error = error.about(&folder, target);
            match error.hints() {
                [] => error.hint(format!(
                    "nothing can be made in `{}`: choose another folder",
                    base.display()
                )),
                _ => error,
            }
        })?;
        let mut stage = Self {
            folder,
            base: base.to_owned(),
            missing,
            lock: None,
        };
        match stage.fill() {
            Ok(()) => Ok(stage),
            Err(error) => Err(stage.clear_after(error)),
        }
    }

    /// Makes what every stage holds.
    fn fill(&mut self) -> Result<()> {
        let lock = self.folder.join(LOCK);
        let target = self.base.join(&self.missing);
        self.lock = Lock::try_take(&lock).map_err(|error| error.about(&lock, &target))?;
        super::create_dirs(&self.content())
    }

    /// The folder to fill: it becomes the target.
    pub(crate) fn content(&self) -> PathBuf {
        self.folder.join(ROOT).join(&self.missing)
    }

    /// Puts the folder at its place, whole, at one moment.
    ///
    /// # Errors
    /// When something has appeared at the target meanwhile, or the rename fails; the target is as it was then.
    pub(crate) fn publish(&mut self) -> Result<()> {
        let Some(first) = self.missing.components().next() else {
            return Err(Error::new("the folder to make has no name"));
        };
        let to = self.base.join(first);
        if std::fs::symlink_metadata(&to).is_ok() {
            return Err(
                Error::new(format!("`{}` has appeared meanwhile", to.display()))
                    .hint("run the same command again, or choose another name"),
            );
        }
        super::rename(&self.folder.join(ROOT).join(first), &to)
    }

    /// Removes the stage with all that is still in it.
    ///
    /// # Errors
    /// When it cannot be removed, naming it; the next run that makes something beside it tries again.
    pub(crate) fn clear(&mut self) -> Result<()> {
        // Windows does not remove a file that is open.
        self.lock = None;
        super::clear_away(&self.folder).map_err(|error| {
            Error::new(format!("`{}` is left behind", self.folder.display()))
                .hint(
                    "the next project that is made beside it clears it away; or delete it yourself",
                )
                .caused_by(error)
        })
    }

    /// Removes the stage after a failure, and gives the error to report: it says what is left, where something is.
    pub(crate) fn clear_after(&mut self, error: Error) -> Error {
        let error = error.about(&self.content(), &self.base.join(&self.missing));
        match self.clear() {
            Ok(()) => error,
            Err(left) => error.and(&left),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nothing where it was cleared, which every ordinary way does; not to be reported where a panic came in between.
        drop(self.clear());
    }
}

/// Removes the stages in a folder whose run has ended.
///
/// # Errors
/// When the folder cannot be read.
fn sweep(base: &Path) -> Result<()> {
    for path in super::list(base)? {
        let ours = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(PREFIX));
        if ours && path.is_dir() && is_abandoned(&path) {
            // Another run may be sweeping it too.
            drop(super::remove_dir_all(&path));
        }
    }
    Ok(())
}

/// Whether nobody fills this stage any more: it holds nothing but what a stage holds, and its lock is free.
fn is_abandoned(stage: &Path) -> bool {
    let Ok(entries) = super::list(stage) else {
        return false;
    };
    if entries.is_empty() {
        // Killed before its lock was made, or about to make it: only an empty folder is at stake.
        return super::remove_empty_dir(stage).is_ok() && stage.exists();
    }
    entries
        .iter()
        .all(|it| it.ends_with(LOCK) || it.ends_with(ROOT))
        && matches!(Lock::try_take(&stage.join(LOCK)), Ok(Some(_)))
}

#[cfg(test)]
mod tests {
    use super::Stage;

    #[test]
    fn the_target_appears_whole_with_the_folders_above_it() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("a/b/hello");
        let mut stage = Stage::begin(&target).unwrap();
        crate::fs::write_new(&stage.content().join("x.txt"), b"x", false).unwrap();
        assert!(!place.path().join("a").exists());
        stage.publish().unwrap();
        stage.clear().unwrap();
        assert_eq!(std::fs::read(target.join("x.txt")).unwrap(), b"x");
        assert_eq!(
            crate::fs::list(place.path()).unwrap(),
            [place.path().join("a")]
        );
    }

    #[test]
    fn what_a_dead_run_left_is_swept_and_what_a_live_one_fills_is_not() {
        let place = tempfile::tempdir().unwrap();
        let dead = place.path().join(".scaffold-stage-1");
        crate::fs::create_dirs(&dead.join("root/hello")).unwrap();
        crate::fs::write_new(&dead.join("lock"), b"", false).unwrap();
        let live = place.path().join(".scaffold-stage-2");
        crate::fs::create_dirs(&live.join("root")).unwrap();
        let _held = crate::fs::lock::Lock::try_take(&live.join("lock"))
            .unwrap()
            .unwrap();
        let foreign = place.path().join(".scaffold-stage-notes");
        crate::fs::create_dirs(&foreign.join("mine")).unwrap();
        drop(Stage::begin(&place.path().join("hello")).unwrap());
        assert!(!dead.exists());
        assert!(live.exists());
        assert!(foreign.exists());
    }
}
