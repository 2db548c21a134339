//! Starting programs: captured output, a timeout, a process group of their own, a clean environment.
//!
//! Called by whatever runs a tool (`environment`, `git`, `project`). A command prints as a line that can be pasted into a
//! shell; no shell ever runs it. It must not know what the tools mean.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{Read, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::host::Host;

/// Set when the user asked us to stop; the running child is ended and [`Command::run`] returns an interruption.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C (and a request to terminate or hang up) stops the work in an orderly way instead of ending the process.
/// `also` is called at that moment, on a thread of its own.
pub(crate) fn catch_interrupts(also: impl Fn() + Send + 'static) {
    // A handler that cannot be set leaves the system's own behaviour: the process ends, which is safe at any moment.
    let _ = ctrlc::set_handler(move || {
        INTERRUPTED.store(true, Ordering::SeqCst);
        also();
    });
}

/// Fails when the user has asked us to stop.
pub(crate) fn check_interrupted() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        Err(Error::interrupted())
    } else {
        Ok(())
    }
}

/// A program to start, with its arguments as a list.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    program: PathBuf,
    arguments: Vec<OsString>,
    current_dir: Option<PathBuf>,
    environment: BTreeMap<OsString, OsString>,
    timeout: Duration,
    input: Vec<u8>,
    is_brief: bool,
}

/// What a program that ended left behind.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Everything it wrote to standard output.
    pub(crate) stdout: Vec<u8>,
    /// Everything it wrote to standard error.
    pub(crate) stderr: Vec<u8>,
    /// How long it ran.
    pub(crate) elapsed: Duration,
}

