//! One who can be asked, and what they are asked.
//!
//! Spoken by `session`; `cli` brings the person. It must not know what a terminal is.

use crate::error::Result;

/// One question, ready to be put to a person.
pub(crate) struct Question<'a> {
    /// What to ask, as a noun: `Platform`.
    pub(crate) title: String,
    /// A line of help; may be empty.
    pub(crate) help: String,
    /// What Enter means.
    pub(crate) default: String,
    /// The values to pick from; empty where any text may do.
    pub(crate) choices: Vec<Choice>,
    /// What is wrong with a text, in a sentence; a value that works may follow.
    pub(crate) check: &'a dyn Fn(&str) -> std::result::Result<(), String>,
}

/// A value to pick.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The value.
    pub(crate) id: String,
    /// What it means.
    pub(crate) label: String,
}

/// One who can be asked.
pub(crate) trait Person {
    /// The text that they answer with; already checked.
    ///
    /// # Errors
    /// When they interrupt.
    fn ask(&mut self, question: &Question<'_>) -> Result<String>;
}
