//! How long what the program knows by heart is trusted: a table of dates and limits was looked up on a day, and the world goes on.
//!
//! Called by every check that judges by a table: it gives what it found the day of the table with [`Symptom::by_table`]. Past [`TRUSTED_DAYS`]
//! the finding is a remark and says how old the table is, since by then the vendor may have moved the date. It must not know the tables.

use std::time::SystemTime;

use super::Facts;
use crate::doctor::check::Severity;
use crate::doctor::symptom::Symptom;
use crate::python::Date;

/// For so many days after it was looked up a table is taken at its word.
pub(crate) const TRUSTED_DAYS: i64 = 180;

/// 2026-01-01, before which nothing here was written; in seconds since 1970.
const WRITTEN: i64 = 1_767_225_600;

impl Facts {
    /// The day (UTC) on which the doctor looks, as dates in tables are compared with it; `SOURCE_DATE_EPOCH` counts, unless it lies before this
    /// program: shells for reproducible builds set it to 1980.
    pub(crate) fn today(&self) -> Date {
        let clock = || {
            let since = self.host.now().duration_since(SystemTime::UNIX_EPOCH);
            since.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX))
        };
        let said = self.host.timestamp().ok().filter(|it| *it >= WRITTEN);
        Date::from_timestamp(said.unwrap_or_else(clock))
    }

    /// For how many days a table has been out of date that was looked up on this day (`2026-11-21`); `None` while it is trusted. One that does
    /// not say its day is not trusted.
    pub(crate) fn outdated(&self, as_of: &str) -> Option<i64> {
        let Ok(as_of) = as_of.parse::<Date>() else {
            return Some(0);
        };
        let age = self.today().days() - as_of.days();
        (age > TRUSTED_DAYS).then_some(age - TRUSTED_DAYS)
    }
}

impl Symptom {
    /// The same, judged by a table that was looked up on this day (`as_of = "2026-11-21"` of the table): a remark where that was too long ago.
    pub(crate) fn by_table(mut self, facts: &Facts, as_of: &str) -> Self {
        if facts.outdated(as_of).is_some() {
            self.message
                .push_str(&format!(" (as of {as_of}: that may have changed since)"));
            self.severity = Some(Severity::Information);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use crate::doctor::check::Severity;
    use crate::doctor::facts::Facts;
    use crate::doctor::symptom::Symptom;
    use crate::host::Host;

    fn on(days: u64) -> Facts {
        let now = UNIX_EPOCH + Duration::from_hours(24 * days);
        Facts::around(&Host::made_up("/").at(now))
    }

    #[test]
    fn a_table_is_trusted_for_half_a_year() {
        let judged = |days| Symptom::new("gone").by_table(&on(days), "1970-01-11");
        for days in [0, 10, 190] {
            assert_eq!(judged(days), Symptom::new("gone"), "{days}");
        }
        let old = judged(191);
        assert_eq!(old.severity, Some(Severity::Information));
        assert!(old.message.contains("1970-01-11"), "{old:?}");
    }

    #[test]
    fn a_table_without_a_day_is_not() {
        assert_eq!(on(0).outdated("yesterday"), Some(0));
    }
}
