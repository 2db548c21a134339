//! Starting programs: captured output, a timeout, a process group of their own, a clean environment.
//!
//! Called by whatever runs a tool (`environment`, `git`, `project`). A command prints as a line that can be pasted into a
//! shell; no shell ever runs it. It must not know what the tools mean.

mod group;
mod interrupt;
mod output;
mod room;
mod running;
mod streams;

pub(crate) use interrupt::{catch_interrupts, check_interrupted};
pub(crate) use output::Output;
pub(crate) use running::Running;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::host::Host;

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
    is_whole: bool,
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
            is_whole: false,
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

    /// Says that it changes something in a moment, and that half of it is worse than all of it: it is not ended when the user interrupts,
    /// only at its timeout.
    pub(crate) fn whole(mut self) -> Self {
        self.is_whole = true;
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
            group::end_with_us(&mut command);
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
