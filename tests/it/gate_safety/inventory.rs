//! What a repository holds, by plain git and the file system: so that nothing of ours vouches for ourselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::node::{Layout, everything};
use super::repository::Repository;

/// An entry of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What git says of it by `ls-files -v`: `H`, `h` where it is assumed unchanged, `S` where it is skipped.
    pub(super) tag: u8,
    pub(super) mode: String,
    pub(super) id: String,
    pub(super) stage: u8,
}

/// Everything at one moment.
#[derive(Debug, Clone)]
pub(super) struct Inventory {
    /// The work tree, ignored files and those of submodules among it.
    pub(super) work: Layout,
    pub(super) index: BTreeMap<Vec<u8>, Entry>,
    /// What `HEAD` says.
    pub(super) head: Vec<u8>,
    /// All refs but our backups.
    pub(super) refs: BTreeMap<String, String>,
    /// The names of our backups.
    pub(super) backups: Vec<String>,
    /// What lies outside of the repository.
    pub(super) around: Layout,
}

/// Where our backups lie.
const OURS: [&str; 2] = ["refs/scaffold/", "refs/worktree/"];

impl Inventory {
    pub(super) fn take(repository: &Repository) -> Self {
        let work = everything(&repository.root);
        let list = repository.git(&["ls-files", "--stage", "-v", "-z"]);
        let index = list
            .split(|byte| *byte == 0)
            .filter(|line| !line.is_empty())
            .map(entry)
            .collect();
        let list = repository.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let (mut refs, mut backups) = (BTreeMap::new(), Vec::new());
        for line in String::from_utf8(list).unwrap().lines() {
            let (name, id) = line.split_once(' ').unwrap();
            if OURS.iter().any(|it| name.starts_with(it)) {
                backups.push(name.to_owned());
            } else {
                refs.insert(name.to_owned(), id.to_owned());
            }
        }
        Self {
            work,
            index,
            head: fs::read(repository.git_dir.join("HEAD")).unwrap(),
            refs,
            backups,
            around: repository.surroundings(),
        }
    }

    /// The commit.
    pub(super) fn commit(&self) -> &str {
        let name = std::str::from_utf8(&self.head).unwrap();
        &self.refs[name.trim().strip_prefix("ref: ").unwrap()]
    }
}

/// `FACT FACT …\tPATH`, as git lists entries.
fn parted(line: &[u8]) -> (Vec<&str>, Vec<u8>) {
    let tab = line.iter().position(|byte| *byte == b'\t').unwrap();
    let facts = std::str::from_utf8(&line[..tab]).unwrap();
    (facts.split(' ').collect(), line[tab + 1..].to_vec())
}

/// The files of a commit, in git's order: path, mode, and name of the content.
pub(super) fn tree(repository: &Repository, commit: &str) -> Vec<(Vec<u8>, String, String)> {
    let list = repository.git(&["ls-tree", "-r", "-z", "--full-tree", commit]);
    let lines = list.split(|byte| *byte == 0).filter(|it| !it.is_empty());
    // `MODE TYPE ID\tPATH`.
    let files = lines.map(parted);
    files
        .map(|(facts, path)| (path, facts[0].to_owned(), facts[2].to_owned()))
        .collect()
}

/// `TAG MODE ID STAGE\tPATH`.
fn entry(line: &[u8]) -> (Vec<u8>, Entry) {
    let (facts, path) = parted(line);
    let entry = Entry {
        tag: facts[0].as_bytes()[0],
        mode: facts[1].to_owned(),
        id: facts[2].to_owned(),
        stage: facts[3].parse().unwrap(),
    };
    (path, entry)
}

/// What our backups keep, and any content by its name.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// Place and path in a backup, with mode and name of the content.
    pub(super) kept: BTreeSet<(Vec<u8>, String, String)>,
    pub(super) contents: BTreeMap<String, Vec<u8>>,
}

impl Store {
    /// Reads what the backups hold, and these contents as well.
    pub(super) fn read<'a>(
        repository: &Repository,
        backups: impl IntoIterator<Item = &'a String>,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut store = Self::default();
        for name in backups {
            store.kept.extend(tree(repository, name));
        }
        let mut wanted: BTreeSet<&str> = ids.into_iter().collect();
        wanted.extend(store.kept.iter().map(|it| it.2.as_str()));
        if !wanted.is_empty() {
            store.contents = contents(repository, &wanted);
        }
        store
    }

    /// The contents that are kept of a path.
    pub(super) fn of<'a>(&'a self, place: &str, path: &[u8]) -> Vec<(&'a str, &'a [u8])> {
        let whole = [place.as_bytes(), b"/", path].concat();
        let of_path = self.kept.iter().filter(|it| it.0 == whole);
        of_path
            .map(|it| (it.1.as_str(), self.contents[&it.2].as_slice()))
            .collect()
    }
}

/// What `git cat-file` says of them; one that is missing is left out.
fn contents(repository: &Repository, ids: &BTreeSet<&str>) -> BTreeMap<String, Vec<u8>> {
    let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let output = repository.git_on(&["cat-file", "--batch"], list.as_bytes());
    let (mut rest, mut all) = (output.as_slice(), BTreeMap::new());
    for id in ids {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let head = std::str::from_utf8(&rest[..end]).unwrap();
        rest = &rest[end + 1..];
        if let Some(length) = head.strip_prefix(&format!("{id} blob ")) {
            let length: usize = length.parse().unwrap();
            all.insert((*id).to_owned(), rest[..length].to_vec());
            rest = &rest[length + 1..];
        }
    }
    all
}
