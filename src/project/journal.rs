//! What is written down about a folder that is being filled in place, and what the next run makes of it.
//!
//! Written by `in_place`, read by `target`. Three states can be met: nothing; a beginning, of which nothing lies in the target yet
//! but our own folder; and a project that is complete, if not all at its place. It must not know what is moved.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::fs::lock::Lock;

/// The folder inside the target in which everything is made.
pub(super) const FOLDER: &str = ".scaffold-new";
/// The journal, beside that folder: it is the last thing that goes, and it goes at one moment.
pub(super) const JOURNAL: &str = ".scaffold-new.json";
/// In our folder: held by the run that fills the target.
pub(super) const LOCK: &str = "lock";
/// In our folder: what is to be moved.
pub(super) const ROOT: &str = "root";

/// What is to be moved, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moves {
    schema: u32,
    /// Which plan this is.
    digest: String,
    /// The names of the entries, each a name in the folder that was filled and then one in the target.
    order: Vec<String>,
}

/// What an earlier run left in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing.
    Nothing,
    /// A beginning, which is only to be removed.
    Beginning,
    /// A complete project, which is to be moved to its end.
    Project(Moves),
}

/// Whether this name in a target is ours.
pub(super) fn is_ours(name: &str) -> bool {
    name == FOLDER || name == JOURNAL
}

/// Looks at what an earlier run left in a folder, and changes nothing.
///
/// # Errors
/// When another run is at work there, or what lies there is not what a run of ours leaves.
pub(super) fn look(target: &Path) -> Result<Left> {
    let folder = target.join(FOLDER);
    let begun = match std::fs::symlink_metadata(&folder) {
        Err(_) => false,
        Ok(metadata) if metadata.is_dir() => true,
        Ok(_) => {
            return Err(
                Error::new(format!("`{}` is not a folder", folder.display()))
                    .hint("no run of this program made it: move it away"),
            );
        }
    };
    if begun && Lock::is_held(&folder.join(LOCK))? {
        return Err(Error::new(format!(
            "another run is making a project in `{}`",
            target.display()
        ))
        .hint("wait for it to end"));
    }
    match crate::fs::read_text_if_any(&target.join(JOURNAL))? {
        Some(text) => Moves::parse(&text, target).map(Left::Project),
        None if begun => Ok(Left::Beginning),
        None => Ok(Left::Nothing),
    }
}

impl Moves {
    /// For everything that lies in our folder in a target.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(super) fn of(target: &Path, digest: &str) -> Result<Self> {
        let mut order = Vec::new();
        for entry in crate::fs::list(&target.join(FOLDER).join(ROOT))? {
            let name = entry
                .file_name()
                .and_then(|name| name.to_str())
                .ok_or_else(|| Error::new(format!("`{}` is not UTF-8 text", entry.display())))?;
            order.push(name.to_owned());
        }
        // The repository last: as soon as it is there, everything is.
        order.sort_by_key(|name| name == ".git");
        Ok(Self {
            schema: 1,
            digest: digest.to_owned(),
            order,
        })
    }

    fn parse(text: &str, target: &Path) -> Result<Self> {
        let damaged = || {
            Error::new(format!("`{}` is damaged", target.join(JOURNAL).display())).hint(format!(
                "nothing but {FOLDER} and {JOURNAL} is ours in that folder: look into them, then delete them"
            ))
        };
        let moves: Self = serde_json::from_str(text).map_err(|error| damaged().caused_by(error))?;
        // It may come with a folder from anywhere: it moves nothing but what lies in our own folder, to beside it.
        if moves.order.iter().all(|name| is_entry(name)) {
            Ok(moves)
        } else {
            Err(damaged())
        }
    }

    /// Which plan this is.
    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    /// Writes them down in a target, at one moment.
    ///
    /// # Errors
    /// When the file system refuses.
    pub(super) fn write(&self, target: &Path) -> Result<()> {
        let text = serde_json::to_string(self)
            .map_err(|error| Error::new("cannot write the journal").caused_by(error))?;
        let draft = target.join(FOLDER).join("journal");
        crate::fs::write_new(&draft, text.as_bytes(), false)?;
        crate::fs::rename(&draft, &target.join(JOURNAL))
    }

    /// Makes every move that is not made yet.
    ///
    /// # Errors
    /// When the file system refuses, or something else lies at a place.
    pub(super) fn forward(&self, target: &Path) -> Result<()> {
        for name in &self.order {
            let (inside, outside) = places(target, name);
            if !is_there(&inside) {
                continue;
            }
            if is_there(&outside) {
                return Err(
                    Error::new(format!("`{}` has appeared meanwhile", outside.display()))
                        .hint("move it away and run the same command again"),
                );
            }
            crate::fs::rename(&inside, &outside)?;
        }
        Ok(())
    }

    /// Takes back every move that was made.
    ///
    /// # Errors
    /// When the file system refuses.
    pub(super) fn back(&self, target: &Path) -> Result<()> {
        for name in self.order.iter().rev() {
            let (inside, outside) = places(target, name);
            if !is_there(&inside) && is_there(&outside) {
                crate::fs::rename(&outside, &inside)?;
            }
        }
        Ok(())
    }
}

/// Where an entry lies before its move, and after.
fn places(target: &Path, name: &str) -> (PathBuf, PathBuf) {
    (target.join(FOLDER).join(ROOT).join(name), target.join(name))
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// Whether this is the name of an entry: one ordinary part of a path, and nothing of ours.
fn is_entry(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!(components.next(), Some(Component::Normal(part)) if part == name)
        && components.next().is_none()
        && !is_ours(name)
}

#[cfg(test)]
mod tests {
    use super::{FOLDER, JOURNAL, Left, look};
    use crate::fs::{create_dirs, write_new};

    #[test]
    fn a_journal_from_elsewhere_moves_nothing() {
        for name in [
            "../victim.txt",
            "/etc/passwd",
            "a/b",
            "..",
            "",
            FOLDER,
            JOURNAL,
        ] {
            let target = tempfile::tempdir().unwrap();
            let text =
                serde_json::json!({ "schema": 1, "digest": "x", "order": [name] }).to_string();
            write_new(&target.path().join(JOURNAL), text.as_bytes(), false).unwrap();
            let error = look(target.path()).unwrap_err();
            assert!(error.message().contains("is damaged"), "{name}");
        }
    }

    #[test]
    fn looking_changes_nothing() {
        let target = tempfile::tempdir().unwrap();
        assert_eq!(look(target.path()).unwrap(), Left::Nothing);
        create_dirs(&target.path().join(FOLDER)).unwrap();
        assert_eq!(look(target.path()).unwrap(), Left::Beginning);
        assert_eq!(
            crate::fs::list(&target.path().join(FOLDER)).unwrap(),
            [""; 0].map(std::path::PathBuf::from)
        );
    }
}
