//! The environment of a new project: decided, built, and the project proved green in it.
//!
//! Called by `new`, once the project stands at its place. Whatever fails here, the files and the commit stay.

use std::path::Path;

use clap::ValueEnum;

use super::outcome::{Outcome, Status};
use crate::environment::{
    self, Decision, Gate, Installer, Machine, Python, Remark, Request, Store, Uv,
};
use crate::error::{Error, Result};
use crate::host::{Host, System};
use crate::project::plan::Plan;
use crate::project::question::INSTALLER;
use crate::project::source::{Sources, nearest};
use crate::python;
use crate::ui::Ui;

/// The installer that the answers name.
///
/// # Errors
/// When there is none of that name, or it is uv and there is no uv here.
pub(super) fn installer(sources: &Sources, host: &Host) -> Result<Installer> {
    let Some((raw, origin)) = sources.get(INSTALLER.key) else {
        return Ok(Installer::Auto);
    };
    let text = raw.to_string();
    let installer = Installer::from_str(text.trim(), true).map_err(|_| {
        let names = INSTALLER.words();
        let error = Error::new(format!(
            "installer `{text}` ({}) is not one of {}",
            origin.describe("installer"),
            names.join(", ")
        ));
        match nearest(&text, names.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        }
    })?;
    if installer == Installer::Uv && Uv::find(host).is_none() {
        return Err(Error::new(format!(
            "installer `uv` ({}) is not on this machine",
            origin.describe("installer")
        ))
        .hint(System::current(host).install_uv())
        .hint("or let pip do it: --installer pip"));
    }
    Ok(installer)
}

/// Decides how the environment of a project is built on this machine.
fn decide(
    plan: &Plan,
    installer: Installer,
    allow_download: bool,
    host: &Host,
) -> Result<Decision> {
    let python = plan.answers.python.parse().map_err(|()| {
        Error::new(format!(
            "`{}` is not a version of Python",
            plan.answers.python
        ))
    })?;
    let (uv, pyenv) = (Uv::find(host), environment::pyenv(host));
    Ok(environment::plan(
        Request {
            python,
            installer,
            allow_download,
        },
        Machine {
            interpreters: &python::interpreters(host),
            uv: uv.as_ref(),
            system: System::current(host),
            pyenv: pyenv.as_deref(),
        },
    ))
}

/// Which Python the environment will have, and by which installer, in words for a summary.
///
/// # Errors
/// When the answers name no version of Python.
pub(super) fn foreseen(
    plan: &Plan,
    installer: Installer,
    allow_download: bool,
    host: &Host,
) -> Result<(String, String)> {
    Ok(match decide(plan, installer, allow_download, host)? {
        Decision::Build(chosen) => {
            let python = match &chosen.python {
                Python::Installed(interpreter) => format!("Python {}", interpreter.version),
                Python::Downloaded(series) => format!("Python {series}, which uv downloads"),
            };
            (format!(".venv with {python}"), chosen.provider.to_string())
        }
        Decision::Unable(unable) => (format!("none: {}", unable.reason), "none".to_owned()),
    })
}

/// What the installers need to know of a project.
fn project<'a>(plan: &'a Plan, folder: &'a Path) -> environment::Project<'a> {
    environment::Project {
        folder,
        name: &plan.answers.name,
        locks: &plan.locks,
        packages: &[],
    }
}

/// What builds the environment with nothing but the project's Python, once that is there.
fn usual_commands(plan: &Plan, host: &Host) -> Vec<String> {
    let version = &plan.answers.python;
    let (python, inside) = if host.is_windows() {
        (format!("py -{version}"), r".venv\Scripts\python")
    } else {
        (format!("python{version}"), ".venv/bin/python")
    };
    let locks: Vec<String> = plan.locks.iter().map(|lock| format!("-r {lock}")).collect();
    vec![
        format!("{python} -m venv .venv"),
        format!(
            "{inside} -m pip install --require-hashes {}",
            locks.join(" ")
        ),
    ]
}

