//! The checks at work, one after another, each apart from the others: a crash or a hang is its result, and no more.
//!
//! Called by `cli`. The order of the results is the catalogue's, whatever each of them took.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::check::{Check, Needs, Scope, Severity};
use super::facts::Facts;
use super::ignore::{self, Ignored};
use super::symptom::{Outcome, Symptom};

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The condition is not there.
    Healthy,
    /// The check has no say here: why.
    Skipped(&'static str),
    /// The condition is there.
    Found(Vec<Symptom>),
    /// The check itself is broken: what it said last.
    Crashed(String),
    /// The check did not come back within this time.
    Hung(Duration),
}

/// A check and what it came to.
pub(crate) struct Examined {
    /// Which one.
    pub(crate) check: &'static Check,
    /// What it came to.
    pub(crate) verdict: Verdict,
    /// Where the project wants what was found to be left out: why.
    pub(crate) ignored: Option<Ignored>,
    /// How long it took.
    pub(crate) elapsed: Duration,
}

impl Examined {
    /// How bad it is; `None` where nothing is wrong, or the project wants it left out.
    pub(crate) fn severity(&self) -> Option<Severity> {
        match &self.verdict {
            _ if self.ignored.is_some() => None,
            Verdict::Found(symptoms) => symptoms
                .iter()
                .map(|it| it.severity.unwrap_or(self.check.severity))
                .max(),
            // A check that is broken says nothing of the project: it is ours to mend.
            Verdict::Crashed(_) | Verdict::Hung(_) => Some(Severity::Warning),
            Verdict::Healthy | Verdict::Skipped(_) => None,
        }
    }

    /// What was seen, and is not to be left out.
    pub(crate) fn symptoms(&self) -> &[Symptom] {
        match &self.verdict {
            Verdict::Found(symptoms) if self.ignored.is_none() => symptoms,
            _ => &[],
        }
    }
}

impl Needs {
    /// How long a check that needs this may take.
    fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Self::Files => 2,
            Self::Online => 15,
            Self::Deep => 120,
        })
    }
}

/// Runs these checks, in this order.
pub(crate) fn examine(checks: &[&'static Check], facts: &Arc<Facts>) -> Vec<Examined> {
    examine_within(checks, facts, Needs::patience)
}

fn examine_within(
    checks: &[&'static Check],
    facts: &Arc<Facts>,
    patience: fn(Needs) -> Duration,
) -> Vec<Examined> {
    let ignored = ignored(facts);
    let mut examined = Vec::with_capacity(checks.len());
    let mut results = start(checks, facts);
    for (number, check) in checks.iter().copied().enumerate() {
        let patience = patience(check.needs);
        let (verdict, elapsed) = match results.recv_timeout(patience) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                // Nobody can end a thread: that one is left alone, and the rest is done by another.
                results = start(&checks[number + 1..], facts);
                (Verdict::Hung(patience), patience)
            }
            Err(RecvTimeoutError::Disconnected) => {
                results = start(&checks[number + 1..], facts);
                let words = "it ended its thread".to_owned();
                (Verdict::Crashed(words), Duration::ZERO)
            }
        };
        let is_found = matches!(verdict, Verdict::Found(_));
        examined.push(Examined {
            check,
            ignored: ignored
                .iter()
                .find(|it| is_found && it.code == check.code)
                .cloned(),
            verdict,
            elapsed,
        });
    }
    examined
}

/// What the project wants left out today.
fn ignored(facts: &Facts) -> Vec<Ignored> {
    let today = facts.today();
    let (mut ignored, _) = ignore::read(&facts.pyproject());
    ignored.retain(|it| it.holds_on(today));
    ignored
}

type Result = (Verdict, Duration);

/// Starts to run checks on a thread of their own.
fn start(checks: &[&'static Check], facts: &Arc<Facts>) -> Receiver<Result> {
    let (sender, receiver) = channel();
    let (checks, facts) = (checks.to_vec(), Arc::clone(facts));
    let work = move || run(&checks, &facts, &sender);
    // Where no thread can be had, the receiver is told so by the end of the sender.
    drop(std::thread::Builder::new().spawn(work));
    receiver
}

fn run(checks: &[&'static Check], facts: &Facts, results: &Sender<Result>) {
    for check in checks {
        let start = Instant::now();
        let verdict = verdict(check, facts);
        if results.send((verdict, start.elapsed())).is_err() {
            return;
        }
    }
}

fn verdict(check: &Check, facts: &Facts) -> Verdict {
    if check.scope == Scope::Project && facts.project.is_none() {
        return Verdict::Skipped("this is no project");
    }
    match check.needs {
        Needs::Deep if !facts.may.deep => return Verdict::Skipped("looked at with --deep"),
        Needs::Online if !facts.may.online => return Verdict::Skipped("looked at with --online"),
        _ => {}
    }
    match catch_unwind(AssertUnwindSafe(|| (check.look)(facts))) {
        Ok(Outcome::Healthy) => Verdict::Healthy,
        Ok(Outcome::Skipped(why)) => Verdict::Skipped(why),
        Ok(Outcome::Found(symptoms)) => Verdict::Found(symptoms),
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
            Verdict::Crashed(words.unwrap_or_else(|| "without a word".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Verdict, examine_within};
    use crate::doctor::check::{Check, Group, Mending, Needs, Scope, Severity};
    use crate::doctor::facts::Facts;
    use crate::doctor::symptom::{Outcome, Symptom};
    use crate::host::Host;

    const fn check(code: &'static str, scope: Scope, look: fn(&Facts) -> Outcome) -> Check {
        Check {
            code,
            group: Group::Venv,
            severity: Severity::Error,
            title: "",
            why: "",
            remedy: "",
            mending: Mending::Manual,
            scope,
            needs: Needs::Files,
            look,
        }
    }

    static CHECKS: [Check; 5] = [
        check("X001", Scope::Machine, |_| panic!("no such luck")),
        check("X002", Scope::Machine, |_| {
            std::thread::sleep(Duration::from_hours(1));
            Outcome::Healthy
        }),
        check("X003", Scope::Machine, |_| {
            Outcome::of([Symptom::new("seen")])
        }),
        check("X004", Scope::Project, |_| {
            Outcome::of([Symptom::new("seen")])
        }),
        check("X005", Scope::Machine, |_| Outcome::Healthy),
    ];

    #[test]
    fn a_crash_and_a_hang_are_results_like_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let facts = Arc::new(Facts::around(&Host::made_up(folder.path())));
        let checks: Vec<&'static Check> = CHECKS.iter().collect();
        let patience = Duration::from_secs(3);
        let verdicts = examine_within(&checks, &facts, |_| Duration::from_secs(3));
        let verdicts: Vec<Verdict> = verdicts.into_iter().map(|it| it.verdict).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Crashed("no such luck".to_owned()),
                Verdict::Hung(patience),
                Verdict::Found(vec![Symptom::new("seen")]),
                Verdict::Skipped("this is no project"),
                Verdict::Healthy,
            ]
        );
    }
}
