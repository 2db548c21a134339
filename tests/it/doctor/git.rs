//! The group of git on real machines and projects.
