//! What the tests of this folder stand on: the real machine, a real uv, a small real lock, and warm caches of it.
//!
//! Everything is made once, below `target/`, and kept; a lock makes tests that run at the same time share it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::decision::EnvironmentPlan;
use super::{Decision, Installer, Machine, Project, Request, Uv, plan};
use crate::fs::lock::Lock;
use crate::host::{Host, System};
use crate::python::version::{CEILING, FLOOR};
use crate::python::{Interpreter, Pip, Venv, interpreters};

/// One of the two locks.
pub(crate) const LOCK: &str = "\
iniconfig==2.3.1 \\
    --hash=sha256:67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960 \\
    --hash=sha256:9121e2c1fdb355232495be3194c8dfe87ccc2d5dee45947b78e68f499790d7a7
";

/// pip itself, which a lock of ours always holds; it is large, so that one test has it.
pub(crate) const LOCK_PIP: &str = "\
pip==26.3 \\
    --hash=sha256:6c36ae7da8695be67e3cd9f7d87919667ced53f57ce2ede75d89b5912ed2bc4c \\
    --hash=sha256:f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13
";

/// The other one, which names the same again; with a program.
pub(crate) const LOCK_DEV: &str = "\
iniconfig==2.3.1 \\
    --hash=sha256:67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960 \\
    --hash=sha256:9121e2c1fdb355232495be3194c8dfe87ccc2d5dee45947b78e68f499790d7a7
pycodestyle==2.15.0 \\
    --hash=sha256:12fd2f73c7b8ee8845a0431111df8faf4c1a07d6e64e2ee7f0c74014dab14181 \\
    --hash=sha256:318f5db083869b4c4dad922d0b11124fb27ab181b6730b93371da671e31bd50e
";

/// What an environment of the two locks holds, and nothing else.
pub(crate) const DISTRIBUTIONS: [&str; 2] = ["iniconfig-2.3.1", "pycodestyle-2.15.0"];

/// Where nobody answers.
pub(crate) const DEAD_PROXY: &str = "http://127.0.0.1:9";

/// The tools below `target/`.
pub(crate) struct Tools {
    /// The folder that holds `uv`.
    pub(crate) programs: PathBuf,
    /// A cache of uv that holds the lock.
    pub(crate) uv_cache: PathBuf,
    /// A folder with the wheels of the lock.
    pub(crate) wheels: PathBuf,
}

/// The tools, made where they are missing.
pub(crate) fn tools() -> &'static Tools {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let root = test.ancestors().nth(3).unwrap().join("test-environments");
        std::fs::create_dir_all(&root).unwrap();
        let _lock = Lock::take(&root.join("lock")).unwrap();
        make(&root)
    })
}

fn make(root: &Path) -> Tools {
    let host = Host::current().unwrap();
    let base = usable(&host)
        .into_iter()
        .next()
        .expect("Python 3.11 or later, with pip");
    let venv = Venv::at(&host, root.join("uv"));
    let tools = Tools {
        programs: venv.programs(),
        uv_cache: root.join("uv-cache"),
        wheels: root.join("wheels"),
    };
    let made = root.join("made");
    if made.is_file() {
        return tools;
    }
    for folder in [venv.root(), &tools.uv_cache, &tools.wheels] {
        let _ = std::fs::remove_dir_all(folder);
    }
    let pip = |host: &Host, arguments: &[&str]| {
        let Some(Pip::Wheel(wheel)) = base.pip() else {
            panic!("{} has no wheel of pip", base.path.display())
        };
        let command = crate::process::Command::new(host, venv.python())
            .arg(wheel.join("pip"))
            .args(["--disable-pip-version-check"])
            .args(arguments);
        let output = command.run().unwrap();
        assert!(output.success(), "{command}\n{}", output.last_words(20));
    };
    let output = crate::process::Command::new(&host, &base.path)
        .args(["-m", "venv", "--without-pip"])
        .arg(venv.root())
        .run()
        .unwrap();
    assert!(output.success(), "{}", output.last_words(20));
    pip(&host, &["install", "-q", "uv"]);
    let locks = Place::with_pip();
    let (one, two) = (
        locks.path("requirements.txt"),
        locks.path("requirements-dev.txt"),
    );
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    let wheels = tools.wheels.to_str().unwrap();
    pip(
        &host,
        &[
            "download",
            "-q",
            "--no-deps",
            "--require-hashes",
            "-d",
            wheels,
            "-r",
            one,
            "-r",
            two,
        ],
    );
    let filled = locks.host_with(&tools, &host);
    let output = crate::process::Command::new(&filled, tools.programs.join("uv"))
        .args([
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--require-hashes",
            "--target",
        ])
        .arg(locks.path("filled"))
        .args(["-r", one, "-r", two])
        .run()
        .unwrap();
    assert!(output.success(), "{}", output.last_words(20));
    std::fs::write(made, "").unwrap();
    tools
}

