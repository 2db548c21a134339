//! The vendor suite: what `scaffold new` makes, run by the platforms' own runtimes and builders.
