//! What a tool said: whether it is content, what it found, and its own words.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::process::Output;
use crate::repo_path::RepoPath;

/// How much of what a tool prints is kept, in bytes: its end, where it says what counts.
const KEPT: usize = 64 * 1024;

/// What came of running a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Whether it is content.
    pub(crate) passed: bool,
    /// What it found, with paths of the repository. Where it is content, they are warnings.
    pub(crate) findings: Vec<Finding>,
    /// What it printed, error output after the rest, cut at the front where it is very long. Empty where it is all in the findings.
    pub(crate) output: String,
    /// How long it ran.
    pub(crate) elapsed: Duration,
    /// The same by hand, as a line to paste in the project's folder.
    pub(crate) command: String,
}

impl Verdict {
    /// The verdict of a tool that was not run, for want of anything to look at.
    pub(super) fn empty(command: String) -> Self {
        Self {
            passed: true,
            findings: Vec::new(),
            output: String::new(),
            elapsed: Duration::ZERO,
            command,
        }
    }

    /// The verdict of a tool that broke down over names that are not UTF-8: as most do once there is something to say.
    pub(super) fn untold(name: &str, command: &str, error: &Error, output: &Output) -> Self {
        let finding = Finding::error(
            name.to_owned(),
            format!(
                "{name} cannot say what it found in files whose names are not UTF-8: {}",
                error.message()
            ),
        );
        Self {
            passed: false,
            findings: vec![finding.help("rename them, or leave them out: `exclude`")],
            output: printed(output),
            elapsed: output.elapsed,
            command: command.to_owned(),
        }
    }

    /// The same, with everything that has no place in this file.
    pub(super) fn about(mut self, path: &RepoPath) -> Self {
        let place = |it: Finding| match it.location {
            None => it.in_file(path),
            Some(_) => it,
        };
        self.findings = self.findings.into_iter().map(place).collect();
        self
    }

    /// Adds what a further run of the same tool came to. What has no place is said once.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.passed &= other.passed;
        for finding in other.findings {
            if finding.location.is_some() || !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        if !self.output.is_empty() && !other.output.is_empty() {
            self.output.push('\n');
        }
        self.output = tail(&format!("{}{}", self.output, other.output));
        self.elapsed += other.elapsed;
        self
    }
}

/// The name of a gate and how its program's answers are judged.
pub(super) struct Judge<'a> {
    /// The gate.
    pub(super) name: &'a str,
    /// Whether an exit code other than 0 says that there is something to find.
    pub(super) finds: &'a dyn Fn(i32) -> bool,
    /// Whether everything worth reading is in the findings, once there are any.
    pub(super) is_read_whole: bool,
}

impl Judge<'_> {
    /// The verdict on what a program printed, read as these findings.
    ///
    /// # Errors
    /// When it could not do its work, whatever the reason: nothing is known then.
    pub(super) fn verdict(
        &self,
        command: &str,
        output: &Output,
        mut findings: Vec<Finding>,
    ) -> Result<Verdict> {
        let name = self.name;
        let passed = output.success();
        if passed {
            for finding in &mut findings {
                finding.severity = Severity::Warning;
            }
        } else {
            // Where a tool shows the exceptions of the code under test, its own can't be told from those.
            let crashed = self.is_read_whole && raised(output);
            let found = output
                .code
                .is_some_and(|code| !findings.is_empty() || ((self.finds)(code) && !crashed));
            if !found {
                return Err(self.failure(command, output));
            }
            if crashed {
                let last = output.last_words(1);
                findings.push(Finding::error(
                    name.to_owned(),
                    format!("{name} broke down on the way: {last}"),
                ));
            }
            if findings.is_empty() {
                let code = output.code.unwrap_or_default();
                findings.push(Finding::error(
                    name.to_owned(),
                    format!("{name} is not content (exit code {code})"),
                ));
            }
            if findings.iter().all(|it| it.severity < Severity::Error) {
                for finding in &mut findings {
                    finding.severity = Severity::Error;
                }
            }
        }
        let is_said = self.is_read_whole && findings.iter().any(|it| it.location.is_some());
        Ok(Verdict {
            passed,
            output: if is_said || (passed && findings.is_empty()) {
                String::new()
            } else {
                printed(output)
            },
            findings,
            elapsed: output.elapsed,
            command: command.to_owned(),
        })
    }

    /// It could not do its work.
    fn failure(&self, command: &str, output: &Output) -> Error {
        let end = output.code.map_or_else(
            || "was ended by a signal".to_owned(),
            |code| format!("could not do its work (exit code {code})"),
        );
        let words = output.last_words(12);
        let error = Error::new(format!("{} {end}", self.name))
            .hint(format!("to see it by hand, type `{command}`"));
        if words.is_empty() {
            error
        } else {
            error.caused_by(words)
        }
    }
}

