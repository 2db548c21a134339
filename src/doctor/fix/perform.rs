//! Doing the steps of a fix, all of them or, as far as files go, none: what was written is put back where a later step fails.
//!
//! Called by `cli` once the steps were shown and agreed to. It must not ask, and must not know how anything is printed.

use std::path::{Path, PathBuf};

use super::Step;
use crate::error::{Error, Result};
use crate::fs;
use crate::host::Host;
use crate::process::Command;

/// What the steps are done with.
pub(crate) struct Means<'a> {
    /// The machine.
    pub(crate) host: &'a Host,
    /// The project's folder.
    pub(crate) project: &'a Path,
    /// Builds the project's environment where there is none, and proves that it works.
    pub(crate) build: &'a dyn Fn() -> Result<()>,
    /// Where a line goes that says what is being done right now.
    pub(crate) note: &'a (dyn Fn(&str) + Sync),
}

/// Does the steps, in order.
///
/// # Errors
/// When one of them fails; files are then as they were, and so is the environment.
pub(crate) fn perform(steps: &[Step], means: &Means) -> Result<()> {
    for (number, step) in steps.iter().enumerate() {
        if let Err(error) = means.perform(step) {
            return Err(undo(&steps[..number], error));
        }
    }
    Ok(())
}

/// Takes back what can be taken back.
fn undo(done: &[Step], error: Error) -> Error {
    done.iter().rev().fold(error, |error, step| {
        let undone = match step {
            Step::Write {
                path,
                old: Some(old),
                ..
            } => fs::atomic::replace(path, old),
            Step::Write { path, .. } => fs::remove_file(path),
            Step::Rename { from, to } => fs::rename(to, from),
            _ => Ok(()),
        };
        match undone {
            Ok(()) => error,
            Err(other) => error.and(&other),
        }
    })
}

impl Means<'_> {
    fn perform(&self, step: &Step) -> Result<()> {
        match step {
            Step::Write {
                path,
                old: Some(old),
                new,
            } => {
                // An editor may have saved while a person thought about it.
                if fs::read(path)? != *old {
                    return Err(changed(path));
                }
                fs::atomic::replace(path, new)
            }
            Step::Write { path, new, .. } => {
                if let Some(folder) = path.parent() {
                    fs::create_dirs(folder)?;
                }
                fs::write_new(path, new, false)
            }
            Step::Rename { from, to } => {
                if to.symlink_metadata().is_ok() {
                    return Err(changed(to));
                }
                fs::rename(from, to)
            }
            Step::Remove(path) => {
                if path.is_dir() && !path.is_symlink() {
                    fs::remove_dir_all(path)
                } else {
                    fs::remove_file(path)
                }
            }
            Step::MakeExecutable(path) => fs::make_executable(path),
            Step::Run(argv) => self.run(argv),
            Step::Build { folder, aside } => self.build(folder, aside.as_deref()),
        }
    }

    fn run(&self, argv: &[String]) -> Result<()> {
        let Some((program, arguments)) = argv.split_first() else {
            return Ok(());
        };
        (self.note)(&argv.join(" "));
        let command = Command::new(self.host, self.program(program)?)
            .args(arguments)
            .current_dir(self.project)
            // What breaks the Pythons of a terminal must not break what mends them.
            .keep_env(|name| !matches!(name, "PYTHONHOME" | "PYTHONPATH" | "__PYVENV_LAUNCHER__"))
            .env("PIP_USER", "0")
            .env("PIP_NO_INPUT", "1")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        let output = command.run_reporting(|line| (self.note)(line))?;
        if output.success() {
            return Ok(());
        }
        Err(Error::new(format!("`{}` failed", argv.join(" "))).caused_by(output.last_words(12)))
    }

    /// The file of a program: this one, one of the project, or one on `PATH`.
    fn program(&self, name: &str) -> Result<PathBuf> {
        if name == "scaffold" {
            return self.host.own_program();
        }
        if name.contains(['/', '\\']) {
            return Ok(self.project.join(name));
        }
        self.host.find_program(name).ok_or_else(|| {
            Error::new(format!("`{name}` is not on PATH")).hint("install it, and try again")
        })
    }

    fn build(&self, folder: &Path, aside: Option<&Path>) -> Result<()> {
        let Some(aside) = aside else {
            // Half of one would be taken for a whole one.
            return (self.build)().map_err(|error| match clear(folder) {
                Ok(()) => error,
                Err(other) => error.and(&other),
            });
        };
        fs::rename(folder, aside)?;
        let built = hide(aside).and_then(|()| (self.build)());
        built.map_err(|error| {
            let back = put_back(folder, aside);
            match back {
                Ok(()) => error.hint("the old environment is back at its place"),
                Err(other) => error.and(&other).hint(format!(
                    "the old environment is at `{}`",
                    self.host.short(aside)
                )),
            }
        })
    }
}

/// Keeps git and tools that read `.gitignore` out of an environment that was set aside.
fn hide(aside: &Path) -> Result<()> {
    let file = aside.join(".gitignore");
    if file.exists() {
        return Ok(());
    }
    fs::write_new(&file, b"*\n", false)
}

fn put_back(folder: &Path, aside: &Path) -> Result<()> {
    clear(folder)?;
    fs::rename(aside, folder)
}

/// Removes what is left of an environment that was made by us a moment ago, from nothing.
fn clear(folder: &Path) -> Result<()> {
    if folder.symlink_metadata().is_ok_and(|it| it.is_dir()) {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn changed(path: &Path) -> Error {
    Error::new(format!(
        "`{}` has changed meanwhile, and was left alone",
        path.display()
    ))
    .hint("run the doctor again")
}
