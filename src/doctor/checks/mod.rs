//! The conditions of the catalogue, one file for each group.
//!
//! Collected by `catalog`. A new check is one more row of a file here, with its function.

pub(crate) mod venv;
