//! Which Python the project wants, and which one is there.
//!
//! The look functions of PY001 to PY004 and PY017.

use std::path::Path;

use super::found;
use crate::doctor::check::Severity;
use crate::doctor::checks::making::remade;
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::{Destination, Environment};
use crate::doctor::facts::upstream::Upstream;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::host::System;
use crate::python::version::{CEILING, FLOOR};
use crate::python::{Interpreter, Series};

/// Whether the environment has a Python that can be started, as far as files tell.
fn works(environment: &Environment) -> bool {
    matches!(environment.destination(), Some(Destination::File(_)))
}

pub(super) fn none_fits(facts: &Facts) -> Outcome {
    if facts.environment().is_some_and(works) {
        return Outcome::Healthy;
    }
    let interpreters = facts.interpreters();
    let fits = |it: &&Interpreter| it.version.release && facts.is_wanted(it.version.series);
    if interpreters.iter().any(|it| fits(&it)) {
        return Outcome::Healthy;
    }
    let wanted = facts.requires_python().filter(|_| !interpreters.is_empty());
    let message = match (wanted, interpreters.first()) {
        (Some(wanted), Some(newest)) => format!(
            "the project asks for Python {wanted}, and the newest one here is {}",
            newest.version
        ),
        _ => "there is no Python on PATH, nor where they are usually installed".to_owned(),
    };
    let mut symptom = Symptom::new(message);
    if let Some(said) = facts.pyproject().at(&["project", "requires-python"]) {
        let file = facts.in_project("pyproject.toml");
        symptom = symptom.seen_in(Evidence::path(file).line(said.line));
    }
    for interpreter in interpreters.iter().take(3) {
        let evidence =
            Evidence::path(&interpreter.path).says(format!("Python {}", interpreter.version));
        symptom = symptom.seen_in(evidence);
    }
    let series = newest_wanted(facts);
    found(series.map_or(symptom.clone(), |it| {
        ways_to(facts, &it.to_string(), it, symptom)
    }))
}

/// The newest series that the project allows, of those that projects are made for.
fn newest_wanted(facts: &Facts) -> Option<Series> {
    let minors = (FLOOR.minor..=CEILING.minor).rev();
    minors
        .map(|minor| Series::new(3, minor))
        .find(|it| facts.is_wanted(*it))
}

/// Adds what can be typed on this machine to get a version of Python.
fn ways_to(facts: &Facts, version: &str, series: Series, mut symptom: Symptom) -> Symptom {
    let system = System::current(&facts.host);
    let mut has_tool = false;
    for (tool, command) in [
        ("uv", "uv python install"),
        ("pyenv", "pyenv install"),
        ("mise", "mise install"),
    ] {
        if facts.has_program(tool) {
            has_tool = true;
            let of = if tool == "mise" { "python@" } else { "" };
            symptom = symptom.next(format!("{command} {of}{version}"));
        }
    }
    if let Some(command) = system.install_python(series) {
        symptom = symptom.next(command);
    }
    if has_tool {
        symptom
    } else {
        symptom.next(system.install_uv())
    }
}

pub(super) fn pin_not_installed(facts: &Facts) -> Outcome {
    let file = facts.in_project(".python-version");
    let Some(text) = facts.text(&file) else {
        return Outcome::Skipped("there is no `.python-version`");
    };
    let lines = (1..).zip(text.lines());
    let pins = lines.flat_map(|(line, text)| {
        let text = text.split('#').next().unwrap_or_default();
        text.split_whitespace().map(move |it| (line, it))
    });
    // More of them than anybody has means another kind of file.
    let pins: Vec<(u32, &str)> = pins.take(20).collect();
    if pins.is_empty() {
        return Outcome::Skipped("`.python-version` names no version");
    }
    Outcome::of(pins.into_iter().filter_map(|(line, name)| {
        let pin = Pin::read(name)?;
        // A shim of pyenv takes only what pyenv itself has.
        let of_pyenv = || facts.pyenv_has(pin.version).filter(|_| pin.has_patch);
        if of_pyenv().unwrap_or_else(|| pin.is_there(facts)) {
            return None;
        }
        let symptom = Symptom::new(format!("it names {name}, which is not installed"))
            .seen_in(Evidence::path(&file).line(line));
        let symptom = match pin.series {
            Some(series) => ways_to(facts, pin.version, series, symptom),
            None => symptom,
        };
        // uv gets what it lacks by itself; pyenv's shims take another Python.
        let brings = facts.has_program("uv") && !facts.has_program("pyenv");
        Some(if brings {
            symptom.severity(Severity::Information)
        } else {
            symptom
        })
    }))
}

/// A version as `.python-version` names it, for pyenv and for uv.
struct Pin<'a> {
    /// What is asked for: `3.12`, `3.12.4`.
    version: &'a str,
    series: Option<Series>,
    has_patch: bool,
}

impl<'a> Pin<'a> {
    /// `None` for what names no version of CPython: `system`, `pypy3.11-7.3.20`, a path, a range, an environment of pyenv.
    fn read(name: &'a str) -> Option<Self> {
        let version = ["cpython@", "cpython-", "python-"]
            .iter()
            .find_map(|it| name.strip_prefix(it))
            .unwrap_or(name);
        let numbers: Vec<Option<u8>> = version.split('.').map(|it| it.parse().ok()).collect();
        let (series, has_patch) = match numbers[..] {
            [Some(_)] => (None, false),
            [Some(major), Some(minor)] => (Some(Series::new(major, minor)), false),
            [Some(major), Some(minor), Some(_)] => (Some(Series::new(major, minor)), true),
            _ => return None,
        };
        Some(Self {
            version,
            series,
            has_patch,
        })
    }

