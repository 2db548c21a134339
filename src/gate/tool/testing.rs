//! What the tests of this folder stand on: a real environment with every tool, made once below `target/` and kept, and projects in
//! which the tools run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Environment, Job, Tool, Verdict, find, run};
use crate::error::Result;
use crate::gate::settings::{Needs, Settings};
use crate::git::WorkTree;
use crate::host::Host;

/// The environment with all tools; nothing may change it.
pub(super) fn environment() -> &'static Path {
    crate::tools::gates().folder()
}

/// A repository with an environment, and a place for the tools' caches.
pub(super) struct Project {
    folder: tempfile::TempDir,
    pub(super) host: Host,
}

impl Project {
    /// An empty one with the shared environment.
    pub(super) fn new() -> Self {
        let project = Self::bare();
        std::os::unix::fs::symlink(environment(), project.root().join(".venv")).unwrap();
        project
    }

    /// An empty one without an environment.
    pub(super) fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        git2::Repository::init(folder.path().join("work")).unwrap();
        let variables = std::env::var_os("PATH").unwrap();
        let host = Host::made_up(folder.path().join("work"))
            .with_variable("PATH", variables)
            .with_variable("HOME", folder.path())
            .with_variable("LC_ALL", "C.UTF-8")
            .with_home(folder.path());
        Self { folder, host }
    }

    /// The same with one variable set.
    pub(super) fn with(mut self, name: &str, value: impl Into<std::ffi::OsString>) -> Self {
        self.host = self.host.with_variable(name, value);
        self
    }

    /// The work tree.
    pub(super) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("work")
    }

    /// A folder beside the work tree.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// Writes a file of the work tree.
    pub(super) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        self.write_bytes(path.as_bytes(), text.as_ref())
    }

    /// The same, whatever the name.
    pub(super) fn write_bytes(&self, path: &[u8], text: &[u8]) -> &Self {
        let path = self
            .root()
            .join(crate::repo_path::bytes_to_path(path).unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// The environment that the project in a folder of it uses.
    pub(super) fn environment(&self, project: &str) -> Option<Environment> {
        Environment::find(&WorkTree::discover(&self.host).unwrap(), project.as_bytes())
    }

    /// A run of a tool on the work tree itself.
    pub(super) fn run(&self, tool: &str, files: &[&[u8]]) -> Result<Verdict> {
        self.gate(tool).run(files)
    }

    /// A run of a tool, to be said more of.
    pub(super) fn gate<'a>(&'a self, tool: &'a str) -> Gate<'a> {
        Gate {
            project: self,
            tool: find(tool),
            name: tool,
            settings: Settings::default(),
            folder: self.root(),
            prefix: "",
            given: Needs::WorkTree,
            fixing: false,
        }
    }
}

/// A run of a tool.
pub(super) struct Gate<'a> {
    project: &'a Project,
    tool: Option<&'static Tool>,
    name: &'a str,
    settings: Settings,
    folder: PathBuf,
    prefix: &'a str,
    given: Needs,
    fixing: bool,
}

impl<'a> Gate<'a> {
    /// On a copy in this folder.
    pub(super) fn on(mut self, root: &Path, given: Needs) -> Self {
        self.folder = root.join(self.prefix);
        self.given = given;
        self
    }

    /// In the project in this folder of the repository; before [`Self::on`].
    pub(super) fn of(mut self, prefix: &'a str) -> Self {
        self.folder = self.project.root().join(prefix);
        self.prefix = prefix;
        self
    }

    pub(super) fn fixing(mut self) -> Self {
        self.fixing = true;
        self
    }

    pub(super) fn args(mut self, arguments: &[&str]) -> Self {
        self.settings.args = arguments.iter().map(ToString::to_string).collect();
        self
    }

    pub(super) fn command(mut self, words: &[&str]) -> Self {
        self.settings.command = Some(words.iter().map(ToString::to_string).collect());
        self
    }

    pub(super) fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.settings.env.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn run(&self, files: &[&[u8]]) -> Result<Verdict> {
        let environment = self.project.environment(self.prefix);
        run(&Job {
            name: self.name,
            tool: self.tool,
            settings: &self.settings,
            environment: environment.as_ref(),
            folder: &self.folder,
            prefix: self.prefix.as_bytes(),
            work_tree: &self.project.root(),
            files,
            given: self.given,
            fixing: self.fixing,
            host: &self.project.host,
            cache: &self.project.beside("cache"),
        })
    }
}

/// What was found, a line each: `PATH:LINE:COLUMN CODE`.
pub(super) fn shown(verdict: &Verdict) -> Vec<String> {
    let mut lines: Vec<String> = verdict
        .findings
        .iter()
        .map(|finding| {
            let mut line = String::new();
            if let Some(location) = &finding.location {
                line.push_str(&location.path.to_string());
                for number in [location.line, location.column].into_iter().flatten() {
                    line.push_str(&format!(":{number}"));
                }
                line.push(' ');
            }
            line + &finding.code
        })
        .collect();
    lines.sort();
    lines
}