/// Leaves the environment to the user, and finds out what to type for it.
///
/// # Errors
/// When the answers name no version of Python.
pub(super) fn leave_out(
    plan: &Plan,
    folder: &Path,
    installer: Installer,
    allow_download: bool,
    host: &Host,
) -> Result<Outcome> {
    let commands = match decide(plan, installer, allow_download, host)? {
        Decision::Build(chosen) => {
            environment::plain_commands(host, &chosen, project(plan, folder))
        }
        Decision::Unable(_) => usual_commands(plan, host),
    };
    Ok(Outcome {
        status: Status::LeftOut(commands),
        gates: Vec::new(),
    })
}

/// Builds the environment and runs the project's gates in it.
///
/// # Errors
/// When the installer fails or the user interrupts; the project stands, and the hints say how to finish it.
pub(super) fn build_and_prove(
    plan: &Plan,
    folder: &Path,
    installer: Installer,
    allow_download: bool,
    host: &Host,
    ui: &Ui,
) -> Result<Outcome> {
    let chosen = match decide(plan, installer, allow_download, host)? {
        Decision::Build(chosen) => chosen,
        Decision::Unable(unable) => {
            return Ok(Outcome {
                status: Status::Unable(unable, usual_commands(plan, host)),
                gates: Vec::new(),
            });
        }
    };
    ui.detail(format!(
        "environment: {}, by {}",
        chosen.python, chosen.provider
    ));
    remark(&chosen.remarks, ui);
    let project = project(plan, folder);
    let progress = ui.progress("Building the environment");
    let store = Store::open(host);
    let built = environment::build(host, &chosen, project, store.as_ref(), &|text| {
        progress.note(text);
    });
    drop(progress);
    let built = built.map_err(|error| {
        error.hint(format!(
            "the project itself is complete: {}",
            host.short(folder)
        ))
    })?;
    remark(&built.remarks, ui);
    let (python, installer) = (
        built.plan.series().to_string(),
        built.plan.provider.to_string(),
    );
    ui.say(format!(
        "{} .venv: Python {python}, by {installer}{} {}",
        ui.talk().good.apply_to("✓ built"),
        if built.from_store {
            ", from the store"
        } else {
            ""
        },
        ui.talk().dim.apply_to(seconds(built.elapsed))
    ));
    let gates: Vec<Gate<'_>> = plan
        .gates
        .iter()
        .map(|gate| Gate {
            name: &gate.name,
            arguments: &gate.args,
        })
        .collect();
    let progress = ui.progress("Proving it green");
    let reports = environment::prove(host, &built.venv, folder, &gates);
    drop(progress);
    let reports = reports.map_err(|error| {
        gates.iter().fold(
            error.hint(format!(
                "the project and its environment are complete: {}; to prove it green:",
                host.short(folder)
            )),
            |error, gate| error.hint(format!(".venv/bin/python {}", gate.arguments.join(" "))),
        )
    })?;
    for report in &reports {
        let (mark, style) = if report.passed {
            ("✓ passed", &ui.talk().good)
        } else {
            ("✗ failed", &ui.talk().bad)
        };
        ui.say(format!(
            "{} {} {}",
            style.apply_to(mark),
            report.name,
            ui.talk().dim.apply_to(seconds(report.elapsed))
        ));
    }
    if reports.iter().all(|report| report.passed) {
        // Their first run compiled what the next project with this lock need not compile again.
        environment::store::save(&built);
    }
    Ok(Outcome {
        status: Status::Built {
            python,
            installer,
            from_store: built.from_store,
            seconds: built.elapsed.as_secs_f64(),
        },
        gates: reports,
    })
}

fn remark(remarks: &[Remark], ui: &Ui) {
    for remark in remarks {
        if remark.warning {
            ui.warn(&remark.message);
        } else {
            ui.say(&remark.message);
        }
        for way in &remark.ways {
            ui.say(format!("  {}", ui.talk().command.apply_to(way)));
        }
    }
}

fn seconds(time: std::time::Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
