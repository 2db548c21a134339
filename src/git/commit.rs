//! The first commit: exactly the given files, one pack, an index that agrees with the work tree.
//!
//! Called by `project` once the files lie in their folder. It must not know what the files mean, nor which template they
//! come from: that is in the trailers that it is given.

use std::fs::Metadata;
use std::path::Path;

use super::config::Config;
use super::identity::{Identity, Person};
use super::pack::{Kind, Pack, hex};
use super::program;
use super::repository::Unborn;
use super::tree::Tree;
use crate::error::Result;
use crate::host::Host;

/// The trailer that names the commit's own tree: a commit with another tree is not the one that was made here.
pub(crate) const TREE_TRAILER: &str = "Scaffold-Tree";

/// One file of the commit, which lies in the folder already.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    /// Where it lies, relative to the folder, with slashes.
    pub(crate) path: &'a str,
    /// What it holds.
    pub(crate) content: Content<'a>,
}

/// What a file of the commit holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    /// A file.
    File(&'a [u8]),
    /// A file that can be run.
    Executable(&'a [u8]),
    /// A symbolic link, by its target.
    Link(&'a str),
}

impl<'a> Content<'a> {
    fn bytes(self) -> &'a [u8] {
        match self {
            Self::File(bytes) | Self::Executable(bytes) => bytes,
            Self::Link(target) => target.as_bytes(),
        }
    }

    fn mode(self) -> u32 {
        match self {
            Self::File(_) => 0o100_644,
            Self::Executable(_) => 0o100_755,
            Self::Link(_) => 0o120_000,
        }
    }
}

/// What to commit.
#[derive(Debug, Clone)]
pub(crate) struct FirstCommit<'a> {
    /// The folder that the files lie in. Its `.git` is made, or, where it is that of an empty clone, used.
    pub(crate) folder: &'a Path,
    /// Every file of the commit.
    pub(crate) entries: &'a [Entry<'a>],
    /// The message without trailers: a subject, and perhaps a body behind an empty line.
    pub(crate) message: &'a str,
    /// Trailers, in order; one that names the tree is added to them.
    pub(crate) trailers: &'a [(&'a str, &'a str)],
    /// Who commits. `None`: everything is put into the index, ready for the user's own `git commit`, and that is all.
    pub(crate) identity: Option<&'a Identity>,
    /// When.
    pub(crate) moment: Moment,
}

/// A moment and the time zone that it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Seconds since 1970-01-01 UTC.
    pub(crate) seconds: i64,
    /// Minutes east of UTC.
    pub(crate) offset_minutes: i32,
}

impl Moment {
    /// The host's moment, in local time; in UTC where `SOURCE_DATE_EPOCH` asks for the same bytes everywhere.
    ///
    /// # Errors
    /// When `SOURCE_DATE_EPOCH` is not a number.
    pub(crate) fn of(host: &Host) -> Result<Self> {
        let seconds = host.timestamp()?;
        let reproducible = host.variable("SOURCE_DATE_EPOCH").is_some();
        let offset_minutes = match git2::Signature::now("-", "-") {
            Ok(now) if !reproducible => now.when().offset_minutes(),
            _ => 0,
        };
        Ok(Self {
            seconds,
            offset_minutes,
        })
    }

    /// As git writes it: `1790000000 +0200`.
    pub(super) fn text(self) -> String {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        format!(
            "{} {sign}{:02}{:02}",
            self.seconds,
            minutes / 60,
            minutes % 60
        )
    }
}

/// The name of a commit, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommitId(pub(crate) String);

impl FirstCommit<'_> {
    /// The whole message, once the tree is known.
    pub(super) fn full_message(&self, tree: &str) -> String {
        let mut message = format!("{}\n\n", self.message.trim_end());
        for (key, value) in self.trailers.iter().chain(&[(TREE_TRAILER, tree)]) {
            message.push_str(&format!("{key}: {value}\n"));
        }
        message
    }

    /// What the reflog says.
    pub(super) fn note(&self) -> String {
        let subject = self.message.lines().next().unwrap_or_default();
        format!("commit (initial): {subject}")
    }
}

