//! The black-box suite: the real binary, real git, real Python.

mod golden;
mod lock;
mod new;
#[cfg(unix)]
mod prompt;
mod support;
mod tools;
