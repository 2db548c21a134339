//! What python.org says of its releases: until when a series of Python is repaired. A table that is part of the program.
//!
//! Called by checks of interpreters, which give what they find the day of the table ([`Symptom::by_table`](crate::doctor::Symptom::by_table)).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::python::{Date, Series};

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upstream {
    /// The day on which it was looked up, ISO 8601.
    pub(crate) as_of: String,
    /// The page that it comes from.
    pub(crate) source: String,
    end_of_life: BTreeMap<String, String>,
}

impl Upstream {
    /// The one of this program; `None` only if that is broken, which a test rules out.
    pub(crate) fn table() -> Option<&'static Self> {
        static TABLE: OnceLock<Option<Upstream>> = OnceLock::new();
        TABLE
            .get_or_init(|| toml_edit::de::from_str(include_str!("upstream.toml")).ok())
            .as_ref()
    }

    /// The last day on which a series is repaired, where that is known.
    pub(crate) fn end_of_life(&self, series: Series) -> Option<Date> {
        let date = self.end_of_life.get(&series.to_string())?;
        date.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Upstream;
    use crate::python::{Date, Series};

    #[test]
    fn every_entry_can_be_read() {
        let table = Upstream::table().unwrap();
        table.as_of.parse::<Date>().unwrap();
        assert!(table.source.starts_with("https://"));
        for series in table.end_of_life.keys() {
            let series: Series = series.parse().unwrap();
            assert!(table.end_of_life(series).is_some(), "{series}");
        }
        // One year apart since 3.9 (PEP 602).
        let year = |minor| table.end_of_life(Series::new(3, minor)).unwrap().year();
        for minor in 9..15 {
            assert_eq!(year(minor + 1), year(minor) + 1, "3.{minor}");
        }
    }
}
