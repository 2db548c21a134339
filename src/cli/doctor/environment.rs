//! Building the environment of a project that is there already, as a fix wants it.
//!
//! Called while a fix is done, when no `.venv` is in the way. How an environment is made is `environment`'s business; how a project of
//! another tool wants it, that tool's.

use std::path::{Path, PathBuf};

use crate::doctor::Facts;
use crate::environment::{self, Decision, EnvironmentPlan, Installer, Machine, Request, Store, Uv};
use crate::error::{Error, Result};
use crate::host::{Host, System};
use crate::platform;
use crate::process::Command;
use crate::python::version::{CEILING, FLOOR};
use crate::python::{Series, Venv};
use crate::template::catalog::Catalog;
use crate::template::layer::Kind;

/// Where a line goes that says what is being done right now.
type Note<'a> = &'a (dyn Fn(&str) + Sync);

/// Builds `.venv`, and starts its Python to see that it works.
///
/// # Errors
/// When no Python or no installer is there, or the installer fails.
pub(super) fn build(facts: &Facts, note: Note<'_>) -> Result<()> {
    let folder = facts.in_project("");
    match foreign(facts) {
        Some((tool, program)) => tool.run(&program, &facts.host, &folder, note)?,
        None => from_locks(facts, &folder, note)?,
    }
    prove(&facts.host, &folder)
}

/// A tool that keeps the project's environment by itself.
struct Tool {
    /// The file in the project that it keeps.
    lock: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    /// What makes it keep the environment in `.venv`.
    variable: (&'static str, &'static str),
}

const TOOLS: [Tool; 4] = [
    Tool {
        lock: "uv.lock",
        program: "uv",
        arguments: &["sync"],
        variable: ("UV_PROJECT_ENVIRONMENT", ".venv"),
    },
    Tool {
        lock: "poetry.lock",
        program: "poetry",
        arguments: &["install", "--no-interaction"],
        variable: ("POETRY_VIRTUALENVS_IN_PROJECT", "true"),
    },
    Tool {
        lock: "pdm.lock",
        program: "pdm",
        arguments: &["sync"],
        variable: ("PDM_VENV_IN_PROJECT", "true"),
    },
    Tool {
        lock: "Pipfile.lock",
        program: "pipenv",
        arguments: &["sync", "--dev"],
        variable: ("PIPENV_VENV_IN_PROJECT", "1"),
    },
];

/// The tool whose lock file lies in the project, where it is installed, and its program.
fn foreign(facts: &Facts) -> Option<(&'static Tool, PathBuf)> {
    let tool = TOOLS
        .iter()
        .find(|it| facts.in_project(it.lock).is_file())?;
    Some((tool, facts.host.find_program(tool.program)?))
}

impl Tool {
    fn run(&self, program: &Path, host: &Host, folder: &Path, note: Note<'_>) -> Result<()> {
        let (name, value) = self.variable;
        let command = Command::new(host, program)
            .args(self.arguments)
            .current_dir(folder)
            .keep_env(|name| !matches!(name, "VIRTUAL_ENV" | "PYTHONHOME" | "PYTHONPATH"))
            .env(name, value);
        let line = command.to_string();
        let output = command.run_reporting(|line| note(line))?;
        if output.success() {
            return Ok(());
        }
        Err(Error::new(format!("`{line}` failed")).caused_by(output.last_words(12)))
    }
}

fn from_locks(facts: &Facts, folder: &Path, note: Note<'_>) -> Result<()> {
    let host = &facts.host;
    let (uv, pyenv) = (Uv::find(host), environment::pyenv(host));
    let request = Request {
        python: series(facts)?,
        installer: Installer::Auto,
        allow_download: true,
    };
    let machine = Machine {
        interpreters: facts.interpreters(),
        uv: uv.as_ref(),
        system: System::current(host),
        pyenv: pyenv.as_deref(),
    };
    let plan = match environment::plan(request, machine) {
        Decision::Build(plan) => plan,
        Decision::Unable(unable) => {
            let error = Error::new(unable.reason);
            return Err(unable.ways.into_iter().fold(error, Error::hint));
        }
    };
    let plan = fitting(facts, plan)?;
    let locks = locks(facts);
    let pyproject = facts.pyproject();
    let name = pyproject.at(&["project", "name"]).and_then(|it| it.text());
    let project = environment::Project {
        folder,
        name: name.unwrap_or("project"),
        locks: &locks,
    };
    environment::build(host, &plan, project, Store::open(host).as_ref(), &note).map(drop)
}

