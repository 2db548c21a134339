//! The native gates at work: one pass over the contents, shared by all of them, on as many threads as pay.
//!
//! Called by the run, at its start and once more for what a tool changed. A content that passed before is not even read. It must
//! not know what a gate looks for.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::builtin::{Gate, Subject};
use super::cache::{Digest, Key, Passed, Sealed, name};
use super::file::File;
use super::outcome::{GateOutcome, State};
use super::reader::{Reader, Shortcut};
use super::run::Request;
use super::select::{Engine, Selected};
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::git::Mode;

/// The native gates of a run, configured.
pub(crate) struct Native<'a> {
    gates: Vec<Armed<'a>>,
    /// For each file of the snapshot, the gates that it is for: bit `n` is gate `n`.
    masks: Vec<u64>,
}

/// A native gate and what it is configured to.
struct Armed<'a> {
    /// Its number among all that are selected.
    number: usize,
    selected: &'a Selected,
    gate: Box<dyn Gate>,
    fixing: bool,
}

/// What the native gates came to on one file.
struct Judged {
    file: usize,
    /// By the number of the gate.
    findings: Vec<(usize, Finding)>,
    mended: Option<NativelyMended>,
}

/// A content that native gates have mended.
pub(crate) struct NativelyMended {
    /// The number of the file.
    pub(crate) file: usize,
    /// The new content.
    pub(crate) bytes: Vec<u8>,
    /// The gates that made it, by their numbers.
    pub(crate) by: Vec<usize>,
    /// The content that was mended, by the hash of its bytes.
    pub(crate) original: blake3::Hash,
}

/// What the pass came to: the outcome of every native gate by its number, and the new contents by the number of the file.
pub(crate) struct NativeOutcome {
    /// By the number of the gate among all that are selected.
    pub(crate) gates: Vec<(usize, GateOutcome)>,
    /// New contents, by the number of the file.
    pub(crate) mended: Vec<NativelyMended>,
}

impl<'a> Native<'a> {
    /// The native ones among the selected gates. A gate mends what it finds if `fixing` says so of it.
    ///
    /// # Errors
    /// When the arguments of a gate are not understood.
    pub(crate) fn arm(
        snapshot: &Snapshot,
        selected: &'a [Selected],
        fixing: impl Fn(&Selected) -> bool,
    ) -> Result<Self> {
        let mut native = Self {
            gates: Vec::new(),
            masks: vec![0; snapshot.files.len()],
        };
        for (number, one) in selected.iter().enumerate() {
            let Engine::Native(builtin) = one.engine else {
                continue;
            };
            let gate = (builtin.configure)(&one.settings.args).map_err(|error| {
                let file = one
                    .project
                    .file
                    .as_ref()
                    .map_or_else(String::new, |it| format!("{it}: "));
                let placed = Error::new(format!("{file}{}: {error}", one.gate));
                error.hints().iter().fold(placed, Error::hint)
            })?;
            if one.skipped.is_none() {
                let bit = native.gates.len();
                if bit == 64 {
                    return Err(Error::new("more than 64 native gates are configured"));
                }
                for file in &one.files {
                    native.masks[*file] |= 1 << bit;
                }
                native.gates.push(Armed {
                    number,
                    selected: one,
                    gate,
                    fixing: builtin.fixes && fixing(one),
                });
            }
        }
        Ok(native)
    }

    /// Shows every content to the gates that are for it.
    ///
    /// # Errors
    /// When a content cannot be read, or the user interrupts.
    pub(crate) fn run(
        &self,
        snapshot: &Snapshot,
        shortcut: &Shortcut,
        request: &Request,
    ) -> Result<NativeOutcome> {
        let chosen: Vec<usize> = (0..snapshot.files.len())
            .filter(|file| self.masks[*file] != 0)
            .collect();
        let host = snapshot.work_tree.host();
        let digest = self.digest(snapshot).sealed();
        let name = name("native", snapshot.work_tree.common_dir());
        let mut passed = Passed::load(host, &name, request.use_cache);
        let keys: Vec<Option<Key>> = chosen
            .iter()
            .map(|file| self.key(&digest, *file, &snapshot.files[*file]))
            .collect();
        let known: Vec<Key> = keys.iter().flatten().copied().collect();
        let mut known = passed.which(&known).into_iter();
        let open: Vec<(usize, Option<Key>)> = chosen
            .iter()
            .zip(&keys)
            .filter(|(_, key)| !(key.is_some() && known.next().unwrap_or(false)))
            .map(|(file, key)| (*file, *key))
            .collect();
        let judged = self.judge_all(snapshot, shortcut, &open, request)?;
        let mut clean = vec![true; snapshot.files.len()];
        for it in &judged {
            clean[it.file] = false;
        }
        for (file, key) in &open {
            if let Some(key) = key
                && clean[*file]
            {
                passed.add(*key);
            }
        }
        passed.save();
        let mut is_open = vec![false; snapshot.files.len()];
        for (file, _) in &open {
            is_open[*file] = true;
        }
        Ok(self.outcome(snapshot, judged, |file| !is_open[file]))
    }

    /// What is wrong with one content, by the numbers of the gates; nothing is mended.
    pub(crate) fn check(
        &self,
        number: usize,
        file: &File,
        bytes: &[u8],
        in_merge: bool,
    ) -> Vec<(usize, Finding)> {
        let subject = Subject::new(file, bytes, in_merge);
        self.gates_for(number)
            .flat_map(|(_, armed)| {
                let found = armed.gate.check(&subject);
                found.into_iter().map(|it| (armed.number, it))
            })
            .collect()
    }

