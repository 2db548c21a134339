//! Making the environment: what a person types, and what the doctor offers to do; both come from the same facts.
//!
//! Called by the look functions of VENV and PY, wherever there is no environment or one that is not to be repaired by hand.

use crate::doctor::facts::Facts;
use crate::doctor::facts::building::{Recipe, can_make};
use crate::doctor::facts::environment::{ASIDE, Environment};
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::Symptom;
use crate::host::System;
use crate::process::quoted;
use crate::python::Interpreter;
use crate::python::version::{CEILING, FLOOR};

/// With what makes the environment again, the old one set aside.
pub(super) fn remade(facts: &Facts, environment: &Environment, symptom: Symptom) -> Symptom {
    // One of another name is in nobody's way.
    let is_in_the_way = environment.folder == facts.in_project(".venv");
    let symptom = if is_in_the_way {
        symptom.next(set_aside(facts, environment))
    } else {
        symptom
    };
    let symptom = typed(facts).into_iter().fold(symptom, Symptom::next);
    if !facts.can_build_environment() {
        return symptom;
    }
    let title = if is_in_the_way {
        "make the environment again, the old one set aside until the new one works".to_owned()
    } else {
        let old = facts.shown(&environment.folder);
        format!("make a new environment in `.venv`, which then counts, and not `{old}`")
    };
    symptom.fix(Fix::ask(title, [Action::Environment]))
}

/// With what makes the first one, once something else is out of the way.
pub(super) fn freed(facts: &Facts, symptom: Symptom) -> Symptom {
    let rename = if facts.host.is_windows() { "ren" } else { "mv" };
    let symptom = symptom.next(format!("{rename} .venv .venv-old"));
    typed(facts).into_iter().fold(symptom, Symptom::next)
}

/// With what makes the first one.
pub(super) fn made(facts: &Facts, symptom: Symptom) -> Symptom {
    let symptom = typed(facts).into_iter().fold(symptom, Symptom::next);
    if !facts.can_build_environment() {
        return symptom;
    }
    let keeper = facts.keeper().filter(|it| it.found(facts).is_some());
    if let Some(keeper) = keeper {
        let title = format!("make `.venv` and fill it with {}", keeper.name);
        return symptom.fix(Fix::safe(title, [Action::Environment]));
    }
    let recipe = facts.recipe();
    let build = [Action::Environment];
    let files = recipe.locks.join(" and ");
    symptom.fix(match recipe.packages.as_slice() {
        [] if files.is_empty() => Fix::safe("make `.venv`, with nothing in it", build),
        [] if recipe.is_hashed => Fix::safe("make `.venv` and install what the locks say", build),
        [] => Fix::safe(
            format!("make `.venv` and install what {files} asks for"),
            build,
        ),
        [option, _] if option == "-e" => Fix::ask(
            "make `.venv` and install the project in it, which runs its `setup.py`",
            build,
        ),
        // No lock says which versions: today's.
        _ => Fix::ask(
            "make `.venv` and install what is asked for, in the newest versions that suit",
            build,
        ),
    })
}

/// Renames the environment as the doctor does, so that it is known as one that was set aside.
fn set_aside(facts: &Facts, environment: &Environment) -> String {
    let mut names = std::iter::once(ASIDE.to_owned());
    let mut others = (2..100).map(|number| format!("{ASIDE}-{number}"));
    let is_free = |it: &String| facts.in_project(it).symlink_metadata().is_err();
    let free = names.find(is_free).or_else(|| others.find(is_free));
    let rename = if facts.host.is_windows() { "ren" } else { "mv" };
    let old = quoted(&facts.shown(&environment.folder));
    format!(
        "{rename} {old} {}",
        free.unwrap_or_else(|| ASIDE.to_owned())
    )
}

/// The commands that make `.venv` and fill it, in the project's folder.
fn typed(facts: &Facts) -> Vec<String> {
    let keeper = facts.keeper();
    if let Some(keeper) = keeper.filter(|it| !it.is_uv() || it.found(facts).is_some()) {
        return keeper.typed(facts);
    }
    let recipe = facts.recipe();
    let is_windows = facts.host.is_windows();
    let inside = if is_windows {
        r".venv\Scripts\python"
    } else {
        ".venv/bin/python"
    };
    let mut commands = Vec::new();
    let (make, install) = match facts.base_python() {
        Some(python) if can_make(python) => {
            let program = facts.typed_as(python);
            if has_ensurepip(python) {
                (
                    format!("{program} -m venv .venv"),
                    format!("{inside} -m pip install"),
                )
            } else {
                let make = format!("{program} -m venv --without-pip .venv");
                (make, format!("{program} -m pip --python .venv install"))
            }
        }
        // It is usable, and so uv is there.
        Some(python) => {
            let series = python.version.series;
            let make = format!("uv venv --python {series} .venv");
            (make, "uv pip install --python .venv".to_owned())
        }
        None => {
            let here = facts.interpreters().iter();
            let incomplete = here
                .filter(|it| it.version.release && facts.is_wanted(it.version.series))
                .find(|it| (FLOOR..=CEILING).contains(&it.version.series));
            let series = incomplete.map(|it| it.version.series);
            let Some(series) = series.or_else(|| facts.series_to_build()) else {
                return Vec::new();
            };
            let system = System::current(&facts.host);
            let complete = incomplete.and_then(|it| system.complete(it));
            let python = complete.or_else(|| system.install_python(series));
            if let Some(get) = python {
                commands.push(get);
                let program = match incomplete {
                    Some(it) => facts.typed_as(it),
                    None if is_windows => format!("py -{series}"),
                    None => format!("python{series}"),
                };
                let make = format!("{program} -m venv .venv");
                (make, format!("{inside} -m pip install"))
            } else {
                commands.push(system.install_uv());
                let make = format!("uv venv --python {series} .venv");
                (make, "uv pip install --python .venv".to_owned())
            }
        }
    };
    commands.push(make);
    commands.extend(filled(&recipe, &install));
    commands
}

/// Whether `venv` can put pip there.
fn has_ensurepip(python: &Interpreter) -> bool {
    python
        .standard_library
        .join("ensurepip")
        .join("__init__.py")
        .is_file()
}

/// Installs what the new environment is to have.
fn filled(recipe: &Recipe, install: &str) -> Option<String> {
    if recipe.locks.is_empty() && recipe.packages.is_empty() {
        return None;
    }
    let mut words = vec![install.to_owned()];
    if recipe.is_hashed {
        words.push("--require-hashes".to_owned());
    }
    words.extend(recipe.locks.iter().map(|it| format!("-r {}", quoted(it))));
    words.extend(recipe.packages.iter().map(|it| quoted(it)));
    Some(words.join(" "))
}
