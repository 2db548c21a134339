//! A Python that a platform runs, and the days on which it stops doing so.
//!
//! `[[facts.python]]` and `[[facts.retired]]` of a platform's layer, used by `project` and `doctor`. It does not know today's date.

use serde::Deserialize;

use crate::python::Date;

/// A Python that a platform runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Runtime {
    /// `3.13`.
    pub(crate) version: String,
    /// The day from which the platform advises against it, ISO 8601.
    pub(crate) deprecated: Option<String>,
    /// The day from which no function can be made with it.
    pub(crate) block_create: Option<String>,
    /// The day from which no function with it can be changed.
    pub(crate) block_update: Option<String>,
    /// The page that says so.
    pub(crate) source: Option<String>,
}

/// How far a platform is on its way to run a Python no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// It runs it.
    Current,
    /// It will advise against it from this day on.
    Ending(Date),
    /// It has advised against it since this day.
    Deprecated(Date),
    /// No function can be made with it since this day.
    NoNew(Date),
    /// No function with it can be changed since this day.
    NoChange(Date),
}

impl Runtime {
    /// Where it stands on this day; an end within so many days counts as near.
    pub(crate) fn stage(&self, today: Date, near: i64) -> Stage {
        let day = |it: &Option<String>| it.as_ref().and_then(|it| it.parse::<Date>().ok());
        let past = |it: &Option<String>| day(it).filter(|it| *it <= today);
        if let Some(day) = past(&self.block_update) {
            Stage::NoChange(day)
        } else if let Some(day) = past(&self.block_create) {
            Stage::NoNew(day)
        } else if let Some(day) = past(&self.deprecated) {
            Stage::Deprecated(day)
        } else {
            match day(&self.deprecated) {
                Some(day) if day.days() - today.days() <= near => Stage::Ending(day),
                _ => Stage::Current,
            }
        }
    }
}
