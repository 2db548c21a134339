//! The environment of a new project: decided, built, and the project proved green in it.

use std::path::Path;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::environment::{
    self, Decision, Gate, GateReport, Installer, Machine, Remark, Request, Store, System, Unable,
    Uv,
};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::project::plan::Plan;
use crate::project::source::{Sources, nearest};
use crate::python;
use crate::ui::Ui;

/// What became of the environment.
pub(super) struct Outcome {
    status: Status,
    gates: Vec<GateReport>,
}

enum Status {
    /// `--no-env`; what makes one by hand.
    LeftOut(Vec<String>),
    /// Nothing here can build one: why, and what to type once that has changed.
    Unable(Unable, Vec<String>),
    /// Built, with this Python by this installer, in so many seconds.
    Built {
        python: String,
        installer: String,
        from_store: bool,
        seconds: f64,
    },
}

/// The installer that the answers name.
///
/// # Errors
/// When there is none of that name, or it is uv and there is no uv here.
pub(super) fn installer(sources: &Sources, host: &Host) -> Result<Installer> {
    let Some((raw, origin)) = sources.get("installer") else {
        return Ok(Installer::Auto);
    };
    let text = raw.to_string();
    let installer = Installer::from_str(text.trim(), true).map_err(|_| {
        let names = ["auto", "uv", "pip"];
        let error = Error::new(format!(
            "installer `{text}` ({}) is not one of {}",
            origin.describe("installer"),
            names.join(", ")
        ));
        match nearest(&text, names) {
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
    let uv = Uv::find(host);
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
        },
    ))
}

/// What the installers need to know of a project.
fn project<'a>(plan: &'a Plan, folder: &'a Path) -> environment::Project<'a> {
    environment::Project {
        folder,
        name: &plan.answers.name,
        locks: &plan.locks,
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

impl Outcome {
    /// What to type for the environment, where it was left out.
    pub(super) fn commands(&self) -> &[String] {
        match &self.status {
            Status::LeftOut(commands) => commands,
            _ => &[],
        }
    }

    /// The outcome as data.
    pub(super) fn to_json(&self) -> Value {
        let mut value = match &self.status {
            Status::LeftOut(commands) => json!({ "status": "left-out", "commands": commands }),
            Status::Unable(unable, commands) => {
                json!({
                    "status": "unable", "reason": unable.reason, "ways": unable.ways, "commands": commands,
                })
            }
            Status::Built {
                python,
                installer,
                from_store,
                seconds,
            } => json!({
                "status": "built", "python": python, "installer": installer, "from_store": from_store,
                "seconds": seconds,
            }),
        };
        value["gates"] = self
            .gates
            .iter()
            .map(|gate| {
                json!({
                    "name": gate.name, "passed": gate.passed, "seconds": gate.elapsed.as_secs_f64(),
                    "output": gate.output, "command": gate.command,
                })
            })
            .collect();
        value
    }

    /// Fails where there is no environment though one was wanted, or a gate is not green.
    ///
    /// # Errors
    /// With what to type, or with what the tools said.
    pub(super) fn verdict(&self) -> Result<()> {
        if let Status::Unable(unable, commands) = &self.status {
            let error = Error::new(format!(
                "the project is made, but its environment is not: {}",
                unable.reason
            ));
            let error = unable.ways.iter().fold(error, Error::hint);
            return Err(error.hint(format!(
                "then, in the project's folder:\n{}",
                commands.join("\n")
            )));
        }
        let failed: Vec<&GateReport> = self.gates.iter().filter(|gate| !gate.passed).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = failed.iter().map(|gate| gate.name.as_str()).collect();
        let mut error = Error::findings(format!(
            "the project is made, but it is not green: {}",
            names.join(", ")
        ));
        for gate in failed {
            error = error.hint(format!("{}\n{}", gate.command, gate.output));
        }
        Err(error)
    }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, Status};
    use crate::environment::{GateReport, Unable};

    fn gate(name: &str, passed: bool) -> GateReport {
        GateReport {
            name: name.to_owned(),
            passed,
            output: format!("{name} said this"),
            elapsed: Duration::from_millis(1),
            command: format!(".venv/bin/python -m {name}"),
        }
    }

    #[test]
    fn a_gate_that_fails_is_exit_code_1_with_its_command_and_its_words() {
        let outcome = |gates| Outcome {
            status: Status::LeftOut(Vec::new()),
            gates,
        };
        assert!(outcome(vec![gate("black", true)]).verdict().is_ok());
        let error = outcome(vec![gate("black", true), gate("pytest", false)])
            .verdict()
            .unwrap_err();
        assert_eq!(error.exit_code(), 1);
        assert_eq!(
            error.message(),
            "the project is made, but it is not green: pytest"
        );
        assert_eq!(
            error.hints(),
            [".venv/bin/python -m pytest\npytest said this"]
        );
    }

    #[test]
    fn no_environment_where_one_was_wanted_is_exit_code_2_with_the_ways_on() {
        let unable = Unable {
            reason: "there is no Python".to_owned(),
            ways: vec!["apt install python3-venv".to_owned()],
        };
        let error = Outcome {
            status: Status::Unable(unable, vec!["python3.13 -m venv .venv".to_owned()]),
            gates: Vec::new(),
        }
        .verdict()
        .unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert_eq!(
            error.hints(),
            [
                "apt install python3-venv",
                "then, in the project's folder:\npython3.13 -m venv .venv"
            ]
        );
    }
}
