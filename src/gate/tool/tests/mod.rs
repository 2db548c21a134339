//! The tools, really run: on files with all sorts of names, in copies, with environments that lack something.

mod across;
mod files;
mod keys;
mod launch;
