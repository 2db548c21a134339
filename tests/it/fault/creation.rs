//! `scaffold new` with a fault at every call that changes a file: the target is before or after, never between, and the next run
//! goes well and clears away what was left.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use super::{Call, EIO, ENOSPC, Fault, at_every_call};
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
            run(sandbox.command("git").args(init)).code(0);
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
    let git = |arguments: &[&str]| {
        run(sandbox
            .command("git")
            .arg("-C")
            .arg(&target)
            .args(arguments))
        .code(0)
        .stdout
    };
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["fsck", "--strict", "--no-dangling"]), "");
    assert_eq!(git(&["rev-list", "--count", "HEAD"]), "1\n");
    true
}

fn survives(before: Before, fault: Fault) {
    let expected = {
        let sandbox = place(before);
        run(&mut new(&sandbox, "hello")).code(0);
        tree(&sandbox.path("hello"), &[])
    };
    let check = |sandbox: &Sandbox, call: &Call, finished: &Finished| {
        // Moving into a folder that stays takes several calls: there, what was begun is finished by the next run.
        let under_way = before != Before::Absent && sandbox.path("hello/.scaffold-new").exists();
        let made = !under_way && is_whole(sandbox, before, &expected);
        match finished.code {
            Some(0) => assert!(made || under_way, "it says that it went well"),
            Some(2) => assert!(
                finished
                    .stderr
                    .lines()
                    .any(|line| line.starts_with("error: "))
            ),
            None => assert!(matches!(fault, Fault::Kill | Fault::Tear)),
            code => panic!("exit code {code:?}"),
        }
        // Where one call fails and the next ones go well, nothing may be left but by the clearing away itself.
        if matches!(fault, Fault::Once(_)) && !matches!(call.name.as_str(), "unlink" | "rmdir") {
            let work = names(&sandbox.work());
            assert!(work.iter().all(|name| name == "hello"), "{work:?}");
        }
        if made {
            run(&mut new(sandbox, "other")).code(0);
            assert_eq!(names(&sandbox.work()), ["hello", "other"]);
        } else {
            let again = run(&mut new(sandbox, "hello"));
            // Cut off in its last steps, the project was whole already: then the next run has nothing to make, and says so.
            let codes: &[_] = if under_way {
                &[Some(0), Some(2)]
            } else {
                &[Some(0)]
            };
            assert!(codes.contains(&again.code), "{}", again.stderr);
            assert_eq!(names(&sandbox.work()), ["hello"]);
        }
        assert!(is_whole(sandbox, before, &expected));
    };
    let calls = at_every_call(
        fault,
        || place(before),
        |sandbox| -> (Command, PathBuf) { (new(sandbox, "hello"), sandbox.work()) },
        check,
    );
    assert!(calls.len() > 80, "{}", calls.len());
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
