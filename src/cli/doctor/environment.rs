//! Building the environment of a project that is there already, as a fix wants it.
//!
//! Called while a fix is done, when no `.venv` is in the way. How an environment is made is `environment`'s business; how a project of
//! another tool wants it, that tool's.

use std::collections::BTreeSet;
use std::path::Path;

use crate::doctor::{Facts, Keeper};
use crate::environment::{self, Decision, EnvironmentPlan, Installer, Machine, Request, Store, Uv};
use crate::error::{Error, Result};
use crate::host::{Host, System};
use crate::process::Command;
use crate::python::version::CEILING;
use crate::python::{Series, Venv};

/// Where a line goes that says what is being done right now.
type Note<'a> = &'a (dyn Fn(&str) + Sync);

/// Builds `.venv`, starts its Python to see that it works, and looks whether it has what it was to have.
///
/// # Errors
/// When no Python or no installer is there, the installer fails, or something is missing afterwards.
pub(super) fn build(facts: &Facts, note: Note<'_>) -> Result<()> {
    let folder = facts.in_project("");
    let keeper = facts
        .keeper()
        .and_then(|keeper| Some((keeper, keeper.found(facts)?)));
    match keeper {
        Some((keeper, program)) => run(keeper, &program, &facts.host, &folder, note)?,
        None => plainly(facts, &folder, note)?,
    }
    prove(&facts.host, &folder)?;
    compare(&facts.host)
}

/// Has a tool make the environment that it keeps.
fn run(keeper: &Keeper, program: &Path, host: &Host, folder: &Path, note: Note<'_>) -> Result<()> {
    let (name, value) = keeper.variable;
    let command = Command::new(host, program)
        .args(keeper.unattended)
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

/// With uv or pip, from requirements files and what `pyproject.toml` lists.
fn plainly(facts: &Facts, folder: &Path, note: Note<'_>) -> Result<()> {
    let host = &facts.host;
    let (uv, pyenv) = (Uv::find(host), environment::pyenv(host));
    let request = Request {
        python: facts
            .series_to_build()
            .ok_or_else(|| not_taken(facts, CEILING))?,
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
    let recipe = facts.recipe();
    let pyproject = facts.pyproject();
    let name = pyproject.at(&["project", "name"]).and_then(|it| it.text());
    let project = environment::Project {
        folder,
        name: name.unwrap_or("project"),
        locks: &recipe.locks,
        packages: &recipe.packages,
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

/// Holds what is installed now to what was to be.
fn compare(host: &Host) -> Result<()> {
    let facts = Facts::around(host);
    let wanted = facts.names_to_build();
    let missing = facts.missing().into_iter();
    let missing: BTreeSet<&str> = missing
        .map(|it| it.requirement.name.as_str())
        .filter(|it| wanted.contains(*it))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing: Vec<&str> = missing.into_iter().collect();
    Err(Error::new(format!(
        "the new environment lacks {}, which the project asks for",
        missing.join(", ")
    )))
}
