//! CFG: the configuration of the tools, the editor and the doctor itself.

#[cfg(test)]
pub(crate) mod cases;

use crate::doctor::check::Check;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[];
