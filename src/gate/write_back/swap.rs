//! One file: the new takes the place of the old, which comes out into storage.
//!
//! Used by `writer`, when the new file lies in storage, whole. At every moment the file's name in the work tree leads to the old content or
//! to the new one; only where the system has no exchange is there a moment without either, and then the old file lies in storage.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};

use super::journal::Swap;
use super::moment::{Moment, Watch};
use super::place::Spot;
use super::settle::{
    Stand, State, exchange_back, is_content, is_of_these_files, moved, return_moved, settle,
};
use crate::fs::folder::{Folder, Found};

/// How it went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Swapped {
    /// The new file is in the work tree, the old one in storage.
    Done,
    /// Somebody else changed the file; it is theirs.
    Edited,
    /// The system refused: why. Nothing has changed.
    Failed(String),
    /// Storage lies on another file system. Nothing has changed.
    OtherFileSystem,
}

/// Two names for the two files.
pub(super) struct Pair<'a> {
    /// In the work tree.
    pub(super) spot: &'a Spot,
    /// The storage.
    pub(super) kept: &'a Folder,
    /// What the journal says.
    pub(super) swap: &'a Swap,
    /// The old file's permissions.
    pub(super) permissions: u32,
}

impl Pair<'_> {
    /// Swaps them. Without `exchange`, as on a system that cannot.
    pub(super) fn swap(&self, exchange: bool, watch: &mut Watch) -> Swapped {
        let Self {
            spot, kept, swap, ..
        } = self;
        let id = OsStr::new(&swap.id);
        match self.is_old(&spot.folder, &spot.name) {
            Ok(true) => {}
            Ok(false) => return Swapped::Edited,
            Err(error) => return refused(&error),
        }
        watch(Moment::Exchanging(&swap.path));
        if !exchange {
            return self.move_away(watch);
        }
        match kept.exchange(id, &spot.folder, &spot.name) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Swapped::Edited,
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                return Swapped::OtherFileSystem;
            }
            Err(error) if !is_of_these_files(&error) => return self.move_away(watch),
            Err(error) => return refused(&error),
        }
        watch(Moment::Exchanged(&swap.path));
        match self.is_old(kept, id) {
            Ok(true) => return Swapped::Done,
            // The same content with other permissions: those were changed meanwhile.
            _ if is_content(kept, id, swap.old) => {
                drop(exchange_back(spot, kept, id, swap.new));
            }
            _ => {}
        }
        watch(Moment::Settling(&swap.path));
        match settle(Some(spot), kept, swap, id, Stand::UnderWay) {
            // The old file after all: somebody saved it and came back to it in between.
            Ok(State::Known(content))
                if content == swap.old && is_content(&spot.folder, &spot.name, swap.new) =>
            {
                Swapped::Done
            }
            _ => Swapped::Edited,
        }
    }

    /// Without exchange: the old file is moved away, and the new one gets the name if it is still free.
    fn move_away(&self, watch: &mut Watch) -> Swapped {
        let Self {
            spot, kept, swap, ..
        } = self;
        let (id, old) = (OsStr::new(&swap.id), moved(swap));
        // A name that is taken is not taken over only where there are second names.
        let can_link = kept
            .link(id, kept, &old)
            .and_then(|()| kept.remove(&old))
            .is_ok();
        if !can_link {
            return Swapped::Failed(
                "its file system can neither exchange two files nor give one a second name"
                    .to_owned(),
            );
        }
        match spot.folder.rename(&spot.name, kept, &old) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Swapped::Edited,
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                return Swapped::OtherFileSystem;
            }
            Err(error) => return refused(&error),
        }
        watch(Moment::Exchanged(&swap.path));
        if !matches!(self.is_old(kept, &old), Ok(true)) {
            // Where the name is taken meanwhile, what was moved away is kept from storage.
            return_moved(spot, kept, &old);
            return Swapped::Edited;
        }
        match kept.link(id, &spot.folder, &spot.name) {
            Ok(()) => {
                // Its second name in storage is removed as the run ends, if not now.
                drop(kept.remove(id));
                Swapped::Done
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Swapped::Edited,
            Err(error) => {
                return_moved(spot, kept, &old);
                refused(&error)
            }
        }
    }

    /// Whether a name holds the old file as it was.
    fn is_old(&self, folder: &Folder, name: &OsStr) -> io::Result<bool> {
        Ok(matches!(
            folder.read(name)?,
            Found::File(facts, bytes)
                if blake3::hash(&bytes) == self.swap.old && facts.permissions == self.permissions
        ))
    }
}

fn refused(error: &io::Error) -> Swapped {
    Swapped::Failed(format!("the system refused: {error}"))
}
