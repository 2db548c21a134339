//! PY: interpreters, and what the machine tells Python and pip.

#[cfg(test)]
pub(crate) mod cases;

use crate::doctor::check::Check;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[];
