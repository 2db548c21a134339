//! The gates: checks that hold a commit, a push, the work tree or a range of commits to the same rules, at commit, by hand and in CI.
//!
//! Called by `cli`. A run is a function from a [`Snapshot`] to findings and new contents. Nothing is ever taken out of the work
//! tree: what is checked is read as content, or laid out beside the repository; what a fix changes is stored before it is replaced.
//! It must not know how findings are printed.

mod builtin;
mod cache;
mod catalog;
mod chosen;
mod configuration;
mod copies;
mod executor;
mod file;
pub(crate) mod install;
mod listing;
mod message;
mod named;
mod native;
mod outcome;
mod perform;
mod project;
mod push;
mod reader;
mod run;
mod select;
mod settings;
mod shadow;
mod snapshot;
mod stage;
mod task;
mod tool;
mod tree;
mod turnstile;
mod write_back;

pub(crate) use listing::{configured_stages, list, title};
pub(crate) use message::Message;
pub(crate) use outcome::{GateOutcome, State};
pub(crate) use perform::{Report, Scope, Why, perform, snapshot};
pub(crate) use push::{Pushed, Update, push};
pub(crate) use run::{Fixing, Request, plan};
pub(crate) use select::{Engine, Selected, Shard, Wanted};
pub(crate) use settings::Needs;
pub(crate) use snapshot::Snapshot;
pub(crate) use stage::Stage;
pub(crate) use write_back::{Applied, InIndex, InWorkTree, Written};
