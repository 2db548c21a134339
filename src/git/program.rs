//! The first commit through the `git` program, where libgit2 would not do exactly what git does.
//!
//! Called by the first commit. Slower by a few processes, and right with every filter, template and repository format. It must not
//! know what the files mean.

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

/// What to do where libgit2 gives up and there is no program.
pub(super) const INSTALL: &str = "the `git` program may know more: install it (https://git-scm.com/downloads), and run the same command again";

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
pub(super) fn has_filter(attributes: &[u8]) -> bool {
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
    let tree = git.line(&git.command().arg("write-tree"))?;
    let Some(identity) = commit.identity else {
        let git_dir = git.line(&git.command().args(["rev-parse", "--absolute-git-dir"]))?;
        super::commit::leave_message(Path::new(&git_dir), &commit.full_message(&tree))?;
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
    let id = git.line(&command)?;
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
    fn line(&self, command: &Command) -> Result<String> {
        let output = self.finish(command)?;
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

#[cfg(test)]
mod tests {
    use super::super::trial::{Trial, file};
    use super::super::{Content, Entry};

    const BINARY: Entry = Entry {
        path: "favicon.png",
        content: Content::File(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    };

    /// Commits, and lets git say that nothing differs: by the index, and after reading every file again.
    #[track_caller]
    fn assert_clean_with(configuration: &str, entries: &[Entry]) -> Trial {
        let trial = Trial::new();
        trial.configure(configuration);
        trial.commit(entries).unwrap();
        assert_eq!(trial.git(&["diff-files", "--name-only"]), "");
        trial.assert_clean();
        trial
    }

    #[test]
    fn line_ends_of_any_configuration_leave_the_work_tree_clean() {
        let entries = [
            file("a.txt", "one\ntwo\n"),
            file("b.txt", "one\r\ntwo\r\n"),
            file("c.txt", "one\r\ntwo\n"),
            BINARY,
        ];
        for configuration in [
            "",
            "[core]\n\tautocrlf = true\n",
            "[core]\n\tautocrlf = input\n",
            "[core]\n\tautocrlf = true\n\tsafecrlf = true\n",
            "[core]\n\teol = crlf\n",
        ] {
            assert_clean_with(configuration, &entries);
            assert_clean_with(configuration, &entries[..1]);
        }
    }

    #[test]
    fn attributes_of_the_project_leave_the_work_tree_clean() {
        for attributes in [
            "* text=auto eol=lf\n",
            "* text=auto\n*.txt text eol=crlf\n",
            "* text\n*.png binary\n",
            "* -text\n",
            "*.txt ident\n*.png -text\n",
            "*.txt text working-tree-encoding=UTF-16LE eol=crlf\n",
        ] {
            let text = "$Id$\none\ntwo\n";
            let utf16: Vec<u8> = "one\r\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            let crlf = if attributes.contains("UTF-16") {
                Content::File(&utf16)
            } else {
                Content::File(b"one\r\ntwo\r\n")
            };
            let mut entries = vec![
                file(".gitattributes", attributes),
                Entry {
                    path: "b.txt",
                    content: crlf,
                },
                BINARY,
            ];
            if !attributes.contains("UTF-16") {
                entries.push(file("a.txt", text));
            }
            assert_clean_with("", &entries);
            assert_clean_with("[core]\n\tautocrlf = true\n", &entries);
        }
    }

    #[test]
    fn a_filter_of_the_user_is_applied() {
        let filter =
            "[filter \"upper\"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n\trequired = true\n";
        let entries = [file("a.txt", "one\n"), file("docs/b.md", "two\n")];
        let trial = Trial::new();
        trial.write(
            "home/.config/git/attributes",
            b"*.txt filter=upper\n",
            false,
        );
        trial.configure(filter);
        trial.commit(&entries).unwrap();
        assert_eq!(trial.git(&["show", "HEAD:a.txt"]), "ONE\n");
        assert_eq!(trial.git(&["show", "HEAD:docs/b.md"]), "two\n");
        trial.assert_clean();
    }

    #[test]
    fn exactly_the_entries_are_committed() {
        let mut entries = vec![
            file(".gitattributes", "*.x filter=none\n"),
            file(".gitignore", "ignored.txt\n"),
            file("ignored.txt", "committed all the same\n"),
            file("-dash.txt", "\n"),
        ];
        if cfg!(unix) {
            entries.push(file(":(top)*.txt", "not a pattern\n"));
        }
        let trial = Trial::new();
        trial.write("project/.venv/other.txt", b"not committed\n", false);
        trial.commit(&entries).unwrap();
        let listed = trial.git(&["ls-files", "-z"]);
        let mut expected: Vec<&str> = entries.iter().map(|entry| entry.path).collect();
        expected.sort_unstable();
        assert_eq!(
            listed
                .trim_end_matches('\0')
                .split('\0')
                .collect::<Vec<_>>(),
            expected
        );
    }
}
