//! autopep8, the formatter that only mends what pycodestyle finds (<https://github.com/hhatto/autopep8>).

use super::names::Names;
use super::{Invocation, Job, PYTHON, TWO_MINUTES, Tool};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;

pub(super) const TOOL: Tool = Tool {
    name: "autopep8",
    title: "Formatting, by autopep8",
    group: "format",
    distribution: "autopep8",
    program: "autopep8",
    needs: Needs::Files,
    takes_files: true,
    can_fix: true,
    files: PYTHON,
    configuration: &["pyproject.toml", "setup.cfg", "tox.ini", ".pep8", ".flake8"],
    is_configured_below: false,
    plugins: &[],
    variables: Some(&[]),
    timeout: TWO_MINUTES,
    invocation,
    read,
    finds: |code| code == 2,
};

fn invocation(job: &Job) -> Invocation {
    if job.fixing {
        Invocation::new(["--in-place"])
    } else {
        Invocation::new(["--diff", "--exit-code"])
    }
}

/// The heads of a unified diff, `--- original/NAME` and `+++ fixed/NAME`: names with line breaks are split by what stands between.
fn read(names: &Names, output: &Output) -> Vec<Finding> {
    let text = String::from_utf8_lossy(&output.stdout);
    let text = format!("\n{text}");
    let mut findings = Vec::new();
    for block in text.split("\n--- original/").skip(1) {
        let Some((name, rest)) = block.split_once("\n+++ fixed/") else {
            continue;
        };
        let Some(path) = names.given(name) else {
            continue;
        };
        let finding = Finding::error("autopep8", "autopep8 would format this file differently")
            .in_file(&path);
        findings.push(match first_change(rest) {
            Some(line) => finding.at(line, None),
            None => finding,
        });
    }
    findings
}

/// The first line of the old file that a diff changes.
fn first_change(diff: &str) -> Option<u32> {
    let mut lines = diff.lines().skip_while(|line| !line.starts_with("@@ -"));
    let head = lines.next()?.strip_prefix("@@ -")?;
    let start: u32 = head.split([',', ' ']).next()?.parse().ok()?;
    let same = lines.take_while(|line| line.starts_with(' ')).count();
    start.checked_add(u32::try_from(same).ok()?)
}

#[cfg(test)]
mod tests {
    use super::first_change;

    #[test]
    fn the_first_change_of_a_diff_has_a_line() {
        assert_eq!(
            first_change("x\n@@ -3,4 +3,4 @@\n a\n b\n-c\n+d\n"),
            Some(5)
        );
        assert_eq!(first_change("x\n@@ -1 +1 @@\n-c\n+d\n"), Some(1));
        assert_eq!(first_change("x\n"), None);
    }
}
