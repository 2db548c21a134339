//! What is deployed and does not belong there: tools of development, and packages for another system.

use super::deployment::{evidence, is_serverless};
use super::lock::is_lock;
use super::repeated::{of_linux, without};
use crate::doctor::facts::Facts;
use crate::doctor::facts::requirements::{Encoding, Entry, File, Requirement, Source};
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// Distributions that nobody imports in production.
const TOOLS: [&str; 41] = [
    "autoflake",
    "autopep8",
    "bandit",
    "black",
    "codespell",
    "coverage",
    "flake8",
    "flake8-bugbear",
    "flake8-pyproject",
    "hypothesis",
    "ipdb",
    "ipykernel",
    "ipython",
    "isort",
    "jupyter",
    "jupyterlab",
    "mkdocs",
    "mkdocs-material",
    "mypy",
    "notebook",
    "nox",
    "pip-audit",
    "pip-tools",
    "pre-commit",
    "pycodestyle",
    "pyflakes",
    "pylint",
    "pyright",
    "pytest",
    "pytest-asyncio",
    "pytest-cov",
    "pytest-mock",
    "pytest-xdist",
    "pyupgrade",
    "ruff",
    "sphinx",
    "sphinx-rtd-theme",
    "tox",
    "twine",
    "vulture",
    "yapf",
];

/// Distributions that install on one system only, with the marker that says so. A name that ends in `-` stands for all that begin with it.
const SYSTEMS: [(&str, &str); 9] = [
    ("pywin32", "sys_platform == \"win32\""),
    ("pypiwin32", "sys_platform == \"win32\""),
    ("pywinpty", "sys_platform == \"win32\""),
    ("windows-curses", "sys_platform == \"win32\""),
    ("winrt-", "sys_platform == \"win32\""),
    ("winsdk", "sys_platform == \"win32\""),
    ("pyobjc", "sys_platform == \"darwin\""),
    ("pyobjc-", "sys_platform == \"darwin\""),
    ("rumps", "sys_platform == \"darwin\""),
];

/// REQ005.
pub(super) fn tools(facts: &Facts) -> Outcome {
    let requirements = facts.requirements();
    let declared = requirements.dependencies().filter_map(|it| {
        let name = &it.requirement.as_ref().ok()?.name;
        let is_tool = TOOLS.contains(&name.as_str());
        is_tool.then(|| {
            let file = facts.in_project("pyproject.toml");
            Symptom::new(format!("{name} is one of the project's own dependencies"))
                .seen_in(Evidence::path(file).line(it.line))
        })
    });
    // A library for tests has pytest for a dependency, and is never deployed.
    let declared = declared.filter(|_| is_serverless(facts));
    let mut symptoms: Vec<Symptom> = declared.collect();
    if let Some(deploy) = requirements.deploy() {
        for (file, entry, requirement) in deploy.requirements() {
            // In a lock, it may be what another package requires.
            if TOOLS.contains(&requirement.name.as_str())
                && file.path == deploy.path()
                && !is_lock(facts, file)
            {
                symptoms.push(moved(facts, file, entry, requirement));
            }
        }
    }
    Outcome::of(symptoms)
}

/// The symptom, with the entry moved to the file of the tools.
fn moved(facts: &Facts, file: &File, entry: &Entry, requirement: &Requirement) -> Symptom {
    let name = &requirement.name;
    let symptom = Symptom::new(format!("`{}` deploys {name}", facts.shown(&file.path)))
        .seen_in(evidence(file, entry));
    let requirements = facts.requirements();
    let dev = requirements.dev().next();
    let target = dev.map_or_else(
        || facts.in_project("requirements-dev.txt"),
        |it| it.path().to_owned(),
    );
    // A file of tools that includes this one would have it twice in between; one with hashes wants the whole to be locked again.
    let is_there = dev.is_some_and(|it| {
        let mut own = it
            .requirements()
            .filter(|(other, _, _)| other.path != file.path);
        own.any(|(_, _, it)| it.name == *name)
    });
    let is_hashed = !entry.hashes.is_empty() || dev.is_some_and(Source::is_hashed);
    let Some(taken) = without(facts, file, entry).filter(|_| !is_hashed) else {
        return symptom;
    };
    let edit = Edit::Append(entry.lines().map(str::to_owned).collect());
    let added = (!is_there).then(|| Action::edit(target.clone(), edit));
    let title = format!("move {name} to `{}`", facts.shown(&target));
    symptom.fix(Fix::ask(title, added.into_iter().chain([taken])))
}

/// REQ006.
pub(super) fn systems(facts: &Facts) -> Outcome {
    let Some(deploy) = facts.requirements().deploy() else {
        return Outcome::Skipped("there is no requirements file that is deployed");
    };
    if !is_serverless(facts) {
        return Outcome::Skipped("it is not known where the project is deployed");
    }
    Outcome::of(
        deploy
            .requirements()
            .filter_map(|(file, entry, requirement)| {
                let (_, marker) = SYSTEMS.iter().find(|(name, _)| {
                    requirement.name == *name
                        || name.ends_with('-') && requirement.name.starts_with(*name)
                })?;
                of_linux().any(|it| requirement.holds(&it, &[])).then(|| {
                    let words = format!("{} is asked for on Linux, too", requirement.name);
                    let symptom = Symptom::new(words).seen_in(evidence(file, entry));
                    match marked(file, entry, requirement, marker) {
                        Some(action) => {
                            symptom.fix(Fix::ask(format!("add the marker `{marker}`"), [action]))
                        }
                        None => symptom,
                    }
                })
            }),
    )
}

/// The change that gives an entry without a marker this one.
fn marked(file: &File, entry: &Entry, requirement: &Requirement, marker: &str) -> Option<Action> {
    if requirement.marker.is_some() || file.encoding != Encoding::Utf8 {
        return None;
    }
    let line = entry.lines().next()?;
    let place = line.find(&entry.text)?;
    let (before, rest) = line.split_at_checked(place)?;
    let after = rest.strip_prefix(entry.text.as_str())?;
    let text = &entry.text;
    let edit = Edit::Line {
        number: entry.line,
        old: line.to_owned(),
        new: Some(format!("{before}{text} ; {marker}{after}")),
    };
    Some(Action::edit(file.path.clone(), edit))
}
