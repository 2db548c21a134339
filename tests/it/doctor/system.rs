//! The group of system on real machines and projects.