    /// The numbers of the native gates that run, among all that are selected.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = usize> {
        self.gates.iter().map(|armed| armed.number)
    }

    fn gates_for(&self, file: usize) -> impl Iterator<Item = (usize, &Armed<'a>)> {
        let mask = self.masks[file];
        self.gates
            .iter()
            .enumerate()
            .filter(move |(bit, _)| mask & (1 << bit) != 0)
    }

    /// Everything that decides a result beside the file itself. A gate stands in it by its place, so that a mask names it.
    fn digest(&self, snapshot: &Snapshot) -> Digest {
        let mut digest = Digest::new("native");
        digest.add([u8::from(snapshot.in_merge)]);
        for armed in &self.gates {
            digest.add(&armed.selected.gate);
            digest.add(armed.selected.settings.args.len().to_le_bytes());
            armed
                .selected
                .settings
                .args
                .iter()
                .for_each(|it| digest.add(it));
        }
        digest
    }

    /// The key of a file's result; `None` where its content has no name yet.
    fn key(&self, digest: &Sealed, number: usize, file: &File) -> Option<Key> {
        let id = file.source.id()?;
        let facts = [
            u8::from(file.is_added),
            u8::from(file.mode == Mode::Executable),
        ];
        let mask = self.masks[number].to_le_bytes();
        Some(digest.key(&[&mask, file.path.as_bytes(), id.as_bytes(), &facts]))
    }

    fn judge_all(
        &self,
        snapshot: &Snapshot,
        shortcut: &Shortcut,
        open: &[(usize, Option<Key>)],
        request: &Request,
    ) -> Result<Vec<Judged>> {
        /// Files that one thread takes at a time.
        const PIECE: usize = 32;
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<Judged>> {
            let reader = Reader::new(snapshot.work_tree, shortcut);
            let mut judged = Vec::new();
            loop {
                crate::process::check_interrupted()?;
                let start = next.fetch_add(PIECE, Ordering::Relaxed);
                if start >= open.len() {
                    return Ok(judged);
                }
                for (file, _) in &open[start..open.len().min(start + PIECE)] {
                    judged.extend(self.judge(snapshot, &reader, *file)?);
                }
            }
        };
        let threads = match open.len().div_ceil(PIECE) {
            0 | 1 => 1,
            pieces => pieces.min(request.jobs()).max(1),
        };
        let mut judged = if threads == 1 {
            work()?
        } else {
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
                let mut all = Vec::new();
                for thread in threads {
                    all.extend(thread.join().unwrap_or_else(|_| {
                        Err(Error::new("a native gate came to an unexpected end"))
                    })?);
                }
                Ok::<_, Error>(all)
            })?
        };
        judged.sort_by_key(|it| it.file);
        Ok(judged)
    }

    /// What the gates say of one file; `None` where there is nothing to say.
    fn judge(&self, snapshot: &Snapshot, reader: &Reader, number: usize) -> Result<Option<Judged>> {
        let file = &snapshot.files[number];
        let bytes = reader.read(file)?;
        let mut subject = Subject::new(file, bytes, snapshot.in_merge);
        let mut by = Vec::new();
        let mut original = None;
        for (_, armed) in self.gates_for(number).filter(|(_, it)| it.fixing) {
            if let Some(fixed) = armed.gate.fix(&subject) {
                by.push(armed.number);
                original.get_or_insert_with(|| blake3::hash(&subject.bytes));
                subject = Subject::new(file, fixed, snapshot.in_merge);
            }
        }
        let findings: Vec<(usize, Finding)> = self
            .gates_for(number)
            .flat_map(|(_, armed)| {
                let found = armed.gate.check(&subject);
                found.into_iter().map(|it| (armed.number, it))
            })
            .collect();
        let mended = original.map(|original| NativelyMended {
            file: number,
            bytes: subject.bytes.into_owned(),
            by,
            original,
        });
        Ok(
            (mended.is_some() || !findings.is_empty()).then_some(Judged {
                file: number,
                findings,
                mended,
            }),
        )
    }

    fn outcome(
        &self,
        snapshot: &Snapshot,
        judged: Vec<Judged>,
        was_known: impl Fn(usize) -> bool,
    ) -> NativeOutcome {
        let mut gates: Vec<(usize, GateOutcome)> = self
            .gates
            .iter()
            .map(|armed| {
                let mut outcome =
                    GateOutcome::new(&armed.selected.gate, &armed.selected.project.folder);
                outcome.files = armed.selected.files.len();
                outcome.cached = armed
                    .selected
                    .files
                    .iter()
                    .filter(|it| was_known(**it))
                    .count();
                (armed.number, outcome)
            })
            .collect();
        let mut mended = Vec::new();
        for it in judged {
            for (number, finding) in it.findings {
                if let Some((_, outcome)) = gates.iter_mut().find(|(its, _)| *its == number) {
                    outcome.state = State::Failed;
                    outcome.findings.push(finding);
                }
            }
            if let Some(new) = it.mended {
                for (number, outcome) in &mut gates {
                    if new.by.contains(number) {
                        outcome.mended.push(snapshot.files[new.file].path.clone());
                    }
                }
                mended.push(new);
            }
        }
        NativeOutcome { gates, mended }
    }
}
