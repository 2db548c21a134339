//! The gates in real repositories: real git calls the real program through its hooks, real tools run from a real environment.

mod cache;
mod check;
mod configuration;
mod content;
mod custom;
mod formats;
mod imports;
mod listing;
mod merges;
mod message;
mod modes;
mod order;
mod places;
mod push;
mod support;
mod tree_fixers;
