//! When a schedule fires: cron in the forms of the platforms, which differ in their fields, in what they count from, and in how days join.
//!
//! Called by `schedule`, which knows where schedules stand. Whatever cannot be told for sure is taken for right. It must not know a file.

mod days;

use crate::doctor::facts::deployment::Dialect;
use crate::python::Date;

use days::{Days, Join, OfMonth, OfWeek, Range, Set};

/// A schedule that its platform accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::doctor::checks::platform) enum Schedule {
    /// It fires sooner or later, whatever the day: an interval, or a moment.
    Always,
    /// It fires on some days.
    Days(Box<Days>),
}

/// A field of an expression: what it is called, and what it may say.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
    /// The number of the first name.
    first_name: u32,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Field {
    const fn numbers(name: &'static str, least: u32, most: u32) -> Self {
        Self {
            name,
            least,
            most,
            names: &[],
            first_name: 0,
        }
    }

    const fn named(mut self, names: &'static [&'static str], first: u32) -> Self {
        self.names = names;
        self.first_name = first;
        self
    }
}

type Parsed<T> = Result<T, String>;

impl Schedule {
    /// Reads a schedule; the error says why the platform refuses it.
    pub(in crate::doctor::checks::platform) fn parse(dialect: Dialect, text: &str) -> Parsed<Self> {
        let text = text.trim();
        match dialect {
            Dialect::Rule | Dialect::Scheduler => event_bridge(dialect, text),
            Dialect::Unix if text.starts_with("every ") => Ok(Self::Always),
            Dialect::Unix | Dialect::Vercel => unix(dialect, text),
            // A span of time, or a setting of the application.
            Dialect::Ncrontab if text.contains([':', '%']) => Ok(Self::Always),
            Dialect::Ncrontab => ncrontab(text),
        }
    }

    /// Whether it fires within so many days, from this one on.
    pub(in crate::doctor::checks::platform) fn fires_within(&self, days: i64, from: Date) -> bool {
        match self {
            Self::Always => true,
            Self::Days(it) => (from.days()..from.days() + days).any(|day| it.has(day)),
        }
    }
}

fn fields<const N: usize>(text: &str, what: &str) -> Parsed<[String; N]> {
    let fields: Vec<String> = text.split_whitespace().map(str::to_uppercase).collect();
    let count = fields.len();
    fields
        .try_into()
        .map_err(|_| format!("it has {count} fields in place of {N}: {what}"))
}

const ANY_YEAR: u32 = 9999;

fn every_year() -> Set {
    Set(vec![Range {
        first: 0,
        last: ANY_YEAR,
        step: 1,
    }])
}

/// Unix's five fields, and Vercel's, which has no names and takes only one kind of days.
/// <https://vercel.com/docs/cron-jobs>, <https://docs.cloud.google.com/scheduler/docs/configuring/cron-job-schedules>
fn unix(dialect: Dialect, text: &str) -> Parsed<Schedule> {
    let [minute, hour, day, month, weekday] = fields(
        text,
        "minute, hour, day of the month, month, day of the week",
    )?;
    let is_vercel = dialect == Dialect::Vercel;
    let mut months = Field::numbers("month", 1, 12);
    let mut weekdays = Field::numbers("day of the week", 0, if is_vercel { 6 } else { 7 });
    if !is_vercel {
        months = months.named(&MONTHS, 1);
        weekdays = weekdays.named(&WEEKDAYS, 0);
    }
    Set::parse(&minute, &Field::numbers("minute", 0, 59))?;
    Set::parse(&hour, &Field::numbers("hour", 0, 23))?;
    if is_vercel && day != "*" && weekday != "*" {
        return Err(
            "Vercel takes a day of the month or a day of the week, and the other has to be `*`"
                .to_owned(),
        );
    }
    Ok(Schedule::Days(Box::new(Days {
        of_month: of_month(&day)?,
        months: Set::parse(&month, &months)?,
        of_week: of_week(&weekday, &weekdays)?,
        years: every_year(),
        join: Join::Either,
    })))
}

