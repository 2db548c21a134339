//! The first commit through the `git` program, where libgit2 would not do exactly what git does.
//!
//! Called by the first commit. Slower by a few processes, and right with every filter, template and repository format.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::commit::{CommitId, Content, FirstCommit};
use super::config::Config;
use super::identity::Person;
use super::repository::has_commits;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::process::{Command, Output};

/// The program, where there is one.
pub(super) fn find(host: &Host) -> Option<PathBuf> {
    host.find_program("git")
}

/// The program, for a repository that only it can write.
///
/// # Errors
/// When there is none.
pub(super) fn required(host: &Host, folder: &Path) -> Result<PathBuf> {
    find(host).ok_or_else(|| {
        Error::new(format!(
            "the git repository in `{}` needs the `git` program, which is not on PATH",
            folder.display()
        ))
        .hint("install git (https://git-scm.com/downloads), and run the same command again")
    })
}

/// Whether libgit2 would do something else than git: a template of the user's own, another repository format, or a file that git
/// would store with other bytes than it has in the work tree.
pub(super) fn is_needed(host: &Host, config: &Config, commit: &FirstCommit) -> bool {
    let fresh = commit.folder.join(".git").symlink_metadata().is_err();
    (fresh && (config.has_template(host) || config.has_other_format(host)))
        || converts(host, config, commit)
}

/// Whether line ends or a filter may make a difference between the index and the work tree.
fn converts(host: &Host, config: &Config, commit: &FirstCommit) -> bool {
    let windows_text = |content: Content| match content {
        Content::File(bytes) | Content::Executable(bytes) => {
            bytes.windows(2).any(|pair| pair == b"\r\n") && !bytes.contains(&0)
        }
        Content::Link(_) => false,
    };
    let attributes = |content: Content| match content {
        Content::File(bytes) | Content::Executable(bytes) => has_filter(bytes),
        Content::Link(_) => false,
    };
    commit.entries.iter().any(|entry| {
        windows_text(entry.content)
            || (entry.path.rsplit('/').next() == Some(".gitattributes")
                && attributes(entry.content))
    }) || config
        .attribute_files(host, commit.folder)
        .iter()
        .any(|file| std::fs::read(file).is_ok_and(|bytes| has_filter(&bytes)))
}

/// Whether a file of attributes names one that changes content.
fn has_filter(attributes: &[u8]) -> bool {
    String::from_utf8_lossy(attributes)
        .split_whitespace()
        .any(|word| {
            word == "ident"
                || word.starts_with("filter=")
                || word.starts_with("working-tree-encoding=")
        })
}

/// As [`super::first_commit`].
///
/// # Errors
/// When git fails; its own last words are the cause.
pub(super) fn first_commit(
    host: &Host,
    program: &Path,
    config: &Config,
    commit: &FirstCommit,
) -> Result<Option<CommitId>> {
    let git = Git {
        host,
        program,
        folder: commit.folder,
    };
    if commit.folder.join(".git").symlink_metadata().is_err() {
        let branch = format!("--initial-branch={}", config.initial_branch()?);
        git.run(["init", "--quiet", &branch])?;
    } else if !git.is_unborn()? {
        return Err(has_commits(commit.folder));
    }
    git.stage(commit)?;
    let tree = git.line(git.command().arg("write-tree"))?;
    let Some(identity) = commit.identity else {
        return Ok(None);
    };
    let when = format!("@{}", commit.moment.text());
    let mut command = git.command().args([
        "commit-tree",
        "-m",
        commit.full_message(&tree).trim_end(),
        &tree,
    ]);
    for (role, Person { name, email }) in [
        ("AUTHOR", &identity.author),
        ("COMMITTER", &identity.committer),
    ] {
        for (what, value) in [("NAME", name), ("EMAIL", email), ("DATE", &when)] {
            command = command.env(format!("GIT_{role}_{what}"), value);
        }
    }
    let id = git.line(command)?;
    let committer = &identity.committer;
    let update = git
        .command()
        .env("GIT_COMMITTER_NAME", &committer.name)
        .env("GIT_COMMITTER_EMAIL", &committer.email)
        .env("GIT_COMMITTER_DATE", &when)
        .args(["update-ref", "-m", &commit.note(), "HEAD", &id, ""]);
    git.finish(&update)?;
    Ok(Some(CommitId(id)))
}

/// The program at work on one folder.
struct Git<'a> {
    host: &'a Host,
    program: &'a Path,
    folder: &'a Path,
}

impl Git<'_> {
    /// A command without hooks and without questions.
    fn command(&self) -> Command {
        Command::new(self.host, self.program)
            .current_dir(self.folder)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .args([
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "core.safecrlf=false",
            ])
    }

    fn run<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Result<Output> {
        self.finish(&self.command().args(arguments))
    }

    fn finish(&self, command: &Command) -> Result<Output> {
        let output = command.run()?;
        if output.success() {
            return Ok(output);
        }
        let words = output.last_words(8);
        let failure = Error::new(format!(
            "git cannot make the first commit in `{}`",
            self.folder.display()
        ));
        Err(if words.contains("dubious ownership") {
            failure.hint(super::not_ours(self.folder))
        } else {
            failure
        }
        .caused_by(words))
    }

    /// What a command prints, as one line.
    fn line(&self, command: Command) -> Result<String> {
        let output = self.finish(&command)?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn is_unborn(&self) -> Result<bool> {
        let head = self
            .command()
            .args(["rev-parse", "--quiet", "--verify", "HEAD"])
            .run()?;
        match head.code {
            Some(0) => Ok(false),
            Some(1) => Ok(true),
            _ => self
                .finish(&self.command().args(["rev-parse", "HEAD"]))
                .map(|_| false),
        }
    }

    /// Puts exactly the files of the commit into the index, in pieces that every system's command line can hold.
    fn stage(&self, commit: &FirstCommit) -> Result<()> {
        self.run(["read-tree", "--empty"])?;
        for entries in commit.entries.chunks(100) {
            let paths = entries.iter().map(|entry| entry.path);
            self.finish(&self.command().args(["add", "--force", "--"]).args(paths))?;
        }
        Ok(())
    }
}
