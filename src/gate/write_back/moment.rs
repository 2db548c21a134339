//! The moments of a run of writing back, for whoever wants to step in between.
//!
//! Called by everything that writes. It must not know who looks: in a run of ours nobody does, in tests an editor does, or a kill.

use crate::repo_path::RepoPath;

/// A moment at which others may do something; tests do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment<'a> {
    /// All files were read, nothing is written.
    Decided,
    /// The backup is there.
    Kept,
    /// The journal has announced the files.
    Announced,
    /// The new files are there.
    Ready,
    /// This one is about to be exchanged.
    Exchanging(&'a RepoPath),
    /// This one has been exchanged, and what came out was not read yet.
    Exchanged(&'a RepoPath),
    /// What came out is not what was to come out.
    Settling(&'a RepoPath),
    /// All files have been exchanged.
    Swapped,
    /// An index is locked.
    Locked,
    /// That index has the fixes, and is still locked.
    Published,
    /// Nothing is left but to say that the run is done.
    Finishing,
}

/// Whoever looks at the moments.
pub(super) type Watch<'a> = dyn FnMut(Moment<'_>) + 'a;
