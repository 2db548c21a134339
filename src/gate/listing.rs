//! The gates that there are, for people who look for one.
//!
//! Called by `scaffold check --list`. It runs nothing.

use std::collections::BTreeSet;

use super::builtin;
use super::message;
use super::project::Projects;
use super::reader::{Reader, Shortcut};
use super::snapshot::Snapshot;
use super::stage::Stage;
use super::tool;
use crate::error::Result;
use crate::git::WorkTree;
use crate::process::quoted;

/// A gate, as one looks it up.
pub(crate) struct Listed {
    /// Its name.
    pub(crate) name: String,
    /// The group that it belongs to.
    pub(crate) group: String,
    /// What it is for.
    pub(crate) title: String,
    /// Whether it can mend what it finds.
    pub(crate) fixes: bool,
    /// The arguments that it understands, of a native gate.
    pub(crate) arguments: Vec<String>,
    /// The stages at which the repository's own project runs it.
    pub(crate) stages: Vec<Stage>,
}

/// All gates, and those that the repository's own project defines.
///
/// # Errors
/// When its configuration is wrong.
pub(crate) fn list(snapshot: &Snapshot) -> Result<Vec<Listed>> {
    let shortcut = Shortcut::none();
    let reader = Reader::new(snapshot.work_tree, &shortcut);
    let project = Projects::new(snapshot, &reader).top()?;
    let stages = |gate: &str| -> Vec<Stage> {
        Stage::ALL
            .into_iter()
            .filter(|stage| project.stage(*stage).iter().any(|it| it == gate))
            .collect()
    };
    let mut listed: Vec<Listed> = builtin::ALL
        .iter()
        .map(|it| Listed {
            name: it.name.to_owned(),
            group: it.group.to_owned(),
            title: it.title.to_owned(),
            fixes: it.fixes,
            arguments: it.arguments.iter().map(|it| (*it).to_owned()).collect(),
            stages: stages(it.name),
        })
        .collect();
    listed.extend(tool::ALL.iter().map(|it| Listed {
        name: it.name.to_owned(),
        group: it.group.to_owned(),
        title: it.title.to_owned(),
        fixes: it.can_fix,
        arguments: Vec::new(),
        stages: stages(it.name),
    }));
    let mut order: Vec<String> = Vec::new();
    for it in &listed {
        if !order.contains(&it.group) {
            order.push(it.group.clone());
        }
    }
    listed.sort_by_key(|it| order.iter().position(|group| *group == it.group));
    listed.push(Listed {
        name: message::NAME.to_owned(),
        group: "message".to_owned(),
        title: message::TITLE.to_owned(),
        fixes: false,
        arguments: vec!["--types=feat,fix,…".to_owned()],
        stages: stages(message::NAME),
    });
    listed.extend(project.custom_gates().map(|name| {
        let settings = project.settings(name);
        Listed {
            name: name.to_owned(),
            group: "of this project".to_owned(),
            title: line(&settings.command.unwrap_or_default()),
            fixes: settings.fix == Some(true),
            arguments: Vec::new(),
            stages: stages(name),
        }
    }));
    Ok(listed)
}

/// A command as one types it.
fn line(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|it| quoted(it)).collect();
    words.join(" ")
}

/// The stages that any project of the repository has gates for, as the work tree says it, or, where nothing in it speaks of gates,
/// the index.
///
/// # Errors
/// When a configuration is wrong, or the files cannot be listed.
pub(crate) fn configured_stages(work_tree: &WorkTree) -> Result<Vec<Stage>> {
    let stages = |snapshot: Snapshot| -> Result<BTreeSet<Stage>> {
        let shortcut = Shortcut::none();
        let reader = Reader::new(work_tree, &shortcut);
        let projects = Projects::new(&snapshot, &reader).all()?;
        let speaking = projects.iter().filter(|it| it.file.is_some());
        Ok(speaking.flat_map(|it| it.stages()).collect())
    };
    let mut found = stages(Snapshot::work_tree(work_tree, &[])?)?;
    if found.is_empty() {
        found = stages(Snapshot::of_index(work_tree))?;
    }
    Ok(found.into_iter().collect())
}

/// What a code of a finding stands for: the title of the gate that it is of.
pub(crate) fn title(code: &str) -> Option<&'static str> {
    let gate = code.split('/').next().unwrap_or(code);
    let native = builtin::named(gate).map(|it| it.title);
    native
        .or_else(|| tool::find(gate).map(|it| it.title))
        .or_else(|| (gate == message::NAME).then_some(message::TITLE))
}
