//! Pythons, and environments with pinned tools under `target/`, shared by tests that run at the same time, those beside the code
//! among them.
//!
//! An environment is made once for its lock file and interpreter, in its place (a virtual environment can't be moved: its
//! launchers name their folder). A mark written last says that it is whole, so one that was interrupted is made anew.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// An interpreter that works.
#[derive(Debug, Clone)]
pub(crate) struct Python {
    pub(crate) program: PathBuf,
    /// The 12 of 3.12.
    pub(crate) minor: u8,
}

impl Python {
    /// The first of these 3.x that this machine has, on PATH or among pyenv's.
    ///
    /// # Panics
    /// When there is none, saying what to install.
    pub(crate) fn find(minors: &[u8]) -> Self {
        minors.iter().find_map(|it| Self::of(*it)).unwrap_or_else(|| {
            let names: Vec<String> = minors.iter().map(|it| format!("python3.{it}")).collect();
            panic!(
                "this test needs one of {} on PATH (or made by pyenv): install it, with its venv module (Debian: python3-venv)",
                names.join(", ")
            )
        })
    }

    /// One of each series that projects are locked for, newest first.
    ///
    /// # Panics
    /// When there is none at all.
    pub(crate) fn all() -> &'static [Self] {
        static FOUND: OnceLock<Vec<Python>> = OnceLock::new();
        let found = FOUND.get_or_init(|| (11..=14).rev().filter_map(Self::of).collect());
        assert!(
            !found.is_empty(),
            "this test needs Python 3.11 or later on PATH (or made by pyenv)"
        );
        found
    }

    fn of(minor: u8) -> Option<Self> {
        let named = PathBuf::from(format!("python3.{minor}"));
        [named, PathBuf::from("python3"), PathBuf::from("python")]
            .into_iter()
            .chain(pyenv(minor))
            .find_map(|it| works(&it, minor))
            .map(|program| Self { program, minor })
    }

    /// `3.12`.
    pub(crate) fn version(&self) -> String {
        format!("3.{}", self.minor)
    }
}

/// The interpreters 3.`minor` that pyenv made, newest first.
fn pyenv(minor: u8) -> Vec<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|it| it.join(".pyenv")));
    let mut found: Vec<(u16, PathBuf)> = root
        .and_then(|it| std::fs::read_dir(it.join("versions")).ok())
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let patch = name.strip_prefix(&format!("3.{minor}."))?.parse().ok()?;
            Some((patch, entry.path().join("bin/python")))
        })
        .collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, path)| path).collect()
}

/// The interpreter behind a name, when it is the one looked for (a shim may lead nowhere, or elsewhere).
fn works(program: &Path, minor: u8) -> Option<PathBuf> {
    let output = Command::new(program)
        .args([
            "-c",
            "import sys; print(sys.version_info[1]); print(sys.executable)",
        ])
        .output()
        .ok()
        .filter(|it| it.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (found, executable) = text.trim_end().split_once('\n')?;
    (found.trim() == minor.to_string()).then(|| PathBuf::from(executable.trim()))
}

/// The environment with every tool that gates run.
pub(crate) fn gates() -> &'static Environment {
    static GATES: OnceLock<Environment> = OnceLock::new();
    GATES.get_or_init(|| {
        let python = Python::find(&[13, 12, 11, 14]);
        environment("gates", &python, include_str!("gates.txt"))
    })
}

/// A virtual environment with exactly what this lock says, hashes checked.
pub(crate) fn environment(name: &str, python: &Python, lock: &str) -> Environment {
    let key = [&*python.program.to_string_lossy(), lock];
    let folder = once(name, &key, |folder| {
        let list = written(folder, "txt", lock);
        let environment = bare(python, folder);
        let mut install = install(uv());
        install.arg("--compile-bytecode").arg("--python");
        run(install
            .arg(environment.program("python"))
            .arg("-r")
            .arg(list));
    });
    Environment(folder)
}

