//! One run on a dirty repository, and whether anything was lost.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::inventory::Inventory;
use super::job::{Job, staged};
use super::loss::{Changes, Permit, compare};
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
        let after = Inventory::take(&self.repository);
        let mut before = self.before.clone();
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

    pub(super) fn title(&self) -> String {
        let Repository { seed, gates, .. } = self.repository;
        format!("SAFETY_SEED={seed} ({:?}, {gates:?})", self.job)
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
