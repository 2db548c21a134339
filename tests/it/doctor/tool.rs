//! The group of tool on real machines and projects.
