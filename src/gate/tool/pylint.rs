//! Pylint, the linter that follows imports (<https://pylint.readthedocs.io/en/stable/>).

use serde_json::Value;

use super::names::Names;
use super::{FIVE_MINUTES, Invocation, Job, PYTHON, Tool, text};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;

pub(super) const TOOL: Tool = Tool {
    name: "pylint",
    title: "Lint, by Pylint",
    group: "lint",
    distribution: "pylint",
    program: "pylint",
    needs: Needs::Tree,
    takes_files: true,
    can_fix: false,
    files: PYTHON,
    configuration: &[
        "pylintrc",
        ".pylintrc",
        "pylintrc.toml",
        ".pylintrc.toml",
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
    ],
    is_configured_below: false,
    plugins: &[],
    variables: Some(&["PYLINTRC", "PYLINTHOME"]),
    timeout: FIVE_MINUTES,
    invocation,
    read,
    // A sum of what was found; 32 says that the arguments are wrong.
    finds: |code| (1..32).contains(&code),
};

fn invocation(job: &Job) -> Invocation {
    Invocation::default()
        .machine(["--output-format=json", "--reports=no", "--persistent=no"])
        .env("PYLINTHOME", job.own_cache("pylint"))
}

fn read(names: &Names, output: &Output) -> Vec<Finding> {
    let Some(Value::Array(all)) = text::json(&output.stdout) else {
        return Vec::new();
    };
    all.iter().map(|one| finding(names, one)).collect()
}

fn finding(names: &Names, one: &Value) -> Finding {
    let code = match text::member(one, "symbol") {
        "" => text::member(one, "message-id"),
        symbol => symbol,
    };
    let mut lines = text::member(one, "message").lines();
    let mut finding = Finding::error(format!("pylint/{code}"), lines.next().unwrap_or_default());
    if let Some(path) = names.locate(text::member(one, "path")) {
        finding = finding.in_file(&path);
        if let Some(line) = text::number(one, "/line", 0).filter(|line| *line > 0) {
            // It counts columns from 0.
            finding = finding.at(line, text::number(one, "/column", 1));
        }
    }
    lines.fold(finding, Finding::help)
}