/// The plan, held to what `requires-python` takes: it may be for another Python where the one that is meant is not here.
///
/// # Errors
/// When the project does not take the plan's Python.
fn fitting(facts: &Facts, mut plan: EnvironmentPlan) -> Result<EnvironmentPlan> {
    let is_wanted = |it: &EnvironmentPlan| facts.is_wanted(it.series());
    plan.otherwise = plan.otherwise.filter(|it| is_wanted(it));
    if is_wanted(&plan) {
        return Ok(plan);
    }
    Err(not_taken(facts, plan.series()))
}

fn not_taken(facts: &Facts, series: Series) -> Error {
    let wanted = facts.requires_python().map(ToString::to_string);
    Error::new(format!(
        "The project asks for Python {}, and the environment would have {series}",
        wanted.unwrap_or_default()
    ))
    .hint("see what can be installed: scaffold doctor PY001")
}

/// The Python that the project is for, of those that `requires-python` takes: as recorded when it was made, as `.python-version` says,
/// or the newest here; else the newest of all.
///
/// # Errors
/// When it takes none that environments are built with.
fn series(facts: &Facts) -> Result<Series> {
    let pyproject = facts.pyproject();
    let recorded = pyproject.at(&["tool", "scaffold", "answers", "python"]);
    let recorded = recorded.and_then(|it| it.text()?.parse().ok());
    let pinned = || {
        let text = facts.text(&facts.in_project(".python-version"))?;
        let first = text
            .lines()
            .map(str::trim)
            .find(|it| !it.is_empty() && !it.starts_with('#'))?;
        let mut numbers = first.split('.');
        let numbers = [numbers.next()?, numbers.next()?].join(".");
        numbers.parse().ok()
    };
    let newest = || {
        let mut installed = facts.interpreters().iter().map(|it| it.version.series);
        installed.find(|it| (FLOOR..=CEILING).contains(it) && facts.is_wanted(*it))
    };
    let is_wanted = |it: &Series| facts.is_wanted(*it);
    let of_any = || {
        let mut minors = (FLOOR.minor..=CEILING.minor).rev();
        minors
            .find(|minor| facts.is_wanted(Series::new(CEILING.major, *minor)))
            .map(|minor| Series::new(CEILING.major, minor))
    };
    recorded
        .filter(is_wanted)
        .or_else(|| pinned().filter(is_wanted))
        .or_else(newest)
        .or_else(of_any)
        .ok_or_else(|| not_taken(facts, CEILING))
}

/// The files that say what is installed: where the platform's layer has them, or where people keep them.
fn locks(facts: &Facts) -> Vec<String> {
    let pyproject = facts.pyproject();
    let platform = pyproject.at(&["tool", "scaffold", "answers", "platform"]);
    let place = platform.and_then(|it| {
        let catalog = Catalog::embedded();
        let layer = catalog.layer(Kind::Platform, it.text()?, None).ok()?;
        Some(platform::Facts::of(layer).ok()?.requirements)
    });
    let runtime = place.unwrap_or_else(|| "requirements.txt".to_owned());
    let others = [
        "requirements-dev.txt",
        "requirements_dev.txt",
        "dev-requirements.txt",
        "requirements/dev.txt",
    ];
    std::iter::once(runtime.as_str())
        .chain(others)
        .filter(|it| facts.in_project(it).is_file())
        .map(str::to_owned)
        .collect()
}

/// Starts the new Python.
fn prove(host: &Host, folder: &Path) -> Result<()> {
    let python = Venv::at(host, folder.join(".venv")).python();
    let output = Command::new(host, &python)
        .args([
            "-I",
            "-c",
            "import encodings, ssl, sys; sys.exit(sys.prefix == sys.base_prefix)",
        ])
        .current_dir(folder)
        .run()?;
    if output.success() {
        return Ok(());
    }
    Err(Error::new("the new environment does not work").caused_by(output.last_words(6)))
}
