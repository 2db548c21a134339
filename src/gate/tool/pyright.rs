//! Pyright, the type checker (<https://microsoft.github.io/pyright/#/command-line>). It is always shown the whole project.

use serde_json::Value;

use super::names::Names;
use super::{FIVE_MINUTES, Invocation, Job, PYTHON, Tool, text};
use crate::finding::{Finding, Severity};
use crate::gate::settings::Needs;
use crate::process::Output;

pub(super) const TOOL: Tool = Tool {
    name: "pyright",
    title: "Types, by Pyright",
    group: "types",
    distribution: "pyright",
    program: "pyright",
    needs: Needs::Tree,
    takes_files: false,
    can_fix: false,
    files: PYTHON,
    configuration: &["pyrightconfig.json", "pyproject.toml"],
    is_configured_below: false,
    plugins: &[],
    variables: Some(&[
        "PYRIGHT_PYTHON_FORCE_VERSION",
        "PYRIGHT_PYTHON_PYLANCE_VERSION",
    ]),
    timeout: FIVE_MINUTES,
    invocation,
    read,
    finds: |code| code == 1,
};

/// Where the project is laid out there is no `.venv`: it is told which Python is meant.
fn invocation(job: &Job) -> Invocation {
    let invocation = Invocation::default().machine(["--outputjson"]);
    match job.environment {
        Some(it) => {
            invocation.machine(["--pythonpath".into(), it.venv().python().into_os_string()])
        }
        None => invocation,
    }
}

fn read(names: &Names, output: &Output) -> Vec<Finding> {
    // Its launcher may have said something before.
    let start = output
        .stdout
        .iter()
        .position(|byte| *byte == b'{')
        .unwrap_or(0);
    let Some(answer) = text::json(&output.stdout[start..]) else {
        return Vec::new();
    };
    let all = answer.get("generalDiagnostics").and_then(Value::as_array);
    let spoken = all
        .into_iter()
        .flatten()
        .filter(|one| text::member(one, "severity") != "information");
    spoken.map(|one| finding(names, one)).collect()
}

fn finding(names: &Names, one: &Value) -> Finding {
    let code = match text::member(one, "rule") {
        "" => "pyright".to_owned(),
        rule => format!("pyright/{rule}"),
    };
    let mut lines = text::member(one, "message").lines();
    let mut finding = Finding::error(code, lines.next().unwrap_or_default());
    if text::member(one, "severity") == "warning" {
        finding.severity = Severity::Warning;
    }
    if let Some(path) = names.locate(text::member(one, "file")) {
        finding = finding.in_file(&path);
        // It counts both from 0.
        if let Some(line) = text::number(one, "/range/start/line", 1) {
            finding = finding.at(line, text::number(one, "/range/start/character", 1));
        }
    }
    lines.fold(finding, |finding, line| finding.help(line.trim()))
}
