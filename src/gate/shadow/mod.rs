//! Copies of what is to be checked, laid out beside the repository for tools to run in.
//!
//! Called by the run: [`FileShadow`] holds some files for the tools that look at one file at a time, [`TreeShadow`] everything, and
//! is kept from run to run. Neither has a `.git`, so that what a tool does in there with git reaches no repository; an empty `.hg`
//! tells the tools that look for the top of a project where to stop. The places must lie outside every work tree. It must not know
//! which tools there are.
//!
//! A link of the repository is laid out as the same link if it leads to a place inside the copy, by its letters and whatever other links
//! there are; any other is left out, so that no tool is led out of the copy through one that the repository chose.

mod file;
mod manifest;
mod path;
mod stamp;
mod sweep;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod tree;

pub(crate) use file::FileShadow;
pub(crate) use tree::{Changed, TreeShadow};

/// An empty folder at the top: Black and mypy look no further up than this.
const TOP: &str = ".hg";
