//! `scaffold doctor`: what is broken, shown; and what the doctor knows.

mod document;
mod knowledge;
mod show;

use std::sync::Arc;

use crate::doctor::{self, Examined, Facts, Severity, Verdict};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::ui::Ui;

/// Finds what is broken on this machine and in this project, and explains it. Reads files only.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Look only for these codes or groups (`VENV`, `VENV004`).
    #[arg(value_name = "CODE|GROUP")]
    only: Vec<String>,
    /// Show every condition that the doctor knows.
    #[arg(long, conflicts_with_all = ["explain", "strict", "timings"])]
    list: bool,
    /// Explain a condition: what it is, why it matters, what to do.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["only", "strict", "timings"])]
    explain: Option<String>,
    /// Let warnings count as errors do.
    #[arg(long)]
    strict: bool,
    /// Say how long each check took.
    #[arg(long)]
    timings: bool,
    /// How to give what was found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How to give what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the command.
///
/// # Errors
/// When something is broken, or a code is not known.
pub(super) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    if let Some(code) = &arguments.explain {
        return knowledge::explain(doctor::catalog::check(code)?, arguments.format, ui);
    }
    let checks = doctor::catalog::chosen(&arguments.only)?;
    if arguments.list {
        return knowledge::list(&checks, arguments.format, ui);
    }
    let facts = Arc::new(Facts::around(host));
    let project = facts.project.clone();
    let examined = doctor::examine(&checks, &facts);
    match arguments.format {
        Format::Text => show::print(&examined, project.as_deref(), host, arguments.timings, ui)?,
        Format::Json => {
            let document = document::document(&examined, project.as_deref());
            ui.print(&format!("{document:#}\n"))?;
        }
    }
    verdict(&examined, arguments.strict)
}

/// How many results are this bad.
fn count(examined: &[Examined], of: Severity) -> usize {
    let is_so = |it: &&Examined| it.severity() == Some(of);
    examined.iter().filter(is_so).count()
}

fn verdict(examined: &[Examined], strict: bool) -> Result<()> {
    let (errors, warnings) = (
        count(examined, Severity::Error),
        count(examined, Severity::Warning),
    );
    if errors == 0 && (warnings == 0 || !strict) {
        return Ok(());
    }
    Err(Error::findings(show::counted(errors, warnings)))
}
