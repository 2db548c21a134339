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
use super::repository::{Unborn, has_commits};
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
    /// Who commits. `None`: everything is put into the index, the message is left for the user's own `git commit --no-edit`,
    /// and that is all.
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

    /// The line that the logs of HEAD and the branch begin with.
    fn log_line(&self, id: &str, who: &Person) -> String {
        let (Person { name, email }, when) = (who, self.moment.text());
        let nothing = "0".repeat(id.len());
        format!("{nothing} {id} {name} <{email}> {when}\t{}\n", self.note())
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
/// When the repository has commits, belongs to another user, or cannot be read or written.
pub(crate) fn first_commit(
    host: &Host,
    config: &Config,
    commit: &FirstCommit,
) -> Result<Option<CommitId>> {
    let program = program::find(host);
    if let Some(git) = &program
        && program::is_needed(host, config, commit)
    {
        return program::first_commit(host, git, config, commit);
    }
    if commit.folder.join(".git").symlink_metadata().is_err() {
        let unborn = Unborn::init(commit.folder, &config.initial_branch()?)?;
        // What the new repository says of itself comes before what the user says of all.
        return write(&unborn, commit, true);
    }
    match (Unborn::open(commit.folder), &program) {
        (Ok(Some(unborn)), _) => {
            unborn.check_unlocked()?;
            write(&unborn, commit, config.logs_branches())
        }
        (Ok(None), _) => Err(has_commits(commit.folder)),
        // The program knows more formats, and more of whose repositories are trusted.
        (Err(_), Some(git)) => program::first_commit(host, git, config, commit),
        (Err(error), None) => Err(error.hint(program::INSTALL)),
    }
}

fn write(unborn: &Unborn, commit: &FirstCommit, logged: bool) -> Result<Option<CommitId>> {
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
        leave_message(unborn.git_dir(), &commit.full_message(&tree))?;
        return Ok(None);
    };
    let id = hex(&id);
    let line = logged.then(|| commit.log_line(&id, &identity.committer));
    unborn.point(&id, line.as_deref())?;
    Ok(Some(CommitId(id)))
}

/// Leaves a message for the user's own `git commit --no-edit`: git takes it from where `git merge --squash` leaves one, and removes
/// it afterwards (<https://git-scm.com/docs/githooks#_prepare_commit_msg>, source `squash`).
pub(super) fn leave_message(git_dir: &Path, message: &str) -> Result<()> {
    crate::fs::atomic::replace(&git_dir.join("SQUASH_MSG"), message.as_bytes())
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
    // libgit2 locks what it writes. The lock of a run that was killed must not stop the next one, so it is that of another file.
    let temporary = unborn.git_dir().join("tmp_index");
    for stale in [&temporary, &unborn.git_dir().join("tmp_index.lock")] {
        crate::fs::remove_file(stale)?;
    }
    let failed = |error: git2::Error| super::failed("write git's index in", folder, &error);
    // An index of its own, not the repository's: that one would look every object up again.
    let mut index = git2::Index::open(&temporary).map_err(failed)?;
    for (entry, id) in staged {
        let file = folder.join(entry.path);
        let metadata = std::fs::symlink_metadata(&file)
            .map_err(|error| crate::fs::failed("read", &file, error))?;
        let id = git2::Oid::from_bytes(id).map_err(failed)?;
        index
            .add(&index_entry(entry, id, &metadata))
            .map_err(failed)?;
    }
    index.write().map_err(failed)?;
    crate::fs::rename(&temporary, &path)
}

/// git keeps the low 32 bits of every number here.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "that is the format"
)]
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
mod tests;
