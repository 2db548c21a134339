//! Fixes written into real repositories, with real git.

mod conversions;
mod files;
mod indexes;
mod kills;
mod races;
mod states;

use std::path::{Path, PathBuf};

use super::apply::apply_watched;
use super::moment::Moment;
use super::{Applied, Fix, InIndex, InWorkTree, Lock, Original, recover};
use crate::git::{Index, Mode, ObjectId, Objects, WorkTree};
use crate::host::Host;
use crate::process::Command;
use crate::repo_path::{RepoPath, bytes_to_path};

/// The fate of a fix that took the place of what it mended, everywhere.
const FIXED: (&InWorkTree, &InIndex) = (&InWorkTree::Replaced, &InIndex::Fixed);

/// The fate of one that went into the work tree beside other edits.
const MERGED: (&InWorkTree, &InIndex) = (&InWorkTree::Merged, &InIndex::Fixed);

/// A repository with a home of its own; removed when dropped.
struct Place {
    _root: tempfile::TempDir,
    host: Host,
    folder: PathBuf,
}

impl Place {
    fn new() -> Self {
        Self::made(&["init", "--quiet", "--initial-branch=main"])
    }

    /// A copy of this place.
    fn copied(&self) -> Self {
        let copy = Self::empty();
        let from = self.folder.join(".");
        let status = std::process::Command::new("cp")
            .args(["-a", "--"])
            .args([&from, &copy.folder])
            .status();
        assert!(status.unwrap().success());
        copy
    }

    /// A repository that this command makes.
    fn made(init: &[&str]) -> Self {
        let place = Self::empty();
        place.git(init);
        place
    }

