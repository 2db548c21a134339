//! Locking requirements: `pyproject.toml` in, `requirements.txt` and `requirements-dev.txt` out.
//!
//! Called by `cli`. First everything is resolved, to a value; then everything is written. Versions that are locked already
//! stay where they still fit. Resolvers are tried in this order: the pinned closure that the program carries, which needs no
//! tool and no network; uv, for all platforms; pip, for this one.

mod closure;
mod current;
mod outcome;
mod pip;
pub(crate) mod refresh;
mod uv;

use pep508_rs::{Requirement, VerbatimUrl, VersionOrUrl};
use std::str::FromStr;

use super::{Installer, System, Uv};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::python::Series;
use crate::template::closure::Closure;
use crate::template::lock::{Lock, Pinned, Source, dev_command, runtime_command};
use crate::ui::Ui;

use current::Current;
pub(crate) use outcome::Outcome;

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

/// What the project requires.
#[derive(Debug)]
struct Wanted {
    runtime: Vec<String>,
    /// `None` where there is no such group.
    dev: Option<Vec<String>>,
}

impl Wanted {
    fn read(manifest: &Manifest) -> Result<Self> {
        let wanted = Self {
            runtime: manifest.dependencies()?,
            dev: manifest.group(DEV_GROUP)?,
        };
        for requirement in wanted.all() {
            parsed(manifest, requirement)?;
        }
        Ok(wanted)
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.runtime.iter().chain(self.dev.iter().flatten())
    }

    fn dev(&self) -> &[String] {
        self.dev.as_deref().unwrap_or_default()
    }

    /// The requirements on a package.
    fn on(&self, name: &str) -> Vec<Requirement<VerbatimUrl>> {
        self.all()
            .filter_map(|it| Requirement::from_str(it).ok())
            .filter(|it| it.name.to_string() == name)
            .collect()
    }

    /// Whether the project's own words allow a pin; what other packages say of it is not known here.
    fn allows(&self, pin: &Pinned) -> bool {
        self.on(&pin.name).iter().all(|requirement| {
            requirement.marker.is_disjoint(pin.marker.tree())
                || match (&requirement.version_or_url, &pin.source) {
                    (None, Source::Version(_)) => true,
                    (Some(VersionOrUrl::VersionSpecifier(range)), Source::Version(version)) => {
                        range.contains(version)
                    }
                    (Some(VersionOrUrl::Url(url)), Source::Url(pinned)) => {
                        url.to_string() == *pinned
                    }
                    _ => false,
                }
        })
    }
}

fn parsed(manifest: &Manifest, requirement: &str) -> Result<Requirement<VerbatimUrl>> {
    Requirement::from_str(requirement).map_err(|error| {
        Error::new(format!(
            "{}: `{requirement}` is no requirement: {}",
            manifest.path().display(),
            error.message
        ))
        .hint("write it as PEP 508 says, for example \"requests>=2.32\"")
    })
}

/// Both locks of a project, with what to write above them.
#[derive(Debug)]
struct Locks {
    runtime: Lock,
    dev: Lock,
    /// `None` where they hold for all platforms.
    narrow: Option<Narrow>,
}

/// That a lock holds for one machine only.
#[derive(Debug)]
struct Narrow {
    /// The machine in words: `CPython 3.12 on Linux x86_64`.
    place: String,
    /// What stands above such a lock.
    header: String,
}

impl Locks {
    /// The text of the runtime lock.
    fn runtime_text(&self, file: &str) -> String {
        match &self.narrow {
            Some(narrow) => self.runtime.text_below(&narrow.header),
            None => self.runtime.requirements_text(&runtime_command(file)),
        }
    }

    /// The text of the lock of the tools.
    fn dev_text(&self, runtime_file: &str) -> String {
        match &self.narrow {
            Some(narrow) => self.dev.text_below(&narrow.header),
            None => self
                .dev
                .requirements_text(&dev_command(runtime_file, DEV_FILE)),
        }
    }

    fn both_mut(&mut self) -> impl Iterator<Item = &mut Lock> {
        [&mut self.runtime, &mut self.dev].into_iter()
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
    Outcome::new(request, resolver, &locks, &wanted, &current)
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
    if request.upgrade == Upgrade::Nothing && special.is_none() {
        match closure::lock(pinned, wanted, current) {
            Ok(locks) => return Ok((Resolver::Closure, locks)),
            Err(why) => ui.detail(format!("not locked from the pinned closure: {why}")),
        }
    }
    if request.installer != Installer::Pip
        && let Some(uv) = Uv::find(host)
    {
        let mut locks = uv::lock(host, ui, &uv, request, wanted, current)?;
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
    let locks = pip::lock(host, ui, &pip, request, wanted, current)?;
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
        let nearest = current
            .pins()
            .iter()
            .map(|it| (strsim::jaro_winkler(&it.name, name), &it.name))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        return Err(match nearest {
            Some((_, nearest)) => error.hint(format!("scaffold lock --upgrade {nearest}")),
            None => {
                error.hint("name one of requirements.txt, or leave the name out to upgrade all")
            }
        });
    }
    Ok(())
}
