//! The clock, against what is certainly past and what cannot lie ahead.
//!
//! The look function of NET005.

use std::time::{Duration, SystemTime};

use crate::doctor::facts::Facts;
use crate::doctor::facts::upstream::Upstream;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::Date;

/// How far ahead of the clock a file may lie: a drive elsewhere has a clock of its own, and some drives have no time zone.
const AHEAD: Duration = Duration::from_hours(26);

/// Files that change while a project is worked on.
const FILES: [&str; 5] = [
    "pyproject.toml",
    "requirements.txt",
    ".venv/pyvenv.cfg",
    ".git/index",
    ".git/HEAD",
];

pub(super) fn wrong(facts: &Facts) -> Outcome {
    Outcome::of(before_this_program(facts).or_else(|| files_ahead(facts)))
}

/// The day by the clock, whatever `SOURCE_DATE_EPOCH` says.
fn today(facts: &Facts) -> Date {
    let since = facts.host.now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.map_or(0, |it| it.as_secs());
    Date::from_timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// This program is not older than the youngest thing that it knows: the day on which its table of Pythons was looked up.
fn before_this_program(facts: &Facts) -> Option<Symptom> {
    let written: Date = Upstream::table()?.as_of.parse().ok()?;
    let today = today(facts);
    // A day less, for the time zone of whoever wrote it down.
    (today.days() < written.days() - 1).then(|| {
        Symptom::new(format!(
            "the clock says {today}, which is before this program was made ({written})"
        ))
    })
}

fn files_ahead(facts: &Facts) -> Option<Symptom> {
    facts.project.as_ref()?;
    let now: SystemTime = facts.host.now();
    let ahead: Vec<_> = FILES
        .iter()
        .map(|it| facts.in_project(it))
        .filter(|it| {
            let changed = std::fs::metadata(it).and_then(|it| it.modified());
            changed
                .is_ok_and(|changed| changed.duration_since(now).is_ok_and(|ahead| ahead > AHEAD))
        })
        .collect();
    let symptom = Symptom::new(format!(
        "the clock says {}, and files of the project were changed later",
        today(facts)
    ));
    let symptom = ahead.iter().fold(symptom, |symptom, file| {
        symptom.seen_in(Evidence::path(file))
    });
    (!ahead.is_empty()).then_some(symptom)
}
