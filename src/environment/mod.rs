//! A project's environment: which versions it is locked to, by whichever tool the machine has.

pub(crate) mod lock;
