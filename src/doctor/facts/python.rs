//! Which Python is meant here: the one that is typed, and the one behind the project's environment. None of them is started.
//!
//! Called by the checks of interpreters.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::Facts;
use crate::python::{Interpreter, Source, shim};

/// What is read once; part of [`Facts`].
#[derive(Debug, Default)]
pub(super) struct Known {
    typed: OnceLock<Option<Interpreter>>,
    used: OnceLock<Option<Interpreter>>,
}

impl Facts {
    /// The first file on `PATH` that has one of these names, the names one after the other; `.exe` is added on Windows.
    pub(crate) fn first_on_path(&self, names: &[&str]) -> Option<PathBuf> {
        let folders = self.host.path_folders();
        let suffix = if self.host.is_windows() { ".exe" } else { "" };
        names.iter().find_map(|name| {
            let places = folders.iter().map(|it| it.join(format!("{name}{suffix}")));
            places.into_iter().find(|it| is_started(it))
        })
    }

    /// Whether a program can be started by its name, what a shim stands for included.
    pub(crate) fn has_program(&self, name: &str) -> bool {
        let found = self.first_on_path(&[name]);
        found.is_some_and(|it| shim::program(&self.host, &it).is_some())
    }

    /// Whether the pyenv whose shim a typed `python` is has a version; `None` where it is no shim.
    pub(crate) fn pyenv_has(&self, version: &str) -> Option<bool> {
        let typed = self.first_on_path(&["python", "python3"])?;
        shim::has_version(&self.host, &typed, version)
    }

    /// What `python3` means when it is typed here, else `python`; `None` where that is no CPython.
    pub(crate) fn typed_python(&self) -> Option<&Interpreter> {
        let find = || {
            ["python3", "python"].iter().find_map(|name| {
                let path = self.first_on_path(&[name])?;
                Interpreter::read(&self.host, &path, Source::Path)
            })
        };
        self.python.typed.get_or_init(find).as_ref()
    }

    /// The Python that the project's environment was made from; where there is no environment, what is typed.
    pub(crate) fn python_in_use(&self) -> Option<&Interpreter> {
        let find = || {
            let Some(environment) = self.environment() else {
                return self.typed_python().cloned();
            };
            Interpreter::read(&self.host, environment.python()?, Source::Path)
        };
        self.python.used.get_or_init(find).as_ref()
    }
}

/// Whether a shell would take this file for a program.
fn is_started(path: &std::path::Path) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = true;
    metadata.is_file() && executable
}
