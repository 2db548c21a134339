//! The days that a schedule names, and whether a day is one of them.
//!
//! Read by the module above. A day is counted from 1970-01-01.

use crate::python::Date;

/// The days that a cron expression names; its hours and minutes always name some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::doctor::checks::platform) struct Days {
    pub(super) of_month: OfMonth,
    pub(super) months: Set,
    pub(super) of_week: OfWeek,
    pub(super) years: Set,
    pub(super) join: Join,
}

/// How the days of the month and those of the week join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// A day has to be in both.
    Both,
    /// Where both are restricted, it is enough to be in one: cron of Unix.
    Either,
}

/// Some numbers: `1,5-9,*/2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(pub(super) Vec<Range>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) step: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OfMonth {
    Any,
    Set(Set),
    /// `L`, and `L-3`: so many days before the last one.
    Last(u32),
    /// `LW`.
    LastWorkday,
    /// `15W`.
    Workday(u32),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OfWeek {
    Any,
    /// Sunday is 0.
    Set(Set),
    /// `6L`.
    Last(u32),
    /// `6#3`.
    Nth(u32, u32),
}

impl Set {
    fn has(&self, number: u32) -> bool {
        self.0.iter().any(|it| it.has(number))
    }
}

impl Range {
    fn has(self, number: u32) -> bool {
        if self.first <= self.last {
            (self.first..=self.last).contains(&number)
                && (number - self.first).is_multiple_of(self.step)
        } else {
            // Around the end, as `FRI-MON`; where it then starts to count is not known for sure.
            number >= self.first || number <= self.last
        }
    }
}

impl Days {
    /// Whether this day, counted from 1970-01-01, is one of them.
    pub(super) fn has(&self, day: i64) -> bool {
        let date = Date::from_timestamp(day.saturating_mul(86_400));
        let year = u32::try_from(date.year()).unwrap_or(0);
        if !self.months.has(u32::from(date.month())) || !self.years.has(year) {
            return false;
        }
        let of_month = self.of_month.has(date, day);
        let of_week = self.of_week.has(date, day);
        match self.join {
            Join::Either if self.of_month != OfMonth::Any && self.of_week != OfWeek::Any => {
                of_month || of_week
            }
            Join::Both | Join::Either => of_month && of_week,
        }
    }
}

/// The day of the week of a day counted from 1970-01-01; Sunday is 0.
fn weekday(day: i64) -> u32 {
    // 1970-01-01 was a Thursday.
    u32::try_from((day + 4).rem_euclid(7)).unwrap_or(0)
}

fn last_of_month(date: Date) -> u32 {
    let year = date.year();
    match date.month() {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl OfMonth {
    fn has(&self, date: Date, day: i64) -> bool {
        let number = u32::from(date.day());
        let last = last_of_month(date);
        match self {
            Self::Any => true,
            Self::Set(set) => set.has(number),
            Self::Last(before) => number + before == last,
            Self::LastWorkday => nearest_workday(last, number, day, last) == number,
            Self::Workday(wanted) => {
                *wanted <= last && nearest_workday(*wanted, number, day, last) == number
            }
        }
    }
}

/// The day from Monday to Friday of this month that is nearest to the one wanted; `number` is the day of the month of `day`.
fn nearest_workday(wanted: u32, number: u32, day: i64, last: u32) -> u32 {
    match weekday(day - i64::from(number) + i64::from(wanted)) {
        0 if wanted == last => wanted - 2,
        0 => wanted + 1,
        6 if wanted == 1 => wanted + 2,
        6 => wanted - 1,
        _ => wanted,
    }
}

impl OfWeek {
    fn has(&self, date: Date, day: i64) -> bool {
        let number = u32::from(date.day());
        let weekday = weekday(day);
        match self {
            Self::Any => true,
            // Sunday is 7 as well, for those that count so.
            Self::Set(set) => set.has(weekday) || (weekday == 0 && set.has(7)),
            Self::Last(wanted) => weekday == *wanted && number + 7 > last_of_month(date),
            Self::Nth(wanted, nth) => weekday == *wanted && (number - 1) / 7 + 1 == *nth,
        }
    }
}
