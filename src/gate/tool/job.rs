//! Running a tool, or a command of the user's own, on files that are laid out.
//!
//! Called by the run. Every program gets a process group, a timeout and an environment without `GIT_*`; it is started once for all
//! files. It must not know how the files came to be there.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::environment::Environment;
use super::names::{Names, argument, joined};
use super::verdict::Judge;
use super::{Invocation, Tool, Verdict, arguments, custom, imports, missing};
use crate::error::{Error, Result};
use crate::gate::settings::{Needs, Settings};
use crate::host::Host;
use crate::process::{Command, Output, quoted};
use crate::repo_path::bytes_to_path;

/// A tool to run, and all that it is given.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    /// The name of the gate.
    pub(crate) name: &'a str,
    /// The tool; `None` where the settings have a command of the user's own.
    pub(crate) tool: Option<&'static Tool>,
    /// What the project says of the gate.
    pub(crate) settings: &'a Settings,
    /// The environment of the project.
    pub(crate) environment: Option<&'a Environment>,
    /// The project's folder as it is laid out: where the tool runs.
    pub(crate) folder: &'a Path,
    /// The project's folder in the repository, `""` for the repository's own.
    pub(crate) prefix: &'a [u8],
    /// The work tree, where the environment is and what installed code may point to.
    pub(crate) work_tree: &'a Path,
    /// The files to check, relative to the project. A tool that takes none ignores them.
    pub(crate) files: &'a [&'a [u8]],
    /// What `folder` is part of: some files, everything, or the work tree itself.
    pub(crate) given: Needs,
    /// Whether it mends what it can, in place; never done in the work tree itself.
    pub(crate) fixing: bool,
    /// The machine.
    pub(crate) host: &'a Host,
    /// A folder for what the tools keep for themselves; made where it is missing.
    pub(crate) cache: &'a Path,
}

impl Job<'_> {
    /// The project's folder in the work tree.
    pub(super) fn project(&self) -> PathBuf {
        let below = bytes_to_path(self.prefix).unwrap_or_default();
        if self.prefix.is_empty() {
            self.work_tree.to_owned()
        } else {
            self.work_tree.join(below)
        }
    }

    /// The folder that holds the repository's files, as laid out.
    pub(super) fn root(&self) -> &Path {
        let depth = self
            .prefix
            .split(|byte| *byte == b'/')
            .filter(|it| !it.is_empty());
        self.folder
            .ancestors()
            .nth(depth.count())
            .unwrap_or(self.folder)
    }

    /// The project's folder and those above it, up to the repository's, as laid out.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        let root = self.root();
        self.folder
            .ancestors()
            .take_while(move |folder| folder.starts_with(root))
    }

    /// A path as one types it in the project's folder.
    pub(super) fn shown(&self, path: &Path) -> String {
        let project = self.project();
        path.strip_prefix(&project)
            .unwrap_or(path)
            .display()
            .to_string()
    }

    /// A folder of the tool's own below the cache.
    pub(super) fn own_cache(&self, name: &str) -> PathBuf {
        self.cache.join(name)
    }

    /// A program, told where it is and nothing that it must not know; `fallback` is its timeout where the settings say none.
    pub(super) fn command(&self, program: &Path, fallback: Duration) -> Command {
        const COLOURS: [&str; 4] = [
            "FORCE_COLOR",
            "PY_COLORS",
            "CLICOLOR_FORCE",
            "MYPY_FORCE_COLOR",
        ];
        let mut command = Command::new(self.host, program)
            .keep_env(|name| !name.starts_with("GIT_") && !COLOURS.contains(&name))
            .keep_env(|name| name != "RUFF_OUTPUT_FILE")
            .current_dir(self.folder)
            .env("NO_COLOR", "1")
            .timeout(self.settings.timeout.unwrap_or(fallback));
        if let Some(environment) = self.environment {
            let venv = environment.venv();
            let folders = std::iter::once(venv.programs()).chain(self.host.path_folders());
            if let Ok(path) = std::env::join_paths(folders) {
                command = command.env("PATH", path);
            }
            command = command.env("VIRTUAL_ENV", venv.root());
        }
        if self.given != Needs::WorkTree
            && let Some(above) = self.root().parent()
        {
            // Where there is no repository, git looks further up: the user's home may be one.
            command = command.env("GIT_CEILING_DIRECTORIES", above);
        }
        match self.given {
            Needs::Files => {}
            Needs::Tree => {
                for (name, value) in imports::variables(self) {
                    command = command.env(name, value);
                }
            }
            // What the tools leave in the work tree is the user's to clean.
            Needs::WorkTree => command = command.env("PYTHONDONTWRITEBYTECODE", "1"),
        }
        command
    }

    /// The command as one types it in the project's folder.
    pub(super) fn line(
        &self,
        program: &Path,
        arguments: &[OsString],
        files: &[OsString],
    ) -> String {
        let shown = self.shown(program);
        let words = arguments.iter().map(OsString::as_os_str);
        let extra = self.settings.args.iter().map(OsStr::new);
        let files = files.iter().map(OsString::as_os_str);
        let mut line = quoted(&shown);
        for word in words.chain(extra).chain(files) {
            line.push(' ');
            line.push_str(&quoted(&word.to_string_lossy()));
        }
        line
    }

    /// The names of files as arguments: in groups that are never mixed, since a program that cannot print a name breaks down
    /// when it has something to say of it, and takes everything else with it.
    fn names(&self) -> Result<[Vec<OsString>; 2]> {
        let mut groups = [Vec::new(), Vec::new()];
        for file in self.files {
            let is_odd = std::str::from_utf8(file).is_err();
            let name = argument(file).ok_or_else(|| {
                let name = String::from_utf8_lossy(file);
                Error::new(format!("the name of `{name}` is none on this system"))
            })?;
            groups[usize::from(is_odd)].push(name);
        }
        Ok(groups)
    }

    /// Runs a program on all files, as few times as the system allows, and judges its answers.
    ///
    /// # Errors
    /// When it cannot be started, does not end in time, or cannot do its work.
    pub(super) fn run_on_files(&self, program: &OnFiles) -> Result<Verdict> {
        let names = Names::new(self.folder, self.prefix, self.files);
        let groups = self.names()?;
        let all: Vec<OsString> = groups.iter().flatten().cloned().collect();
        let mut verdict = Verdict::empty((program.line)(&all));
        for (is_odd, group) in [false, true].into_iter().zip(&groups) {
            let cost = |name: &OsString| Command::argument_size(name);
            for part in arguments::parts(group, program.command.room(), cost) {
                let output = program.command.clone().args(part).run()?;
                let line = (program.line)(part);
                verdict = verdict.and(match (program.judge)(&line, &output, &names) {
                    Err(error) if is_odd => {
                        let untold = Verdict::untold(self.name, &line, &error, &output);
                        self.one_by_one(program, part, untold)?
                    }
                    judged => judged?,
                });
            }
        }
        Ok(verdict)
    }

    /// Asks again of each file alone, where a program broke down over the names: which one it is about is known then. `untold` is
    /// what was said of them all.
    fn one_by_one(&self, program: &OnFiles, part: &[OsString], untold: Verdict) -> Result<Verdict> {
        // Enough to see what is wrong; there is no end to what a program may take for thousands.
        const MOST: usize = 20;
        let mut verdict = Verdict::empty(untold.command.clone());
        for name in part.iter().take(MOST) {
            let Some(file) = self
                .files
                .iter()
                .find(|it| argument(it).as_ref() == Some(name))
            else {
                continue;
            };
            let path = joined(self.prefix, file);
            let command = program.command.clone().args(program.nameless);
            let output = command.arg(name).run()?;
            let line = (program.line)(std::slice::from_ref(name));
            let names = Names::alone(self.folder, self.prefix, file);
            let judged = (program.judge)(&line, &output, &names)
                .unwrap_or_else(|error| Verdict::untold(self.name, &line, &error, &output));
            verdict = verdict.and(judged.about(&path));
        }
        // Whoever breaks down over all of them and is content with each has not told everything.
        let is_told = !verdict.passed && part.len() <= MOST;
        Ok(if is_told {
            verdict
        } else {
            verdict.and(untold)
        })
    }
}

