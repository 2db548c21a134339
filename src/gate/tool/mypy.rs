//! mypy, the type checker (<https://mypy.readthedocs.io/en/stable/command_line.html>). It is always shown the whole project: an error
//! may be in a file that nobody touched.

use super::names::Names;
use super::{FIVE_MINUTES, Invocation, Job, PYTHON, Tool, text};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;

pub(super) const TOOL: Tool = Tool {
    name: "mypy",
    title: "Types, by mypy",
    group: "types",
    distribution: "mypy",
    program: "mypy",
    needs: Needs::Tree,
    takes_files: false,
    can_fix: false,
    files: PYTHON,
    configuration: &["mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"],
    is_configured_below: false,
    plugins: &[],
    variables: Some(&["MYPYPATH", "MYPY_CONFIG_FILE_DIR"]),
    timeout: FIVE_MINUTES,
    invocation,
    read,
    finds: |code| code == 1,
};

fn invocation(job: &Job) -> Invocation {
    let says_what = job
        .settings
        .args
        .iter()
        .any(|argument| !argument.starts_with('-'))
        || job
            .settings
            .args
            .iter()
            .any(|it| matches!(it.as_str(), "-p" | "-m" | "-c"));
    let plain: &[&str] = if says_what || is_configured(job) {
        &[]
    } else {
        &["."]
    };
    Invocation::new(plain.iter().copied())
        .machine([
            "--show-column-numbers",
            "--show-error-codes",
            "--hide-error-context",
            "--no-pretty",
            "--no-color-output",
            "--no-error-summary",
            "--cache-dir",
        ])
        .machine([job.own_cache("mypy")])
}

/// Whether the configuration says what to check; mypy reads the first of these files that has a section of its own.
fn is_configured(job: &Job) -> bool {
    for folder in job.folders() {
        for name in TOOL.configuration {
            let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
                continue;
            };
            let head = if name.ends_with(".toml") {
                "[tool.mypy]"
            } else {
                "[mypy]"
            };
            let mut section = text.lines().map(str::trim).skip_while(|line| *line != head);
            if section.next().is_none() {
                // `.mypy.ini` and `mypy.ini` are its own even without the section.
                if name.contains("mypy") {
                    return false;
                }
                continue;
            }
            return section
                .take_while(|line| !line.starts_with('['))
                .any(|line| {
                    let key = line.split(['=', ':']).next().unwrap_or_default().trim();
                    matches!(key, "files" | "packages" | "modules")
                });
        }
    }
    false
}

/// `NAME:LINE:COLUMN: error: MESSAGE  [code]`, followed by notes of the same form.
fn read(names: &Names, output: &Output) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for line in text::lines(&output.stdout) {
        match (line.split_once(": error: "), line.split_once(": note: ")) {
            (Some((place, message)), _) => findings.push(finding(names, place, message)),
            (None, Some((_, note))) => {
                if let Some(last) = findings.last_mut() {
                    last.help.push(note.to_owned());
                }
            }
            _ => {}
        }
    }
    findings
}

fn finding(names: &Names, place: &str, message: &str) -> Finding {
    let (message, code) = match message
        .strip_suffix(']')
        .and_then(|it| it.rsplit_once("  ["))
    {
        Some((message, code)) => (message, format!("mypy/{code}")),
        None => (message, "mypy".to_owned()),
    };
    let finding = Finding::error(code, message);
    let (mut name, mut numbers) = (place, Vec::new());
    while let Some((before, number)) = name.rsplit_once(':') {
        let Ok(number) = number.parse::<u32>() else {
            break;
        };
        name = before;
        numbers.insert(0, number);
    }
    match (names.existing(name), numbers.first()) {
        (Some(path), Some(line)) => finding.in_file(&path).at(*line, numbers.get(1).copied()),
        (Some(path), None) => finding.in_file(&path),
        (None, _) => finding,
    }
}
