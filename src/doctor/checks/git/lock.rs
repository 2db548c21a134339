//! Whether a lock of git's is held by nobody any more.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::of_repository;
use crate::doctor::facts::Facts;
use crate::doctor::facts::reading::{beginning, names};
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::host::Host;
use crate::process::quoted;

/// A lock that is younger may be at work.
const PATIENCE: Duration = Duration::from_mins(10);

/// The most files that are looked at of those that processes have open.
const MOST: usize = 50_000;

/// Whether a process may hold a lock.
enum Held {
    /// One does, or may.
    Yes,
    /// None does.
    No,
    /// This system does not tell.
    Unknown,
}

pub(super) fn look(facts: &Facts) -> Outcome {
    of_repository(facts, |repository| {
        let location = &repository.location;
        let lock = location.git_dir.join("index.lock");
        let Ok(metadata) = lock.symlink_metadata() else {
            return Outcome::Healthy;
        };
        let age = metadata
            .modified()
            .ok()
            .and_then(|it| facts.host.now().duration_since(it).ok());
        let Some(age) = age.filter(|it| *it > PATIENCE) else {
            return Outcome::Skipped("a lock of git's is there, and may be held");
        };
        let held = held(&facts.host, &lock, &[&location.root, &location.git_dir]);
        let message = match held {
            Held::Yes => return Outcome::Skipped("a lock of git's is there, and may be held"),
            Held::No => format!(
                "`{}` is {} old, and no git is at work here",
                facts.shown(&lock),
                words(age)
            ),
            Held::Unknown => format!("`{}` is {} old", facts.shown(&lock), words(age)),
        };
        let symptom = Symptom::new(message).seen_in(Evidence::path(lock.clone()));
        Outcome::of([if matches!(held, Held::No) {
            symptom.fix(Fix::ask("remove git's lock", [Action::RemoveLock(lock)]))
        } else {
            let lock = quoted(&lock.to_string_lossy());
            symptom.next(format!("rm {lock}"))
        }])
    })
}

fn words(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    match (minutes / 60, minutes / (24 * 60)) {
        (0, _) => format!("{minutes} minutes"),
        (1, _) => "an hour".to_owned(),
        (hours, 0..2) => format!("{hours} hours"),
        (_, days) => format!("{days} days"),
    }
}

/// Whether a process has the lock open, or a git is at work in one of these folders, as Linux tells it (proc(5)).
fn held(host: &Host, lock: &Path, folders: &[&PathBuf]) -> Held {
    let processes = host.system_file("/proc");
    let numbers: Vec<String> = names(&processes)
        .into_iter()
        .filter(|it| it.bytes().all(|it| it.is_ascii_digit()))
        .collect();
    if numbers.is_empty() {
        return Held::Unknown;
    }
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (lock, folders) = (real(lock), folders.iter().map(|it| real(it)));
    let folders: Vec<PathBuf> = folders.collect();
    let mut left = MOST;
    for number in numbers {
        let process = processes.join(number);
        let name = beginning(&process.join("comm"), 64);
        if name.starts_with(b"git") {
            let cwd = std::fs::read_link(process.join("cwd"));
            let may_be_here = match cwd {
                Ok(cwd) => folders.iter().any(|it| cwd.starts_with(it)),
                // That of another user may be anywhere; one that has ended is nowhere.
                Err(error) => error.kind() == ErrorKind::PermissionDenied,
            };
            if may_be_here {
                return Held::Yes;
            }
        }
        for open in names(&process.join("fd")) {
            let Some(fewer) = left.checked_sub(1) else {
                return Held::Unknown;
            };
            left = fewer;
            if std::fs::read_link(process.join("fd").join(open)).is_ok_and(|it| it == lock) {
                return Held::Yes;
            }
        }
    }
    Held::No
}
