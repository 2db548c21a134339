//! `scaffold hook`: the hooks of a repository, and what they call.

mod stage;

use std::ffi::OsString;

use clap::Subcommand;
use serde_json::json;

use super::new::Format;
use crate::error::Result;
use crate::gate::install::{self, Done, Hook, HooksFolder, Outcome, State};
use crate::gate::{self, Stage};
use crate::git::WorkTree;
use crate::host::Host;
use crate::ui::Ui;

/// What to do with the hooks.
#[derive(Debug, Subcommand)]
pub(crate) enum Arguments {
    /// Install hooks: from then on git runs the checks at every commit and push.
    ///
    /// A hook is a small script in the repository's hooks folder (usually .git/hooks), which git calls at a certain moment. A hook that is
    /// there already is kept, and runs first. In any work tree of a repository, once is enough for all of them.
    #[command(after_help = "\
Stages:
  pre-commit        before a commit
  pre-merge-commit  before the commit that a merge makes
  pre-push          before anything is sent to a remote
  commit-msg        once the message of a commit is written

Examples:
  scaffold hook install
  scaffold hook install --stage pre-commit,commit-msg")]
    Install {
        /// The stages, separated by commas [default: those that have gates in pyproject.toml, else pre-commit,pre-push].
        #[arg(long = "stage", value_name = "STAGE", value_delimiter = ',', value_parser = Stage::parse)]
        stages: Vec<Stage>,
    },
    /// Remove the hooks that `install` made, and put back what was there before.
    ///
    /// Hooks of other programs are left alone. One that you have edited is not deleted: it is renamed, and git calls it no more.
    Uninstall {
        /// The stages, separated by commas [default: all].
        #[arg(long = "stage", value_name = "STAGE", value_delimiter = ',', value_parser = Stage::parse)]
        stages: Vec<Stage>,
    },
    /// Show which hooks are installed, whose they are, and whether they work.
    Status {
        /// How to give the result.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Run the checks of one stage, as its hook does.
    Run {
        /// The stage, such as pre-commit.
        #[arg(value_parser = Stage::parse)]
        stage: Stage,
        /// What git gives the hook.
        #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

impl Arguments {
    /// What a hook says when git calls it: `hook run STAGE` and what git gives it. Nothing else; what is typed by hand is parsed.
    pub(crate) fn of_hook(words: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut words = words.into_iter();
        if words.next()? != "hook" || words.next()? != "run" {
            return None;
        }
        let stage = Stage::parse(words.next()?.to_str()?).ok()?;
        let arguments: Vec<OsString> = words.collect();
        let is_option = |word: &OsString| word.as_encoded_bytes().starts_with(b"-");
        (!arguments.iter().any(is_option)).then_some(Self::Run { stage, arguments })
    }
}

/// Runs it.
///
/// # Errors
/// When there is no work tree, its hooks cannot be read or written, or the checks of a stage fail.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    match arguments {
        Arguments::Install { stages } => install(stages, host, ui),
        Arguments::Uninstall { stages } => uninstall(stages, host, ui),
        Arguments::Status { format } => status(*format, host, ui),
        Arguments::Run { stage, arguments } => stage::run(*stage, arguments, host, ui),
    }
}

/// The stages to install where nobody names any: those that a project has gates for.
fn default_stages(work_tree: &WorkTree) -> Result<Vec<Stage>> {
    let stages = gate::configured_stages(work_tree)?;
    Ok(if stages.is_empty() {
        vec![Stage::PreCommit, Stage::PrePush]
    } else {
        stages
    })
}

fn install(stages: &[Stage], host: &Host, ui: &Ui) -> Result<()> {
    let work_tree = WorkTree::discover(host)?;
    let stages = match stages {
        [] => default_stages(&work_tree)?,
        stages => in_order(stages),
    };
    let folder = HooksFolder::of(&work_tree)?;
    let done = install::install(&folder, &stages, &host.own_program()?)?;
    say_what_was_done(&done, host, ui);
    if let Some(setting) = &folder.setting {
        ui.say(format!(
            "in {}, for core.hooksPath is `{}`",
            host.short(&folder.path),
            setting.value
        ));
    }
    Ok(())
}

fn uninstall(stages: &[Stage], host: &Host, ui: &Ui) -> Result<()> {
    let work_tree = WorkTree::discover(host)?;
    let named = !stages.is_empty();
    let stages = if named {
        in_order(stages)
    } else {
        Stage::ALL.to_vec()
    };
    let mut done = install::uninstall(&HooksFolder::of(&work_tree)?, &stages)?;
    if !named {
        done.retain(|it| !matches!(it.outcome, Outcome::Absent | Outcome::NotOurs));
    }
    say_what_was_done(&done, host, ui);
    if done.is_empty() {
        ui.say("no hook of scaffold's is installed");
    }
    Ok(())
}

/// The stages as lists have them, each once.
fn in_order(stages: &[Stage]) -> Vec<Stage> {
    let all = Stage::ALL.into_iter();
    all.filter(|stage| stages.contains(stage)).collect()
}

/// Says what was done for each stage.
fn say_what_was_done(done: &[Done], host: &Host, ui: &Ui) {
    let good = &ui.talk().good;
    for Done {
        stage,
        hook,
        outcome,
        chained,
        set_aside,
    } in done
    {
        let stage = stage.name();
        let what = match outcome {
            Outcome::Installed => format!("{} {stage}", good.apply_to("✓ installed")),
            Outcome::Replaced => format!("{} {stage}", good.apply_to("✓ renewed")),
            Outcome::Already => format!("{} {stage}", good.apply_to("✓ already installed")),
            Outcome::Removed => format!("{} {stage}", good.apply_to("✓ removed")),
            Outcome::Restored => format!(
                "{} {stage}: the hook that was there before is back",
                good.apply_to("✓ removed")
            ),
            Outcome::Absent => format!("{stage}: there is no hook"),
            Outcome::NotOurs => {
                format!("{stage}: {} is not scaffold's, and stays", host.short(hook))
            }
        };
        let chained = if *chained {
            "; the hook that was there runs first"
        } else {
            ""
        };
        ui.say(format!("{what}{chained}"));
        if let Some(aside) = set_aside {
            ui.warn(format!(
                "scaffold's {stage} hook had been edited: what it was lies in {} now, and nothing runs it",
                host.short(aside)
            ));
        }
    }
}

fn status(format: Format, host: &Host, ui: &Ui) -> Result<()> {
    let work_tree = WorkTree::discover(host)?;
    let folder = HooksFolder::of(&work_tree)?;
    let hooks = install::status(&folder)?;
    let configured = gate::configured_stages(&work_tree);
    let configured = configured.inspect_err(|error| ui.warn(error.to_string()));
    let configured = configured.ok();
    let is_configured = |stage: &Stage| configured.as_ref().map(|it| it.contains(stage));
    if format == Format::Json {
        let value = json!({
            "schema": 1,
            "folder": folder.path.to_string_lossy(),
            "hooks_path": folder.setting.as_ref().map(|it| json!({
                "value": it.value, "scope": it.scope, "origin": it.origin,
            })),
            "refusal": folder.refusal.as_ref().map(|it| json!({
                "reason": it.reason, "ways": it.ways,
            })),
            "hooks": hooks.iter().map(|hook| json!({
                "stage": hook.stage.name(),
                "configured": is_configured(&hook.stage),
                "path": hook.path.to_string_lossy(),
                "state": hook.state.name(),
                "version": hook.shim.as_ref().map(|it| it.version),
                "program": hook.shim.as_ref().map(|it| it.program.to_string_lossy()),
                "program_found": hook.program_found,
                "chained": hook.chained.as_ref().map(|it| it.to_string_lossy()),
            })).collect::<Vec<_>>(),
        });
        return ui.print(&format!("{value:#}\n"));
    }
    let width = Stage::ALL
        .iter()
        .map(|it| it.name().len())
        .max()
        .unwrap_or_default();
    let mut text = format!("hooks folder: {}\n", host.short(&folder.path));
    for hook in &hooks {
        text.push_str(&format!(
            "  {:width$}  {}\n",
            hook.stage.name(),
            described(hook, is_configured(&hook.stage) == Some(true), host)
        ));
    }
    ui.print(&text)?;
    if let Some(refusal) = &folder.refusal {
        ui.warn(&refusal.reason);
        for way in &refusal.ways {
            ui.say(format!("  {way}"));
        }
    }
    Ok(())
}

fn described(hook: &Hook, is_configured: bool, host: &Host) -> String {
    let mut text = match hook.state {
        State::Absent if is_configured => {
            "not installed, and its gates do not run (to install it: scaffold hook install)"
                .to_owned()
        }
        State::Absent => "not installed".to_owned(),
        State::Foreign if is_configured => {
            "a hook that is not scaffold's, and its gates do not run (to install it: scaffold hook install)"
                .to_owned()
        }
        State::Foreign => "a hook that is not scaffold's".to_owned(),
        State::Edited => "edited by hand (to renew it: scaffold hook install)".to_owned(),
        State::Outdated => "installed, out of date (to renew it: scaffold hook install)".to_owned(),
        State::Installed => "installed".to_owned(),
    };
    if let Some(shim) = &hook.shim {
        let missing = if hook.program_found {
            ""
        } else {
            ", which is not there any more (to renew it: scaffold hook install)"
        };
        text.push_str(&format!(", calls {}{missing}", shim.program.display()));
    }
    if let Some(other) = &hook.chained {
        text.push_str(&format!("; {} runs too", host.short(other)));
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::Arguments;

    #[derive(Debug, clap::Parser)]
    struct Typed {
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Debug, clap::Subcommand)]
    enum Command {
        #[command(subcommand)]
        Hook(Arguments),
    }

    #[test]
    fn what_a_hook_says_means_what_it_means_when_it_is_typed() {
        let of_hook = |words: &[&str]| Arguments::of_hook(words.iter().map(Into::into));
        for words in [
            &["hook", "run", "pre-commit"] as &[&str],
            &["hook", "run", "commit-msg", ".git/COMMIT_EDITMSG"],
            &[
                "hook",
                "run",
                "pre-push",
                "origin",
                "git@example.com:a/b.git",
            ],
        ] {
            let typed = Typed::try_parse_from([&["scaffold"], words].concat()).unwrap();
            let Command::Hook(typed) = typed.command;
            assert_eq!(
                format!("{:?}", of_hook(words).unwrap()),
                format!("{typed:?}")
            );
        }
        for words in [
            &["hook", "run"] as &[&str],
            &["hook", "run", "pre-comit"],
            &["hook", "run", "pre-commit", "--help"],
            &["hook", "run", "--help"],
            &["hook", "-q", "run", "pre-commit"],
            &["hook", "install"],
            &["check"],
            &[],
        ] {
            assert!(of_hook(words).is_none(), "{words:?}");
        }
    }
}
