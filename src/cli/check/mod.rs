//! `scaffold check`: the gates by hand and in CI.

mod list;
mod plan;
mod show;

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::error::{Error, Kind, Result};
use crate::gate::{self, Fixing, Request, Scope, Shard, Wanted};
use crate::git::WorkTree;
use crate::host::Host;
use crate::report::Format;
use crate::ui::Ui;

/// Run the gates by hand or in CI.
///
/// Checks the work tree: files that git knows, and new ones that it does not ignore. Which gates there are, and what they look at,
/// is said in pyproject.toml: [tool.scaffold.stages] and [tool.scaffold.gates.NAME]. Writes nothing without --fix.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scaffold check                        all gates on all files
  scaffold check src --gate black       one gate on one folder
  scaffold check --staged               what the next commit would be held to
  scaffold check --fix                  mend what can be mended
  scaffold check --from origin/main --to HEAD --format github
  scaffold check --shard 2/4            a quarter of the files, on one of four machines

Left out for once: SCAFFOLD_SKIP=pytest,mypy scaffold check
Exit code: 0 clean, 1 something was found, 2 a gate could not run, 130 interrupted.")]
pub(crate) struct Arguments {
    /// Files and folders to check; all, where none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Run this gate or group alone (can be given several times).
    #[arg(long = "gate", value_name = "NAME", value_delimiter = ',')]
    gates: Vec<String>,
    /// Check what is staged, as the next commit would hold it.
    #[arg(long, conflicts_with_all = ["all_files", "from", "to"], help_heading = "What is checked")]
    staged: bool,
    /// Check every file of the index, as the next commit would hold it.
    #[arg(long, conflicts_with_all = ["from", "to"], help_heading = "What is checked")]
    all_files: bool,
    /// Check what changed since this commit and --to parted, as --to has it.
    #[arg(long, value_name = "REF", help_heading = "What is checked")]
    from: Option<String>,
    /// The commit to check [default: HEAD].
    #[arg(
        long,
        value_name = "REF",
        requires = "from",
        help_heading = "What is checked"
    )]
    to: Option<String>,
    /// Check one of N equal parts of the files; gates that look across files run in the first part.
    #[arg(long, value_name = "I/N", help_heading = "What is checked")]
    shard: Option<ShardArgument>,
    /// Mend what can be mended.
    #[arg(long, conflicts_with_all = ["from", "plan", "list"])]
    fix: bool,
    /// Say what would run on what, and run nothing.
    #[arg(long, conflicts_with = "list")]
    plan: bool,
    /// Say which gates and groups there are.
    #[arg(long)]
    list: bool,
    /// Start nothing more once a gate has failed.
    #[arg(long)]
    fail_fast: bool,
    /// How many processes may run at once [default: the number of cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Check again what has passed before.
    #[arg(long)]
    no_cache: bool,
    /// Let warnings count as errors.
    #[arg(long)]
    strict: bool,
    /// How to say what was found.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// `I/N`.
#[derive(Debug, Clone, Copy)]
struct ShardArgument(Shard);

impl FromStr for ShardArgument {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parsed = text
            .split_once('/')
            .and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parsed {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self(Shard { number, of })),
            _ => Err("say which part of how many, such as 2/4".to_owned()),
        }
    }
}

/// Runs it.
///
/// # Errors
/// When a gate finds something or cannot run, the repository cannot be read, or a configuration is wrong.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    if (arguments.list || arguments.plan)
        && !matches!(arguments.format, Format::Text | Format::Json)
    {
        let what = if arguments.list { "list" } else { "plan" };
        return Err(Error::new(format!(
            "`--{what}` finds nothing, so it comes as text or json alone"
        ))
        .hint(format!("scaffold check --{what} --format json")));
    }
    let work_tree = WorkTree::discover(host)?;
    let request = arguments.request(host);
    let scope = arguments.scope();
    if arguments.list {
        return list::run(&work_tree, &scope, arguments.format, ui);
    }
    if arguments.plan {
        let snapshot = gate::snapshot(&work_tree, &scope, &arguments.paths)?;
        return plan::run(&snapshot, &request, arguments.format, ui);
    }
    let progress = ui.progress("checking");
    let report = gate::perform(&work_tree, &scope, &arguments.paths, &request, &|what| {
        progress.note(what);
    })?;
    drop(progress);
    if report.gates.is_empty() && arguments.format == Format::Text {
        ui.say(show::NO_GATES);
    }
    show::report(&report, arguments.format, arguments.strict, ui).map_err(|error| {
        match arguments.to_mend() {
            Some(command) if report.is_mendable && error.kind() == Kind::Findings => {
                error.hint(format!("to mend what can be mended: {command}"))
            }
            _ => error,
        }
    })
}

impl Arguments {
    /// The command that mends what this one would find; `None` where nothing does.
    fn to_mend(&self) -> Option<&'static str> {
        match self.scope() {
            Scope::Range(..) => None,
            Scope::Staged => Some("scaffold check --staged --fix"),
            Scope::Index => Some("scaffold check --all-files --fix"),
            Scope::WorkTree => Some("scaffold check --fix"),
        }
    }

    fn scope(&self) -> Scope {
        match &self.from {
            Some(from) => Scope::Range(
                from.clone(),
                self.to.clone().unwrap_or_else(|| "HEAD".to_owned()),
            ),
            None if self.staged => Scope::Staged,
            None if self.all_files => Scope::Index,
            None => Scope::WorkTree,
        }
    }

    fn request(&self, host: &Host) -> Request {
        Request {
            wanted: if self.gates.is_empty() {
                Wanted::All
            } else {
                Wanted::Named(self.gates.clone())
            },
            skip: skip(host),
            shard: self.shard.map(|it| it.0),
            fixing: if self.fix {
                Fixing::Always
            } else {
                Fixing::Never
            },
            use_cache: !self.no_cache,
            jobs: self.jobs.map(usize::from),
            fail_fast: self.fail_fast,
        }
    }
}

/// The gates that `SCAFFOLD_SKIP` leaves out.
pub(super) fn skip(host: &Host) -> Vec<String> {
    host.text("SCAFFOLD_SKIP")
        .unwrap_or_default()
        .split(',')
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
        .collect()
}

pub(super) use show::report;

/// The error for gates that found something.
pub(super) fn found(count: usize) -> Error {
    Error::findings(show::count(count, "finding"))
}
