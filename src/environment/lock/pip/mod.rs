//! pip as a resolver, for machines without uv: what it would install here and now, with the hash of each file.
//!
//! pip resolves for the platform and the Python that it runs on and no other. So each file is decided alone: one that is
//! right here is left as it is, one that the pinned closure can give is cut from that, for all platforms; only what is left
//! gets written for this machine, and its header says so.

mod file;
mod graph;
mod report;

use std::path::{Path, PathBuf};

use pep508_rs::{MarkerEnvironment, VersionOrUrl};

use super::closure::Cuts;
use super::current::Current;
use super::locks::{Locks, Narrow, Part};
use super::wanted::{Wanted, parsed};
use super::{DEV_FILE, Request, Upgrade, uv};
use crate::environment::surroundings;
use crate::error::{Error, Result};
use crate::fs;
use crate::fs::scratch::Scratch;
use crate::host::Host;
use crate::host::System;
use crate::manifest::Manifest;
use crate::process::Command;
use crate::python::{self, Interpreter, Series, Venv};
use crate::template::closure::PYTHON_FLOOR;
use crate::template::lock::{Lock, Pinned};
use crate::ui::Ui;

use file::File;
use graph::Graph;
use report::Report;

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

/// Resolves both files together, for this platform, and decides what each is to be.
pub(super) fn lock(
    host: &Host,
    ui: &Ui,
    pip: &Pip,
    request: &Request<'_>,
    wanted: &Wanted,
    current: &Current,
    cuts: Cuts,
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
    let (old_runtime, old_dev) = current.locks();
    let files = [
        File {
            name: request.runtime_file,
            wanted: &wanted.runtime,
            old: old_runtime,
            text: current.runtime(),
            cut: cuts.runtime,
        },
        File {
            name: DEV_FILE,
            wanted: wanted.dev(),
            old: old_dev,
            text: current.dev(),
            cut: cuts.dev,
        },
    ];
    if wanted.all().next().is_none() {
        return Ok(Locks {
            runtime: Lock::default().into(),
            dev: wanted.dev.as_ref().map(|_| Lock::default().into()),
            remarks: Vec::new(),
        });
    }
    let report = report(host, ui, pip, request, wanted, current, &files)?;
    decided(&report, &files, request, wanted)
}

/// What each file is to be after pip's report.
fn decided(
    report: &Report,
    files: &[File<'_>; 2],
    request: &Request<'_>,
    wanted: &Wanted,
) -> Result<Locks> {
    let environment = &report.environment;
    let graph = Graph::new(report)?;
    let closure = graph.closure()?;
    let found = |file: &File<'_>| {
        let here = file.wanted.iter().filter_map(|it| graph.here(it));
        closure
            .lock(&here.collect::<Vec<_>>())
            .map_err(|why| Error::new("cannot read pip's report").caused_by(why))
    };
    let [runtime, dev] = files;
    let (found_runtime, found_dev) = (found(runtime)?, found(dev)?);
    let known: Vec<&Lock> = files
        .iter()
        .flat_map(|it| it.cut.iter().chain([it.old]))
        .collect();
    let mut remarks = Vec::new();
    let mut part = |file: &File<'_>, new: &Lock, other: (&str, &Lock)| {
        let left_out = file.wanted.iter().filter(|it| graph.here(it).is_none());
        let narrow = Narrow {
            place: place(environment),
            left_out: left_out.cloned().collect(),
        };
        let mut part = file.chosen(new, narrow, environment);
        if part.narrow.is_some() && part.lock == *new {
            remarks.extend(file.disturbed(new, other, environment, &request.upgrade));
            file::widen(&mut part.lock, &known);
        }
        part
    };
    let runtime_part: Part = part(runtime, &found_runtime, (dev.name, &found_dev));
    let dev_part: Part = part(dev, &found_dev, (runtime.name, &found_runtime));
    Ok(Locks {
        runtime: runtime_part,
        dev: wanted.dev.as_ref().map(|_| dev_part),
        remarks,
    })
}

/// Asks pip what it would install: with the versions that are locked where that can be, else with those of the file that
/// needs no other, else with none.
fn report(
    host: &Host,
    ui: &Ui,
    pip: &Pip,
    request: &Request<'_>,
    wanted: &Wanted,
    current: &Current,
    files: &[File<'_>; 2],
) -> Result<Report> {
    let scratch = Scratch::new()?;
    let path = scratch.path().join("report.json");
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
    let mut done = false;
    for (number, pins) in attempts(request, wanted, current, files).iter().enumerate() {
        let constraints = scratch.write(&format!("locked-{number}.txt"), pins)?;
        let pinned = command().arg("--constraint").arg(constraints);
        done = uv::run(ui, &pinned, &what).is_ok();
        if done {
            break;
        }
    }
    if !done {
        uv::run(ui, &command(), &what)?;
    }
    serde_json::from_str(&fs::read_text(&path)?)
        .map_err(|error| Error::new("cannot read pip's report").caused_by(error))
}

/// The versions to hold pip to, from the most to the fewest, as texts of constraints; none of them is empty.
fn attempts(
    request: &Request<'_>,
    wanted: &Wanted,
    current: &Current,
    files: &[File<'_>; 2],
) -> Vec<String> {
    let leaves = |pin: &Pinned| match &request.upgrade {
        Upgrade::Everything => true,
        Upgrade::Only(names) if names.contains(&pin.name) => true,
        _ => !wanted.allows(pin),
    };
    let mut all: Vec<&Pinned> = current.pins().iter().filter(|it| !leaves(it)).collect();
    for cut in files.iter().filter_map(|it| it.cut.as_ref()) {
        let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
        let new = cut.packages().iter();
        let new: Vec<_> = new
            .filter(|it| !names.contains(&it.name.as_str()))
            .collect();
        all.extend(new);
    }
    let mut settled = files.iter().filter_map(File::settled);
    let alone = match (settled.next(), settled.next()) {
        (Some(one), None) => one.packages().iter().filter(|it| !leaves(it)).collect(),
        _ => Vec::new(),
    };
    let text =
        |pins: &[&Pinned]| -> String { pins.iter().map(|it| it.requirement() + "\n").collect() };
    let mut attempts = vec![text(&all), text(&alone)];
    attempts.dedup();
    attempts.retain(|it| !it.is_empty());
    attempts
}

/// This machine in words.
fn place(environment: &MarkerEnvironment) -> String {
    format!(
        "{} {} on {} {}",
        environment.platform_python_implementation(),
        environment.python_version(),
        environment.platform_system(),
        environment.platform_machine(),
    )
}
