//! pip as a resolver, for machines without uv: what it would install here and now, with the hash of each file.
//!
//! pip resolves for the platform and the Python that it runs on and no other, and the header of the files says so. A lock
//! that holds for all platforms and is right here is left as it is.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep508_rs::{MarkerEnvironment, MarkerTree, Requirement, VerbatimUrl, VersionOrUrl};
use serde::Deserialize;

use super::current::Current;
use super::{Locks, Narrow, Request, Upgrade, Wanted, parsed, uv};
use crate::environment::{System, surroundings};
use crate::error::{Error, Result};
use crate::fs;
use crate::fs::scratch::Scratch;
use crate::host::Host;
use crate::manifest::Manifest;
use crate::process::Command;
use crate::python::{self, Interpreter, Series, Venv};
use crate::template::closure::{Closure, Need, PYTHON_FLOOR, Package};
use crate::template::lock::{Lock, Pinned};
use crate::ui::Ui;

/// The first line above a lock that holds for one platform only.
const NARROW: &str =
    "# This file was compiled by `scaffold lock` with pip, which resolves for one platform only:";

/// A Python with a pip, to resolve with.
#[derive(Debug)]
pub(super) struct Pip {
    interpreter: Interpreter,
    wheel: Option<PathBuf>,
}

impl Pip {
    /// The best one for a project: of the version of its environment, else of the version that it is made for, else the
    /// newest.
    pub(super) fn find(host: &Host, manifest: &Manifest) -> Option<Self> {
        let floor: Series = PYTHON_FLOOR.parse().ok()?;
        let venv = Venv::at(host, manifest.folder().join(".venv"));
        let made_for = manifest.answer("python").and_then(|it| it.parse().ok());
        let preferred: Option<Series> = venv.version().map(|it| it.series).or(made_for);
        let mut found = python::interpreters(host);
        found.retain(|it| it.version.series >= floor);
        found.sort_by_key(|it| Some(it.version.series) != preferred);
        found.into_iter().find_map(|interpreter| {
            let wheel = match interpreter.pip()? {
                python::Pip::Wheel(wheel) => Some(wheel),
                python::Pip::Installed => None,
            };
            Some(Self { interpreter, wheel })
        })
    }

    /// A call of it in a folder.
    fn command(&self, host: &Host, folder: &Path) -> Command {
        let command = surroundings::command(host, &self.interpreter.path, folder);
        match &self.wheel {
            // Isolated, so that nothing in the folder is taken for a module of pip's.
            Some(wheel) => command.arg("-I").arg(wheel.join("pip")),
            None => command.args(["-m", "pip"]),
        }
    }
}

/// pip's report (<https://pip.pypa.io/en/stable/reference/installation-report/>), as far as it is needed.
#[derive(Debug, Deserialize)]
struct Report {
    environment: MarkerEnvironment,
    install: Vec<Installed>,
}

