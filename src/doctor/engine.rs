//! The checks at work, one after another, each apart from the others: a crash or a hang is its result, and no more.
//!
//! Called by `cli`. The order of the results is the catalogue's, whatever each of them took.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::check::{Check, Group, Needs, Scope, Severity};
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
            // Many times what one takes: a machine that is at its limit is slow, and not sick.
            Self::Files => 10,
            Self::Online => 15,
            Self::Deep => 120,
        })
    }
}

/// Runs these checks, in this order.
pub(crate) fn examine(checks: &[&'static Check], facts: &Arc<Facts>) -> Vec<Examined> {
    // What is installed is half of the work, and nothing else waits for it: the other half is done meanwhile.
    let is_large = |it: &&Check| LARGE.contains(&it.group);
    let (large, small) = checks.iter().copied().partition(is_large);
    let lists = [large, small];
    let [mut large, mut small] = examine_within(&lists, facts, Needs::patience).map(Vec::into_iter);
    let next = |check| {
        if is_large(check) {
            large.next()
        } else {
            small.next()
        }
    };
    checks.iter().filter_map(next).collect()
}

/// The groups that read what is installed and what was asked for.
const LARGE: [Group; 2] = [Group::Distribution, Group::Requirement];

/// Runs these lists at the same time; each keeps its order.
fn examine_within<const N: usize>(
    lists: &[Vec<&'static Check>; N],
    facts: &Arc<Facts>,
    patience: fn(Needs) -> Duration,
) -> [Vec<Examined>; N] {
    // All of them are begun before one is waited for.
    let begun = lists.each_ref().map(|it| (Work::start(it, facts), it));
    begun.map(|(work, checks)| finish(work, checks, facts, patience))
}

/// Waits for the end of a list, whatever crashes or hangs in it.
fn finish(
    mut work: Arc<Work>,
    checks: &[&'static Check],
    facts: &Arc<Facts>,
    patience: fn(Needs) -> Duration,
) -> Vec<Examined> {
    let (mut results, mut ignored) = (Vec::with_capacity(checks.len()), Vec::new());
    while let Some(left) = checks.get(results.len()..).filter(|it| !it.is_empty()) {
        let done = work.wait(left, patience);
        results.extend(done.results);
        ignored.extend(done.ignored);
        if let Some(check) = checks.get(results.len()).filter(|_| !done.is_over) {
            // Nobody can end a thread: that one is left alone, and the rest is done by another.
            let patience = patience(check.needs);
            results.push((Verdict::Hung(patience), patience));
        }
        work = Work::start(checks.get(results.len()..).unwrap_or_default(), facts);
    }
    let all = checks.iter().copied().zip(results);
    all.map(|(check, (verdict, elapsed))| Examined {
        check,
        ignored: match verdict {
            Verdict::Found(_) => ignored.iter().find(|it| it.code == check.code).cloned(),
            _ => None,
        },
        verdict,
        elapsed,
    })
    .collect()
}

/// What the project wants left out today.
fn ignored(facts: &Facts) -> Vec<Ignored> {
    let today = facts.today();
    let (mut ignored, _) = ignore::read(&facts.pyproject());
    ignored.retain(|it| it.holds_on(today));
    ignored
}

/// Checks that run on a thread of their own. Whoever waits is woken at the end, not for every one of them: most take less than that costs.
struct Work {
    done: Mutex<Done>,
    ended: Condvar,
}

/// How far it has come.
struct Done {
    results: Vec<(Verdict, Duration)>,
    ignored: Vec<Ignored>,
    /// When the check that comes next was begun.
    begun: Instant,
    is_over: bool,
    /// Whether nobody waits any more: another thread goes on.
    is_abandoned: bool,
}

impl Work {
    fn start(checks: &[&'static Check], facts: &Arc<Facts>) -> Arc<Self> {
        let work = Arc::new(Self {
            done: Mutex::new(Done {
                results: Vec::with_capacity(checks.len()),
                ignored: Vec::new(),
                begun: Instant::now(),
                is_over: checks.is_empty(),
                is_abandoned: false,
            }),
            ended: Condvar::new(),
        });
        if checks.is_empty() {
            return work;
        }
        let (checks, facts) = (checks.to_vec(), Arc::clone(facts));
        let here = Arc::clone(&work);
        let run = move || here.run(&checks, &facts);
        if let Err(error) = std::thread::Builder::new().spawn(run) {
            // Said of the first check; the others are tried again.
            let words = format!("no thread can be started: {error}");
            let mut done = work.lock();
            done.results.push((Verdict::Crashed(words), Duration::ZERO));
            done.is_over = true;
        }
        work
    }

    fn lock(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, checks: &[&'static Check], facts: &Facts) {
        let mut knows_ignored = false;
        for check in checks {
            let begun = Instant::now();
            self.lock().begun = begun;
            let verdict = verdict(check, facts);
            // Only where something was found does it matter what is left out.
            let is_first = !knows_ignored && matches!(verdict, Verdict::Found(_));
            let left_out = is_first.then(|| catch_unwind(AssertUnwindSafe(|| ignored(facts))));
            knows_ignored |= is_first;
            let mut done = self.lock();
            if let Some(Ok(ignored)) = left_out {
                done.ignored = ignored;
            }
            if done.is_abandoned {
                return;
            }
            done.results.push((verdict, begun.elapsed()));
        }
        self.lock().is_over = true;
        self.ended.notify_one();
    }

    /// Waits for the end of all, or for one that takes too long; gives what was done until then.
    fn wait(&self, checks: &[&'static Check], patience: fn(Needs) -> Duration) -> Done {
        let mut done = self.lock();
        loop {
            let current = checks.get(done.results.len());
            let patience = current.map_or(Duration::ZERO, |it| patience(it.needs));
            let left = patience.checked_sub(done.begun.elapsed());
            if let Some(left) = left.filter(|_| !done.is_over) {
                let woken = self.ended.wait_timeout(done, left);
                (done, _) = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            done.is_abandoned = true;
            return Done {
                results: std::mem::take(&mut done.results),
                ignored: std::mem::take(&mut done.ignored),
                begun: done.begun,
                is_over: done.is_over,
                is_abandoned: true,
            };
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
        let [verdicts] = examine_within(&[checks], &facts, |_| Duration::from_secs(3));
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
