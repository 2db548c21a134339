//! The doctor: what is broken on this machine and in this project, told apart by stable codes.
//!
//! Called by `cli`. [`examine()`] runs the chosen checks of the [`catalog`] over [`Facts`] that are read once; a check that crashes or hangs is
//! a result like any other. Files are read, and nothing is started or written. It must not know how anything is printed.

pub(crate) mod catalog;
mod check;
mod checks;
mod engine;
mod facts;
pub(crate) mod fix;
pub(crate) mod ignore;
mod symptom;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod testing;

pub(crate) use check::{Check, Group, Mending, Needs, Scope, Severity};
pub(crate) use engine::{Examined, Verdict, examine};
pub(crate) use facts::keeper::Keeper;
pub(crate) use facts::{Facts, May};
pub(crate) use fix::{Bounds, Fix, Means, Step, perform};
pub(crate) use symptom::{Evidence, Symptom};
