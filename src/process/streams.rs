//! The two outputs of a program, read to their end while somebody looks at it.
//!
//! Called by `running`. It must not know when a program is to be ended, or how.

use std::io::Read;
use std::process::{ChildStderr, ChildStdout};
use std::time::Duration;

/// How often a program is looked at that prints nothing.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(50);

/// How much is read at once: as much as a pipe holds.
const CHUNK: usize = 64 * 1024;

/// All that both streams give, without a thread for either; `look` is called again and again meanwhile.
#[cfg(unix)]
pub(super) fn read(
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    report: &mut impl FnMut(&str),
    mut look: impl FnMut(),
) -> (Vec<u8>, Vec<u8>) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::os::fd::OwnedFd;
    let pause = Timespec::try_from(PATIENCE).ok();
    let mut open: [Option<std::fs::File>; 2] = [
        stdout.map(|it| OwnedFd::from(it).into()),
        stderr.map(|it| OwnedFd::from(it).into()),
    ];
    let mut lines = [Lines::default(), Lines::default()];
    let mut chunk = vec![0; CHUNK];
    while open.iter().any(Option::is_some) {
        look();
        let mut waiting: Vec<PollFd> = open
            .iter()
            .flatten()
            .map(|it| PollFd::new(it, PollFlags::IN))
            .collect();
        if poll(&mut waiting, pause.as_ref()).is_err() {
            // A signal came in between.
            continue;
        }
        let mut ready: Vec<bool> = waiting.iter().map(|it| !it.revents().is_empty()).collect();
        for (stream, lines) in open.iter_mut().zip(&mut lines) {
            if stream.is_some() && ready.remove(0) && !lines.take(stream, &mut chunk, report) {
                *stream = None;
            }
        }
    }
    lines.map(|it| it.bytes).into()
}

/// All that both streams give, each read by a thread of its own; `look` is called again and again meanwhile.
#[cfg(not(unix))]
pub(super) fn read(
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    report: &mut (impl FnMut(&str) + Send),
    mut look: impl FnMut(),
) -> (Vec<u8>, Vec<u8>) {
    let report = std::sync::Mutex::new(report);
    std::thread::scope(|scope| {
        let out = scope.spawn(|| all(stdout, &report));
        let err = scope.spawn(|| all(stderr, &report));
        while !(out.is_finished() && err.is_finished()) {
            std::thread::sleep(Duration::from_millis(1));
            look();
        }
        let [out, err] = [out.join(), err.join()].map(std::thread::Result::unwrap_or_default);
        (out, err)
    })
}

/// All that a stream gives.
#[cfg(not(unix))]
fn all(
    mut stream: Option<impl Read>,
    report: &std::sync::Mutex<&mut (impl FnMut(&str) + Send)>,
) -> Vec<u8> {
    let (mut lines, mut chunk) = (Lines::default(), vec![0; CHUNK]);
    let mut say = |line: &str| {
        // A reporter that panicked has nothing more to say.
        if let Ok(mut report) = report.lock() {
            report(line);
        }
    };
    while lines.take(&mut stream, &mut chunk, &mut say) {}
    lines.bytes
}

/// What a stream has given, told line by line as it comes.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    /// How much of it has been told.
    told: usize,
}

impl Lines {
    /// Takes what is there now; false at the end. A stream that breaks in the middle has given all it had.
    fn take(
        &mut self,
        stream: &mut Option<impl Read>,
        chunk: &mut [u8],
        report: &mut impl FnMut(&str),
    ) -> bool {
        let read = match stream.as_mut().map(|it| it.read(chunk)) {
            Some(Ok(read @ 1..)) => read,
            Some(Err(error)) => return error.kind() == std::io::ErrorKind::Interrupted,
            _ => return false,
        };
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&chunk[..read]);
        for end in memchr::memchr_iter(b'\n', &chunk[..read]).map(|at| before + at) {
            let line = String::from_utf8_lossy(&self.bytes[self.told..end]);
            report(line.trim_end());
            self.told = end + 1;
        }
        true
    }
}
