//! What is staged, without the `git` program: the index held against the tree of HEAD.
//!
//! Called by `changes`. Only the folders are read of which the index's cache of trees does not say that nothing has changed; that is how
//! git does it, too, but a process costs more than all of this. Where anything is out of the ordinary the answer is `None`, and git
//! is asked. It must not know what is done with the answer.

mod head;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::ops::Range;

use head::{Head, head, packed_refs};

use super::changes::Change;
use super::index::{CachedTree, Index, IndexEntry};
use super::object::{Mode, ObjectId};
use super::objects::Objects;
use super::work_tree::WorkTree;
use crate::repo_path::RepoPath;

/// What the index holds other than HEAD does, sorted by path; `None` where only git can tell.
pub(super) fn staged(work_tree: &WorkTree, index: &Index) -> Option<Vec<Change>> {
    if !work_tree.is_usual() || index.is_listed() || replaces_objects(work_tree) {
        return None;
    }
    let objects = Objects::open(work_tree);
    let tree = match head(work_tree.git_dir())? {
        Head::Commit(commit) => Some(tree_of(&objects.find(&commit, "commit")?)?),
        Head::Unborn => None,
    };
    let mut comparison = Comparison {
        index,
        objects,
        changes: Vec::new(),
    };
    let cached = index.cached_tree();
    let mut path = Vec::new();
    comparison.folder(&mut path, tree, 0..index.count(), cached.as_ref(), 0)?;
    Some(comparison.changes)
}

/// Whether another object may stand for one (git-replace(1)), or the user has said otherwise of it.
fn replaces_objects(work_tree: &WorkTree) -> bool {
    let host = work_tree.host();
    let is_said = ["GIT_REPLACE_REF_BASE", "GIT_NO_REPLACE_OBJECTS"]
        .iter()
        .any(|name| host.variable(name).is_some());
    let named = std::fs::read_dir(work_tree.git_dir().join("refs/replace"));
    is_said
        || named.is_ok_and(|mut it| it.next().is_some())
        || packed_refs(work_tree.git_dir())
            .is_none_or(|it| memchr::memmem::find(&it, b" refs/replace/").is_some())
}

/// The tree that a commit holds: its first line.
fn tree_of(commit: &[u8]) -> Option<ObjectId> {
    let line = commit.strip_prefix(b"tree ")?;
    ObjectId::from_hex(line.get(..40)?)
}

/// Deeper folders than these are left to git.
const DEEPEST: usize = 256;

/// A comparison on its way.
struct Comparison<'a> {
    index: &'a Index,
    objects: Objects<'a>,
    changes: Vec<Change>,
}

/// A name in a folder, as the index and trees sort them: that of a folder ends with a slash.
type Name = Vec<u8>;

/// An entry of a tree.
struct InTree {
    name: Name,
    mode: Mode,
    id: ObjectId,
}

impl Comparison<'_> {
    /// Compares a folder, `path` with a slash at its end, with the entries of the index that lie in it.
    fn folder(
        &mut self,
        path: &mut Vec<u8>,
        tree: Option<ObjectId>,
        entries: Range<usize>,
        cached: Option<&CachedTree<'_>>,
        depth: usize,
    ) -> Option<()> {
        if tree.is_some() && cached.and_then(|it| it.known).map(|it| it.1) == tree {
            return Some(());
        }
        if depth == DEEPEST {
            return None;
        }
        let listed = match tree {
            Some(id) => read_tree(&self.objects.find(&id, "tree")?)?,
            None => Vec::new(),
        };
        let mut trees = listed.iter().peekable();
        let mut at = entries.start;
        loop {
            let here = (at < entries.end).then(|| name_in(self.index.path_of(at), path));
            let order = match (&here, trees.peek()) {
                (None, None) => return Some(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(here), Some(there)) => here.as_slice().cmp(&there.name),
            };
            let there = match order {
                Ordering::Less => None,
                Ordering::Equal | Ordering::Greater => trees.next(),
            };
            // Where it is not in the index, it comes to no entry of it.
            let name = match (&here, there) {
                (Some(here), _) if order != Ordering::Greater => here,
                (_, Some(there)) => &there.name,
                _ => return None,
            };
            let length = path.len();
            path.extend_from_slice(name);
            if name.ends_with(b"/") {
                let below = cached.and_then(|it| it.below(&name[..name.len() - 1]));
                let end = match (order, below.and_then(|it| it.known)) {
                    (Ordering::Greater, _) => at,
                    (_, Some((count, _))) => at.checked_add(count)?,
                    _ => self.end_of(path, at..entries.end),
                };
                let id = there.map(|it| it.id);
                self.folder(path, id, at..end.min(entries.end), below, depth + 1)?;
                at = end;
            } else {
                let end = if order == Ordering::Greater {
                    at
                } else {
                    self.stages_of(path, at..entries.end)
                };
                self.file(path, there, at..end)?;
                at = end;
            }
            path.truncate(length);
        }
    }

    /// The first entry from `entries` on that does not lie in this folder.
    fn end_of(&self, folder: &[u8], entries: Range<usize>) -> usize {
        let (mut low, mut high) = (entries.start, entries.end);
        while low < high {
            let middle = low.midpoint(high);
            if self.index.path_of(middle).starts_with(folder) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The first entry from `entries` on that is of another file: in a conflict, one file has several.
    fn stages_of(&self, path: &[u8], entries: Range<usize>) -> usize {
        let mut end = entries.start;
        while end < entries.end && self.index.path_of(end) == path {
            end += 1;
        }
        end
    }

    fn file(&mut self, path: &[u8], there: Option<&InTree>, entries: Range<usize>) -> Option<()> {
        let here: Vec<IndexEntry> = entries.map(|number| self.index.entry(number)).collect();
        let is_conflict = here.iter().any(|it| it.stage != 0);
        if is_conflict && here[0].stage == 0 {
            // Merged and in conflict at once: the index is wrong.
            return None;
        }
        // What is only intended to be added is not there yet.
        let merged = here.first().filter(|it| !it.intent_to_add && !is_conflict);
        let new = merged.map(|it| (it.mode, it.id));
        if !is_conflict && new == there.map(|it| (it.mode, it.id)) {
            return Some(());
        }
        self.changes.push(Change {
            path: RepoPath::new(path),
            new,
            is_added: new.is_some() && there.is_none(),
            is_conflict,
        });
        Some(())
    }
}

/// The name that a path has in a folder above it.
fn name_in(path: &[u8], folder: &[u8]) -> Name {
    let rest = &path[folder.len().min(path.len())..];
    let end = memchr::memchr(b'/', rest).map_or(rest.len(), |slash| slash + 1);
    rest[..end].to_vec()
}

/// The entries of a tree: `MODE NAME NUL` and the twenty bytes of the object's name.
fn read_tree(mut bytes: &[u8]) -> Option<Vec<InTree>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let space = memchr::memchr(b' ', bytes)?;
        let end = memchr::memchr(0, bytes)?;
        let mode = Mode::from_octal(&bytes[..space])?;
        let mut name = bytes.get(space + 1..end)?.to_vec();
        if mode == Mode::Folder {
            name.push(b'/');
        }
        let (id, rest) = bytes[end + 1..].split_first_chunk::<20>()?;
        let id = ObjectId::sha_1(id);
        entries.push(InTree { name, mode, id });
        bytes = rest;
    }
    entries
        .is_sorted_by(|a, b| a.name < b.name)
        .then_some(entries)
}
