//! The library sees what it should: every call of a known script, and the writes of Rust, libgit2 and the file system functions
//! of the C library alike.

use std::path::Path;
use std::process::Command;

use super::{EACCES, EIO, ENOSPC, EROFS, Fault, at_every_call, counted, faulty};
use crate::runtime::tools::Python;
use crate::support::{Sandbox, names, tree};

/// One call of each family below the folder `in`, and some that do not count: reading, and beside the folder.
const SCRIPT: &str = r#"
import os, subprocess, sys

file = os.open("in/a", os.O_WRONLY | os.O_CREAT)
os.write(file, b"12345678")
os.ftruncate(file, 6)
os.fsync(file)
os.fchmod(file, 0o600)
os.close(file)
os.close(os.open("in/a", os.O_RDONLY))
os.mkdir("in/d")
os.rename("in/a", "in/d/b")
os.link("in/d/b", "in/c")
os.symlink("nowhere", "in/l")
os.utime("in/c", (1, 1))
os.chmod("in/c", 0o644)
folder = os.open("in/d", os.O_RDONLY)
os.unlink("b", dir_fd=folder)
os.unlink("in/l")
os.rmdir("in/d")
os.rename("in/c", "out/c")
os.mkdir("out/d")
subprocess.run([sys.executable, "-c", "import os; os.mkdir('in/child'); print(os.environ.get('LD_PRELOAD'))"], check=True)
print("done", flush=True)
"#;

const CALLS: [&str; 15] = [
    "open in/a",
    "write in/a",
    "truncate in/a",
    "fsync in/a",
    "chmod in/a",
    "mkdir in/d",
    "rename in/a in/d/b",
    "link in/d/b in/c",
    "symlink in/l",
    "utime in/c",
    "chmod in/c",
    "unlink in/d/b",
    "unlink in/l",
    "rmdir in/d",
    "rename in/c out/c",
];

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("in")).unwrap();
    std::fs::create_dir(sandbox.path("out")).unwrap();
    sandbox
}

fn script(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.command(&Python::find(&[13, 12, 14, 11]).program);
    command.args(["-I", "-B", "-c", SCRIPT]);
    command
}

#[test]
fn every_call_is_seen_and_nothing_else() {
    let sandbox = place();
    let run = counted(script(&sandbox), &sandbox.path("in"));
    assert_eq!(run.finished.code, Some(0), "{}", run.finished.stderr);
    let work = std::fs::canonicalize(sandbox.work()).unwrap();
    let seen: Vec<String> = run
        .calls
        .iter()
        .map(|call| {
            let paths = call.paths.iter().map(|path| {
                let path = work.join("in").join(path);
                path.strip_prefix(&work)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            });
            [vec![call.name.clone()], paths.collect()]
                .concat()
                .join(" ")
        })
        .collect();
    assert_eq!(seen, CALLS);
    // The child was left alone: its folder is made, and was not counted.
    assert_eq!(run.finished.stdout, "None\ndone\n");
    assert!(sandbox.path("in/child").is_dir());
}

#[test]
fn each_call_can_fail() {
    let calls = at_every_call(
        Fault::Once(EIO),
        1,
        place,
        |sandbox| (script(sandbox), sandbox.path("in")),
        |_, _, finished| {
            assert_eq!(finished.code, Some(1));
            assert!(finished.stderr.contains("[Errno 5]"));
        },
    );
    assert_eq!(calls.len(), CALLS.len());
    for errno in [ENOSPC, EROFS, EACCES] {
        let sandbox = place();
        let run = faulty(script(&sandbox), &sandbox.path("in"), 2, Fault::Once(errno));
        assert!(run.finished.stderr.contains(&format!("[Errno {errno}]")));
    }
}

#[test]
fn a_killed_process_has_done_what_came_before_and_nothing_after() {
    at_every_call(
        Fault::Kill,
        1,
        place,
        |sandbox| (script(sandbox), sandbox.path("in")),
        |sandbox, call, finished| {
            assert_eq!((finished.code, finished.stdout.as_str()), (None, ""));
            let there = |number: usize| call.number > number;
            assert_eq!(sandbox.path("in/a").exists(), there(1) && !there(7));
            assert_eq!(sandbox.path("in/d/b").exists(), there(7) && !there(12));
            assert_eq!(sandbox.path("in/c").exists(), there(8));
            if sandbox.path("in/a").exists() {
                let length = std::fs::metadata(sandbox.path("in/a")).unwrap().len();
                assert_eq!(
                    length,
                    if there(3) {
                        6
                    } else if there(2) {
                        8
                    } else {
                        0
                    }
                );
            }
        },
    );
}

#[test]
fn a_torn_write_leaves_half() {
    let sandbox = place();
    let run = faulty(script(&sandbox), &sandbox.path("in"), 2, Fault::Tear);
    assert_eq!(run.finished.code, None);
    assert_eq!(std::fs::read(sandbox.path("in/a")).unwrap(), b"1234");
    // A call that writes nothing is done, and then the process is gone.
    let sandbox = place();
    faulty(script(&sandbox), &sandbox.path("in"), 7, Fault::Tear);
    assert_eq!(names(&sandbox.path("in")), ["d"]);
}

fn new(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.scaffold();
    command.args(["new", "hello", "--defaults", "--no-env"]);
    command
}

#[test]
fn the_writes_of_the_program_and_of_libgit2_are_seen() {
    let sandbox = Sandbox::new();
    let run = counted(new(&sandbox), &sandbox.work());
    assert_eq!(run.finished.code, Some(0), "{}", run.finished.stderr);
    let saw = |name: &str, end: &str| {
        let hit = |path: &Path| path.to_str().unwrap().contains(end);
        let mut calls = run.calls.iter();
        assert!(
            calls.any(|it| it.name == name && it.paths.iter().any(|path| hit(path))),
            "{name} of {end}"
        );
    };
    // Of Rust's own library: the files, the pack, the folder that gets its name.
    saw("write", "pyproject.toml");
    saw("write", ".git/objects/pack/tmp_pack_");
    saw("rename", ".git/objects/pack/pack-");
    assert!(
        run.calls
            .iter()
            .any(|it| it.name == "rename" && it.paths[1] == Path::new("hello"))
    );
    // Of libgit2.
    saw("mkdir", ".git/refs/heads");
    saw("write", ".git/config.lock");
    saw("write", ".git/HEAD.lock");
    saw("write", ".git/tmp_index.lock");
}

/// What the library did not see could still be written: nothing is.
#[test]
fn where_every_call_fails_nothing_changes() {
    let sandbox = Sandbox::new();
    let root = sandbox.work().parent().unwrap().to_owned();
    let before = tree(&root, &[]);
    let run = faulty(new(&sandbox), &root, 1, Fault::FromThenOn(EROFS));
    assert_eq!(run.finished.code, Some(2), "{}", run.finished.stderr);
    assert!(
        run.finished.stderr.starts_with("error: ") || run.finished.stderr.contains("\nerror: "),
        "{}",
        run.finished.stderr
    );
    assert_eq!(tree(&root, &[]), before);
    assert_eq!(names(&sandbox.work()), [""; 0]);
}
