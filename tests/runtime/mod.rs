//! The platforms' own runtimes, driven by the tests: shared by the suites `it` and `vendor`.
//!
//! Nothing here knows the templates; what a generated project must answer stands in the tests.

pub(crate) mod http;
pub(crate) mod lambda;
pub(crate) mod project;
pub(crate) mod tools;
pub(crate) mod upstream;