#[derive(Debug, Deserialize)]
struct Installed {
    metadata: Metadata,
    download_info: Download,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    name: String,
    version: String,
    #[serde(default)]
    requires_dist: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Download {
    archive_info: Option<Archive>,
}

#[derive(Debug, Deserialize)]
struct Archive {
    /// `sha256=…`; pip before 23 has nothing else.
    hash: Option<String>,
    #[serde(default)]
    hashes: std::collections::BTreeMap<String, String>,
}

impl Archive {
    fn sha256(&self) -> Option<&str> {
        let old = || self.hash.as_deref()?.strip_prefix("sha256=");
        self.hashes.get("sha256").map(String::as_str).or_else(old)
    }
}

/// Resolves both files together, for this platform.
pub(super) fn lock(
    host: &Host,
    ui: &Ui,
    pip: &Pip,
    request: &Request<'_>,
    wanted: &Wanted,
    current: &Current,
) -> Result<Locks> {
    for requirement in wanted.all() {
        let parsed = parsed(request.manifest, requirement)?;
        if matches!(parsed.version_or_url, Some(VersionOrUrl::Url(_))) {
            return Err(Error::new(format!(
                "`{requirement}` names an address, which only uv can lock"
            ))
            .hint(System::current(host).install_uv()));
        }
    }
    if wanted.all().next().is_none() {
        return Ok(Locks {
            runtime: Lock::default(),
            dev: Lock::default(),
            narrow: None,
        });
    }
    let report = report(host, ui, pip, request, wanted, current)?;
    let environment = &report.environment;
    let graph = Graph::new(&report)?;
    let closure = graph.closure()?;
    let part = |requirements: &[String]| {
        let here = requirements.iter().filter_map(|it| graph.here(it));
        closure
            .lock(&here.collect::<Vec<_>>())
            .map_err(|why| Error::new("cannot read pip's report").caused_by(why))
    };
    let (runtime, dev) = (part(&wanted.runtime)?, part(wanted.dev())?);
    let (old_runtime, old_dev) = current.locks();
    if holds(old_runtime, &runtime, &wanted.runtime, environment)
        && holds(old_dev, &dev, wanted.dev(), environment)
    {
        let narrow = |text: Option<&str>| text.is_some_and(|it| it.starts_with(NARROW));
        let narrow = narrow(current.runtime()) || narrow(current.dev());
        return Ok(Locks {
            runtime: old_runtime.clone(),
            dev: old_dev.clone(),
            narrow: narrow.then(|| here(environment)),
        });
    }
    Ok(Locks {
        runtime,
        dev,
        narrow: Some(here(environment)),
    })
}

/// Asks pip what it would install: with the versions that are locked where that can be, else without.
fn report(
    host: &Host,
    ui: &Ui,
    pip: &Pip,
    request: &Request<'_>,
    wanted: &Wanted,
    current: &Current,
) -> Result<Report> {
    let scratch = Scratch::new()?;
    let path = scratch.path().join("report.json");
    let leave = |pin: &Pinned| match &request.upgrade {
        Upgrade::Everything => true,
        Upgrade::Only(names) if names.contains(&pin.name) => true,
        _ => !wanted.allows(pin),
    };
    let pins = current.lines(leave);
    let constraints = scratch.write("locked.txt", &pins)?;
    let command = || {
        pip.command(host, request.manifest.folder())
            .args([
                "--disable-pip-version-check",
                "--no-input",
                "install",
                "--dry-run",
                "--ignore-installed",
                "--quiet",
                "--report",
            ])
            .arg(&path)
            .args(wanted.all())
    };
    let what = format!(
        "cannot lock what {} requires",
        request.manifest.path().display()
    );
    let pinned = command().arg("--constraint").arg(&constraints);
    if pins.is_empty() || uv::run(ui, &pinned, &what).is_err() {
        uv::run(ui, &command(), &what)?;
    }
    serde_json::from_str(&fs::read_text(&path)?)
        .map_err(|error| Error::new("cannot read pip's report").caused_by(error))
}

/// A package of the report with names normalized and markers decided.
struct Node {
    name: String,
    version: String,
    hash: String,
    edges: Vec<Edge>,
}

/// A requirement that holds here.
struct Edge {
    extra: Option<String>,
    name: String,
    extras: Vec<String>,
}

/// The report as a graph in which no marker is left.
struct Graph<'a> {
    environment: &'a MarkerEnvironment,
    nodes: Vec<Node>,
}

impl<'a> Graph<'a> {
    fn new(report: &'a Report) -> Result<Self> {
        let names: Vec<String> = report
            .install
            .iter()
            .map(|it| normal(&it.metadata.name))
            .collect();
        let mut nodes = Vec::new();
        for (installed, name) in report.install.iter().zip(&names) {
            let archive = installed.download_info.archive_info.as_ref();
            let hash = archive.and_then(Archive::sha256).ok_or_else(|| {
                Error::new(format!("pip gave no hash for `{name}`"))
                    .hint("require a released version of it, from an index or a folder of wheels")
            })?;
            let requirements = installed.metadata.requires_dist.iter();
            let requirements = requirements.filter_map(|it| Requirement::from_str(it).ok());
            nodes.push(Node {
                name: name.clone(),
                version: installed.metadata.version.clone(),
                hash: hash.to_owned(),
                edges: requirements
                    .filter_map(|it| edge(&it, &report.environment))
                    .filter(|it| names.contains(&it.name))
                    .collect(),
            });
        }
        Ok(Self {
            environment: &report.environment,
            nodes,
        })
    }

