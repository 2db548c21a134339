//! What of an inventory is not to be found any more, or is not as it was without a reason.

use std::collections::BTreeSet;

use super::content::essence;
use super::inventory::{Entry, Inventory, Store};
use super::node::Node;
use super::repository::Repository;

/// What a run may do.
#[derive(Debug, Clone, Default)]
pub(super) struct Permit {
    /// The files that it may mend in the work tree.
    pub(super) work: BTreeSet<Vec<u8>>,
    /// Those whose entry it may mend in the index.
    pub(super) index: BTreeSet<Vec<u8>>,
    /// Whether it may write words anew.
    pub(super) reformats: bool,
}

/// What a run has done.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) work: BTreeSet<Vec<u8>>,
    pub(super) index: BTreeSet<Vec<u8>>,
    /// Whether there is a new commit.
    pub(super) is_committed: bool,
    /// What must not be, a line each.
    pub(super) wrong: Vec<String>,
}

/// Compares; `after` is what is there now.
pub(super) fn compare(
    repository: &Repository,
    before: &Inventory,
    after: &Inventory,
    permit: &Permit,
) -> Changes {
    let ids = before.index.values().chain(after.index.values());
    let files = ids
        .filter(|it| it.mode != "160000")
        .map(|it| it.id.as_str());
    let new = after
        .backups
        .iter()
        .filter(|it| !before.backups.contains(it));
    let store = Store::read(repository, new, files);
    let mut changes = Changes::default();
    work_tree(before, after, permit, &store, &mut changes);
    index(before, after, permit, &store, &mut changes);
    let wrong = &mut changes.wrong;
    if before.around != after.around {
        wrong.push(format!(
            "outside: {:?} became {:?}",
            before.around, after.around
        ));
    }
    if before.head != after.head {
        wrong.push(format!("HEAD: {}", after.head.escape_ascii()));
    }
    for name in &before.backups {
        if !after.backups.contains(name) {
            wrong.push(format!("the backup {name} is gone"));
        }
    }
    changes
}

fn work_tree(
    before: &Inventory,
    after: &Inventory,
    permit: &Permit,
    store: &Store,
    changes: &mut Changes,
) {
    for (path, old) in &before.work {
        let new = after.work.get(path);
        if new == Some(old) {
            continue;
        }
        changes.work.insert(path.clone());
        if let Err(why) = is_mended(path, old, new, permit, store) {
            let path = path.escape_ascii();
            changes.wrong.push(format!(
                "work tree, `{path}`: {why}\n  {old:?}\n  became {new:?}"
            ));
        }
    }
    for (path, new) in &after.work {
        if !before.work.contains_key(path) {
            let path = path.escape_ascii();
            changes
                .wrong
                .push(format!("work tree, `{path}`: is new, {new:?}"));
        }
    }
}

fn is_mended(
    path: &[u8],
    old: &Node,
    new: Option<&Node>,
    permit: &Permit,
    store: &Store,
) -> Result<(), &'static str> {
    let Node::File { mode, bytes } = old else {
        return Err("was no file, and nobody's to change");
    };
    let is_kept = store
        .of("worktree", path)
        .iter()
        .any(|(kept, content)| content == bytes && (*kept == "100755") == (mode & 0o100 != 0));
    if !is_kept {
        return Err("LOST: it is not kept");
    }
    let Some(Node::File {
        mode: new_mode,
        bytes: new_bytes,
    }) = new
    else {
        return Err("is no file any more");
    };
    if new_mode != mode {
        return Err("has another mode");
    }
    if !permit.reformats && essence(new_bytes) != essence(bytes) {
        return Err("is more than mended");
    }
    if !permit.work.contains(path) {
        return Err("was not under check");
    }
    Ok(())
}

fn index(
    before: &Inventory,
    after: &Inventory,
    permit: &Permit,
    store: &Store,
    changes: &mut Changes,
) {
    for (path, old) in &before.index {
        let new = after.index.get(path);
        if new == Some(old) {
            if old.mode != "160000" && !store.contents.contains_key(&old.id) {
                changes
                    .wrong
                    .push(format!("index, {}: has no content", path.escape_ascii()));
            }
            continue;
        }
        changes.index.insert(path.clone());
        if let Err(why) = is_restaged(path, old, new, permit, store) {
            let path = path.escape_ascii();
            changes.wrong.push(format!(
                "index, `{path}`: {why}\n  {old:?}\n  became {new:?}"
            ));
        }
    }
    for (path, new) in &after.index {
        if !before.index.contains_key(path) {
            let path = path.escape_ascii();
            changes
                .wrong
                .push(format!("index, `{path}`: is new, {new:?}"));
        }
    }
}

fn is_restaged(
    path: &[u8],
    old: &Entry,
    new: Option<&Entry>,
    permit: &Permit,
    store: &Store,
) -> Result<(), &'static str> {
    let Some(new) = new else {
        return Err("is gone");
    };
    let Some(content) = store.contents.get(&old.id) else {
        return Err("LOST: git has the content no more");
    };
    let is_kept = store
        .of("index", path)
        .iter()
        .any(|(mode, kept)| *mode == old.mode && kept == content);
    if !is_kept {
        return Err("LOST: it is not kept");
    }
    if (new.tag, &new.mode, new.stage) != (old.tag, &old.mode, old.stage) {
        return Err("is another kind of entry");
    }
    let new_content = store.contents.get(&new.id);
    if !permit.reformats && new_content.map(|it| essence(it)) != Some(essence(content)) {
        return Err("is more than mended");
    }
    if !permit.index.contains(path) {
        return Err("was not under check");
    }
    Ok(())
}
