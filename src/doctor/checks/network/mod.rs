//! NET: certificates, proxies, the package index.

#[cfg(test)]
pub(crate) mod cases;

use crate::doctor::check::Check;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[];
