//! The keys that a platform knows in a file of its configuration.
//!
//! `[[facts.keys]]` of a platform's layer, used by `doctor`. It reads no file itself.

use serde::Deserialize;

/// The keys of one table of a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// The file, from the project's folder.
    pub(crate) file: String,
    /// The tables that have them: keys with dots between them, `*` for every one and every item of a list; empty for the file itself.
    #[serde(default)]
    pub(crate) at: String,
    /// The keys.
    pub(crate) known: Vec<String>,
    /// Whether they are all that there are, so that any other is refused.
    #[serde(default)]
    pub(crate) is_whole: bool,
    /// Where they are from.
    pub(crate) source: String,
}
