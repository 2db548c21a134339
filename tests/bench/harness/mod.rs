//! Measuring commands side by side on a machine that is never quiet: shared by the benches.
//!
//! All rows of a job run in turn, round by round, so that a change of the machine's speed meets every one of them alike; a
//! ratio is taken within a round, and what is told of it is its median and its spread. Nothing here knows what is measured.

pub(crate) mod figures;
pub(crate) mod job;
pub(crate) mod machine;
pub(crate) mod measure;
pub(crate) mod options;
pub(crate) mod place;
pub(crate) mod report;
pub(crate) mod session;
