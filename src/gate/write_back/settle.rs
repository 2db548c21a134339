//! What lies in storage after an exchange, told apart by content: the new file, the old one, or something that somebody else wrote.
//!
//! Used where a file is exchanged, at the end of a run, and by recovery. What somebody else wrote goes back to its place, or is handed
//! to the caller to be kept. Nothing is taken away here that had a name in the work tree, if only for a moment: whoever opened it
//! then may write to it later.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};

use super::journal::{MOVED, Swap};
use super::place::Spot;
use crate::fs::folder::{Facts, Folder, Found};

/// What was found in storage under one name, and done about it.
#[derive(Debug)]
pub(super) enum State {
    /// Nothing is there (any more).
    Empty,
    /// The new file, the old one, or what a backup has: nobody needs it.
    Known(blake3::Hash),
    /// What somebody else wrote was there; it is back in the work tree, and the new file is there instead.
    PutBack,
    /// What somebody else wrote is there, and its place in the work tree has something else by now.
    Foreign(Option<(Facts, Vec<u8>)>),
}

/// How far the run that made a swap is known to have come with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// It may have been stopped in the middle: a name that leads nowhere may be our doing.
    UnderWay,
    /// The new file has the name. The user has not been told so yet.
    Swapped,
    /// The user has been told, and what lies under the name is theirs alone.
    Over,
}

/// The names in storage that belong to a swap: of the new file or the one that came out, and of an old one that was moved away.
pub(super) fn names(swap: &Swap) -> [OsString; 2] {
    [OsString::from(&swap.id), moved(swap)]
}

/// The name in storage of an old file that was moved away.
pub(super) fn moved(swap: &Swap) -> OsString {
    OsString::from(format!("{}{MOVED}", swap.id))
}

/// Looks at one name.
///
/// # Errors
/// When storage cannot be read.
pub(super) fn settle(
    spot: Option<&Spot>,
    kept: &Folder,
    swap: &Swap,
    name: &OsStr,
    stand: Stand,
) -> io::Result<State> {
    let found = kept.read(name)?;
    let content = match found {
        Found::Nothing => return Ok(State::Empty),
        // Half written: it was never exchanged.
        Found::File(..) if !swap.ready => return remove(kept, name),
        Found::File(facts, bytes) => Some((facts, bytes)),
        Found::Other => None,
    };
    if let Some((facts, bytes)) = &content {
        let hash = blake3::hash(bytes);
        let here = spot.and_then(|spot| spot.folder.facts(&spot.name).ok().flatten());
        if here.is_some_and(|it| it.identity == facts.identity && facts.identity != (0, 0)) {
            // The same file has its name in the work tree.
            return remove(kept, name);
        }
        let is_missing = spot.is_some_and(|spot| is_free(&spot.folder, &spot.name));
        let was_moved = stand == Stand::UnderWay && name == moved(swap);
        if swap.knows(hash) && !(hash == swap.old && is_missing && was_moved) {
            return Ok(State::Known(hash));
        }
    }
    if let Some(spot) = spot
        && stand != Stand::Over
        && put_back(spot, kept, swap, name, stand)?
    {
        return Ok(State::PutBack);
    }
    // It may have become another one while it was tried.
    Ok(match kept.read(name)? {
        Found::Nothing => State::Empty,
        Found::File(facts, bytes) => {
            let hash = blake3::hash(&bytes);
            if swap.knows(hash) {
                State::Known(hash)
            } else {
                State::Foreign(Some((facts, bytes)))
            }
        }
        Found::Other => State::Foreign(None),
    })
}

fn remove(kept: &Folder, name: &OsStr) -> io::Result<State> {
    match kept.remove(name) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(State::Empty),
    }
}

/// Brings back what came out, where the work tree still has our new file or nothing at all. Says whether that was done.
fn put_back(
    spot: &Spot,
    kept: &Folder,
    swap: &Swap,
    name: &OsStr,
    stand: Stand,
) -> io::Result<bool> {
    if is_free(&spot.folder, &spot.name) {
        // An exchanged file is missing only where somebody removed it; a moved one is missing because we moved it.
        let was_moved = stand == Stand::UnderWay && name == moved(swap);
        return Ok(was_moved && return_moved(spot, kept, name));
    }
    if !is_content(&spot.folder, &spot.name, swap.new) {
        return Ok(false);
    }
    exchange_back(spot, kept, name, swap.new)
}

/// Exchanges the two again, and says whether our new file came out. If not, somebody saved in between: that is the newest, and so
/// they are exchanged once more.
pub(super) fn exchange_back(
    spot: &Spot,
    kept: &Folder,
    name: &OsStr,
    new: blake3::Hash,
) -> io::Result<bool> {
    match kept.exchange(name, &spot.folder, &spot.name) {
        Ok(()) if is_content(kept, name, new) => Ok(true),
        Ok(()) => {
            // Where this fails, the newest is what lies in storage, and is kept from there.
            drop(kept.exchange(name, &spot.folder, &spot.name));
            Ok(false)
        }
        Err(error) if is_of_these_files(&error) => Err(error),
        Err(_) => Ok(false),
    }
}

/// Gives a moved file its name in the work tree again, unless that is taken. Says whether that was done.
pub(super) fn return_moved(spot: &Spot, kept: &Folder, name: &OsStr) -> bool {
    match kept.link(name, &spot.folder, &spot.name) {
        Ok(()) => {
            // Its second name in storage harms nobody; the next run removes it.
            drop(kept.remove(name));
            true
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        // A folder has no second name.
        Err(_) => {
            is_free(&spot.folder, &spot.name) && kept.rename(name, &spot.folder, &spot.name).is_ok()
        }
    }
}

/// Whether the error is one of this exchange, and not that there are no exchanges or nothing to exchange with.
pub(super) fn is_of_these_files(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::Unsupported
            | ErrorKind::InvalidInput
            | ErrorKind::NotFound
            | ErrorKind::CrossesDevices
    )
}

/// Whether a name holds a file of this content.
pub(super) fn is_content(folder: &Folder, name: &OsStr, hash: blake3::Hash) -> bool {
    matches!(folder.read(name), Ok(Found::File(_, bytes)) if blake3::hash(&bytes) == hash)
}

fn is_free(folder: &Folder, name: &OsStr) -> bool {
    matches!(folder.read(name), Ok(Found::Nothing))
}
