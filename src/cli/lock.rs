//! `scaffold lock`: bring the locked requirements up to `pyproject.toml`.
//!
//! Called by `cli`. Which versions fit, and what the files then say, is `environment`'s business.

use clap::Args;

use super::new::Format;
use crate::environment::Installer;
use crate::environment::lock::{self, Request, Upgrade};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::platform::Facts;
use crate::template::catalog::Catalog;
use crate::template::closure::{self, Closure};
use crate::template::layer::Kind;
use crate::ui::Ui;

/// Bring the locked requirements up to `pyproject.toml`.
///
/// Compiles requirements.txt from `[project]` dependencies and requirements-dev.txt from the dependency group `dev`: the whole
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
    #[arg(long, value_enum, default_value = "auto")]
    installer: Installer,
    /// How to say what changed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Runs it.
///
/// # Errors
/// When there is no project, its requirements cannot be had, or `--check` finds the files stale.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    let manifest = Manifest::find(host.current_dir())?;
    let catalog = Catalog::embedded();
    let (runtime_file, constraints_in_pyproject) = place(&catalog, &manifest)?;
    let request = Request {
        manifest: &manifest,
        runtime_file: &runtime_file,
        constraints_in_pyproject,
        upgrade: upgrade(&arguments.upgrade)?,
        installer: arguments.installer,
    };
    let pinned = catalog.text(closure::FILE)?;
    let outcome = lock::resolve(host, ui, &Closure::parse(&pinned)?, &request)?;
    let current = outcome.is_current();
    if !arguments.check && !current {
        outcome.write()?;
        let warnings = outcome.warnings();
        for warning in &warnings {
            ui.warn(warning);
        }
        if !warnings.is_empty() {
            ui.say("with uv on PATH, `scaffold lock` locks for all platforms");
        }
    }
    match arguments.format {
        Format::Json => ui.print(&format!("{:#}\n", outcome.to_json()))?,
        Format::Text => ui.print(&outcome.to_text())?,
    }
    if current {
        if arguments.format == Format::Text {
            ui.say("the locked requirements are up to date");
        }
        return Ok(());
    }
    if arguments.check {
        let files = outcome.stale().join(", ");
        return Err(
            Error::findings(format!("stale against pyproject.toml: {files}")).hint("scaffold lock"),
        );
    }
    Ok(())
}

/// Where the runtime lock of a project lies, and whether it also stands in `pyproject.toml`: its platform says.
fn place(catalog: &Catalog, manifest: &Manifest) -> Result<(String, bool)> {
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
            .map_err(|_| {
                Error::new(format!("`{name}` is no name of a package")).hint(
                    "scaffold lock --upgrade requests    # for example: a name without a version",
                )
            })
    };
    names
        .iter()
        .map(normal)
        .collect::<Result<_>>()
        .map(Upgrade::Only)
}
