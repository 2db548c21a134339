//! A command of the user's own, as a gate.
//!
//! Called by the job. Its exit code is all that is known of its answer.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::job::OnFiles;
use super::verdict::Judge;
use super::{Job, TWO_MINUTES, Verdict, missing};
use crate::error::{Error, Result};

/// Exit codes by which a POSIX shell says that it could not run a program.
const NOT_RUN: [i32; 2] = [126, 127];

/// Runs it; names of files are put after its arguments where there are any.
pub(super) fn run(job: &Job, words: &[String]) -> Result<Verdict> {
    let Some((program, arguments)) = words.split_first().filter(|(it, _)| !it.is_empty()) else {
        return Err(
            Error::new(format!("the command of the gate `{}` is empty", job.name)).hint(format!(
                "name a program in `command` of `[tool.scaffold.gates.{}]`",
                job.name
            )),
        );
    };
    let path = find(job, program)?;
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let mut command = job
        .command(&path, TWO_MINUTES)
        .args(&arguments)
        .args(&job.settings.args);
    for (name, value) in &job.settings.env {
        command = command.env(name, value);
    }
    let judge = Judge {
        name: job.name,
        finds: &|code| !NOT_RUN.contains(&code),
        is_read_whole: false,
    };
    let typed = Path::new(program);
    if job.files.is_empty() {
        let line = job.line(typed, &arguments, &[]);
        let output = command.run()?;
        return judge.verdict(&line, &output, Vec::new());
    }
    job.run_on_files(&OnFiles {
        command: &command,
        nameless: &[],
        line: &|files| job.line(typed, &arguments, files),
        judge: &|line, output, _| judge.verdict(line, output, Vec::new()),
    })
}

/// The program: a path is one below the project's folder, a name is looked up in the project's environment and then on PATH.
fn find(job: &Job, program: &str) -> Result<PathBuf> {
    if Path::new(program).components().count() > 1 {
        let path = job.folder.join(program);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(Error::new(format!(
                "the gate `{}` runs `{program}`, which is not there",
                job.name
            ))
            .hint(format!(
                "a gate with `needs = \"files\"` is given its files only: say `needs = \"tree\"` in `[tool.scaffold.gates.{}]` for a program of the repository's own",
                job.name
            )))
        };
    }
    let own = job.environment.map(|it| it.program(program));
    if let Some(path) = own.filter(|path| path.is_file()) {
        return Ok(path);
    }
    if matches!(program, "python" | "python3") {
        return Err(missing::environment(job, program));
    }
    job.host.find_program(program).ok_or_else(|| {
        Error::new(format!(
            "the gate `{}` runs `{program}`, which is neither in the project's environment nor on PATH",
            job.name
        ))
        .hint("install it, or correct the name")
    })
}