/// The six fields of `NCrontab`, whose first one is the second; without it there are five.
/// <https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions>
fn ncrontab(text: &str) -> Parsed<Schedule> {
    let six = if text.split_whitespace().count() == 5 {
        format!("0 {text}")
    } else {
        text.to_owned()
    };
    let [second, minute, hour, day, month, weekday] = fields(
        &six,
        "second, minute, hour, day of the month, month, day of the week",
    )?;
    Set::parse(&second, &Field::numbers("second", 0, 59))?;
    Set::parse(&minute, &Field::numbers("minute", 0, 59))?;
    Set::parse(&hour, &Field::numbers("hour", 0, 23))?;
    let months = Field::numbers("month", 1, 12).named(&MONTHS, 1);
    let weekdays = Field::numbers("day of the week", 0, 6).named(&WEEKDAYS, 0);
    Ok(Schedule::Days(Box::new(Days {
        of_month: of_month(&day)?,
        months: Set::parse(&month, &months)?,
        of_week: of_week(&weekday, &weekdays)?,
        years: every_year(),
        join: Join::Both,
    })))
}

/// `cron(…)` with six fields, the last one the year; `rate(…)`; and where a scheduler reads it, `at(…)`.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>
fn event_bridge(dialect: Dialect, text: &str) -> Parsed<Schedule> {
    let inside = |name: &str| {
        let rest = text.strip_prefix(name)?.trim_start().strip_prefix('(')?;
        rest.strip_suffix(')')
    };
    if let Some(rate) = inside("rate") {
        return self::rate(dialect, rate).map(|()| Schedule::Always);
    }
    if inside("at").is_some() && dialect == Dialect::Scheduler {
        return Ok(Schedule::Always);
    }
    let Some(cron) = inside("cron") else {
        return Err("it has to be `rate(…)` or `cron(…)`".to_owned());
    };
    let [minute, hour, day, month, weekday, year] = fields(
        cron,
        "minute, hour, day of the month, month, day of the week, year",
    )?;
    Set::parse(&minute, &Field::numbers("minute", 0, 59))?;
    Set::parse(&hour, &Field::numbers("hour", 0, 23))?;
    match (day.as_str(), weekday.as_str()) {
        ("?", "?") => return Err("only one of its fields for days can be `?`".to_owned()),
        ("?", _) | (_, "?") => {}
        _ => {
            return Err(
                "of the day of the month and the day of the week, one has to be `?`".to_owned(),
            );
        }
    }
    let months = Field::numbers("month", 1, 12).named(&MONTHS, 1);
    Ok(Schedule::Days(Box::new(Days {
        of_month: special_of_month(&day)?,
        months: Set::parse(&month, &months)?,
        of_week: special_of_week(&weekday)?,
        years: Set::parse(&year, &Field::numbers("year", 1970, 2199))?,
        join: Join::Both,
    })))
}

fn rate(dialect: Dialect, text: &str) -> Parsed<()> {
    let mut words = text.split_whitespace();
    let (number, unit) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let wrong = || {
        Err(format!(
            "`rate({text})` is no rate: `rate(5 minutes)` is one"
        ))
    };
    if words.next().is_some() {
        return wrong();
    }
    let (singular, is_plural) = match unit.strip_suffix('s') {
        Some(singular) => (singular, true),
        None => (unit, false),
    };
    if !matches!(singular, "minute" | "hour" | "day") {
        return wrong();
    }
    match number.parse::<u64>() {
        Ok(0) | Err(_) => wrong(),
        // A scheduler takes both forms.
        Ok(number) if dialect == Dialect::Rule && (number == 1) == is_plural => Err(format!(
            "of `rate({text})` the unit has to be `{singular}{}`",
            if is_plural { "" } else { "s" }
        )),
        Ok(_) => Ok(()),
    }
}

fn of_month(text: &str) -> Parsed<OfMonth> {
    if text == "*" {
        return Ok(OfMonth::Any);
    }
    Set::parse(text, &Field::numbers("day of the month", 1, 31)).map(OfMonth::Set)
}

