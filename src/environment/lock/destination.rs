//! Where locking may write: in the project, and nowhere that a link in it leads to outside.
//!
//! Called before the first file is written, with all that will be. It must not know what is written.

use std::path::Path;

use crate::error::{Error, Result};
use crate::process::quoted;

/// Whether a file that is there, or is to be made, really lies below the project's folder.
///
/// # Errors
/// When a link leads it elsewhere, or leads nowhere.
pub(super) fn check(folder: &Path, path: &Path) -> Result<()> {
    let Ok(root) = std::fs::canonicalize(folder) else {
        // A folder that is not there has no links in it.
        return Ok(());
    };
    // The file itself, or the nearest folder that is there already.
    let there = path
        .ancestors()
        .take_while(|it| *it != folder)
        .find(|it| std::fs::symlink_metadata(it).is_ok());
    let Some(there) = there else {
        return Ok(());
    };
    let real = std::fs::canonicalize(there).ok();
    if real.as_ref().is_some_and(|it| it.starts_with(&root)) {
        return Ok(());
    }
    let name = there.strip_prefix(folder).unwrap_or(there);
    let leads = match &real {
        Some(real) => format!("leads out of the project, to `{}`", real.display()),
        None => "leads nowhere".to_owned(),
    };
    let error = Error::new(format!(
        "cannot write `{}`: the link `{}` {leads}",
        path.display(),
        name.display()
    ));
    let word = quoted(&name.to_string_lossy());
    Err(match real {
        Some(real) if real.is_file() && cfg!(unix) => error.hint(format!(
            "put a copy in the link's place, and try again: cp {word} {word}.copy && mv {word}.copy {word}"
        )),
        Some(_) => error.hint(format!(
            "put a copy in the place of the link {word}, and try again"
        )),
        None => error.hint(format!("remove the link {word}, and try again")),
    })
}
