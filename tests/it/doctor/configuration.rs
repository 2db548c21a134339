//! The group of configuration on real machines and projects.