/// The interpreters of this machine that can make environments with either installer.
pub(crate) fn usable(host: &Host) -> Vec<Interpreter> {
    let mut all = interpreters(host);
    all.retain(|it| {
        it.version.release
            && (FLOOR..=CEILING).contains(&it.version.series)
            && it.has_venv()
            && it.pip().is_some()
    });
    all.dedup_by_key(|it| it.version.series);
    all
}

/// A temporary place: a home, and a project with the two locks.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["home", "project"] {
            std::fs::create_dir(place.0.path().join(folder)).unwrap();
        }
        std::fs::write(place.path("requirements.txt"), LOCK).unwrap();
        std::fs::write(place.path("requirements-dev.txt"), LOCK_DEV).unwrap();
        place
    }

    /// The same with pip in the lock.
    pub(crate) fn with_pip() -> Self {
        let place = Self::new();
        let text = format!("{LOCK}{LOCK_PIP}");
        std::fs::write(place.path("requirements.txt"), text).unwrap();
        place
    }

    /// A path in the project.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder().join(relative)
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap().join("project")
    }

    /// A path beside the project.
    pub(crate) fn beside(&self, relative: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(relative)
    }

    /// The real machine with a home of its own, uv on `PATH`, and warm caches.
    pub(crate) fn host(&self) -> Host {
        self.host_with(tools(), &Host::current().unwrap())
    }

    fn host_with(&self, tools: &Tools, host: &Host) -> Host {
        let folders = std::iter::once(tools.programs.clone()).chain(host.path_folders());
        host.clone()
            .with_variable("PATH", std::env::join_paths(folders).unwrap())
            .with_variable("UV_CACHE_DIR", tools.uv_cache.as_os_str())
            .with_variable("SCAFFOLD_CACHE_DIR", self.beside("cache").as_os_str())
            .with_home(self.beside("home"))
    }

    /// The same machine without a network.
    pub(crate) fn offline(&self) -> Host {
        [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
        ]
        .into_iter()
        .fold(self.host(), |host, name| {
            host.with_variable(name, DEAD_PROXY)
        })
        .with_variable("NO_PROXY", "")
        .with_variable("no_proxy", "")
        .with_variable("UV_HTTP_RETRIES", "0")
        .with_variable("PIP_RETRIES", "0")
    }

    /// The environment of the project.
    pub(crate) fn venv(&self, host: &Host) -> Venv {
        Venv::at(host, self.path(".venv"))
    }
}

/// The two locks.
pub(crate) fn locks() -> Vec<String> {
    ["requirements.txt", "requirements-dev.txt"]
        .map(str::to_owned)
        .to_vec()
}

/// The project at a place.
pub(crate) fn project<'a>(folder: &'a Path, locks: &'a [String]) -> Project<'a> {
    Project {
        folder,
        name: "hello",
        locks,
        packages: &[],
    }
}

/// The plan for this interpreter and installer; panics where there is none.
pub(crate) fn planned(host: &Host, base: &Interpreter, installer: Installer) -> EnvironmentPlan {
    let uv = Uv::find(host);
    let decision = plan(
        Request {
            python: base.version.series,
            installer,
            allow_download: false,
        },
        Machine {
            interpreters: std::slice::from_ref(base),
            uv: uv.as_ref(),
            system: System::Other,
            pyenv: None,
        },
    );
    match decision {
        Decision::Build(plan) => plan,
        Decision::Unable(unable) => panic!("{unable:?}"),
    }
}

/// The distributions in an environment, `name-version`, sorted.
pub(crate) fn distributions(venv: &Venv) -> Vec<String> {
    let series = venv.version().unwrap().series;
    let mut names: Vec<String> = std::fs::read_dir(venv.packages(series))
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".dist-info").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}