impl Output {
    /// Whether it ended with exit code 0.
    pub(crate) fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// The last lines that it printed, error output first where there is any: what a person wants to see of a failure.
    pub(crate) fn last_words(&self, lines: usize) -> String {
        let text = if self.stderr.iter().any(|byte| !byte.is_ascii_whitespace()) {
            &self.stderr
        } else {
            &self.stdout
        };
        let text = String::from_utf8_lossy(text);
        let all: Vec<&str> = text.trim_end().lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

impl Command {
    /// A program by its path, with the host's environment less what would leak one project's state into another's:
    /// every `GIT_*` that names a repository, and what redirects Python or pip away from the environment at hand.
    pub(crate) fn new(host: &Host, program: impl Into<PathBuf>) -> Self {
        let environment = host
            .variables()
            .filter(|(name, _)| !leaks(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self {
            program: program.into(),
            arguments: Vec::new(),
            current_dir: None,
            environment,
            timeout: Duration::from_mins(10),
            input: Vec::new(),
            is_brief: false,
        }
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds several arguments.
    pub(crate) fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, arguments: I) -> Self {
        self.arguments
            .extend(arguments.into_iter().map(|it| it.as_ref().to_owned()));
        self
    }

    /// Sets a variable for the program.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment
            .insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        self
    }

    /// Takes away every variable whose name the given test refuses; names that are not UTF-8 stay.
    pub(crate) fn keep_env(mut self, keeps: impl Fn(&str) -> bool) -> Self {
        self.environment
            .retain(|name, _| name.to_str().is_none_or(&keeps));
        self
    }

    /// Runs it in this folder.
    pub(crate) fn current_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.current_dir = Some(folder.into());
        self
    }

    /// Ends it (and what it started) after this long; ten minutes unless said.
    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Says that it only reads, and ends by itself in a moment: where we are killed, it may go on. That lets the system start it without
    /// a copy of this process.
    pub(crate) fn brief(mut self) -> Self {
        self.is_brief = true;
        self
    }

    /// Gives it this on standard input; nothing unless said.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Starts it, reads all that it prints, waits for its end.
    ///
    /// # Errors
    /// When it cannot be started, runs past its timeout, or the user interrupts. An exit code other than 0 is not an
    /// error here: see [`Output::success`].
    pub(crate) fn run(&self) -> Result<Output> {
        self.run_reporting(|_| {})
    }

    /// As [`Command::run`], handing every line of both outputs to `report` as it comes (for a progress line).
    ///
    /// # Errors
    /// As [`Command::run`].
    pub(crate) fn run_reporting(&self, report: impl FnMut(&str) + Send) -> Result<Output> {
        self.start()?.finish(report)
    }

    /// Starts it, for something else to be done meanwhile. Whoever does so has to come back on the same thread: see [`Running`].
    ///
    /// # Errors
    /// When it cannot be started, or the user interrupts.
    pub(crate) fn start(&self) -> Result<Running<'_>> {
        check_interrupted()?;
        let started = Instant::now();
        let child = self.prepared().spawn().map_err(|error| {
            Error::new(format!("cannot start `{}`", self.program.display())).caused_by(error)
        })?;
        Ok(Running {
            command: self,
            child,
            started,
        })
    }

    /// How many bytes of further arguments the system takes, counted as [`Self::argument_size`] does.
    pub(crate) fn room(&self) -> usize {
        /// What the system itself puts beside them, with room for the interpreter's line of a script.
        const RESERVE: usize = 16 * 1024;
        let arguments: usize = self
            .arguments
            .iter()
            .map(|it| Self::argument_size(it))
            .sum();
        let variables: usize = if cfg!(windows) {
            0
        } else {
            let sizes = self.environment.iter();
            sizes
                .map(|(name, value)| name.len() + 1 + Self::argument_size(value))
                .sum()
        };
        let program = Self::argument_size(self.program.as_os_str());
        argument_limit().saturating_sub(arguments + variables + program + RESERVE)
    }

    /// What an argument costs of what the system takes: its bytes, its end, and the pointer to it; under Windows, where it becomes
    /// a part of one line, its letters with all that quoting may add.
    pub(crate) fn argument_size(argument: &OsStr) -> usize {
        if cfg!(windows) {
            2 * argument.len() + 3
        } else {
            argument.len() + 1 + size_of::<usize>()
        }
    }

    fn prepared(&self) -> std::process::Command {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that starts programs"
        )]
        let mut command = std::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .stdin(if self.input.is_empty() {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = &self.current_dir {
            command.current_dir(folder);
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        #[cfg(target_os = "linux")]
        if !self.is_brief {
            end_with_us(&mut command);
        }
        command
    }
}

impl fmt::Display for Command {
    /// The command as a line to paste into a POSIX shell.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.program.to_string_lossy()))?;
        for argument in &self.arguments {
            write!(f, " {}", quoted(&argument.to_string_lossy()))?;
        }
        Ok(())
    }
}

/// A word as a POSIX shell reads it back unchanged.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./=:,@%+".contains(it);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// How long arguments and variables may be together, in bytes. Linux: a quarter of the stack, between 128 KiB and 6 MiB
/// (`execve(2)`).
#[cfg(target_os = "linux")]
fn argument_limit() -> usize {
    use rustix::process::{Resource, getrlimit};
    let stack = getrlimit(Resource::Stack).current.unwrap_or(u64::MAX);
    let quarter = usize::try_from(stack / 4).unwrap_or(usize::MAX);
    quarter.clamp(128 * 1024, 6 * 1024 * 1024)
}

/// How long arguments and variables may be together, in bytes: 1 MiB under macOS, at least as much on its relatives; a line of
/// 32 767 letters under Windows.
#[cfg(not(target_os = "linux"))]
fn argument_limit() -> usize {
    if cfg!(windows) {
        32_767
    } else if cfg!(target_os = "macos") {
        1024 * 1024
    } else {
        256 * 1024
    }
}

/// Variables of the caller's surroundings that must not reach a tool that works on another project.
fn leaks(name: &OsStr) -> bool {
    const NAMES: [&str; 8] = [
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
        "PYTHONHOME",
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "__PYVENV_LAUNCHER__",
    ];
    const GIT: [&str; 8] = [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_PREFIX",
    ];
    NAMES.iter().chain(&GIT).any(|it| name == OsStr::new(it))
}

/// A program that has been started. It waits for somebody to read what it prints, and its timeout holds only then.
pub(crate) struct Running<'a> {
    command: &'a Command,
    child: std::process::Child,
    started: Instant,
}

impl Running<'_> {
    /// Reads all that it prints and waits for its end; every line of both outputs goes to `report` as it comes.
    ///
    /// # Errors
    /// When it runs past its timeout, or the user interrupts.
    pub(crate) fn finish(mut self, mut report: impl FnMut(&str) + Send) -> Result<Output> {
        let child = &mut self.child;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let mut watch = Watch {
            command: self.command,
            id: child.id(),
            started: self.started,
            verdict: Ok(()),
        };
        let (out, err) = std::thread::scope(|scope| {
            if let Some(mut stdin) = stdin {
                // A program that ends without reading it all says so by its exit code.
                scope.spawn(move || drop(stdin.write_all(&self.command.input)));
            }
            watch.read(stdout, stderr, &mut report)
        });
        let verdict = watch.verdict;
        let status = child.wait().map_err(|error| {
            let program = self.command.program.display();
            Error::new(format!("cannot wait for `{program}`")).caused_by(error)
        })?;
        verdict?;
        check_interrupted()?;
        Ok(Output {
            code: status.code(),
            stdout: out,
            stderr: err,
            elapsed: self.started.elapsed(),
        })
    }
}

/// A program at work: what it prints is read to its end, and its group is ended at the timeout or at an interruption.
struct Watch<'a> {
    command: &'a Command,
    /// Of the process, and of its group.
    id: u32,
    started: Instant,
    verdict: Result<()>,
}

