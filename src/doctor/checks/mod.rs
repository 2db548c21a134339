//! The checks themselves, one folder for each group of codes.
//!
//! Listed by `catalog`, run by `engine`. They look at `facts` and judge; nothing here reads a file format by itself, writes or prints.

pub(crate) mod configuration;
pub(crate) mod distribution;
pub(crate) mod git;
mod making;
pub(crate) mod network;
pub(crate) mod platform;
pub(crate) mod python;
pub(crate) mod requirement;
pub(crate) mod system;
pub(crate) mod tool;
pub(crate) mod venv;
pub(crate) mod version;

#[cfg(test)]
mod tests;
