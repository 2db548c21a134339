//! One installed Python, recognised and described by its files alone.
//!
//! Called by `discovery` for every candidate; the features read the result. Everything that only looks like an
//! interpreter (shims, store stubs, wrappers, other implementations) is told apart here. It must not know where to look.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::layout::Layout;
use super::version::Version;
use super::{Venv, shim};
use crate::host::Host;

/// How far a chain of shims and virtual environments is followed before it counts as a circle.
const DEPTH: u8 = 5;

/// Where an interpreter was found, first choice first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Source {
    /// A folder of `PATH`, or what a shim there stands for at this place.
    Path,
    /// The versions of pyenv: <https://github.com/pyenv/pyenv>.
    Pyenv,
    /// The Pythons that uv has installed: <https://docs.astral.sh/uv/concepts/python-versions/>.
    Uv,
    /// The installs of mise: <https://mise.jdx.dev>.
    Mise,
    /// The installs of asdf: <https://asdf-vm.com>.
    Asdf,
    /// The folders of the installers for Windows, which are what the `py` launcher lists.
    WindowsInstaller,
}

/// How pip can be started for an environment that has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pip {
    /// From this wheel, which a Python runs as it is: the one that ensurepip carries, or the system's.
    Wheel(PathBuf),
    /// By the interpreter itself, whose own pip is new enough to work on another environment (`--python`, pip 22.3).
    Installed,
}

/// A CPython on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interpreter {
    /// The program to start: as it was found, since that name outlives a patch release where the real file does not.
    pub(crate) path: PathBuf,
    /// The same program with every symbolic link resolved: two names of one interpreter agree in it.
    pub(crate) real: PathBuf,
    /// Its version, the patch number only where the installation tells.
    pub(crate) version: Version,
    /// Where it was found first.
    pub(crate) source: Source,
    /// The folder of the standard library.
    pub(crate) standard_library: PathBuf,
    /// The folder that `bin`, `lib` and `share` stand in (on Windows the one that holds `python.exe`).
    prefix: PathBuf,
}

impl Interpreter {
    /// The interpreter behind a file: itself, the one that a pyenv shim means here, or the base of the virtual
    /// environment that the file lies in. `None` for everything that is no working CPython: shims that point nowhere,
    /// stubs of a store, wrappers, free-threaded builds, other implementations, a program without its library.
    pub(crate) fn read(host: &Host, path: &Path, source: Source) -> Option<Self> {
        Self::follow(host, path, source, DEPTH)
    }

    fn follow(host: &Host, path: &Path, source: Source, depth: u8) -> Option<Self> {
        let deeper = depth.checked_sub(1)?;
        if !is_program(path) {
            return None;
        }
        if let Some(text) = script(path) {
            return shim::resolve(host, path, &text)
                .and_then(|it| Self::follow(host, &it, source, deeper));
        }
        if let Some(venv) = Venv::around(host, path) {
            return venv
                .bases()
                .into_iter()
                .find_map(|it| Self::follow(host, &it, source, deeper));
        }
        let real = std::fs::canonicalize(path).ok()?;
        let layout = Layout::around(host, &real)?;
        Some(Self {
            path: path.to_owned(),
            version: layout.version(),
            real,
            source,
            standard_library: layout.standard_library,
            prefix: layout.prefix,
        })
    }

    /// An interpreter for tests of what is decided about interpreters.
    #[cfg(test)]
    pub(crate) fn made_up(path: &str, version: Version, source: Source) -> Self {
        let path = PathBuf::from(path);
        let prefix = path.parent().and_then(Path::parent).map(Path::to_owned);
        let prefix = prefix.unwrap_or_default();
        Self {
            real: path.clone(),
            standard_library: prefix.join(format!("lib/python{}", version.series)),
            path,
            version,
            source,
            prefix,
        }
    }

    /// The folder that `bin`, `lib` and `share` stand in (on Windows the one that holds `python.exe`).
    pub(crate) fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// Whether it has the module that makes virtual environments.
    pub(crate) fn has_venv(&self) -> bool {
        self.standard_library.join("venv/__init__.py").is_file()
    }

