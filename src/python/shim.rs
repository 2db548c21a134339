//! Seeing through pyenv's shims: scripts that start another program, which one depends on where they are started.
//!
//! Called for every script that stands where a program is looked for. The rules are pyenv's own (`pyenv help
//! version-file`, `pyenv help which`), followed by reading. It must not know what the programs are for.

use std::path::{Path, PathBuf};

use super::interpreter;
use crate::host::Host;

/// The program at this path, seen through where it is a pyenv shim; other scripts are programs like any other. `None` where
/// there is none, or a shim that points nowhere.
pub(crate) fn program(host: &Host, path: &Path) -> Option<PathBuf> {
    if !interpreter::is_program(path) {
        return None;
    }
    match interpreter::script(path) {
        Some(text) if root_of(path, &text).is_some() => resolve(host, path, &text),
        _ => Some(path.to_owned()),
    }
}

/// The program that a pyenv shim would start from the working folder; `None` where it points nowhere (no version chosen here
/// has the program, or the version is `system`) and for every script that is no such shim.
pub(crate) fn resolve(host: &Host, shim: &Path, text: &str) -> Option<PathBuf> {
    let root = root_of(shim, text)?;
    let name = shim.file_name()?;
    let programs = if host.is_windows() { "Scripts" } else { "bin" };
    chosen_versions(host, &root)
        .iter()
        .filter_map(|version| installed(&root, version))
        .map(|folder| folder.join(programs).join(name))
        .find(|program| program.is_file())
}

/// Whether the pyenv that this shim belongs to has a version; `None` where the file is no shim, or `PYENV_VERSION` has its say.
pub(crate) fn has_version(host: &Host, shim: &Path, version: &str) -> Option<bool> {
    if host.text("PYENV_VERSION").is_some() || !interpreter::is_program(shim) {
        return None;
    }
    let root = root_of(shim, &interpreter::script(shim)?)?;
    Some(installed(&root, version).is_some())
}

/// The root of the pyenv that a script belongs to: the one it names itself, else the folder above `shims`.
fn root_of(shim: &Path, text: &str) -> Option<PathBuf> {
    if !text
        .lines()
        .any(|line| line.contains("pyenv") && line.contains("exec"))
    {
        return None;
    }
    let named = text.lines().find_map(|line| {
        let value = line.trim().strip_prefix("export PYENV_ROOT=")?;
        let root = PathBuf::from(value.trim_matches(['"', '\'']));
        root.is_absolute().then_some(root)
    });
    named.or_else(|| {
        let folder = shim.parent().filter(|it| it.ends_with("shims"))?;
        folder.parent().map(Path::to_owned)
    })
}

/// The names chosen for the working folder, first choice first: `PYENV_VERSION`, else the nearest `.python-version` upwards,
/// else the global `version` file, else `system`.
fn chosen_versions(host: &Host, root: &Path) -> Vec<String> {
    if let Some(text) = host.text("PYENV_VERSION") {
        return names(&text.replace(':', "\n"));
    }
    let local = host
        .current_dir()
        .ancestors()
        .find_map(|folder| read(&folder.join(".python-version")));
    let text = local.or_else(|| read(&root.join("version")));
    names(text.as_deref().unwrap_or("system"))
}

/// The text of a regular file; `None` for all else: to open a pipe is to wait for its other end.
fn read(path: &Path) -> Option<String> {
    /// A list of versions is never longer; in bytes.
    const LARGEST: u64 = 64 << 10;
    let metadata = std::fs::metadata(path).ok()?;
    let is_list = metadata.is_file() && metadata.len() <= LARGEST;
    is_list
        .then(|| std::fs::read_to_string(path).ok())
        .flatten()
}

fn names(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}

