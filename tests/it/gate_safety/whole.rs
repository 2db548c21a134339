//! Runs that come to their end, whatever their gates do.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::gates::Gates;
use super::job::Job;
use super::loss::Changes;
use super::repository::Repository;
use super::trial::Trial;
use super::{for_seeds, number};
use crate::support::Finished;

#[derive(Debug, Default)]
struct Count {
    runs: usize,
    in_work_tree: usize,
    in_index: usize,
    commits: usize,
    refused: usize,
}

#[test]
fn nothing_is_lost_and_nothing_else_is_touched() {
    let count = Mutex::new(Count::default());
    let cases = u64::try_from(Gates::ALL.len() * Job::ALL.len()).unwrap();
    for_seeds(0..number("SAFETY_RUNS").unwrap_or(cases), |seed| {
        let at = usize::try_from(seed).unwrap();
        let gates = Gates::ALL[at % Gates::ALL.len()];
        let job = Job::ALL[at / Gates::ALL.len() % Job::ALL.len()].clone();
        let trial = Trial::new(Repository::new(seed, gates), job);
        let finished = trial.run();
        let said = format!("{}{}", finished.stdout, finished.stderr);
        let changes = trial.check(&said);
        let code = finished.code;
        // Git itself cannot commit every path: one that has become a folder, for instance.
        let is_fit = matches!(code, Some(0..=2)) || trial.job.is_of_git() && code == Some(128);
        assert!(is_fit, "{}: {code:?}\n{said}", trial.title());
        is_reported(&trial, &changes, &finished);
        trial.is_tidy(&said);
        let mut count = count.lock().unwrap();
        count.runs += 1;
        count.in_work_tree += changes.work.len();
        count.in_index += changes.index.len();
        count.commits += usize::from(changes.is_committed);
        count.refused += usize::from(code != Some(0));
        true
    });
    let count = count.into_inner().unwrap();
    eprintln!("{count:?}");
    if number("SAFETY_SEED").is_none() {
        let each = [
            count.in_work_tree,
            count.in_index,
            count.commits,
            count.refused,
        ];
        assert!(each.iter().all(|it| *it > 10), "{count:?}");
    }
}

/// What has changed was said.
#[track_caller]
fn is_reported(trial: &Trial, changes: &Changes, finished: &Finished) {
    if !matches!(trial.job, Job::Staged | Job::WorkTree) {
        return;
    }
    let report: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    let said = |key: &str| -> BTreeSet<String> {
        let mended = report["mended"].as_array().unwrap();
        let of = mended.iter().filter(|it| it[key] == true);
        of.map(|it| it["path"].as_str().unwrap().to_owned())
            .collect()
    };
    for (key, paths) in [("has_fix", &changes.work), ("staged", &changes.index)] {
        for path in paths {
            let path = shown(path);
            assert!(
                said(key).contains(&path),
                "{}: `{path}` in {report:#}",
                trial.title()
            );
        }
    }
}

/// A path as JSON has it: exact where it can be.
fn shown(path: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(path) {
        return text.to_owned();
    }
    let mut text = String::new();
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}
