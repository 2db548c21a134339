//! What projects are made of: the pinned closure and the locks cut from it.
//!
//! Called by the features and by `cli`. Everything here is computed from values: it writes nothing and starts nothing.

pub(crate) mod closure;
pub(crate) mod lock;
mod subset;
