//! A program at work, from its start to its end.
//!
//! Made by [`Command::start`]. It must not know how the program was prepared, or what its output means.

use std::io::Write as _;
use std::process::Child;
use std::time::Instant;

use super::interrupt::check_interrupted;
use super::{Command, Output, group, streams};
use crate::error::{Error, Result};

/// A program that has been started. It waits for somebody to read what it prints, and its timeout holds only then.
pub(crate) struct Running<'a> {
    pub(super) command: &'a Command,
    pub(super) child: Child,
    pub(super) started: Instant,
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
            streams::read(stdout, stderr, &mut report, || watch.look())
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

/// Whoever looks at a program at work: its group is ended at the timeout or at an interruption.
struct Watch<'a> {
    command: &'a Command,
    /// Of the process, and of its group.
    id: u32,
    started: Instant,
    verdict: Result<()>,
}

impl Watch<'_> {
    /// Ends the group where it is time to.
    fn look(&mut self) {
        if !self.command.is_whole
            && let Err(interruption) = check_interrupted()
        {
            self.verdict = Err(interruption);
            group::end(self.id);
        } else if self.started.elapsed() > self.command.timeout {
            self.verdict = Err(Error::new(format!(
                "`{}` did not end within {} s and was stopped",
                self.command,
                self.command.timeout.as_secs_f64()
            )));
            group::end(self.id);
        }
    }
}
