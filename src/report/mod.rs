//! Findings as output: one file per format over the same values; the exit code is the same in all of them.
//!
//! Called by `cli`. It must not decide anything.

mod github;
mod json;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use github::log as github_log;
pub(crate) use json::{put_path, put_paths};
pub(crate) use text::shown;

use crate::finding::Finding;
use crate::ui::Palette;

/// How to give what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For programs that read SARIF 2.1.0, such as GitHub's code scanning.
    Sarif,
    /// For GitHub Actions: annotations in the changed files.
    Github,
}

/// What a code stands for, in a line, where that is known.
pub(crate) type Titles<'a> = &'a dyn Fn(&str) -> Option<&'static str>;

/// The findings in a format, ordered by path, line, column and code; those without a place come last, in the order given. Only
/// text for people is coloured.
pub(crate) fn render(
    findings: &[Finding],
    format: Format,
    palette: &Palette,
    titles: Titles,
) -> String {
    let findings = ordered(findings);
    match format {
        Format::Text => text::render(&findings, palette),
        Format::Json => format!("{:#}\n", json::document(&findings)),
        Format::Sarif => sarif::render(&findings, titles),
        Format::Github => github::render(&findings),
    }
}

/// The findings as the value that JSON is written from, to which a command may add what else it has to say.
pub(crate) fn document(findings: &[Finding]) -> serde_json::Value {
    json::document(&ordered(findings))
}

fn ordered(findings: &[Finding]) -> Vec<&Finding> {
    let mut all: Vec<&Finding> = findings.iter().collect();
    all.sort_by_key(|it| {
        let place = it.location.as_ref();
        (place.is_none(), place, place.map(|_| &it.code))
    });
    all
}
