//! The group of requirement on real machines and projects.
