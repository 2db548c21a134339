//! Projects to lock: a place with a `PATH` of our choice, a small index, and what stands in the files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::index::wheel;
use crate::runtime::tools::{Python, cache, uv};
use crate::support::{Finished, Sandbox, run};

/// What every composition of our own layers draws from.
pub(crate) const OURS: &str = r#"[project]
name = "hello"
version = "0.1.0"
requires-python = ">=3.12"
dependencies = ["requests"]

[dependency-groups]
dev = ["black", "flake8", "pytest", {include-group = "docs"}, "pip", "requests"]
docs = ["mkdocs"]
"#;

/// The Pythons that have pip, newest first.
pub(crate) fn pythons() -> &'static [Python] {
    static FOUND: OnceLock<Vec<Python>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let has_pip = |it: &&Python| {
            let mut ask = Command::new(&it.program);
            let ask = ask.args(["-c", "import pip, ensurepip"]).output();
            ask.is_ok_and(|it| it.status.success())
        };
        Python::all().iter().filter(has_pip).cloned().collect()
    });
    assert!(!found.is_empty(), "this test needs a Python with pip");
    found
}

/// A sandbox with a `PATH` of our choice.
pub(crate) struct Place {
    pub(crate) sandbox: Sandbox,
    path: std::ffi::OsString,
    /// The small index, where the place has one.
    pub(crate) index: Option<PathBuf>,
}

impl Place {
    /// No tool at all.
    pub(crate) fn bare() -> Self {
        let sandbox = Sandbox::new();
        let path = sandbox.home().into_os_string();
        Self {
            sandbox,
            path,
            index: None,
        }
    }

    /// A folder of programs, each a link to a real one.
    pub(crate) fn with(programs: &[(&str, &Path)]) -> Self {
        let mut place = Self::bare();
        let folder = place.sandbox.home().join("programs");
        std::fs::create_dir(&folder).unwrap();
        for (name, target) in programs {
            #[cfg(unix)]
            std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
            #[cfg(windows)]
            std::os::windows::fs::symlink_file(target, folder.join(name)).unwrap();
        }
        place.path = folder.into_os_string();
        place
    }

    pub(crate) fn with_uv() -> Self {
        Self::with(&[("uv", uv()), ("python3", &pythons()[0].program)])
    }

    pub(crate) fn with_pip() -> Self {
        Self::with(&[("python3", &pythons()[0].program)])
    }

    /// A small index instead of the registry: what resolves to what is ours to say, and no network is needed.
    pub(crate) fn small_index(mut self) -> Self {
        let index = self.sandbox.home().join("index");
        for (name, version, metadata) in [
            ("alpha", "1.0", &["Requires-Dist: beta"][..]),
            ("alpha", "1.1", &["Requires-Dist: beta"]),
            ("alpha", "2.0", &["Requires-Dist: beta (>=2)"]),
            ("beta", "1.0", &[]),
            ("beta", "1.1", &[]),
            ("beta", "2.0", &[]),
            (
                "gamma",
                "1.0",
                &[
                    "Requires-Dist: alpha ; sys_platform == 'win32'",
                    "Provides-Extra: more",
                    "Requires-Dist: delta ; extra == 'more'",
                    "Provides-Extra: none",
                ],
            ),
            ("delta", "1.0", &["Requires-Dist: gamma"]),
            ("old_tool", "1.0", &["Requires-Dist: beta (<2)"]),
        ] {
            wheel(&index, name, version, metadata);
        }
        self.index = Some(index);
        self
    }

    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.sandbox.command(program);
        command
            .env("PATH", &self.path)
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("UV_CACHE_DIR", cache("uv-cache"))
            .env("PIP_CACHE_DIR", cache("pip-cache"));
        if let Some(index) = &self.index {
            command
                .env("UV_OFFLINE", "1")
                .env("UV_FIND_LINKS", index)
                .env("PIP_NO_INDEX", "1")
                .env("PIP_FIND_LINKS", index);
        }
        command
    }

    pub(crate) fn lock(&self, arguments: &[&str]) -> Finished {
        let mut command = self.command(env!("CARGO_BIN_EXE_scaffold"));
        run(command.arg("lock").args(arguments))
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.sandbox.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.sandbox.path(name)).unwrap()
    }

    pub(crate) fn project(&self, dependencies: &str, dev: &str) {
        self.write(
            "pyproject.toml",
            &format!("[project]\nname = \"p\"\nversion = \"0\"\ndependencies = [{dependencies}]\n[dependency-groups]\ndev = [{dev}]\n"),
        );
    }

    /// The requirements in a file, without hashes.
    pub(crate) fn pins(&self, name: &str) -> Vec<String> {
        pins(&self.read(name))
    }
}

pub(crate) fn pins(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|it| !it.starts_with(['#', ' ']));
    let lines = lines.map(|it| it.trim_end_matches('\\').trim().to_owned());
    lines.filter(|it| !it.is_empty()).collect()
}

/// The plain command in the header of a file.
pub(crate) fn header_command(text: &str) -> Vec<String> {
    let line = text.lines().nth(1).unwrap();
    let line = line.strip_prefix("#    uv ").unwrap();
    line.split(' ').map(str::to_owned).collect()
}
