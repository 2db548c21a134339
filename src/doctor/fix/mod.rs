//! Fixes as data: what would be done, so that it can be shown, refused, done, and looked at again.
//!
//! Made by `checks` beside a symptom; [`Fix::steps`] works out what it comes to here and now, which `cli` shows, and [`perform()`] does. A fix never reaches outside of the project, and never
//! uses `sudo`, global configuration, start-up files of a shell, git's history, an identity or a weaker TLS: such a remedy is a command to type.

mod edit;
mod ours;
mod perform;
mod step;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::check::Mending;

pub(crate) use edit::{Edit, Key};
pub(crate) use ours::Bounds;
pub(crate) use perform::{Means, perform};
pub(crate) use step::Step;

/// What can be done about a symptom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fix {
    /// What it does, in a line: `add .venv to .gitignore`.
    pub(crate) title: String,
    /// Whether it is done by itself or once the user agrees.
    pub(crate) mending: Mending,
    /// The steps, in order.
    pub(crate) actions: Vec<Action>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Changes a text file of the project, or makes it.
    Edit {
        /// The file, absolute.
        file: PathBuf,
        /// How.
        edit: Edit,
    },
    /// Renames a file or folder of the project; refused where the new name is taken.
    Rename {
        /// From here, absolute.
        from: PathBuf,
        /// To here, absolute.
        to: PathBuf,
    },
    /// Removes what an installer left unfinished: a folder or file of `site-packages` whose name begins with `~`. Nothing else is removed.
    RemoveLeftover(PathBuf),
    /// Removes an environment that was set aside when a new one was built: `.venv.scaffold-old`.
    RemoveAside(PathBuf),
    /// Removes git's lock that no process holds any more: `index.lock`.
    RemoveLock(PathBuf),
    /// Makes a file executable.
    MakeExecutable(PathBuf),
    /// Runs a program in the project's folder.
    Run {
        /// The program and its arguments; `scaffold` is this program.
        argv: Vec<String>,
    },
    /// Builds the project's environment as its locks say. An environment that is there is set aside by a rename first; it comes back where
    /// the new one cannot be built or does not work, and is offered for removal where it does.
    Environment,
}

impl Fix {
    /// One that `--fix` applies by itself: inside the project, and reversible.
    pub(crate) fn safe(
        title: impl Into<String>,
        actions: impl IntoIterator<Item = Action>,
    ) -> Self {
        Self::new(title, Mending::Safe, actions)
    }

    /// One that is applied once the user agrees.
    pub(crate) fn ask(title: impl Into<String>, actions: impl IntoIterator<Item = Action>) -> Self {
        Self::new(title, Mending::Ask, actions)
    }

    /// When it is done among others: files first, then the locks, the environment that is built from them, what takes something out of an
    /// installer's way, what else runs there, and last what is cleared away.
    pub(crate) fn turn(&self) -> u8 {
        let clears = |it: &Action| matches!(it, Action::Rename { .. });
        let run = if self.actions.iter().any(clears) {
            3
        } else {
            4
        };
        let turn = |action: &Action| match action {
            Action::Run { argv } if argv.get(1).is_some_and(|it| it == "lock") => 1,
            Action::Environment => 2,
            Action::Run { .. } => run,
            Action::RemoveAside(_) => 5,
            _ => 0,
        };
        self.actions.iter().map(turn).max().unwrap_or_default()
    }

    fn new(
        title: impl Into<String>,
        mending: Mending,
        actions: impl IntoIterator<Item = Action>,
    ) -> Self {
        Self {
            title: title.into(),
            mending,
            actions: actions.into_iter().collect(),
        }
    }
}

impl Action {
    /// Changes a file.
    pub(crate) fn edit(file: impl Into<PathBuf>, edit: Edit) -> Self {
        Self::Edit {
            file: file.into(),
            edit,
        }
    }

    /// Runs a program.
    pub(crate) fn run<I: IntoIterator<Item: Into<String>>>(argv: I) -> Self {
        Self::Run {
            argv: argv.into_iter().map(Into::into).collect(),
        }
    }
}
