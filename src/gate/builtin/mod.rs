//! The native gates: checks of one file's content, without starting anything. One file each; this one lists them.
//!
//! Called by the run, which reads every content once and shows it to all of them. They must not read or write anything.

mod arguments;
mod end_of_file;
mod large_files;
mod merge_conflict;
mod place;
mod private_key;
#[cfg(test)]
mod tests;
mod trailing_whitespace;
mod yaml;

use std::borrow::Cow;

use super::file::File;
use crate::error::Result;
use crate::finding::Finding;

/// A native gate.
pub(crate) struct Builtin {
    /// Its name, as `[tool.scaffold.stages]` says it, and the code of all that it finds.
    pub(crate) name: &'static str,
    /// What it is for, in a line.
    pub(crate) title: &'static str,
    /// The group that it belongs to.
    pub(crate) group: &'static str,
    /// Globs of the files that it is for unless the settings say others; none: all. One without `/` holds for names in any folder.
    pub(crate) files: &'static [&'static str],
    /// Whether it has a fix.
    pub(crate) fixes: bool,
    /// The arguments that it understands, for help and for the error that names a wrong one: `--max-kilobytes=N`.
    pub(crate) arguments: &'static [&'static str],
    /// Reads the arguments of `[tool.scaffold.gates.NAME]`, once for each run and project.
    pub(crate) configure: fn(&[String]) -> Result<Box<dyn Gate>>,
}

/// A native gate, configured. Shared by the threads that check.
pub(crate) trait Gate: Send + Sync {
    /// What is wrong with this file. The location of each finding has its path.
    fn check(&self, subject: &Subject) -> Vec<Finding>;

    /// The content with everything mended that can be; `None` where nothing changes or the gate has no fix.
    fn fix(&self, _subject: &Subject) -> Option<Vec<u8>> {
        None
    }
}

/// A content as a native gate sees it.
pub(crate) struct Subject<'a> {
    /// The file.
    pub(crate) file: &'a File,
    /// Its content; of a link, where it leads.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Whether it is no text: there is a NUL in its first 8 000 bytes, as git has it.
    pub(crate) is_binary: bool,
    /// Whether a merge, rebase, cherry-pick or revert is under way.
    pub(crate) in_merge: bool,
}

impl<'a> Subject<'a> {
    /// A content to check.
    pub(crate) fn new(file: &'a File, bytes: impl Into<Cow<'a, [u8]>>, in_merge: bool) -> Self {
        let bytes = bytes.into();
        let is_binary = memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some();
        Self {
            file,
            bytes,
            is_binary,
            in_merge,
        }
    }

    /// The content, where it is a file's and text; its bytes need not be UTF-8.
    fn text(&self) -> Option<&[u8]> {
        (self.file.mode.is_file() && !self.is_binary).then_some(&self.bytes)
    }
}

/// All native gates, in the order in which their fixes are made.
pub(crate) const ALL: [&Builtin; 6] = [
    &trailing_whitespace::BUILTIN,
    &end_of_file::BUILTIN,
    &merge_conflict::BUILTIN,
    &large_files::BUILTIN,
    &private_key::BUILTIN,
    &yaml::BUILTIN,
];

/// The native gate of this name.
pub(crate) fn named(name: &str) -> Option<&'static Builtin> {
    ALL.into_iter().find(|builtin| builtin.name == name)
}
