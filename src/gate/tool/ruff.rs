//! Ruff, the linter (<https://docs.astral.sh/ruff/linter/>) and the formatter (<https://docs.astral.sh/ruff/formatter/>).
//!
//! The linter looks at which modules the project has to tell its imports from others', so it needs the whole tree. Its cache does not
//! know that, and breaks down over names that are not UTF-8; it is not used.

use serde_json::Value;

use super::names::Names;
use super::{Invocation, Job, TWO_MINUTES, Tool, text};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;
use crate::repo_path::RepoPath;

const CONFIGURATION: &[&str] = &["pyproject.toml", "ruff.toml", ".ruff.toml"];
const VARIABLES: Option<&[&str]> = Some(&["RUFF_CONFIG"]);

pub(super) const CHECK: Tool = Tool {
    name: "ruff",
    title: "Lint, by Ruff",
    group: "lint",
    distribution: "ruff",
    program: "ruff",
    needs: Needs::Tree,
    takes_files: true,
    can_fix: true,
    files: &["**/*.py", "**/*.pyi", "**/*.ipynb"],
    configuration: CONFIGURATION,
    is_configured_below: true,
    plugins: &[],
    variables: VARIABLES,
    timeout: TWO_MINUTES,
    invocation: check,
    read: |names, output| read("ruff", names, output),
    finds: |code| code == 1,
};

pub(super) const FORMAT: Tool = Tool {
    name: "ruff-format",
    title: "Formatting, by Ruff",
    group: "format",
    needs: Needs::Files,
    files: &["**/*.py", "**/*.pyi", "**/*.ipynb"],
    invocation: format,
    read: |names, output| {
        let mut findings = read("ruff-format", names, output);
        findings.extend(read_lines(names, output));
        findings
    },
    ..CHECK
};

/// Its configuration may tell it to mend, and to keep silent about the rest: here that is for the run to say.
fn check(job: &Job) -> Invocation {
    let (plain, machine): (&[&str], &[&str]) = if job.fixing {
        (&["check", "--fix"], &[])
    } else {
        (&["check"], &["--no-fix"])
    };
    let told = Invocation::new(plain.iter().copied()).machine(machine.iter().copied());
    told.machine([
        "--no-fix-only",
        "--force-exclude",
        "--no-cache",
        "--quiet",
        "--output-format",
        "json",
    ])
}

/// The option for the form of the answer is young, and older versions refuse it; they ignore its variable.
fn format(job: &Job) -> Invocation {
    let plain: &[&str] = if job.fixing {
        &["format"]
    } else {
        &["format", "--check"]
    };
    Invocation::new(plain.iter().copied())
        .machine(["--force-exclude", "--no-cache"])
        .env("RUFF_OUTPUT_FORMAT", "json")
}

fn read(gate: &str, names: &Names, output: &Output) -> Vec<Finding> {
    let Some(Value::Array(all)) = text::json(&output.stdout) else {
        return Vec::new();
    };
    all.iter().map(|one| finding(gate, names, one)).collect()
}

fn finding(gate: &str, names: &Names, one: &Value) -> Finding {
    let code = match text::member(one, "code") {
        "unformatted" => gate.to_owned(),
        "" => format!("{gate}/syntax"),
        code => format!("{gate}/{code}"),
    };
    let mut finding = Finding::error(code, text::member(one, "message"));
    if let Some(path) = names.locate(text::member(one, "filename")) {
        finding = finding.in_file(&path);
        if let Some(line) = text::number(one, "/location/row", 0) {
            finding = finding.at(line, text::number(one, "/location/column", 0));
        }
    }
    let fix = one.pointer("/fix/message").and_then(Value::as_str);
    match fix.filter(|_| gate == CHECK.name) {
        Some(fix) => finding.help(fix),
        None => finding,
    }
}

/// As older versions say it: `Would reformat: NAME`, `error: Failed to parse NAME:1:7: what`.
fn read_lines(names: &Names, output: &Output) -> Vec<Finding> {
    let lines = [text::lines(&output.stdout), text::lines(&output.stderr)].concat();
    let would = lines.iter().filter_map(|line| {
        let path = names.given(line.strip_prefix("Would reformat: ")?)?;
        Some(Finding::error("ruff-format", "File would be reformatted").in_file(&path))
    });
    let failed = lines.iter().filter_map(|line| {
        let rest = line.strip_prefix("error: Failed to parse ")?;
        let (path, rest) = rest
            .match_indices(':')
            .find_map(|(at, _)| Some((names.given(&rest[..at])?, &rest[at + 1..])))?;
        let mut parts = rest.splitn(3, ':');
        let line = parts.next()?.parse().ok()?;
        let column = parts.next()?.parse().ok();
        let message = parts.next().unwrap_or_default().trim().to_owned();
        let finding = Finding::error("ruff-format/invalid-syntax", message);
        Some(finding.in_file(&path).at(line, column))
    });
    would.chain(failed).collect()
}

/// The configuration that a configuration builds on (`extend`), where it lies in the repository.
pub(super) fn extended(path: &RepoPath, content: &[u8]) -> Vec<RepoPath> {
    let named = || {
        let text = std::str::from_utf8(content).ok()?;
        let document: toml_edit::DocumentMut = text.parse().ok()?;
        let table = if path.file_name() == b"pyproject.toml" {
            document.get("tool")?.get("ruff")?.get("extend")?.as_str()
        } else {
            document.get("extend")?.as_str()
        };
        let mut parts: Vec<&[u8]> = path.folders().next()?.split(|it| *it == b'/').collect();
        parts.retain(|part| !part.is_empty());
        for part in table?.split('/') {
            match part {
                "." | "" => {}
                ".." => {
                    parts.pop()?;
                }
                name => parts.push(name.as_bytes()),
            }
        }
        Some(RepoPath::new(parts.join(&b'/')))
    };
    named().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::extended;
    use crate::repo_path::RepoPath;

    #[test]
    fn what_a_configuration_builds_on_is_found() {
        let found = |path: &str, text: &str| {
            let found = extended(&RepoPath::new(path), text.as_bytes());
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            found("a/b/ruff.toml", "extend = \"../../x.toml\""),
            ["x.toml"]
        );
        assert_eq!(
            found("pyproject.toml", "[tool.ruff]\nextend = \"./c/r.toml\""),
            ["c/r.toml"]
        );
        assert!(found("ruff.toml", "extend = \"../x.toml\"").is_empty());
        assert!(found("ruff.toml", "line-length = 3").is_empty());
    }
}
