//! Schedules of every form, and a brute force beside them.

use proptest::prelude::*;

use super::Schedule;
use crate::doctor::facts::deployment::Dialect;
use crate::python::Date;

const EIGHT_YEARS: i64 = 2922;

fn fires(dialect: Dialect, text: &str) -> Result<bool, String> {
    let today = "2026-11-22".parse().unwrap();
    Schedule::parse(dialect, text).map(|it| it.fires_within(EIGHT_YEARS, today))
}

#[test]
fn what_the_platforms_accept() {
    for (dialect, text) in [
        (Dialect::Vercel, "0 9 * * *"),
        (Dialect::Vercel, "*/5 0-6,12 1 1,7 *"),
        (Dialect::Vercel, "0 9 * * 1-5"),
        (Dialect::Vercel, "0 9 29 2 *"),
        (Dialect::Unix, "0 9 31 2 MON"),
        (Dialect::Unix, "0 9 * JAN-mar Sunday"),
        (Dialect::Unix, "every 5 minutes"),
        (Dialect::Rule, "rate(1 minute)"),
        (Dialect::Rule, "rate(5 hours)"),
        (Dialect::Rule, "cron(0 12 * * ? *)"),
        (Dialect::Rule, "cron(0/15 8-17 ? * MON-FRI 2026-2030)"),
        (Dialect::Rule, "cron(0 8 L * ? *)"),
        (Dialect::Rule, "cron(0 8 L-3 * ? *)"),
        (Dialect::Rule, "cron(0 8 LW * ? *)"),
        (Dialect::Rule, "cron(0 8 15W * ? *)"),
        (Dialect::Rule, "cron(0 8 ? * 6L *)"),
        (Dialect::Rule, "cron(0 8 ? * FRI#2 *)"),
        (Dialect::Rule, "cron(0 8 ? * FRI-MON *)"),
        (Dialect::Rule, "cron(0 8 1,L * ? *)"),
        (Dialect::Rule, "cron(0 8 ? * MON#1,MON#3 *)"),
        (Dialect::Rule, "cron(0 8 1/1 * ? *)"),
        (Dialect::Scheduler, "at(2020-01-01T00:00:00)"),
        (Dialect::Scheduler, "rate(1 hours)"),
        (Dialect::Ncrontab, "0 */5 * * * *"),
        (Dialect::Ncrontab, "0 0 9 * Jan Mon-Fri"),
        (Dialect::Ncrontab, "*/5 * * * *"),
        (Dialect::Ncrontab, "01:00:00"),
        (Dialect::Ncrontab, "%Schedule%"),
    ] {
        assert_eq!(fires(dialect, text), Ok(true), "{text}");
    }
}

#[test]
fn what_they_refuse() {
    for (dialect, text, why) in [
        (
            Dialect::Vercel,
            "0 9 * * MON",
            "`MON` is no day of the week",
        ),
        (
            Dialect::Vercel,
            "0 9 * * 7",
            "`7` is no day of the week: that is 0 to 6",
        ),
        (Dialect::Vercel, "0 9 1 * 1", "the other has to be `*`"),
        (Dialect::Vercel, "0 0 9 * * *", "6 fields in place of 5"),
        (Dialect::Vercel, "99 99 * * *", "`99` is no minute"),
        (Dialect::Vercel, "* * ? * *", "`?` is no day of the month"),
        (Dialect::Unix, "0 24 * * *", "`24` is no hour"),
        (Dialect::Unix, "*/0 * * * *", "no step"),
        (Dialect::Unix, "@daily", "1 fields"),
        (Dialect::Rule, "0 12 * * ? *", "`rate(…)` or `cron(…)`"),
        (Dialect::Rule, "cron(0 12 * * *)", "5 fields in place of 6"),
        (Dialect::Rule, "cron(0 12 * * * *)", "has to be `?`"),
        (Dialect::Rule, "cron(0 12 ? * ? *)", "only one"),
        (
            Dialect::Rule,
            "cron(0 12 ? * 0 *)",
            "`0` is no day of the week",
        ),
        (Dialect::Rule, "cron(0 12 ? * MON#6 *)", "week of the month"),
        (Dialect::Rule, "rate(5 minute)", "`minutes`"),
        (Dialect::Rule, "rate(1 minutes)", "`minute`"),
        (Dialect::Rule, "rate(0 minutes)", "no rate"),
        (Dialect::Rule, "rate(5 weeks)", "no rate"),
        (Dialect::Rule, "at(2020-01-01T00:00:00)", "`rate(…)`"),
        (
            Dialect::Ncrontab,
            "0 0 9 * *  7",
            "`7` is no day of the week",
        ),
        (Dialect::Ncrontab, "0 9 * *", "4 fields"),
        (Dialect::Ncrontab, "0 0 9 ? * *", "`?`"),
    ] {
        let refused = fires(dialect, text).unwrap_err();
        assert!(refused.contains(why), "{text}: {refused}");
    }
}

