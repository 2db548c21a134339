//! Locking requirements: `pyproject.toml` in, `requirements.txt` and `requirements-dev.txt` out.
//!
//! Called by `cli`. First everything is resolved, to a value; then everything is written. Versions that are locked already
//! stay where they still fit. Resolvers are tried in this order: the pinned closure that the program carries, which needs no
//! tool and no network; uv, for all platforms; pip, for this one, and only for the files that need it.

mod closure;
mod current;
mod destination;
mod locks;
mod missing;
mod outcome;
mod pip;
pub(crate) mod refresh;
mod uv;
mod wanted;

use super::{Installer, Uv};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::host::System;
use crate::manifest::Manifest;
use crate::python::Series;
use crate::template::closure::Closure;
use crate::ui::Ui;

use closure::Cuts;
use current::Current;
use locks::Locks;
pub(crate) use outcome::Outcome;
use wanted::Wanted;

/// The lock of the tools, in every project.
pub(crate) const DEV_FILE: &str = "requirements-dev.txt";

/// The dependency group that it locks.
const DEV_GROUP: &str = "dev";

/// Which locked versions to leave for the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Upgrade {
    /// None that still fits.
    Nothing,
    /// All of them.
    Everything,
    /// Those of these packages.
    Only(Vec<String>),
}

/// What to lock, and how.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The project.
    pub(crate) manifest: &'a Manifest,
    /// Where the runtime lock lies, relative to the project's folder, with `/`.
    pub(crate) runtime_file: &'a str,
    /// Whether the runtime lock also stands in `pyproject.toml`, because the platform's builder reads only that.
    pub(crate) constraints_in_pyproject: bool,
    /// What to upgrade.
    pub(crate) upgrade: Upgrade,
    /// Who resolves.
    pub(crate) installer: Installer,
}

/// Where the versions came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolver {
    /// The closure that the program carries.
    Closure,
    /// uv's universal resolver.
    Uv,
    /// pip's report.
    Pip,
}

impl Resolver {
    /// Its name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Closure => "closure",
            Self::Uv => "uv",
            Self::Pip => "pip",
        }
    }
}

/// Finds the versions that the project asks for and says what that changes. Writes nothing.
///
/// # Errors
/// When `pyproject.toml` asks for what cannot be had, or nothing on this machine can resolve it.
pub(crate) fn resolve(
    host: &Host,
    ui: &Ui,
    pinned: &Closure<'_>,
    request: &Request<'_>,
) -> Result<Outcome> {
    let wanted = Wanted::read(request.manifest)?;
    let current = Current::read(request.manifest.folder(), request.runtime_file)?;
    check_names(&request.upgrade, &wanted, &current)?;
    let (resolver, locks) = lock(host, ui, pinned, request, &wanted, &current)?;
    Outcome::new(request, resolver, locks, &current)
}

fn lock(
    host: &Host,
    ui: &Ui,
    pinned: &Closure<'_>,
    request: &Request<'_>,
    wanted: &Wanted,
    current: &Current,
) -> Result<(Resolver, Locks)> {
    let special = special_setting(request);
    let mut cuts = Cuts::default();
    if request.upgrade == Upgrade::Nothing && special.is_none() {
        cuts = closure::cut(pinned, wanted, current, |why| {
            ui.detail(format!("not locked from the pinned closure: {why}"));
        });
        match cuts {
            Cuts {
                runtime: Some(runtime),
                dev: Some(dev),
            } => {
                let locks = Locks {
                    runtime: runtime.into(),
                    dev: wanted.dev.as_ref().map(|_| dev.into()),
                    remarks: Vec::new(),
                };
                return Ok((Resolver::Closure, locks));
            }
            some => cuts = some,
        }
    }
    let explained = |error: Error| {
        let closure = pinned.packages().iter().map(|it| it.name);
        let locked = current.pins().iter().map(|it| it.name.as_str());
        let known: Vec<&str> = closure.chain(locked).collect();
        missing::explained(error, request.manifest, wanted, &known)
    };
    if request.installer != Installer::Pip
        && let Some(uv) = Uv::find(host)
    {
        let mut locks = uv::lock(host, ui, &uv, request, wanted, current).map_err(explained)?;
        if request.upgrade != Upgrade::Everything {
            current.keep_hashes(&mut locks);
        }
        return Ok((Resolver::Uv, locks));
    }
    let get_uv = || System::current(host).install_uv();
    if request.installer == Installer::Uv {
        return Err(Error::new("there is no uv").hint(get_uv()));
    }
    if let Some(key) = special {
        return Err(
            Error::new(format!("[tool.uv] {key} needs uv, and uv is not used"))
                .hint(get_uv())
                .hint(format!(
                    "or take `{key}` out of {}",
                    request.manifest.path().display()
                )),
        );
    }
    let pip = pip::Pip::find(host, request.manifest).ok_or_else(|| {
        Error::new("there is neither uv nor a Python 3.11 or later with pip")
            .hint(get_uv())
            .hint(
                System::current(host)
                    .install_some_python(Series::new(3, 13))
                    .unwrap_or_else(|| "install a Python with pip".to_owned()),
            )
    })?;
    let locks = pip::lock(host, ui, &pip, request, wanted, current, cuts).map_err(explained)?;
    Ok((Resolver::Pip, locks))
}

/// A setting of uv that decides versions, so that neither the closure nor pip gives what uv would.
fn special_setting(request: &Request<'_>) -> Option<&'static str> {
    let ours = request.constraints_in_pyproject;
    [
        ("constraint-dependencies", ours),
        ("override-dependencies", false),
        ("exclude-dependencies", false),
        ("sources", false),
    ]
    .into_iter()
    .find(|(key, ours)| !ours && request.manifest.uv_setting(key).is_some())
    .map(|(key, _)| key)
}

/// A name in `--upgrade` that nothing requires is a mistake.
fn check_names(upgrade: &Upgrade, wanted: &Wanted, current: &Current) -> Result<()> {
    let Upgrade::Only(names) = upgrade else {
        return Ok(());
    };
    for name in names {
        let locked = current.pins().iter().any(|it| it.name == *name);
        if locked || !wanted.on(name).is_empty() {
            continue;
        }
        let error = Error::new(format!("`{name}` is not among the locked packages"));
        let locked = current.pins().iter().map(|it| it.name.as_str());
        let error = match missing::nearest(name, locked) {
            Some(nearest) => error.hint(format!("scaffold lock --upgrade {nearest}")),
            None => error,
        };
        return Err(error.hint("scaffold lock --upgrade    # the newest of all packages"));
    }
    Ok(())
}