/// How often a program is looked at that prints nothing.
const PATIENCE: Duration = Duration::from_millis(50);

/// How much is read at once: as much as a pipe holds.
const CHUNK: usize = 64 * 1024;

impl Watch<'_> {
    /// Ends the group where it is time to.
    fn look(&mut self) {
        if INTERRUPTED.load(Ordering::SeqCst) {
            self.verdict = Err(Error::interrupted());
            end_group(self.id);
        } else if self.started.elapsed() > self.command.timeout {
            self.verdict = Err(Error::new(format!(
                "`{}` did not end within {} s and was stopped",
                self.command,
                self.command.timeout.as_secs_f64()
            )));
            end_group(self.id);
        }
    }

    /// All that both streams give, without a thread for either.
    #[cfg(unix)]
    fn read(
        &mut self,
        stdout: Option<std::process::ChildStdout>,
        stderr: Option<std::process::ChildStderr>,
        report: &mut impl FnMut(&str),
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
            self.look();
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

    /// All that both streams give, each read by a thread of its own.
    #[cfg(not(unix))]
    fn read(
        &mut self,
        stdout: Option<std::process::ChildStdout>,
        stderr: Option<std::process::ChildStderr>,
        report: &mut (impl FnMut(&str) + Send),
    ) -> (Vec<u8>, Vec<u8>) {
        let report = std::sync::Mutex::new(report);
        std::thread::scope(|scope| {
            let out = scope.spawn(|| all(stdout, &report));
            let err = scope.spawn(|| all(stderr, &report));
            while !(out.is_finished() && err.is_finished()) {
                std::thread::sleep(Duration::from_millis(1));
                self.look();
            }
            let [out, err] = [out.join(), err.join()].map(std::thread::Result::unwrap_or_default);
            (out, err)
        })
    }
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

/// Lets the system end the program when we are killed and cannot do it: being in a group of its own, nothing else would. It
/// is asked to terminate rather than killed, so that it can remove its own temporary files and locks.
///
/// The system watches the *thread* that starts the program, not the process: whoever starts one has to stay until it has
/// ended, as [`Running`] demands. What the program starts itself is not watched.
#[cfg(target_os = "linux")]
fn end_with_us(command: &mut std::process::Command) {
    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};
    let us = getpid();
    let watch = move || {
        set_parent_process_death_signal(Some(Signal::TERM))?;
        // Where we have gone in between, there is nobody left to watch.
        if getppid() == Some(us) {
            Ok(())
        } else {
            Err(std::io::ErrorKind::NotConnected.into())
        }
    };
    // SAFETY: between fork and exec only calls that are safe in a signal handler are allowed (signal-safety(7)), and no
    // allocation: these are two bare system calls, prctl and getppid, and errors of two words without a pointer to a heap.
    #[expect(unsafe_code, reason = "there is no other way to run code in the child")]
    unsafe {
        std::os::unix::process::CommandExt::pre_exec(command, watch);
    }
}

#[cfg(unix)]
fn end_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // The group may have ended in between: nothing is left to end then.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end_group(id: u32) {
    // `taskkill /T` ends the whole tree; a process that is gone already is no error.
    #[expect(
        clippy::disallowed_methods,
        reason = "ending a child is part of starting it"
    )]
    let _ = std::process::Command::new("taskkill")
        .args(["/F", "/T", "/PID", &id.to_string()])
        .output();
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use super::{Command, quoted};
    use crate::host::Host;

    fn sh(script: &str) -> Command {
        Command::new(&Host::made_up("/"), "/bin/sh").args(["-c", script])
    }

    #[test]
    fn output_and_exit_code_are_kept_apart() {
        let output = sh("echo out; echo err >&2; exit 3").run().unwrap();
        assert_eq!(output.code, Some(3));
        assert_eq!(output.stdout, b"out\n");
        assert_eq!(output.last_words(5), "err");
    }

    #[test]
    fn a_timeout_ends_the_whole_group() {
        let command = sh("sleep 60 & sleep 60").timeout(Duration::from_millis(200));
        let error = command.run().unwrap_err();
        assert!(error.message().contains("did not end within"), "{error}");
    }

    #[test]
    fn what_would_leak_in_is_taken_away() {
        let host = Host::made_up("/")
            .with_variable("PYTHONPATH", "/evil")
            .with_variable("GIT_DIR", "/elsewhere")
            .with_variable("KEPT", "yes");
        let output = Command::new(&host, "/usr/bin/env").run().unwrap();
        assert_eq!(output.stdout, b"KEPT=yes\n");
    }

    #[test]
    fn a_command_prints_as_a_line_to_paste() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(sh("a b").to_string(), "/bin/sh -c 'a b'");
    }
}
