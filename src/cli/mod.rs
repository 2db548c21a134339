//! The command line: parse, compose the features, choose the exit code.
//!
//! Called by `main`, through `run`. It is the only layer that prints and that ends with an exit code; each command is a file of its
//! own. It must not know how a feature does its work.

mod check;
mod completions;
mod doctor;
mod hook;
mod lock;
mod new;
mod prompt;
mod template;
mod usage;

use clap::{CommandFactory, Parser, Subcommand};

use crate::error::Result;
use crate::host::Host;
use crate::ui::{ColorChoice, Ui, Verbosity};

/// Starts a Python serverless-function project properly, and keeps it proper.
#[derive(Debug, Parser)]
#[command(
    name = "scaffold",
    version,
    propagate_version = false,
    infer_long_args = false
)]
struct Arguments<C: Subcommand = Command> {
    #[command(subcommand)]
    command: C,
    /// When to use colours.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    color: ColorChoice,
    /// Say errors only.
    #[arg(short, long, global = true, help_heading = "Global options")]
    quiet: bool,
    /// Say what was decided, and why.
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "quiet",
        help_heading = "Global options"
    )]
    verbose: bool,
}

impl Arguments {
    /// A command without any option of ours.
    fn plain(command: Command) -> Self {
        Self {
            command,
            color: ColorChoice::Auto,
            quiet: false,
            verbose: false,
        }
    }

    /// The command line of this process.
    fn of_process() -> std::result::Result<Self, clap::Error> {
        // All that can be said takes long to put together, next to what the doctor takes. Where its own words are not enough (there is a
        // mistake, or help is wanted), everything is.
        if std::env::args_os().nth(1).is_some_and(|it| it == "doctor")
            && let Ok(of_doctor) = Arguments::<OfDoctor>::try_parse()
        {
            let OfDoctor::Doctor(doctor) = of_doctor.command;
            return Ok(Self {
                command: Command::Doctor(doctor),
                color: of_doctor.color,
                quiet: of_doctor.quiet,
                verbose: of_doctor.verbose,
            });
        }
        Self::try_parse()
    }
}

/// The one command that is read by itself.
#[derive(Debug, Subcommand)]
enum OfDoctor {
    Doctor(doctor::Arguments),
}

#[derive(Debug, Subcommand)]
enum Command {
    New(Box<new::Arguments>),
    Check(check::Arguments),
    Doctor(doctor::Arguments),
    Lock(lock::Arguments),
    /// Let git run the checks by itself: install, remove and show its hooks.
    #[command(subcommand)]
    Hook(hook::Arguments),
    /// Look at the layers that projects are made of.
    #[command(subcommand)]
    Template(template::Arguments),
    Completions(completions::Arguments),
}

/// Parses the command line, runs the command, prints what went wrong, and gives the exit code.
pub(crate) fn run() -> u8 {
    // A hook says the same few words at every commit, which need no look at all that could be said.
    let arguments = match hook::Arguments::of_hook(std::env::args_os().skip(1)) {
        Some(hook) => Arguments::plain(Command::Hook(hook)),
        None => match Arguments::of_process() {
            Ok(arguments) => arguments,
            Err(error) => return unparsed(&error),
        },
    };
    let verbosity = match (arguments.quiet, arguments.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let host = match Host::current() {
        Ok(host) => host,
        Err(error) => {
            eprint_bare(&error);
            return error.exit_code();
        }
    };
    let ui = Ui::new(arguments.color, verbosity, &host);
    match dispatch(&arguments.command, &host, &ui) {
        Ok(()) => 0,
        Err(error) => {
            ui.error(&error);
            error.exit_code()
        }
    }
}

/// What is said where the command line is no command: help where that was asked for, else the mistake.
fn unparsed(error: &clap::Error) -> u8 {
    use clap::error::ErrorKind;
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // clap prints help to standard output and mistakes to standard error; a closed stream is no error.
        let _ = error.print();
        return u8::from(error.use_stderr()) * 2;
    }
    let words = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned());
    let ours = usage::error(error, &<Arguments>::command(), words);
    match Host::current() {
        Ok(host) => Ui::new(ColorChoice::Auto, Verbosity::Normal, &host).error(&ours),
        Err(_) => eprint_bare(&ours),
    }
    ours.exit_code()
}

fn dispatch(command: &Command, host: &Host, ui: &Ui) -> Result<()> {
    match command {
        Command::New(arguments) => new::run(arguments, host, ui),
        Command::Completions(arguments) => completions::run(arguments, ui),
        Command::Check(arguments) => check::run(arguments, host, ui),
        Command::Doctor(arguments) => doctor::run(arguments, host, ui),
        Command::Lock(arguments) => lock::run(arguments, host, ui),
        Command::Hook(arguments) => hook::run(arguments, host, ui),
        Command::Template(arguments) => template::run(arguments, host, ui),
    }
}

fn eprint_bare(error: &crate::error::Error) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "error: {error}");
}
