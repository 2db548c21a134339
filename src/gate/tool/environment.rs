//! The environment that a project's tools are taken from: the nearest `.venv` at the project's folder or above it.
//!
//! Called by the run, once for each project. A tool is never taken from PATH: what happens to lie there is no part of the project.

use std::path::{Path, PathBuf};

use crate::git::WorkTree;
use crate::python::Venv;
use crate::repo_path::RepoPath;

/// The folder of an environment.
const FOLDER: &str = ".venv";

/// An environment, and the work tree that it lies in.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    venv: Venv,
    root: PathBuf,
    is_borrowed: bool,
}

impl Environment {
    /// The environment of the project in this folder of the repository: there, or in the nearest folder above it, up to the work
    /// tree's. A linked work tree without one of its own uses that of the main work tree.
    pub(crate) fn find(work_tree: &WorkTree, project: &[u8]) -> Option<Self> {
        let own = Self::below(work_tree, work_tree.root(), project, false);
        let is_linked = work_tree.git_dir() != work_tree.common_dir();
        own.or_else(|| {
            let main = work_tree.common_dir().canonicalize().ok()?;
            let main = main
                .parent()
                .filter(|_| is_linked && main.ends_with(".git"))?;
            Self::below(work_tree, main, project, true)
        })
    }

    fn below(work_tree: &WorkTree, root: &Path, project: &[u8], is_borrowed: bool) -> Option<Self> {
        let project = RepoPath::new(project);
        let above = project.folders().map(RepoPath::new);
        std::iter::once(project.clone())
            .chain(above)
            .find_map(|folder| {
                let place = folder.below(root)?.join(FOLDER);
                place.join("pyvenv.cfg").is_file().then(|| Self {
                    venv: Venv::at(work_tree.host(), place),
                    root: root.to_owned(),
                    is_borrowed,
                })
            })
    }

    /// The environment itself.
    pub(crate) fn venv(&self) -> &Venv {
        &self.venv
    }

    /// The work tree that it lies in.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether it is the main work tree's, used from a linked one.
    pub(crate) fn is_borrowed(&self) -> bool {
        self.is_borrowed
    }

    /// Where a program of it is, or would be.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        let folder = self.venv.programs();
        let windows = folder.ends_with("Scripts");
        folder.join(if windows {
            format!("{name}.exe")
        } else {
            name.to_owned()
        })
    }
}

/// Where the packages of an environment are; it has one such folder.
pub(super) fn packages(venv: &Venv) -> Vec<PathBuf> {
    let windows = venv.root().join("Lib").join("site-packages");
    if windows.is_dir() {
        return vec![windows];
    }
    let libraries = std::fs::read_dir(venv.root().join("lib"));
    let mut folders: Vec<PathBuf> = libraries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("site-packages"))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.sort();
    folders
}
