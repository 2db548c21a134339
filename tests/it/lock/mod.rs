//! `scaffold lock`: what it writes, with and without tools, and that both installers install exactly that.

mod closure;
#[cfg(unix)]
mod destination;
mod edits;
mod install;
#[cfg(target_os = "linux")]
mod killed;
mod missing;
mod mistakes;
mod pip;
mod resolution;
mod support;
