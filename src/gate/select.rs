//! What runs on what, and why something does not: decided before anything runs.
//!
//! Called by the run and by `--plan`. It starts nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::builtin::Builtin;
use super::catalog;
use super::chosen::Chosen;
use super::configuration::{Configuration, nearest};
use super::project::Projects;
use super::settings::{Needs, Settings};
use super::snapshot::{Of, Snapshot};
use super::stage::Stage;
use super::tool::Tool;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

/// Which gates are asked for.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// Those of a stage.
    Stage(Stage),
    /// Those of every stage that checks files.
    All,
    /// These, by the names of gates or groups.
    Named(Vec<String>),
}

/// One part of a run that is divided among several machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Which one, from 1.
    pub(crate) number: u64,
    /// Of how many.
    pub(crate) of: u64,
}

/// A gate of a project, and what it runs on.
pub(crate) struct Selected {
    /// The project.
    pub(crate) project: Arc<Configuration>,
    /// Its name.
    pub(crate) gate: String,
    /// What does the work.
    pub(crate) engine: Engine,
    /// What it has to be given.
    pub(crate) needs: Needs,
    /// What the project says of it.
    pub(crate) settings: Settings,
    /// The files of the snapshot that it is for, by their number.
    pub(crate) files: Vec<usize>,
    /// Why it does not run.
    pub(crate) skipped: Option<String>,
}