/// Whether a Python program ended by an exception.
fn raised(output: &Output) -> bool {
    let mark = b"Traceback (most recent call last):";
    output
        .stderr
        .windows(mark.len())
        .any(|window| window == mark)
}

/// Both outputs as text.
fn printed(output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let gap = if out.is_empty() || out.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    tail(&format!("{out}{gap}{err}"))
}

/// The end of a text, from the start of a line.
fn tail(text: &str) -> String {
    let text = text.trim_end();
    if text.len() <= KEPT {
        return text.to_owned();
    }
    let from = text.ceil_char_boundary(text.len() - KEPT);
    let line = text[from..].find('\n').map_or(from, |end| from + end + 1);
    format!("…\n{}", &text[line..])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Judge, KEPT, tail};
    use crate::finding::{Finding, Severity};
    use crate::process::Output;

    fn output(code: Option<i32>, stderr: &str) -> Output {
        Output {
            code,
            stdout: Vec::new(),
            stderr: stderr.as_bytes().to_vec(),
            elapsed: Duration::ZERO,
        }
    }

    fn judge(code: Option<i32>, stderr: &str, findings: Vec<Finding>) -> Option<(bool, usize)> {
        let judge = Judge {
            name: "tool",
            finds: &|code| code == 1,
            is_read_whole: true,
        };
        let verdict = judge
            .verdict("tool", &output(code, stderr), findings)
            .ok()?;
        let worst = verdict.findings.iter().map(|it| it.severity).max();
        assert_eq!(worst == Some(Severity::Error), !verdict.passed);
        Some((verdict.passed, verdict.findings.len()))
    }

    #[test]
    fn the_exit_code_decides_and_a_claim_without_words_still_fails() {
        let warning = || {
            let mut finding = Finding::error("tool", "x");
            finding.severity = Severity::Warning;
            vec![finding]
        };
        assert_eq!(judge(Some(0), "", Vec::new()), Some((true, 0)));
        assert_eq!(
            judge(Some(0), "", vec![Finding::error("tool", "x")]),
            Some((true, 1))
        );
        assert_eq!(judge(Some(1), "", Vec::new()), Some((false, 1)));
        assert_eq!(judge(Some(1), "", warning()), Some((false, 1)));
        assert_eq!(judge(Some(3), "", warning()), Some((false, 1)));
        assert_eq!(judge(Some(3), "no such option", Vec::new()), None);
        let traceback = "Traceback (most recent call last):\nKeyError: 1\n";
        assert_eq!(judge(Some(1), traceback, Vec::new()), None);
        assert_eq!(judge(Some(1), traceback, warning()), Some((false, 2)));
        assert_eq!(judge(None, "", warning()), None);
    }

    #[test]
    fn the_end_of_a_long_output_is_kept() {
        let text = "é line\n".repeat(KEPT);
        let kept = tail(&text);
        assert!(kept.len() <= KEPT + "…\n".len());
        assert!(kept.starts_with("…\né line\n") && kept.ends_with("é line"));
    }
}
