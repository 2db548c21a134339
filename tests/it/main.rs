//! The black-box suite: the real binary, real git, real Python.

mod support;
