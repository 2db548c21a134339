//! `scaffold doctor`: what is broken, shown; what the doctor knows; and what it mends.

mod bundle;
mod document;
mod environment;
mod findings;
mod knowledge;
mod mend;
mod plan;
mod redaction;
mod show;

use std::path::PathBuf;
use std::sync::Arc;

use crate::doctor::{self, Check, Examined, Facts, May, Severity};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::report::{self, Format};
use crate::ui::Ui;
use mend::{Consent, Mended};

/// Find what is broken on this machine and in this project, explain it, and mend what can safely be mended.
///
/// Reads files only: no Python is started, nothing is written without --fix, and the network is asked only with --online. Outside of a
/// project, the machine alone is looked at.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Look only for these codes or groups (`VENV`, `VENV004`).
    #[arg(value_name = "CODE|GROUP")]
    only: Vec<String>,
    /// Mend what can safely be mended; on a terminal, ask about the rest.
    #[arg(long)]
    fix: bool,
    /// With --fix: mend what it would ask about as well.
    #[arg(long, short, requires = "fix")]
    yes: bool,
    /// With --fix: show what would be done, and do nothing.
    #[arg(long, requires = "fix", conflicts_with = "yes")]
    dry_run: bool,
    /// Show every condition that the doctor knows.
    #[arg(long, conflicts_with_all = ["explain", "fix", "strict", "deep", "online", "timings", "report"])]
    list: bool,
    /// Explain a condition: what it is, why it matters, what to do.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["only", "fix", "strict", "deep", "online", "timings", "report"])]
    explain: Option<String>,
    /// Let warnings count as errors do.
    #[arg(long)]
    strict: bool,
    /// Also read every file of the environment, and compare it with what was installed.
    #[arg(long)]
    deep: bool,
    /// Also ask the network: the package index, and known vulnerabilities.
    #[arg(long)]
    online: bool,
    /// Say how long each check took.
    #[arg(long)]
    timings: bool,
    /// Also write what was found to FILE for a bug report, without names, secrets and addresses of yours.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = bundle::FILE)]
    report: Option<PathBuf>,
    /// How to give what was found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
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
    // A check that panics is a result, and what it said is in it.
    std::panic::set_hook(Box::new(|_| {}));
    let may = May {
        deep: arguments.deep,
        online: arguments.online,
    };
    let visit = Visit {
        checks: &checks,
        may,
        host,
    };
    let (facts, examined, mended) = if arguments.fix {
        let consent = if arguments.dry_run {
            Consent::Show
        } else if arguments.yes {
            Consent::All
        } else if ui.is_interactive() && arguments.format == Format::Text {
            Consent::Ask
        } else {
            Consent::Safe
        };
        mend::mend(&visit, consent, ui)?
    } else {
        let (facts, examined) = visit.examine();
        (facts, examined, Vec::new())
    };
    print(arguments, &facts, &examined, &mended, ui)?;
    if let Some(file) = &arguments.report {
        bundle::write(file, &facts, &examined, &mended, ui)?;
    }
    // The program ends in a moment: to take apart all that was read takes longer than the rest of it.
    std::mem::forget(facts);
    verdict(&examined, arguments.strict)
}

/// What is looked at, and for what.
struct Visit<'a> {
    checks: &'a [&'static Check],
    may: May,
    host: &'a Host,
}

impl Visit<'_> {
    fn examine(&self) -> (Arc<Facts>, Vec<Examined>) {
        let facts = Arc::new(Facts::around(self.host).allowing(self.may));
        let examined = doctor::examine(self.checks, &facts);
        (facts, examined)
    }
}

fn print(
    arguments: &Arguments,
    facts: &Facts,
    examined: &[Examined],
    mended: &[Mended],
    ui: &Ui,
) -> Result<()> {
    match arguments.format {
        Format::Text => show::print(examined, facts, arguments.timings, ui),
        Format::Json => {
            let document = document::document(examined, mended, facts);
            ui.print(&format!("{document:#}\n"))
        }
        Format::Sarif | Format::Github => {
            let findings = findings::findings(examined, facts);
            let titles = |code: &str| doctor::catalog::check(code).ok().map(|it| it.title);
            ui.print(&report::render(
                &findings,
                arguments.format,
                ui.data(),
                &titles,
            ))
        }
    }
}

/// How many results are this bad.
fn count(examined: &[Examined], of: Severity) -> usize {
    let is_so = |it: &&Examined| it.severity() == Some(of);
    examined.iter().filter(is_so).count()
}

/// How many results the project wants left out.
fn count_ignored(examined: &[Examined]) -> usize {
    examined.iter().filter(|it| it.ignored.is_some()).count()
}

fn verdict(examined: &[Examined], strict: bool) -> Result<()> {
    let (errors, warnings) = (
        count(examined, Severity::Error),
        count(examined, Severity::Warning),
    );
    if errors == 0 && (warnings == 0 || !strict) {
        return Ok(());
    }
    let mut error = Error::findings(format!("found {}", show::counted(errors, warnings)));
    let has_fix = |it: &Examined| it.symptoms().iter().any(|it| it.fix.is_some());
    if examined.iter().any(has_fix) {
        error = error.hint("scaffold doctor --fix --dry-run    # what the doctor would mend");
    }
    if let Some(first) = examined
        .iter()
        .find(|it| it.severity() >= Some(Severity::Warning))
    {
        error = error.hint(format!("scaffold doctor --explain {}", first.check.code));
    }
    Err(error)
}
