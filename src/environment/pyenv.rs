//! pyenv, as far as a person is told to type it.
//!
//! Called by `cli` for the hints of a plan. Nothing here starts it.

use crate::host::Host;

/// What to type for pyenv: its name, or its path where it is installed and not on PATH. `None` where there is none.
pub(crate) fn pyenv(host: &Host) -> Option<String> {
    if host.find_program("pyenv").is_some() {
        return Some("pyenv".to_owned());
    }
    let root = host
        .variable("PYENV_ROOT")
        .map(std::path::PathBuf::from)
        .or_else(|| host.home().map(|home| home.join(".pyenv")))?;
    let program = root.join("bin").join("pyenv");
    program
        .is_file()
        .then(|| crate::process::quoted(&program.to_string_lossy()))
}
