//! What became of the environment of a new project: as data, as a verdict, and as what is left to type.
//!
//! Made by `environment`, shown by `new` at the end and in the data for programs. It only words what happened.

use serde_json::{Value, json};

use crate::environment::{GateReport, Unable};
use crate::error::{Error, Result};

/// What became of the environment.
pub(super) struct Outcome {
    /// How the building ended.
    pub(super) status: Status,
    /// What the project's own tools say of it.
    pub(super) gates: Vec<GateReport>,
}

/// What became of building it.
pub(super) enum Status {
    /// `--no-env`; what makes one by hand.
    LeftOut(Vec<String>),
    /// Nothing here can build one: why, and what to type once that has changed.
    Unable(Unable, Vec<String>),
    /// Built, with this Python by this installer, in so many seconds.
    Built {
        /// Its version.
        python: String,
        /// uv or pip.
        installer: String,
        /// Whether it was there already.
        from_store: bool,
        /// How long it took.
        seconds: f64,
    },
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
            error = error.hint(format!("{}\n{}", gate.command, ending(&gate.output)));
        }
        Err(error)
    }
}

/// How many lines of what a tool said a person gets to see.
const LAST_LINES: usize = 40;

/// The end of what a tool said: it has its summary there, and the reason scrolls away above a long story.
fn ending(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let Some(above) = lines.len().checked_sub(LAST_LINES).filter(|it| *it > 1) else {
        return output.to_owned();
    };
    format!(
        "({above} lines more above; the command shows them)\n{}",
        lines[above..].join("\n")
    )
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
    fn of_a_long_story_the_end_is_told() {
        let gate = |lines: usize| GateReport {
            output: (1..=lines)
                .map(|it| format!("line {it}"))
                .collect::<Vec<_>>()
                .join("\n"),
            ..gate("pytest", false)
        };
        let hint = |lines| {
            let outcome = Outcome {
                status: Status::LeftOut(Vec::new()),
                gates: vec![gate(lines)],
            };
            outcome.verdict().unwrap_err().hints()[0].clone()
        };
        assert!(hint(40).contains("pytest\nline 1\n"), "{}", hint(40));
        let long = hint(100);
        assert!(long.contains("pytest\n(60 lines more above"), "{long}");
        assert!(long.contains("shows them)\nline 61\n"), "{long}");
        assert!(long.ends_with("line 100"), "{long}");
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
