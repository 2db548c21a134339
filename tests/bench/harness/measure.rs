//! One run of one command: how long it took, what it cost, how large it grew.

use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// What one run used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Seconds from just before its start until it was reaped, by a clock that never goes back.
    pub(crate) wall: f64,
    /// Seconds of processor, user and system, of the command and of every process that it waited for.
    pub(crate) cpu: f64,
    /// Bytes of memory at the peak; whose, see [`Peak`].
    pub(crate) peak: f64,
}

/// Whose memory counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peak {
    /// The largest single process of the command and those that it waited for, as the system reports it at the end. Never
    /// less than this program's own size: a new process begins as a copy of its parent.
    Largest,
    /// The process of the command alone, by looking at it again and again while it runs (Linux only; elsewhere as above).
    Own,
}

/// Runs a command to its end.
///
/// # Panics
/// When it cannot be started or waited for.
pub(crate) fn measure(command: &mut Command, peak: Peak) -> (Usage, ExitStatus) {
    let started = Instant::now();
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let (used, watched) = match peak {
        Peak::Largest => (child.wait4(), None),
        Peak::Own => {
            let (id, ended) = (child.id(), AtomicBool::new(false));
            std::thread::scope(|scope| {
                let watcher = scope.spawn(|| watch(id, &ended));
                let used = child.wait4();
                ended.store(true, Ordering::SeqCst);
                (used, watcher.join().unwrap())
            })
        }
    };
    let wall = started.elapsed();
    let used = used.unwrap_or_else(|error| panic!("cannot wait for {command:?}: {error}"));
    let usage = Usage {
        wall: wall.as_secs_f64(),
        cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        peak: bytes(watched.unwrap_or(used.rusage.maxrss)),
    };
    (usage, used.status)
}

/// The highest peak that was seen of a process; the system keeps it, so the last look is nearly the whole truth.
fn watch(id: u32, ended: &AtomicBool) -> Option<u64> {
    let mut seen = None;
    while !ended.load(Ordering::SeqCst) {
        seen = high_water(&id.to_string()).max(seen);
        std::thread::sleep(Duration::from_micros(200));
    }
    seen
}

/// The most memory that a process ever had, in bytes; `self` is this one.
pub(crate) fn high_water(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a process of 2^52 bytes is not going to be measured"
)]
pub(crate) fn bytes(count: u64) -> f64 {
    count as f64
}
