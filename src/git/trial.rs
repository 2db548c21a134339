//! A folder, a home and a real git for the tests of this folder.
//!
//! Made by tests only. git itself is never made up there.

use std::path::{Path, PathBuf};

use super::{Config, Content, Entry, FirstCommit, Identity, Moment, first_commit};
use crate::error::Result;
use crate::host::Host;
use crate::process::Command;

/// A moment that all tests share.
pub(super) const MOMENT: Moment = Moment {
    seconds: 1_790_000_000,
    offset_minutes: 120,
};

/// A temporary place with a home of its own; removed when dropped.
pub(super) struct Trial {
    root: tempfile::TempDir,
    pub(super) host: Host,
}

impl Trial {
    /// A place where git knows who the user is.
    pub(super) fn new() -> Self {
        let trial = Self::anonymous();
        trial.configure("[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n");
        trial
    }

    /// A place where git knows nothing.
    pub(super) fn anonymous() -> Self {
        let root = tempfile::tempdir().unwrap();
        let real = Host::current().unwrap();
        // Resolved, as git prints paths.
        let place = std::fs::canonicalize(root.path()).unwrap();
        let host = Host::made_up(&place)
            .with_variable("PATH", real.variable("PATH").unwrap())
            .with_variable("HOME", place.join("home"))
            .with_variable("GIT_CONFIG_NOSYSTEM", "1");
        crate::fs::create_dirs(&place.join("home")).unwrap();
        crate::fs::create_dirs(&place.join("project")).unwrap();
        Self { root, host }
    }

    pub(super) fn root(&self) -> PathBuf {
        std::fs::canonicalize(self.root.path()).unwrap()
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.root().join("project")
    }

    /// Sets one more variable.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.host = self.host.with_variable(name, value);
        self
    }

    /// Appends to the user's configuration.
    pub(super) fn configure(&self, text: &str) {
        let file = self.root().join("home").join(".gitconfig");
        let old = crate::fs::read_text_if_any(&file)
            .unwrap()
            .unwrap_or_default();
        crate::fs::atomic::replace(&file, format!("{old}{text}").as_bytes()).unwrap();
    }

    /// Writes a file below the root, with its folders.
    pub(super) fn write(&self, path: &str, bytes: &[u8], executable: bool) {
        let path = self.root().join(path);
        crate::fs::create_dirs(path.parent().unwrap()).unwrap();
        crate::fs::write_new(&path, bytes, executable).unwrap();
    }

    /// What git prints, run in `folder`; it must succeed.
    #[track_caller]
    pub(super) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = self.git_command(folder, arguments).run().unwrap();
        assert!(
            output.success(),
            "git {arguments:?}: {}",
            output.last_words(20)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.folder(), arguments)
    }

    pub(super) fn git_command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let git = self.host.find_program("git").unwrap();
        Command::new(&self.host, git)
            .current_dir(folder)
            .args(arguments)
    }

    /// Writes the entries into the project and commits them.
    pub(super) fn commit(&self, entries: &[Entry]) -> Result<String> {
        for entry in entries {
            let path = format!("project/{}", entry.path);
            match entry.content {
                Content::File(bytes) => self.write(&path, bytes, false),
                Content::Executable(bytes) => self.write(&path, bytes, true),
                Content::Link(target) => {
                    crate::fs::symlink(Path::new(target), &self.root().join(path)).unwrap();
                }
            }
        }
        self.commit_again(entries)
    }

    /// Commits the entries, which lie in the project already.
    pub(super) fn commit_again(&self, entries: &[Entry]) -> Result<String> {
        let config = Config::load(&self.host, &self.folder())?;
        let identity = Identity::find(&self.host, &config);
        let commit = FirstCommit {
            folder: &self.folder(),
            entries,
            message: "Start the project",
            trailers: &[
                ("Scaffold-Template", "scaffold"),
                ("Scaffold-Version", "0.1.0"),
            ],
            identity: identity.as_ref(),
            moment: MOMENT,
        };
        let id = first_commit(&self.host, &config, &commit)?;
        Ok(id.map(|id| id.0).unwrap_or_default())
    }

    /// Asserts that git finds nothing wrong and nothing changed, also when it reads every file again.
    #[track_caller]
    pub(super) fn assert_clean(&self) {
        assert_eq!(self.git(&["status", "--porcelain", "--ignored"]), "");
        let index = self.folder().join(".git").join("index");
        crate::fs::remove_file(&index).unwrap();
        self.git(&["reset", "--quiet"]);
        assert_eq!(self.git(&["status", "--porcelain", "--ignored"]), "");
        let fsck = self.git_command(&self.folder(), &["fsck", "--strict", "--no-dangling"]);
        let fsck = fsck.run().unwrap();
        assert!(fsck.success(), "{}", fsck.last_words(20));
        assert_eq!(fsck.last_words(20), "");
    }
}

/// A file of the commit.
pub(super) fn file<'a>(path: &'a str, text: &'a str) -> Entry<'a> {
    Entry {
        path,
        content: Content::File(text.as_bytes()),
    }
}
