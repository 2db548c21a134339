//! Faults at every call that changes a file: the process is killed there, or the call fails as on a broken or full disk.
//!
//! Nothing of this is in the program: a small library, compiled here with `cc` and loaded into the program alone (not into what it
//! starts), counts the calls below one folder and lets the n-th go wrong. Linux with glibc only. Used like this:
//!
//! ```ignore
//! at_every_call(
//!     Fault::Kill,
//!     step(),                                        // every how manyeth call
//!     Sandbox::new,                                  // a fresh place for each run
//!     |sandbox| (command of the program, sandbox.work()),   // what is run, and below what its calls count
//!     |sandbox, call, finished| { ... },             // what must hold afterwards
//! );
//! ```

mod creation;
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Finished, run};

/// No space left on the device.
pub(crate) const ENOSPC: i32 = 28;
/// Input or output error.
pub(crate) const EIO: i32 = 5;
/// Read-only file system.
pub(crate) const EROFS: i32 = 30;
/// Permission denied.
pub(crate) const EACCES: i32 = 13;

/// What happens at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process is killed before it.
    Kill,
    /// Of what was to be written, half is; then the process is killed. Where nothing is written: after the call.
    Tear,
    /// It fails with this error, and the next one goes well.
    Once(i32),
    /// It fails with this error, and so does every one after it.
    FromThenOn(i32),
}

/// A call that can change a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Counted from 1.
    pub(crate) number: usize,
    /// What it does, by the function's family: `open` (for writing), `write`, `rename`, `link`, `symlink`, `mkdir`, `unlink`, `rmdir`,
    /// `truncate`, `chmod`, `chown`, `utime`, `fsync`, `mknod`.
    pub(crate) name: String,
    /// What it changes, relative to the folder watched; old and new name for a rename or a link.
    pub(crate) paths: Vec<PathBuf>,
}

/// What a run with a fault left behind.
#[derive(Debug)]
pub(crate) struct Faulty {
    /// How it ended; without an exit code where it was killed.
    pub(crate) finished: Finished,
    /// The calls that it made, up to the fault at least.
    pub(crate) calls: Vec<Call>,
}

/// Runs a command and counts its calls below `folder`.
#[track_caller]
pub(crate) fn counted(command: Command, folder: &Path) -> Faulty {
    observed(command, folder, None)
}

/// Runs a command with a fault at the call of this number below `folder`.
#[track_caller]
pub(crate) fn faulty(command: Command, folder: &Path, number: usize, fault: Fault) -> Faulty {
    observed(command, folder, Some((number, fault)))
}

/// Every how manyeth call has its fault: what `FAULT_STEP` says, else some, so that the suite ends in time. The last part of
/// `.ci/run` tries each.
pub(crate) fn step() -> usize {
    let said = std::env::var("FAULT_STEP").ok();
    said.map_or(4, |it| it.parse().unwrap())
}

/// The first of them; another one in each test, so that what one leaves out is for another.
fn first(step: usize) -> usize {
    let test = std::thread::current();
    let letters = test.name().unwrap_or_default().bytes().map(usize::from);
    1 + letters.sum::<usize>() % step
}