#[test]
fn what_never_fires() {
    for (dialect, text) in [
        (Dialect::Vercel, "0 0 31 2 *"),
        (Dialect::Vercel, "0 0 30 2 *"),
        (Dialect::Vercel, "0 0 31 2,4,6,9,11 *"),
        (Dialect::Unix, "0 0 31 4 *"),
        (Dialect::Rule, "cron(0 0 31 2 ? *)"),
        (Dialect::Rule, "cron(0 0 1 1 ? 2025)"),
        (Dialect::Rule, "cron(0 0 31W 4 ? *)"),
        (Dialect::Ncrontab, "0 0 0 30 2 *"),
        // Azure's days have to be in both.
        (Dialect::Ncrontab, "0 0 0 31 2 1"),
    ] {
        assert_eq!(fires(dialect, text), Ok(false), "{text}");
    }
}

#[test]
fn the_days_are_the_right_ones() {
    let first = |text: &str, from: &str| {
        let schedule = Schedule::parse(Dialect::Rule, text).unwrap();
        let from: Date = from.parse().unwrap();
        let days = (1..400).find(|days| schedule.fires_within(*days, from));
        Date::from_timestamp((from.days() + days.unwrap() - 1) * 86_400).to_string()
    };
    // 2026-11-22 is a Sunday.
    for (text, expected) in [
        ("cron(0 0 ? * SUN *)", "2026-11-22"),
        ("cron(0 0 ? * 2 *)", "2026-11-23"),
        ("cron(0 0 L * ? *)", "2026-11-30"),
        ("cron(0 0 L-1 * ? *)", "2026-11-29"),
        ("cron(0 0 LW 2 ? *)", "2027-02-26"),
        ("cron(0 0 1W 5 ? *)", "2027-05-03"),
        ("cron(0 0 28W * ? *)", "2026-11-27"),
        ("cron(0 0 ? * SAT#5 *)", "2027-01-30"),
        ("cron(0 0 ? * 7L *)", "2026-11-28"),
    ] {
        assert_eq!(first(text, "2026-11-22"), expected, "{text}");
    }
}

/// Whether there is such a day in eight years, counted day by day: by another way than the code's.
fn exists(months: &[u32], days: &[u32], weekdays: &[u32], is_either: bool) -> bool {
    let has = |set: &[u32], it: u32| set.is_empty() || set.contains(&it);
    // 2026-11-22, a Sunday.
    let (mut year, mut month, mut day, mut weekday) = (2026, 11, 22, 0);
    for _ in 0..EIGHT_YEARS {
        let both = has(days, day) && has(weekdays, weekday);
        let either = days.contains(&day) || weekdays.contains(&weekday);
        let is_either = is_either && !days.is_empty() && !weekdays.is_empty();
        if has(months, month) && (both || (is_either && either)) {
            return true;
        }
        let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1]
            + u32::from(month == 2 && year % 4 == 0);
        weekday = (weekday + 1) % 7;
        day += 1;
        if day > last {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
    false
}

fn field(numbers: &[u32], otherwise: &str) -> String {
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    if words.is_empty() {
        otherwise.to_owned()
    } else {
        words.join(",")
    }
}

proptest! {
    #[test]
    fn no_text_ends_the_program(text in "\\PC{0,40}|(cron|rate|at)\\([0-9A-Z#*?,/ LW-]{0,30}\\)|[0-9*,/ -]{0,30}") {
        for dialect in [Dialect::Unix, Dialect::Vercel, Dialect::Rule, Dialect::Scheduler, Dialect::Ncrontab] {
            drop(fires(dialect, &text));
        }
    }

    #[test]
    fn it_fires_where_counting_finds_a_day(
        months in proptest::collection::vec(1_u32..=12, 0..3),
        days in proptest::collection::vec(27_u32..=31, 0..3),
        weekdays in proptest::collection::vec(0_u32..=6, 0..2),
    ) {
        let (m, d, w) = (field(&months, "*"), field(&days, "*"), field(&weekdays, "*"));
        let unix = fires(Dialect::Unix, &format!("0 0 {d} {m} {w}"));
        prop_assert_eq!(unix, Ok(exists(&months, &days, &weekdays, true)));
        let azure = fires(Dialect::Ncrontab, &format!("0 0 0 {d} {m} {w}"));
        prop_assert_eq!(azure, Ok(exists(&months, &days, &weekdays, false)));
        let vercel = fires(Dialect::Vercel, &format!("0 0 {d} {m} *"));
        prop_assert_eq!(vercel, Ok(exists(&months, &days, &[], false)));
        let w = field(&weekdays.iter().map(|it| it + 1).collect::<Vec<_>>(), "*");
        let rule = fires(Dialect::Rule, &format!("cron(0 0 ? {m} {w} *)"));
        prop_assert_eq!(rule, Ok(exists(&months, &[], &weekdays, false)));
    }
}
