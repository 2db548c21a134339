//! The black-box suite: the real binary, real git, real Python.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::format_collect,
    clippy::print_stderr,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "a test sets up its own machine, and one that cannot go on panics"
)]

#[cfg(unix)]
mod doctor;
mod environment;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod fault;
#[cfg(unix)]
mod gate;
#[cfg(target_os = "linux")]
mod gate_safety;
#[cfg(unix)]
mod gate_tools;
mod git;
mod golden;
#[cfg(unix)]
mod hook;
mod index;
#[cfg(target_os = "linux")]
mod lambda;
mod layers;
mod lock;
mod matrix;
mod names;
mod new;
#[cfg(unix)]
mod prompt;
mod report;
#[path = "../runtime/mod.rs"]
mod runtime;
mod rust_source;
mod support;
mod template;
mod usage;
