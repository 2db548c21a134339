//! The program: the exit code of [`scaffold::run`], and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(scaffold::run())
}
