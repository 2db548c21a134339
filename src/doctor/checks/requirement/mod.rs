//! REQ: the files that say what is to be installed.

#[cfg(test)]
pub(crate) mod cases;

use crate::doctor::check::Check;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[];
