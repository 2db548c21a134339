//! The folder for what the tools of a work tree are shown and keep for themselves: outside of it, and the user's own.
//!
//! Taken by a run whose tools work on copies, so that no other run changes them meanwhile. It must not know what is copied.

use std::path::{Path, PathBuf};

use super::write_back::PATIENCE;
use crate::error::Result;
use crate::fs::lock::Lock;
use crate::git::WorkTree;
use crate::process::check_interrupted;

/// The folder of one work tree; while it is locked, no other run works in it.
#[derive(Debug)]
pub(super) struct Copies {
    folder: PathBuf,
    _lock: Option<Lock>,
}

impl Copies {
    /// The folder, for tools that are shown no copies.
    pub(super) fn unlocked(work_tree: &WorkTree) -> Self {
        Self {
            folder: folder(work_tree),
            _lock: None,
        }
    }

    /// The folder, made and locked. While another run has it, waits; `say` is called once before that.
    ///
    /// # Errors
    /// When it can be made nowhere, or the user interrupts.
    pub(super) fn locked(work_tree: &WorkTree, say: impl FnOnce()) -> Result<Self> {
        let folder = folder(work_tree);
        crate::fs::create_dirs(&folder)?;
        let file = folder.join("lock");
        let mut say = Some(say);
        loop {
            if let Some(lock) = Lock::try_take(&file)? {
                return Ok(Self {
                    folder,
                    _lock: Some(lock),
                });
            }
            if let Some(say) = say.take() {
                say();
            }
            check_interrupted()?;
            std::thread::sleep(PATIENCE);
        }
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// In the user's cache; where that cannot be written, with the repository.
fn folder(work_tree: &WorkTree) -> PathBuf {
    let digest = blake3::hash(work_tree.git_dir().as_os_str().as_encoded_bytes());
    let below = |it: PathBuf| it.join("gate").join("copies").join(&digest.to_hex()[..16]);
    let cache = work_tree.host().cache_dir().map(below);
    cache
        .filter(|it| crate::fs::create_dirs(it).is_ok())
        .unwrap_or_else(|| below(work_tree.state_dir()))
}
