//! The repository of a new project: whether one is made, its first commit, and what the user has to do where that could not be.
//!
//! Called by `new`: decided before a person agrees, done when the files are there. Which files they are is not its business.

use std::path::{Path, PathBuf};

use super::Arguments;
use crate::error::Result;
use crate::git::{self, CommitId, Entry, FirstCommit, Identity, Moment};
use crate::host::Host;
use crate::project::plan::{Plan, TEMPLATE};
use crate::template::composition::Content;
use crate::ui::Ui;

/// What is done about a repository.
pub(super) struct Repository<'a> {
    host: &'a Host,
    config: &'a git::Config,
    decision: Decision,
}

enum Decision {
    /// `--no-git`.
    Refused,
    /// The project lies in the work tree of this folder already.
    Inside(PathBuf),
    /// One is made, by whoever this is.
    Make(Option<Identity>),
}

/// What became of the first commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Committed {
    /// There is no repository of its own.
    No,
    /// Everything is in the index; nobody to commit it.
    Staged,
    /// There is one.
    Yes(CommitId),
}

impl Committed {
    /// The commit's name.
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Yes(id) => Some(&id.0),
            _ => None,
        }
    }
}

/// Decides before anything is written.
pub(super) fn decide<'a>(
    arguments: &Arguments,
    folder: &Path,
    host: &'a Host,
    config: &'a git::Config,
) -> Repository<'a> {
    let decision = if arguments.no_git {
        Decision::Refused
    } else if let Some(around) = git::enclosing_work_tree(host, folder)
        .filter(|_| !arguments.git && !folder.join(".git").exists())
    {
        Decision::Inside(around)
    } else {
        Decision::Make(Identity::find(host, config))
    };
    Repository {
        host,
        config,
        decision,
    }
}

impl Repository<'_> {
    /// The user's configuration of git, as it holds in the project's folder.
    pub(super) fn config(&self) -> &git::Config {
        self.config
    }

    /// Whether the project gets one of its own.
    pub(super) fn is_made(&self) -> bool {
        matches!(self.decision, Decision::Make(_))
    }

    /// What will be done, in words for a summary, and whether that is the usual thing.
    pub(super) fn foreseen(&self, host: &Host) -> (String, bool) {
        match &self.decision {
            Decision::Refused => ("none, and no commit (--no-git)".to_owned(), false),
            Decision::Inside(around) => (
                format!("that of {}, and no commit", host.short(around)),
                false,
            ),
            Decision::Make(Some(identity)) => {
                let git::Person { name, email } = &identity.author;
                (
                    format!("git, with a first commit by {name} <{email}>"),
                    true,
                )
            }
            Decision::Make(None) => (
                "git, all staged but no commit: git does not know who you are".to_owned(),
                false,
            ),
        }
    }

    /// Makes the repository in a folder where every file of the plan lies, unless it has a commit already.
    ///
    /// # Errors
    /// When git refuses.
    pub(super) fn make(&self, plan: &Plan, folder: &Path) -> Result<Committed> {
        let Decision::Make(identity) = &self.decision else {
            return Ok(Committed::No);
        };
        // An interrupted run may have come this far.
        if let Some(id) = git::head_commit(self.host, folder)? {
            return Ok(Committed::Yes(id));
        }
        let entries: Vec<Entry<'_>> = plan
            .files
            .iter()
            .map(|file| Entry {
                path: &file.path,
                content: match &file.content {
                    Content::Bytes {
                        bytes,
                        executable: false,
                    } => git::Content::File(bytes),
                    Content::Bytes {
                        bytes,
                        executable: true,
                    } => git::Content::Executable(bytes),
                    Content::Link(target) => git::Content::Link(target),
                },
            })
            .collect();
        let commit = git::first_commit(
            self.host,
            self.config,
            &FirstCommit {
                folder,
                entries: &entries,
                message: &format!("Start {} from a template", plan.answers.name),
                trailers: &[
                    ("Scaffold-Template", TEMPLATE),
                    ("Scaffold-Version", env!("CARGO_PKG_VERSION")),
                ],
                identity: identity.as_ref(),
                moment: Moment::of(self.host)?,
            },
        )?;
        Ok(commit.map_or(Committed::Staged, Committed::Yes))
    }

    /// Says what became of it, and what to type where something is left to do.
    pub(super) fn report(&self, committed: &Committed, folder: &Path, host: &Host, ui: &Ui) {
        match (&self.decision, committed) {
            (Decision::Inside(around), _) => ui.say(format!(
                "no repository of its own: it lies in that of {} (to make one all the same: --git)",
                host.short(around)
            )),
            (_, Committed::Yes(id)) => {
                ui.say(format!(
                    "{} {}",
                    ui.talk().good.apply_to("✓ committed"),
                    ui.talk().dim.apply_to(id.0.get(..10).unwrap_or(&id.0))
                ));
                if self.config.signs_commits() {
                    ui.say("it is not signed, though your configuration asks for it: git commit --amend --no-edit -S");
                }
            }
            (_, Committed::Staged) => {
                ui.warn("git does not know who you are: the first commit is staged, but not made. To make it:");
                // No hook may change what the first commit is: the very files of the template.
                for command in [
                    "git config --global user.name \"Your Name\"",
                    "git config --global user.email you@example.com",
                    "git commit --no-edit --no-verify",
                ] {
                    ui.say(format!("  {}", ui.talk().command.apply_to(command)));
                }
            }
            (_, Committed::No) => {}
        }
        if matches!(self.decision, Decision::Make(_)) && host.find_program("git").is_none() {
            ui.warn(format!(
                "git is not installed: `{}` has a repository that nothing here can use yet",
                host.short(folder)
            ));
        }
    }
}
