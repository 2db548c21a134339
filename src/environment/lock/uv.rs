//! uv as a resolver: how it is called, and quoted when it fails.
//!
//! Called by `lock`. The user's own settings of uv (indexes, sources, proxies, cache, offline) apply: it reads the project's own
//! `pyproject.toml`. Both files get versions out of one resolution, so that they can be installed together even where each alone
//! would have got newer ones. What becomes of the versions is not its business.

use std::path::{Path, PathBuf};

use super::current::Current;
use super::locks::{Locks, Part};
use super::wanted::Wanted;
use super::{DEV_GROUP, Request, Upgrade};
use crate::environment::{Uv, diagnosis, surroundings};
use crate::error::{Error, Result};
use crate::fs;
use crate::fs::scratch::Scratch;
use crate::host::Host;
use crate::manifest::FILE;
use crate::process::{Command, Output};
use crate::template::closure::PYTHON_FLOOR;
use crate::template::lock::Lock;
use crate::ui::Ui;

/// A call of uv in a folder, whose settings it reads.
pub(super) fn command(host: &Host, uv: &Uv, folder: &Path) -> Command {
    surroundings::command(host, uv.program(), folder)
}

/// `uv pip compile` as every lock needs it: for all platforms and every Python from the floor on.
pub(super) fn compile(host: &Host, uv: &Uv, folder: &Path) -> Command {
    command(host, uv, folder).args([
        "pip",
        "compile",
        "--universal",
        "--python-version",
        PYTHON_FLOOR,
        "--no-annotate",
        "--no-header",
    ])
}

/// Runs a resolver, showing its progress; `what` says in the error what it could not do.
///
/// # Errors
/// When it fails: with its own last words.
pub(super) fn run(ui: &Ui, command: &Command, what: &str) -> Result<Output> {
    let progress = ui.progress("Resolving");
    ui.detail(format!("running {command}"));
    let output = command.run_reporting(|line| progress.note(line))?;
    drop(progress);
    diagnosis::passed(output, what)
}

/// Resolves both files together, then cuts each out of that.
pub(super) fn lock(
    host: &Host,
    ui: &Ui,
    uv: &Uv,
    request: &Request<'_>,
    wanted: &Wanted,
    current: &Current,
) -> Result<Locks> {
    let scratch = Scratch::new()?;
    let folder = folder(request, &scratch)?;
    let what = format!(
        "cannot lock what {} requires",
        request.manifest.path().display()
    );
    let both = |command: Command| match wanted.dev {
        Some(_) => command.args([FILE, "--group", DEV_GROUP]),
        None => command.arg(FILE),
    };
    let together = match &request.upgrade {
        // The versions of the files that are there are uv's preferences, as those of its own output file would be.
        Upgrade::Nothing => scratch.write("locked.txt", &current.lines(|_| false))?,
        Upgrade::Everything => scratch.write("locked.txt", "")?,
        Upgrade::Only(names) => {
            let left = current.lines(|it| names.contains(&it.name));
            scratch.write("locked.txt", &left)?
        }
    };
    let command = both(compile(host, uv, &folder))
        .arg("--output-file")
        .arg(&together);
    run(ui, &command, &what)?;

    let part = |inputs: &[&str]| {
        let command = compile(host, uv, &folder)
            .args(inputs)
            .arg("--generate-hashes")
            .arg("--constraint")
            .arg(&together);
        let output = run(ui, &command, &what)?;
        let lock = Lock::parse(&String::from_utf8_lossy(&output.stdout))?;
        check_hashes(&lock)?;
        Ok::<Part, Error>(lock.into())
    };
    Ok(Locks {
        runtime: if wanted.runtime.is_empty() {
            Lock::default().into()
        } else {
            part(&[FILE])?
        },
        dev: match wanted.dev.as_deref() {
            None => None,
            Some([]) => Some(Lock::default().into()),
            Some(_) => Some(part(&["--group", DEV_GROUP])?),
        },
        remarks: Vec::new(),
    })
}

/// The folder whose `pyproject.toml` uv reads: the project's, or where its constraints are the lock itself, a copy without
/// them, since the old lock must not bind the new one.
fn folder(request: &Request<'_>, scratch: &Scratch) -> Result<PathBuf> {
    let own = request.manifest.folder();
    if !request.constraints_in_pyproject || request.manifest.constraints().is_none() {
        return Ok(own.to_owned());
    }
    scratch.write(FILE, &request.manifest.without_constraints()?)?;
    if let Some(settings) = fs::read_text_if_any(&own.join("uv.toml"))? {
        scratch.write("uv.toml", &settings)?;
    }
    Ok(scratch.path().to_owned())
}

/// What has no hash cannot be installed with `--require-hashes`.
fn check_hashes(lock: &Lock) -> Result<()> {
    match lock.packages().iter().find(|it| it.hashes.is_empty()) {
        None => Ok(()),
        Some(package) => Err(Error::new(format!(
            "`{}` cannot be locked: it has no file to take a hash of",
            package.requirement()
        ))
        .hint("require a released version, or the address of an archive (a wheel or .tar.gz): folders and repositories have no hash")),
    }
}
