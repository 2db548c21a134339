//! The git hooks of a new project: installed in its repository, where its `pyproject.toml` names stages.
//!
//! Called by `new`, after the first commit. The repository was just made, so its hooks folder is known, and no git is started to
//! find it. It must not know what a hook does.

use std::path::Path;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::gate::Stage;
use crate::gate::install::{self, Done, HooksFolder};
use crate::git;
use crate::host::Host;
use crate::project::plan::Plan;
use crate::ui::Ui;

/// What installs the hooks of a repository, and says why it cannot.
const COMMAND: &str = "scaffold hook install";

/// What became of the hooks.
pub(super) enum Outcome {
    /// There is no repository of its own, or nothing to run.
    LeftOut,
    /// They are there.
    Installed(Vec<Done>),
    /// They could not be installed; the project is complete all the same.
    Failed(Error),
}

/// Installs the hooks of the project in this folder, which has a repository.
pub(super) fn install(plan: &Plan, folder: &Path, config: &git::Config, host: &Host) -> Outcome {
    if plan.stages.is_empty() {
        return Outcome::LeftOut;
    }
    match try_install(plan, folder, config, host) {
        Ok(done) => Outcome::Installed(done),
        Err(error) => Outcome::Failed(error),
    }
}

fn try_install(plan: &Plan, folder: &Path, config: &git::Config, host: &Host) -> Result<Vec<Done>> {
    if let Some(value) = config.text("core.hookspath") {
        return Err(Error::new(format!(
            "your git configuration sets core.hooksPath to `{value}`"
        )));
    }
    let stages = plan
        .stages
        .iter()
        .map(|name| Stage::parse(name).map_err(Error::new))
        .collect::<Result<Vec<_>>>()?;
    let hooks = HooksFolder::fresh(&folder.join(".git"));
    install::install(&hooks, &stages, &host.own_program()?)
}

impl Outcome {
    /// Says what became of them.
    pub(super) fn report(&self, ui: &Ui) {
        match self {
            Self::LeftOut => {}
            Self::Installed(done) => {
                let stages: Vec<&str> = done.iter().map(|it| it.stage.name()).collect();
                ui.say(format!(
                    "{} {}",
                    ui.talk().good.apply_to("✓ installed hooks"),
                    stages.join(", ")
                ));
                for done in done.iter().filter(|it| it.chained) {
                    ui.say(format!(
                        "the {} hook of your template runs first",
                        done.stage
                    ));
                }
            }
            Self::Failed(error) => {
                ui.warn(format!(
                    "git hooks are not installed: {error}; to try it by hand, in the project's folder:"
                ));
                ui.say(format!("  {}", ui.talk().command.apply_to(COMMAND)));
            }
        }
    }

    /// The outcome as data.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::LeftOut => json!({ "status": "left-out" }),
            Self::Installed(done) => json!({
                "status": "installed",
                "stages": done.iter().map(|it| it.stage.name()).collect::<Vec<_>>(),
            }),
            Self::Failed(error) => json!({
                "status": "failed", "reason": error.message(), "command": COMMAND,
            }),
        }
    }
}
