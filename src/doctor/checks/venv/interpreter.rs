//! The Python that the environment was made from: whether it is there, and still the same.
//!
//! The look functions of VENV002, VENV003, VENV005 and VENV015.

use std::path::Path;

use super::{found, of_environment};
use crate::doctor::checks::making::remade;
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::Destination;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::Series;

pub(super) fn python_gone(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let Some(python) = environment.python() else {
            return Outcome::Skipped("the environment has no Python");
        };
        match environment.destination() {
            Some(Destination::Nowhere(place)) => found(remade(
                facts,
                environment,
                Symptom::new(format!(
                    "`{}` leads to `{}`, which is not there",
                    facts.shown(python),
                    facts.host.short(place)
                ))
                .seen_in(Evidence::path(python).says(place.display().to_string())),
            )),
            _ => Outcome::Healthy,
        }
    })
}

pub(super) fn home_gone(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| match environment.setting("home") {
        Some(home) if environment.is_home_gone() => found(remade(
            facts,
            environment,
            Symptom::new(format!(
                "it was made from the Python in `{}`, which is not there",
                home.value
            ))
            .seen_in(Evidence::path(environment.settings_file()).line(home.line)),
        )),
        Some(_) => Outcome::Healthy,
        None => Outcome::Skipped("`pyvenv.cfg` does not say where its Python came from"),
    })
}

pub(super) fn other_python(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let (Some((said, setting)), Some(Destination::File(program))) =
            (environment.series(), environment.destination())
        else {
            return Outcome::Skipped("there is no Python, or no version in `pyvenv.cfg`");
        };
        let Some(real) = series_of(program) else {
            return Outcome::Skipped("the name of its Python does not say the version");
        };
        if real == said {
            return Outcome::Healthy;
        }
        found(remade(
            facts,
            environment,
            Symptom::new(format!(
                "`pyvenv.cfg` says Python {said}, and its Python is {real}"
            ))
            .seen_in(Evidence::path(environment.settings_file()).line(setting.line))
            .seen_in(Evidence::path(program)),
        ))
    })
}

/// The series that a file's own name says, links resolved: `python3.12`.
fn series_of(program: &Path) -> Option<Series> {
    let real = std::fs::canonicalize(program).ok()?;
    let name = real.file_name()?.to_str()?;
    let mut numbers = name.strip_prefix("python")?.split('.');
    Some(Series::new(
        numbers.next()?.parse().ok()?,
        numbers.next()?.parse().ok()?,
    ))
}

pub(super) fn of_another_system(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        if environment.programs.is_none() || environment.is_of_windows == facts.host.is_windows() {
            return Outcome::Healthy;
        }
        let (made, here) = if environment.is_of_windows {
            ("Windows", "this is not Windows")
        } else {
            ("a system other than Windows", "this is Windows")
        };
        found(remade(
            facts,
            environment,
            Symptom::new(format!("it was made on {made}, and {here}"))
                .seen_in(Evidence::path(environment.folder.clone())),
        ))
    })
}
