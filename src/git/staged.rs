//! What is staged, without the `git` program: the index held against the tree of HEAD.
//!
//! Called by `changes`. Only the folders are read of which the index's cache of trees does not say that nothing has changed; that is how
//! git does it, too, but a process costs more than all of this. Where anything is out of the ordinary the answer is `None`, and git
//! is asked. It must not know what is done with the answer.

use std::cmp::Ordering;
use std::ops::Range;
use std::path::Path;

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

/// The file of packed refs; empty where there is none, `None` where it cannot be read.
fn packed_refs(git_dir: &Path) -> Option<Vec<u8>> {
    match std::fs::read(git_dir.join("packed-refs")) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(Vec::new()),
        Err(_) => None,
    }
}

/// What HEAD leads to.
enum Head {
    /// A commit.
    Commit(ObjectId),
    /// A branch without a commit.
    Unborn,
}

/// What HEAD leads to; `None` where only git can tell.
fn head(git_dir: &Path) -> Option<Head> {
    let head = std::fs::read(git_dir.join("HEAD")).ok()?;
    let Some(name) = head.strip_prefix(b"ref: ") else {
        return ObjectId::from_hex(head.trim_ascii()).map(Head::Commit);
    };
    let name = name.trim_ascii();
    let is_plain = name.starts_with(b"refs/heads/")
        && name
            .split(|byte| *byte == b'/')
            .all(|part| !part.is_empty() && part[0] != b'.');
    let path = crate::repo_path::bytes_to_path(name).filter(|_| is_plain)?;
    match std::fs::read(git_dir.join(path)) {
        Ok(bytes) => ObjectId::from_hex(bytes.trim_ascii()).map(Head::Commit),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let packed = packed_refs(git_dir)?;
            let mut lines = packed.split(|byte| *byte == b'\n');
            let is_named =
                |line: &&[u8]| line.strip_suffix(name).is_some_and(|it| it.ends_with(b" "));
            let Some(line) = lines.find(is_named) else {
                return Some(Head::Unborn);
            };
            ObjectId::from_hex(line.split(|byte| *byte == b' ').next()?).map(Head::Commit)
        }
        Err(_) => None,
    }
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

#[cfg(test)]
mod tests {
    use super::staged;
    use crate::git::index::Index;
    use crate::git::trial::Trial;
    use crate::git::{Change, WorkTree};

    fn work_tree(trial: &Trial) -> WorkTree {
        let host = trial.host.clone().with_current_dir(trial.folder());
        WorkTree::discover(&host).unwrap()
    }

    /// What is told without git, held against what git says.
    #[track_caller]
    fn same_as_git(trial: &Trial, what: &str) -> Vec<Change> {
        let work_tree = work_tree(trial);
        let index = Index::read(&work_tree).unwrap();
        let ours = staged(&work_tree, &index).unwrap_or_else(|| panic!("{what}: not told"));
        let gits = work_tree.staged_by_program().unwrap();
        assert_eq!(ours, gits, "{what}");
        ours
    }

    #[track_caller]
    fn is_left_to_git(trial: &Trial, what: &str) {
        let work_tree = work_tree(trial);
        let index = Index::read(&work_tree).unwrap();
        assert_eq!(staged(&work_tree, &index), None, "{what}");
        work_tree.staged(&index).unwrap();
    }

    /// Entries for `git update-index --index-info`.
    fn fill(trial: &Trial, lines: &str) {
        let command = trial.git_command(&trial.folder(), &["update-index", "-z", "--index-info"]);
        assert!(command.input(lines).run().unwrap().success());
    }

