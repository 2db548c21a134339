//! What is meant by `python` and `pip` on this machine's PATH.
//!
//! The look functions of PY005 and PY006. Only what really collides is said: that there are several Pythons is normal.

use std::path::{Path, PathBuf};

use crate::doctor::facts::Facts;
use crate::doctor::facts::reading::{beginning, names};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::{Venv, shim};

pub(super) fn collision(facts: &Facts) -> Outcome {
    Outcome::of(shadowed(facts).into_iter().chain(divided(facts)))
}

/// An environment is active, and `python` is another one's.
fn shadowed(facts: &Facts) -> Option<Symptom> {
    let active = facts.host.variable("VIRTUAL_ENV").map(PathBuf::from)?;
    if !active.join("pyvenv.cfg").is_file() {
        return None;
    }
    let programs = Venv::at(&facts.host, &active).programs();
    let typed = facts.first_on_path(&["python"])?;
    let meant = shim::program(&facts.host, &typed)?;
    if real(meant.parent()?)? == real(&programs)? {
        return None;
    }
    let shown = |path: &Path| facts.host.short(path);
    let symptom = Symptom::new(format!(
        "`{}` is active, and `python` is `{}`",
        shown(&active),
        shown(&typed)
    ));
    Some(
        symptom
            .seen_in(Evidence::path(typed).says("comes first on PATH"))
            .seen_in(Evidence::path(programs).says("is not on PATH, or later")),
    )
}

/// `pip` starts another Python than `python3` and `python` are.
fn divided(facts: &Facts) -> Option<Symptom> {
    let pip = facts.first_on_path(&["pip", "pip3"])?;
    let pythons: Vec<PathBuf> = ["python3", "python"]
        .iter()
        .filter_map(|name| facts.first_on_path(&[name]))
        .collect();
    // Side by side they are one installation's, or shims that go by the same rule.
    if pythons.is_empty() || pythons.iter().any(|it| it.parent() == pip.parent()) {
        return None;
    }
    let script = shim::program(&facts.host, &pip)?;
    let starts = interpreter(&script)?;
    let of_pip = identity(facts, &starts)?;
    let of_pythons: Vec<PathBuf> = pythons
        .iter()
        .filter_map(|it| identity(facts, &shim::program(&facts.host, it)?))
        .collect();
    if of_pythons.is_empty() || of_pythons.contains(&of_pip) {
        return None;
    }
    let python = pythons.first()?;
    let name = pip.file_name()?.to_string_lossy().into_owned();
    let python_name = python.file_name()?.to_string_lossy().into_owned();
    Some(
        Symptom::new(format!(
            "`{name}` installs for `{}`, and `{python_name}` is `{}`",
            facts.host.short(&starts),
            facts.host.short(python)
        ))
        .seen_in(
            Evidence::path(&script)
                .line(1)
                .says(starts.display().to_string()),
        )
        .seen_in(Evidence::path(python))
        .next(format!("{python_name} -m pip --version")),
    )
}

/// The interpreter in the first line of a script, where it is a Python named outright.
fn interpreter(script: &Path) -> Option<PathBuf> {
    let bytes = beginning(script, 1024);
    let line = bytes.strip_prefix(b"#!")?.split(|it| *it == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let path = PathBuf::from(line.split_whitespace().next()?);
    let name = path.file_name()?.to_str()?;
    (path.is_absolute() && name.starts_with("python") && path.is_file()).then_some(path)
}

/// What two names of one Python have in common: its environment's folder, else the file behind all links.
fn identity(facts: &Facts, program: &Path) -> Option<PathBuf> {
    match Venv::around(&facts.host, program) {
        Some(environment) => real(environment.root()),
        None => real(program),
    }
}

fn real(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(path).ok()
}

pub(super) fn store_stub(facts: &Facts) -> Outcome {
    if !facts.host.is_windows() {
        return Outcome::Skipped("there is no store of that kind here");
    }
    let folders = facts.host.path_folders();
    Outcome::of(["python.exe", "python3.exe"].iter().find_map(|name| {
        // The stub cannot be opened, only seen: it is a link of a kind of its own.
        let first = folders
            .iter()
            .map(|it| it.join(name))
            .find(|it| it.symlink_metadata().is_ok())?;
        let folder = first.parent()?;
        let is_of_store = folder
            .file_name()
            .is_some_and(|it| it.eq_ignore_ascii_case("WindowsApps"));
        let is_empty = first.symlink_metadata().is_ok_and(|it| it.len() == 0);
        // A Python that did come from the store is started by the same kind of link, and has a folder beside it.
        let is_installed = names(folder)
            .iter()
            .any(|it| it.starts_with("PythonSoftwareFoundation.Python."));
        (is_of_store && is_empty && !is_installed).then(|| {
            Symptom::new(format!("`{name}` is first found as the stub of the store"))
                .seen_in(Evidence::path(first))
        })
    }))
}
