//! Runs that are not alone: another run, an editor that saves, and `git add` from another terminal.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::content::essence;
use super::for_seeds;
use super::gates::Gates;
use super::inventory::{Inventory, Store};
use super::job::Job;
use super::node::at;
use super::repository::Repository;
use super::trial::Trial;
use crate::support::run;

#[test]
fn two_runs_at_once() {
    for_seeds(3000..3016, |seed| {
        let jobs = [Job::Hook, Job::Staged, Job::WorkTree, Job::Commit];
        let pick = |by: u64| jobs[usize::try_from(seed / by).unwrap() % jobs.len()].clone();
        let (first, second) = (pick(1), pick(4));
        let trial = Trial::new(Repository::new(seed, Gates::Slow), first);
        second.prepare(&trial.repository);
        let other = second.command(&trial.repository);
        let (one, two) = std::thread::scope(|scope| {
            let mut other = other;
            let two = scope.spawn(move || run(&mut other));
            (trial.run(), two.join().unwrap())
        });
        let said = format!("{}\n--- beside it ({second:?})\n{}", one.stderr, two.stderr);
        for code in [one.code, two.code] {
            assert!(matches!(code, Some(0 | 1)), "{}\n{said}", trial.title());
        }
        trial.check_beside(&second, &said);
        assert_eq!(trial.litter(), [PathBuf::new(); 0], "{}\n{said}", trial.title());
        true
    });
}
