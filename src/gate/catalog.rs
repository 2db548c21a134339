//! All gates that the program brings: the native ones, the tools, and those that read the message of a commit.
//!
//! Called by whatever resolves a name. A gate of the user's own is not here: the configuration that defines it has it. It must not
//! know what a project has chosen.

use super::builtin::{self, Builtin};
use super::message;
use super::tool::{self, Tool};
use crate::error::Result;

/// The names of all gates, native ones first.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    builtin::ALL
        .iter()
        .map(|it| it.name)
        .chain(tool::ALL.iter().map(|it| it.name))
        .chain([message::NAME])
}

/// Whether there is a gate of this name.
pub(crate) fn exists(name: &str) -> bool {
    names().any(|it| it == name)
}

/// The native gate of this name.
pub(crate) fn native(name: &str) -> Option<&'static Builtin> {
    builtin::named(name)
}

/// The tool of this name.
pub(crate) fn tool(name: &str) -> Option<&'static Tool> {
    tool::find(name)
}

/// Whether a gate checks the message of a commit, and no files.
pub(crate) fn reads_message(name: &str) -> bool {
    name == message::NAME
}

/// Whether a gate of the program's own understands its arguments; a tool's are its own affair.
///
/// # Errors
/// When it does not: with what it takes.
pub(crate) fn check_arguments(name: &str, arguments: &[String]) -> Result<()> {
    match native(name) {
        Some(gate) => (gate.configure)(arguments).map(drop),
        None if reads_message(name) => message::Rules::read(arguments).map(drop),
        None => Ok(()),
    }
}

/// The names of all groups.
pub(crate) fn groups() -> impl Iterator<Item = &'static str> {
    let mut groups: Vec<&str> = builtin::ALL
        .iter()
        .map(|it| it.group)
        .chain(tool::ALL.iter().map(|it| it.group))
        .collect();
    groups.sort_unstable();
    groups.dedup();
    groups.into_iter()
}

/// The gates of a group, in the order in which they run.
pub(crate) fn members(group: &str) -> Vec<&'static str> {
    builtin::ALL
        .iter()
        .map(|it| (it.name, it.group))
        .chain(tool::ALL.iter().map(|it| (it.name, it.group)))
        .filter(|(_, its)| *its == group)
        .map(|(name, _)| name)
        .collect()
}
