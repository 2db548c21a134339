//! The group of version on real machines and projects.
