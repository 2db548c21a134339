//! `scaffold new`: answers, plan, project, environment, proof, in this order.
//!
//! It composes `project`, `environment` and `git`, which know nothing of each other.

mod answers;
mod environment;
mod hooks;
mod repository;
mod show;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::prompt::Prompt;
use crate::environment::Installer;
use crate::error::{Error, Result};
use crate::git;
use crate::host::Host;
use crate::project::create::{create, resume};
use crate::project::interview::{Person, Surroundings, interview};
use crate::project::journal::{self, Recovered};
use crate::project::locks::Locks;
use crate::project::plan::{Plan, plan};
use crate::project::target::{Target, absolute};
use crate::template::catalog::Catalog;
use crate::ui::Ui;

/// How a command gives its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Generate a project: files, first commit, environment, proved green.
///
/// Asks on a terminal. Elsewhere, and with --defaults, it never waits: what no flag, file or variable answers takes its default.
#[derive(Debug, Args)]
#[command(after_help = "\
Answers come from, strongest first: a flag or --set, --answers FILE, SCAFFOLD_KEY in the environment, the configuration file
(config.toml in ~/.config/scaffold), the default. `scaffold template show` lists every question.

Examples:
  scaffold new hello
  scaffold new hello --platform aws-lambda --example api --set timeout=20
  scaffold new . --defaults --no-git")]
pub(crate) struct Arguments {
    /// The folder to make; its last part is the project's name.
    path: Option<PathBuf>,
    /// The project's name, where it is not the folder's.
    #[arg(long)]
    name: Option<String>,
    /// Where the function runs, such as vercel or aws-lambda.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    platform: Option<String>,
    /// What starts the function, such as http.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    trigger: Option<String>,
    /// The code to start from: hello or api.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    example: Option<String>,
    /// The Python that it runs on in production.
    #[arg(long, value_name = "X.Y", help_heading = "Answers")]
    python: Option<String>,
    /// One line about the project.
    #[arg(long, value_name = "TEXT", help_heading = "Answers")]
    description: Option<String>,
    /// Who writes it (default: git's user.name).
    #[arg(long, help_heading = "Answers")]
    author: Option<String>,
    /// Their address (default: git's user.email).
    #[arg(long, help_heading = "Answers")]
    email: Option<String>,
    /// The licence, such as mit or proprietary.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    license: Option<String>,
    /// How documentation is built: mkdocs or none.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    docs: Option<String>,
    /// Where continuous integration runs: github or none.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    ci: Option<String>,
    /// The editor to write settings for: vscode or none.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    editor: Option<String>,
    /// What runs the checks at a commit and at a push: scaffold, pre-commit or none.
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    hooks: Option<String>,
    /// Answer any question, by its key; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = "Answers")]
    set: Vec<String>,
    /// A TOML file of answers, by key.
    #[arg(long, value_name = "FILE", help_heading = "Answers")]
    answers: Option<PathBuf>,
    /// Ask nothing; take the default of what is not answered.
    #[arg(long, help_heading = "Answers")]
    defaults: bool,
    /// Show what would be made, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to give the result.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Make a repository even inside another one's work tree.
    #[arg(long, conflicts_with = "no_git")]
    git: bool,
    /// Make no repository.
    #[arg(long)]
    no_git: bool,
    /// Build no environment.
    #[arg(long)]
    no_env: bool,
    /// The installer for the environment.
    #[arg(long, value_name = "NAME")]
    installer: Option<String>,
    /// Never let uv download a Python.
    #[arg(long)]
    no_python_downloads: bool,
}

/// Runs it.
///
/// # Errors
/// When an answer is wrong, the project cannot be made, or it is not green.
pub(crate) fn run(arguments: &Arguments, host: &Host, ui: &Ui) -> Result<()> {
    crate::process::catch_interrupts(super::prompt::stop_asking);
    let catalog = Catalog::embedded();
    // What the user says of repositories may depend on where they lie: here, where the project will.
    let path = arguments.path.as_deref().unwrap_or(Path::new("project"));
    let config = git::Config::load(host, &absolute(host.current_dir(), path))?;
    let sources = answers::sources(arguments, host, &config)?;
    let installer = environment::installer(&sources, host)?;
    let place = Place::observe(arguments, host)?;
    let mut prompt = (ui.is_interactive() && !arguments.defaults).then(|| Prompt::new(ui));
    let path = arguments.path.as_deref();
    let interviewed = interview(
        &catalog,
        &sources,
        &Surroundings {
            name: path.map(|path| answers::name_of(host, path)).transpose()?,
            default_python: &|facts| answers::default_python(host, facts),
            year: i64::from(answers::today(host)?.year()),
        },
        prompt.as_mut().map(|it| it as &mut dyn Person),
    )?;
    for warning in &interviewed.warnings {
        ui.warn(warning);
    }
    if interviewed.platform_by_default {
        ui.say("no platform named: vercel (another one: --platform ID)");
    }
    let locks = Locks::cut(&catalog, &interviewed.composition, &interviewed.facts)?;
    let plan = plan(interviewed, &locks)?;
    for (key, value) in plan.answers.record() {
        let origin = sources.get(&key).map_or_else(
            || "by default".to_owned(),
            |(_, origin)| origin.describe(&key),
        );
        ui.detail(format!("{key} = {value} ({origin})"));
    }
    let place = place.resolve(&plan, host, ui)?;
    if arguments.dry_run {
        return show::dry_run(&plan, place.folder(), arguments, host, ui);
    }
    if let Some(prompt) = prompt {
        show::summary(&plan, place.folder(), host, ui);
        prompt.confirm("Make it?")?;
    }
    make(arguments, &plan, &place, &config, installer, host, ui)
}