    /// How pip can be started with it; `None` where it has none at all, as on Debian without `python3-venv`.
    pub(crate) fn pip(&self) -> Option<Pip> {
        // `share/python-wheels` is where Debian and Fedora keep what ensurepip would carry.
        let wheels = [
            self.standard_library.join("ensurepip/_bundled"),
            self.prefix.join("share/python-wheels"),
        ];
        if let Some(wheel) = wheels.iter().find_map(|folder| newest_pip_wheel(folder)) {
            return Some(Pip::Wheel(wheel));
        }
        let series = self.version.series;
        let packages = [
            self.standard_library.join("site-packages"),
            self.prefix
                .join(format!("lib/python{series}/site-packages")),
            self.prefix.join("lib/python3/dist-packages"),
            self.prefix
                .join(format!("local/lib/python{series}/dist-packages")),
        ];
        packages
            .iter()
            .any(|folder| has_pip_for_other_environments(folder))
            .then_some(Pip::Installed)
    }

    /// Size in bytes and time of change in nanoseconds since 1970 of the program: they change when it is replaced.
    pub(crate) fn stamp(&self) -> Option<(u64, u128)> {
        let metadata = std::fs::metadata(&self.real).ok()?;
        let changed: SystemTime = metadata.modified().ok()?;
        let since = changed.duration_since(UNIX_EPOCH).ok()?;
        Some((metadata.len(), since.as_nanos()))
    }
}

/// A file that can be started and is no stub: the ones of the Microsoft Store are empty, and open the store when started.
pub(super) fn is_program(path: &Path) -> bool {
    let stub = path
        .components()
        .any(|it| it.as_os_str().eq_ignore_ascii_case("WindowsApps"));
    let Ok(metadata) = std::fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = true;
    metadata.is_file() && metadata.len() > 0 && executable && !stub
}

/// The beginning of a script; `None` for a compiled program.
pub(super) fn script(path: &Path) -> Option<String> {
    let mut start = Vec::new();
    let file = std::fs::File::open(path).ok()?;
    let mut head = [0; 2];
    let mut reader = file.take(8 * 1024);
    reader.read_exact(&mut head).ok()?;
    if &head != b"#!" {
        return None;
    }
    reader.read_to_end(&mut start).ok()?;
    Some(String::from_utf8_lossy(&start).into_owned())
}

fn newest_pip_wheel(folder: &Path) -> Option<PathBuf> {
    let wheels = std::fs::read_dir(folder).ok()?.filter_map(|entry| {
        let path = entry.ok()?.path();
        let name = path.file_name()?.to_str()?;
        let rest = name.strip_prefix("pip-")?.strip_suffix(".whl")?;
        let numbers = pip_version(rest.split('-').next()?);
        Some((numbers, path))
    });
    wheels.max().map(|(_, path)| path)
}

/// Whether a folder of packages holds a pip that knows `--python`, by the name of its metadata folder.
fn has_pip_for_other_environments(folder: &Path) -> bool {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| {
            let name = entry.file_name();
            name.to_str()
                .and_then(|it| it.strip_prefix("pip-")?.strip_suffix(".dist-info"))
                .is_some_and(|version| pip_version(version) >= vec![22, 3])
        })
}