/// A program that is given names of files.
pub(super) struct OnFiles<'a> {
    /// The program, with its arguments.
    pub(super) command: &'a Command,
    /// Further arguments, with which it prints no names.
    pub(super) nameless: &'a [OsString],
    /// The command with these names, as one types it.
    pub(super) line: &'a dyn Fn(&[OsString]) -> String,
    /// What it says, by that line, what it printed, and the names that it was given.
    pub(super) judge: &'a dyn Fn(&str, &Output, &Names) -> Result<Verdict>,
}

/// Runs a tool, or the command that the settings have.
///
/// # Errors
/// When the environment or the tool is missing (the hints say how to get it), it cannot be started, does not end in time, is
/// interrupted, or breaks down without saying anything of the files.
pub(crate) fn run(job: &Job) -> Result<Verdict> {
    // The user's own files are never mended in place: nothing would know what was in them.
    let job = &Job {
        fixing: job.fixing && job.given != Needs::WorkTree,
        ..*job
    };
    crate::fs::create_dirs(job.cache)?;
    if let Some(command) = &job.settings.command {
        return custom::run(job, command);
    }
    let Some(tool) = job.tool else {
        return Err(Error::new(format!(
            "the gate `{}` has no program",
            job.name
        )));
    };
    let Some(environment) = job.environment else {
        return Err(missing::environment(job, tool.name));
    };
    if tool.takes_files && job.files.is_empty() {
        return Ok(Verdict::empty(job.line(
            &environment.program(tool.program),
            &[],
            &[],
        )));
    }
    let invocation = (tool.invocation)(job);
    let [program, distribution] = invocation
        .program
        .unwrap_or([tool.program, tool.distribution]);
    let program = environment.program(program);
    if distribution == "python" && !program.exists() {
        let error = Error::new(format!("`{}` is not there", program.display()));
        return Err(missing::python(job, environment, error));
    }
    if !program.exists() {
        return Err(missing::tool(job, distribution, environment));
    }
    let Invocation {
        plain,
        machine,
        nameless,
        env,
        ..
    } = invocation;
    let mut command = job
        .command(&program, tool.timeout)
        .args(&plain)
        .args(&machine)
        .args(&job.settings.args);
    for (name, value) in env {
        command = command.env(name, value);
    }
    for (name, value) in &job.settings.env {
        command = command.env(name, value);
    }
    let judge = Judge {
        name: job.name,
        finds: &tool.finds,
        is_read_whole: !matches!(tool.group, "tests" | "docs"),
    };
    let verdict = if tool.takes_files {
        job.run_on_files(&OnFiles {
            command: &command,
            nameless: &nameless,
            line: &|files| job.line(&program, &plain, files),
            judge: &|line, output, names| judge.verdict(line, output, (tool.read)(names, output)),
        })
    } else {
        let names = Names::new(job.folder, job.prefix, job.files);
        let line = job.line(&program, &plain, &[]);
        command
            .run()
            .and_then(|output| judge.verdict(&line, &output, (tool.read)(&names, &output)))
    };
    verdict.map_err(|error| missing::python(job, environment, error))
}
