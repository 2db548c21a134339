//! Which Python a new project is for when nobody says: a pure rule over what is installed and what the platform runs.
//!
//! Called by `project` for the default answer. It must not know one platform from another.

use std::fmt;
use std::str::FromStr;

use super::{Interpreter, Series};

/// A day in the proleptic Gregorian calendar, without a time zone: how platforms announce their dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    year: i32,
    month: u8,
    day: u8,
}

impl Date {
    /// The day (UTC) of a moment in seconds since 1970-01-01.
    pub(crate) fn from_timestamp(seconds: i64) -> Self {
        // Years are counted from March, so that the leap day is the last of its year; 400 years have 146097 days.
        let days = seconds.div_euclid(86_400) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        Self {
            year: i32::try_from(era * 400 + year + next).unwrap_or(i32::MAX),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day).unwrap_or(1),
        }
    }

    /// The year, such as 2026.
    pub(crate) const fn year(self) -> i32 {
        self.year
    }

    /// The days since 1970-01-01: what two dates lie apart is the difference.
    pub(crate) fn days(self) -> i64 {
        // Counted from March, as above.
        let (year, month) = if self.month > 2 {
            (i64::from(self.year), i64::from(self.month) - 3)
        } else {
            (i64::from(self.year) - 1, i64::from(self.month) + 9)
        };
        let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        365 * year + leaps + (153 * month + 2) / 5 + i64::from(self.day) - 1 - 719_468
    }

    /// The month, from 1.
    pub(crate) const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub(crate) const fn day(self) -> u8 {
        self.day
    }

    /// The same day a year later; the first of March for a leap day.
    fn a_year_later(self) -> Self {
        if (self.month, self.day) == (2, 29) {
            return Self {
                year: self.year + 1,
                month: 3,
                day: 1,
            };
        }
        Self {
            year: self.year + 1,
            ..self
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = ();

    /// Reads `YYYY-MM-DD`; the day must exist in its month.
    fn from_str(text: &str) -> Result<Self, ()> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shape {
            return Err(());
        }
        let year: i32 = text[..4].parse().map_err(drop)?;
        let month = text[5..7].parse().map_err(drop)?;
        let day = text[8..].parse().map_err(drop)?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Err(()),
        };
        (1..=last)
            .contains(&day)
            .then_some(Self { year, month, day })
            .ok_or(())
    }
}

/// A Python that a platform runs, as far as the choice depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Runtime {
    /// The series.
    pub(crate) version: Series,
    /// From this day on the platform counts it as deprecated; `None` where no day is announced.
    pub(crate) deprecated: Option<Date>,
}

/// The series for a new project: the newest one installed that the platform runs and that is at least a year from its
/// deprecation there on the day `today`, else the platform's own default.
pub(crate) fn default_version(
    installed: &[Interpreter],
    runtimes: &[Runtime],
    platform_default: Series,
    today: Date,
) -> Series {
    let lasting = |runtime: &&Runtime| {
        runtime
            .deprecated
            .is_none_or(|day| day >= today.a_year_later())
    };
    runtimes
        .iter()
        .filter(lasting)
        .map(|runtime| runtime.version)
        .filter(|series| {
            installed
                .iter()
                .any(|it| it.version.release && it.version.series == *series)
        })
        .max()
        .unwrap_or(platform_default)
}

#[cfg(test)]
mod tests {
    use super::{Date, Runtime, default_version};
    use crate::python::{Interpreter, Series, Source, Version};

    fn installed(versions: &[&str]) -> Vec<Interpreter> {
        let interpreter = |text: &&str| {
            let version = Version::parse(text).unwrap();
            Interpreter::made_up(&format!("/usr/bin/python{text}"), version, Source::Path)
        };
        versions.iter().map(interpreter).collect()
    }

    fn runtime(version: &str, deprecated: Option<&str>) -> Runtime {
        Runtime {
            version: version.parse().unwrap(),
            deprecated: deprecated.map(|it| it.parse().unwrap()),
        }
    }

    fn chosen(versions: &[&str], today: &str) -> String {
        let runtimes = [
            runtime("3.11", Some("2026-12-31")),
            runtime("3.12", Some("2028-10-31")),
            runtime("3.13", Some("2029-06-30")),
            runtime("3.14", None),
        ];
        let platform = Series::new(3, 13);
        default_version(
            &installed(versions),
            &runtimes,
            platform,
            today.parse().unwrap(),
        )
        .to_string()
    }

    #[test]
    fn the_newest_installed_that_lasts_a_year_is_chosen() {
        assert_eq!(chosen(&["3.11.7", "3.12.1"], "2026-11-21"), "3.12");
        assert_eq!(chosen(&["3.12.1", "3.14"], "2026-11-21"), "3.14");
    }

    #[test]
    fn one_that_ends_within_a_year_is_not() {
        assert_eq!(chosen(&["3.11.7"], "2026-11-21"), "3.13");
        assert_eq!(chosen(&["3.12.1"], "2027-10-31"), "3.12");
        assert_eq!(chosen(&["3.12.1"], "2027-11-01"), "3.13");
    }

    #[test]
    fn what_the_platform_does_not_run_and_pre_releases_do_not_count() {
        assert_eq!(chosen(&["3.10.13", "3.15.0"], "2026-11-21"), "3.13");
        assert_eq!(chosen(&["3.12.1", "3.14.0rc1"], "2026-11-21"), "3.12");
        assert_eq!(chosen(&[], "2026-11-21"), "3.13");
    }

    #[test]
    fn days_are_read_counted_and_compared() {
        let day = |seconds| Date::from_timestamp(seconds).to_string();
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(951_868_799), "2000-02-29");
        assert_eq!(day(951_868_800), "2000-03-01");
        assert_eq!(day(1_790_000_000), "2026-09-21");
        assert_eq!(day(-1), "1969-12-31");
        for days in (-800_000..800_000).step_by(97) {
            assert_eq!(Date::from_timestamp(days * 86_400).days(), days);
        }
        let date: Date = "2028-02-29".parse().unwrap();
        assert_eq!(date.a_year_later().to_string(), "2029-03-01");
        for wrong in [
            "2027-02-29",
            "2026-13-01",
            "2026-1-01",
            "26-01-01",
            "2026-04-31",
        ] {
            assert_eq!(wrong.parse::<Date>(), Err(()), "{wrong}");
        }
    }
}