/// The uv that tests run, from the registry.
pub(crate) fn uv() -> &'static Path {
    static UV: OnceLock<PathBuf> = OnceLock::new();
    UV.get_or_init(|| {
        let python = Python::find(&[13, 12, 14, 11]);
        let lock = include_str!("uv.txt");
        let folder = once("uv", &[&python.program.to_string_lossy(), lock], |folder| {
            let list = written(folder, "txt", lock);
            run(Command::new(&python.program)
                .args(["-m", "venv"])
                .arg(folder));
            run(pip(&Environment(folder.to_owned())).arg("-r").arg(list));
        });
        Environment(folder).program("uv")
    })
}

/// A cache that outlives the test: what is tested is not the network.
pub(crate) fn cache(name: &str) -> PathBuf {
    target().join("tmp").join(name)
}

/// The folder that cargo builds in.
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().to_owned()
}

/// A folder with what a project's own lock says, as a platform's builder lays it beside the code.
pub(crate) fn libraries(python: &Python, requirements: &Path) -> PathBuf {
    let lock = std::fs::read_to_string(requirements).unwrap();
    let key = [&*python.program.to_string_lossy(), &lock];
    let folder = once("libraries", &key, |folder| {
        let list = written(folder, "txt", &lock);
        let mut install = install(uv());
        install.arg("--python").arg(&python.program).arg("--target");
        run(install.arg(folder.join("libraries")).arg("-r").arg(list));
    });
    folder.join("libraries")
}

/// An environment with nothing in it.
fn bare(python: &Python, folder: &Path) -> Environment {
    run(Command::new(&python.program)
        .args(["-m", "venv", "--without-pip"])
        .arg(folder));
    Environment(folder.to_owned())
}

/// A virtual environment that is whole.
#[derive(Debug, Clone)]
pub(crate) struct Environment(PathBuf);

impl Environment {
    /// Its folder; nothing may change what is in it.
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// A program in it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        if cfg!(windows) {
            self.0.join("Scripts").join(format!("{name}.exe"))
        } else {
            self.0.join("bin").join(name)
        }
    }
}

/// Makes a folder once for its name and what decides its content, however many tests and processes ask at once.
pub(crate) fn once(name: &str, key: &[&str], make: impl FnOnce(&Path)) -> PathBuf {
    let root = cache("tools");
    std::fs::create_dir_all(&root).unwrap();
    let mut hasher = blake3::Hasher::new();
    // How they are made decides it too.
    for part in key.iter().chain(&[include_str!("tools.rs")]) {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    let id = format!("{name}-{}", &hasher.finalize().to_hex()[..16]);
    let folder = root.join(&id);
    let whole = root.join(format!("{id}.whole"));
    let lock = File::create(root.join(format!("{id}.lock"))).unwrap();
    lock.lock().unwrap();
    if !whole.exists() {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        make(&folder);
        std::fs::write(whole, b"").unwrap();
    }
    folder
}

/// Runs a command that must succeed.
///
/// # Panics
/// When it cannot be started or fails, with all that it printed.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n--- stdout\n{}\n--- stderr\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    output
}

/// uv takes a tenth of pip's time. It copies, so that what a test does to a file reaches no other environment.
fn install(uv: &Path) -> Command {
    let mut command = Command::new(uv);
    command.args([
        "pip",
        "install",
        "--quiet",
        "--no-config",
        "--link-mode=copy",
    ]);
    command.args(["--require-hashes", "--no-deps", "--only-binary=:all:"]);
    command.env("UV_CACHE_DIR", cache("uv-cache"));
    command
}

/// pip, for the one installation that uv cannot make: its own.
fn pip(environment: &Environment) -> Command {
    let mut command = Command::new(environment.program("python"));
    for name in [
        "PYTHONPATH",
        "PYTHONHOME",
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
    ] {
        command.env_remove(name);
    }
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
        "--only-binary=:all:",
    ]);
    command
}

/// Writes a file beside a folder.
fn written(folder: &Path, extension: &str, content: &str) -> PathBuf {
    let path = folder.with_extension(extension);
    std::fs::write(&path, content).unwrap();
    path
}
