//! A plan made real, all or nothing: files, repository, first commit, then the one moment at which the project is there.
//!
//! Called by `cli`. How the repository is made is handed in, so that this module knows no git; how the environment is built comes
//! after it, once the project stands at its place.

use std::collections::BTreeSet;
use std::path::Path;

use super::in_place::InPlace;
use super::plan::Plan;
use super::target::Target;
use crate::error::{Error, Result};
use crate::fs::snapshot::Snapshot;
use crate::fs::stage::Stage;
use crate::process::check_interrupted;
use crate::template::composition::{Content, RenderedFile};

/// Makes the project at its target. `repository` is called once, with a folder in which every file lies; it makes the repository and
/// its first commit there. What is returned is what could not be cleared away after a project that is whole.
///
/// # Errors
/// When the file system or git refuses, or the user interrupts. The target is then as it was; where that could not be, the error
/// names what is left. Going on with what an interrupted run had left is the exception: it fails forward, and can be repeated.
pub(crate) fn create(
    plan: &Plan,
    target: &Target,
    repository: &mut dyn FnMut(&Path) -> Result<()>,
) -> Result<Option<Error>> {
    match target {
        Target::Absent(folder) => {
            let mut stage = Stage::begin(folder)?;
            let content = stage.content();
            let made = write(&content, &plan.files)
                .and_then(|()| repository(&content))
                .and_then(|()| check_interrupted())
                .and_then(|()| stage.publish());
            match made {
                Ok(()) => Ok(stage.clear().err()),
                Err(error) => Err(stage.clear_after(error)),
            }
        }
        Target::Empty { folder, is_clone } => {
            let mut place = InPlace::begin(folder)?;
            let content = place.content();
            let mut made = write(&content, &plan.files);
            if !is_clone {
                made = made.and_then(|()| repository(&content));
            }
            let made = made
                .and_then(|()| check_interrupted())
                .and_then(|()| place.publish(&plan.digest()));
            if let Err(error) = made {
                return Err(place.undo_after(error));
            }
            if *is_clone {
                commit_in_clone(&mut place, folder, repository)?;
            }
            Ok(place.close().err())
        }
        Target::CutOff { folder, .. } => {
            let mut place = InPlace::go_on(folder)?;
            repository(folder)?;
            Ok(place.close().err())
        }
    }
}

/// Commits in the clone's own repository, which does not move. Where that fails, it is put back as it was, and then the files are.
fn commit_in_clone(
    place: &mut InPlace,
    folder: &Path,
    repository: &mut dyn FnMut(&Path) -> Result<()>,
) -> Result<()> {
    let before = match Snapshot::of(&folder.join(".git")) {
        Ok(before) => before,
        Err(error) => return Err(place.undo_after(error)),
    };
    let Err(error) = repository(folder) else {
        return Ok(());
    };
    Err(match before.restore() {
        Ok(()) => place.undo_after(error),
        Err(left) => error.and(&place.half_made(left)),
    })
}

/// Moves what an interrupted run had begun in a folder to its end, whatever it was.
///
/// # Errors
/// When the file system refuses; it can be repeated then.
pub(crate) fn finish(folder: &Path) -> Result<()> {
    InPlace::go_on(folder)?.close()
}

/// Writes every file below `root`, which exists and is empty.
fn write(root: &Path, files: &[RenderedFile]) -> Result<()> {
    let mut folders = BTreeSet::new();
    for file in files {
        check_interrupted()?;
        // Paths were checked to stay inside; each folder is made once, those above it first.
        for (end, _) in file.path.match_indices('/') {
            let folder = &file.path[..end];
            if folders.insert(folder) {
                crate::fs::create_dir(&root.join(folder))?;
            }
        }
        let path = root.join(&file.path);
        match &file.content {
            Content::Bytes { bytes, executable } => {
                crate::fs::write_new(&path, bytes, *executable)?;
            }
            Content::Link(target) => crate::fs::symlink(Path::new(target), &path)?,
        }
    }
    Ok(())
}
