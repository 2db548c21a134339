//! A fixing run with a fault at every call of ours that changes a file: each step, and each once.

use std::path::PathBuf;
use std::process::Command;

use super::gates::Gates;
use super::job::Job;
use super::repository::Repository;
use super::trial::Trial;
use crate::fault::{Call, EIO, ENOSPC, Fault, at_every_call, step};
use crate::support::{Finished, run};

/// A repository of few files, with names that fit into a line: some are replaced, and one of them is merged.
const SEED: u64 = 37;

fn survives(fault: Fault, job: &Job) {
    let check = |trial: &Trial, call: &Call, finished: &Finished| {
        let said = format!("{fault:?} at {call:?}: {}", finished.stderr);
        trial.check(&said);
        let fits = match fault {
            Fault::Kill | Fault::Tear => finished.code.is_none(),
            Fault::Once(_) | Fault::FromThenOn(_) => matches!(finished.code, Some(0..=2)),
        };
        assert!(
            fits || finished.code == Some(0),
            "{:?}: {said}",
            finished.code
        );
        recovers(trial, &said);
    };
    let calls = at_every_call(
        fault,
        step(),
        || Trial::new(Repository::new(SEED, Gates::Fix), job.clone()),
        |trial| -> (Command, PathBuf) { (trial.command(), trial.repository.root.clone()) },
        check,
    );
    let of = |name: &str, inside: &str| {
        let calls = calls.iter().filter(|it| it.name == name);
        let inside = calls.filter(|it| it.paths.iter().any(|path| path.starts_with(inside)));
        inside.count()
    };
    // What comes out of the work tree comes by these.
    let kept = ".git/scaffold/write-back/kept";
    assert!(of("rename", kept) > 1 && of("open", kept) > 1, "{calls:#?}");
    assert_eq!(of("rename", ".git/index"), usize::from(*job == Job::Hook));
}

#[test]
fn the_repository_has_what_it_takes() {
    let trial = Trial::new(Repository::new(SEED, Gates::Fix), Job::Hook);
    let said = trial.run().code(0).stderr;
    assert!(said.contains("beside your unstaged edits"), "{said}");
    assert!(trial.check(&said).work.len() > 1);
}

/// The next run does it all, or the rest of it, and leaves nothing.
fn recovers(trial: &Trial, said: &str) {
    let next = run(&mut trial.command());
    let said = format!("{said}\n--- next\n{}", next.stderr);
    assert!(matches!(next.code, Some(0 | 1)), "{said}");
    trial.check(&said);
    trial.is_tidy(&said);
    let fsck = trial
        .repository
        .git(&["fsck", "--strict", "--no-dangling", "--no-progress"]);
    assert_eq!(fsck.escape_ascii().to_string(), "", "{said}");
}

#[test]
fn killed_at_every_call() {
    survives(Fault::Kill, &Job::Hook);
}

#[test]
fn killed_at_every_call_by_hand() {
    survives(Fault::Kill, &Job::WorkTree);
}

#[test]
fn torn_at_every_write() {
    survives(Fault::Tear, &Job::Hook);
}

#[test]
fn every_call_fails_once() {
    survives(Fault::Once(EIO), &Job::Hook);
}

#[test]
fn the_disk_is_full_from_every_call_on() {
    survives(Fault::FromThenOn(ENOSPC), &Job::Hook);
}
