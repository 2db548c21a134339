//! Flake8, the linter (<https://flake8.pycqa.org/en/latest/>).
//!
//! Named one by one, it takes files in folders that it would not look into itself: it is told to leave them out then too.

use super::environment::packages;
use super::names::Names;
use super::{Invocation, Job, PYTHON, TWO_MINUTES, Tool};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;
use crate::python::Venv;

pub(super) const TOOL: Tool = Tool {
    name: "flake8",
    title: "Lint, by Flake8",
    group: "lint",
    distribution: "flake8",
    program: "flake8",
    needs: Needs::Files,
    takes_files: true,
    can_fix: false,
    files: PYTHON,
    configuration: &[
        ".flake8",
        "setup.cfg",
        "tox.ini",
        "pyproject.toml",
        ".isort.cfg",
        ".editorconfig",
    ],
    is_configured_below: false,
    plugins: &["flake8.extension", "flake8.report"],
    variables: Some(&[]),
    timeout: TWO_MINUTES,
    invocation,
    read,
    finds: |code| code == 1,
};

/// A line for each finding that no name and no message can be mistaken for.
const FORMAT: &str = "--format=\x1e%(path)s\x1f%(row)d\x1f%(col)d\x1f%(code)s\x1f%(text)s\x1f";

/// The same without the name, which it cannot print where it is not UTF-8.
const NAMELESS: &str = "--format=\x1e\x1f%(row)d\x1f%(col)d\x1f%(code)s\x1f%(text)s\x1f";

/// What it leaves out where its configuration says nothing.
const EXCLUDE: [&str; 10] = [
    ".svn",
    "CVS",
    ".bzr",
    ".hg",
    ".git",
    "__pycache__",
    ".tox",
    ".nox",
    ".eggs",
    "*.egg",
];

/// Distributions whose checks see one file at a time, besides Flake8's own.
const OF_ONE_FILE: [&str; 18] = [
    "flake8",
    "flake8_2020",
    "flake8_annotations",
    "flake8_bandit",
    "flake8_bugbear",
    "flake8_builtins",
    "flake8_commas",
    "flake8_comprehensions",
    "flake8_docstrings",
    "flake8_eradicate",
    "flake8_print",
    "flake8_pyi",
    "flake8_pytest_style",
    "flake8_quotes",
    "flake8_simplify",
    "mccabe",
    "pep8_naming",
    "pydocstyle",
];

fn invocation(job: &Job) -> Invocation {
    let invocation = Invocation::default()
        .machine([
            FORMAT,
            "--color=never",
            "--no-show-source",
            "--output-file=",
        ])
        .nameless([NAMELESS]);
    let says = |option: &str| job.settings.args.iter().any(|it| it.starts_with(option));
    if says("--exclude") || says("--extend-exclude") || says("--isolated") {
        invocation
    } else {
        invocation.machine([format!("--extend-exclude={}", left_out(job).join(","))])
    }
}

/// What its configuration leaves out, and for each name of a folder all that is in it. The configuration is the first file with a
/// section for it, in the nearest folder.
fn left_out(job: &Job) -> Vec<String> {
    let section = job.folders().find_map(|folder| {
        ["setup.cfg", "tox.ini", ".flake8"].iter().find_map(|name| {
            let text = std::fs::read_to_string(folder.join(name)).ok()?;
            let section = section(&text);
            (!section.is_empty()).then_some(section)
        })
    });
    let section = section.unwrap_or_default();
    let list = |key: &str| -> Option<Vec<&str>> {
        let (_, value) = section.iter().find(|(name, _)| name == key)?;
        Some(
            value
                .split([',', '\n'])
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .collect(),
        )
    };
    let extended = list("extend-exclude").unwrap_or_default();
    let mut patterns: Vec<String> = extended.iter().map(ToString::to_string).collect();
    for pattern in list("exclude")
        .unwrap_or_else(|| EXCLUDE.to_vec())
        .into_iter()
        .chain(extended)
    {
        let pattern = pattern.trim_end_matches('/');
        if pattern.contains('/') {
            patterns.push(format!("{pattern}/*"));
        } else {
            patterns.extend([format!("./{pattern}/*"), format!("./*/{pattern}/*")]);
        }
    }
    patterns
}

/// The keys and values of `[flake8]` in a file that Python's `configparser` reads; keys with dashes.
fn section(text: &str) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut is_ours = false;
    for line in text.lines() {
        let word = line.trim();
        if word.is_empty() || word.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with('[') {
            is_ours = word == "[flake8]";
        } else if !is_ours {
        } else if line.starts_with(char::is_whitespace) {
            if let Some((_, value)) = entries.last_mut() {
                value.push('\n');
                value.push_str(word);
            }
        } else if let Some((key, value)) = word.split_once(['=', ':']) {
            let key = key.trim().to_ascii_lowercase().replace('_', "-");
            entries.push((key, value.trim().to_owned()));
        }
    }
    entries
}

fn read(names: &Names, output: &Output) -> Vec<Finding> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.split('\x1e')
        .skip(1)
        .filter_map(|record| finding(names, record))
        .collect()
}

fn finding(names: &Names, record: &str) -> Option<Finding> {
    // The name comes first and may hold anything; what follows it holds no separator but the message, which ends the record.
    let fields: Vec<&str> = record.split('\x1f').collect();
    let [path, row, column, code, message, _end] = fields.as_slice() else {
        return None;
    };
    let finding = Finding::error(format!("flake8/{code}"), *message);
    Some(match names.locate(path) {
        Some(path) => match row.parse::<u32>().ok().filter(|row| *row > 0) {
            Some(row) => finding
                .in_file(&path)
                .at(row, column.parse().ok().filter(|it| *it > 0)),
            None => finding.in_file(&path),
        },
        None => finding,
    })
}

/// Whether one of its plugins may look beyond the file at hand: one that the project's own code has, or one that is not known.
pub(super) fn looks_across_files<'a>(
    venv: Option<&Venv>,
    configuration: impl IntoIterator<Item = &'a [u8]>,
) -> bool {
    let section = b"[flake8:local-plugins]";
    let is_local = configuration
        .into_iter()
        .any(|text| text.windows(section.len()).any(|window| window == section));
    is_local || venv.is_some_and(has_unknown_plugin)
}

fn has_unknown_plugin(venv: &Venv) -> bool {
    packages(venv).iter().any(|folder| {
        std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .any(|entry| {
                let name = entry.file_name();
                let Some((distribution, _)) = name
                    .to_str()
                    .and_then(|name| name.strip_suffix(".dist-info"))
                    .and_then(|name| name.rsplit_once('-'))
                else {
                    return false;
                };
                let distribution = distribution.to_ascii_lowercase().replace(['-', '.'], "_");
                if OF_ONE_FILE.contains(&distribution.as_str()) {
                    return false;
                }
                std::fs::read_to_string(entry.path().join("entry_points.txt"))
                    .is_ok_and(|text| text.lines().any(|line| line.trim() == "[flake8.extension]"))
            })
    })
}
