//! What changed: staged, in a commit, between two commits; and what a commit holds.
//!
//! Called by `gate`. The `git` program is asked, which knows every format; what is staged is told without it where that can be, because
//! every commit waits for it. It must not know what is done with the answers.

use super::index::Index;
use super::object::{Mode, ObjectId};
use super::staged::staged;
use super::work_tree::WorkTree;
use crate::error::{Error, Result};
use crate::process::Command;
use crate::repo_path::RepoPath;

/// One path that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Where it lies.
    pub(crate) path: RepoPath,
    /// What it is now; `None` where it was deleted.
    pub(crate) new: Option<(Mode, ObjectId)>,
    /// Whether it was not there before.
    pub(crate) is_added: bool,
    /// Whether a merge left it in conflict.
    pub(crate) is_conflict: bool,
}

/// A commit that a push brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewCommit {
    /// Which one.
    pub(crate) id: ObjectId,
    /// Whether it has several parents.
    pub(crate) merges: bool,
}

/// One entry of a commit's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeEntry {
    /// Where it lies.
    pub(crate) path: RepoPath,
    /// What it is.
    pub(crate) mode: Mode,
    /// The name of its content.
    pub(crate) id: ObjectId,
}

impl WorkTree {
    /// What the index holds other than HEAD does: everything, where there is no commit yet.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn staged(&self, index: &Index) -> Result<Vec<Change>> {
        staged(self, index).map_or_else(|| self.staged_by_program(), Ok)
    }

    pub(super) fn staged_by_program(&self) -> Result<Vec<Change>> {
        // Of history nothing is asked, and git would make room for all of it.
        let command = self
            .git()
            .args(["-c", "core.commitGraph=false", "diff", "--cached"])
            .args(RAW)
            .brief();
        self.changes(&command, "compare the index with HEAD")
    }

    /// What differs between two commits.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn between(&self, from: &str, to: &str) -> Result<Vec<Change>> {
        let command =
            self.git()
                .args(["diff"])
                .args(RAW)
                .args(["--end-of-options", from, to, "--"]);
        self.changes(&command, &format!("compare `{from}` with `{to}`"))
    }

    /// What a commit changed: of a merge, what is as none of its parents has it.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn commit_changes(&self, commit: &ObjectId) -> Result<Vec<Change>> {
        let command = self
            .git()
            .args(["diff-tree", "-r", "--root", "--no-commit-id", "-c"])
            .args(RAW)
            .arg(commit.to_string());
        self.changes(&command, &format!("read the commit {commit}"))
    }

    /// The commit that a name means.
    ///
    /// # Errors
    /// When it means none.
    pub(crate) fn commit(&self, name: &str) -> Result<ObjectId> {
        let output = self
            .git()
            .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
            .arg(format!("{name}^{{commit}}"))
            .run()?;
        ObjectId::from_hex(output.stdout.trim_ascii()).ok_or_else(|| {
            let error = Error::new(format!("`{name}` is no commit of this repository"));
            if self.common_dir().join("shallow").exists() {
                error.hint("a shallow clone has few of them: git fetch --unshallow")
            } else if name == "HEAD" {
                error.hint("nothing is committed yet; what is staged: scaffold check --staged")
            } else {
                error.hint("see what there is: git branch --all; fetch what is not: git fetch")
            }
        })
    }

    /// The commits that a push of `tip` brings to a remote, oldest first: those that none of its branches has, as far as is known here.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn new_commits(
        &self,
        tip: &ObjectId,
        there: Option<&ObjectId>,
        remote: &str,
    ) -> Result<Vec<NewCommit>> {
        let known = self.git().args(["remote"]).run()?;
        let is_named = known
            .stdout
            .split(|byte| *byte == b'\n')
            .any(|it| it == remote.as_bytes());
        let mut command = self
            .git()
            .args(["rev-list", "--reverse", "--topo-order", "--parents"])
            .arg("--ignore-missing")
            .arg(tip.to_string());
        if let Some(there) = there {
            command = command.arg(format!("^{there}"));
        }
        // A remote that is only an address has no branches here; then what any remote has is not new.
        let remotes = if is_named {
            format!("--remotes={}", glob_escaped(remote))
        } else {
            "--remotes".to_owned()
        };
        let command = command.args(["--not", &remotes]);
        let text = self.output(&command, "list the commits to push")?;
        text.split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                let mut words = line.split(|byte| *byte == b' ');
                let id = words.next().and_then(ObjectId::from_hex);
                let id = id.ok_or_else(|| not_understood(&command, line))?;
                let merges = words.count() > 1;
                Ok(NewCommit { id, merges })
            })
            .collect()
    }

    /// The commit at which two histories parted; `None` where they have none in common.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn merge_base(&self, one: &ObjectId, other: &ObjectId) -> Result<Option<ObjectId>> {
        let output = self
            .git()
            .args(["merge-base", &one.to_string(), &other.to_string()])
            .run()?;
        Ok(ObjectId::from_hex(output.stdout.trim_ascii()))
    }

    /// Everything that a commit holds, sorted by path.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn tree(&self, commit: &str) -> Result<Vec<TreeEntry>> {
        let command = self.git().args([
            "ls-tree",
            "-r",
            "-z",
            "--full-tree",
            "--end-of-options",
            commit,
        ]);
        let text = self.output(&command, &format!("read the commit `{commit}`"))?;
        text.split(|byte| *byte == 0)
            .filter(|line| !line.is_empty())
            .map(|line| tree_entry(line).ok_or_else(|| not_understood(&command, line)))
            .collect()
    }

    fn changes(&self, command: &Command, what: &str) -> Result<Vec<Change>> {
        changes(command, &self.output(command, what)?)
    }
}

