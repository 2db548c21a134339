//! What may be changed and removed: only what is proved to lie in the project, or in its repository, and to be of the kind that it is taken for.
//!
//! Called by `step` before anything is shown, so that a fix that may not be done is never offered. It reads only.

use std::path::{Path, PathBuf};

use super::{Action, Fix};
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::{ASIDE, Environment};
use crate::doctor::facts::repository::Repository;

/// The places in which a fix may work.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// The project's folder, links resolved.
    pub(crate) project: PathBuf,
    /// Where git keeps the repository, links resolved: beside the project's own files a fix may touch hooks and locks there.
    pub(crate) git: Vec<PathBuf>,
    /// Why no fix at all may be done here.
    pub(crate) closed: Option<String>,
    /// What git is in the middle of: its files are left alone then.
    pub(crate) busy: Option<&'static str>,
}

impl Bounds {
    /// Where a fix may work; `None` outside of a project.
    pub(crate) fn around(facts: &Facts) -> Option<Self> {
        let project = std::fs::canonicalize(facts.project.as_ref()?).ok()?;
        let repository = facts.repository();
        let location = repository.map(|it| &it.location);
        let folders = location.map(|it| [&it.git_dir, &it.common_dir]);
        let git: Vec<PathBuf> = folders
            .into_iter()
            .flatten()
            .filter_map(|it| std::fs::canonicalize(it).ok())
            .collect();
        let busy = repository.and_then(Repository::in_progress);
        Some(Self {
            closed: foreign(&project, facts),
            project,
            git,
            busy,
        })
    }

    /// Whether a fix may be done at all now.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn allows(&self, fix: &Fix) -> Result<(), String> {
        if let Some(why) = &self.closed {
            return Err(why.clone());
        }
        let touches_files = |action: &Action| match action {
            Action::Edit { file, .. } => file.exists(),
            Action::Rename { .. } => true,
            Action::Run { argv } => argv
                .first()
                .is_some_and(|it| it == "git" || it == "scaffold"),
            _ => false,
        };
        match self.busy {
            Some(what) if fix.actions.iter().any(touches_files) => {
                Err(format!("git is in the middle of {what}; finish it first"))
            }
            _ => Ok(()),
        }
    }

    /// Whether this path, there or not, lies in the project once links are followed.
    pub(super) fn is_in_project(&self, path: &Path) -> bool {
        resolved(path).is_some_and(|it| it.starts_with(&self.project) && it != self.project)
    }

    /// The same, or in the repository's own folders.
    pub(super) fn is_in_repository(&self, path: &Path) -> bool {
        self.is_in_project(path)
            || resolved(path).is_some_and(|it| self.git.iter().any(|git| it.starts_with(git)))
    }

    /// Whether an installer left this unfinished: `~` begins the name, and it lies among the packages of an environment of the project.
    pub(super) fn is_leftover(&self, path: &Path) -> bool {
        let begins = path
            .file_name()
            .is_some_and(|it| it.to_string_lossy().starts_with('~'));
        let packages = path.parent();
        let is_among_packages = packages.is_some_and(|it| it.ends_with("site-packages"));
        let is_in_environment = path
            .ancestors()
            .any(|it| it.join("pyvenv.cfg").is_file() && self.is_in_project(it));
        begins && is_among_packages && is_in_environment && !path.is_symlink()
    }

    /// Whether this is an environment that was set aside.
    pub(super) fn is_aside(&self, path: &Path) -> bool {
        let is_called_so = path
            .file_name()
            .is_some_and(|it| it.to_string_lossy().starts_with(ASIDE));
        is_called_so && self.is_environment(path)
    }

    /// Whether this is an environment, itself and no link, right in the project.
    pub(super) fn is_environment(&self, path: &Path) -> bool {
        let is_right_here = path.parent().and_then(resolved).as_ref() == Some(&self.project);
        is_right_here && !path.is_symlink() && path.is_dir() && Environment::read(path).is_some()
    }

    /// Whether this is a lock of git's.
    pub(super) fn is_lock(&self, path: &Path) -> bool {
        path.file_name().is_some_and(|it| it == "index.lock")
            && resolved(path).is_some_and(|it| self.git.iter().any(|git| it.starts_with(git)))
            && path.symlink_metadata().is_ok_and(|it| it.is_file())
    }
}

/// A path with all links on the way followed, as far as it is there.
fn resolved(path: &Path) -> Option<PathBuf> {
    if let Ok(whole) = std::fs::canonicalize(path) {
        return Some(whole);
    }
    // A link that leads nowhere would be followed by whoever writes to it.
    if path.is_symlink() {
        return None;
    }
    let name = path.file_name()?;
    Some(resolved(path.parent()?)?.join(name))
}

/// Why root changes nothing here: what it writes, the owner of the project could not change any more.
#[cfg(unix)]
fn foreign(project: &Path, facts: &Facts) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let owner = std::fs::metadata(project).ok()?.uid();
    let is_foreign = rustix::process::geteuid().is_root() && owner != 0 && !facts.host.is_ci();
    is_foreign.then(|| "you are root, and the project is another user's".to_owned())
}

#[cfg(not(unix))]
fn foreign(_: &Path, _: &Facts) -> Option<String> {
    None
}
