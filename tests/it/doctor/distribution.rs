//! The group of distribution on real machines and projects.