    fn closure(&self) -> Result<Closure<'_>> {
        let packages = self.nodes.iter().map(|node| Package {
            name: &node.name,
            version: &node.version,
            marker: "",
            needs: node
                .edges
                .iter()
                .map(|edge| Need {
                    extra: edge.extra.as_deref(),
                    name: &edge.name,
                    extras: edge.extras.iter().map(String::as_str).collect(),
                    version: None,
                    marker: "",
                })
                .collect(),
            hashes: vec![&node.hash],
        });
        Closure::new(packages.collect())
    }

    /// A requirement as it reads here: without its marker, and without the extras that bring nothing; `None` where it
    /// does not hold.
    fn here(&self, text: &str) -> Option<String> {
        let mut requirement = Requirement::<VerbatimUrl>::from_str(text).ok()?;
        if !requirement.marker.evaluate(self.environment, &[]) {
            return None;
        }
        requirement.marker = MarkerTree::TRUE;
        let name = requirement.name.to_string();
        let node = self.nodes.iter().find(|it| it.name == name);
        requirement.extras.retain(|extra| {
            let brought = |it: &Edge| it.extra.as_deref() == Some(extra.as_ref());
            node.is_some_and(|it| it.edges.iter().any(brought))
        });
        Some(requirement.to_string())
    }
}

/// A requirement of a package with its marker decided for this machine: it holds always, for one extra, or not at all.
fn edge(requirement: &Requirement<VerbatimUrl>, environment: &MarkerEnvironment) -> Option<Edge> {
    let marker = &requirement.marker;
    let extra = if marker.evaluate(environment, &[]) {
        None
    } else {
        let mut named = Vec::new();
        for clause in marker.to_dnf() {
            for expression in clause {
                if let pep508_rs::MarkerExpression::Extra {
                    name: pep508_rs::MarkerValueExtra::Extra(name),
                    ..
                } = expression
                {
                    named.push(name);
                }
            }
        }
        let holds =
            |it: &pep508_rs::ExtraName| marker.evaluate(environment, std::slice::from_ref(it));
        Some(named.into_iter().find(holds)?.to_string())
    };
    Some(Edge {
        extra,
        name: requirement.name.to_string(),
        extras: requirement.extras.iter().map(ToString::to_string).collect(),
    })
}

/// Whether a lock gives here exactly what pip found, file for file, and has what is required elsewhere.
fn holds(old: &Lock, new: &Lock, wanted: &[String], environment: &MarkerEnvironment) -> bool {
    let here: Vec<&Pinned> = old
        .packages()
        .iter()
        .filter(|it| it.marker.tree().evaluate(environment, &[]))
        .collect();
    let same = |(old, new): (&&Pinned, &Pinned)| {
        old.name == new.name
            && old.source == new.source
            && new.hashes.iter().all(|it| old.hashes.contains(it))
    };
    let elsewhere = |text: &String| {
        let Ok(requirement) = Requirement::<VerbatimUrl>::from_str(text) else {
            return false;
        };
        let name = requirement.name.to_string();
        let range = match &requirement.version_or_url {
            Some(VersionOrUrl::VersionSpecifier(range)) => Some(range),
            _ => None,
        };
        old.named(&name).next().is_some()
            && old.named(&name).all(|pin| match &pin.source {
                crate::template::lock::Source::Version(version) => {
                    range.is_none_or(|it| it.contains(version))
                }
                crate::template::lock::Source::Url(_) => false,
            })
    };
    here.len() == new.packages().len()
        && here.iter().zip(new.packages()).all(same)
        && wanted.iter().all(elsewhere)
}

/// This machine, as the only one that a lock holds for.
fn here(environment: &MarkerEnvironment) -> Narrow {
    let place = format!(
        "{} {} on {} {}",
        environment.platform_python_implementation(),
        environment.python_version(),
        environment.platform_system(),
        environment.platform_machine(),
    );
    let header = format!(
        "{NARROW}\n# it holds for {place}. With uv on PATH, the same command locks for all platforms:\n#    scaffold lock\n"
    );
    Narrow { place, header }
}

fn normal(name: &str) -> String {
    pep508_rs::PackageName::from_str(name).map_or_else(|_| name.to_owned(), |it| it.to_string())
}
