//! Making a project: answers, the plan that they decide, the files on disk.
//!
//! Called by `cli`. Everything up to the plan is a value; `create` is the only part that writes. It must not know how an
//! environment is built.

pub(crate) mod answers;
pub(crate) mod create;
mod in_place;
pub(crate) mod interview;
mod journal;
mod keys;
pub(crate) mod locks;
pub(crate) mod name;
pub(crate) mod person;
pub(crate) mod plan;
pub(crate) mod question;
mod session;
pub(crate) mod source;
pub(crate) mod target;
pub(crate) mod validate;
