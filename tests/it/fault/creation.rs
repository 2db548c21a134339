//! `scaffold new` with a fault at every call that changes a file: the target is before or after, never between, and the next run
//! goes well and clears away what was left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Call, EACCES, EIO, ENOSPC, Fault, at_every_call, counted, faulty, step};
use crate::support::{Finished, Sandbox, names, run, tree};

/// How the target is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Absent,
    Empty,
    Clone,
}

fn place(before: Before) -> Sandbox {
    let sandbox = Sandbox::new();
    match before {
        Before::Absent => {}
        Before::Empty => std::fs::create_dir(sandbox.path("hello")).unwrap(),
        Before::Clone => {
            let init = ["init", "--quiet", "--initial-branch=trunk", "hello"];
            sandbox.git("", &init);
        }
    }
    sandbox
}

/// The smallest project that there is: the fewest calls.
fn new(sandbox: &Sandbox, name: &str) -> Command {
    let mut command = sandbox.scaffold();
    command.args(["new", name, "--defaults", "--no-env"]);
    command.args([
        "--docs",
        "none",
        "--ci",
        "none",
        "--editor",
        "none",
        "--license",
        "proprietary",
    ]);
    command
}

/// Whether the project is there, committed, clean, and with every file; else the target is as it was before.
#[track_caller]
fn is_whole(
    sandbox: &Sandbox,
    before: Before,
    expected: &BTreeMap<String, (char, Vec<u8>)>,
) -> bool {
    let target = sandbox.path("hello");
    let untouched = match before {
        Before::Absent => !target.exists(),
        Before::Empty => names(&target).is_empty(),
        Before::Clone => names(&target) == [".git"],
    };
    if untouched {
        return false;
    }
    assert_eq!(&tree(&target, &[]), expected);
    let git = |arguments: &[&str]| sandbox.git(&target, arguments);
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["fsck", "--strict", "--no-dangling"]), "");
    assert_eq!(git(&["rev-list", "--count", "HEAD"]), "1\n");
    true
}

/// Everything below a folder, `.git` and empty folders among it.
fn everything(root: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for name in names(&folder) {
            let path = folder.join(name);
            if path.is_dir() {
                folders.push(path.clone());
                all.insert(path, None);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                all.insert(path, Some(bytes));
            }
        }
    }
    let relative = |path: PathBuf| path.strip_prefix(root).unwrap().to_owned();
    all.into_iter()
        .map(|(path, bytes)| (relative(path), bytes))
        .collect()
}

/// Our own names below the working folder, wherever they are left: what is made out of sight, and what says how far it came.
fn litter(sandbox: &Sandbox) -> Vec<String> {
    let work = sandbox.work();
    let mut found = names(&work);
    if sandbox.path("hello").is_dir() {
        let inside = names(&sandbox.path("hello"));
        found.extend(inside.into_iter().map(|it| format!("hello/{it}")));
    }
    found.retain(|it| it.contains(".scaffold"));
    found
}

/// A place, and what was below it before.
type Known = (Sandbox, BTreeMap<PathBuf, Option<Vec<u8>>>);

fn known(sandbox: Sandbox) -> Known {
    let before = everything(&sandbox.work());
    (sandbox, before)
}

fn survives(before: Before, fault: Fault) {
    let expected = {
        let sandbox = place(before);
        run(&mut new(&sandbox, "hello")).code(0);
        tree(&sandbox.path("hello"), &[])
    };
    let check = |(sandbox, start): &Known, call: &Call, finished: &Finished| match fault {
        Fault::Kill | Fault::Tear => {
            assert!(finished.code.is_none_or(|code| code == 0), "{call:?}");
            recovers(sandbox, before, &expected);
        }
        Fault::Once(_) | Fault::FromThenOn(_) => {
            let left = litter(sandbox);
            match finished.code {
                // Said to be made, it is whole; what could not be cleared away after it is named.
                Some(0) if left.is_empty() => assert!(is_whole(sandbox, before, &expected)),
                Some(0) => {
                    let mut made = tree(&sandbox.path("hello"), &[]);
                    made.retain(|path, _| !path.starts_with(".scaffold-new"));
                    assert_eq!(made, expected);
                }
                Some(2) => assert!(
                    finished
                        .stderr
                        .lines()
                        .any(|line| line.starts_with("error: "))
                ),
                code => panic!("exit code {code:?}"),
            }
            if let Fault::Once(_) = fault {
                assert_eq!(left, [""; 0]);
            }
            if left.is_empty() && finished.code == Some(2) {
                assert_eq!(&everything(&sandbox.work()), start, "not as before");
            }
            for name in left {
                let half_made = name.starts_with("hello/") && finished.stderr.contains("half made");
                assert!(
                    half_made || finished.stderr.contains(&name),
                    "{name} is left without a word:\n{}",
                    finished.stderr
                );
            }
            recovers(sandbox, before, &expected);
        }
    };
    let calls = at_every_call(
        fault,
        step(),
        || known(place(before)),
        |(sandbox, _)| -> (Command, PathBuf) { (new(sandbox, "hello"), sandbox.work()) },
        check,
    );
    assert!(calls.len() > 80, "{}", calls.len());
}

