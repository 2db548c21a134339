//! The contents that a repository holds, by name.
//!
//! Called by `gate`. What was stored lately is a file of its own, and is read without further ado. libgit2 reads and writes the others;
//! the `git` program does where libgit2 does not know the repository's format.

use std::cell::OnceCell;
use std::io::Read as _;

use super::object::ObjectId;
use super::work_tree::WorkTree;
use crate::error::{Error, Result};

/// Reads and writes the contents of one repository. Not shared between threads: each opens its own.
pub(crate) struct Objects<'a> {
    work_tree: &'a WorkTree,
    /// Whether the contents lie where they usually do.
    is_usual: bool,
    /// Opened when it is needed; `None` where it cannot be.
    library: OnceCell<Option<git2::Repository>>,
}

/// A content that may be a file of its own.
#[derive(Debug, PartialEq, Eq)]
enum Loose {
    /// There is no such file.
    Absent,
    /// There is one, with this content.
    Whole(Vec<u8>),
    /// There is one, and it does not hold what it should.
    Damaged,
}

impl<'a> Objects<'a> {
    /// The contents of this work tree's repository.
    pub(crate) fn open(work_tree: &'a WorkTree) -> Self {
        let redirected = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"]
            .iter()
            .any(|name| work_tree.host().variable(name).is_some());
        Self {
            work_tree,
            is_usual: !redirected,
            library: OnceCell::new(),
        }
    }

    fn library(&self) -> Option<&git2::Repository> {
        let open = || {
            let opened = || git2::Repository::open(self.work_tree.git_dir()).ok();
            self.is_usual.then(opened).flatten()
        };
        self.library.get_or_init(open).as_ref()
    }

    /// The content of this name.
    ///
    /// # Errors
    /// When the repository does not have it.
    pub(crate) fn read(&self, id: &ObjectId) -> Result<Vec<u8>> {
        if let Some(bytes) = self.find(id, "blob") {
            return Ok(bytes);
        }
        let command = self
            .work_tree
            .git()
            .args(["cat-file", "blob", &id.to_string()]);
        self.work_tree.output(
            &command,
            &format!("read the content {id} of the repository"),
        )
    }

    /// The object of this name and kind (`blob`, `tree`, `commit`), where it can be had without the `git` program.
    pub(super) fn find(&self, id: &ObjectId, kind: &str) -> Option<Vec<u8>> {
        match self.loose(id, kind) {
            Loose::Whole(bytes) => Some(bytes),
            // libgit2 never comes back from a file that is cut off (seen with 1.9.7); git says what is wrong with it.
            Loose::Damaged => None,
            Loose::Absent => {
                let database = self.library()?.odb().ok()?;
                let id = git2::Oid::from_bytes(id.as_bytes()).ok()?;
                let object = database.read(id).ok()?;
                (object.kind().str() == kind).then(|| object.data().to_vec())
            }
        }
    }

    /// The object of this name, where it is a file of its own: `KIND LENGTH`, a NUL and the bytes, compressed.
    fn loose(&self, id: &ObjectId, kind: &str) -> Loose {
        let name = id.to_string();
        let (folder, rest) = name.split_at(2);
        let objects = self.work_tree.common_dir().join("objects");
        if !self.is_usual {
            return Loose::Absent;
        }
        let Ok(file) = std::fs::File::open(objects.join(folder).join(rest)) else {
            return Loose::Absent;
        };
        let mut bytes = Vec::new();
        let read = flate2::read::ZlibDecoder::new(file).read_to_end(&mut bytes);
        read.ok()
            .and_then(|_| content(bytes, kind))
            .map_or(Loose::Damaged, Loose::Whole)
    }

    /// Stores content, and gives its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<ObjectId> {
        let id = if let Some(repository) = self.library() {
            repository
                .blob(bytes)
                .ok()
                .and_then(|id| ObjectId::from_bytes(id.as_bytes()))
        } else {
            let command = self
                .work_tree
                .git()
                .args(["hash-object", "-w", "--stdin"])
                .input(bytes);
            let text = self
                .work_tree
                .output(&command, "store content in the repository")?;
            ObjectId::from_hex(text.trim_ascii())
        };
        id.ok_or_else(|| {
            Error::new(format!(
                "cannot store content in `{}`",
                self.work_tree.git_dir().display()
            ))
        })
    }
}

/// What follows the head of an object, if it is of this kind and has the length that is said there.
fn content(mut object: Vec<u8>, kind: &str) -> Option<Vec<u8>> {
    let end = memchr::memchr(0, &object)?;
    let length = object[..end].strip_prefix(kind.as_bytes())?;
    let length = length.strip_prefix(b" ")?;
    let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
    object.drain(..=end);
    (object.len() == length).then_some(object)
}

#[cfg(test)]
mod tests {
    use super::{Loose, Objects};
    use crate::git::trial::Trial;
    use crate::git::{ObjectId, WorkTree};

    #[test]
    fn contents_are_read_wherever_they_lie() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        let host = trial.host.clone().with_current_dir(trial.folder());
        let work_tree = WorkTree::discover(&host).unwrap();
        let objects = Objects::open(&work_tree);
        let long = vec![7; 100_000];
        let contents: [&[u8]; 4] = [b"", b"blob 3\0abc", &[0, 255, 10, 13], &long];
        let ids = contents.map(|it| objects.write(it).unwrap());
        for (id, content) in ids.iter().zip(contents) {
            assert_eq!(objects.loose(id, "blob"), Loose::Whole(content.to_vec()));
            assert_eq!(objects.read(id).unwrap(), content);
        }
        for (id, number) in ids.iter().zip(0..) {
            trial.git(&[
                "update-ref",
                &format!("refs/kept/{number}"),
                &id.to_string(),
            ]);
        }
        trial.git(&["repack", "-a", "-d", "--quiet"]);
        let objects = Objects::open(&work_tree);
        for (id, content) in ids.iter().zip(contents) {
            assert_eq!(objects.loose(id, "blob"), Loose::Absent);
            assert_eq!(objects.read(id).unwrap(), content);
        }
        let missing = ObjectId::of_blob(b"missing").unwrap();
        assert!(objects.read(&missing).is_err());
    }

    #[test]
    fn a_damaged_content_is_not_read() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        let host = trial.host.clone().with_current_dir(trial.folder());
        let work_tree = WorkTree::discover(&host).unwrap();
        let id = Objects::open(&work_tree).write(&[7; 1000]).unwrap();
        let name = id.to_string();
        let file = trial
            .folder()
            .join(".git/objects")
            .join(&name[..2])
            .join(&name[2..]);
        let whole = std::fs::read(&file).unwrap();
        crate::fs::remove_file(&file).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&file, &whole[..length]).unwrap();
            assert!(Objects::open(&work_tree).read(&id).is_err(), "{length}");
        }
        // A folder's list is no content of a file.
        let tree = trial.git(&["hash-object", "-t", "tree", "-w", "--stdin"]);
        let tree = ObjectId::from_hex(tree.trim().as_bytes()).unwrap();
        assert!(Objects::open(&work_tree).read(&tree).is_err());
    }
}
