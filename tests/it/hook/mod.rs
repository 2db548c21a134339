//! `scaffold hook` in real repositories, with real git.

mod folder;
mod install;
mod project;
mod script;
mod trial;
