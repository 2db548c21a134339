//! What is in the environment, and what of it is missing.
//!
//! The look functions of VENV001, VENV006, VENV007, VENV008 and VENV012.

use std::path::{Path, PathBuf};

use super::{found, of_environment};
use crate::doctor::check::Severity;
use crate::doctor::checks::making::{freed, made, remade};
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::Environment;
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;

pub(super) fn missing(facts: &Facts) -> Outcome {
    if facts.environment().is_some() {
        return Outcome::Healthy;
    }
    if let Some(why) = facts.environment_elsewhere() {
        return Outcome::Skipped(why);
    }
    let folder = facts.project.as_deref().unwrap_or(Path::new(""));
    let place = folder.join(".venv");
    if place.symlink_metadata().is_ok() {
        // Whatever it is, it is not ours to put aside.
        let symptom = Symptom::new("there is a `.venv`, which is no environment");
        let symptom = symptom.seen_in(Evidence::path(place));
        return found(freed(facts, symptom));
    }
    let words = match facts.keeper() {
        Some(keeper) if keeper.found(facts).is_none() => format!(
            "there is no `.venv`, and no {} here to make it as `{}` says",
            keeper.name,
            if facts.is_file(&facts.in_project(keeper.file)) {
                keeper.file
            } else {
                "pyproject.toml"
            },
        ),
        _ => "there is no `.venv`".to_owned(),
    };
    let symptom = made(facts, Symptom::new(words).seen_in(Evidence::path(place)));
    // A machine of CI is there for one project, and many install into its Python.
    found(if facts.host.is_ci() {
        symptom.severity(Severity::Information)
    } else {
        symptom
    })
}

/// What of the environment is there and cannot be read, with why: all that is said of the rest would be wrong.
pub(super) fn unreadable(facts: &Facts) -> Option<(PathBuf, String)> {
    let environment = facts.environment()?;
    let listed = environment.libraries.iter().filter_map(|(_, folder)| {
        let error = std::fs::read_dir(folder).err()?;
        Some((folder.clone(), error.to_string()))
    });
    environment.unreadable.iter().cloned().chain(listed).next()
}

pub(super) fn half_made(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        if !environment.unreadable.is_empty() {
            return Outcome::Skipped("a part of it cannot be read");
        }
        let seen = if environment.settings.is_none() {
            "it has no `pyvenv.cfg`"
        } else if environment.python().is_none() {
            "it has no Python"
        } else if environment.libraries.is_empty() {
            "it has no folder for packages"
        } else if stopped_at_pip(environment) {
            "it has no `activate`, which `venv` writes last: it stopped while it put pip there"
        } else {
            return Outcome::Healthy;
        };
        found(remade(
            facts,
            environment,
            Symptom::new(seen).seen_in(Evidence::path(environment.folder.clone())),
        ))
    })
}

/// Whether `venv` ended where it puts pip there, which it does before it writes `activate`: on Debian without `python3-venv`, on a full disk.
fn stopped_at_pip(environment: &Environment) -> bool {
    let has_activate = environment
        .programs
        .as_ref()
        .is_some_and(|it| it.join("activate").exists());
    // Only `venv` says the command that it was made by; it does since Python 3.11.
    let command = environment.setting("command");
    let is_of_venv = command.is_some_and(|it| it.value.contains("-m venv"));
    is_of_venv && !has_activate && !is_without_by_intent(environment)
}

pub(super) fn without_pip(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let Some(python) = environment.python() else {
            return Outcome::Skipped("the environment has no Python");
        };
        if environment.is_python_gone() {
            return Outcome::Skipped("the environment's Python is gone");
        }
        if has_pip(environment) || stopped_at_pip(environment) {
            return Outcome::Healthy;
        }
        if environment.libraries.is_empty() || environment.is_of_windows != facts.host.is_windows()
        {
            return Outcome::Skipped("the environment is broken in another way");
        }
        let symptom = Symptom::new("no pip is installed in it")
            .seen_in(Evidence::path(environment.folder.clone()));
        if let Some(uv) = environment.setting("uv") {
            // Whoever makes it with uv installs with uv.
            if facts.has_program("uv") {
                return Outcome::Healthy;
            }
            let evidence = Evidence::path(environment.settings_file()).line(uv.line);
            return found(
                Symptom::new("it was made by uv, without pip, and there is no uv on PATH")
                    .seen_in(evidence)
                    .next(crate::host::System::current(&facts.host).install_uv()),
            );
        }
        if is_without_by_intent(environment) {
            return Outcome::Healthy;
        }
        let shown = quoted(&facts.shown(python));
        let python = python.to_string_lossy();
        let fix = Fix::safe(
            "put pip into the environment",
            [Action::run([&*python, "-m", "ensurepip"])],
        );
        found(symptom.next(format!("{shown} -m ensurepip")).fix(fix))
    })
}

/// Whether `venv` was told to leave pip out.
fn is_without_by_intent(environment: &Environment) -> bool {
    let command = environment.setting("command");
    command.is_some_and(|it| it.value.contains("--without-pip"))
}

fn has_pip(environment: &Environment) -> bool {
    environment
        .libraries
        .iter()
        .any(|(_, folder)| folder.join("pip").join("__init__.py").exists())
}

pub(super) fn other_packages(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let Some((series, _)) = environment.series() else {
            return Outcome::Skipped("`pyvenv.cfg` does not say which Python it is");
        };
        Outcome::of(environment.libraries.iter().filter_map(|(of, folder)| {
            let of = (*of)?;
            (of != series).then(|| {
                remade(
                    facts,
                    environment,
                    Symptom::new(format!(
                        "it is for Python {series}, and has packages for {of}"
                    ))
                    .seen_in(Evidence::path(folder.clone())),
                )
            })
        }))
    })
}

pub(super) fn sees_system(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let setting = environment.setting("include-system-site-packages");
        Outcome::of(
            setting
                .filter(|it| it.value.eq_ignore_ascii_case("true"))
                .map(|it| {
                    remade(
                        facts,
                        environment,
                        Symptom::new("it was made with --system-site-packages")
                            .seen_in(Evidence::path(environment.settings_file()).line(it.line)),
                    )
                }),
        )
    })
}
