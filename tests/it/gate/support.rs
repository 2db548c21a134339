//! A repository with our hooks, and what plain git says of it afterwards.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::runtime::tools::gates;
use crate::support::{Finished, Sandbox, run};

/// A repository in a sandbox of its own.
pub(super) struct Repo {
    pub(super) sandbox: Sandbox,
    root: PathBuf,
    variables: Vec<(String, String)>,
}

impl Repo {
    /// An empty repository, hooks installed.
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    /// The same, made by `git init` with these arguments.
    pub(super) fn with(arguments: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        let root = sandbox.work();
        let repo = Self::at(sandbox, root);
        repo.git(["init", "--quiet"].iter().chain(arguments))
            .code(0);
        repo.install();
        repo
    }

    /// What lies at this place of a sandbox.
    pub(super) fn at(sandbox: Sandbox, root: PathBuf) -> Self {
        Self {
            sandbox,
            root,
            variables: Vec::new(),
        }
    }

    /// Installs the hooks of all stages.
    pub(super) fn install(&self) {
        let stages = "--stage=pre-commit,pre-merge-commit,commit-msg,pre-push";
        self.scaffold(["hook", "install", stages]).code(0);
    }

    /// The same sandbox, at another work tree in it.
    pub(super) fn move_to(&mut self, root: PathBuf) {
        self.root = root;
    }

    /// Sets a variable for everything that is started from now on.
    pub(super) fn set(&mut self, name: &str, value: impl AsRef<Path>) {
        let value = value.as_ref().to_str().unwrap().to_owned();
        self.variables.push((name.to_owned(), value));
    }

    /// A path in the work tree.
    pub(super) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// A program, in a folder of the work tree.
    pub(super) fn command_in(&self, folder: &str, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.sandbox.command(program);
        command
            .current_dir(self.root.join(folder))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.command_in("", program)
    }

    pub(super) fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Finished {
        run(self.command("git").args(arguments))
    }

    pub(super) fn scaffold<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Finished {
        run(self.command(env!("CARGO_BIN_EXE_scaffold")).args(arguments))
    }

    pub(super) fn check<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Finished {
        run(self
            .command(env!("CARGO_BIN_EXE_scaffold"))
            .arg("check")
            .args(arguments))
    }

    /// What `scaffold check` says as JSON.
    #[track_caller]
    pub(super) fn checked(&self, arguments: &[&str], code: i32) -> serde_json::Value {
        let all = arguments.iter().chain(&["--format", "json"]);
        let finished = self.check(all).code(code);
        serde_json::from_str(&finished.stdout).unwrap()
    }

    pub(super) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Writes a file and stages it.
    pub(super) fn stage(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        self.write(&path, content);
        self.add(path);
    }

    pub(super) fn add(&self, path: impl AsRef<Path>) {
        run(self
            .command("git")
            .args(["--literal-pathspecs", "add", "--sparse", "--"])
            .arg(path.as_ref()))
        .code(0);
    }

    /// Writes `pyproject.toml` and stages it.
    pub(super) fn configure(&self, text: &str) {
        self.stage("pyproject.toml", text);
    }

    /// A configuration with these gates at each commit.
    pub(super) fn gates(&self, gates: &[&str], more: &str) {
        self.configure(&format!(
            "[tool.scaffold.stages]\npre-commit = {gates:?}\n{more}"
        ));
    }

    /// Commits what is staged, without any hook.
    pub(super) fn commit_unchecked(&self, message: &str) {
        self.git(["commit", "--quiet", "--no-verify", "--message", message])
            .code(0);
    }

    /// Commits what is staged, through the hooks.
    pub(super) fn commit(&self) -> Finished {
        self.git(["commit", "--quiet", "--message", "chore: change"])
    }

    /// What git prints, without the line's end.
    #[track_caller]
    pub(super) fn ask(&self, arguments: &[&str]) -> String {
        self.git(arguments).code(0).stdout.trim_end().to_owned()
    }

    pub(super) fn read(&self, path: impl AsRef<Path>) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// The content of a file in a revision; in the index, where that is empty.
    #[track_caller]
    pub(super) fn at_revision(&self, revision: &str, path: &str) -> String {
        self.git(["cat-file", "blob", &format!("{revision}:{path}")])
            .code(0)
            .stdout
    }

    /// Puts the shared environment where the tools are taken from.
    pub(super) fn use_tools(&self) {
        let venv = gates().program("python");
        let venv = venv.parent().unwrap().parent().unwrap();
        std::os::unix::fs::symlink(venv, self.path(".venv")).unwrap();
        self.ignore(".venv");
    }

    /// Makes an environment of this repository's own, with what the shared one holds and these of its programs.
    pub(super) fn make_environment(&self, programs: &[&str]) {
        let shared = gates().program("python");
        let make = ["-m", "venv", "--without-pip", ".venv"];
        run(self.command(&shared).args(make)).code(0);
        let packages = self.site_packages();
        for entry in std::fs::read_dir(self.packages_of(&shared)).unwrap() {
            let entry = entry.unwrap();
            std::os::unix::fs::symlink(entry.path(), packages.join(entry.file_name())).unwrap();
        }
        let own = self.path(".venv/bin/python");
        for program in programs {
            let text = std::fs::read_to_string(gates().program(program)).unwrap();
            let (_, code) = text.split_once('\n').unwrap();
            let file = self.path(".venv/bin").join(program);
            std::fs::write(&file, format!("#!{}\n{code}", own.display())).unwrap();
            std::fs::set_permissions(file, PermissionsExt::from_mode(0o755)).unwrap();
        }
        self.ignore(".venv");
    }

    /// Where the packages of this repository's own environment are.
    pub(super) fn site_packages(&self) -> PathBuf {
        self.packages_of(&self.path(".venv/bin/python"))
    }

    fn packages_of(&self, python: &Path) -> PathBuf {
        let code = "import sysconfig; print(sysconfig.get_path('purelib'))";
        let said = run(self.command(python).args(["-c", code])).code(0);
        PathBuf::from(said.stdout.trim_end())
    }

    /// Makes git overlook a name, without a file in the work tree.
    pub(super) fn ignore(&self, name: &str) {
        let file = self.ask(&["rev-parse", "--git-path", "info/exclude"]);
        let file = self.path(file);
        let old = std::fs::read_to_string(&file).unwrap_or_default();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, format!("{old}\n{name}\n")).unwrap();
    }
}

/// A name of any bytes.
pub(super) fn name(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// What is said of one gate in the JSON of a check.
#[track_caller]
pub(super) fn gate<'j>(report: &'j serde_json::Value, name: &str) -> &'j serde_json::Value {
    let gates = report["gates"].as_array().unwrap();
    gates
        .iter()
        .find(|it| it["gate"] == name)
        .unwrap_or_else(|| panic!("no {name} in {report:#}"))
}
