//! The group of platform on real machines and projects.
