//! Pinned tools, and the platforms' own runtimes driven with them: shared by the suites `it` and `vendor`.
//!
//! Nothing here knows the templates; what a generated project must answer stands in the tests.

#[cfg(target_os = "linux")]
pub(crate) mod http;
#[cfg(target_os = "linux")]
pub(crate) mod lambda;
#[cfg(target_os = "linux")]
pub(crate) mod project;
pub(crate) mod tools;
#[cfg(target_os = "linux")]
pub(crate) mod upstream;
