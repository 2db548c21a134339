//! `scaffold new`: answers, plan, project, environment, proof, in this order.
//!
//! Called by `cli`. It composes `project`, `environment` and `git`, which know nothing of each other. How each of them does its
//! part is not its business.

mod answers;
mod environment;
mod hooks;
mod outcome;
mod place;
mod repository;
mod show;
mod summary;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use self::place::Place;
use self::repository::{Committed, Repository};
use self::summary::Summary;
use super::prompt::Prompt;
use crate::environment::Installer;
use crate::error::{Error, Result};
use crate::git;
use crate::host::Host;
use crate::project::create::{create, finish};
use crate::project::interview::{Surroundings, interview};
use crate::project::locks::Locks;
use crate::project::person::Person;
use crate::project::plan::{Plan, plan};
use crate::project::target::Target;
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
(config.toml in ~/.config/scaffold), git's configuration, the default. `scaffold template show` lists every question.

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
    /// The Python that it runs on in production (default: the newest here that the platform keeps for a year).
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
    /// The license, such as mit or proprietary.
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
    /// What builds the environment: auto (uv where it is found, else pip), uv or pip.
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
    let config = git::Config::load(host, &host.absolute(path))?;
    let sources = answers::sources(arguments, host, &config)?;
    let installer = environment::installer(&sources, host)?;
    let place = Place::observe(arguments, host)?;
    if place.is_cut_off() {
        ui.say("an interrupted run had begun a project here: the same answers finish it");
    }
    let mut prompt = (ui.is_interactive() && !arguments.defaults)
        .then(|| Prompt::new(ui, "interrupted: nothing was made"));
    let path = arguments.path.as_deref();
    let interviewed = interview(
        &catalog,
        &sources,
        &Surroundings {
            name: path.map(|path| answers::name_of(host, path)).transpose()?,
            room: &|name| place::look(host, Path::new(name)).map(drop),
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
    let summary = Summary::of(&interviewed);
    let plan = plan(interviewed, &locks)?;
    for (key, value) in plan.answers.record() {
        let origin = sources.get(&key).map_or_else(
            || "by default".to_owned(),
            |(_, origin)| origin.describe(&key),
        );
        ui.detail(format!("{key} = {value} ({origin})"));
    }
    let target = place.resolve(&plan, host)?;
    if let Target::CutOff { folder, digest } = &target
        && *digest != plan.digest()
    {
        return Err(finish_other(folder, arguments, prompt.as_ref(), host));
    }
    let repository = repository::decide(arguments, target.folder(), host, &config);
    if arguments.dry_run {
        return show::dry_run(&plan, target.folder(), arguments, &repository, host, ui);
    }
    if let Some(prompt) = prompt {
        let foreseen =
            |()| environment::foreseen(&plan, installer, !arguments.no_python_downloads, host);
        let foreseen = (!arguments.no_env)
            .then_some(())
            .map(foreseen)
            .transpose()?;
        summary
            .with_repository(&repository, host)
            .with_environment(foreseen, installer == Installer::Auto)
            .say(&plan, &host.short(target.folder()), prompt.width(), ui);
        prompt.confirm("Make it?")?;
    }
    make(arguments, &plan, &target, &repository, installer, host, ui)
}

/// Where an interrupted run had begun another project than this one: its files are moved to their places, if that is agreed to, so
/// that nothing is lost; this one cannot be made there.
fn finish_other(
    folder: &Path,
    arguments: &Arguments,
    prompt: Option<&Prompt<'_>>,
    host: &Host,
) -> Error {
    let error = Error::new(format!(
        "an interrupted run had begun a project with other answers in `{}`",
        host.short(folder)
    ));
    if arguments.dry_run {
        return error
            .hint("without --dry-run, its files are moved to their places; then look at them");
    }
    let agreed = prompt.map_or(Ok(()), |prompt| {
        prompt.confirm(
            "An interrupted run had begun a project with other answers here. Finish that one?",
        )
    });
    match agreed.and_then(|()| finish(folder)) {
        Ok(()) => error
            .hint("its files are all at their places now: go on with them")
            .hint("or choose another folder for this project, or empty that one"),
        Err(error) => error,
    }
}

/// Makes what was planned, proves it, and says what came of it.
fn make(
    arguments: &Arguments,
    plan: &Plan,
    target: &Target,
    repository: &Repository<'_>,
    installer: Installer,
    host: &Host,
    ui: &Ui,
) -> Result<()> {
    let mut hooks = hooks::Outcome::LeftOut;
    let mut committed = Committed::No;
    let left = create(plan, target, &mut |folder: &Path| {
        committed = repository.make(plan, folder)?;
        if committed != Committed::No {
            hooks = hooks::install(plan, folder, repository.config(), host);
        }
        Ok(())
    })?;
    let folder = target.folder();
    show::made(plan, folder, host, ui);
    if let Some(left) = left {
        ui.warn(left.message());
        for hint in left.hints() {
            ui.say(format!("  {hint}"));
        }
    }
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
        let mut value = plan.to_json(&show::steps(plan, arguments, repository));
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
