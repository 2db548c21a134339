//! `scaffold doctor` on real environments, whole and broken.

#[cfg(unix)]
mod at_once;
mod configuration;
mod distribution;
mod fix;
mod formats;
mod git;
mod healthy;
mod knowledge;
mod network;
mod platform;
mod python;
mod requirement;
mod system;
mod tool;
mod venv;
mod version;
#[cfg(unix)]
mod whole;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::runtime::tools::Python;
use crate::support::{Finished, Sandbox, run, tree};

/// A project with an environment that a real Python made, without packages.
struct Patient {
    sandbox: Sandbox,
    variables: Vec<(String, PathBuf)>,
}

impl Patient {
    fn healthy() -> Self {
        let patient = Self::without_environment();
        let mut make = Command::new(&Python::find(&[13, 12, 14, 11]).program);
        make.args(["-m", "venv", "--without-pip"]);
        let status = make.arg(patient.path(".venv")).status().unwrap();
        assert!(status.success());
        patient
    }

    fn without_environment() -> Self {
        let patient = Self {
            sandbox: Sandbox::new(),
            variables: Vec::new(),
        };
        std::fs::create_dir(patient.path("")).unwrap();
        std::fs::write(patient.path("pyproject.toml"), "[project]\nname = \"x\"\n").unwrap();
        patient
    }

    fn path(&self, below: &str) -> PathBuf {
        self.sandbox.path("project").join(below)
    }

    fn set(&mut self, name: &str, value: impl Into<PathBuf>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Replaces in a file what must be there.
    #[track_caller]
    fn edit(&self, below: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.path(below)).unwrap();
        assert!(text.contains(old), "{below}: {text}");
        std::fs::write(self.path(below), text.replace(old, new)).unwrap();
    }

    /// Runs it, and holds it to changing nothing.
    fn doctor(&self, arguments: &[&str]) -> Finished {
        let before = tree(&self.path(""), &[]);
        let finished = self.unwatched(arguments);
        assert!(
            tree(&self.path(""), &[]) == before,
            "a check changes nothing"
        );
        finished
    }

    fn unwatched(&self, arguments: &[&str]) -> Finished {
        let mut command = self.sandbox.scaffold();
        command.arg("doctor").args(arguments);
        command
            .current_dir(self.path(""))
            .envs(self.variables.clone());
        run(&mut command)
    }

    /// The state of every check, by its code.
    fn states(&self) -> BTreeMap<String, String> {
        states(&self.doctor(&["--format", "json"]))
    }

    /// The codes of what was found.
    fn found(&self) -> Vec<String> {
        self.found_of(&[])
    }

    /// The same of these codes and groups: what else is wrong with this machine is not the test's.
    fn found_of(&self, only: &[&str]) -> Vec<String> {
        let arguments = [only, &["--format", "json"]].concat();
        let states = states(&self.doctor(&arguments)).into_iter();
        let found = states.filter(|(_, state)| !matches!(state.as_str(), "healthy" | "skipped"));
        found.map(|(code, _)| code).collect()
    }
}

/// The state of every check, by its code.
fn states(said: &Finished) -> BTreeMap<String, String> {
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let checks = document["checks"].as_array().unwrap().iter();
    checks
        .map(|it| [&it["code"], &it["status"]].map(|it| it.as_str().unwrap().to_owned()))
        .map(|[code, status]| (code, status))
        .collect()
}
