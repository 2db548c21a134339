//! Killed at any moment: by a signal between two steps, and at every single call that changes a file.
//!
//! The process that is killed is this test program itself, started once more to do nothing but one run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Fix, InIndex, Moment, Place};
use crate::git::WorkTree;
use crate::host::Host;

/// What the work tree and the index have of each file, before.
const FILES: [(&str, &str, &str); 4] = [
    ("clean.py", "one \n", "one \n"),
    (
        "partial.py",
        "one \ntwo\nthree\n",
        "one \ntwo\nthree, mine\n",
    ),
    ("conflict.py", "one \n", "one, mine \n"),
    ("d/other.py", "two \n", "two \n"),
];

fn place() -> Place {
    static FIRST: OnceLock<Place> = OnceLock::new();
    FIRST.get_or_init(made).copied()
}

fn made() -> Place {
    let place = Place::with(&[("before.py", "before\n")]);
    for (path, staged, now) in FILES {
        place.stage(path, staged);
        place.write(path, now);
    }
    place.write("untracked.py", "mine\n");
    place
}

/// The same place, known to a program started anew by two variables.
fn child(place: &Place) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "gate::write_back::tests::kills::one_run",
            "--nocapture",
        ])
        .env_clear()
        .env("WRITE_BACK_IN", &place.folder)
        .current_dir(&place.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for (name, value) in place.host.variables() {
        command.env(name, value);
    }
    command
}

/// What [`child`] does; without its variable there is nothing to do.
#[test]
fn one_run() {
    let Some(folder) = std::env::var_os("WRITE_BACK_IN") else {
        return;
    };
    let die_at = std::env::var("WRITE_BACK_DIES_AT")
        .ok()
        .and_then(|it| it.parse().ok());
    let host = Host::current()
        .unwrap()
        .with_current_dir(PathBuf::from(folder));
    let work_tree = WorkTree::discover(&host).unwrap();
    let lock = super::Lock::take(&work_tree, || {}).unwrap();
    let stop_at: Option<usize> = std::env::var("WRITE_BACK_STOPS_AT")
        .ok()
        .and_then(|it| it.parse().ok());
    crate::process::catch_interrupts(|| {});
    let mut moment = 0;
    let mut watch = |_: Moment<'_>| {
        moment += 1;
        if stop_at == Some(moment) {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::TERM).unwrap();
            while crate::process::check_interrupted().is_ok() {
                std::thread::yield_now();
            }
        }
        if die_at == Some(moment) {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::KILL).unwrap();
        }
    };
    let fixes = fixes(&work_tree);
    let exchange = std::env::var_os("WRITE_BACK_MOVES").is_none();
    super::super::recover(&lock, &work_tree).unwrap();
    let applied = super::apply_watched(&lock, &work_tree, &fixes, exchange, &mut watch);
    let said = match applied {
        Ok(applied) => format!("{} {:?}", applied.interrupted, applied.files),
        Err(error) => format!("{:?}", error.kind()),
    };
    std::fs::write(work_tree.root().join("../said"), said).unwrap();
    std::fs::write(work_tree.root().join("../moments"), moment.to_string()).unwrap();
}

/// Takes away the blanks at the ends of lines.
fn fixes(work_tree: &WorkTree) -> Vec<Fix> {
    let index = crate::git::Index::read(work_tree).unwrap();
    let objects = crate::git::Objects::open(work_tree);
    let fix = |entry: crate::git::IndexEntry| {
        let text = String::from_utf8(objects.read(&entry.id).unwrap()).unwrap();
        Fix {
            path: crate::repo_path::RepoPath::new(index.path(&entry)),
            mode: entry.mode,
            original: super::Original::Staged(entry.id),
            fixed: text.replace(" \n", "\n").into_bytes(),
            restage: true,
        }
    };
    index.entries().map(fix).collect()
}

/// How a run ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Killed,
    /// The same, on a system that cannot exchange files.
    KilledMoving,
    /// A call failed; the run went on or ended by itself.
    Failed,
}

/// Asserts that such a run has lost nothing, that the next one clears up after it, and that all is well then.
#[track_caller]
fn assert_survived(place: &Place, end: End, what: &str) {
    let before: Vec<(&str, &str)> = FILES
        .iter()
        .flat_map(|(path, staged, now)| [(*path, *staged), (*path, *now)])
        .collect();
    let after = |path: &str, now: &str| match path {
        "conflict.py" => now.to_owned(),
        _ => now.replace(" \n", "\n"),
    };
    let is_whole = |path: &str, now: &str| {
        let here = std::fs::read_to_string(place.path(path)).ok();
        here.as_deref() == Some(now) || here == Some(after(path, now))
    };
    // Before anything else is run.
    place.assert_not_lost(&before);
    for (path, _, now) in FILES {
        let is_moved = end == End::KilledMoving && !place.path(path).exists();
        assert!(is_moved || is_whole(path, now), "{what}: {path}");
    }
    assert_eq!(place.read("untracked.py"), "mine\n");
    place.recover();
    place.assert_empty();
    place.assert_not_lost(&before);
    for (path, _, now) in FILES {
        assert!(is_whole(path, now), "{what}: {path}");
    }
    // The next run does what is left; but what was staged without having come into the work tree is no fix any more.
    let applied = place.apply(&fixes(&place.work_tree()));
    for file in &applied.files {
        let fine = matches!(file.index, InIndex::Fixed | InIndex::NotMeant);
        assert!(fine, "{what}: {file:?}");
    }
    for (path, staged, now) in FILES {
        let is_fixed = place.read(path) == after(path, now);
        assert!(
            is_fixed || end == End::Failed && is_whole(path, now),
            "{what}: {path}"
        );
        assert_eq!(
            place.staged_text(path),
            staged.replace(" \n", "\n"),
            "{what}"
        );
    }
    place.recover();
    place.assert_empty();
    place.git(&["fsck", "--strict"]);
}