/// What does the work of a gate.
#[derive(Clone, Copy)]
pub(crate) enum Engine {
    /// This program.
    Native(&'static Builtin),
    /// A tool that is known.
    Tool(&'static Tool),
    /// A command of the project's own.
    Custom,
}

impl Selected {
    /// Whether it changes files whatever it is told: a fixer of the project's own.
    pub(crate) fn always_changes(&self) -> bool {
        matches!(self.engine, Engine::Custom) && self.settings.fix == Some(true)
    }

    /// Whether it can mend anything: no tool does that in the work tree itself.
    pub(crate) fn can_fix(&self) -> bool {
        match self.engine {
            Engine::Tool(_) | Engine::Custom if self.needs == Needs::WorkTree => false,
            Engine::Native(builtin) => builtin.fixes,
            Engine::Tool(tool) => tool.can_fix,
            Engine::Custom => self.settings.fix == Some(true),
        }
    }
}

/// Chooses the gates of every project that has files under check.
///
/// # Errors
/// When a configuration is wrong, or a gate that is asked for does not exist.
pub(crate) fn select(
    snapshot: &Snapshot,
    projects: &mut Projects,
    wanted: &Wanted,
    skip: &[String],
    shard: Option<Shard>,
) -> Result<Vec<Selected>> {
    let mut members: BTreeMap<Vec<u8>, (Arc<Configuration>, Vec<usize>, usize)> = BTreeMap::new();
    // The repository's own project is asked even where nothing of it is under check: its mistakes are to be seen.
    let top = projects.top()?;
    members.insert(top.folder.clone(), (top, Vec::new(), 0));
    let mut number = 0;
    // Files of one folder belong together, and mostly lie one behind the other.
    let folders = snapshot
        .files
        .chunk_by(|one, next| one.path.folder() == next.path.folder());
    for files in folders {
        let project = projects.of(&files[0].path)?;
        let entry = members.entry(project.folder.clone());
        let numbers = number..number + files.len();
        number = numbers.end;
        entry.or_insert((project, Vec::new(), 0)).1.extend(numbers);
    }
    for path in &snapshot.deleted {
        let project = projects.of(path)?;
        let entry = members.entry(project.folder.clone());
        entry.or_insert((project, Vec::new(), 0)).2 += 1;
    }
    if let Wanted::Named(names) = wanted {
        check_wanted(projects, names)?;
    }
    check_skipped(projects, skip)?;
    let mut selected = Vec::new();
    for (project, files, deleted) in members.into_values() {
        for gate in gates_of(&project, wanted) {
            selected.extend(choose(
                snapshot, &project, gate, &files, deleted, skip, shard,
            )?);
        }
    }
    Ok(selected)
}

/// The gates of a project that are asked for, in declared order.
fn gates_of(project: &Configuration, wanted: &Wanted) -> Vec<String> {
    match wanted {
        Wanted::Stage(stage) => project.stage(*stage).to_vec(),
        Wanted::All => project.every_gate(),
        Wanted::Named(names) => {
            let mut gates: Vec<String> = Vec::new();
            for name in names {
                let members = catalog::members(name);
                let own = project.custom_gates().any(|it| it == name);
                let found: Vec<&str> = if own || catalog::exists(name) {
                    vec![name]
                } else {
                    members
                };
                for gate in found {
                    if !gates.iter().any(|it| it == gate) {
                        gates.push(gate.to_owned());
                    }
                }
            }
            gates
        }
    }
}

/// # Errors
/// When a name that was asked for is neither a gate that checks files nor a group, in any project.
fn check_wanted(projects: &mut Projects, names: &[String]) -> Result<()> {
    check_names(projects, names, "")?;
    match names.iter().find(|it| catalog::reads_message(it)) {
        Some(name) => Err(Error::new(format!(
            "`{name}` checks the message of a commit, and no files"
        ))
        .hint("put it into `commit-msg` of [tool.scaffold.stages]")),
        None => Ok(()),
    }
}

/// # Errors
/// When a name that is to be left out is neither a gate nor a group, in any project.
pub(super) fn check_skipped(projects: &mut Projects, skip: &[String]) -> Result<()> {
    check_names(projects, skip, " (from SCAFFOLD_SKIP)")
}

fn check_names(projects: &mut Projects, names: &[String], from: &str) -> Result<()> {
    let Some(name) = unknown_names(projects, names)?.into_iter().next() else {
        return Ok(());
    };
    let own = own_gates(projects)?;
    let mut known: Vec<&str> = catalog::names().chain(catalog::groups()).collect();
    known.extend(own.iter().map(String::as_str));
    let error = Error::new(format!("there is no gate or group `{name}`{from}"));
    Err(match nearest(&name, known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("see them all: scaffold check --list"),
    })
}

/// Those of the names that no project knows.
///
/// # Errors
/// When a configuration is wrong.
pub(super) fn unknown_names(projects: &mut Projects, names: &[String]) -> Result<Vec<String>> {
    let is_unknown = |name: &&String| {
        !catalog::exists(name) && !catalog::groups().any(|group| group == name.as_str())
    };
    let mut unknown: Vec<String> = names.iter().filter(is_unknown).cloned().collect();
    if !unknown.is_empty() {
        // Only now are all projects looked at, those without a file under check among them.
        let own = own_gates(projects)?;
        unknown.retain(|name| !own.contains(name));
    }
    Ok(unknown)
}

/// The gates that any project defines itself.
fn own_gates(projects: &mut Projects) -> Result<Vec<String>> {
    let mut own = Vec::new();
    for project in projects.all()? {
        own.extend(project.custom_gates().map(str::to_owned));
    }
    Ok(own)
}

fn choose(
    snapshot: &Snapshot,
    project: &Arc<Configuration>,
    gate: String,
    files: &[usize],
    deleted: usize,
    skip: &[String],
    shard: Option<Shard>,
) -> Result<Option<Selected>> {
    let settings = project.settings(&gate);
    let tool = catalog::tool(&gate);
    let (engine, globs, needs) = if let Some(builtin) = catalog::native(&gate) {
        (Engine::Native(builtin), builtin.files, Needs::Files)
    } else if let Some(tool) = tool {
        (Engine::Tool(tool), tool.files, tool.needs)
    } else if settings.command.is_some() {
        (Engine::Custom, &[][..], Needs::Files)
    } else {
        return Ok(None);
    };
    let needs = settings.needs.unwrap_or(needs);
    let chosen = match &settings.files {
        Some(globs) => Chosen::new(globs, &settings.exclude)?,
        None => Chosen::new(globs, &settings.exclude)?,
    };
    let mut files: Vec<usize> = files
        .iter()
        .copied()
        .filter(|number| {
            let path = &snapshot.files[*number].path;
            path.strip(&project.folder).is_some_and(|it| chosen.has(it))
        })
        .collect();
    let deleted = deleted > 0
        && snapshot
            .deleted
            .iter()
            .any(|it| it.strip(&project.folder).is_some_and(|it| chosen.has(it)));
    let mut skipped = None;
    if skip
        .iter()
        .any(|it| *it == gate || catalog::members(it).contains(&gate.as_str()))
    {
        skipped = Some("SCAFFOLD_SKIP says so".to_owned());
    } else if files.is_empty() && (needs == Needs::Files || !deleted) {
        let why = match snapshot.of {
            _ if snapshot.is_whole => "there are no files for it",
            Of::Index => "no file that it is for is staged",
            _ => "no file that it is for has changed",
        };
        skipped = Some(why.to_owned());
    } else if let Some(shard) = shard {
        if needs == Needs::Files {
            files.retain(|number| shard.has(&snapshot.files[*number].path));
            if files.is_empty() {
                skipped = Some("the other shards have its files".to_owned());
            }
        } else if shard.number != 1 {
            skipped = Some("it runs in shard 1".to_owned());
        }
    }
    Ok(Some(Selected {
        project: Arc::clone(project),
        gate,
        engine,
        needs,
        settings,
        files,
        skipped,
    }))
}

impl Shard {
    /// Whether a file belongs to this part: decided by its path alone.
    fn has(self, path: &RepoPath) -> bool {
        let digest = blake3::hash(path.as_bytes());
        let mut number = [0; 8];
        number.copy_from_slice(&digest.as_bytes()[..8]);
        u64::from_le_bytes(number) % self.of == self.number - 1
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;
    use crate::repo_path::RepoPath;

    #[test]
    fn every_file_is_in_exactly_one_shard() {
        for number in 0..200 {
            let path = RepoPath::new(format!("folder/{number}.py"));
            let parts = (1..=3).filter(|number| {
                Shard {
                    number: *number,
                    of: 3,
                }
                .has(&path)
            });
            assert_eq!(parts.count(), 1);
        }
    }
}
