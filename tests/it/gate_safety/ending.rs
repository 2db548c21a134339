//! Ending a run before its time.

use std::fs;
use std::io::Read as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How a run is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    /// `kill -9` of the program that was started.
    Kill,
    /// `kill -9` of it and of what it started, as when memory is short or a machine goes down.
    KillAll,
    /// Ctrl-C on a terminal.
    Interrupt,
    /// `kill`, or a machine that shuts down in order.
    Terminate,
    /// The terminal is closed.
    HangUp,
}

impl Ending {
    pub(super) const ALL: [Self; 5] = [
        Self::Kill,
        Self::KillAll,
        Self::Interrupt,
        Self::Terminate,
        Self::HangUp,
    ];

    fn send(self, child: &Child) {
        let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        let (all, signal) = match self {
            Self::Kill => (false, Signal::KILL),
            Self::KillAll => (true, Signal::KILL),
            Self::Interrupt => (true, Signal::INT),
            Self::Terminate => (false, Signal::TERM),
            Self::HangUp => (true, Signal::HUP),
        };
        let _may_have_ended = if all {
            kill_process_group(id, signal)
        } else {
            kill_process(id, signal)
        };
    }
}

/// When.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    /// So long after the start.
    Start(Duration),
    /// So long after the first file was made for writing fixes back; at the latest so long after the start.
    Writing(Duration, Duration),
    /// By itself.
    Never,
}

/// How a run went.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// Whether it was still running at the moment.
    pub(super) was_running: bool,
    /// How long it ran.
    pub(super) elapsed: Duration,
    /// What it printed.
    pub(super) said: String,
}

/// Longer than any run of this suite takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a command in a process group of its own and ends it at this moment. `git_dir` is where its traces are looked for. Returns when
/// all of the group have ended: a hook outlives the git that started it.
pub(super) fn run_until(
    mut command: Command,
    ending: Ending,
    moment: Moment,
    git_dir: &Path,
) -> Ended {
    let (mut output, writer) = std::io::pipe().unwrap();
    command.process_group(0).stdin(Stdio::null());
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let shown = format!("{command:?}");
    // The pipe ends when the last that has it has ended; our own copies are in the command.
    drop(command);
    let reading = std::thread::spawn(move || {
        let mut said = Vec::new();
        output.read_to_end(&mut said).unwrap();
        said
    });
    let was_running = wait_for(moment, started, &mut child, git_dir);
    if was_running {
        ending.send(&child);
    }
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > PATIENCE {
            Ending::KillAll.send(&child);
            panic!("{ending:?} does not end it: {shown}");
        }
        std::thread::sleep(Duration::from_micros(300));
    };
    let elapsed = started.elapsed();
    let said = reading.join().unwrap();
    Ended {
        status,
        was_running,
        elapsed,
        said: format!("{moment:?} {status} {}", String::from_utf8_lossy(&said)),
    }
}

/// Waits for the moment; says whether the program still runs then.
fn wait_for(moment: Moment, started: Instant, child: &mut Child, git_dir: &Path) -> bool {
    let (mut writes, mut at) = (
        false,
        match moment {
            Moment::Start(after) | Moment::Writing(_, after) => started + after,
            Moment::Never => started + PATIENCE,
        },
    );
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if Instant::now() >= at {
            return true;
        }
        if let Moment::Writing(after, _) = moment
            && !writes
            && is_writing(git_dir)
        {
            (writes, at) = (true, Instant::now() + after);
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}

fn is_writing(git_dir: &Path) -> bool {
    let list = fs::read_dir(git_dir.join("scaffold/write-back"));
    list.into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.file_name().as_encoded_bytes().starts_with(b"work-"))
}

impl Ended {
    /// Whether it ended as the signal's default would have it, or in order.
    pub(super) fn is_in_order(&self) -> bool {
        match (self.status.code(), self.status.signal()) {
            (Some(0..=2 | 128..=143), _) => true,
            (None, Some(signal)) => self.was_running && [1, 2, 9, 15].contains(&signal),
            _ => false,
        }
    }
}

/// Locks of git's own, which a git that is killed leaves; whoever kills it removes them. One of ours has our folder's name in it.
pub(super) fn remove_locks_of_git(git_dir: &Path) -> Vec<PathBuf> {
    let common = fs::read_to_string(git_dir.join("commondir"))
        .map_or_else(|_| git_dir.to_owned(), |it| git_dir.join(it.trim()));
    let mut removed = Vec::new();
    for folder in [
        git_dir,
        &common,
        &common.join("refs/heads"),
        &common.join("refs/scaffold/backup"),
    ] {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let is_lock = path.extension().is_some_and(|it| it == "lock");
            let text = fs::read(&path).unwrap_or_default();
            let ours = b"scaffold/write-back/";
            if is_lock && !text.windows(ours.len()).any(|it| it == ours) {
                fs::remove_file(&path).unwrap();
                removed.push(path);
            }
        }
    }
    removed
}