#[test]
fn killed_between_any_two_steps() {
    for moves in [false, true] {
        let run = |die_at: Option<usize>| {
            let place = place();
            let mut command = child(&place);
            if moves {
                command.env("WRITE_BACK_MOVES", "yes");
            }
            if let Some(number) = die_at {
                command.env("WRITE_BACK_DIES_AT", number.to_string());
            }
            let status = command.status().unwrap();
            (place, status)
        };
        let (sound, status) = run(None);
        assert!(status.success());
        let moments: usize = sound.read("../moments").parse().unwrap();
        assert!(moments > 10, "{moments}");
        for number in 1..=moments {
            let (place, status) = run(Some(number));
            assert_eq!(status.code(), None, "moment {number}");
            let end = if moves {
                End::KilledMoving
            } else {
                End::Killed
            };
            assert_survived(&place, end, &format!("moment {number}, moves {moves}"));
        }
    }
}

/// Asked to stop, it finishes the file that it is at, and says which it left.
#[test]
fn stopped_between_any_two_steps() {
    let sound = place();
    assert!(child(&sound).status().unwrap().success());
    let moments: usize = sound.read("../moments").parse().unwrap();
    for number in 1..=moments {
        let place = place();
        let mut command = child(&place);
        command.env("WRITE_BACK_STOPS_AT", number.to_string());
        assert!(command.status().unwrap().success());
        let said = place.read("../said");
        assert!(
            said.starts_with("true") || said == "Interrupted",
            "{number}: {said}"
        );
        for (path, _, now) in FILES {
            // What it says of each is what is there; nothing was begun where it says nothing.
            let is_fixed = place.read(path) != now;
            let report = said.split("Written").find(|it| it.contains(path));
            let says_so = report.is_some_and(|it| {
                it.contains("work_tree: Replaced") || it.contains("work_tree: Merged")
            });
            assert_eq!(is_fixed, says_so, "{number}: {path} in {said}");
        }
        assert!(place.recover().is_empty(), "{number}");
        assert_survived(&place, End::Failed, &format!("stopped at {number}"));
    }
}

#[test]
fn many_runs_at_once_are_one_after_another() {
    let place = place();
    let mut runs: Vec<_> = (0..6).map(|_| child(&place).spawn().unwrap()).collect();
    for run in &mut runs {
        assert!(run.wait().unwrap().success());
    }
    assert_survived(&place, End::Failed, "six runs at once");
}

/// The library of the black-box suite that lets the n-th call go wrong, compiled.
fn library(folder: &Path) -> PathBuf {
    let source = folder.join("shim.c");
    std::fs::write(&source, include_str!("../../../../tests/it/fault/shim.c")).unwrap();
    let library = folder.join("shim.so");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .status();
    assert!(
        compiled.is_ok_and(|it| it.success()),
        "this test needs a C compiler"
    );
    library
}

/// Killed at every `step`th call below the place, or the call fails; the git programs that are started are not counted.
/// `FAULT_STEP` says another step: the last part of `.ci/run` tries each call.
fn at_every_call(kind: &str, errno: i32, step: usize, end: End) {
    let said = std::env::var("FAULT_STEP").ok();
    let step = said.map_or(step, |it| it.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    let run = |number: usize| {
        let place = place();
        let log = place.path("../log");
        let mut command = child(&place);
        command
            .env("LD_PRELOAD", &library)
            .env("FAULT_BELOW", &place.folder)
            .env("FAULT_LOG", &log);
        if number > 0 {
            command
                .env("FAULT_AT", number.to_string())
                .env("FAULT_KIND", kind)
                .env("FAULT_ERRNO", errno.to_string());
        }
        command.status().unwrap();
        let log = std::fs::read_to_string(log).unwrap();
        (place, log.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    let (_, calls) = run(0);
    assert!(calls.len() > 60, "{calls:#?}");
    let next = AtomicUsize::new(1);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(step, Ordering::SeqCst);
                    if number > calls.len() {
                        return;
                    }
                    // Where nothing is written, the same as to be killed at the next call.
                    if kind == "tear" && !calls[number - 1].contains("\twrite\t") {
                        continue;
                    }
                    let (place, made) = run(number);
                    let call = made.get(number - 1).map_or("none", String::as_str);
                    assert_survived(&place, end, &format!("{kind} {errno} at {call}"));
                }
            });
        }
    });
}

#[test]
fn killed_at_every_call() {
    at_every_call("kill", 0, 3, End::Killed);
}

#[test]
fn killed_in_the_middle_of_every_write() {
    at_every_call("tear", 0, 1, End::Killed);
}

#[test]
fn every_call_fails_once() {
    at_every_call("once", 5, 5, End::Failed);
}

#[test]
fn the_disk_is_full_from_any_call_on() {
    at_every_call("on", 28, 7, End::Failed);
}