fn of_week(text: &str, field: &Field) -> Parsed<OfWeek> {
    if text == "*" {
        return Ok(OfWeek::Any);
    }
    Set::parse(text, field).map(OfWeek::Set)
}

fn special_of_month(text: &str) -> Parsed<OfMonth> {
    // Whether a list can have those is not written down anywhere.
    if text.contains(',') && text.contains(['L', 'W']) {
        return Ok(OfMonth::Any);
    }
    match text {
        "?" => Ok(OfMonth::Any),
        "L" => Ok(OfMonth::Last(0)),
        "LW" | "WL" => Ok(OfMonth::LastWorkday),
        _ => {
            let field = Field::numbers("day of the month", 1, 31);
            if let Some(before) = text.strip_prefix("L-") {
                return number(before, &field).map(OfMonth::Last);
            }
            if let Some(day) = text.strip_suffix('W') {
                return number(day, &field).map(OfMonth::Workday);
            }
            of_month(text)
        }
    }
}

fn special_of_week(text: &str) -> Parsed<OfWeek> {
    let field = Field::numbers("day of the week", 1, 7).named(&WEEKDAYS, 1);
    // 1 is Sunday.
    let weekday = |text: &str| number(text, &field).map(|it| it - 1);
    if text == "?" || (text.contains(',') && text.contains(['L', '#'])) {
        return Ok(OfWeek::Any);
    }
    if text == "L" {
        return Ok(OfWeek::Set(Set(vec![Range {
            first: 6,
            last: 6,
            step: 1,
        }])));
    }
    if let Some((day, nth)) = text.split_once('#') {
        let nth = number(nth, &Field::numbers("week of the month", 1, 5))?;
        return Ok(OfWeek::Nth(weekday(day)?, nth));
    }
    if let Some(day) = text.strip_suffix('L') {
        return weekday(day).map(OfWeek::Last);
    }
    Ok(match of_week(text, &field)? {
        OfWeek::Set(Set(ranges)) => OfWeek::Set(Set(ranges
            .into_iter()
            .map(|it| Range {
                first: it.first - 1,
                last: it.last - 1,
                ..it
            })
            .collect())),
        other => other,
    })
}

/// A number or a name of a field.
fn number(text: &str, field: &Field) -> Parsed<u32> {
    // Whole names are read as well where their first letters are.
    let name = field
        .names
        .iter()
        .zip(field.first_name..)
        .find(|(name, _)| {
            text == **name || (text.len() > 3 && text.is_ascii() && text.starts_with(**name))
        });
    if let Some((_, number)) = name {
        return Ok(number);
    }
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    match text.parse::<u32>() {
        Ok(number) if is_number && (field.least..=field.most).contains(&number) => Ok(number),
        _ => Err(format!(
            "`{text}` is no {}: that is {} to {}",
            field.name, field.least, field.most
        )),
    }
}

impl Set {
    fn parse(text: &str, field: &Field) -> Parsed<Self> {
        let ranges = text.split(',').map(|part| Range::parse(part, field));
        ranges.collect::<Parsed<Vec<_>>>().map(Self)
    }
}

impl Range {
    fn parse(text: &str, field: &Field) -> Parsed<Self> {
        let (range, step) = match text.split_once('/') {
            None => (text, None),
            Some((range, step)) => match step.parse::<u32>() {
                Ok(step) if step > 0 => (range, Some(step)),
                _ => return Err(format!("`{step}` is no step of the {}", field.name)),
            },
        };
        let (first, last) = if range == "*" {
            (field.least, field.most)
        } else if let Some((first, last)) = range.split_once('-') {
            (number(first, field)?, number(last, field)?)
        } else {
            let first = number(range, field)?;
            (first, if step.is_some() { field.most } else { first })
        };
        Ok(Self {
            first,
            last,
            step: step.unwrap_or(1),
        })
    }
}

#[cfg(test)]
mod tests;
