//! Making `.venv` in a project that stands at its place.
//!
//! Called by `cli` with a plan. Whatever ends it, what is left is either no `.venv`, a whole one, or one that holds the file
//! [`UNFINISHED`] and that the plain commands (and the next build) replace. It must not know why this Python and this installer
//! were chosen.

use std::path::Path;
use std::time::{Duration, Instant};

use super::decision::{EnvironmentPlan, Python, Remark};
use super::provider::Job;
use super::store::{Entry, Saving, Store};
use super::surroundings::Note;
use crate::error::{Error, Kind, Result};
use crate::fs;
use crate::host::Host;
use crate::python::Venv;

/// The folder of the environment, in the project.
const FOLDER: &str = ".venv";

/// What makes a folder an environment.
const SETTINGS: &str = "pyvenv.cfg";

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
    /// What else is installed, in the words that installers take: requirements, or `-e` and a folder. Empty where the locks are all.
    pub(crate) packages: &'a [String],
}

impl Project<'_> {
    /// Whether every lock names its files by hash, as those that this program writes do. Requirements of others are installed with whatever
    /// they depend on.
    pub(super) fn is_exact(&self) -> bool {
        self.packages.is_empty()
            && self.locks.iter().all(|lock| {
                let text = fs::read(&self.folder.join(lock)).unwrap_or_default();
                let has_hash = memchr::memmem::find(&text, b"--hash=").is_some();
                // One that asks for nothing has nothing to hash.
                let asks = |line: &[u8]| !matches!(line.trim_ascii().first(), None | Some(b'#'));
                has_hash || !text.split(|it| *it == b'\n').any(asks)
            })
    }

    /// What an installer is told so that it takes nothing but what the locks name.
    pub(super) fn exactness(&self) -> &'static [&'static str] {
        if self.is_exact() {
            &["--no-deps", "--require-hashes"]
        } else {
            &[]
        }
    }

    /// `-r FILE` for every lock, and the rest.
    pub(super) fn arguments(&self) -> Vec<String> {
        let file = |it: &String| ["-r".to_owned(), it.clone()];
        let packages = self.packages.iter().cloned();
        self.locks.iter().flat_map(file).chain(packages).collect()
    }

    /// Whether there is nothing to install.
    pub(super) fn is_bare(&self) -> bool {
        self.locks.is_empty() && self.packages.is_empty()
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
    /// Whether it came ready from the store.
    pub(crate) from_store: bool,
    /// How it can be saved, where it came from an installer.
    pub(super) saving: Option<Saving>,
    /// How long it took.
    pub(crate) elapsed: Duration,
}

/// Makes the environment of a project from its locks, saying through `note` what is being done. With a store, an environment
/// of the same locks and the same Python is taken from there; hand the result to [`super::store::save`] once its gates have
/// passed.
///
/// # Errors
/// When there is a `.venv` already (an unfinished one is replaced), or the installer fails; the hints end with the plain
/// commands that do the same. Nothing is left then, unless it could not be removed.
pub(crate) fn build(
    host: &Host,
    plan: &EnvironmentPlan,
    project: Project<'_>,
    store: Option<&Store>,
    note: Note<'_>,
) -> Result<Built> {
    let started = Instant::now();
    let venv = Venv::at(host, project.folder.join(FOLDER));
    let job = Job {
        host,
        project,
        python: &plan.python,
        venv: &venv,
        note,
    };
    let store = store.filter(|_| project.is_exact());
    match attempt(plan, job, store.and_then(|it| it.entry(plan, project))) {
        Ok(origin) => {
            let (from_store, saving) = match origin {
                Origin::Store => (true, None),
                Origin::Installer(saving) => (false, saving),
            };
            Ok(Built {
                venv,
                plan: plan.clone(),
                remarks: Vec::new(),
                from_store,
                saving,
                elapsed: started.elapsed(),
            })
        }
        Err(error) => match &plan.otherwise {
            Some(otherwise) if error.kind() == Kind::Failed && !venv.root().exists() => {
                let mut built = build(host, otherwise, project, store, note)?;
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

/// Where an environment came from.
enum Origin {
    Store,
    /// With how to save it, where that is possible.
    Installer(Option<Saving>),
}

fn attempt(plan: &EnvironmentPlan, job: Job<'_>, entry: Option<Entry>) -> Result<Origin> {
    let commands = plain_commands(job.host, plan, job.project).join("\n");
    begin(job.venv, &commands)?;
    fill(plan, job, entry, &commands)
        .and_then(|origin| {
            fs::remove_file(&job.venv.root().join(UNFINISHED))?;
            Ok(origin)
        })
        .map_err(|error| {
            // Half an environment helps nobody; one that cannot be removed still says that it is half.
            drop(clear(job.venv.root()));
            error.hint(format!(
                "to make it by hand, in the project's folder:\n{commands}"
            ))
        })
}

fn fill(
    plan: &EnvironmentPlan,
    job: Job<'_>,
    entry: Option<Entry>,
    commands: &str,
) -> Result<Origin> {
    if let Some(entry) = entry.as_ref().filter(|it| it.is_there()) {
        plan.provider.create(job)?;
        if entry.restore(job.venv)? {
            return Ok(Origin::Store);
        }
        // What the store could not finish is marked as unfinished, and replaced.
        begin(job.venv, commands)?;
    }
    plan.provider.create(job)?;
    let saving = entry.and_then(|it| it.saving(job.venv));
    if !job.project.is_bare() {
        plan.provider.install(job)?;
    }
    Ok(Origin::Installer(saving))
}

/// Makes the folder, marked as unfinished from its first moment on.
fn begin(venv: &Venv, commands: &str) -> Result<()> {
    let root = venv.root();
    if is_unfinished(root) {
        clear(root)?;
    } else if std::fs::symlink_metadata(root).is_ok() {
        return Err(Error::new(format!(
            "there is an environment at `{}` already",
            root.display()
        ))
        .hint("remove it first, or keep it: nothing was changed"));
    }
    fs::create_dir(root)?;
    // uv replaces only what has this file, or nothing in it at all; an empty one makes nothing work that should not.
    fs::write_new(&root.join(SETTINGS), b"", false)?;
    let text = format!("This environment is not finished. To finish it:\n{commands}\n");
    fs::write_new(&root.join(UNFINISHED), text.as_bytes(), false)
}

/// Whether a folder is an environment that a build did not finish: it says so, or it is killed so early (or so late in
/// clearing) that it holds nothing.
fn is_unfinished(root: &Path) -> bool {
    let nothing = || {
        let settings = root.join(SETTINGS);
        let empty = std::fs::metadata(&settings).map_or(true, |it| it.len() == 0);
        let mut entries = fs::list(root).unwrap_or_default().into_iter();
        empty && entries.all(|it| it == settings)
    };
    std::fs::symlink_metadata(root).is_ok_and(|it| it.is_dir())
        && (root.join(UNFINISHED).is_file() || nothing())
}

/// Removes an unfinished environment so that, killed at any moment, what is left is one.
fn clear(root: &Path) -> Result<()> {
    let (settings, unfinished) = (root.join(SETTINGS), root.join(UNFINISHED));
    for path in fs::list(root)? {
        if path == settings || path == unfinished {
            continue;
        }
        if std::fs::symlink_metadata(&path).is_ok_and(|it| it.is_dir()) {
            fs::remove_dir_all(&path)?;
        } else {
            fs::remove_file(&path)?;
        }
    }
    fs::atomic::replace(&settings, b"")?;
    fs::remove_file(&unfinished)?;
    fs::remove_file(&settings)?;
    fs::remove_empty_dir(root)
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
