//! Findings as output: one file per format over the same values; the exit code is the same in all of them.
//!
//! Called by `cli`. It must not decide anything.

pub(crate) mod json;
pub(crate) mod text;