/// Makes the repository and its first commit. The branch is the one that the user's configuration gives to new repositories; in an
/// empty clone it is the clone's.
///
/// Killed at any moment, it can be done again: the branch is written last, and everything before is written whole or under a
/// temporary name.
///
/// # Errors
/// When the repository has commits, belongs to another user, needs the `git` program and there is none, or cannot be written.
pub(crate) fn first_commit(
    host: &Host,
    config: &Config,
    commit: &FirstCommit,
) -> Result<Option<CommitId>> {
    let exists = commit.folder.join(".git").symlink_metadata().is_ok();
    if program::is_needed(host, config, commit)
        && let Some(git) = program::find(host)
    {
        return program::first_commit(host, &git, config, commit);
    }
    let unborn = if exists {
        match Unborn::open(commit.folder)? {
            Some(unborn) => unborn,
            None => {
                return program::first_commit(
                    host,
                    &program::required(host, commit.folder)?,
                    config,
                    commit,
                );
            }
        }
    } else {
        Unborn::init(commit.folder, &config.initial_branch()?)?
    };
    write(&unborn, commit)
}

fn write(unborn: &Unborn, commit: &FirstCommit) -> Result<Option<CommitId>> {
    let mut pack = Pack::new();
    let mut tree = Tree::default();
    let mut staged = Vec::with_capacity(commit.entries.len());
    for entry in commit.entries {
        let id = pack.add(Kind::Blob, entry.content.bytes())?;
        tree.insert(entry.path.as_bytes(), entry.content.mode(), id);
        staged.push((entry, id));
    }
    let tree = hex(&tree.pack(&mut pack)?);
    let made = match commit.identity {
        Some(identity) => {
            let object = object(commit, identity, &tree);
            Some((pack.add(Kind::Commit, object.as_bytes())?, identity))
        }
        None => None,
    };
    pack.write(&unborn.git_dir().join("objects").join("pack"))?;
    write_index(unborn, commit.folder, &staged)?;
    let Some((id, identity)) = made else {
        return Ok(None);
    };
    unborn.point(id, &identity.committer, commit.moment, &commit.note())?;
    Ok(Some(CommitId(hex(&id))))
}

/// The commit as git stores it.
fn object(commit: &FirstCommit, identity: &Identity, tree: &str) -> String {
    let when = commit.moment.text();
    let line =
        |role: &str, Person { name, email }: &Person| format!("{role} {name} <{email}> {when}\n");
    format!(
        "tree {tree}\n{}{}\n{}",
        line("author", &identity.author),
        line("committer", &identity.committer),
        commit.full_message(tree)
    )
}

/// Writes the index, with what the file system says of every file, so that git need not read them again.
fn write_index(unborn: &Unborn, folder: &Path, staged: &[(&Entry, [u8; 20])]) -> Result<()> {
    let path = unborn.git_dir().join("index");
    let failed = |error: git2::Error| super::failed("write git's index in", folder, &error);
    // An index of its own, not the repository's: that one would look every object up again.
    let mut index = git2::Index::open(&path).map_err(failed)?;
    index.clear().map_err(failed)?;
    for (entry, id) in staged {
        let file = folder.join(entry.path);
        let metadata = std::fs::symlink_metadata(&file)
            .map_err(|error| crate::fs::failed("read", &file, error))?;
        let id = git2::Oid::from_bytes(id).map_err(failed)?;
        index
            .add(&index_entry(entry, id, &metadata))
            .map_err(failed)?;
    }
    index.write().map_err(failed)
}

/// git keeps the low 32 bits of every number here.
#[expect(clippy::cast_possible_truncation, reason = "that is the format")]
fn index_entry(entry: &Entry, id: git2::Oid, metadata: &Metadata) -> git2::IndexEntry {
    let mut made = git2::IndexEntry {
        ctime: git2::IndexTime::new(0, 0),
        mtime: git2::IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: entry.content.mode(),
        uid: 0,
        gid: 0,
        file_size: metadata.len() as u32,
        id,
        flags: 0,
        flags_extended: 0,
        path: entry.path.as_bytes().to_vec(),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        made.ctime = git2::IndexTime::new(metadata.ctime() as i32, metadata.ctime_nsec() as u32);
        made.mtime = git2::IndexTime::new(metadata.mtime() as i32, metadata.mtime_nsec() as u32);
        made.dev = metadata.dev() as u32;
        made.ino = metadata.ino() as u32;
        made.uid = metadata.uid();
        made.gid = metadata.gid();
    }
    #[cfg(not(unix))]
    {
        let time = |moment: std::io::Result<std::time::SystemTime>| {
            let since = moment
                .ok()
                .and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
            since.map_or(git2::IndexTime::new(0, 0), |it| {
                git2::IndexTime::new(it.as_secs() as i32, it.subsec_nanos())
            })
        };
        made.ctime = time(metadata.created());
        made.mtime = time(metadata.modified());
    }
    made
}

