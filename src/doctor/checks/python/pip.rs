//! pip: what it is told about where to install, and how old it is.
//!
//! The look functions of PY013 and PY016.

use super::found;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;
use crate::python::Series;

pub(super) fn user(facts: &Facts) -> Outcome {
    let Some(setting) = facts
        .pip_config()
        .of_install("user")
        .filter(|it| it.is_on())
    else {
        return Outcome::Healthy;
    };
    let symptom = Symptom::new(format!("`{}` is switched on", setting.name()));
    let symptom = setting.show(symptom);
    let symptom = match setting.unset(&facts.host) {
        Some(command) => symptom.next(command),
        None => symptom.next("pip config debug"),
    };
    // Outside of a project there is no environment that it could break.
    found(if facts.project.is_some() {
        symptom
    } else {
        symptom.severity(Severity::Warning)
    })
}

/// The oldest pip that installs what there is today: it sees wheels by PEP 600 (`manylinux_2_28`), <https://pip.pypa.io/en/stable/news/>.
const OLDEST: [u32; 2] = [20, 3];

/// The oldest pip that starts with Python 3.12, which has no `pkgutil.ImpImporter` any more.
const OLDEST_OF_3_12: [u32; 3] = [23, 1, 2];

pub(super) fn too_old(facts: &Facts) -> Outcome {
    let Some(environment) = facts.environment() else {
        return Outcome::Skipped("there is no environment");
    };
    let mut versions = environment.packages().into_iter().filter_map(|name| {
        let version = name.strip_prefix("pip-")?.strip_suffix(".dist-info")?;
        Some(version.to_owned())
    });
    let Some(version) = versions.next_back() else {
        return Outcome::Skipped("the environment has no pip");
    };
    let numbers: Vec<u32> = version.split('.').map_while(|it| it.parse().ok()).collect();
    let Some((series, _)) = environment.series() else {
        return Outcome::Skipped("`pyvenv.cfg` does not say which Python it is");
    };
    let (oldest, why) = if series >= Series::new(3, 12) {
        (
            &OLDEST_OF_3_12[..],
            "which does not start with Python 3.12 and later",
        )
    } else {
        (&OLDEST[..], "which does not see the wheels of today")
    };
    if numbers.is_empty() || numbers.as_slice() >= oldest {
        return Outcome::Healthy;
    }
    let Some(python) = environment.python() else {
        return Outcome::Skipped("the environment has no Python");
    };
    // The pip that Python brings replaces one that does not even start.
    let arguments = ["-m", "ensurepip", "--upgrade"];
    let program = python.to_string_lossy();
    let argv = std::iter::once(&*program).chain(arguments);
    let shown = quoted(&facts.shown(python));
    let folder = environment
        .libraries
        .iter()
        .map(|(_, it)| it)
        .find_map(|it| {
            let folder = it.join(format!("pip-{version}.dist-info"));
            folder.is_dir().then_some(folder)
        });
    let mut symptom = Symptom::new(format!("pip {version} is installed, {why}"));
    if let Some(folder) = folder {
        symptom = symptom.seen_in(Evidence::path(folder));
    }
    found(
        symptom
            .next(format!("{shown} {}", arguments.join(" ")))
            .fix(Fix::safe(
                "bring the environment's pip up to the one that its Python carries",
                [Action::run(argv)],
            )),
    )
}
