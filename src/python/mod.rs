//! Python on this machine, known by reading: interpreters, their versions, virtual environments.
//!
//! Called by the features (`environment` builds with what is found here) and by `platform`. Nothing here starts a
//! program or writes a file: a start of Python costs more than reading everything that this module reads.

pub(crate) mod default;
pub(crate) mod discovery;
pub(crate) mod grammar;
mod install;
pub(crate) mod interpreter;
mod layout;
pub(crate) mod names;
pub(crate) mod shim;
pub(crate) mod venv;
pub(crate) mod version;

pub(crate) use default::{Date, Runtime, default_version};
pub(crate) use discovery::interpreters;
pub(crate) use interpreter::{Interpreter, Pip, Source};
pub(crate) use venv::Venv;
pub(crate) use version::{Series, Version};
