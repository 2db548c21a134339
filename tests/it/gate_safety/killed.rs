//! Runs that are ended at random moments.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::ending::{Ended, Ending, Moment, remove_locks_of_git, run_until};
use super::gates::Gates;
use super::job::Job;
use super::loss::Changes;
use super::random::Random;
use super::repository::Repository;
use super::trial::Trial;
use super::{for_seeds, number};
use crate::support::run;

/// How many there are, unless `SAFETY_KILLS` says it: the last part of `.ci/run` has more.
const KILLS: u64 = 200;

/// What mends, with a tool and without.
const GATES: [Gates; 11] = [
    Gates::Native,
    Gates::Native,
    Gates::Fix,
    Gates::Fix,
    Gates::Slow,
    Gates::Tree,
    Gates::Everywhere,
    Gates::Review,
    Gates::Hang,
    Gates::Crash,
    Gates::Git,
];

/// How often each thing happened.
#[derive(Debug, Default)]
struct Count {
    ended: BTreeMap<Ending, usize>,
    /// What a run left, by whether the work tree and the index were changed.
    left: BTreeMap<(bool, bool), usize>,
    commits: usize,
    /// Runs that left a lock or a folder of their own.
    litter: usize,
}

#[test]
fn ended_at_any_moment() {
    let (count, kills) = (Mutex::new(Count::default()), AtomicU64::new(0));
    let wanted = number("SAFETY_KILLS").unwrap_or(KILLS);
    let started = Instant::now();
    for_seeds(1000..u64::MAX, |seed| {
        if kills.load(Ordering::Relaxed) >= wanted {
            return false;
        }
        kills.fetch_add(chain(seed, &count), Ordering::Relaxed);
        true
    });
    let count = count.into_inner().unwrap();
    let kills = kills.into_inner();
    eprintln!("{kills} ended in {:?}: {count:#?}", started.elapsed());
    if number("SAFETY_SEED").is_none() && wanted >= KILLS {
        for ending in Ending::ALL {
            assert!(count.ended[&ending] > 10, "{count:?}");
        }
        // Before anything is written, in the midst of it, and after it.
        for left in [(false, false), (true, false), (true, true)] {
            assert!(count.left.get(&left).is_some_and(|it| *it > 5), "{count:?}");
        }
    }
}

/// Ends several runs in one repository; gives how many it was that still ran.
fn chain(seed: u64, count: &Mutex<Count>) -> u64 {
    let mut random = Random::new(!seed);
    let gates = *random.pick(&GATES);
    let job = random.pick(&Job::ALL).clone();
    let mut trial = Trial::new(Repository::new(seed, gates), job);
    let ended = end(&trial, Ending::Kill, Moment::Never);
    trial.check(&ended.said);
    let mut length = ended.elapsed;
    let mut kills = 0;
    for _ in 0..6 {
        trial.again();
        // Sometimes the next run is ended, too, before it has seen to what this one left.
        for _ in 0..=usize::from(random.one_in(3)) {
            let ending = *random.pick(&Ending::ALL);
            let at = length.mul_f64(random.share());
            let moment = if random.one_in(2) {
                Moment::Start(at)
            } else {
                Moment::Writing(at / 2, length * 2)
            };
            let ended = end(&trial, ending, moment);
            let changes = trial.check(&ended.said);
            assert!(ended.is_in_order(), "{}\n{}", trial.title(), ended.said);
            if ended.was_running {
                kills += 1;
                count.lock().unwrap().add(ending, &changes);
            } else {
                length = (length + ended.elapsed) / 2;
            }
            let locks = remove_locks_of_git(&trial.repository.git_dir);
            // Only a git that had no time to leaves them.
            let may = trial.job.is_of_git();
            assert!(
                locks.is_empty() || may,
                "{} {ending:?}: {locks:?}",
                trial.title()
            );
            if changes.is_committed {
                break;
            }
        }
        count.lock().unwrap().litter += usize::from(!trial.litter().is_empty());
        recover(&trial);
    }
    kills
}

pub(super) fn end(trial: &Trial, ending: Ending, moment: Moment) -> Ended {
    run_until(trial.command(), ending, moment, &trial.repository.git_dir)
}

/// The next run clears away what is left, and git is content.
pub(super) fn recover(trial: &Trial) {
    let left = trial.litter();
    let repository = &trial.repository;
    let mut next = repository.command(env!("CARGO_BIN_EXE_scaffold"));
    let next = run(next.args(["hook", "run", "pre-commit"]));
    let said = format!("{left:?}, then {}", next.stderr);
    let is_broken = next.code == Some(2) && repository.gates.break_down();
    assert!(
        is_broken || matches!(next.code, Some(0 | 1)),
        "{}\n{said}",
        trial.title()
    );
    trial.check_recovered(&said);
    trial.is_tidy(&said);
    repository.git(&["status", "--porcelain"]);
    let fsck = repository.git(&["fsck", "--strict", "--no-dangling", "--no-progress"]);
    assert_eq!(
        fsck.escape_ascii().to_string(),
        "",
        "{}\n{said}",
        trial.title()
    );
}

impl Count {
    fn add(&mut self, ending: Ending, changes: &Changes) {
        *self.ended.entry(ending).or_default() += 1;
        let left = (!changes.work.is_empty(), !changes.index.is_empty());
        *self.left.entry(left).or_default() += 1;
        self.commits += usize::from(changes.is_committed);
    }
}