/// Runs a command once without a fault, which must succeed, and then once for every `step`th call that it made (for
/// [`Fault::Tear`]: the writes among them), with the fault there: each time in a fresh place, several at once. `check` says whether what is left is as it should be, by panicking.
///
/// Returns the calls of the run without a fault.
#[track_caller]
pub(crate) fn at_every_call<P>(
    fault: Fault,
    step: usize,
    prepare: impl Fn() -> P + Sync,
    command: impl Fn(&P) -> (Command, PathBuf) + Sync,
    check: impl Fn(&P, &Call, &Finished) + Sync,
) -> Vec<Call> {
    let place = prepare();
    let (sound, folder) = command(&place);
    let sound = counted(sound, &folder);
    assert_eq!(sound.finished.code, Some(0), "{}", sound.finished.stderr);
    assert!(
        !sound.calls.is_empty(),
        "the command changes nothing below {}",
        folder.display()
    );
    drop(place);
    let (next, spared) = (AtomicUsize::new(first(step)), AtomicUsize::new(0));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(step, Ordering::Relaxed);
                    let Some(planned) = sound.calls.get(number - 1) else {
                        break;
                    };
                    // Where nothing is written, the same as to be killed at the next call.
                    if fault == Fault::Tear && planned.name != "write" {
                        continue;
                    }
                    let place = prepare();
                    let (command, folder) = command(&place);
                    let run = faulty(command, &folder, number, fault);
                    // The run is the same up to the fault, so it comes that far; but for a call or two that what others do at the
                    // same time may spare it. Then it has to have ended well.
                    let Some(call) = run.calls.get(number - 1) else {
                        let (calls, code) = (sound.calls.len(), run.finished.code);
                        assert_eq!(code, Some(0), "{fault:?} at call {number} of {calls}");
                        spared.fetch_add(1, Ordering::Relaxed);
                        continue;
                    };
                    // Shown only where the check panics.
                    eprintln!(
                        "{fault:?} at {call:?}: exit {:?}\n{}",
                        run.finished.code, run.finished.stderr
                    );
                    check(&place, call, &run.finished);
                }
            });
        }
    });
    let (spared, calls) = (spared.into_inner(), sound.calls.len());
    assert!(
        spared * 20 <= calls,
        "{fault:?} was never reached at {spared} of {calls} calls"
    );
    sound.calls
}

#[track_caller]
fn observed(mut command: Command, folder: &Path, fault: Option<(usize, Fault)>) -> Faulty {
    let log = tempfile::NamedTempFile::new().unwrap();
    // The program sees real paths where it asks for its working directory.
    let folder = std::fs::canonicalize(folder).unwrap();
    command
        .env("LD_PRELOAD", library())
        .env("FAULT_BELOW", &folder)
        .env("FAULT_LOG", log.path());
    if let Some((number, fault)) = fault {
        let (kind, errno) = match fault {
            Fault::Kill => ("kill", 0),
            Fault::Tear => ("tear", 0),
            Fault::Once(errno) => ("once", errno),
            Fault::FromThenOn(errno) => ("on", errno),
        };
        command
            .env("FAULT_AT", number.to_string())
            .env("FAULT_KIND", kind)
            .env("FAULT_ERRNO", errno.to_string());
    }
    let finished = run(&mut command);
    let log = std::fs::read_to_string(log.path()).unwrap();
    let calls = log.lines().map(|line| call(line, &folder)).collect();
    Faulty { finished, calls }
}

fn call(line: &str, folder: &Path) -> Call {
    let mut parts = line.splitn(3, '\t');
    let mut part = || parts.next().unwrap();
    let (number, name, paths) = (part(), part(), part());
    let relative = |path: &str| {
        let path = Path::new(path);
        path.strip_prefix(folder).unwrap_or(path).to_owned()
    };
    Call {
        number: number.parse().unwrap(),
        name: name.to_owned(),
        paths: paths.split(" -> ").map(relative).collect(),
    }
}

/// The library, compiled once.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = include_str!("shim.c");
        let id = blake3::hash(source.as_bytes()).to_hex();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let library = folder.join(format!("fault-{}.so", &id[..16]));
        if !library.exists() {
            // Another test process may be at it: each compiles for itself, and the last one's name stays.
            let own = tempfile::Builder::new()
                .prefix("fault-")
                .tempdir_in(folder)
                .unwrap();
            let (text, made) = (own.path().join("shim.c"), own.path().join("shim.so"));
            std::fs::write(&text, source).unwrap();
            let compiled = Command::new("cc")
                .args(["-shared", "-fPIC", "-O1", "-o"])
                .args([&made, &text])
                .arg("-ldl")
                .output()
                .unwrap_or_else(|error| {
                    panic!("this test needs a C compiler, `cc` (Debian: gcc): {error}")
                });
            assert!(
                compiled.status.success(),
                "{}",
                String::from_utf8_lossy(&compiled.stderr)
            );
            std::fs::rename(made, &library).unwrap();
        }
        library
    })
}
