//! What to say when a tool is not there: which command brings it.
//!
//! Called by the job. Nothing is installed here.

use std::path::Path;

use super::Job;
use super::environment::Environment;
use crate::error::Error;
use crate::process::quoted;

/// The project has no environment.
pub(super) fn environment(job: &Job, wanted: &str) -> Error {
    let project = job.project();
    let shown = job.host.short(&project);
    let error = Error::new(format!(
        "`{shown}` has no environment (`.venv`) to run {wanted} from"
    ));
    let [make, install] = if is_there(&project, "uv.lock") {
        return error.hint(in_project(job, "uv sync"));
    } else if job.host.find_program("uv").is_some() {
        ["uv venv", "uv pip install"]
    } else if job.host.is_windows() {
        ["py -m venv .venv", r".venv\Scripts\python -m pip install"]
    } else {
        ["python3 -m venv .venv", ".venv/bin/python -m pip install"]
    };
    let what = requirements(&project).map_or_else(
        || {
            // What comes with Python itself needs no more than the environment.
            job.tool
                .filter(|tool| tool.distribution != "python")
                .map_or_else(String::new, |tool| tool.distribution.to_owned())
        },
        |file| format!("-r {file}"),
    );
    let command = if what.is_empty() {
        make.to_owned()
    } else {
        format!("{make} && {install} {what}")
    };
    error.hint(in_project(job, &command))
}

/// The environment does not have the tool.
pub(super) fn tool(job: &Job, distribution: &str, environment: &Environment) -> Error {
    let project = job.project();
    let venv = environment.venv();
    let error = Error::new(format!(
        "`{}` is not installed in `{}`",
        distribution,
        job.host.short(venv.root())
    ));
    let file = requirements(&project);
    let is_listed = file.is_some_and(|file| lists(&project.join(file), distribution));
    let what = match file {
        Some(file) if is_listed => format!("-r {file}"),
        _ => distribution.to_owned(),
    };
    let command = if is_there(&project, "uv.lock") {
        if lists(
            &project.join("uv.lock"),
            &format!("name = \"{distribution}\""),
        ) {
            "uv sync".to_owned()
        } else {
            format!("uv add --dev {what}")
        }
    } else if job.host.find_program("uv").is_some() {
        let python = job.shown(&venv.python());
        format!("uv pip install --python {} {what}", quoted(&python))
    } else {
        let python = job.shown(&venv.python());
        format!("{} -m pip install {what}", quoted(&python))
    };
    let error = error.hint(in_project(job, &command));
    if file.is_some() && !is_listed {
        return error.hint(format!(
            "to keep it: name `{distribution}` among the development requirements in `pyproject.toml`, then type `scaffold lock`"
        ));
    }
    error
}

/// The environment's own Python is gone, and with it every program that names it.
pub(super) fn python(job: &Job, environment: &Environment, error: Error) -> Error {
    let root = environment.venv().root();
    if environment.venv().python().exists() {
        return error;
    }
    Error::new(format!(
        "the environment `{}` names a Python that is not there any more",
        job.host.short(root)
    ))
    .hint("remove that folder, and make the environment anew with a Python that is there")
    .caused_by(error)
}

/// The file that says what the environment holds for development.
fn requirements(project: &Path) -> Option<&'static str> {
    [
        "requirements-dev.txt",
        "requirements/dev.txt",
        "dev-requirements.txt",
        "requirements.txt",
    ]
    .into_iter()
    .find(|file| is_there(project, file))
}

fn is_there(project: &Path, file: &str) -> bool {
    project.join(file).is_file()
}

/// Whether a line of a file begins with this, and not with a longer name.
fn lists(file: &Path, start: &str) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| {
        text.lines().any(|line| {
            line.trim().strip_prefix(start).is_some_and(|rest| {
                !rest.starts_with(|it: char| it.is_alphanumeric() || "-_.".contains(it))
            })
        })
    })
}

fn in_project(job: &Job, command: &str) -> String {
    let project = job.project();
    if project == job.host.current_dir() {
        format!("type `{command}`")
    } else {
        let folder = job.host.short(&project);
        format!("type `cd {} && {command}`", quoted(&folder))
    }
}
