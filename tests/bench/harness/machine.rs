//! The surroundings that every command is run in: the same for all, and as little as they need.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::place::Place;

/// Where commands find programs.
pub(crate) struct Machine {
    /// Folders of programs, in the order of PATH.
    folders: Vec<PathBuf>,
}

impl Machine {
    /// This machine's PATH with a real Python first, and without the shims of version managers: one that stands for
    /// `python3` costs more than what is measured.
    pub(crate) fn with_python(python: &Path) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let others = std::env::split_paths(&path)
            .filter(|it| it.is_absolute() && !it.ends_with("shims"))
            .collect::<Vec<_>>();
        let mut folders: Vec<PathBuf> = python.parent().map(Path::to_owned).into_iter().collect();
        for folder in others {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        Self { folders }
    }

    /// A command in a place, with nothing of the developer's settings: what changes how Python starts or compiles
    /// (PYTHONDONTWRITEBYTECODE), what git signs or runs, what colours are used. The programs of the place come first.
    pub(crate) fn command(&self, place: &Place, program: impl AsRef<OsStr>) -> Command {
        let folders = std::iter::once(place.path("bin")).chain(self.folders.iter().cloned());
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("HOME", place.home())
            .env("LC_ALL", "C.UTF-8")
            .env("NO_COLOR", "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("UV_CACHE_DIR", place.path("uv-cache"))
            .env("UV_NO_CONFIG", "1")
            .env("UV_PYTHON_DOWNLOADS", "never")
            // Nobody listens there: what would ask the network fails, and is not measured.
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .current_dir(place.path("work"));
        command
    }

    /// The same with what this machine needs to reach the package registries: for preparing, never for measuring.
    pub(crate) fn online(&self, place: &Place, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.command(place, program);
        command.env_remove("HTTPS_PROXY");
        for (name, value) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let passes = text.starts_with("SSL_")
                || text.starts_with("UV_INDEX")
                || text == "UV_DEFAULT_INDEX"
                || text.to_ascii_lowercase().ends_with("_proxy");
            if passes {
                command.env(name, value);
            }
        }
        command
    }
}

/// How busy the machine is: processes that wanted to run in the last minute, on average. `None` where it is not told.
pub(crate) fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Processors that this program may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}
