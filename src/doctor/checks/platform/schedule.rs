//! Schedules that the platform refuses, that never fire, or that call nothing.

use super::cron::Schedule;
use super::vercel::Routes;
use super::{each, of};
use crate::doctor::facts::Facts;
use crate::doctor::facts::deployment::Scheduled;
use crate::doctor::symptom::{Outcome, Symptom};

/// A schedule that does not fire within so many days never does: leap days come around in that time.
const EIGHT_YEARS: i64 = 2922;

fn seen(scheduled: &Scheduled, words: String) -> Symptom {
    let expression = &scheduled.expression;
    let place = expression.place.evidence();
    Symptom::new(words).seen_in(place.says(&expression.text))
}

/// PLAT017.
pub(super) fn refused(facts: &Facts) -> Outcome {
    each(facts, |target, deployment| {
        let schedules = deployment.schedules.iter();
        let refused = schedules.filter_map(|it| {
            let text = &it.expression.value;
            let why = Schedule::parse(it.dialect, text).err()?;
            let words = format!("{} refuses the schedule `{text}`: {why}", target.title);
            Some(seen(it, words))
        });
        refused.collect()
    })
}

/// PLAT018.
pub(super) fn never(facts: &Facts) -> Outcome {
    each(facts, |_, deployment| {
        let schedules = deployment.schedules.iter();
        let never = schedules.filter_map(|it| {
            let text = &it.expression.value;
            let schedule = Schedule::parse(it.dialect, text).ok()?;
            let fires = schedule.fires_within(EIGHT_YEARS, facts.today());
            (!fires).then(|| {
                seen(
                    it,
                    format!("the schedule `{text}` names no day that there is"),
                )
            })
        });
        never.collect()
    })
}

/// PLAT019.
pub(super) fn leads_nowhere(facts: &Facts) -> Outcome {
    of(facts, "vercel", |_, deployment| {
        let paths = deployment
            .schedules
            .iter()
            .filter_map(|it| it.path.as_ref());
        let Some(routes) = Routes::of(facts) else {
            return Vec::new();
        };
        let lost = paths.filter(|it| !routes.serve(&it.value));
        lost.map(|path| {
            let near = routes.nearest(&path.value);
            let near = near.map(|it| format!("; `{it}` is there"));
            Symptom::new(format!(
                "a schedule calls `{}`, which nothing in the project serves{}",
                path.value,
                near.unwrap_or_default()
            ))
            .seen_in(path.place.evidence())
        })
        .collect()
    })
}
