//! Templates as data: a catalog of layers, their composition, a strict renderer, checks of what was rendered, and the pinned
//! closure with the locks cut from it.
//!
//! Used by `project` to make a plan and by `cli` to list and validate. Pure: it reads the catalog and nothing else, and
//! writes nothing.

pub(crate) mod catalog;
pub(crate) mod check;
pub(crate) mod closure;
pub(crate) mod composition;
mod condense;
mod contribution;
pub(crate) mod layer;
pub(crate) mod literal;
pub(crate) mod lock;
mod path;
pub(crate) mod render;
mod strict;
mod subset;
mod unlocked;
pub(crate) mod variable;
