//! `scaffold template`: the layers that projects are made of, for those who choose and those who maintain them.
//!
//! Called by `cli`. It only reads, but for the pinned closure, which `template lock` writes.

mod show;

use std::path::PathBuf;

use clap::Subcommand;

use self::show::{about, data, show};
use super::new::Format;
use crate::environment::lock::refresh;
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::host::Host;
use crate::project::validate::validate;
use crate::report;
use crate::template::catalog::Catalog;
use crate::template::layer::Kind;
use crate::ui::Ui;

/// What can be done with layers.
#[derive(Debug, Subcommand)]
pub(crate) enum Arguments {
    /// List the platforms, triggers, examples and tools to choose from.
    List {
        /// How to give the list.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Show a layer: its questions, and for a platform its facts; without NAME, the questions of all layers.
    Show {
        /// The layer, such as aws-lambda or platform/aws-lambda.
        name: Option<String>,
        /// How to give it.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Render every composition of the layers and check each file; exit code 1 when something is wrong.
    Validate {
        /// A folder of layers; without it, the layers of this program.
        folder: Option<PathBuf>,
        /// How to give what was found.
        #[arg(long, value_enum, default_value = "text")]
        format: report::Format,
    },
    /// Resolve all that the layers below FOLDER require, and write FOLDER/closure.lock (needs uv).
    Lock {
        /// The folder of layers.
        #[arg(default_value = "templates")]
        folder: PathBuf,
    },
}

/// Runs it.
///
/// # Errors
/// When a layer cannot be read, is not there, or is wrong.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    match arguments {
        Arguments::List { format } => list(*format, ui),
        Arguments::Show { name, format } => show(name.as_deref(), *format, ui),
        Arguments::Validate { folder, format } => check(folder.as_ref(), *format, host, ui),
        Arguments::Lock { folder } => lock(&host.current_dir().join(folder), host, ui),
    }
}

fn list(format: Format, ui: &Ui) -> Result<()> {
    let catalog = Catalog::embedded();
    let mut layers = Vec::new();
    for kind in [
        Kind::Platform,
        Kind::Example,
        Kind::Tool,
        Kind::Docs,
        Kind::Ci,
        Kind::Editor,
        Kind::Hooks,
        Kind::License,
    ] {
        for layer in catalog.layers(kind, None)? {
            layers.push(layer);
            if kind == Kind::Platform {
                layers.extend(catalog.layers(Kind::Trigger, Some(&layer.id))?);
            }
        }
    }
    if format == Format::Json {
        return ui.print(&data(&layers, &catalog));
    }
    let width = layers
        .iter()
        .map(|it| it.id.len())
        .max()
        .unwrap_or_default()
        + 2;
    let mut text = String::new();
    let mut last = None;
    for layer in layers {
        let indent = if layer.kind == Kind::Trigger {
            "    "
        } else {
            "  "
        };
        if layer.kind != Kind::Trigger && last.replace(layer.kind) != Some(layer.kind) {
            text.push_str(&format!(
                "{}\n",
                ui.data().heading.apply_to(layer.kind.name())
            ));
        }
        let padding = " ".repeat((width + 4).saturating_sub(layer.id.len() + indent.len()));
        text.push_str(&format!(
            "{indent}{}{padding}{}\n",
            ui.data().command.apply_to(&layer.id),
            about(layer)
        ));
    }
    ui.print(&text)
}

fn check(folder: Option<&PathBuf>, format: report::Format, host: &Host, ui: &Ui) -> Result<()> {
    let catalog = match folder {
        Some(folder) => Catalog::from_folder(&host.current_dir().join(folder))?,
        None => Catalog::embedded(),
    };
    let validation = validate(&catalog);
    let titles = |code: &str| match code {
        "template" => Some("Layers that render to valid files"),
        "unused-variable" => Some("Every variable of a layer is named somewhere"),
        _ => None,
    };
    ui.print(&report::render(
        &validation.findings,
        format,
        ui.data(),
        &titles,
    ))?;
    let looked = format!(
        "{} layers in {} compositions",
        validation.layers, validation.compositions
    );
    let errors = validation
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    match (errors, validation.findings.len() - errors) {
        (0, 0) => ui.say(format!("{looked}: nothing wrong")),
        (0, warnings) => ui.say(format!("{looked}: {}", counted(warnings, "warning"))),
        (errors, _) => {
            return Err(Error::findings(format!(
                "{looked}: {}",
                counted(errors, "error")
            )));
        }
    }
    Ok(())
}

/// `1 error`, `2 errors`.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

fn lock(folder: &std::path::Path, host: &Host, ui: &Ui) -> Result<()> {
    let mut requirements: Vec<String> = Vec::new();
    for layer in Catalog::from_folder(folder)?.all()? {
        requirements.extend(layer.contributed("requirements"));
        requirements.extend(layer.contributed("dev_requirements"));
    }
    requirements.sort();
    requirements.dedup();
    let text = refresh::closure_text(host, ui, &requirements)?;
    let path = folder.join(crate::template::closure::FILE);
    crate::fs::atomic::replace(&path, text.as_bytes())?;
    ui.say(format!(
        "wrote {} for {} requirements",
        path.display(),
        requirements.len()
    ));
    Ok(())
}
