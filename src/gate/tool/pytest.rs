//! pytest, which runs the tests (<https://docs.pytest.org/en/stable/reference/exit-codes.html>).

use super::names::Names;
use super::{FIVE_MINUTES, Invocation, Job, Tool, text};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;
use crate::repo_path::RepoPath;

pub(super) const TOOL: Tool = Tool {
    name: "pytest",
    title: "Tests, by pytest",
    group: "tests",
    distribution: "pytest",
    program: "pytest",
    needs: Needs::Tree,
    takes_files: false,
    can_fix: false,
    files: &["**"],
    configuration: &[
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        ".pytest.toml",
        "pyproject.toml",
        "tox.ini",
        "setup.cfg",
    ],
    is_configured_below: false,
    plugins: &["pytest11"],
    variables: None,
    timeout: FIVE_MINUTES,
    invocation,
    read,
    // 1: tests failed; 2: some could not be collected; 5: there are none.
    finds: |code| matches!(code, 1 | 2 | 5),
};

fn invocation(job: &Job) -> Invocation {
    let mut cache = std::ffi::OsString::from("cache_dir=");
    cache.push(job.own_cache("pytest"));
    Invocation::default()
        .machine(["-rfE", "--color=no", "-o"])
        .machine([cache])
}

/// The short summary: `FAILED tests/test_a.py::test_x - what`, `ERROR tests/test_b.py - what`.
fn read(names: &Names, output: &Output) -> Vec<Finding> {
    let lines = text::lines(&output.stdout);
    if output.code == Some(5) {
        return vec![Finding::error("pytest/no-tests", "pytest found no tests")];
    }
    let summary = lines
        .iter()
        .rposition(|line| line.contains(" short test summary info "));
    let Some(summary) = summary else {
        return Vec::new();
    };
    let (told, summary) = lines.split_at(summary);
    summary
        .iter()
        .filter_map(|line| finding(names, told, line))
        .collect()
}

fn finding(names: &Names, told: &[String], line: &str) -> Option<Finding> {
    let (test, what, said) = if let Some(rest) = line.strip_prefix("FAILED ") {
        let (test, said) = split(rest);
        (test, "failed", said)
    } else {
        let (test, said) = split(line.strip_prefix("ERROR ")?);
        (test, "could not be run", said)
    };
    let (file, name) = test.split_once("::").unwrap_or((test, ""));
    let path = names.existing(file)?;
    let subject = if name.is_empty() { file } else { name };
    let message = match said {
        "" => format!("{subject} {what}"),
        said => format!("{subject} {what}: {said}"),
    };
    let finding = Finding::error("pytest", message).in_file(&path);
    Some(match place(names, told, file, name, &path) {
        Some(line) => finding.at(line, None),
        None => finding,
    })
}

/// The test and what was said of it; a parameter in brackets may hold ` - ` itself.
fn split(line: &str) -> (&str, &str) {
    let start = line.rfind(']').filter(|_| line.contains('[')).unwrap_or(0);
    match line[start..].find(" - ").or_else(|| line.find(" - ")) {
        Some(at) if line.is_char_boundary(start + at) && line[start + at..].starts_with(" - ") => {
            (&line[..start + at], &line[start + at + 3..])
        }
        _ => line.split_once(" - ").unwrap_or((line, "")),
    }
}

/// The line at which the test failed: the last `NAME:LINE: ` in its section, of the file that holds the test.
fn place(names: &Names, told: &[String], file: &str, test: &str, path: &RepoPath) -> Option<u32> {
    let title = if test.is_empty() {
        format!("ERROR collecting {file}")
    } else {
        test.replace("::", ".")
    };
    let is_title = |line: &String| line.starts_with("___") && line.ends_with("___");
    let start = told
        .iter()
        .position(|line| is_title(line) && line.trim_matches(['_', ' ']).ends_with(&title))?;
    let section = told[start + 1..]
        .iter()
        .take_while(|line| !is_title(line) && !line.starts_with("==="));
    section
        .filter_map(|line| {
            let (name, rest) = line.split_once(".py:")?;
            let found = names.locate(&format!("{name}.py"))?;
            (found == *path).then(|| rest.split(':').next()?.parse().ok())?
        })
        .last()
}
