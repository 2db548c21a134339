//! Runs that are not alone: another run, or somebody who goes on working.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::content::essence;
use super::gates::Gates;
use super::inventory::{Inventory, Store};
use super::job::Job;
use super::node::Node;
use super::repository::Repository;
use super::trial::Trial;
use super::{editor, for_seeds, number};
use crate::support::run;

#[test]
fn two_runs_at_once() {
    let jobs = [Job::Hook, Job::Staged, Job::WorkTree, Job::Commit];
    for_seeds(3000..3000 + number("SAFETY_RUNS").unwrap_or(16), |seed| {
        let at = usize::try_from(seed).unwrap();
        let (first, second) = (&jobs[at % 4], &jobs[at / 4 % 4]);
        let mut trial = Trial::new(Repository::new(seed, Gates::Slow), first.clone());
        let [mut one, mut two] = [first, second].map(|job| job.command(&trial.repository));
        trial.beside(second);
        let (one, two) = std::thread::scope(|scope| {
            let two = scope.spawn(|| run(&mut two));
            (run(&mut one), two.join().unwrap())
        });
        let said = format!(
            "{first:?}\n{}\n--- beside it {second:?}\n{}",
            one.stderr, two.stderr
        );
        for (job, code) in [(first, one.code), (second, two.code)] {
            // Of two commits, git takes one.
            let fits = matches!(code, Some(0 | 1)) || code == Some(128) && job.is_of_git();
            assert!(fits, "{}: {code:?}\n{said}", trial.title());
        }
        trial.check(&said);
        trial.is_tidy(&said);
        true
    });
}

/// Whatever is saved or added last is what counts.
#[test]
fn somebody_goes_on_working() {
    let totals = [const { AtomicUsize::new(0) }; 4];
    for_seeds(4000..4000 + number("SAFETY_RUNS").unwrap_or(30), |seed| {
        let at = usize::try_from(seed).unwrap();
        let job = [Job::Hook, Job::WorkTree, Job::Staged][at % 3].clone();
        let gates = [Gates::Native, Gates::Fix, Gates::Slow][at / 3 % 3];
        let mut trial = Trial::new(Repository::new(seed, gates), job);
        let paths = trial.files_under_check();
        if paths.is_empty() {
            return true;
        }
        let over = AtomicBool::new(false);
        let (said, done) = std::thread::scope(|scope| {
            let working = scope.spawn(|| editor::work(&trial.repository, &paths, &over));
            let said: Vec<String> = (0..3).map(|_| trial.run().stderr).collect();
            over.store(true, Ordering::Relaxed);
            (said.join("---\n"), working.join().unwrap())
        });
        // What a writer wrote to a file that had been replaced comes to light now.
        let next = trial.run();
        let said = format!("{said}--- next\n{}", next.stderr);
        let after = Inventory::take(&trial.repository);
        let ids = after.index.values().chain(trial.before().index.values());
        let ids: Vec<&str> = ids
            .filter(|it| it.mode != "160000")
            .map(|it| it.id.as_str())
            .chain(done.added.values().map(String::as_str))
            .collect();
        let store = Store::read(&trial.repository, &after.backups, ids);
        let title = trial.title();
        for (path, content) in &done.saved {
            let name = path.escape_ascii();
            let now = match &after.work[path] {
                Node::File { bytes, .. } => bytes,
                other => panic!("{title} `{name}`: {other:?}\n{said}"),
            };
            let is_kept = store
                .kept
                .iter()
                .any(|it| store.contents[&it.2] == *content);
            assert!(now == content || is_kept, "{title} LOST: `{name}`\n{said}");
            // It is mended at most, but for what was written to a file that had been replaced.
            let is_it = essence(now) == essence(content) || done.held.contains(path);
            assert!(is_it, "{title}: `{name}` is {now:?}\n{said}");
            totals[0].fetch_add(usize::from(now == content), Ordering::Relaxed);
            totals[1].fetch_add(usize::from(now != content), Ordering::Relaxed);
        }
        for (path, id) in &done.added {
            let name = path.escape_ascii();
            let (old, now) = (&store.contents[id], &store.contents[&after.index[path].id]);
            assert_eq!(
                essence(old),
                essence(now),
                "{title} `{name}` was added\n{said}"
            );
            let is_kept = store.kept.iter().any(|it| it.2 == *id);
            assert!(old == now || is_kept, "{title} LOST: `{name}`\n{said}");
        }
        totals[2].fetch_add(done.saves, Ordering::Relaxed);
        totals[3].fetch_add(done.adds, Ordering::Relaxed);
        // All else is as it was.
        trial.forget(done.saved.keys());
        trial.check(&said);
        true
    });
    let totals = totals.map(AtomicUsize::into_inner);
    eprintln!("in the work tree, kept, saves, adds: {totals:?}");
    assert!(
        number("SAFETY_SEED").is_some() || totals.iter().all(|it| *it > 5),
        "{totals:?}"
    );
}
