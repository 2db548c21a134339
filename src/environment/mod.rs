//! A project's environment: which versions it is locked to, the `.venv` that holds exactly those, and the proof that it works.
//!
//! Called by `cli`, in this order: [`plan()`] decides from what the machine has (a value, nothing is touched), [`build()`] makes
//! `.venv`, [`prove()`] runs the project's own tools in it. It must not know what the project is.

mod advice;
mod build;
mod decision;
mod diagnosis;
pub(crate) mod lock;
mod pip;
mod plan;
mod prove;
mod provider;
mod pyenv;
pub(crate) mod store;
mod surroundings;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod testing;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod tests;
mod uv;

pub(crate) use build::{Built, Project, build, plain_commands};
pub(crate) use decision::{Decision, EnvironmentPlan, Python, Remark, Unable};
pub(crate) use plan::{Installer, Machine, Request, plan};
pub(crate) use prove::{Gate, GateReport, prove};
pub(crate) use pyenv::pyenv;
pub(crate) use store::Store;
pub(crate) use uv::Uv;
