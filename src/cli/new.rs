//! `scaffold new`: answers, plan, project, environment, proof, in this order.
//!
//! It composes `project`, `environment` and `git`, which know nothing of each other.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::prompt::Prompt;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::platform::Facts;
use crate::project::answers::Answers;
use crate::project::interview::{Interviewed, Person, Surroundings, interview};
use crate::project::journal::{self, Recovered};
use crate::project::plan::{DEV_REQUIREMENTS, Locks, Plan, plan};
use crate::project::source::{Origin, Raw, Sources};
use crate::project::target::{Target, absolute};
use crate::python::{self, Date, Series};
use crate::template::catalog::Catalog;
use crate::template::closure::{self, Closure};
use crate::template::composition::{Composition, Content};
use crate::template::lock::{dev_command, runtime_command};
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
    #[arg(long, value_name = "ID")]
    platform: Option<String>,
    /// What starts the function, such as http.
    #[arg(long, value_name = "ID")]
    trigger: Option<String>,
    /// The code to start from: hello or api.
    #[arg(long, value_name = "ID")]
    example: Option<String>,
    /// The Python that it runs on in production.
    #[arg(long, value_name = "X.Y")]
    python: Option<String>,
    /// One line about the project.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Who writes it (default: git's user.name).
    #[arg(long)]
    author: Option<String>,
    /// Their address (default: git's user.email).
    #[arg(long)]
    email: Option<String>,
    /// The licence, such as mit or proprietary.
    #[arg(long, value_name = "ID")]
    license: Option<String>,
    /// How documentation is built: mkdocs or none.
    #[arg(long, value_name = "ID")]
    docs: Option<String>,
    /// Where continuous integration runs: github or none.
    #[arg(long, value_name = "ID")]
    ci: Option<String>,
    /// The editor to write settings for: vscode or none.
    #[arg(long, value_name = "ID")]
    editor: Option<String>,
    /// Answer any question, by its key; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A TOML file of answers, by key.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Ask nothing; take the default of what is not answered.
    #[arg(long)]
    defaults: bool,
    /// Show what would be made, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to give the result.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Make a repository even inside another one's work tree.
    #[arg(long, overrides_with = "no_git")]
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
    crate::process::catch_interrupts();
    let catalog = Catalog::embedded();
    let sources = sources(arguments, host)?;
    let mut prompt = (ui.is_interactive() && !arguments.defaults).then(|| Prompt::new(ui));
    let finished = match &arguments.path {
        Some(path) if !arguments.dry_run => recover(&absolute(host.current_dir(), path), ui)?,
        _ => None,
    };
    let target = match &arguments.path {
        // What the run before had begun is compared with the plan of this one, below.
        Some(path) if finished.is_none() => Some(Target::observe(host.current_dir(), path)?),
        _ => None,
    };
    let interviewed = interview(
        &catalog,
        &sources,
        &Surroundings {
            name: arguments
                .path
                .as_deref()
                .map(|path| name_of(host, path))
                .transpose()?,
            default_python: &|facts| default_python(host, facts),
            year: i64::from(today(host)?.year()),
        },
        prompt.as_mut().map(|it| it as &mut dyn Person),
    )?;
    for warning in &interviewed.warnings {
        ui.warn(warning);
    }
    if interviewed.platform_by_default {
        ui.say("no platform named: vercel (another one: --platform ID)");
    }
    let locks = locks(&catalog, &interviewed.composition, &interviewed.facts)?;
    let plan = plan(interviewed, &locks)?;
    let target = match target {
        Some(target) => target,
        None => match (&arguments.path, finished) {
            (Some(path), Some(digest)) if digest != plan.digest() => {
                ui.say("an interrupted run had begun another project here; it has been finished");
                Target::observe(host.current_dir(), path)?
            }
            (Some(path), _) => Target::Absent(absolute(host.current_dir(), path)),
            (None, _) => Target::observe(host.current_dir(), Path::new(&plan.answers.name))?,
        },
    };
    if arguments.dry_run {
        return show(&plan, &target, arguments, ui);
    }
    if let Some(prompt) = &prompt {
        summarize(&plan, &target, ui);
        prompt.confirm("Make it?")?;
    }
    crate::project::create::create(&plan, &target, &mut |_| Ok(()))?;
    ui.say(format!("made {}", target.folder().display()));
    Ok(())
}

/// All places that answers come from, the strongest first.
fn sources(arguments: &Arguments, host: &Host) -> Result<Sources> {
    let mut sources = Sources::default();
    let flags = [
        ("name", &arguments.name),
        ("platform", &arguments.platform),
        ("trigger", &arguments.trigger),
        ("example", &arguments.example),
        ("python", &arguments.python),
        ("description", &arguments.description),
        ("author", &arguments.author),
        ("email", &arguments.email),
        ("license", &arguments.license),
        ("docs", &arguments.docs),
        ("ci", &arguments.ci),
        ("editor", &arguments.editor),
        ("installer", &arguments.installer),
    ];
    let given = flags
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Raw::Text(value.clone()?))));
    sources.add(Origin::Flag, given.collect());
    sources.add_pairs(&arguments.set)?;
    if let Some(path) = &arguments.answers {
        sources.add_file(&host.current_dir().join(path), Origin::File(path.clone()))?;
    }
    sources.add_environment(host)?;
    if let Some(path) = host.config_dir().map(|dir| dir.join("config.toml"))
        && path.exists()
    {
        sources.add_file(&path, Origin::Configuration(path.clone()))?;
    }
    Ok(sources)
}

