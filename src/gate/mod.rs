//! The gates: checks that hold a commit, a push, the work tree or a range of commits to the same rules, at commit, by hand and in CI.
//!
//! Called by `cli`. A run is a function from a [`Snapshot`] to findings and new contents. Nothing is ever taken out of the work
//! tree: what is checked is read as content, or laid out beside the repository; what a fix changes is stored before it is replaced.
//! It must not know how findings are printed.

pub(crate) mod builtin;
mod catalog;
mod configuration;
mod file;
pub(crate) mod install;
mod message;
mod project;
mod reader;
mod settings;
mod snapshot;
mod stage;

pub(crate) use configuration::Configuration;
pub(crate) use file::{File, Source};
pub(crate) use settings::{Needs, Settings};
pub(crate) use stage::Stage;
