//! Putting the files of an entry into an environment: links where the file system has them, copies where it has not.
//!
//! Called by [`super::Entry::restore`]. Every file is compared with what the manifest says of it before it is used. It must not
//! decide which entry fits.

use std::collections::{BTreeSet, HashMap};
use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::launcher;
use super::manifest::{self, File, FileKind, Manifest};
use crate::error::{Error, Result};
use crate::fs;
use crate::process::check_interrupted;
use crate::python::Venv;

/// How many threads make links: more than these only wait for each other in the file system.
const THREADS: usize = 2;

/// Puts all files of the entry in `folder` into an environment that has none of them.
pub(super) fn restore(folder: &Path, manifest: &Manifest, venv: &Venv) -> Result<()> {
    let from = folder.join(manifest::FILES);
    let root = venv.root();
    let parents: BTreeSet<&Path> = manifest
        .files
        .iter()
        .filter_map(|it| Path::new(&it.path).parent())
        .collect();
    // Sorted: a folder comes before those in it.
    for parent in parents {
        let parent = root.join(parent);
        if !parent.is_dir() {
            fs::create_dirs(&parent)?;
        }
    }
    let (plain, special): (Vec<&File>, Vec<&File>) = manifest
        .files
        .iter()
        .partition(|it| matches!(it.kind, FileKind::Plain { .. }));
    let share = plain.len().div_ceil(THREADS).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = plain
            .chunks(share)
            .map(|files| scope.spawn(|| files.iter().try_for_each(|it| place(&from, root, it))))
            .collect();
        threads.into_iter().try_for_each(|it| {
            it.join()
                .unwrap_or_else(|_| Err(Error::new("linking stopped")))
        })
    })?;
    let launchers = write_launchers(&from, venv, &special)?;
    write_records(&from, venv, &special, &launchers)
}

/// Whether every file of the entry in `folder` is what the manifest says of it.
pub(super) fn is_whole(folder: &Path, manifest: &Manifest) -> bool {
    let from = folder.join(manifest::FILES);
    let mut files = manifest.files.iter();
    files.all(|it| unchanged(&from.join(&it.path), it).is_ok())
}

fn place(from: &Path, root: &Path, file: &File) -> Result<()> {
    if !matches!(file.kind, FileKind::Plain { .. }) {
        return Ok(());
    }
    check_interrupted()?;
    let (original, target) = (from.join(&file.path), root.join(&file.path));
    let metadata = unchanged(&original, file)?;
    link_or_copy(&original, &target, &metadata)
}

/// What the system says of a file in the store, where that is what the manifest says.
fn unchanged(original: &Path, file: &File) -> Result<Metadata> {
    let metadata =
        std::fs::symlink_metadata(original).map_err(|error| fs::failed("read", original, error))?;
    let as_saved = match file.kind {
        FileKind::Plain {
            changed: expected,
            mode: expected_mode,
        } => changed(&metadata) == expected && mode(&metadata) == expected_mode,
        FileKind::Launcher { .. } | FileKind::Record => true,
    };
    if metadata.is_file() && metadata.len() == file.size && as_saved {
        Ok(metadata)
    } else {
        Err(Error::new(format!("`{}` was changed", original.display())))
    }
}

/// Writes the launchers for this environment; gives their content by their path.
fn write_launchers<'a>(
    from: &Path,
    venv: &Venv,
    files: &[&'a File],
) -> Result<HashMap<&'a str, Vec<u8>>> {
    let mut written = HashMap::new();
    for file in files {
        let FileKind::Launcher { python } = &file.kind else {
            continue;
        };
        let python = venv.programs().join(python);
        let python = python
            .to_str()
            .ok_or_else(|| Error::new("the path of the environment is not UTF-8"))?;
        let bytes = launcher::put_together(python, &whole(from, file)?);
        fs::write_new(&venv.root().join(&file.path), &bytes, true)?;
        written.insert(file.path.as_str(), bytes);
    }
    Ok(written)
}

/// Writes the records with the hashes of the launchers as they are now.
fn write_records(
    from: &Path,
    venv: &Venv,
    files: &[&File],
    launchers: &HashMap<&str, Vec<u8>>,
) -> Result<()> {
    for file in files.iter().filter(|it| it.kind == FileKind::Record) {
        let text = String::from_utf8(whole(from, file)?)
            .map_err(|_| Error::new(format!("`{}` is not UTF-8", file.path)))?;
        let mut new = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let ending = &line[line.trim_end_matches(['\r', '\n']).len()..];
            let program = launcher::program_of(line);
            match program.and_then(|it| Some((it, launchers.get(it)?))) {
                Some((path, bytes)) => {
                    new.push_str(&launcher::row(path, bytes));
                    new.push_str(ending);
                }
                None => new.push_str(line),
            }
        }
        fs::write_new(&venv.root().join(&file.path), new.as_bytes(), false)?;
    }
    Ok(())
}

/// The content of a file that is not linked; its size must be the one in the manifest.
fn whole(from: &Path, file: &File) -> Result<Vec<u8>> {
    let path = from.join(&file.path);
    let bytes = fs::read(&path)?;
    if bytes.len() as u64 == file.size {
        Ok(bytes)
    } else {
        Err(Error::new(format!("`{}` was changed", path.display())))
    }
}

/// A second name for a file, or a copy with its time of change, which bytecode depends on.
pub(super) fn link_or_copy(from: &Path, to: &Path, metadata: &Metadata) -> Result<()> {
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    // Another file system, one without links, or a file with too many of them; what is wrong beyond that, the copy tells.
    fs::copy(from, to)?;
    let time = metadata
        .modified()
        .map_err(|error| fs::failed("read", from, error))?;
    fs::set_changed(to, time)
}

/// Time of change in nanoseconds since 1970.
pub(super) fn changed(metadata: &Metadata) -> i128 {
    let Ok(time) = metadata.modified() else {
        return 0;
    };
    let nanoseconds = |it: u128| i128::try_from(it).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => nanoseconds(since.as_nanos()),
        Err(before) => -nanoseconds(before.duration().as_nanos()),
    }
}

/// The permission bits.
#[cfg(unix)]
pub(super) fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777
}

/// The permission bits, where the system has none.
#[cfg(not(unix))]
pub(super) fn mode(_metadata: &Metadata) -> u32 {
    0
}
