//! The group of python on real machines and projects.
