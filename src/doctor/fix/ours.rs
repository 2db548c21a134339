//! What may be changed and removed: only what is proved to lie in the project, or in its repository, and to be of the kind that it is taken for.
//!
//! Called by `step` before anything is shown, so that a fix that may not be done is never offered. It reads only.

use std::path::{Path, PathBuf};

use crate::doctor::facts::environment::Environment;

/// What an environment is called that was set aside.
pub(super) const ASIDE: &str = ".venv.scaffold-old";

/// The places in which a fix may work.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// The project's folder, links resolved.
    pub(crate) project: PathBuf,
    /// Where git keeps the repository, links resolved: beside the project's own files a fix may touch hooks and locks there.
    pub(crate) git: Vec<PathBuf>,
}

impl Bounds {
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
