//! A repository with a program of its own in it, and a script that writes down what a hook hands on.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Finished, Sandbox, names, run};

/// Writes its arguments and its standard input into files, with nothing but the shell.
pub(super) const RECORDER: &str = r#"#!/bin/sh
printf '<%s>' "$@" >>"$RECORD.arguments"
while IFS= read -r line; do printf '%s\n' "$line" >>"$RECORD.stdin"; done
"#;

/// A sandbox with a repository and a program in it.
pub(super) struct Trial {
    pub(super) sandbox: Sandbox,
    pub(super) program: PathBuf,
}

impl Trial {
    pub(super) fn new() -> Self {
        Self::with_program("bin/scaffold")
    }

    /// With a program of its own at this path in the sandbox.
    pub(super) fn with_program(path: impl AsRef<OsStr>) -> Self {
        let sandbox = Sandbox::new();
        let program = sandbox.home().join(Path::new(path.as_ref()));
        std::fs::create_dir_all(program.parent().unwrap()).unwrap();
        let trial = Self { sandbox, program };
        trial.put_program();
        trial.git(&["init", "--quiet"]).code(0);
        trial
    }

    /// The real program, at its place.
    pub(super) fn put_program(&self) {
        drop(std::fs::remove_file(&self.program));
        let built = env!("CARGO_BIN_EXE_scaffold");
        if std::fs::hard_link(built, &self.program).is_err() {
            std::fs::copy(built, &self.program).unwrap();
        }
    }

    /// A script that writes down what it is given, at the program's place.
    pub(super) fn put_recorder(&self) {
        std::fs::remove_file(&self.program).unwrap();
        write_script(&self.program, RECORDER);
    }

    pub(super) fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = self.sandbox.command(program);
        command
            .current_dir(folder)
            .env("RECORD", self.sandbox.home().join("record"));
        command
    }

    pub(super) fn git_in(&self, folder: &Path, arguments: &[&str]) -> Finished {
        run(self.command("git", folder).args(arguments))
    }

    pub(super) fn git(&self, arguments: &[&str]) -> Finished {
        self.git_in(&self.sandbox.work(), arguments)
    }

    pub(super) fn hook_in(&self, folder: &Path, arguments: &[&str]) -> Finished {
        run(self
            .command(&self.program, folder)
            .arg("hook")
            .args(arguments))
    }

    pub(super) fn hook(&self, arguments: &[&str]) -> Finished {
        self.hook_in(&self.sandbox.work(), arguments)
    }

    pub(super) fn status_in(&self, folder: &Path) -> serde_json::Value {
        let finished = self
            .hook_in(folder, &["status", "--format", "json"])
            .code(0);
        serde_json::from_str(&finished.stdout).unwrap()
    }

    /// The state of a stage.
    pub(super) fn state(&self, stage: &str) -> String {
        self.entry(stage)["state"].as_str().unwrap().to_owned()
    }

    pub(super) fn entry(&self, stage: &str) -> serde_json::Value {
        let status = self.status_in(&self.sandbox.work());
        let hooks = status["hooks"].as_array().unwrap();
        hooks
            .iter()
            .find(|it| it["stage"] == stage)
            .unwrap()
            .clone()
    }

    /// A path in the repository's own folder of hooks.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.sandbox.path(".git/hooks").join(name)
    }

    /// What lies in a folder of hooks, but for git's samples.
    pub(super) fn hooks_in(folder: &Path) -> Vec<String> {
        let mut names = names(folder);
        names.retain(|it| !it.ends_with(".sample"));
        names
    }

    pub(super) fn hooks(&self) -> Vec<String> {
        Self::hooks_in(&self.sandbox.path(".git/hooks"))
    }

    /// What the recorder wrote down since the last time: arguments and standard input.
    pub(super) fn recorded(&self) -> (String, String) {
        let take = |name: &str| {
            let path = self.sandbox.home().join(name);
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            drop(std::fs::remove_file(path));
            text
        };
        (take("record.arguments"), take("record.stdin"))
    }

    /// Commits a new file, through the hooks.
    pub(super) fn commit_in(&self, folder: &Path, name: &str) -> Finished {
        std::fs::write(folder.join(name), name).unwrap();
        self.git_in(folder, &["add", name]).code(0);
        self.git_in(folder, &["commit", "--quiet", "--message", name])
    }
}

pub(super) fn write_script(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

pub(super) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