/// Makes what was planned, proves it, and says what came of it.
fn make(
    arguments: &Arguments,
    plan: &Plan,
    place: &Place,
    config: &git::Config,
    installer: Installer,
    host: &Host,
    ui: &Ui,
) -> Result<()> {
    let repository = repository::decide(arguments, place.folder(), host, config);
    let mut committed = repository::Committed::No;
    let mut hooks = hooks::Outcome::LeftOut;
    let mut commit = |folder: &Path| {
        committed = repository.make(plan, folder)?;
        if committed != repository::Committed::No {
            hooks = hooks::install(plan, folder, config, host);
        }
        Ok(())
    };
    match place {
        Place::Fresh(target) => create(plan, target, &mut commit)?,
        Place::Finished(folder, _) => resume(folder, &mut commit)?,
        Place::Unnamed => return Err(Error::new("no name for the project")),
    }
    let folder = place.folder();
    show::made(plan, folder, host, ui);
    repository.report(&committed, folder, host, ui);
    hooks.report(ui);
    let outcome = if arguments.no_env {
        environment::leave_out(
            plan,
            folder,
            installer,
            !arguments.no_python_downloads,
            host,
        )?
    } else {
        environment::build_and_prove(
            plan,
            folder,
            installer,
            !arguments.no_python_downloads,
            host,
            ui,
        )?
    };
    if arguments.format == Format::Json {
        let mut value = plan.to_json(&[]);
        value["path"] = json!(folder.to_string_lossy());
        value["commit"] = json!(committed.id());
        value["hooks"] = hooks.to_json();
        value["environment"] = outcome.to_json();
        ui.print(&format!("{value:#}\n"))?;
    }
    outcome.verdict()?;
    show::next_steps(plan, folder, outcome.commands(), host, ui);
    Ok(())
}

/// The place for the project, before and after its name is known.
enum Place {
    /// Nobody has named it yet.
    Unnamed,
    /// Something can be made there.
    Fresh(Target),
    /// An interrupted run's project, moved to its end, with the digest of its plan.
    Finished(PathBuf, String),
}

impl Place {
    /// Looks at PATH; finishes or undoes what a killed run left there, unless this is a dry run.
    fn observe(arguments: &Arguments, host: &Host) -> Result<Self> {
        let Some(path) = &arguments.path else {
            return Ok(Self::Unnamed);
        };
        let folder = absolute(host.current_dir(), path);
        if !arguments.dry_run
            && folder.is_dir()
            && let Recovered::Finished(digest) = journal::recover(&folder)?
        {
            return Ok(Self::Finished(folder, digest));
        }
        let target = Target::observe(host.current_dir(), path)?;
        if let Target::Empty {
            folder,
            is_clone: true,
        } = &target
            && !git::holds_only_an_empty_repository(host, folder)?
        {
            return Err(Error::new(format!(
                "the repository in `{}` has commits already",
                path.display()
            ))
            .hint("choose an empty folder, or the clone of an empty repository"));
        }
        Ok(Self::Fresh(target))
    }

    /// The place for this plan: a finished project of another plan is in the way of it.
    fn resolve(self, plan: &Plan, host: &Host, ui: &Ui) -> Result<Self> {
        match self {
            Self::Unnamed => {
                Target::observe(host.current_dir(), Path::new(&plan.answers.name)).map(Self::Fresh)
            }
            Self::Finished(folder, digest) if digest != plan.digest() => {
                journal::close(&folder)?;
                ui.warn("an interrupted run had begun a project with other answers here; its files are all there now");
                Target::observe(host.current_dir(), &folder).map(Self::Fresh)
            }
            Self::Finished(folder, digest) => {
                ui.say("going on with what an interrupted run had begun here");
                Ok(Self::Finished(folder, digest))
            }
            fresh @ Self::Fresh(_) => Ok(fresh),
        }
    }

    /// The folder that the project will be.
    fn folder(&self) -> &Path {
        match self {
            Self::Unnamed => Path::new(""),
            Self::Fresh(target) => target.folder(),
            Self::Finished(folder, _) => folder,
        }
    }
}
