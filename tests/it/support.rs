//! A place of its own for each test: private home, clean environment, real tools.
//!
//! Nothing of the developer's machine leaks in but the programs on PATH; nothing leaks out.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A temporary folder with a home of its own; removed when dropped.
pub(crate) struct Sandbox {
    root: tempfile::TempDir,
}

/// What a finished command printed.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// Asserts the exit code, showing everything printed when it is another.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(
            self.code,
            Some(expected),
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that these words are in what it said, showing all of that where they are not.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        assert!(
            self.stderr.contains(words),
            "{words}\n--- stderr\n{}",
            self.stderr
        );
    }
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self::below(&std::env::temp_dir())
    }

    /// One whose files lie in memory, where the system has a place for that in which programs can run: for tests whose programs
    /// wait for the disk most of the time, and that do not end the machine.
    pub(crate) fn in_memory() -> Self {
        static FOLDER: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
        let folder = FOLDER.get_or_init(|| {
            let memory = Path::new("/dev/shm");
            let runs = |folder: &Path| -> std::io::Result<bool> {
                let place = tempfile::Builder::new().tempdir_in(folder)?;
                let program = place.path().join("true");
                std::fs::copy("/bin/true", &program)?;
                Ok(Command::new(program).status()?.success())
            };
            if runs(memory).unwrap_or(false) {
                memory.to_owned()
            } else {
                std::env::temp_dir()
            }
        });
        Self::below(folder)
    }

    fn below(folder: &Path) -> Self {
        let root = tempfile::Builder::new()
            .prefix("scaffold-it-")
            .tempdir_in(folder)
            .unwrap();
        std::fs::create_dir(root.path().join("home")).unwrap();
        std::fs::create_dir(root.path().join("work")).unwrap();
        std::fs::write(
            root.path().join("home/.gitconfig"),
            "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n",
        )
        .unwrap();
        Self { root }
    }

    /// The folder that commands run in; empty at first.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// The private home folder.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// A path below the working folder.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.work().join(relative)
    }

    /// Any program, in the working folder, with this sandbox's environment.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.work())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.home().join(".config"))
            .env("XDG_CACHE_HOME", self.home().join(".cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.home().join(".gitconfig"))
            .env("LC_ALL", "C.UTF-8")
            .env("SOURCE_DATE_EPOCH", "1790000000")
            .stdin(std::process::Stdio::null());
        // How to reach the package registries is the machine's business, not the test's.
        for (name, value) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let passes = ["PIP_", "UV_", "SSL_", "npm_config_"]
                .iter()
                .any(|it| text.starts_with(it))
                || text.to_ascii_lowercase().ends_with("_proxy");
            if passes {
                command.env(name, value);
            }
        }
        command
    }

    /// What git prints, run in a folder below the working folder; it has to succeed.
    #[track_caller]
    pub(crate) fn git(&self, folder: impl AsRef<Path>, arguments: &[&str]) -> String {
        let mut command = self.command("git");
        run(command.current_dir(self.path(folder)).args(arguments))
            .code(0)
            .stdout
    }

    /// The program under test.
    pub(crate) fn scaffold(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_scaffold"))
    }
}

/// Every file and link below a folder, by path: its mode (`f`, `x` executable, `l` link) and its bytes. `.git` and the folders
/// in `skip` are left out.
pub(crate) fn tree(root: &Path, skip: &[&str]) -> BTreeMap<String, (char, Vec<u8>)> {
    fn walk(root: &Path, below: &str, skip: &[&str], all: &mut BTreeMap<String, (char, Vec<u8>)>) {
        for entry in std::fs::read_dir(root.join(below)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if below.is_empty() {
                name.clone()
            } else {
                format!("{below}/{name}")
            };
            let kind = entry.file_type().unwrap();
            if kind.is_symlink() {
                let target = std::fs::read_link(entry.path()).unwrap();
                all.insert(
                    path,
                    ('l', target.to_string_lossy().into_owned().into_bytes()),
                );
            } else if kind.is_dir() {
                if name != ".git" && !skip.contains(&name.as_str()) {
                    walk(root, &path, skip, all);
                }
            } else {
                let mode = if is_executable(&entry.path()) {
                    'x'
                } else {
                    'f'
                };
                all.insert(path, (mode, std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(root, "", skip, &mut all);
    all
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    false
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs a command to its end.
#[must_use]
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Finished {
    let output = loop {
        match command.output() {
            // Another test was starting a program at the moment at which this one was written, and held it open.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::yield_now();
            }
            output => break output.unwrap_or_else(|error| panic!("{command:?}: {error}")),
        }
    };
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
