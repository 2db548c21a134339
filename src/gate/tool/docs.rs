//! The documentation, built so that every warning is an error: MkDocs (<https://www.mkdocs.org/user-guide/cli/>), or Sphinx
//! (<https://www.sphinx-doc.org/en/master/man/sphinx-build.html>) where there is a `conf.py`.

use std::path::Path;

use super::names::Names;
use super::{FIVE_MINUTES, Invocation, Job, Tool, text};
use crate::finding::Finding;
use crate::gate::settings::Needs;
use crate::process::Output;

pub(super) const TOOL: Tool = Tool {
    name: "docs",
    title: "The documentation builds without a warning",
    group: "docs",
    distribution: "mkdocs",
    program: "mkdocs",
    needs: Needs::Tree,
    takes_files: false,
    can_fix: false,
    files: &[
        "docs/**",
        "doc/**",
        "mkdocs.yml",
        "mkdocs.yaml",
        "**/*.py",
        "**/*.md",
        "**/*.rst",
    ],
    configuration: &["mkdocs.yml", "mkdocs.yaml"],
    is_configured_below: false,
    plugins: &[
        "mkdocs.plugins",
        "mkdocs.themes",
        "sphinx.builders",
        "sphinx.html_themes",
    ],
    variables: None,
    timeout: FIVE_MINUTES,
    invocation,
    read,
    finds: |code| matches!(code, 1 | 2),
};

/// Where Sphinx has its sources, likeliest first.
const SPHINX: [&str; 4] = ["docs", "doc", "docs/source", "doc/source"];

fn invocation(job: &Job) -> Invocation {
    let has = |file: &str| job.folder.join(file).is_file();
    let sphinx = SPHINX.into_iter().find(|it| has(&format!("{it}/conf.py")));
    let Some(sources) = sphinx else {
        return Invocation::new(["build", "--strict"])
            .machine(["--site-dir"])
            .machine([job.own_cache("site")]);
    };
    let place = job.own_cache("sphinx");
    let invocation = Invocation::new(["-W", "--keep-going", "-b", "dirhtml"])
        // What a former build knew is compared by time, and the time of a file here says nothing.
        .machine(["-E", "-q", "--no-color", "-d"])
        .machine([place.join("doctrees")])
        .machine([Path::new(sources).to_owned(), place.join("html")]);
    Invocation {
        program: Some(["sphinx-build", "sphinx"]),
        ..invocation
    }
}

/// MkDocs: `WARNING -  Doc file 'a.md' contains …`; Sphinx: `/…/docs/a.rst:3: WARNING: what [code]`.
fn read(names: &Names, output: &Output) -> Vec<Finding> {
    let lines = [text::lines(&output.stdout), text::lines(&output.stderr)].concat();
    lines
        .iter()
        .filter_map(|line| {
            sphinx(names, line)
                .or_else(|| mkdocs(names, line))
                .or_else(|| nothing(line))
        })
        .collect()
}

/// MkDocs, where there is nothing to build.
fn nothing(line: &str) -> Option<Finding> {
    let is_said = line.contains("Config file 'mkdocs.yml' does not exist");
    is_said.then(|| {
        Finding::error(
            "docs",
            "there is no documentation to build: neither `mkdocs.yml` nor `docs/conf.py`",
        )
        .help("take `docs` out of `[tool.scaffold.stages]`, or write a `mkdocs.yml`")
    })
}

fn sphinx(names: &Names, line: &str) -> Option<Finding> {
    let marks = [": WARNING: ", ": ERROR: ", ": CRITICAL: ", ": SEVERE: "];
    let (place, message) = marks.iter().find_map(|mark| line.split_once(mark))?;
    let finding = Finding::error("docs", message);
    let (file, number) = match place.rsplit_once(':') {
        Some((file, number)) if number.parse::<u32>().is_ok() => (file, number.parse().ok()),
        _ => (place, None),
    };
    // `FILE:docstring of a.b` names a place in a module.
    let file = file
        .split_once(":docstring of ")
        .map_or(file, |(file, _)| file);
    Some(match (names.existing(file), number) {
        (Some(path), Some(line)) => finding.in_file(&path).at(line, None),
        (Some(path), None) => finding.in_file(&path),
        (None, _) => finding,
    })
}

fn mkdocs(names: &Names, line: &str) -> Option<Finding> {
    let (level, message) = line
        .split_once(" -  ")
        .or_else(|| line.split_once("  -  "))?;
    if !matches!(level.trim(), "WARNING" | "ERROR" | "CRITICAL") {
        return None;
    }
    let message = message.trim();
    let finding = Finding::error("docs", message);
    let file = message
        .strip_prefix("Doc file '")
        .and_then(|rest| rest.split_once('\''))
        .and_then(|(file, _)| names.existing(&format!("docs/{file}")));
    Some(match file {
        Some(path) => finding.in_file(&path),
        None => finding,
    })
}