fn pip_version(text: &str) -> Vec<u32> {
    text.split('.').map_while(|it| it.parse().ok()).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;

    use super::{Interpreter, Pip, Source};
    use crate::host::Host;
    use crate::python::discovery::tests::Tree;

    fn read(tree: &Tree, path: &str) -> Option<Interpreter> {
        let host = Host::made_up(tree.path("work"));
        Interpreter::read(&host, &tree.path(path), Source::Path)
    }

    fn shown(found: Option<&Interpreter>) -> String {
        found.map_or_else(|| "none".to_owned(), |it| it.version.to_string())
    }

    #[test]
    fn what_only_looks_like_a_python_is_none() {
        let tree = Tree::new();
        tree.file("empty/bin/python3", "");
        tree.python("store/WindowsApps", "3.12");
        tree.program("bare/bin/python3.12");
        tree.python("other", "3.12");
        tree.program("pypy/bin/pypy3.10");
        tree.link("pypy/bin/python", "pypy3.10");
        tree.file("pypy/lib/python3.10/os.py", "");
        tree.file("other/lib/python3.13t/os.py", "");
        tree.program("other/bin/python3.13t");
        tree.link("other/bin/dangling", "nowhere");
        tree.script("other/bin/python3.14", "#!/bin/sh\nexec true\n");
        for path in [
            "empty/bin/python3",
            "store/WindowsApps/bin/python3.12",
            "bare/bin/python3.12",
            "pypy/bin/python",
            "other/bin/python3.13t",
            "other/bin/dangling",
            "other/bin/python3.14",
            "other/bin",
        ] {
            assert_eq!(read(&tree, path), None, "{path}");
        }
        assert_eq!(shown(read(&tree, "other/bin/python3.12").as_ref()), "3.12");
    }

    #[test]
    fn one_in_a_virtual_environment_is_its_base() {
        let tree = Tree::new();
        tree.python("base", "3.12");
        let home = tree.path("base/bin");
        tree.file(
            "env/pyvenv.cfg",
            &format!("Home = {}\nversion_info = 3.12.1\n", home.display()),
        );
        tree.link("env/bin/python", tree.path("base/bin/python3.12"));
        tree.file(
            "env2/pyvenv.cfg",
            &format!("home = {}\n", tree.path("env/bin").display()),
        );
        tree.link("env2/bin/python", tree.path("env/bin/python"));
        for path in ["env/bin/python", "env2/bin/python"] {
            let found = read(&tree, path).unwrap();
            assert_eq!(found.real, home.join("python3.12"), "{path}");
            assert!(found.path.starts_with(&home), "{path}");
        }
        tree.file("gone/pyvenv.cfg", "home = /nowhere/bin\n");
        tree.link("gone/bin/python", tree.path("base/bin/python3.12"));
        assert_eq!(read(&tree, "gone/bin/python"), None);
    }

    #[test]
    fn a_circle_of_environments_ends() {
        let tree = Tree::new();
        tree.program("env/bin/python");
        tree.file(
            "env/pyvenv.cfg",
            &format!("home = {}\n", tree.path("env/bin").display()),
        );
        assert_eq!(read(&tree, "env/bin/python"), None);
    }

    #[test]
    fn how_pip_is_started_is_read() {
        let tree = Tree::new();
        tree.python("usr", "3.11");
        let pip = || read(&tree, "usr/bin/python3.11").unwrap().pip();
        let able = || read(&tree, "usr/bin/python3.11").unwrap().has_venv();
        assert!(!able());
        // Debian without python3-venv: the module `venv` is there, ensurepip and its wheels are not.
        tree.file("usr/lib/python3.11/venv/__init__.py", "");
        assert_eq!(pip(), None);
        assert!(able());
        tree.file(
            "usr/lib/python3/dist-packages/pip-22.2.dist-info/METADATA",
            "",
        );
        assert_eq!(pip(), None);
        tree.file(
            "usr/lib/python3/dist-packages/pip-23.0.1.dist-info/METADATA",
            "",
        );
        assert_eq!(pip(), Some(Pip::Installed));
        let wheel = |name: &str| Some(Pip::Wheel(Path::new(&tree.path(name)).to_owned()));
        tree.file("usr/share/python-wheels/pip-9.0-py3-none-any.whl", "");
        tree.file("usr/share/python-wheels/pip-23.0.1-py3-none-any.whl", "");
        assert_eq!(
            pip(),
            wheel("usr/share/python-wheels/pip-23.0.1-py3-none-any.whl")
        );
        tree.file(
            "usr/lib/python3.11/ensurepip/_bundled/pip-24.2-py3-none-any.whl",
            "",
        );
        let bundled = "usr/lib/python3.11/ensurepip/_bundled/pip-24.2-py3-none-any.whl";
        assert_eq!(pip(), wheel(bundled));
    }

    #[test]
    fn the_stamp_changes_with_the_program() {
        let tree = Tree::new();
        tree.python("usr", "3.11");
        let found = read(&tree, "usr/bin/python3.11").unwrap();
        let before = found.stamp().unwrap();
        tree.file("usr/bin/python3.11", "\x7fELF, another one");
        assert_ne!(found.stamp().unwrap(), before);
    }
}
