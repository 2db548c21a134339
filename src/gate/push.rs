//! What is about to be pushed, checked as it will be there: file gates on each new commit, tree gates on each tip.
//!
//! Called by `cli` for the hook `pre-push`. It writes nothing into the work tree or the index.

use std::collections::BTreeSet;

use super::copies::Copies;
use super::perform::Report;
use super::run::{self, Fixing, Request};
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
/// first; one that looks across files sees the tip of each ref.
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
    let check = |snapshot: &Snapshot, wanted: &dyn Fn(Needs) -> bool, is_tip: bool| {
        check(snapshot, request, wanted, is_tip, &copies, say)
    };
    let mut pushed = Vec::new();
    let mut seen = BTreeSet::new();
    for update in updates {
        let Some(tip) = update.tip else { continue };
        // A tag is checked as the commit that it names; one that names something else has no files.
        let Ok(tip) = work_tree.commit(&tip.to_string()) else {
            continue;
        };
        let new = work_tree.new_commits(&tip, update.there.as_ref(), remote)?;
        let mut touched = BTreeSet::new();
        for (number, NewCommit { id: commit, merges }) in new.iter().enumerate() {
            let changes = work_tree.commit_changes(commit)?;
            touched.extend(changes.iter().map(|it| it.path.clone()));
            if *merges {
                // What a merge brings may be known where it is from; together with the rest, it is not.
                let brought = work_tree.between(&format!("{commit}^"), &commit.to_string())?;
                touched.extend(brought.into_iter().map(|it| it.path));
            }
            if !seen.insert((*commit, false)) {
                continue;
            }
            say(&format!("commit {} of {}", number + 1, new.len()));
            let snapshot = Snapshot::commit(work_tree, &commit.to_string(), changes);
            let report = check(&snapshot, &|needs| needs == Needs::Files, *commit == tip)?;
            pushed.push(Pushed {
                commit: *commit,
                report,
            });
        }
        if !touched.is_empty() && seen.insert((tip, true)) {
            let changes = at_tip(work_tree, &tip, touched)?;
            let snapshot = Snapshot::commit(work_tree, &tip.to_string(), changes);
            let report = check(&snapshot, &|needs| needs != Needs::Files, true)?;
            pushed.push(Pushed {
                commit: tip,
                report,
            });
        }
    }
    Ok(pushed)
}

/// What the new commits changed, as the last of them has it.
fn at_tip(
    work_tree: &WorkTree,
    tip: &ObjectId,
    changed: BTreeSet<RepoPath>,
) -> Result<Vec<Change>> {
    let whole = Snapshot::commit(work_tree, &tip.to_string(), Vec::new());
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
    wanted: &dyn Fn(Needs) -> bool,
    is_tip: bool,
    copies: &Copies,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Report> {
    let mut request = Request {
        fixing: Fixing::Never,
        ..request.clone()
    };
    if !is_tip {
        // A gate that is to be left out may not have been there yet.
        request.skip = run::known_names(snapshot, &request.skip)?;
    }
    let mut selected = run::plan(snapshot, &request)?;
    selected.retain(|it| wanted(it.needs));
    let outcome = run::run(snapshot, &request, &selected, copies.folder(), say)?;
    Ok(Report {
        gates: outcome.gates,
        ..Report::default()
    })
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
