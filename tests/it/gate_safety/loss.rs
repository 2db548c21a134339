//! What of an inventory is not to be found any more, or is not as it was without a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

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
    let wrong = &mut changes.wrong;
    changes.work = changed(
        "work tree",
        &before.work,
        &after.work,
        wrong,
        |path, old, new| is_mended(path, old, new, permit, &store),
    );
    changes.index = changed(
        "index",
        &before.index,
        &after.index,
        wrong,
        |path, old, new| is_restaged(path, old, new, permit, &store),
    );
    wrong.extend(hollow(before, after, &store));
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

/// The paths at which something is not as it was; `wrong` gets those where `judge` refuses that, and whatever is new.
fn changed<T: PartialEq + Debug>(
    place: &str,
    before: &BTreeMap<Vec<u8>, T>,
    after: &BTreeMap<Vec<u8>, T>,
    wrong: &mut Vec<String>,
    judge: impl Fn(&[u8], &T, Option<&T>) -> Result<(), &'static str>,
) -> BTreeSet<Vec<u8>> {
    let mut changed = BTreeSet::new();
    for (path, old) in before {
        let new = after.get(path);
        if new == Some(old) {
            continue;
        }
        changed.insert(path.clone());
        if let Err(why) = judge(path, old, new) {
            let path = path.escape_ascii();
            wrong.push(format!(
                "{place}, `{path}`: {why}\n  {old:?}\n  became {new:?}"
            ));
        }
    }
    for (path, new) in after.iter().filter(|(path, _)| !before.contains_key(*path)) {
        let path = path.escape_ascii();
        wrong.push(format!("{place}, `{path}`: is new, {new:?}"));
    }
    changed
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

/// What is there without a content: of the entries that stayed, each has to have one.
fn hollow(before: &Inventory, after: &Inventory, store: &Store) -> Vec<String> {
    let stayed = before
        .index
        .iter()
        .filter(|(path, old)| after.index.get(*path) == Some(old));
    stayed
        .filter(|(_, old)| old.mode != "160000" && !store.contents.contains_key(&old.id))
        .map(|(path, _)| format!("index, `{}`: has no content", path.escape_ascii()))
        .collect()
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

#[test]
fn whatever_is_not_as_it_was_is_seen() {
    let of = |items: &[(&str, u8)]| -> BTreeMap<Vec<u8>, u8> {
        let items = items.iter();
        items
            .map(|(path, it)| (path.as_bytes().to_vec(), *it))
            .collect()
    };
    let before = of(&[("kept", 1), ("mended", 2), ("removed", 3)]);
    let after = of(&[("kept", 1), ("mended", 5), ("new", 4)]);
    let mut wrong = Vec::new();
    let changed = changed("here", &before, &after, &mut wrong, |_, _, new| {
        new.map(|_| ()).ok_or("is gone")
    });
    assert_eq!(
        changed,
        BTreeSet::from([b"mended".to_vec(), b"removed".to_vec()])
    );
    assert_eq!(
        wrong,
        [
            "here, `removed`: is gone\n  3\n  became None",
            "here, `new`: is new, 4"
        ]
    );
}