#[cfg(test)]
mod tests {
    use super::super::trial::{Trial, file};
    use super::{Content, Entry};

    fn entries() -> Vec<Entry<'static>> {
        let mut entries = vec![
            file("pyproject.toml", "[project]\n"),
            file("src.txt", "sorts between `src` and `src/`\n"),
            file("src/a/b.py", "x = 1\n"),
            file("src/a/empty.py", ""),
            file("src/empty.py", ""),
            file("Ünïcode file.txt", "ä\n"),
            Entry {
                path: "run.sh",
                content: Content::Executable(b"#!/bin/sh\n"),
            },
            Entry {
                path: "binary.bin",
                content: Content::File(b"\0\r\n\xff\xfe"),
            },
        ];
        if cfg!(unix) {
            entries.push(Entry {
                path: "link",
                content: Content::Link("src/a/b.py"),
            });
        }
        entries
    }

    #[test]
    fn the_commit_is_what_git_itself_would_have_made() {
        let trial = Trial::new();
        let id = trial.commit(&entries()).unwrap();
        assert_eq!(trial.git(&["rev-parse", "refs/heads/main"]).trim(), id);
        assert_eq!(
            trial.git(&["symbolic-ref", "HEAD"]).trim(),
            "refs/heads/main"
        );
        let tree = trial.git(&["rev-parse", "HEAD^{tree}"]);
        let expected = format!(
            "tree {tree}author Ada Lovelace <ada@example.com> 1790000000 +0200\n\
             committer Ada Lovelace <ada@example.com> 1790000000 +0200\n\n\
             Start the project\n\n\
             Scaffold-Template: scaffold\nScaffold-Version: 0.1.0\nScaffold-Tree: {tree}"
        );
        assert_eq!(trial.git(&["cat-file", "-p", "HEAD"]), expected);
        let trailers = trial.git(&[
            "log",
            "-1",
            "--format=%(trailers:key=Scaffold-Tree,valueonly)",
        ]);
        assert_eq!(trailers.trim(), tree.trim());
        trial.assert_clean();
        // The same tree again, by git alone.
        trial.git(&["read-tree", "--empty"]);
        trial.git(&["add", "--all"]);
        assert_eq!(trial.git(&["write-tree"]), tree);
    }

    #[test]
    fn the_reflog_says_what_git_says() {
        let trial = Trial::new();
        let id = trial.commit(&entries()).unwrap();
        let expected = format!(
            "{} {id} Ada Lovelace <ada@example.com> 1790000000 +0200\tcommit (initial): Start the project\n",
            "0".repeat(40)
        );
        for log in [".git/logs/HEAD", ".git/logs/refs/heads/main"] {
            let text = crate::fs::read_text(&trial.folder().join(log)).unwrap();
            assert_eq!(text, expected, "{log}");
        }
    }

    #[test]
    fn all_objects_lie_in_one_pack() {
        let trial = Trial::new();
        trial.commit(&entries()).unwrap();
        let counted = trial.git(&["count-objects", "-v"]);
        assert!(counted.starts_with("count: 0\n"), "{counted}");
        assert!(counted.contains("\npacks: 1\n"), "{counted}");
        assert!(counted.contains("\ngarbage: 0\n"), "{counted}");
    }

    #[test]
    fn git_need_not_read_the_files_again() {
        let trial = Trial::new();
        trial.commit(&entries()).unwrap();
        // Only entries whose stat data differs are listed by a refresh that must not look into files.
        assert_eq!(trial.git(&["diff-files", "--name-only"]), "");
    }
}
