//! What can lie under a name in a work tree, and how it is put there.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// Something that lies under a name.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Node {
    File { mode: u32, bytes: Vec<u8> },
    Link(Vec<u8>),
    Folder,
}

impl Node {
    pub(super) fn file(bytes: impl Into<Vec<u8>>) -> Self {
        Self::moded(0o644, bytes)
    }

    pub(super) fn moded(mode: u32, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::File { mode, bytes }
    }

    pub(super) fn link(target: impl AsRef<[u8]>) -> Self {
        Self::Link(target.as_ref().to_vec())
    }

    /// Reads it; `None` where there is nothing.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error)
                if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) =>
            {
                return None;
            }
            Err(error) => panic!("{}: {error}", path.display()),
        };
        Some(if metadata.is_symlink() {
            Self::link(fs::read_link(path).unwrap().as_os_str().as_bytes())
        } else if metadata.is_dir() {
            Self::Folder
        } else {
            Self::moded(metadata.mode() & 0o7777, fs::read(path).unwrap())
        })
    }

    fn write(&self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match self {
            Self::File { mode, bytes } => {
                fs::write(path, bytes).unwrap();
                fs::set_permissions(path, PermissionsExt::from_mode(*mode)).unwrap();
            }
            Self::Link(target) => symlink(OsStr::from_bytes(target), path).unwrap(),
            Self::Folder => fs::create_dir_all(path).unwrap(),
        }
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |bytes: &[u8]| {
            let end = bytes.len().min(400);
            format!("{} bytes {}", bytes.len(), bytes[..end].escape_ascii())
        };
        match self {
            Self::File { mode, bytes } => write!(f, "file {mode:o} {}", short(bytes)),
            Self::Link(target) => write!(f, "link to {}", target.escape_ascii()),
            Self::Folder => write!(f, "folder"),
        }
    }
}

/// What lies where, by path below some folder.
pub(super) type Layout = BTreeMap<Vec<u8>, Node>;

pub(super) fn at(root: &Path, path: &[u8]) -> PathBuf {
    root.join(OsStr::from_bytes(path))
}

/// Makes of one layout the other; what is the same in both is not touched.
pub(super) fn change(root: &Path, old: &Layout, new: &Layout) {
    for (path, node) in old.iter().rev() {
        if new.get(path) == Some(node) {
            continue;
        }
        let place = at(root, path);
        match node {
            Node::Folder => drop(fs::remove_dir(&place)),
            _ => fs::remove_file(&place).unwrap(),
        }
        let mut folder = place.parent().unwrap();
        while folder != root && fs::remove_dir(folder).is_ok() {
            folder = folder.parent().unwrap();
        }
    }
    for (path, node) in new {
        if old.get(path) != Some(node) {
            node.write(&at(root, path));
        }
    }
}

/// Everything below a folder; what is below a `.git` is left out.
pub(super) fn everything(root: &Path) -> Layout {
    fn walk(root: &Path, below: &[u8], all: &mut Layout) {
        for entry in fs::read_dir(at(root, below)).unwrap() {
            let name = entry.unwrap().file_name();
            let path = if below.is_empty() {
                name.as_bytes().to_vec()
            } else {
                [below, b"/", name.as_bytes()].concat()
            };
            if name.as_bytes() == b".git" {
                continue;
            }
            // Somebody may have taken it away in between.
            let Some(node) = Node::read(&at(root, &path)) else {
                continue;
            };
            if node == Node::Folder {
                walk(root, &path, all);
            }
            all.insert(path, node);
        }
    }
    let mut all = Layout::new();
    walk(root, b"", &mut all);
    all
}
