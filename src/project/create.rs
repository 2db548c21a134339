//! A plan made real, all or nothing: files, repository, first commit, then the one moment at which the project is there.
//!
//! Called by `cli`. How the repository is made is handed in, so that this module knows no git; how the environment is built comes
//! after it, once the project stands at its place.

use std::collections::BTreeSet;
use std::path::Path;

use super::journal::InPlace;
use super::plan::Plan;
use super::target::Target;
use crate::error::Result;
use crate::fs::stage::Stage;
use crate::process::check_interrupted;
use crate::template::composition::{Content, RenderedFile};

/// Makes the project at its target. `repository` is called once, with a folder in which every file lies; it makes the repository and
/// its first commit there.
///
/// # Errors
/// When the file system or git refuses, or the user interrupts. The target is then as it was; only where a folder is filled in
/// place and the moving itself was cut off, the next run finishes it ([`resume`]).
pub(crate) fn create(
    plan: &Plan,
    target: &Target,
    repository: &mut dyn FnMut(&Path) -> Result<()>,
) -> Result<()> {
    match target {
        Target::Absent(folder) => {
            let stage = Stage::begin(folder)?;
            let content = stage.content();
            write(&content, &plan.files)?;
            repository(&content)?;
            check_interrupted()?;
            stage.publish()
        }
        Target::Empty { folder, is_clone } => {
            let mut place = InPlace::begin(folder)?;
            let content = place.content();
            write(&content, &plan.files)?;
            if !is_clone {
                repository(&content)?;
            }
            check_interrupted()?;
            place.publish(&plan.digest())?;
            if *is_clone {
                // The repository is the clone's own, which does not move.
                repository(folder)?;
            }
            place.close();
            Ok(())
        }
    }
}

/// Finishes what a killed run had begun in `folder`, once its files are at their places: the commit in an empty clone.
///
/// # Errors
/// When git refuses.
pub(crate) fn resume(folder: &Path, repository: &mut dyn FnMut(&Path) -> Result<()>) -> Result<()> {
    repository(folder)?;
    super::journal::close(folder)
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
