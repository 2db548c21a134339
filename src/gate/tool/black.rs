//! Black, the formatter (<https://black.readthedocs.io/en/stable/usage_and_configuration/the_basics.html>).
//!
//! Named one by one, it takes files that it would leave out when it looks for them itself: it is told to leave them out then too.

use super::names::Names;
use super::{Invocation, Job, PYTHON, TWO_MINUTES, Tool, text};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;
use crate::repo_path::RepoPath;

pub(super) const TOOL: Tool = Tool {
    name: "black",
    title: "Formatting, by Black",
    group: "format",
    distribution: "black",
    program: "black",
    needs: Needs::Files,
    takes_files: true,
    can_fix: true,
    files: PYTHON,
    configuration: &["pyproject.toml"],
    is_configured_below: false,
    plugins: &[],
    variables: Some(&["BLACK_NUM_WORKERS"]),
    timeout: TWO_MINUTES,
    invocation,
    read,
    finds: |code| code == 1,
};

/// What it leaves out where its configuration says nothing.
const EXCLUDE: &str = r"/(\.direnv|\.eggs|\.git|\.hg|\.ipynb_checkpoints|\.mypy_cache|\.nox|\.pytest_cache|\.ruff_cache|\.tox|\.svn|\.venv|\.vscode|__pypackages__|_build|buck-out|build|dist|venv)/";

/// Longest name that is put together from lines again.
const LINES_OF_A_NAME: usize = 8;

fn invocation(job: &Job) -> Invocation {
    let plain: &[&str] = if job.fixing { &[] } else { &["--check"] };
    Invocation::new(plain.iter().copied())
        .machine(["--no-color".to_owned()])
        .machine(["--force-exclude".to_owned(), left_out(job)])
        .env("BLACK_CACHE_DIR", job.own_cache("black"))
}

/// What its configuration leaves out, as one expression. The configuration is that of the nearest folder with a table for it.
fn left_out(job: &Job) -> String {
    let table = job.folders().find_map(|folder| {
        let text = std::fs::read_to_string(folder.join("pyproject.toml")).ok()?;
        let document: toml_edit::DocumentMut = text.parse().ok()?;
        Some(document.get("tool")?.get("black")?.clone())
    });
    let said = |name: &str| {
        let value = table
            .as_ref()?
            .get(name)
            .or_else(|| table.as_ref()?.get(name.replace('-', "_")))?;
        value.as_str().map(ToOwned::to_owned)
    };
    let exclude = said("exclude").unwrap_or_else(|| EXCLUDE.to_owned());
    let all = [Some(exclude), said("extend-exclude"), said("force-exclude")];
    // An expression with a line break is one in which white space means nothing.
    let parts = all
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .map(|it| {
            if it.contains('\n') {
                format!("(?x:{it}\n)")
            } else {
                format!("(?-x:{it})")
            }
        });
    parts.collect::<Vec<_>>().join("|")
}

/// `would reformat NAME`; `error: cannot parse: NAME:1:6`, before Black 26 `error: cannot format NAME: Cannot parse …: 1:6: …`.
fn read(names: &Names, output: &Output) -> Vec<Finding> {
    let lines = text::lines(&output.stderr);
    let mut findings = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(name) = line.strip_prefix("would reformat ") {
            let path = joined(names, name, &lines[at + 1..]);
            findings.push(found(
                path,
                "black",
                "Black would format this file differently",
            ));
        } else if let Some(rest) = line
            .strip_prefix("error: cannot parse: ")
            .or_else(|| line.strip_prefix("error: cannot format "))
        {
            findings.push(unparsed(names, rest));
        }
    }
    findings
}

/// The file of a name that may have line breaks in it.
fn joined(names: &Names, first: &str, rest: &[String]) -> Option<RepoPath> {
    let mut name = first.to_owned();
    for line in rest.iter().take(LINES_OF_A_NAME) {
        if let Some(path) = names.given(&name) {
            return Some(path);
        }
        name.push('\n');
        name.push_str(line);
    }
    names.given(&name)
}

/// A file that is not Python, or that Black cannot read: the name is what stands before the first `:` that makes it one.
fn unparsed(names: &Names, rest: &str) -> Finding {
    let ends = rest.match_indices(':').map(|(at, _)| at);
    for end in ends.chain([rest.len()]) {
        let Some(path) = names.given(&rest[..end]) else {
            continue;
        };
        let said = rest[end..].trim_start_matches([':', ' ']);
        let mut parts = said
            .rsplit("Cannot parse")
            .next()
            .unwrap_or(said)
            .split(':');
        let place = parts
            .by_ref()
            .find_map(|part| part.trim().parse::<u32>().ok());
        let column = parts
            .next()
            .and_then(|part| part.trim().parse::<u32>().ok());
        let message = if said.is_empty() || said.starts_with(|it: char| it.is_ascii_digit()) {
            "Black cannot read this as Python".to_owned()
        } else {
            format!("Black cannot format this file: {said}")
        };
        let finding = Finding::error("black/syntax", message).in_file(&path);
        return match place {
            // It counts columns from 0.
            Some(line) => finding.at(line, column.map(|it| it + 1)),
            None => finding,
        };
    }
    Finding::error(
        "black/syntax",
        format!("Black cannot format a file: {rest}"),
    )
}

fn found(path: Option<RepoPath>, code: &'static str, message: &str) -> Finding {
    let finding = Finding::error(code, message);
    match path {
        Some(path) => finding.in_file(&path),
        None => finding,
    }
}
