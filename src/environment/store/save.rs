//! Making an entry from an environment that was just built and whose gates have passed.
//!
//! Called by [`super::save()`]. An environment with something in it that could not be moved (its path in a file that is no
//! launcher, a symbolic link) is not kept.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::launcher::{self, Launcher};
use super::link::{changed, link_or_copy, mode};
use super::manifest::{self, File, FileKind, Manifest};
use crate::error::{Error, Result};
use crate::fs;
use crate::python::Venv;

/// The files and links below a folder, relative to it, but for those directly in it; `None` where it cannot be read.
pub(super) fn files(root: &Path) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(root).ok()? {
        let entry = entry.ok()?;
        // Links between the folders of an environment (`lib64`) belong to its skeleton.
        if entry.file_type().ok()?.is_dir() {
            folders.push(entry.path());
        }
    }
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            if entry.file_type().ok()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path().strip_prefix(root).ok()?.to_owned());
            }
        }
    }
    files.sort();
    Some(files)
}

/// Writes the entry for an environment into a new folder; `skeleton` are the files that every environment has.
pub(super) fn save(folder: &Path, venv: &Venv, skeleton: &[PathBuf]) -> Result<()> {
    let cannot = |what: &str| Error::new(format!("the environment cannot be kept: {what}"));
    let skeleton: HashSet<&PathBuf> = skeleton.iter().collect();
    let root = venv.root().to_str().ok_or_else(|| cannot("its path"))?;
    let paths = files(venv.root()).ok_or_else(|| cannot("it cannot be read"))?;
    let into = folder.join(manifest::FILES);
    fs::create_dir(folder)?;
    fs::create_dir(&into)?;

    let mut made = HashSet::new();
    let mut list = Manifest::default();
    for path in paths.iter().filter(|it| !skeleton.contains(it)) {
        let text = path
            .to_str()
            .filter(|it| manifest::is_plain(it))
            .ok_or_else(|| cannot("a file name"))?;
        if is_of_one_path_only(text) {
            continue;
        }
        let parent = path.parent().unwrap_or(Path::new(""));
        if made.insert(parent.to_owned()) {
            fs::create_dirs(&into.join(parent))?;
        }
        let (from, to) = (venv.root().join(path), into.join(path));
        let file = keep(root, text, &from, &to)?;
        list.files.push(file.ok_or_else(|| cannot(text))?);
    }
    fs::write_new(&folder.join(manifest::USED), b"", false)?;
    // Last: without it there is no entry.
    fs::write_new(
        &folder.join(manifest::NAME),
        list.to_text().as_bytes(),
        false,
    )
}

/// Bytecode that pytest rewrote: it names the file that it was made from, and pytest does not correct that as Python does.
fn is_of_one_path_only(path: &str) -> bool {
    has_extension(path, "pyc") && path.contains("-pytest-")
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|it| it == extension)
}

/// Puts one file into the entry; `None` where it holds the path of the environment in a way that cannot be changed.
fn keep(root: &str, path: &str, from: &Path, to: &Path) -> Result<Option<File>> {
    let metadata =
        std::fs::symlink_metadata(from).map_err(|error| fs::failed("read", from, error))?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let file = |size, kind| {
        Ok(Some(File {
            path: path.to_owned(),
            size,
            kind,
        }))
    };
    let copied = |bytes: &[u8], kind| {
        fs::write_new(to, bytes, false)?;
        file(bytes.len() as u64, kind)
    };
    let in_packages = path.starts_with("lib/");
    if in_packages && path.ends_with(".dist-info/RECORD") {
        let bytes = fs::read(from)?;
        if launcher::has_rows(&bytes) {
            return copied(&bytes, FileKind::Record);
        }
    }
    if !in_packages || has_extension(path, "pth") {
        let bytes = fs::read(from)?;
        let launcher = path
            .strip_prefix("bin/")
            .and_then(|_| launcher::take_apart(&bytes, &format!("{root}/bin")));
        if let Some(Launcher { python, body }) = launcher {
            let python = python.to_owned();
            return if names(body, root) {
                Ok(None)
            } else {
                copied(body, FileKind::Launcher { python })
            };
        }
        if names(&bytes, root) {
            return Ok(None);
        }
    }
    link_or_copy(from, to, &metadata)?;
    let kind = FileKind::Plain {
        changed: changed(&metadata),
        mode: mode(&metadata),
    };
    file(metadata.len(), kind)
}

/// Whether bytes hold the path of the environment.
fn names(bytes: &[u8], root: &str) -> bool {
    bytes
        .windows(root.len())
        .any(|window| window == root.as_bytes())
}
