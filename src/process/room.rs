//! How much the system lets a program be started with.
//!
//! Asked by whoever gives a tool many files, to part them among several runs. It starts nothing.

use std::ffi::OsStr;

use super::Command;

impl Command {
    /// How many bytes of further arguments the system takes, counted as [`Self::argument_size`] does.
    pub(crate) fn room(&self) -> usize {
        /// What the system itself puts beside them, with room for the interpreter's line of a script.
        const RESERVE: usize = 16 * 1024;
        let arguments: usize = self
            .arguments
            .iter()
            .map(|it| Self::argument_size(it))
            .sum();
        let variables: usize = if cfg!(windows) {
            0
        } else {
            let sizes = self.environment.iter();
            sizes
                .map(|(name, value)| name.len() + 1 + Self::argument_size(value))
                .sum()
        };
        let program = Self::argument_size(self.program.as_os_str());
        argument_limit().saturating_sub(arguments + variables + program + RESERVE)
    }

    /// What an argument costs of what the system takes: its bytes, its end, and the pointer to it; under Windows, where it becomes
    /// a part of one line, its letters with all that quoting may add.
    pub(crate) fn argument_size(argument: &OsStr) -> usize {
        if cfg!(windows) {
            2 * argument.len() + 3
        } else {
            argument.len() + 1 + size_of::<usize>()
        }
    }
}

/// How long arguments and variables may be together, in bytes. Linux: a quarter of the stack, between 128 KiB and 6 MiB
/// (`execve(2)`).
#[cfg(target_os = "linux")]
fn argument_limit() -> usize {
    use rustix::process::{Resource, getrlimit};
    let stack = getrlimit(Resource::Stack).current.unwrap_or(u64::MAX);
    let quarter = usize::try_from(stack / 4).unwrap_or(usize::MAX);
    quarter.clamp(128 * 1024, 6 * 1024 * 1024)
}

/// How long arguments and variables may be together, in bytes: 1 MiB under macOS, at least as much on its relatives; a line of
/// 32 767 letters under Windows.
#[cfg(not(target_os = "linux"))]
fn argument_limit() -> usize {
    if cfg!(windows) {
        32_767
    } else if cfg!(target_os = "macos") {
        1024 * 1024
    } else {
        256 * 1024
    }
}
