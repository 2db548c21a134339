//! The group of network on real machines and projects.
