//! The place for a new project, before and after its name is known.
//!
//! Called by `new`, before anything is asked and before anything is made. Everything here only looks.

use std::path::Path;

use super::Arguments;
use crate::error::{Error, Result};
use crate::git;
use crate::host::Host;
use crate::project::plan::Plan;
use crate::project::target::Target;

/// The place for the project.
pub(super) enum Place {
    /// Nobody has named it yet.
    Unnamed,
    /// This one.
    Named(Target),
}

impl Place {
    /// Looks at PATH.
    ///
    /// # Errors
    /// When no project can be made there.
    pub(super) fn observe(arguments: &Arguments, host: &Host) -> Result<Self> {
        match &arguments.path {
            None => Ok(Self::Unnamed),
            Some(path) => look(host, path).map(Self::Named),
        }
    }

    /// Whether an interrupted run had begun a project there.
    pub(super) fn is_cut_off(&self) -> bool {
        matches!(self, Self::Named(Target::CutOff { .. }))
    }

    /// The place, now that the name is known.
    ///
    /// # Errors
    /// When no project can be made there.
    pub(super) fn resolve(self, plan: &Plan, host: &Host) -> Result<Target> {
        match self {
            Self::Unnamed => look(host, Path::new(&plan.answers.name)),
            Self::Named(target) => Ok(target),
        }
    }
}

/// What is at a path.
///
/// # Errors
/// When no project can be made there.
pub(super) fn look(host: &Host, path: &Path) -> Result<Target> {
    let target = Target::observe(host, path)?;
    if let Target::Empty {
        folder,
        is_clone: true,
    } = &target
        && !git::holds_an_empty_repository(host, folder)?
    {
        return Err(Error::new(format!(
            "the repository in `{}` has commits already",
            path.display()
        ))
        .hint("choose an empty folder, or the clone of an empty repository"));
    }
    Ok(target)
}