/// The folder of a version: named exactly, with `python-` before it, or the newest that a prefix such as `3.12` means.
fn installed(root: &Path, version: &str) -> Option<PathBuf> {
    // A name comes from a file in the working folder: it must not lead out of the folder of versions.
    let plain = !version.contains(['/', '\\']) && version != ".." && version != "system";
    let version = plain.then(|| version.strip_prefix("python-").unwrap_or(version))?;
    let versions = root.join("versions");
    let exact = versions.join(version);
    if exact.is_dir() {
        return Some(exact);
    }
    let prefix = format!("{version}.");
    let patches = std::fs::read_dir(versions).ok()?.filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name();
        let patch: u32 = name.to_str()?.strip_prefix(&prefix)?.parse().ok()?;
        Some((patch, entry.path()))
    });
    patches.max().map(|(_, path)| path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use crate::host::Host;
    use crate::python::discovery::tests::Tree;
    use crate::python::{Interpreter, Source};

    fn meant(tree: &Tree, host: &Host, shim: &str) -> String {
        Interpreter::read(host, &tree.path(shim), Source::Path)
            .map_or_else(|| "none".to_owned(), |it| it.version.to_string())
    }

    fn tree() -> Tree {
        let tree = Tree::new();
        for version in ["3.11.7", "3.12.1", "3.12.10", "3.13.0"] {
            let (series, _) = version.rsplit_once('.').unwrap();
            tree.python(&format!("pyenv/versions/{version}"), series);
        }
        for name in ["python", "python3", "python3.12"] {
            tree.shim(name);
        }
        tree.folder("work/deep/er");
        tree
    }

    #[test]
    fn the_version_is_the_one_chosen_here() {
        let tree = tree();
        let host = Host::made_up(tree.path("work/deep/er"));
        assert_eq!(meant(&tree, &host, "pyenv/shims/python3"), "none");
        tree.file("pyenv/version", "3.11.7\n");
        assert_eq!(meant(&tree, &host, "pyenv/shims/python3"), "3.11.7");
        tree.file("work/.python-version", "# ours\n3.13.0 3.11.7\n");
        assert_eq!(meant(&tree, &host, "pyenv/shims/python3"), "3.13.0");
        tree.file("work/deep/.python-version", "3.12\n");
        assert_eq!(meant(&tree, &host, "pyenv/shims/python"), "3.12.10");
        let host = host.with_variable("PYENV_VERSION", "2.7.18:3.11.7");
        assert_eq!(meant(&tree, &host, "pyenv/shims/python"), "3.11.7");
    }

    #[test]
    fn a_shim_that_points_nowhere_is_no_interpreter() {
        let tree = tree();
        let host = Host::made_up(tree.path("work"));
        for nowhere in ["3.11.7", "system", "3.9.1", "../versions/3.12.1", ""] {
            tree.file("pyenv/version", nowhere);
            assert_eq!(
                meant(&tree, &host, "pyenv/shims/python3.12"),
                "none",
                "{nowhere}"
            );
        }
        // The first version that has the program is meant, as pyenv does it.
        tree.file("pyenv/version", "3.11.7\nsystem\n3.12.1\n");
        assert_eq!(meant(&tree, &host, "pyenv/shims/python3.12"), "3.12.1");
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let tree = tree();
        tree.file("pyenv/version", "3.11.7\n");
        let made = std::process::Command::new("mkfifo")
            .arg(tree.path("work/.python-version"))
            .status();
        assert!(made.unwrap().success());
        let host = Host::made_up(tree.path("work"));
        assert_eq!(meant(&tree, &host, "pyenv/shims/python3"), "3.11.7");
    }

    #[test]
    fn a_named_environment_means_its_base() {
        let tree = tree();
        let home = tree.path("pyenv/versions/3.12.1/bin");
        tree.file(
            "pyenv/versions/myenv/pyvenv.cfg",
            &format!("home = {}\nversion = 3.12.1\n", home.display()),
        );
        tree.link("pyenv/versions/myenv/bin/python3", home.join("python3"));
        tree.file("work/.python-version", "myenv\n");
        let host = Host::made_up(tree.path("work"));
        assert_eq!(meant(&tree, &host, "pyenv/shims/python3"), "3.12.1");
    }
}
