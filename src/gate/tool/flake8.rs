//! Flake8, the linter (<https://flake8.pycqa.org/en/latest/>). It leaves out what its own `exclude` names, also of files named one by one.

use super::environment::packages;
use super::names::Names;
use super::{Invocation, Job, PYTHON, TWO_MINUTES, Tool};
use crate::error::Result;
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

fn invocation(_: &Job) -> Result<Invocation> {
    Ok(Invocation::default().machine([
        FORMAT,
        "--color=never",
        "--no-show-source",
        "--output-file=",
    ]))
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