    /// A folder without a repository.
    fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        let top = std::fs::canonicalize(root.path()).unwrap();
        let real = Host::current().unwrap();
        let folder = top.join("project");
        std::fs::create_dir(&folder).unwrap();
        std::fs::create_dir(top.join("home")).unwrap();
        let host = Host::made_up(&folder)
            .with_variable("PATH", real.variable("PATH").unwrap())
            .with_variable("HOME", top.join("home"))
            .with_variable("GIT_CONFIG_NOSYSTEM", "1")
            .with_variable("GIT_AUTHOR_NAME", "Ada")
            .with_variable("GIT_AUTHOR_EMAIL", "ada@example.com")
            .with_variable("GIT_COMMITTER_NAME", "Ada")
            .with_variable("GIT_COMMITTER_EMAIL", "ada@example.com");
        Self {
            _root: root,
            host,
            folder,
        }
    }

    /// With these files committed.
    fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        place.commit(files);
        place
    }

    /// With these files staged, and nothing committed.
    fn staging(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (path, text) in files {
            place.stage(path, text);
        }
        place
    }

    fn commit(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=x"]);
    }

    /// The same place, looked at through another folder.
    fn seen_from(&self, folder: &Path) -> WorkTree {
        WorkTree::discover(&self.host.clone().with_current_dir(folder)).unwrap()
    }

    fn path(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.folder.join(bytes_to_path(path.as_ref()).unwrap())
    }

    fn write(&self, path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Writes and adds.
    fn stage(&self, path: &str, text: &str) {
        self.write(path, text);
        self.git(&["add", "--force", "--", path]);
    }

    fn read(&self, path: impl AsRef<[u8]>) -> String {
        String::from_utf8(std::fs::read(self.path(path)).unwrap()).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        Command::new(&self.host, self.host.find_program("git").unwrap())
            .current_dir(&self.folder)
            .env("GIT_LITERAL_PATHSPECS", "1")
            .args(arguments)
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        Self::printed(&self.command(arguments))
    }

    #[track_caller]
    fn printed(command: &Command) -> String {
        let output = command.run().unwrap();
        assert!(output.success(), "{command}: {}", output.last_words(20));
        String::from_utf8(output.stdout).unwrap()
    }

    fn work_tree(&self) -> WorkTree {
        WorkTree::discover(&self.host).unwrap()
    }

    fn lock(&self) -> Lock {
        // A program that another test is just starting may hold a copy of the lock for a moment.
        Lock::take(&self.work_tree(), || {}).unwrap()
    }

    /// What the index has.
    fn staged(&self, path: impl AsRef<[u8]>) -> (Mode, ObjectId) {
        let index = Index::read(&self.work_tree()).unwrap();
        let entry = index.get(path.as_ref()).unwrap();
        (entry.mode, entry.id)
    }

    fn staged_text(&self, path: impl AsRef<[u8]>) -> String {
        let (_, id) = self.staged(path);
        let bytes = Objects::open(&self.work_tree()).read(&id).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// A fix of what is staged now.
    fn fix(&self, path: impl AsRef<[u8]>, fixed: impl AsRef<[u8]>) -> Fix {
        let (mode, id) = self.staged(path.as_ref());
        Fix {
            path: RepoPath::new(path.as_ref()),
            mode,
            original: Original::Staged(id),
            fixed: fixed.as_ref().to_vec(),
            restage: true,
        }
    }

    /// A fix of what the work tree has now.
    fn fix_of_file(&self, path: impl AsRef<[u8]>, fixed: impl AsRef<[u8]>) -> Fix {
        let bytes = std::fs::read(self.path(path.as_ref())).unwrap();
        Fix {
            path: RepoPath::new(path.as_ref()),
            mode: Mode::File,
            original: Original::WorkTree(blake3::hash(&bytes)),
            fixed: fixed.as_ref().to_vec(),
            restage: false,
        }
    }

    fn apply(&self, fixes: &[Fix]) -> Applied {
        super::apply(&self.lock(), &self.work_tree(), fixes).unwrap()
    }

    fn apply_watched(
        &self,
        fixes: &[Fix],
        exchange: bool,
        watch: &mut dyn FnMut(Moment<'_>),
    ) -> Applied {
        apply_watched(&self.lock(), &self.work_tree(), fixes, exchange, watch).unwrap()
    }

    fn recover(&self) -> Vec<String> {
        recover(&self.lock(), &self.work_tree()).unwrap()
    }

    /// Everything that backups keep, by `PLACE/PATH`.
    fn kept(&self) -> Vec<(String, String)> {
        let refs = self.git(&[
            "for-each-ref",
            "--format=%(refname)",
            "refs/scaffold/backup",
        ]);
        let mut kept = Vec::new();
        let mut asked = String::new();
        for name in refs.lines() {
            let list = self.git(&["ls-tree", "-r", "-z", "--name-only", name]);
            for path in list.split_terminator('\0') {
                asked.push_str(&format!("{name}:{path}\n"));
                kept.push((path.to_owned(), String::new()));
            }
        }
        if kept.is_empty() {
            return kept;
        }
        let told = Self::printed(&self.command(&["cat-file", "--batch"]).input(asked));
        let mut rest = told.as_str();
        for (_, content) in &mut kept {
            let (head, after) = rest.split_once('\n').unwrap();
            let length: usize = head.rsplit(' ').next().unwrap().parse().unwrap();
            after[..length].clone_into(content);
            rest = &after[length + 1..];
        }
        kept
    }

    #[track_caller]
    fn assert_kept(&self, path: &str, text: &str) {
        let kept = self.kept();
        assert!(
            kept.iter()
                .any(|(it, content)| it == path && content == text),
            "{path} {text:?} is not in {kept:?}"
        );
    }

    /// Asserts that each of these texts is in the work tree, the index or a backup, at its path.
    #[track_caller]
    fn assert_not_lost(&self, texts: &[(&str, &str)]) {
        let kept = self.kept();
        let index = Index::read(&self.work_tree()).unwrap();
        for (path, text) in texts {
            let mut places: Vec<String> = kept
                .iter()
                .filter(|(it, _)| it.split_once('/').unwrap().1 == *path)
                .map(|(_, content)| content.clone())
                .collect();
            places.extend(std::fs::read_to_string(self.path(path)).ok());
            if index.get(path.as_bytes()).is_some() {
                places.push(self.staged_text(path));
            }
            assert!(
                places.iter().any(|it| it == text),
                "{path}: {text:?} is lost, there are {places:?}"
            );
        }
    }

    /// Asserts that nothing of ours lies about, but for what the next run looks at.
    #[track_caller]
    fn assert_tidy(&self) {
        assert!(!self.work_tree().git_dir().join("index.lock").exists());
        let listed = self.git(&["status", "--porcelain", "--ignored"]);
        assert!(!listed.contains("scaffold"), "{listed}");
        let left: Vec<PathBuf> = crate::fs::list(&super::place::state(&self.work_tree())).unwrap();
        let allowed = ["kept", "journal"];
        assert!(
            left.iter()
                .all(|it| allowed.iter().any(|name| it.ends_with(name))),
            "{left:?}"
        );
    }

    /// The same, after the next run has looked at it. Where the system does not tell who writes to a file, that is only in an hour.
    #[track_caller]
    fn assert_empty(&self) {
        self.assert_tidy();
        if !cfg!(target_os = "linux") {
            return;
        }
        let state = super::place::state(&self.work_tree());
        // A program that another test is just starting may hold what was open here for a moment.
        for _ in 0..1000 {
            if state.join("journal").exists() {
                self.recover();
            }
        }
        assert!(!state.join("journal").exists());
        assert!(crate::fs::list(&state.join("kept")).unwrap().is_empty());
    }
}

/// What became of the only fix.
#[track_caller]
fn only(applied: &Applied) -> (&InWorkTree, &InIndex) {
    assert_eq!(applied.files.len(), 1);
    (&applied.files[0].work_tree, &applied.files[0].index)
}

#[track_caller]
fn assert_left_alone(applied: &Applied, why: &str) {
    match only(applied) {
        (InWorkTree::LeftAlone(said), InIndex::Fixed) => assert!(said.contains(why), "{said}"),
        other => panic!("{other:?}"),
    }
}