    fn is_there(&self, facts: &Facts) -> bool {
        let fits = |it: &Interpreter| {
            if self.has_patch {
                // An installation that does not tell its patch number may be the one.
                it.version.to_string() == self.version
                    || (it.version.patch.is_none() && Some(it.version.series) == self.series)
            } else {
                self.series.is_none_or(|series| it.version.series == series)
            }
        };
        let environment = facts.environment().filter(|it| works(it));
        let series = environment.and_then(|it| it.series()).map(|(it, _)| it);
        // With an environment of that series there, the pin has done its work.
        (series.is_some() && series == self.series) || facts.interpreters().iter().any(fits)
    }
}

pub(super) fn not_wanted(facts: &Facts) -> Outcome {
    let Some(environment) = facts.environment() else {
        return Outcome::Skipped("there is no environment");
    };
    let (Some((series, setting)), Some(wanted)) = (environment.series(), facts.requires_python())
    else {
        return Outcome::Skipped("the environment or the project does not say which Python");
    };
    if facts.is_wanted(series) {
        return Outcome::Healthy;
    }
    let mut symptom = Symptom::new(format!(
        "the environment has Python {series}, and the project asks for {wanted}"
    ))
    .seen_in(Evidence::path(environment.settings_file()).line(setting.line));
    if let Some(said) = facts.pyproject().at(&["project", "requires-python"]) {
        let file = facts.in_project("pyproject.toml");
        symptom = symptom.seen_in(Evidence::path(file).line(said.line));
    }
    found(remade(facts, environment, symptom))
}

pub(super) fn past_its_end(facts: &Facts) -> Outcome {
    let Some(table) = Upstream::table() else {
        return Outcome::Skipped("the table of releases cannot be read");
    };
    let environment = facts.environment();
    let (series, place) = match (environment, facts.typed_python()) {
        (Some(environment), _) => match environment.series() {
            Some((series, _)) => (series, environment.settings_file()),
            None => return Outcome::Skipped("the environment does not say its Python"),
        },
        (None, Some(typed)) => (typed.version.series, typed.path.clone()),
        (None, None) => return Outcome::Skipped("there is no Python on PATH"),
    };
    match table.end_of_life(series) {
        Some(end) if end < facts.today() => {
            let message = format!("Python {series} has had no repairs since {end}");
            let symptom = Symptom::new(message)
                .seen_in(Evidence::path(place).says(format!("Python {series}")))
                .seen_in(Evidence::path(&table.source));
            found(symptom.by_table(facts, &table.as_of))
        }
        _ => Outcome::Healthy,
    }
}

pub(super) fn not_of_platform(facts: &Facts) -> Outcome {
    let Some(environment) = facts.environment() else {
        return Outcome::Skipped("there is no environment");
    };
    if !is_for_platform(facts) {
        return Outcome::Skipped("the project is for no platform");
    }
    let kind = implementation(environment).or_else(|| {
        let written = ["version_info", "version"]
            .iter()
            .find_map(|it| environment.setting(it))
            .filter(|it| it.value.contains(['a', 'b', 'c']) && !it.value.contains("final"));
        let base = facts.python_in_use().filter(|it| !it.version.release);
        let name = written.map(|it| it.value.clone());
        let name = name.or_else(|| base.map(|it| it.version.series.to_string()))?;
        Some(format!("a pre-release, {name}"))
    });
    let Some(kind) = kind else {
        return Outcome::Healthy;
    };
    found(remade(
        facts,
        environment,
        Symptom::new(format!("the environment's Python is {kind}"))
            .seen_in(Evidence::path(environment.settings_file())),
    ))
}

/// Whether something says that the project is deployed to a platform, all of which run CPython.
fn is_for_platform(facts: &Facts) -> bool {
    const FILES: [&str; 4] = [
        "vercel.json",
        "template.yaml",
        "serverless.yml",
        "host.json",
    ];
    facts.pyproject().at(&["tool", "scaffold"]).is_some()
        || FILES.iter().any(|it| facts.is_file(&facts.in_project(it)))
}

/// What the environment's Python is, where that is no usual CPython.
fn implementation(environment: &Environment) -> Option<String> {
    if let Some(setting) = environment.setting("implementation")
        && !setting.value.eq_ignore_ascii_case("CPython")
    {
        return Some(setting.value.clone());
    }
    let folders = environment.libraries.iter().filter_map(|(_, folder)| {
        let name = folder.parent()?.file_name()?.to_str()?;
        Some(name.to_owned())
    });
    let program = match environment.destination() {
        Some(Destination::File(it)) => it
            .file_name()
            .map(Path::new)
            .map(|it| it.display().to_string()),
        _ => None,
    };
    folders.chain(program).find_map(|name| {
        if name.starts_with("pypy") {
            Some("PyPy".to_owned())
        } else {
            let series = name.strip_prefix("python")?.strip_suffix('t')?;
            let series: Series = series.parse().ok()?;
            Some(format!("a free-threaded build of {series}"))
        }
    })
}
