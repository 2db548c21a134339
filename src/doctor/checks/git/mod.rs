//! GIT: git, its hooks, and what it must not hold.

#[cfg(test)]
pub(crate) mod cases;

use crate::doctor::check::Check;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[];
