//! One run on a dirty repository, and whether anything was lost.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::inventory::Inventory;
use super::job::{Job, staged};
use super::loss::{Changes, Permit, compare};
use super::node::{Node, at};
use super::repository::Repository;
use crate::support::{Finished, run};

/// A repository and a command, seen before and after.
pub(super) struct Trial {
    pub(super) repository: Repository,
    pub(super) job: Job,
    before: Inventory,
    permit: Permit,
    /// What the hook may mend.
    staged: Permit,
    forgotten: Vec<Vec<u8>>,
}

impl Trial {
    pub(super) fn new(repository: Repository, job: Job) -> Self {
        job.prepare(&repository);
        let before = Inventory::take(&repository);
        let staged = staged(&repository);
        let permit = job.permit(&repository, &staged);
        Self {
            repository,
            job,
            before,
            permit,
            staged,
            forgotten: Vec::new(),
        }
    }

    /// Makes it dirty once more; what is there now is what must not be lost from now on.
    pub(super) fn again(&mut self) {
        self.repository.soil();
        self.before = Inventory::take(&self.repository);
        self.staged = staged(&self.repository);
        self.permit = self.job.permit(&self.repository, &self.staged);
    }

    pub(super) fn command(&self) -> Command {
        self.job.command(&self.repository)
    }

    /// Runs it to its end.
    pub(super) fn run(&self) -> Finished {
        run(&mut self.command())
    }

    /// What has changed; panics where something is wrong. `said` is shown then.
    #[track_caller]
    pub(super) fn check(&self, said: &str) -> Changes {
        self.check_as(&self.permit, said)
    }

    /// The same after the hook has run as well.
    #[track_caller]
    pub(super) fn check_recovered(&self, said: &str) {
        let mut permit = self.permit.clone();
        permit.work.extend(self.staged.work.iter().cloned());
        permit.index.extend(self.staged.index.iter().cloned());
        self.check_as(&permit, said);
    }

    #[track_caller]
    fn check_as(&self, permit: &Permit, said: &str) -> Changes {
        let mut after = Inventory::take(&self.repository);
        let mut before = self.before.clone();
        for path in &self.forgotten {
            for inventory in [&mut before, &mut after] {
                inventory.work.remove(path);
                // To add a file below a name is to remove what had that name.
                let is_above =
                    |it: &[u8]| path.starts_with(it) && path[it.len()..].starts_with(b"/");
                inventory.index.retain(|it, _| it != path && !is_above(it));
            }
        }
        let is_committed = self.job.committed(&self.repository, &before, &after);
        if is_committed && self.job.stages() {
            before.index.clone_from(&after.index);
        }
        let mut changes = compare(&self.repository, &before, &after, permit);
        if before.refs != after.refs && !is_committed {
            changes
                .wrong
                .push(format!("refs: {:?} became {:?}", before.refs, after.refs));
        }
        changes.is_committed = is_committed;
        assert!(
            changes.wrong.is_empty(),
            "{}\n{}\n--- said\n{said}",
            self.title(),
            changes.wrong.join("\n")
        );
        changes
    }

    /// Another command may run at the same time.
    pub(super) fn beside(&mut self, other: &Job) {
        other.prepare(&self.repository);
        let permit = other.permit(&self.repository, &self.staged);
        self.permit.work.extend(permit.work);
        self.permit.index.extend(permit.index);
        if other.is_of_git() {
            self.job = other.clone();
        }
        self.before = Inventory::take(&self.repository);
    }

    /// What there was before.
    pub(super) fn before(&self) -> &Inventory {
        &self.before
    }

    /// The files of the work tree that are checked and may be mended, and that somebody may write to.
    pub(super) fn files_under_check(&self) -> Vec<Vec<u8>> {
        let is_file =
            |path: &&Vec<u8>| matches!(self.before.work.get(*path), Some(Node::File { .. }));
        let paths = self.permit.work.iter().filter(is_file);
        let is_apart = |path: &&Vec<u8>| {
            let path = at(&self.repository.root, path);
            path.metadata().unwrap().nlink() == 1
        };
        let ours = [b"sub/".as_slice(), b".git", b"pyproject.toml"];
        paths
            .filter(|path| !ours.iter().any(|it| path.starts_with(it)))
            .filter(is_apart)
            .cloned()
            .collect()
    }

    /// What becomes of these files is not looked at: somebody else changed them.
    pub(super) fn forget<'a>(&mut self, paths: impl IntoIterator<Item = &'a Vec<u8>>) {
        self.forgotten.extend(paths.into_iter().cloned());
    }

    pub(super) fn title(&self) -> String {
        let Repository { seed, gates, .. } = self.repository;
        format!("SAFETY_SEED={seed} ({:?}, {gates:?})", self.job)
    }

    /// Panics where such are left.
    #[track_caller]
    pub(super) fn is_tidy(&self, said: &str) {
        let litter = self.litter();
        assert!(
            litter.is_empty(),
            "{} left {litter:?}\n{said}",
            self.title()
        );
    }

    /// Locks and files that a run left where others see them.
    pub(super) fn litter(&self) -> Vec<PathBuf> {
        let state = self.repository.git_dir.join("scaffold/write-back");
        let mut found = Vec::new();
        for folder in [&state, &self.repository.git_dir] {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name.starts_with("work-") || name.ends_with(".lock") {
                    found.push(path);
                }
            }
        }
        found
    }
}
