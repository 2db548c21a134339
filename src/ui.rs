//! The terminal: what may be printed where, in which colours, and whether a person is there to answer.
//!
//! Built once in `cli`. stdout is data, stderr is talk; meaning survives without colour; progress only on a terminal.
//! It must not know what is being said.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use console::Style;
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{Error, Result};
use crate::host::Host;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` says otherwise.
    #[default]
    Auto,
    /// Even into a pipe.
    Always,
    /// Not at all.
    Never,
}

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors only.
    Quiet,
    /// What a person wants to know.
    Normal,
    /// Also what was decided and why.
    Verbose,
}

/// The two streams and the person at their end.
#[derive(Debug)]
pub(crate) struct Ui {
    verbosity: Verbosity,
    stderr_is_terminal: bool,
    interactive: bool,
    coloured: bool,
    talk: Palette,
    data: Palette,
}

/// Styles by meaning, plain where there is no colour.
#[derive(Debug, Clone)]
pub(crate) struct Palette {
    /// What went well.
    pub(crate) good: Style,
    /// What did not.
    pub(crate) bad: Style,
    /// What to look at.
    pub(crate) warning: Style,
    /// A command or a path to type.
    pub(crate) command: Style,
    /// A heading.
    pub(crate) heading: Style,
    /// What matters less.
    pub(crate) dim: Style,
}

impl Palette {
    fn new(colour: bool) -> Self {
        let style = || Style::new().force_styling(colour);
        Self {
            good: style().green(),
            bad: style().red().bold(),
            warning: style().yellow(),
            command: style().cyan(),
            heading: style().bold(),
            dim: style().dim(),
        }
    }
}

impl Ui {
    /// Decides colour and talkativeness once: the flag, then `NO_COLOR` (if not empty), then `CLICOLOR_FORCE`, then the terminal.
    pub(crate) fn new(choice: ColorChoice, verbosity: Verbosity, host: &Host) -> Self {
        let (stdout, stderr) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let dumb = host.text("TERM") == Some("dumb");
        let colour = |terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if host.variable("NO_COLOR").is_some() => false,
            ColorChoice::Auto if host.text("CLICOLOR_FORCE").is_some_and(|it| it != "0") => true,
            ColorChoice::Auto => terminal && !dumb,
        };
        Self {
            verbosity,
            stderr_is_terminal: stderr && !dumb,
            interactive: stderr && io::stdin().is_terminal() && !dumb && !host.is_ci(),
            coloured: colour(stderr),
            talk: Palette::new(colour(stderr)),
            data: Palette::new(colour(stdout)),
        }
    }

    /// Whether a person can be asked.
    pub(crate) fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Whether standard error takes colour.
    pub(crate) fn is_coloured(&self) -> bool {
        self.coloured
    }

    /// Whether to say why.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    /// The styles for standard error.
    pub(crate) fn talk(&self) -> &Palette {
        &self.talk
    }

    /// The styles for standard output.
    pub(crate) fn data(&self) -> &Palette {
        &self.data
    }

    /// Prints data, exactly these bytes, to standard output.
    ///
    /// # Errors
    /// When standard output cannot be written; a reader that has gone away is no error.
    #[expect(
        clippy::unused_self,
        reason = "whoever has no terminal has nothing to print to"
    )]
    pub(crate) fn print(&self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::new("cannot write to standard output").caused_by(error))
            }
            _ => Ok(()),
        }
    }

    /// Says a line to the person, unless quiet.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        if self.verbosity >= Verbosity::Normal {
            write_line(line.as_ref());
        }
    }

    /// Says a line only where more was asked for.
    pub(crate) fn detail(&self, line: impl AsRef<str>) {
        if self.is_verbose() {
            write_line(&self.talk.dim.apply_to(line.as_ref()).to_string());
        }
    }

    /// Warns: said even when quiet is not, never part of the data.
    pub(crate) fn warn(&self, line: impl AsRef<str>) {
        if self.verbosity >= Verbosity::Normal {
            let label = self.talk.warning.apply_to("warning:");
            write_line(&format!("{label} {}", line.as_ref()));
        }
    }

    /// Prints an error: the line, what caused it, what to type next.
    pub(crate) fn error(&self, error: &Error) {
        write_line(&format!("{} {error}", self.talk.bad.apply_to("error:")));
        for cause in error.causes() {
            // The operating system's words often stand in the line above already.
            let words = cause.split(" (os error").next().unwrap_or_default();
            if !error
                .message()
                .to_lowercase()
                .contains(&words.to_lowercase())
            {
                let mut lines = cause.lines();
                let label = self.talk.bad.apply_to("caused by:");
                write_line(&format!("  {label} {}", lines.next().unwrap_or_default()));
                lines.for_each(|line| write_line(&format!("    {line}")));
            }
        }
        for hint in error.hints() {
            let mut lines = hint.lines();
            let label = self.talk.command.apply_to("hint:");
            write_line(&format!("  {label} {}", lines.next().unwrap_or_default()));
            lines.for_each(|line| write_line(&format!("        {line}")));
        }
    }

    /// A line that shows that something is under way; nothing where standard error is not a terminal.
    pub(crate) fn progress(&self, title: &str) -> Progress {
        if !self.stderr_is_terminal || self.verbosity == Verbosity::Quiet {
            return Progress { bar: None };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(title.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress { bar: Some(bar) }
    }
}

/// A progress line, taken away when dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Says what is being done right now.
    pub(crate) fn note(&self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(text.to_owned());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn write_line(line: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
