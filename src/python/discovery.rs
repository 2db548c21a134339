//! Finding every Python of this machine by reading folders: nothing is started.
//!
//! Called once per run by `cli`, which hands the list to the features. It must not know which one is wanted.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::interpreter::{Interpreter, Source};
use crate::host::Host;

/// The series looked for by name on `PATH`; older ones are found to be told why they are not used.
const MINORS: std::ops::RangeInclusive<u8> = 8..=19;

/// Every interpreter on this machine, each once, the newest series first; within a series in the order of [`Source`], then
/// the newest patch release.
pub(crate) fn interpreters(host: &Host) -> Vec<Interpreter> {
    let mut found: Vec<Interpreter> = Vec::new();
    let mut known = HashSet::new();
    for (path, source) in candidates(host) {
        let Some(interpreter) = Interpreter::read(host, &path, source) else {
            continue;
        };
        // The first place that leads to a program names it.
        if known.insert(interpreter.real.clone()) {
            found.push(interpreter);
        }
    }
    found.sort_by(|one, other| {
        let newest = |it: &Interpreter| (it.version.series, it.version.release);
        newest(other)
            .cmp(&newest(one))
            .then(one.source.cmp(&other.source))
            .then(other.version.cmp(&one.version))
    });
    found
}

/// Files that may be interpreters, in the order of precedence.
fn candidates(host: &Host) -> Vec<(PathBuf, Source)> {
    let mut files = Vec::new();
    let suffix = if host.is_windows() { ".exe" } else { "" };
    let mut names = vec![format!("python3{suffix}"), format!("python{suffix}")];
    names.extend(MINORS.rev().map(|minor| format!("python3.{minor}{suffix}")));
    for folder in host.path_folders() {
        files.extend(names.iter().map(|name| (folder.join(name), Source::Path)));
    }
    for (folder, source) in installs(host) {
        for version in subfolders(&folder) {
            let program = if host.is_windows() {
                version.join("python.exe")
            } else {
                version.join("bin").join("python3")
            };
            files.push((program, source));
        }
    }
    files
}

/// The folders whose subfolders are installations.
fn installs(host: &Host) -> Vec<(PathBuf, Source)> {
    let mut folders = Vec::new();
    let under_home = |relative: &str| host.home().map(|home| home.join(relative));
    let variable = |name: &str| {
        let folder = PathBuf::from(host.variable(name)?);
        folder.is_absolute().then_some(folder)
    };
    let data = |name: &str| {
        if host.is_windows() {
            return variable("APPDATA").map(|it| it.join(name));
        }
        variable("XDG_DATA_HOME")
            .or_else(|| under_home(".local/share"))
            .map(|it| it.join(name))
    };
    let mut add = |folder: Option<PathBuf>, below: &str, source| {
        folders.extend(folder.map(|it| (it.join(below), source)));
    };
    let (pyenv, below) = if host.is_windows() {
        (".pyenv/pyenv-win", "versions")
    } else {
        (".pyenv", "versions")
    };
    add(
        variable("PYENV_ROOT").or_else(|| under_home(pyenv)),
        below,
        Source::Pyenv,
    );
    match variable("UV_PYTHON_INSTALL_DIR") {
        Some(folder) => add(Some(folder), "", Source::Uv),
        None => add(data("uv"), "python", Source::Uv),
    }
    add(
        variable("MISE_DATA_DIR").or_else(|| data("mise")),
        "installs/python",
        Source::Mise,
    );
    add(
        variable("ASDF_DATA_DIR").or_else(|| under_home(".asdf")),
        "installs/python",
        Source::Asdf,
    );
    if host.is_windows() {
        // python.org's installer for one user and for all, and the install manager of 2025.
        for (name, below) in [
            ("LOCALAPPDATA", "Programs/Python"),
            ("ProgramFiles", ""),
            ("ProgramFiles(x86)", ""),
            ("LOCALAPPDATA", "Python"),
        ] {
            add(variable(name), below, Source::WindowsInstaller);
        }
    }
    folders
}

/// The folders in a folder, sorted; none where it cannot be read.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<OsString> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| !name.to_string_lossy().starts_with('.'))
        .collect();
    names.sort();
    names.iter().map(|name| folder.join(name)).collect()
}