/// What a diff printed.
fn changes(command: &Command, text: &[u8]) -> Result<Vec<Change>> {
    let mut fields = text.split(|byte| *byte == 0).filter(|it| !it.is_empty());
    let mut changes = Vec::new();
    while let Some(head) = fields.next() {
        let path = fields.next().ok_or_else(|| not_understood(command, head))?;
        changes.push(change(head, path).ok_or_else(|| not_understood(command, head))?);
    }
    // A conflict is told once for the unmerged path, and once more for what the work tree has of it.
    changes.dedup_by(|later, first| later.path == first.path);
    Ok(changes)
}

/// A name as a pattern of git that matches nothing else.
fn glob_escaped(name: &str) -> String {
    let mut escaped = String::new();
    for character in name.chars() {
        if matches!(character, '*' | '?' | '[' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// One change a record, full names, no renames, nothing from the configuration.
const RAW: [&str; 7] = [
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
    "--no-ext-diff",
    "--no-color",
    "--ignore-submodules=dirty",
];

/// `:OLDMODE NEWMODE OLDNAME NEWNAME STATUS`, and the path. Of a merge, there is a colon, an old mode, an old name and a letter of
/// the status for each parent.
fn change(head: &[u8], path: &[u8]) -> Option<Change> {
    let parents = head.iter().take_while(|byte| **byte == b':').count();
    let words: Vec<&[u8]> = head[parents..].split(|byte| *byte == b' ').collect();
    if parents == 0 || words.len() != 2 * parents + 3 {
        return None;
    }
    let (new, id) = (words[parents], ObjectId::from_hex(words[2 * parents + 1])?);
    let status = words[2 * parents + 2];
    Some(Change {
        path: RepoPath::new(path),
        new: Mode::from_octal(new).map(|mode| (mode, id)),
        is_added: status.iter().all(|it| *it == b'A'),
        is_conflict: status.starts_with(b"U"),
    })
}

/// `MODE TYPE NAME<tab>PATH`.
fn tree_entry(line: &[u8]) -> Option<TreeEntry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let mut words = line[..tab].split(|byte| *byte == b' ');
    let mode = Mode::from_octal(words.next()?)?;
    words.next()?;
    Some(TreeEntry {
        path: RepoPath::new(&line[tab + 1..]),
        mode,
        id: ObjectId::from_hex(words.next()?)?,
    })
}

fn not_understood(command: &Command, line: &[u8]) -> Error {
    Error::new(format!("cannot read what `{command}` prints"))
        .caused_by(String::from_utf8_lossy(line).into_owned())
}
