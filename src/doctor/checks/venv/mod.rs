//! VENV: the project's virtual environment.

#[cfg(test)]
pub(crate) mod cases;
mod tracked;

use std::path::{Path, PathBuf};

use crate::doctor::check::{Check, Group, Mending, Severity};
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::{Destination, Environment};
use crate::doctor::facts::reading::Reading;
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;
use crate::python::Series;

/// A condition of this group.
const fn row(
    code: &'static str,
    severity: Severity,
    mending: Mending,
    look: fn(&Facts) -> Outcome,
    words: [&'static str; 3],
) -> Check {
    Check::of_project(Group::Venv, code, severity, mending, look, words)
}

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "VENV001",
        Severity::Error,
        Mending::Safe,
        missing,
        [
            "the project has no virtual environment",
            "without one, tools and packages come from whatever Python is first on PATH",
            "Make one in `.venv`, and install what the project's locks say.",
        ],
    ),
    row(
        "VENV002",
        Severity::Error,
        Mending::Ask,
        python_gone,
        [
            "the environment's Python leads to a file that is gone",
            "an upgrade of the Python that it was made from took that away, and nothing in the environment can start any more",
            "Make the environment again; the old one is set aside until the new one works.",
        ],
    ),
    row(
        "VENV003",
        Severity::Error,
        Mending::Ask,
        home_gone,
        [
            "the Python that the environment was made from is gone",
            "the environment takes its standard library from there",
            "Make the environment again; the old one is set aside until the new one works.",
        ],
    ),
    row(
        "VENV004",
        Severity::Error,
        Mending::Ask,
        moved,
        [
            "the environment was moved or renamed",
            "its scripts and `activate` know only the place where it was made: they fail, or work on another environment",
            "Make the environment again where it is now.",
        ],
    ),
    row(
        "VENV005",
        Severity::Error,
        Mending::Ask,
        other_python,
        [
            "the environment's Python is not the one that `pyvenv.cfg` speaks of",
            "packages are looked for in the folder of the one and run by the other",
            "Make the environment again.",
        ],
    ),
    row(
        "VENV006",
        Severity::Error,
        Mending::Ask,
        other_packages,
        [
            "the environment holds packages for another Python",
            "its Python does not see them",
            "Make the environment again.",
        ],
    ),
    row(
        "VENV007",
        Severity::Warning,
        Mending::Ask,
        sees_system,
        [
            "the environment also sees the system's packages",
            "what is missing from the locks is then found on this machine, and nowhere else",
            "Make the environment again without `--system-site-packages`.",
        ],
    ),
    row(
        "VENV009",
        Severity::Warning,
        Mending::Manual,
        another_active,
        [
            "another environment is active in this terminal",
            "`python`, `pip` and every tool that is typed here work on that one",
            "Deactivate it, or activate the project's own.",
        ],
    ),
    row(
        "VENV010",
        Severity::Warning,
        Mending::Manual,
        beside_conda,
        [
            "conda and the virtual environment are mixed",
            "each of them changes what the other one finds",
            "Deactivate one of them: `conda deactivate`.",
        ],
    ),
    row(
        "VENV011",
        Severity::Error,
        Mending::Ask,
        tracked::look,
        tracked::WORDS,
    ),
    row(
        "VENV012",
        Severity::Error,
        Mending::Ask,
        half_made,
        [
            "the environment is half made",
            "making it was stopped, or failed",
            "Make the environment again.",
        ],
    ),
    row(
        "VENV013",
        Severity::Information,
        Mending::Manual,
        long_first_line,
        [
            "the environment's path is too long, or has a space, for the first line of a script",
            "pip then writes scripts that start through a shell, which some tools do not understand",
            "Keep the project in a folder with a shorter path and without spaces.",
        ],
    ),
    row(
        "VENV015",
        Severity::Error,
        Mending::Ask,
        of_another_system,
        [
            "the environment was made on another system",
            "a Windows environment cannot be used from WSL or Linux, nor the other way round",
            "Make one for this system.",
        ],
    ),
    row(
        "VENV016",
        Severity::Information,
        Mending::Manual,
        several,
        [
            "the project has several environments",
            "editors and people take the one or the other",
            "Remove those that are not used.",
        ],
    ),
    row(
        "VENV017",
        Severity::Warning,
        Mending::Manual,
        in_synced_folder,
        [
            "the environment lies in a folder that is kept in the cloud",
            "thousands of small files are copied at each change, and links and executable bits get lost",
            "Keep the project outside of that folder.",
        ],
    ),
];

const NO_ENVIRONMENT: Outcome = Outcome::Skipped("there is no environment");

/// A check of the project's environment.
fn of_environment(facts: &Facts, look: impl Fn(&Environment) -> Outcome) -> Outcome {
    facts.environment().map_or(NO_ENVIRONMENT, look)
}

fn found(symptom: Symptom) -> Outcome {
    Outcome::of([symptom])
}

