//! What a fix comes to here and now: every file with its old and its new content, every program with its arguments.
//!
//! Worked out from a [`Fix`] without changing anything, shown by `cli` (a diff, a command), done by `perform`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::ours::Bounds;
use super::{Action, Fix};
use crate::doctor::facts::environment::ASIDE;
use crate::doctor::facts::reading::Reading;

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Gives a file this content.
    Write {
        /// The file.
        path: PathBuf,
        /// What it holds; `None` where it is not there.
        old: Option<Vec<u8>>,
        /// What it will hold.
        new: Vec<u8>,
    },
    /// Renames a file or folder.
    Rename {
        /// From here.
        from: PathBuf,
        /// To here.
        to: PathBuf,
    },
    /// Removes a file or a folder with all that is in it.
    Remove(PathBuf),
    /// Makes a file executable.
    MakeExecutable(PathBuf),
    /// Runs a program in the project's folder.
    Run(Vec<String>),
    /// Builds the environment.
    Build {
        /// Where.
        folder: PathBuf,
        /// Where the one that is there goes.
        aside: Option<PathBuf>,
    },
}

impl Fix {
    /// What it comes to; nothing where all of it is done already.
    ///
    /// # Errors
    /// Why it cannot be done here any more, in a line.
    pub(crate) fn steps(&self, bounds: &Bounds) -> Result<Vec<Step>, String> {
        let mut steps: Vec<Step> = Vec::new();
        // What several edits of one file come to, one after the other.
        let mut written: BTreeMap<&Path, usize> = BTreeMap::new();
        for action in &self.actions {
            let Action::Edit { file, edit } = action else {
                let more = step(action, bounds, &steps)?;
                steps.extend(more);
                continue;
            };
            if !bounds.is_in_project(file) {
                return Err(format!("{} is not in the project", file.display()));
            }
            let fails = |why: String| format!("{}: {why}", file.display());
            if let Some(at) = written.get(file.as_path()) {
                if let Some(Step::Write { new, .. }) = steps.get_mut(*at) {
                    *new = edit.applied(Some(new)).map_err(fails)?;
                }
                continue;
            }
            let old = match Reading::of(file) {
                Reading::Bytes(bytes) => Some(bytes),
                Reading::Absent => None,
                Reading::Unreadable(why) => return Err(fails(why)),
            };
            let new = edit.applied(old.as_deref()).map_err(fails)?;
            written.insert(file, steps.len());
            steps.push(Step::Write {
                path: file.clone(),
                old,
                new,
            });
        }
        steps.retain(|it| !matches!(it, Step::Write { old: Some(old), new, .. } if old == new));
        Ok(steps)
    }
}

/// What an action comes to that is no edit.
fn step(action: &Action, bounds: &Bounds, before: &[Step]) -> Result<Option<Step>, String> {
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    // A step before this one may be what puts it there.
    let is_made = |path: &Path| {
        before
            .iter()
            .any(|it| matches!(it, Step::Rename { to, .. } if to == path))
    };
    let refused = |path: &Path, why: &str| Err(format!("{} {why}", path.display()));
    Ok(Some(match action {
        Action::Edit { .. } => return Ok(None),
        Action::Rename { from, to } => {
            // Done already; what a later step has removed again is as well.
            if !is_there(from) {
                return Ok(None);
            }
            if !bounds.is_in_project(from) || !bounds.is_in_project(to) {
                return refused(from, "is not in the project");
            }
            if is_there(to) {
                return refused(to, "is there already");
            }
            Step::Rename {
                from: from.clone(),
                to: to.clone(),
            }
        }
        Action::RemoveLeftover(path) | Action::RemoveAside(path) | Action::RemoveLock(path)
            if !is_there(path) && !is_made(path) =>
        {
            return Ok(None);
        }
        Action::RemoveLeftover(path) if bounds.is_leftover(path) => Step::Remove(path.clone()),
        Action::RemoveLeftover(path) => {
            return refused(path, "is not what an installer left unfinished");
        }
        Action::RemoveAside(path) if bounds.is_aside(path) => Step::Remove(path.clone()),
        Action::RemoveAside(path) => {
            return refused(path, "is no environment that was set aside");
        }
        Action::RemoveLock(path) if bounds.is_lock(path) => Step::Remove(path.clone()),
        Action::RemoveLock(path) => return refused(path, "is no lock of this repository"),
        Action::MakeExecutable(path) => {
            if is_executable(path) {
                return Ok(None);
            }
            if !bounds.is_in_repository(path) {
                return refused(path, "is not in the repository");
            }
            Step::MakeExecutable(path.clone())
        }
        Action::Run { argv } => Step::Run(argv.clone()),
        Action::Environment => {
            let folder = bounds.project.join(".venv");
            let aside = match is_there(&folder) {
                false => None,
                true if is_empty_folder(&folder) => None,
                true if bounds.is_environment(&folder) => Some(free_name(&bounds.project)),
                true => return refused(&folder, "is there, and is no environment"),
            };
            Step::Build { folder, aside }
        }
    }))
}

fn is_empty_folder(path: &Path) -> bool {
    let entries = std::fs::read_dir(path);
    !path.is_symlink() && entries.is_ok_and(|mut it| it.next().is_none())
}

/// A name for an environment that is set aside, which nothing has.
fn free_name(project: &Path) -> PathBuf {
    let first = project.join(ASIDE);
    let others = (2..).map(|number| project.join(format!("{ASIDE}-{number}")));
    std::iter::once(first.clone())
        .chain(others)
        .find(|it| it.symlink_metadata().is_err())
        .unwrap_or(first)
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    true
}
