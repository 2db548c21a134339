//! PLAT: the serverless platform that the project is for.

#[cfg(test)]
pub(crate) mod cases;
mod cron;

use crate::doctor::check::Check;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[];
