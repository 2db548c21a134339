//! `scaffold template`: the layers that projects are made of, for those who maintain them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use toml_edit::DocumentMut;

use crate::environment::lock::refresh;
use crate::error::{Error, Result};
use crate::fs;
use crate::host::Host;
use crate::ui::Ui;

/// What can be done with layers.
#[derive(Debug, Subcommand)]
pub(crate) enum Arguments {
    /// Resolves all that the layers below FOLDER require, and writes FOLDER/closure.lock (needs uv).
    Lock {
        /// The folder of layers.
        #[arg(default_value = "templates")]
        folder: PathBuf,
    },
}

/// Runs it.
///
/// # Errors
/// When a layer cannot be read, or uv cannot resolve what the layers require together.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    match arguments {
        Arguments::Lock { folder } => lock(&host.current_dir().join(folder), host, ui),
    }
}

fn lock(folder: &Path, host: &Host, ui: &Ui) -> Result<()> {
    let mut requirements = BTreeSet::new();
    collect(folder, &mut requirements)?;
    if requirements.is_empty() {
        return Err(Error::new(format!(
            "no layer below `{}` requires anything",
            folder.display()
        ))
        .hint("name the folder that holds the layers: scaffold template lock FOLDER"));
    }
    let requirements: Vec<String> = requirements.into_iter().collect();
    let text = refresh::closure_text(host, ui, &requirements)?;
    let path = folder.join("closure.lock");
    fs::atomic::replace(&path, text.as_bytes())?;
    ui.say(format!(
        "wrote {} for {} requirements",
        path.display(),
        requirements.len()
    ));
    Ok(())
}

/// The requirements in every `layer.toml` below a folder.
fn collect(folder: &Path, requirements: &mut BTreeSet<String>) -> Result<()> {
    for path in fs::list(folder)? {
        if path.is_dir() && !path.is_symlink() {
            collect(&path, requirements)?;
        } else if path.file_name().is_some_and(|name| name == "layer.toml") {
            let layer: DocumentMut = fs::read_text(&path)?.parse().map_err(|error| {
                Error::new(format!("`{}` is not valid TOML", path.display())).caused_by(error)
            })?;
            for key in ["requirements", "dev_requirements"] {
                let list = layer
                    .get("contribute")
                    .and_then(|it| it.get(key)?.as_array());
                let strings = list.into_iter().flatten().filter_map(|it| it.as_str());
                requirements.extend(strings.map(str::to_owned));
            }
        }
    }
    Ok(())
}
