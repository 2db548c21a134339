//! What is about to be pushed, checked as it will be there: file gates on each new commit, tree gates on each tip; with
//! `every-commit`, as the project says.
//!
//! Called by `cli` for the hook `pre-push`. It writes nothing into the work tree or the index.

use std::collections::BTreeSet;

use super::copies::Copies;
use super::outcome::GateOutcome;
use super::perform::Report;
use super::run::{self, Fixing, Request};
use super::select::Selected;
use super::settings::Needs;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::git::{Change, NewCommit, ObjectId, WorkTree};
use crate::repo_path::RepoPath;

/// One ref that a push updates, as git tells it to the hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Update {
    /// The ref here, such as `refs/heads/main`.
    pub(crate) name: String,
    /// What it will be there; `None` where it is deleted.
    pub(crate) tip: Option<ObjectId>,
    /// What it is there now; `None` where it is not there.
    pub(crate) there: Option<ObjectId>,
}

/// What the gates said of one commit.
pub(crate) struct Pushed {
    /// The commit.
    pub(crate) commit: ObjectId,
    /// What they said.
    pub(crate) report: Report,
}

impl Update {
    /// Reads what git gives to the hook on standard input, a line each: `LOCAL-REF LOCAL-NAME REMOTE-REF REMOTE-NAME`
    /// (<https://git-scm.com/docs/githooks#_pre_push>).
    ///
    /// # Errors
    /// When a line is something else.
    pub(crate) fn read(input: &[u8]) -> Result<Vec<Self>> {
        input
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
                let id = |at: usize| words.get(at).and_then(|it| ObjectId::from_hex(it));
                match (words.len(), id(1), id(3)) {
                    (4, Some(tip), Some(there)) => Ok(Self {
                        name: String::from_utf8_lossy(words[0]).into_owned(),
                        tip: Some(tip).filter(|it| !it.is_zero()),
                        there: Some(there).filter(|it| !it.is_zero()),
                    }),
                    _ => Err(Error::new(format!(
                        "`{}` is not what git tells this hook",
                        String::from_utf8_lossy(line)
                    ))
                    .hint("git itself calls `scaffold hook run pre-push`; by hand: scaffold check --from origin/main")),
                }
            })
            .collect()
    }
}

/// Checks what is new in a push to this remote (a name, or an address). A gate that looks at files sees each new commit, oldest
/// first; one that looks across files sees the tip of each ref; `every-commit` says otherwise.
///
/// # Errors
/// When git fails, a configuration is wrong, or the user interrupts.
pub(crate) fn push(
    work_tree: &WorkTree,
    remote: &str,
    updates: &[Update],
    request: &Request,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Pushed>> {
    let copies = Copies::locked(work_tree, || {
        say("another run on this work tree is waited for");
    })?;
    let mut pushed: Vec<Pushed> = Vec::new();
    let mut seen = BTreeSet::new();
    for update in updates {
        let Some(tip) = update.tip else { continue };
        // A tag is checked as the commit that it names; one that names something else has no files.
        let Ok(tip) = work_tree.commit(&tip.to_string()) else {
            continue;
        };
        let mut check = |commit: &ObjectId, changes: Vec<Change>, wanted: Selection<'_>| {
            let snapshot = Snapshot::commit(work_tree, &commit.to_string(), changes);
            let gates = check(&snapshot, request, wanted, *commit == tip, &copies, say)?;
            match pushed.last_mut().filter(|it| it.commit == *commit) {
                Some(last) => last.report.gates.extend(gates),
                None => pushed.push(Pushed {
                    commit: *commit,
                    report: Report {
                        gates,
                        ..Report::default()
                    },
                }),
            }
            Ok::<(), Error>(())
        };
        let new = work_tree.new_commits(&tip, update.there.as_ref(), remote)?;
        let mut touched = BTreeSet::new();
        for (number, NewCommit { id: commit, merges }) in new.iter().enumerate() {
            let changes = work_tree.commit_changes(commit)?;
            let mut whole: BTreeSet<RepoPath> = changes.iter().map(|it| it.path.clone()).collect();
            if *merges {
                // What a merge brings may be known where it is from; together with the rest, it is not.
                let brought = work_tree.between(&format!("{commit}^"), &commit.to_string())?;
                whole.extend(brought.into_iter().map(|it| it.path));
            }
            touched.extend(whole.iter().cloned());
            if !seen.insert((*commit, false)) {
                continue;
            }
            say(&format!("commit {} of {}", number + 1, new.len()));
            // What looks across files sees a merge with all that it brings, and the tip with all that was touched.
            let (is_tip, merges) = (*commit == tip, *merges);
            check(commit, changes, &|it| {
                sees_every_commit(it) && (it.needs == Needs::Files || !is_tip && !merges)
            })?;
            if merges && !is_tip {
                check(commit, at(work_tree, commit, whole)?, &|it| {
                    sees_every_commit(it) && it.needs != Needs::Files
                })?;
            }
        }
        if !touched.is_empty() && seen.insert((tip, true)) {
            say("what is pushed");
            check(&tip, at(work_tree, &tip, touched)?, &|it| {
                it.needs != Needs::Files || !sees_every_commit(it)
            })?;
        }
    }
    Ok(pushed)
}

/// Which of the gates are meant.
type Selection<'a> = &'a dyn Fn(&Selected) -> bool;

fn sees_every_commit(selected: &Selected) -> bool {
    selected.settings.sees_every_commit(selected.needs)
}

/// What was changed, as this commit has it.
fn at(work_tree: &WorkTree, commit: &ObjectId, changed: BTreeSet<RepoPath>) -> Result<Vec<Change>> {
    let whole = Snapshot::commit(work_tree, &commit.to_string(), Vec::new());
    changed
        .into_iter()
        .map(|path| {
            let file = whole.file(path.as_bytes())?;
            Ok(Change {
                new: file.and_then(|it| it.source.id().map(|id| (it.mode, id))),
                path,
                is_added: false,
                is_conflict: false,
            })
        })
        .collect()
}

fn check(
    snapshot: &Snapshot,
    request: &Request,
    wanted: Selection<'_>,
    is_tip: bool,
    copies: &Copies,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Vec<GateOutcome>> {
    let mut request = Request {
        fixing: Fixing::Never,
        ..request.clone()
    };
    if !is_tip {
        // A gate that is to be left out may not have been there yet.
        request.skip = run::known_names(snapshot, &request.skip)?;
    }
    let mut selected = run::plan(snapshot, &request)?;
    selected.retain(wanted);
    if selected.is_empty() {
        return Ok(Vec::new());
    }
    Ok(run::run(snapshot, &request, &selected, copies.folder(), say)?.gates)
}

#[cfg(test)]
mod tests {
    use super::Update;

    #[test]
    fn what_git_says_is_read() {
        let zero = "0".repeat(40);
        let id = "1".repeat(40);
        let text = format!(
            "refs/heads/main {id} refs/heads/main {zero}\n(delete) {zero} refs/heads/old {id}\n"
        );
        let updates = Update::read(text.as_bytes()).unwrap();
        assert_eq!(updates[0].name, "refs/heads/main");
        assert_eq!(updates[0].tip.unwrap().to_string(), id);
        assert_eq!(updates[0].there, None);
        assert_eq!(updates[1].tip, None);
        assert_eq!(Update::read(b"").unwrap(), []);
        assert!(Update::read(b"hello\n").is_err());
    }
}
