//! The vendor suite: what `scaffold new` makes, built, checked and run by the platforms' own tools.
//!
//! `cargo test` leaves it out; run it with
//!
//! ```text
//! cargo test --test vendor
//! ```
//!
//! It needs Linux and, beside Rust and git, on PATH:
//!
//! - Python 3.12, 3.13 or 3.14 with its `venv` module (pyenv's are found too; 3.12 is the oldest that Vercel runs),
//! - Node 20 or later with npm.
//!
//! What is missing is said, and fails. All else comes from PyPI and npm at pinned versions, hashes checked, into environments
//! under `target/tmp/tools`, made once: about 750 MB, of which the SAM CLI is 330 and the Vercel CLI 180. No account, no login,
//! no docker. The locks are `requirements/*.txt` (each says the command that refreshes it), `node/package-lock.json` and
//! `sarif/package-lock.json`.

#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::disallowed_methods,
        clippy::unwrap_used,
        reason = "a test sets up its own machine, and one that cannot go on panics"
    )
)]

#[cfg(target_os = "linux")]
mod bootstrap;
#[cfg(target_os = "linux")]
mod checks;
#[cfg(target_os = "linux")]
mod client;
#[cfg(target_os = "linux")]
mod pyright;
#[cfg(target_os = "linux")]
#[path = "../runtime/mod.rs"]
#[expect(
    dead_code,
    reason = "shared with the other suite, which needs more of it"
)]
mod runtime;
#[cfg(target_os = "linux")]
mod sam;
#[cfg(target_os = "linux")]
mod sarif;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
mod vercel;

#[cfg(not(target_os = "linux"))]
#[test]
fn needs_linux() {
    panic!("the platforms' runtimes are made for Linux: run this suite there");
}
