//! The hooks of a repository: ours put there, taken away, and shown.
//!
//! Called by `cli`. It observes what lies in the hooks folder, decides purely, and acts in steps that are whole at one moment each. What a
//! hook does when git calls it is not its business.

mod decision;
mod folder;
mod observe;
mod status;

use std::path::{Path, PathBuf};

use decision::{Decision, Obstacle, Step};
use observe::{Entry, Found, Slot, free_aside, path};

pub(crate) use decision::Outcome;
pub(crate) use folder::HooksFolder;
pub(crate) use status::{Hook, State, status};

use super::stage::Stage;
use crate::error::{Error, Result};
use crate::git::hook;

/// What was done for one stage.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// The stage.
    pub(crate) stage: Stage,
    /// The hook that git calls.
    pub(crate) hook: PathBuf,
    /// What it came to.
    pub(crate) outcome: Outcome,
    /// Whether a hook of somebody else's runs too.
    pub(crate) chained: bool,
    /// Where an edited hook of ours lies now.
    pub(crate) set_aside: Option<PathBuf>,
}

/// Installs the hooks of these stages, for the program at this absolute path. A hook that is there is kept and runs first.
///
/// # Errors
/// When git takes its hooks from elsewhere, what is there cannot be kept, or something cannot be written. All that can be known before is
/// known before anything is written.
pub(crate) fn install(folder: &HooksFolder, stages: &[Stage], program: &Path) -> Result<Vec<Done>> {
    folder.check()?;
    let mut decided = Vec::new();
    for stage in stages {
        let text = hook::render(stage.name(), program)?;
        let found = Found::look(&folder.path, *stage)?;
        let decision = decision::install(&found, &text)
            .map_err(|obstacle| refused(&folder.path, *stage, obstacle))?;
        decided.push((*stage, found, decision, text));
    }
    if decided
        .iter()
        .any(|(_, _, decision, _)| !decision.steps.is_empty())
    {
        crate::fs::create_dirs(&folder.path)?;
    }
    decided
        .into_iter()
        .map(|(stage, found, decision, text)| act(folder, stage, &found, &decision, &text))
        .collect()
}

/// Takes our hooks of these stages away, and puts the ones that were there before back.
///
/// # Errors
/// When git takes its hooks from elsewhere, or something cannot be read or written.
pub(crate) fn uninstall(folder: &HooksFolder, stages: &[Stage]) -> Result<Vec<Done>> {
    folder.check()?;
    stages
        .iter()
        .map(|stage| {
            let found = Found::look(&folder.path, *stage)?;
            act(folder, *stage, &found, &decision::uninstall(&found), b"")
        })
        .collect()
}

fn act(
    folder: &HooksFolder,
    stage: Stage,
    found: &Found,
    decision: &Decision,
    text: &[u8],
) -> Result<Done> {
    let at = |slot| path(&folder.path, stage, slot);
    let mut set_aside = None;
    for step in &decision.steps {
        match *step {
            Step::Keep => keep(&at(Slot::Hook), &at(Slot::Kept), &found.hook)?,
            Step::Write(slot) => crate::fs::atomic::put(&at(slot), text, true)?,
            Step::SetAside(slot) => {
                let aside = free_aside(&folder.path, stage);
                crate::fs::rename(&at(slot), &aside)?;
                set_aside = Some(aside);
            }
            Step::Remove(slot) => crate::fs::remove_file(&at(slot))?,
            Step::Restore(slot) => crate::fs::rename(&at(Slot::Kept), &at(slot))?,
        }
    }
    Ok(Done {
        stage,
        hook: at(Slot::Hook),
        outcome: decision.outcome,
        chained: decision.chained,
        set_aside,
    })
}

/// Gives a hook its second name while it keeps the first, so that at no moment none is there.
fn keep(hook: &Path, kept: &Path, entry: &Entry) -> Result<()> {
    if let Ok(target) = std::fs::read_link(hook) {
        return crate::fs::symlink(&target, kept);
    }
    match entry {
        Entry::Foreign { bytes, executable } if crate::fs::hard_link(hook, kept).is_err() => {
            crate::fs::atomic::put(kept, bytes, *executable)
        }
        _ => Ok(()),
    }
}

fn refused(folder: &Path, stage: Stage, obstacle: Obstacle) -> Error {
    let at = |slot| path(folder, stage, slot);
    let (hook, kept) = (at(Slot::Hook), at(Slot::Kept));
    match obstacle {
        Obstacle::NoFile => Error::new(format!(
            "the hook `{}` (or what was kept of it) is no file",
            hook.display()
        ))
        .hint("look at it, and move it away"),
        Obstacle::TwoForeign => Error::new(format!(
            "neither `{}` nor `{}` is scaffold's, and only one of them can be kept",
            hook.display(),
            kept.display()
        ))
        .hint("the second was there when scaffold's hook was installed first; something has replaced that hook since")
        .hint(format!(
            "move away what is no longer wanted, and try again: rm {}",
            crate::process::quoted(&kept.to_string_lossy())
        )),
    }
}