/// Finishes or undoes what a killed run left; gives the digest of the plan that was finished.
fn recover(folder: &Path, ui: &Ui) -> Result<Option<String>> {
    if !folder.is_dir() {
        return Ok(None);
    }
    match journal::recover(folder)? {
        Recovered::Nothing => Ok(None),
        Recovered::Undone => {
            ui.say("removed what an interrupted run had left here");
            Ok(None)
        }
        Recovered::Finished(digest) => Ok(Some(digest)),
    }
}

/// The name that a path gives: its last part, with `.` resolved.
fn name_of(host: &Host, path: &Path) -> Result<String> {
    let whole = absolute(host.current_dir(), path);
    let name = whole.file_name().ok_or_else(|| {
        Error::new(format!("`{}` has no name", path.display()))
            .hint("name the project: --name my-function")
    })?;
    name.to_str().map(str::to_owned).ok_or_else(|| {
        Error::new(format!(
            "the name of `{}` is not UTF-8 text",
            path.display()
        ))
        .hint("name the project: --name my-function")
    })
}

/// The day, UTC.
fn today(host: &Host) -> Result<Date> {
    Ok(Date::from_timestamp(host.timestamp()?))
}

/// The Python for a new project on this machine.
fn default_python(host: &Host, facts: &Facts) -> String {
    let runtimes: Vec<python::Runtime> = facts
        .python
        .iter()
        .filter_map(|it| {
            Some(python::Runtime {
                version: it.version.parse().ok()?,
                deprecated: it.deprecated.as_deref().and_then(|day| day.parse().ok()),
            })
        })
        .collect();
    let (Ok(usual), Ok(today)) = (facts.default_python.parse::<Series>(), today(host)) else {
        return facts.default_python.clone();
    };
    python::default_version(&python::interpreters(host), &runtimes, usual, today).to_string()
}

/// Cuts a project's locks from the pinned closure of the catalog.
///
/// # Errors
/// When the closure is malformed or does not hold what the layers require.
pub(crate) fn locks(
    catalog: &Catalog,
    composition: &Composition<'_>,
    facts: &Facts,
) -> Result<Locks> {
    let text = catalog.text(closure::FILE)?;
    let closure = Closure::parse(&text)?;
    let lock = |list: &str| {
        closure
            .lock(&composition.requirements(list))
            .map_err(|error| {
                Error::new("the template requires what its pinned closure does not hold")
                    .hint("refresh it: scaffold template lock")
                    .caused_by(error)
            })
    };
    let (runtime, dev) = (lock("requirements")?, lock("dev_requirements")?);
    Ok(Locks {
        runtime: runtime.requirements_text(&runtime_command(&facts.requirements)),
        dev: dev.requirements_text(&dev_command(&facts.requirements, DEV_REQUIREMENTS)),
        constraints: if facts.constraints_in_pyproject {
            runtime.constraints()
        } else {
            Vec::new()
        },
    })
}

/// What `--dry-run` shows.
fn show(plan: &Plan, target: &Target, arguments: &Arguments, ui: &Ui) -> Result<()> {
    let mut steps = vec!["files"];
    if !arguments.no_git {
        steps.push("git");
    }
    if !arguments.no_env {
        steps.extend(["environment", "gates"]);
    }
    if arguments.format == Format::Json {
        let mut value = plan.to_json(&steps);
        value["path"] = json!(target.folder().to_string_lossy());
        return ui.print(&format!("{value:#}\n"));
    }
    let mut text = format!("{}/\n", plan.answers.name);
    let mut above: Vec<&str> = Vec::new();
    for file in &plan.files {
        let parts: Vec<&str> = file.path.split('/').collect();
        let (name, folders) = (parts[parts.len() - 1], &parts[..parts.len() - 1]);
        let shared = above
            .iter()
            .zip(folders)
            .take_while(|(a, b)| a == b)
            .count();
        for (depth, folder) in folders.iter().enumerate().skip(shared) {
            text.push_str(&format!("{}{folder}/\n", "  ".repeat(depth + 1)));
        }
        let link = match &file.content {
            Content::Link(to) => format!(" -> {to}"),
            Content::Bytes { .. } => String::new(),
        };
        text.push_str(&format!("{}{name}{link}\n", "  ".repeat(folders.len() + 1)));
        above = folders.to_vec();
    }
    ui.print(&text)?;
    ui.say(format!(
        "{} files in {}; nothing was written (--dry-run)",
        plan.files.len(),
        target.folder().display()
    ));
    Ok(())
}

/// The answers, before a person says yes.
fn summarize(plan: &Plan, target: &Target, ui: &Ui) {
    let Answers {
        name,
        platform,
        trigger,
        example,
        python,
        docs,
        ci,
        editor,
        license,
        ..
    } = &plan.answers;
    let heading = &ui.talk().heading;
    ui.say("");
    ui.say(format!(
        "{} {}",
        heading.apply_to(name),
        ui.talk().dim.apply_to(target.folder().display())
    ));
    ui.say(format!(
        "  {platform}, {trigger}, Python {python}, example {example}"
    ));
    ui.say(format!(
        "  documentation {docs}, CI {ci}, editor {editor}, licence {license}"
    ));
    ui.say(format!("  {} files", plan.files.len()));
}
