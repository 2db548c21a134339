//! Never a lost byte: dirty repositories, gates that behave and gates that do not, and runs that are ended at any moment.
//!
//! A repository is made up from a seed ([`repository`]), an inventory of it is taken by plain git and the file system ([`inventory`]), a
//! command runs ([`job`]) to its end or not, and everything that was there must still be in the work tree or the index, or, where a
//! fix replaced it, under the backup refs ([`loss`]). A failure names its seed; `SAFETY_SEED=17 cargo test --test it gate_safety`
//! runs that one alone. `SAFETY_KILLS=5000` says how many random kills there are (500 unless it does), `SAFETY_RUNS=1000` how many of the other
//! repositories.

mod black;
mod content;
mod editor;
mod ending;
#[cfg(target_env = "gnu")]
mod faults;
mod gates;
mod inventory;
mod job;
mod killed;
mod loss;
mod node;
mod random;
mod repository;
mod situation;
mod together;
mod trial;
mod whole;

use std::sync::atomic::{AtomicU64, Ordering};

/// Runs something for every seed, several at once, until it says that it is enough; for one alone where that is asked for.
fn for_seeds(seeds: std::ops::Range<u64>, work: impl Fn(u64) -> bool + Sync) {
    if let Some(seed) = number("SAFETY_SEED") {
        let _ = work(seed);
        return;
    }
    let next = AtomicU64::new(seeds.start);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&seed) || !work(seed) {
                        break;
                    }
                }
            });
        }
    });
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|it| it.parse().unwrap())
}