#[cfg(test)]
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
pub(crate) mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::{Path, PathBuf};

    use super::interpreters;
    use crate::host::Host;

    /// A made-up machine: a folder with programs that are never started.
    pub(crate) struct Tree(tempfile::TempDir);

    impl Tree {
        pub(crate) fn new() -> Self {
            let tree = Self(tempfile::tempdir().unwrap());
            tree.folder("work");
            tree
        }

        pub(crate) fn path(&self, relative: &str) -> PathBuf {
            // Temporary folders lie behind a link on some systems, and interpreters are told apart by real paths.
            self.0.path().canonicalize().unwrap().join(relative)
        }

        pub(crate) fn folder(&self, relative: &str) {
            std::fs::create_dir_all(self.path(relative)).unwrap();
        }

        pub(crate) fn file(&self, relative: &str, text: &str) {
            let path = self.path(relative);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        pub(crate) fn script(&self, relative: &str, text: &str) {
            self.file(relative, text);
            let executable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(self.path(relative), executable).unwrap();
        }

        pub(crate) fn program(&self, relative: &str) {
            self.script(relative, "\x7fELF");
        }

        pub(crate) fn link(&self, relative: &str, target: impl AsRef<Path>) {
            let path = self.path(relative);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            symlink(target, path).unwrap();
        }

        /// An installation with `bin/python3.X`, its two short names, and a standard library.
        pub(crate) fn python(&self, prefix: &str, series: &str) {
            self.program(&format!("{prefix}/bin/python{series}"));
            self.link(&format!("{prefix}/bin/python3"), format!("python{series}"));
            self.link(&format!("{prefix}/bin/python"), "python3");
            self.file(&format!("{prefix}/lib/python{series}/os.py"), "");
        }

        /// A shim as pyenv writes it, with its root at `pyenv`.
        pub(crate) fn shim(&self, name: &str) {
            let root = self.path("pyenv");
            let root = root.display();
            self.script(
                &format!("pyenv/shims/{name}"),
                &format!(
                    "#!/usr/bin/env bash\nset -e\nprogram=\"${{0##*/}}\"\nexport PYENV_ROOT=\"{root}\"\n\
                     exec \"{root}/libexec/pyenv\" exec \"$program\" \"$@\"\n"
                ),
            );
        }

        pub(crate) fn host(&self, path: &[&str]) -> Host {
            let folders = path.iter().map(|it| self.path(it));
            Host::made_up(self.path("work"))
                .with_home(self.path("home"))
                .with_variable("PATH", std::env::join_paths(folders).unwrap())
        }
    }

    fn found(tree: &Tree, host: &Host) -> Vec<String> {
        let root = tree.path("");
        interpreters(host)
            .iter()
            .map(|it| {
                let path = it.path.strip_prefix(&root).unwrap();
                format!("{} {:?} {}", it.version, it.source, path.display())
            })
            .collect()
    }

    #[test]
    fn every_place_is_looked_at_and_each_interpreter_named_once() {
        let tree = Tree::new();
        tree.python("usr", "3.11");
        tree.link("bin/python3", tree.path("usr/bin/python3"));
        tree.python("home/.pyenv/versions/3.12.1", "3.12");
        tree.python("home/.pyenv/versions/3.9.18", "3.9");
        let uv = "home/.local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu";
        tree.python(uv, "3.13");
        tree.link(
            "home/.local/share/uv/python/cpython-3.13-linux-x86_64-gnu",
            tree.path(uv),
        );
        tree.link(
            "home/.local/bin/python3.13",
            tree.path(uv).join("bin/python3.13"),
        );
        tree.file("home/.local/share/uv/python/.lock", "");
        tree.python("home/.local/share/mise/installs/python/3.14.0", "3.14");
        tree.python("home/.asdf/installs/python/3.12.4", "3.12");
        let host = tree.host(&["usr/bin", "bin", "home/.local/bin"]);
        assert_eq!(
            found(&tree, &host),
            [
                "3.14.0 Mise home/.local/share/mise/installs/python/3.14.0/bin/python3",
                "3.13.1 Path home/.local/bin/python3.13",
                "3.12.1 Pyenv home/.pyenv/versions/3.12.1/bin/python3",
                "3.12.4 Asdf home/.asdf/installs/python/3.12.4/bin/python3",
                "3.11 Path usr/bin/python3",
                "3.9.18 Pyenv home/.pyenv/versions/3.9.18/bin/python3",
            ]
        );
    }

    #[test]
    fn shims_on_path_are_what_they_mean_here() {
        let tree = Tree::new();
        tree.python("pyenv/versions/3.11.7", "3.11");
        tree.python("pyenv/versions/3.12.1", "3.12");
        tree.python("pyenv/versions/3.12.9", "3.12");
        for name in ["python", "python3", "python3.11", "python3.12"] {
            tree.shim(name);
        }
        tree.file("work/.python-version", "3.12.1\n");
        let pyenv = tree.path("pyenv");
        let host = tree
            .host(&["pyenv/shims"])
            .with_variable("PYENV_ROOT", pyenv);
        assert_eq!(
            found(&tree, &host),
            [
                "3.12.1 Path pyenv/versions/3.12.1/bin/python3",
                "3.12.9 Pyenv pyenv/versions/3.12.9/bin/python3",
                "3.11.7 Pyenv pyenv/versions/3.11.7/bin/python3",
            ]
        );
    }

    #[test]
    fn uv_and_mise_are_found_where_they_are_told_to_be() {
        let tree = Tree::new();
        tree.python("a/cpython-3.12.3-linux-x86_64-gnu", "3.12");
        tree.python("b/installs/python/3.13", "3.13");
        let host = tree
            .host(&[])
            .with_variable("UV_PYTHON_INSTALL_DIR", tree.path("a"))
            .with_variable("MISE_DATA_DIR", tree.path("b"));
        assert_eq!(
            found(&tree, &host),
            [
                "3.13 Mise b/installs/python/3.13/bin/python3",
                "3.12.3 Uv a/cpython-3.12.3-linux-x86_64-gnu/bin/python3",
            ]
        );
    }

    #[test]
    fn a_release_comes_before_a_pre_release_of_its_series() {
        let tree = Tree::new();
        tree.python("home/.pyenv/versions/3.14.0rc1", "3.14");
        tree.python("home/.asdf/installs/python/3.14.0", "3.14");
        let host = tree.host(&[]);
        let versions: Vec<_> = interpreters(&host)
            .iter()
            .map(|it| it.version.to_string())
            .collect();
        assert_eq!(versions, ["3.14.0", "3.14.0 (pre-release)"]);
    }

    #[test]
    fn on_windows_the_folders_of_the_installers_are_read() {
        let tree = Tree::new();
        for (folder, dll) in [
            ("local/Programs/Python/Python312", "python312.dll"),
            ("programs/Python313", "python313.dll"),
            ("local/Python/pythoncore-3.14-64", "python314.dll"),
        ] {
            tree.program(&format!("{folder}/python.exe"));
            tree.file(&format!("{folder}/python3.dll"), "");
            tree.file(&format!("{folder}/{dll}"), "");
            tree.file(&format!("{folder}/Lib/os.py"), "");
        }
        tree.file(
            "programs/Python313/include/patchlevel.h",
            "#define PY_VERSION \"3.13.2\"\n",
        );
        // The store's stub, which opens the store when it is started.
        tree.file("local/Microsoft/WindowsApps/python.exe", "");
        let host = tree
            .host(&["local/Microsoft/WindowsApps"])
            .on_windows()
            .with_variable("LOCALAPPDATA", tree.path("local"))
            .with_variable("ProgramFiles", tree.path("programs"));
        assert_eq!(
            found(&tree, &host),
            [
                "3.14 WindowsInstaller local/Python/pythoncore-3.14-64/python.exe",
                "3.13.2 WindowsInstaller programs/Python313/python.exe",
                "3.12 WindowsInstaller local/Programs/Python/Python312/python.exe",
            ]
        );
    }

    #[test]
    fn nothing_installed_is_an_empty_list() {
        let tree = Tree::new();
        assert_eq!(found(&tree, &tree.host(&["bin"])), Vec::<String>::new());
    }
}
