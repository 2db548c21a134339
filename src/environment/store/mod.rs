//! Ready environments, one per lock: what installing it and running the gates once left in `.venv`, kept to be linked into
//! the next project with the same lock.
//!
//! Called by `build` (to restore) and by `cli` after the gates have passed (to save): the bytecode that their first run
//! compiled is what makes a restored environment quick. Nothing depends on the store: it can be deleted at any moment, and
//! whatever is wrong with an entry, the installer does the work. It must not know who installs.
//!
//! An entry is a folder `KEY/` with `manifest` (see [`manifest`]), `used` (its time of change says when it was last used) and
//! `files/`, which repeats the paths below `.venv`. It is made under another name and renamed. Files are hard links where the
//! file system allows, so that an edit of a linked file changes the entry too: size, time of change and mode of every file are
//! compared before it is used, and an entry that differs is dropped.

mod bounds;
mod launcher;
mod link;
mod manifest;
mod save;
#[cfg(test)]
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::decision::{EnvironmentPlan, Python};
use super::{Built, Project};
use crate::error::{Kind, Result};
use crate::fs;
use crate::host::Host;
use crate::python::Venv;
use manifest::Manifest;

/// Part of every key: changes when entries are made in another way.
const FORMAT: &str = "scaffold environment 1";

/// A number for names that nobody else in this process has.
static NAMED: AtomicU32 = AtomicU32::new(0);

/// The store of one user.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    root: PathBuf,
}

/// The place of one environment in the store, whether it is there or not.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    store: Store,
    key: String,
}

/// What is needed to save an environment once its gates have passed.
#[derive(Debug, Clone)]
pub(super) struct Saving {
    entry: Entry,
    /// The files that were there before anything was installed.
    skeleton: Vec<PathBuf>,
}

impl Store {
    /// The user's store, made where it is missing. `None` where `SCAFFOLD_NO_STORE` is set, where there is no place for
    /// it, where others could write to it, and on Windows, whose launchers cannot be pointed at another environment.
    pub(crate) fn open(host: &Host) -> Option<Self> {
        let refused = host
            .text("SCAFFOLD_NO_STORE")
            .is_some_and(|it| !matches!(it, "0" | "false"));
        if refused || host.is_windows() {
            return None;
        }
        let root = host.cache_dir()?.join("environments");
        if !root.is_dir() {
            fs::create_dirs(root.parent()?).ok()?;
            // Two runs may make it at once.
            drop(fs::create_private_dir(&root));
        }
        is_private(&root).then_some(Self { root })
    }

    /// The place of the environment that a plan makes from these locks. `None` where its Python is not there yet, or
    /// where something that decides it cannot be read.
    pub(super) fn entry(&self, plan: &EnvironmentPlan, project: Project<'_>) -> Option<Entry> {
        let Python::Installed(interpreter) = &plan.python else {
            return None;
        };
        let (size, changed) = interpreter.stamp()?;
        let mut hasher = blake3::Hasher::new();
        // A length before every part: two lists of parts never give the same bytes.
        let mut part = |bytes: &[u8]| {
            hasher.update(&bytes.len().to_le_bytes());
            hasher.update(bytes);
        };
        part(FORMAT.as_bytes());
        part(std::env::consts::OS.as_bytes());
        part(std::env::consts::ARCH.as_bytes());
        part(plan.provider.to_string().as_bytes());
        part(interpreter.real.as_os_str().as_encoded_bytes());
        part(interpreter.version.to_string().as_bytes());
        part(format!("{size} {changed}").as_bytes());
        for lock in project.locks {
            part(&fs::read(&project.folder.join(lock)).ok()?);
        }
        Some(Entry {
            store: self.clone(),
            key: hasher.finalize().to_hex().as_str()[..32].to_owned(),
        })
    }

    /// A path in the store that nobody else has, for what is being made or removed.
    fn temporary(&self) -> PathBuf {
        let number = NAMED.fetch_add(1, Ordering::Relaxed);
        self.root
            .join(format!(".tmp-{}-{number}", std::process::id()))
    }
}

impl Entry {
    fn folder(&self) -> PathBuf {
        self.store.root.join(&self.key)
    }

    /// Whether there is an environment to restore.
    pub(super) fn is_there(&self) -> bool {
        self.folder().join(manifest::NAME).is_file()
    }

    /// Puts what was saved into a new, empty environment. `false` where that is not possible: the environment is then in
    /// no defined state, and the entry is gone if it was its fault.
    ///
    /// # Errors
    /// When the user interrupts.
    pub(super) fn restore(&self, venv: &Venv) -> Result<bool> {
        let folder = self.folder();
        let restored = Manifest::read(&folder).and_then(|it| link::restore(&folder, &it, venv));
        match restored {
            Ok(()) => {
                // Nothing but the order of eviction depends on it.
                drop(fs::touch(&folder.join(manifest::USED)));
                Ok(true)
            }
            Err(error) if error.kind() == Kind::Interrupted => Err(error),
            Err(_) => {
                // A full disk, say, is no fault of what is kept for other projects.
                let is_whole = Manifest::read(&folder).is_ok_and(|it| link::is_whole(&folder, &it));
                if !is_whole {
                    self.store.discard(&folder);
                }
                Ok(false)
            }
        }
    }

    /// What to remember of a new environment for saving it later.
    pub(super) fn saving(self, venv: &Venv) -> Option<Saving> {
        Some(Saving {
            entry: self,
            skeleton: save::files(venv.root())?,
        })
    }
}

impl Store {
    /// Removes an entry; it is gone at once for everybody else.
    fn discard(&self, folder: &Path) {
        let away = self.temporary();
        if fs::rename(folder, &away).is_ok() {
            drop(fs::remove_dir_all(&away));
        }
    }
}

/// Saves an environment whose gates have passed, where it came from an installer and not from the store; says whether it did.
pub(crate) fn save(built: &Built) -> bool {
    let Some(saving) = &built.saving else {
        return false;
    };
    let store = &saving.entry.store;
    if !saving.entry.is_there() {
        // What is left of one that somebody deleted in part would stand in the way.
        store.discard(&saving.entry.folder());
    }
    let temporary = store.temporary();
    let saved = save::save(&temporary, &built.venv, &saving.skeleton)
        .and_then(|()| fs::rename(&temporary, &saving.entry.folder()))
        .is_ok();
    if !saved {
        // Another run was quicker, or something in it cannot be kept.
        drop(fs::remove_dir_all(&temporary));
    }
    bounds::keep(store, &saving.entry.key);
    saved
}

/// Whether only this user can write there: what lies in the store will be run.
#[cfg(unix)]
fn is_private(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(folder).is_ok_and(|it| {
        it.is_dir() && it.mode() & 0o022 == 0 && it.uid() == rustix::process::geteuid().as_raw()
    })
}

#[cfg(not(unix))]
fn is_private(_folder: &Path) -> bool {
    false
}