fn missing(facts: &Facts) -> Outcome {
    if facts.environment().is_some() {
        return Outcome::Healthy;
    }
    let folder = facts.project.as_deref().unwrap_or(Path::new(""));
    let lock = folder.join("requirements-dev.txt");
    let symptom = Symptom::new("there is no `.venv`").seen_in(Evidence::path(folder.join(".venv")));
    let symptom = symptom.fix(Fix::safe(
        "make `.venv` and install what the locks say",
        [Action::Environment],
    ));
    found(if lock.is_file() {
        symptom
            .next("python3 -m venv .venv")
            .next(".venv/bin/python -m pip install -r requirements.txt -r requirements-dev.txt")
    } else {
        symptom.next("python3 -m venv .venv")
    })
}

fn python_gone(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let Some(python) = environment.python() else {
            return Outcome::Skipped("the environment has no Python");
        };
        match environment.destination() {
            Some(Destination::Nowhere(place)) => found(
                Symptom::new(format!(
                    "`{}` leads to `{}`, which is not there",
                    facts.shown(&python),
                    facts.host.short(&place)
                ))
                .seen_in(Evidence::path(python).says(place.display().to_string())),
            ),
            _ => Outcome::Healthy,
        }
    })
}

fn home_gone(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| match environment.setting("home") {
        Some(home) if !Path::new(&home.value).is_dir() => found(
            Symptom::new(format!(
                "it was made from the Python in `{}`, which is not there",
                home.value
            ))
            .seen_in(Evidence::path(environment.settings_file()).line(home.line)),
        ),
        Some(_) => Outcome::Healthy,
        None => Outcome::Skipped("`pyvenv.cfg` does not say where its Python came from"),
    })
}

fn moved(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        if environment
            .setting("relocatable")
            .is_some_and(|it| it.value.eq_ignore_ascii_case("true"))
        {
            return Outcome::Healthy;
        }
        let here = &environment.folder;
        let is_elsewhere = |said: &Path| {
            let [said, here] = [said, here].map(|it| std::fs::canonicalize(it).ok());
            said.is_none() || said != here
        };
        let mut seen: Vec<(PathBuf, Evidence)> = Vec::new();
        if let Some((folder, evidence)) = said_by_activate(environment) {
            seen.push((folder, evidence));
        }
        for (script, interpreter) in environment.scripts() {
            let interpreter = Path::new(interpreter.split(" -").next().unwrap_or_default());
            let folder = interpreter.parent().and_then(Path::parent);
            let is_of_environment = interpreter
                .file_name()
                .is_some_and(|it| it.to_string_lossy().starts_with("python"))
                && interpreter.is_absolute();
            if let Some(folder) = folder.filter(|_| is_of_environment) {
                let says = interpreter.display().to_string();
                let evidence = Evidence::path(script).line(1).says(says);
                seen.push((folder.to_owned(), evidence));
            }
        }
        let Some((folder, evidence)) = seen.into_iter().find(|(folder, _)| is_elsewhere(folder))
        else {
            return Outcome::Healthy;
        };
        found(
            Symptom::new(format!(
                "it was made in `{}`, and lies in `{}`",
                facts.host.short(&folder),
                facts.host.short(here)
            ))
            .seen_in(evidence),
        )
    })
}

/// The folder that `activate` sets `VIRTUAL_ENV` to, where it names one outright.
fn said_by_activate(environment: &Environment) -> Option<(PathBuf, Evidence)> {
    let file = environment.programs.as_ref()?.join("activate");
    let text = Reading::of(&file).text();
    let (line, folder) = (1..).zip(text.lines()).find_map(|(line, text)| {
        let text = text.trim();
        let text = text.strip_prefix("export ").unwrap_or(text);
        let value = text.strip_prefix("VIRTUAL_ENV=")?.trim_matches(['"', '\'']);
        // On Cygwin, Python 3.13 has the shell work it out.
        let folder = PathBuf::from(value);
        folder.is_absolute().then_some((line, folder))
    })?;
    let says = folder.display().to_string();
    let evidence = Evidence::path(file).line(line).says(says);
    Some((folder, evidence))
}

fn other_python(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let (Some((said, setting)), Some(Destination::File(program))) =
            (environment.series(), environment.destination())
        else {
            return Outcome::Skipped("there is no Python, or no version in `pyvenv.cfg`");
        };
        let Some(real) = series_of(&program) else {
            return Outcome::Skipped("the name of its Python does not say the version");
        };
        if real == said {
            return Outcome::Healthy;
        }
        found(
            Symptom::new(format!(
                "`pyvenv.cfg` says Python {said}, and its Python is {real}"
            ))
            .seen_in(Evidence::path(environment.settings_file()).line(setting.line))
            .seen_in(Evidence::path(program)),
        )
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

fn other_packages(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let Some((series, _)) = environment.series() else {
            return Outcome::Skipped("`pyvenv.cfg` does not say which Python it is");
        };
        Outcome::of(environment.libraries.iter().filter_map(|(of, folder)| {
            let of = (*of)?;
            (of != series).then(|| {
                Symptom::new(format!(
                    "it is for Python {series}, and has packages for {of}"
                ))
                .seen_in(Evidence::path(folder.clone()))
            })
        }))
    })
}

