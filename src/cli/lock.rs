//! `scaffold lock`: bring the locked requirements up to `pyproject.toml`.

use clap::Args;

use crate::environment::lock::{self, Installer, Request, Upgrade};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::platform::Facts;
use crate::template::catalog::Catalog;
use crate::template::closure::Closure;
use crate::template::layer::Kind;
use crate::ui::Ui;

/// Brings the locked requirements up to `pyproject.toml`.
///
/// Compiles requirements.txt from [project] dependencies and requirements-dev.txt from the dependency group `dev`: the whole
/// closure of each, exact versions with hashes, for every platform and every supported Python. Versions that are locked
/// already stay where they still fit.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Take the newest versions: of all packages, or of NAME (can be given several times).
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = "",
        action = clap::ArgAction::Append
    )]
    upgrade: Vec<String>,
    /// Write nothing; exit with 1 where the files are not what pyproject.toml asks for.
    #[arg(long)]
    check: bool,
    /// What resolves requirements that the program does not carry itself.
    #[arg(long, value_name = "TOOL", default_value = "auto")]
    installer: Installer,
    /// How to say what changed.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How to say what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs it.
///
/// # Errors
/// When there is no project, its requirements cannot be had, or `--check` finds the files stale.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    let manifest = Manifest::find(host.current_dir())?;
    let (runtime_file, constraints_in_pyproject) = place(&manifest)?;
    let request = Request {
        manifest: &manifest,
        runtime_file: &runtime_file,
        constraints_in_pyproject,
        upgrade: upgrade(&arguments.upgrade)?,
        installer: arguments.installer,
    };
    let outcome = lock::resolve(host, ui, &Closure::embedded()?, &request)?;
    let current = outcome.is_current();
    if !arguments.check {
        outcome.write()?;
    }
    match arguments.format {
        Format::Json => ui.print(&format!("{:#}\n", outcome.to_json()))?,
        Format::Text => ui.print(&outcome.to_text())?,
    }
    if current {
        ui.say(match arguments.format {
            Format::Text => "the locked requirements are up to date",
            Format::Json => "",
        });
        return Ok(());
    }
    if arguments.check {
        let files = outcome.stale().join(", ");
        let verb = if outcome.stale().len() == 1 {
            "is"
        } else {
            "are"
        };
        return Err(
            Error::findings(format!("{files} {verb} not what pyproject.toml asks for"))
                .hint("scaffold lock"),
        );
    }
    Ok(())
}

/// Where the runtime lock of a project lies, and whether it also stands in `pyproject.toml`: its platform says.
fn place(manifest: &Manifest) -> Result<(String, bool)> {
    let catalog = Catalog::embedded();
    let known = catalog.ids(Kind::Platform, None);
    match manifest.answer("platform") {
        Some(platform) if known.iter().any(|it| it == platform) => {
            let facts = Facts::of(catalog.layer(Kind::Platform, platform, None)?)?;
            Ok((facts.requirements, facts.constraints_in_pyproject))
        }
        _ => Ok(("requirements.txt".to_owned(), false)),
    }
}

fn upgrade(names: &[String]) -> Result<Upgrade> {
    if names.is_empty() {
        return Ok(Upgrade::Nothing);
    }
    if names.iter().any(String::is_empty) {
        return Ok(Upgrade::Everything);
    }
    let normal = |name: &String| {
        name.parse::<pep508_rs::PackageName>()
            .map(|it| it.to_string())
            .map_err(|_| Error::new(format!("`{name}` is no name of a package")))
    };
    names
        .iter()
        .map(normal)
        .collect::<Result<_>>()
        .map(Upgrade::Only)
}
