//! Making `.venv` in a project that stands at its place.
//!
//! Called by `cli` with a plan. Whatever ends it, what is left is either no `.venv`, a whole one, or one that holds the file
//! [`UNFINISHED`] and that the plain commands (and the next build) replace.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::plan::{EnvironmentPlan, Python, Remark};
use super::provider::Job;
use super::surroundings::Note;
use crate::error::{Error, Kind, Result};
use crate::fs;
use crate::host::Host;
use crate::python::Venv;

/// The folder of the environment, in the project.
const FOLDER: &str = ".venv";

/// In an environment for as long as it is not whole; says what to type.
const UNFINISHED: &str = ".scaffold-unfinished";

/// What an environment is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Project<'a> {
    /// Its folder, absolute.
    pub(crate) folder: &'a Path,
    /// Its name, shown by the shell while the environment is active.
    pub(crate) name: &'a str,
    /// Its lock files, relative to the folder.
    pub(crate) locks: &'a [String],
}

impl Project<'_> {
    /// `-r FILE` for every lock.
    pub(super) fn lock_arguments(&self) -> Vec<String> {
        let file = |it: &String| ["-r".to_owned(), it.clone()];
        self.locks.iter().flat_map(file).collect()
    }
}

/// A whole environment.
#[derive(Debug)]
pub(crate) struct Built {
    /// Where it is.
    pub(crate) venv: Venv,
    /// The plan that was carried out: the one given, or the one it names for when uv cannot bring the Python.
    pub(crate) plan: EnvironmentPlan,
    /// What a person should know that the plan did not say.
    pub(crate) remarks: Vec<Remark>,
    /// How long it took.
    pub(crate) elapsed: Duration,
}

/// Makes the environment of a project from its locks, saying through `note` what is being done.
///
/// # Errors
/// When there is a `.venv` already (an unfinished one is replaced), or the installer fails; the hints end with the plain
/// commands that do the same. Nothing is left then, unless it could not be removed.
pub(crate) fn build(
    host: &Host,
    plan: &EnvironmentPlan,
    project: Project<'_>,
    note: Note<'_>,
) -> Result<Built> {
    let started = Instant::now();
    let venv = Venv::at(host, project.folder.join(FOLDER));
    match attempt(host, plan, project, &venv, note) {
        Ok(()) => Ok(Built {
            venv,
            plan: plan.clone(),
            remarks: Vec::new(),
            elapsed: started.elapsed(),
        }),
        Err(error) => match &plan.otherwise {
            Some(otherwise) if error.kind() == Kind::Failed && !venv.root().exists() => {
                let mut built = build(host, otherwise, project, note)?;
                built.remarks.splice(0..0, otherwise.remarks.clone());
                built.remarks.insert(0, could_not(&plan.python, &error));
                built.elapsed = started.elapsed();
                Ok(built)
            }
            _ => Err(error),
        },
    }
}

/// The commands that make the same environment by hand, to be typed in the project's folder; they also replace one that was
/// left unfinished.
pub(crate) fn plain_commands(
    host: &Host,
    plan: &EnvironmentPlan,
    project: Project<'_>,
) -> Vec<String> {
    plan.provider.plain_commands(host, project, &plan.python)
}

fn could_not(python: &Python, error: &Error) -> Remark {
    let causes = error.causes();
    let why = causes.first().and_then(|it| it.lines().next());
    Remark {
        warning: true,
        message: format!("could not get {python}: {}", why.unwrap_or(error.message())),
        ways: Vec::new(),
    }
}

fn attempt(
    host: &Host,
    plan: &EnvironmentPlan,
    project: Project<'_>,
    venv: &Venv,
    note: Note<'_>,
) -> Result<()> {
    let commands = plain_commands(host, plan, project).join("\n");
    let unfinished = begin(venv, &commands)?;
    let job = Job {
        host,
        project,
        python: &plan.python,
        venv,
        note,
    };
    let made = plan
        .provider
        .create(job)
        .and_then(|()| plan.provider.install(job))
        .and_then(|()| fs::remove_file(&unfinished));
    made.map_err(|error| {
        // Half an environment helps nobody; one that cannot be removed still says that it is half.
        drop(fs::remove_dir_all(venv.root()));
        error.hint(format!(
            "to make it by hand, in the project's folder:\n{commands}"
        ))
    })
}

/// Makes the folder, marked as unfinished from its first moment on.
fn begin(venv: &Venv, commands: &str) -> Result<PathBuf> {
    let root = venv.root();
    let unfinished = root.join(UNFINISHED);
    if unfinished.is_file() {
        fs::remove_dir_all(root)?;
    } else if std::fs::symlink_metadata(root).is_ok() {
        return Err(Error::new(format!(
            "there is an environment at `{}` already",
            root.display()
        ))
        .hint("remove it first, or keep it: nothing was changed"));
    }
    fs::create_dir(root)?;
    // uv replaces only what has this file; an empty one makes nothing work that should not.
    let text = format!("This environment is not finished. To finish it:\n{commands}\n");
    fs::write_new(&root.join("pyvenv.cfg"), b"", false)?;
    fs::write_new(&unfinished, text.as_bytes(), false)?;
    Ok(unfinished)
}

/// What a kill leaves behind: the folder, the folder and an environment without packages, or one with all of them, each
/// still marked.
#[cfg(test)]
pub(super) fn stopped_after(
    host: &Host,
    plan: &EnvironmentPlan,
    project: Project<'_>,
    steps: usize,
) -> Result<()> {
    let venv = Venv::at(host, project.folder.join(FOLDER));
    begin(&venv, &plain_commands(host, plan, project).join("\n"))?;
    let job = Job {
        host,
        project,
        python: &plan.python,
        venv: &venv,
        note: &|_| {},
    };
    if steps > 0 {
        plan.provider.create(job)?;
    }
    if steps > 1 {
        plan.provider.install(job)?;
    }
    Ok(())
}
