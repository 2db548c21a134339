//! Projects that `scaffold new` makes, without environment and history, for the runtimes to run.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::tools::{Python, run};

/// The name given to every project here; its package differs from it.
const NAME: &str = "weather-report";

/// A generated project in a folder of its own, removed when dropped.
pub(crate) struct Project {
    parent: tempfile::TempDir,
    /// The project's own folder.
    pub(crate) root: PathBuf,
    /// Its import name.
    pub(crate) package: String,
}

impl Project {
    /// A path below the project.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// A file of the project.
    pub(crate) fn read(&self, relative: impl AsRef<Path>) -> String {
        let path = self.path(relative);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A path beside the project, for what a test makes of it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.parent.path().join(name)
    }
}

/// Runs `scaffold new` for this platform and example with `extra` arguments.
pub(crate) fn project(platform: &str, example: &str, python: &Python, extra: &[&str]) -> Project {
    let parent = tempfile::Builder::new()
        .prefix("scaffold-")
        .tempdir()
        .unwrap();
    let root = parent.path().join(NAME);
    run(Command::new(env!("CARGO_BIN_EXE_scaffold"))
        .arg("new")
        .arg(&root)
        .args(["--platform", platform, "--example", example])
        .args([
            "--python",
            &python.version(),
            "--defaults",
            "--no-env",
            "--no-git",
        ])
        .args(extra)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", parent.path()));
    Project {
        parent,
        root,
        package: NAME.replace('-', "_"),
    }
}
