//! Running one tool, on a thread of its own.
//!
//! Called by the executor. It knows where a tool is to look, and not why.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::reader::{Reader, Shortcut};
use super::super::run::Request;
use super::super::shadow::TreeShadow;
use super::super::snapshot::{Of, Snapshot};
use super::super::tool::{self, Job, Verdict};
use super::super::tree::Tree;
use super::super::turnstile::Turnstile;
use super::open::Open;
use crate::error::{Kind, Result};

/// How often a copy of the work tree is begun, where somebody saves while it is made.
const ATTEMPTS: u32 = 5;

/// What the threads share.
pub(super) struct Floor<'t> {
    pub(super) turnstile: &'t Turnstile,
    pub(super) failed: &'t AtomicBool,
}

/// What the threads that run tools are given: everything but the contents by name, which each opens for itself.
#[derive(Clone, Copy)]
pub(super) struct Worker<'r> {
    pub(super) snapshot: &'r Snapshot<'r>,
    pub(super) shortcut: &'r Shortcut<'r>,
    pub(super) request: &'r Request,
    pub(super) place: &'r Path,
    pub(super) say: &'r (dyn Fn(&str) + Sync),
}

impl Worker<'_> {
    /// Runs one tool in a folder that is laid out for it.
    pub(super) fn work(&self, it: &mut Open, root: &Path, floor: &Floor) {
        let verdict = floor.turnstile.pass(|| {
            if self.request.fail_fast && floor.failed.load(Ordering::SeqCst) {
                return None;
            }
            (self.say)(&it.task.selected.gate);
            let verdict = self.start(it, root);
            // Before the next one is let in.
            if !verdict.as_ref().is_ok_and(|it| it.passed) {
                floor.failed.store(true, Ordering::SeqCst);
            }
            Some(verdict)
        });
        match verdict {
            None => it.not_started = Some("another gate has failed (--fail-fast)".to_owned()),
            Some(verdict) => it.verdict = Some(verdict),
        }
    }

    pub(super) fn start(&self, it: &Open, root: &Path) -> Result<Verdict> {
        let task = &it.task;
        let project = &task.selected.project.folder;
        let folder: PathBuf = match crate::repo_path::bytes_to_path(project) {
            Some(below) if !project.is_empty() => root.join(below),
            _ => root.to_owned(),
        };
        let files: Vec<&[u8]> = if task.takes_files() {
            it.files
                .iter()
                .filter_map(|number| self.snapshot.files[*number].path.strip(project))
                .collect()
        } else {
            Vec::new()
        };
        tool::run(&Job {
            name: &task.selected.gate,
            tool: task.tool,
            settings: &task.selected.settings,
            environment: task.environment.as_ref(),
            folder: &folder,
            prefix: project,
            work_tree: self.snapshot.work_tree.root(),
            files: &files,
            given: task.given,
            fixing: task.fixing,
            host: self.snapshot.work_tree.host(),
            cache: &self.place.join("tools"),
        })
    }

    /// Runs checks on a copy of everything, all at once. Gives what they have seen.
    pub(super) fn check(
        &self,
        tree: Tree,
        checks: &mut [&mut Open],
        floor: &Floor,
    ) -> Result<Tree> {
        let (shadow, tree) = self.sync(tree)?;
        std::thread::scope(|scope| {
            for it in checks {
                it.seen = Some(tree.digest);
                let root = shadow.root();
                scope.spawn(move || self.work(it, root, floor));
            }
        });
        Ok(tree)
    }

    /// Brings the copy of everything up to date; undoes what a tool has done to it. Where the work tree is what is copied and somebody
    /// saves meanwhile, begins again, and gives the tree that it became.
    pub(super) fn sync(&self, mut tree: Tree) -> Result<(TreeShadow, Tree)> {
        let place = self.place.join("tree");
        let reader = Reader::new(self.snapshot.work_tree, self.shortcut);
        let mut attempts = if self.snapshot.of == Of::WorkTree {
            ATTEMPTS
        } else {
            1
        };
        loop {
            let entries = tree
                .entries
                .iter()
                .map(|(path, mode, id)| (path.as_bytes(), *mode, *id));
            attempts -= 1;
            match TreeShadow::sync(&place, entries, |id| tree.content(id, &reader)) {
                Ok((shadow, _)) => return Ok((shadow, tree)),
                Err(error) if attempts == 0 || error.kind() == Kind::Interrupted => {
                    return Err(error);
                }
                Err(error) => {
                    let before = tree.digest;
                    tree = tree.renewed(self.snapshot, &reader)?;
                    if tree.digest == before {
                        return Err(error);
                    }
                }
            }
        }
    }
}