    /// Numbers that only look like chance (splitmix64).
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from((word ^ word >> 31) % end as u64).unwrap()
        }
    }

    /// Names that sort otherwise as folders than as files.
    const NAMES: [&str; 7] = ["a", "a-b", "a.b", "a0", "b", "é\n", "a b"];
    const MODES: [&str; 4] = ["100644", "100755", "120000", "160000"];

    #[test]
    fn made_up_repositories_are_read_as_git_reads_them() {
        let (mut told, mut skipped) = (0, 0);
        for seed in 0..25 {
            let mut chance = Chance(seed);
            let trial = Trial::new();
            trial.git(&["init", "--quiet"]);
            trial.write("project/content", b"x", false);
            let ids: Vec<String> = ["content", ".git/config", ".git/HEAD"]
                .map(|file| trial.git(&["hash-object", "-w", file]).trim().to_owned())
                .into();
            for step in 0..5 {
                let mut lines = String::new();
                for _ in 0..=chance.below(12) {
                    let depth = chance.below(4);
                    let parts: Vec<&str> = (0..=depth).map(|_| NAMES[chance.below(7)]).collect();
                    let path = parts.join("/");
                    let id = &ids[chance.below(3)];
                    match chance.below(9) {
                        0 | 1 => lines.push_str(&format!("0 {id}\t{path}\0")),
                        2 if step == 4 => {
                            lines.push_str(&format!("0 {id}\t{path}\0"));
                            for stage in 1..=1 + chance.below(3) {
                                lines.push_str(&format!("100644 {id} {stage}\t{path}\0"));
                            }
                        }
                        _ => {
                            let mode = MODES[chance.below(4)];
                            lines.push_str(&format!("{mode} {id} 0\t{path}\0"));
                        }
                    }
                }
                fill(&trial, &lines);
                let what = format!("seed {seed}, step {step}");
                told += same_as_git(&trial, &what).len();
                if step == 4 {
                    continue;
                }
                // Makes the cache of trees.
                let tree = trial.git(&["write-tree"]);
                same_as_git(&trial, &what);
                if chance.below(3) > 0 {
                    let commit = trial.git(&["commit-tree", "-m", "x", tree.trim()]);
                    trial.git(&["update-ref", "HEAD", commit.trim()]);
                    assert_eq!(same_as_git(&trial, &what), []);
                    skipped += 1;
                }
                match chance.below(4) {
                    0 => drop(trial.git(&["repack", "-A", "-d", "--quiet"])),
                    1 => drop(trial.git(&["update-index", "--index-version", "4"])),
                    _ => {}
                }
            }
        }
        assert!(told > 100 && skipped > 30, "{told} {skipped}");
    }

    #[test]
    fn what_is_only_intended_is_not_staged() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        for path in ["a.py", "b/c.py", "new.py"] {
            trial.write(&format!("project/{path}"), path.as_bytes(), false);
        }
        assert_eq!(same_as_git(&trial, "nothing"), []);
        trial.git(&["add", "a.py", "b"]);
        trial.git(&["add", "--intent-to-add", "new.py"]);
        assert_eq!(same_as_git(&trial, "no commit yet").len(), 2);
        trial.git(&["commit", "--quiet", "--message", "x"]);
        assert_eq!(same_as_git(&trial, "intended"), []);
        trial.git(&["rm", "--cached", "--quiet", "b/c.py"]);
        trial.git(&["add", "--intent-to-add", "b/c.py"]);
        let changes = same_as_git(&trial, "removed and intended");
        assert!(changes.len() == 1 && changes[0].new.is_none());
    }

    #[test]
    fn wherever_head_leads() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        trial.write("project/a.py", b"a", false);
        trial.git(&["add", "--all"]);
        trial.git(&["commit", "--quiet", "--message", "x"]);
        trial.write("project/b.py", b"b", false);
        trial.git(&["add", "--all"]);
        for arguments in [
            ["checkout", "--quiet", "--detach"].as_slice(),
            &["checkout", "--quiet", "-b", "with/slash"],
            &["pack-refs", "--all"],
        ] {
            trial.git(arguments);
            assert_eq!(same_as_git(&trial, arguments[0]).len(), 1, "{arguments:?}");
        }
        trial.git(&["symbolic-ref", "HEAD", "refs/heads/none"]);
        assert_eq!(same_as_git(&trial, "unborn").len(), 2);
        trial.git(&["symbolic-ref", "HEAD", "refs/kept/x"]);
        is_left_to_git(&trial, "a branch that is none");
    }

    #[test]
    fn what_only_git_can_tell_is_left_to_it() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        trial.write("project/a.py", b"a", false);
        trial.git(&["add", "--all"]);
        trial.git(&["commit", "--quiet", "--message", "x"]);
        trial.git(&["update-index", "--split-index"]);
        is_left_to_git(&trial, "a split index");
        trial.git(&["update-index", "--no-split-index"]);
        let old = trial.git(&["rev-parse", "HEAD"]);
        trial.git(&["commit", "--quiet", "--allow-empty", "--message", "y"]);
        trial.git(&["replace", "HEAD", old.trim()]);
        is_left_to_git(&trial, "a commit that stands for another");
        trial.git(&["pack-refs", "--all"]);
        is_left_to_git(&trial, "the same, packed");
        trial.git(&["replace", "--delete", "HEAD"]);
        assert_eq!(same_as_git(&trial, "as before"), []);
        trial.write("project/.git/objects/info/alternates", b"/nowhere\n", false);
        assert_eq!(same_as_git(&trial, "alternates"), []);
        let tree = trial.git(&["rev-parse", "HEAD^{tree}"]);
        let (folder, file) = tree.trim().split_at(2);
        crate::fs::remove_file(&trial.folder().join(".git/index")).unwrap();
        let file = trial.folder().join(".git/objects").join(folder).join(file);
        crate::fs::remove_file(&file).unwrap();
        let work_tree = work_tree(&trial);
        let index = Index::read(&work_tree).unwrap();
        assert_eq!(staged(&work_tree, &index), None, "a tree is missing");
    }
}
