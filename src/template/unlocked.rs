//! Why the pinned closure has no lock for a requirement.
//!
//! Given by `subset`, told by whoever asked for the lock. It must not know how a lock is found.

use std::fmt;

/// Why the closure has no lock for a requirement; all but the first ask for a resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unlocked {
    /// The requirement cannot be read at all.
    Invalid { requirement: String, reason: String },
    /// The closure has no package of this name.
    Unknown { requirement: String, name: String },
    /// The closure's version is not the one that is asked for.
    OutOfRange { requirement: String, locked: String },
    /// The package was resolved without this extra.
    Extra { requirement: String, extra: String },
    /// The requirement names an address, not a version.
    Address { requirement: String },
}

impl fmt::Display for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid {
                requirement,
                reason,
            } => write!(f, "`{requirement}` is no requirement: {reason}"),
            Self::Unknown { requirement, name } => write!(
                f,
                "`{requirement}` needs a resolver: `{name}` is not among the pinned packages"
            ),
            Self::OutOfRange {
                requirement,
                locked,
            } => write!(
                f,
                "`{requirement}` needs a resolver: the pinned version is {locked}"
            ),
            Self::Extra { requirement, extra } => write!(
                f,
                "`{requirement}` needs a resolver: the extra `{extra}` is not pinned"
            ),
            Self::Address { requirement } => write!(
                f,
                "`{requirement}` needs a resolver: it names an address, not a version"
            ),
        }
    }
}

impl std::error::Error for Unlocked {}
