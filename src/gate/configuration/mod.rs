//! `[tool.scaffold.stages]` and `[tool.scaffold.gates]` of one project; in a `.scaffold.toml`, the same two tables stand at the top.
//!
//! Read from the content that is checked, not from the work tree. Called by the division of a snapshot into projects. It must not
//! know where files lie, and runs nothing.

mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::catalog;
use super::chosen::Chosen;
use super::settings::Settings;
use super::stage::Stage;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

use table::Document;

/// The name of a file of our own, for projects that have no `pyproject.toml`.
pub(crate) const OWN_FILE: &str = ".scaffold.toml";

/// What a project says of its gates.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    /// The project's folder in the repository, `""` for the repository's own.
    pub(crate) folder: Vec<u8>,
    /// The file that says it; `None` where nobody does, and the default holds.
    pub(crate) file: Option<RepoPath>,
    /// The gates of each stage, in declared order, groups resolved.
    stages: BTreeMap<Stage, Vec<String>>,
    /// What is said of single gates.
    gates: BTreeMap<String, Settings>,
    /// Globs of the folders below that are part of this project whatever they say themselves.
    swallowed: Vec<String>,
}

impl Configuration {
    /// What holds where no project says anything: what needs nothing but the files, before each commit.
    pub(crate) fn default_of(folder: &[u8]) -> Self {
        let gates = ["hygiene", "secrets"]
            .iter()
            .flat_map(|group| catalog::members(group))
            .map(str::to_owned)
            .collect();
        Self {
            folder: folder.to_vec(),
            stages: BTreeMap::from([(Stage::PreCommit, gates)]),
            ..Self::default()
        }
    }

    /// What such a file says; `None` where it has neither of the two tables.
    ///
    /// # Errors
    /// When it is no TOML, or something in the two tables has a name or a value that nothing understands: with the line, and the
    /// nearest name that there is.
    pub(crate) fn parse(folder: &[u8], file: RepoPath, text: &str) -> Result<Option<Self>> {
        // Most files of a large repository say nothing of gates, and need not be parsed to know it.
        if !text.contains("scaffold") && file.file_name() != OWN_FILE.as_bytes() {
            return Ok(None);
        }
        let document = Document::parse(&file, text)?;
        let Some(tool) = document.scaffold()? else {
            return Ok(None);
        };
        let gates = document.gates(tool)?;
        let stages = document.stages(tool, &gates)?;
        let swallowed = document.projects(tool)?;
        if stages.is_none() && gates.is_empty() && swallowed.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            folder: folder.to_vec(),
            file: Some(file),
            stages: stages.unwrap_or_else(|| Self::default_of(folder).stages),
            gates,
            swallowed,
        }))
    }

    /// Whether a folder below is part of this project whatever it says itself: test data that looks like a project, say.
    ///
    /// # Errors
    /// When the globs are too many.
    pub(crate) fn swallows(&self, folder: &[u8]) -> Result<bool> {
        if self.swallowed.is_empty() {
            return Ok(false);
        }
        let folder = RepoPath::new(folder);
        let chosen = Chosen::new(&self.swallowed, &[])?;
        Ok(std::iter::once(folder.as_bytes())
            .chain(folder.folders())
            .filter_map(|it| RepoPath::new(it).strip(&self.folder).map(<[u8]>::to_vec))
            .any(|it| !it.is_empty() && chosen.has(&it)))
    }

    /// The gates of a stage, in declared order. A merge commit is held to what a commit is held to, unless it is said.
    pub(crate) fn stage(&self, stage: Stage) -> &[String] {
        let said = self.stages.get(&stage).or_else(|| match stage {
            Stage::PreMergeCommit => self.stages.get(&Stage::PreCommit),
            _ => None,
        });
        said.map_or(&[], Vec::as_slice)
    }

    /// The stages that have gates.
    pub(crate) fn stages(&self) -> impl Iterator<Item = Stage> {
        self.stages
            .iter()
            .filter(|(_, gates)| !gates.is_empty())
            .map(|(stage, _)| *stage)
    }

    /// Every gate of every stage that looks at files, once each, in declared order.
    pub(crate) fn every_gate(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for stage in [Stage::PreCommit, Stage::PreMergeCommit, Stage::PrePush] {
            for name in self.stages.get(&stage).into_iter().flatten() {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        names
    }

    /// The names of gates that the project defines itself.
    pub(crate) fn custom_gates(&self) -> impl Iterator<Item = &str> {
        self.gates
            .iter()
            .filter(|(_, settings)| settings.command.is_some())
            .map(|(name, _)| name.as_str())
    }

    /// What is said of this gate.
    pub(crate) fn settings(&self, gate: &str) -> Settings {
        self.gates.get(gate).cloned().unwrap_or_default()
    }
}

/// The names that a list of gates and groups means, in order, once each.
///
/// # Errors
/// When one of them is neither: with the nearest name that there is.
pub(crate) fn resolve<'a>(
    names: impl IntoIterator<Item = &'a str>,
    gates: &BTreeMap<String, Settings>,
) -> Result<Vec<String>> {
    let mut resolved: Vec<String> = Vec::new();
    for name in names {
        let members = catalog::members(name);
        let found: Vec<&str> = if catalog::exists(name) || gates.contains_key(name) {
            vec![name]
        } else if members.is_empty() {
            return Err(unknown(name, gates));
        } else {
            members
        };
        for gate in found {
            if !resolved.iter().any(|it| it == gate) {
                resolved.push(gate.to_owned());
            }
        }
    }
    Ok(resolved)
}

/// The error for a name that is neither a gate nor a group.
fn unknown(name: &str, gates: &BTreeMap<String, Settings>) -> Error {
    let mut known: Vec<&str> = catalog::names().chain(catalog::groups()).collect();
    known.extend(gates.keys().map(String::as_str));
    let error = Error::new(format!("there is no gate or group `{name}`"));
    match nearest(name, known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("see them all: scaffold check --list"),
    }
}

/// The known word that a mistyped one is nearest to.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|it| (strsim::damerau_levenshtein(word, it), it))
        .min()
        .filter(|(distance, it)| *distance <= 1 + word.len().max(it.len()) / 4)
        .map(|(_, it)| it)
}
