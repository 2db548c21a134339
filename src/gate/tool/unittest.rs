//! unittest, Python's own test runner (<https://docs.python.org/3/library/unittest.html#command-line-interface>).

use super::names::Names;
use super::{FIVE_MINUTES, Invocation, Job, Tool, text};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;

pub(super) const TOOL: Tool = Tool {
    name: "unittest",
    title: "Tests, by unittest",
    group: "tests",
    distribution: "python",
    program: "python",
    needs: Needs::Tree,
    takes_files: false,
    can_fix: false,
    files: &["**"],
    configuration: &[],
    is_configured_below: false,
    plugins: &[],
    variables: None,
    timeout: FIVE_MINUTES,
    invocation,
    read,
    // 5, from Python 3.12 on: there are none.
    finds: |code| matches!(code, 1 | 5),
};

fn invocation(_: &Job) -> Invocation {
    Invocation::new(["-m", "unittest"])
}

/// `FAIL: test_x (tests.test_a.Case.test_x)` or `ERROR: …`, a line of dashes, and a traceback that ends in what went wrong.
fn read(names: &Names, output: &Output) -> Vec<Finding> {
    if output.code == Some(5) {
        return vec![Finding::error(
            "unittest/no-tests",
            "unittest found no tests",
        )];
    }
    let lines = text::lines(&output.stderr);
    let is_rule = |line: &String| line.len() >= 70 && line.bytes().all(|byte| byte == b'=');
    let blocks = lines.split(is_rule).skip(1);
    blocks.filter_map(|block| finding(names, block)).collect()
}

fn finding(names: &Names, block: &[String]) -> Option<Finding> {
    let title = block.first()?;
    let (test, what) = match title.strip_prefix("FAIL: ") {
        Some(test) => (test, "failed"),
        None => (title.strip_prefix("ERROR: ")?, "could not be run"),
    };
    let rule = |line: &&String| line.len() >= 70 && line.bytes().all(|byte| byte == b'-');
    let told: Vec<&String> = block
        .iter()
        .skip(2)
        .take_while(|line| !rule(line))
        .collect();
    let raised = told
        .iter()
        .rev()
        .find(|line| line.chars().next().is_some_and(|it| !it.is_whitespace()));
    let said = raised.map_or_else(String::new, |line| format!(": {line}"));
    let finding = Finding::error("unittest", format!("{test} {what}{said}"));
    // The innermost line that is the project's own: what is below it is the library's.
    let place = told.iter().rev().find_map(|line| {
        let (file, rest) = line
            .trim_start()
            .strip_prefix("File \"")?
            .split_once("\", line ")?;
        let number = rest
            .split(|it: char| !it.is_ascii_digit())
            .next()?
            .parse()
            .ok()?;
        let path = names.existing(file)?;
        let shown = names.folder().join(file);
        (!shown.components().any(|it| it.as_os_str() == ".venv")).then_some((path, number))
    });
    Some(match place {
        Some((path, line)) => finding.in_file(&path).at(line, None),
        None => finding,
    })
}