/// The next run makes the project, or finishes it, or has nothing to do, and leaves nothing beside it.
#[track_caller]
fn recovers(sandbox: &Sandbox, before: Before, expected: &BTreeMap<String, (char, Vec<u8>)>) {
    let under_way = litter(sandbox).iter().any(|it| it.starts_with("hello/"));
    if !under_way && is_whole(sandbox, before, expected) {
        run(&mut new(sandbox, "other")).code(0);
        assert_eq!(names(&sandbox.work()), ["hello", "other"]);
    } else {
        run(&mut new(sandbox, "hello")).code(0);
        assert_eq!(names(&sandbox.work()), ["hello"]);
    }
    assert_eq!(litter(sandbox), [""; 0]);
    assert!(is_whole(sandbox, before, expected));
}

/// A run that is killed after its last move of a file but before that of the repository (in a clone: before the commit), so that
/// the next one has something to finish.
fn cut_off(before: Before) -> Sandbox {
    let journal = |call: &Call| {
        call.paths
            .iter()
            .any(|it| it.ends_with(".scaffold-new.json"))
    };
    let sandbox = place(before);
    let calls = counted(new(&sandbox, "hello"), &sandbox.work()).calls;
    let written = calls.iter().find(|it| journal(it)).unwrap().number;
    let sandbox = place(before);
    let killed = faulty(
        new(&sandbox, "hello"),
        &sandbox.work(),
        written + 4,
        Fault::Kill,
    );
    assert_eq!(killed.finished.code, None);
    assert_eq!(
        litter(&sandbox),
        ["hello/.scaffold-new", "hello/.scaffold-new.json"]
    );
    sandbox
}

/// The run that finishes what another one had left is killed, too, wherever it may be.
fn finishing_survives(before: Before) {
    let expected = {
        let sandbox = place(before);
        run(&mut new(&sandbox, "hello")).code(0);
        tree(&sandbox.path("hello"), &[])
    };
    at_every_call(
        Fault::Kill,
        step(),
        || cut_off(before),
        |sandbox| -> (Command, PathBuf) { (new(sandbox, "hello"), sandbox.work()) },
        |sandbox, _, _| recovers(sandbox, before, &expected),
    );
}

#[test]
fn finishing_is_killed_in_a_folder() {
    finishing_survives(Before::Empty);
}

#[test]
fn finishing_is_killed_in_a_clone() {
    finishing_survives(Before::Clone);
}

#[test]
fn looking_at_what_a_killed_run_left_changes_nothing() {
    for before in [Before::Empty, Before::Clone] {
        let sandbox = cut_off(before);
        let start = everything(&sandbox.work());
        let shown = run(new(&sandbox, "hello").arg("--dry-run")).code(0);
        assert!(shown.stderr.contains("nothing was written"));
        // Another project than the one that was begun.
        let mut other = new(&sandbox, "hello");
        let other = run(other.args(["--example", "api", "--dry-run"])).code(2);
        other.says("other answers");
        assert_eq!(everything(&sandbox.work()), start);
    }
}

#[test]
fn a_project_of_other_answers_is_finished_and_not_overwritten() {
    let sandbox = cut_off(Before::Empty);
    let mut other = new(&sandbox, "hello");
    let other = run(other.args(["--example", "api"])).code(2);
    other.says("other answers");
    assert_eq!(litter(&sandbox), [""; 0]);
    let text = std::fs::read_to_string(sandbox.path("hello/pyproject.toml")).unwrap();
    assert!(text.contains("example = \"hello\""), "{text}");
}

#[test]
fn killed_beside_nothing() {
    survives(Before::Absent, Fault::Kill);
}

#[test]
fn torn_beside_nothing() {
    survives(Before::Absent, Fault::Tear);
}

#[test]
fn one_call_fails_beside_nothing() {
    survives(Before::Absent, Fault::Once(EIO));
}

#[test]
fn the_disk_is_full_beside_nothing() {
    survives(Before::Absent, Fault::FromThenOn(ENOSPC));
}

#[test]
fn killed_in_an_empty_folder() {
    survives(Before::Empty, Fault::Kill);
}

#[test]
fn one_call_fails_in_an_empty_folder() {
    survives(Before::Empty, Fault::Once(EIO));
}

#[test]
fn killed_in_an_empty_clone() {
    survives(Before::Clone, Fault::Kill);
}

#[test]
fn one_call_fails_in_an_empty_clone() {
    survives(Before::Clone, Fault::Once(EIO));
}

#[test]
fn the_disk_is_full_in_an_empty_folder() {
    survives(Before::Empty, Fault::FromThenOn(ENOSPC));
}

#[test]
fn nothing_may_be_written_any_more_in_an_empty_clone() {
    survives(Before::Clone, Fault::FromThenOn(EACCES));
}