fn sees_system(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let setting = environment.setting("include-system-site-packages");
        Outcome::of(
            setting
                .filter(|it| it.value.eq_ignore_ascii_case("true"))
                .map(|it| {
                    Symptom::new("it was made with --system-site-packages")
                        .seen_in(Evidence::path(environment.settings_file()).line(it.line))
                }),
        )
    })
}

fn another_active(facts: &Facts) -> Outcome {
    let Some(active) = facts.host.variable("VIRTUAL_ENV").map(PathBuf::from) else {
        return Outcome::Healthy;
    };
    let is_there = active.join("pyvenv.cfg").is_file();
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let own = facts.environment().map(|it| &it.folder);
    if is_there && own.is_none_or(|own| real(own) == real(&active)) {
        return Outcome::Healthy;
    }
    let shown = facts.host.short(&active);
    let symptom = if is_there {
        Symptom::new(format!("`{shown}` is active, which is not this project's"))
    } else {
        Symptom::new(format!("VIRTUAL_ENV is `{shown}`, where no environment is"))
    };
    let symptom = symptom.seen_in(Evidence::path(active)).next("deactivate");
    found(match own {
        Some(own) if !facts.host.is_windows() => {
            let activate = own.join("bin").join("activate");
            symptom.next(format!(". {}", quoted(&activate.to_string_lossy())))
        }
        _ => symptom,
    })
}

fn beside_conda(facts: &Facts) -> Outcome {
    let prefix = facts.host.variable("CONDA_PREFIX").map(PathBuf::from);
    let active = prefix.filter(|_| facts.host.variable("VIRTUAL_ENV").is_some());
    let both = active.map(|prefix| {
        Symptom::new(format!(
            "conda's `{}` and a virtual environment are active at once",
            facts.host.short(&prefix)
        ))
        .seen_in(Evidence::path(prefix))
        .next("conda deactivate")
    });
    let made = facts.environment().and_then(|environment| {
        let folder = environment.folder.join("conda-meta");
        folder.is_dir().then(|| {
            Symptom::new("conda has installed packages into the virtual environment")
                .seen_in(Evidence::path(folder))
        })
    });
    Outcome::of(both.into_iter().chain(made))
}

fn half_made(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let seen = if environment.settings.is_none() {
            "it has no `pyvenv.cfg`"
        } else if environment.python().is_none() {
            "it has no Python"
        } else if environment.libraries.is_empty() {
            "it has no folder for packages"
        } else {
            return Outcome::Healthy;
        };
        found(Symptom::new(seen).seen_in(Evidence::path(environment.folder.clone())))
    })
}

/// The longest first line that Linux takes, in bytes (execve(2)).
const LONGEST_FIRST_LINE: usize = 127;

fn long_first_line(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        if environment.is_of_windows {
            return Outcome::Skipped("programs are started otherwise on Windows");
        }
        let python = environment.folder.join("bin").join("python");
        let line = format!("#!{}", python.display());
        let seen = if line.contains(' ') {
            "its path has a space".to_owned()
        } else if line.len() > LONGEST_FIRST_LINE {
            format!("its path makes a first line of {} bytes", line.len())
        } else {
            return Outcome::Healthy;
        };
        found(Symptom::new(seen).seen_in(Evidence::path(environment.folder.clone())))
    })
}

fn of_another_system(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        if environment.programs.is_none() || environment.is_of_windows == facts.host.is_windows() {
            return Outcome::Healthy;
        }
        let (made, here) = if environment.is_of_windows {
            ("Windows", "this is not Windows")
        } else {
            ("a system other than Windows", "this is Windows")
        };
        found(
            Symptom::new(format!("it was made on {made}, and {here}"))
                .seen_in(Evidence::path(environment.folder.clone())),
        )
    })
}

fn several(facts: &Facts) -> Outcome {
    let environments = facts.environments();
    if environments.len() < 2 {
        return Outcome::Healthy;
    }
    let names: Vec<String> = environments
        .iter()
        .map(|it| format!("`{}`", facts.shown(&it.folder)))
        .collect();
    let mut symptom = Symptom::new(format!("there are {}", names.join(", ")));
    for environment in environments {
        symptom = symptom.seen_in(Evidence::path(environment.folder.clone()));
    }
    found(symptom)
}

/// Folders that a program copies to the cloud, by the beginning of their names.
const SYNCED: [&str; 6] = [
    "OneDrive",
    "Dropbox",
    "Google Drive",
    "iCloud Drive",
    "com~apple~CloudDocs",
    "Nextcloud",
];

fn in_synced_folder(facts: &Facts) -> Outcome {
    of_environment(facts, |environment| {
        let name = environment.folder.iter().find_map(|part| {
            let part = part.to_string_lossy();
            SYNCED.iter().find(|it| part.starts_with(**it))
        });
        Outcome::of(name.map(|name| {
            Symptom::new(format!("it lies in a folder of {name}"))
                .seen_in(Evidence::path(environment.folder.clone()))
        }))
    })
}
