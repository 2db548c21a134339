//! A run from the moment at which everything is kept: the new files are made, exchanged, staged, and looked at once more.
//!
//! Made by `apply`. From here on nothing is an error: what goes wrong with a fix is that fix's fate. It must not know why a fix is
//! made, nor decide what a file is to hold.

use super::decide::{Decision, in_one_line};
use super::index::stage;
use super::journal::{Journal, Swap};
use super::moment::{Moment, Watch};
use super::place::{Scratch, Spot, Storage, find};
use super::recover::{Place, Rescue};
use super::settle::{Stand, State, names, settle};
use super::swap::{Pair, Swapped};
use super::{Fix, InIndex, InWorkTree};
use crate::error::{Error, Kind, Result};
use crate::git::{Restage, WorkTree};
use crate::process::check_interrupted;

/// A run from the moment at which everything is kept.
pub(super) struct Writer<'a, 'w> {
    pub(super) work_tree: &'a WorkTree,
    pub(super) fixes: &'a [Fix],
    pub(super) decisions: Vec<Decision>,
    pub(super) journal: Journal,
    pub(super) run: String,
    /// What the journal has, with the number of the fix.
    pub(super) swaps: Vec<(usize, Swap)>,
    pub(super) exchange: bool,
    pub(super) watch: &'a mut Watch<'w>,
}

impl Writer<'_, '_> {
    /// The work tree.
    pub(super) fn write(&mut self) {
        let wanted: Vec<usize> = (0..self.fixes.len())
            .filter(|at| self.decisions[*at].write.is_some())
            .collect();
        let planned = wanted
            .iter()
            .filter_map(|at| Some((*at, self.storage(*at)?)))
            .collect();
        let elsewhere = self.make_and_exchange(planned);
        // The same device, but another mount: there is room beside the file itself.
        let again = elsewhere
            .into_iter()
            .map(|at| {
                let folder = self.fixes[at].path.folders().next().unwrap_or_default();
                (at, Storage::Beside(folder.to_vec()))
            })
            .collect();
        for at in self.make_and_exchange(again) {
            let why = "the system does not move files into its folder".to_owned();
            self.decisions[at].work_tree = InWorkTree::LeftAlone(why);
        }
        (self.watch)(Moment::Swapped);
    }

    /// Where the new file can be made: with the repository, if that is on the same device.
    fn storage(&mut self, at: usize) -> Option<Storage> {
        let Ok(spot) = find(self.work_tree, &self.fixes[at].path) else {
            self.decisions[at].work_tree = InWorkTree::EditedMeanwhile;
            return None;
        };
        // Nothing goes into the user's folders only because ours could not be made.
        let repository = match Storage::Repository.open_or_make(self.work_tree) {
            Ok(folder) => folder,
            Err(error) => {
                self.decisions[at].work_tree = InWorkTree::LeftAlone(in_one_line(&error));
                return None;
            }
        };
        let is_same = repository
            .device()
            .is_ok_and(|device| spot.folder.device().is_ok_and(|it| it == device));
        Some(if is_same {
            Storage::Repository
        } else {
            Storage::Beside(spot.device_top)
        })
    }

    /// Makes the new files and exchanges them; gives those that lie on another file system than their storage.
    fn make_and_exchange(&mut self, planned: Vec<(usize, Storage)>) -> Vec<usize> {
        let first = self.swaps.len();
        for (at, storage) in planned {
            let Some(write) = &self.decisions[at].write else {
                continue;
            };
            let swap = Swap {
                id: format!("{}-{}", self.run, self.swaps.len()),
                storage,
                path: self.fixes[at].path.clone(),
                new: blake3::hash(&write.new),
                old: write.old,
                ready: false,
                kept: Vec::new(),
                is_over: false,
            };
            self.swaps.push((at, swap));
        }
        let announced = self.swaps[first..].iter().map(|(_, swap)| swap);
        if let Err(error) = self.journal.announce(announced) {
            // Nothing that is not announced is made.
            for (at, _) in self.swaps.drain(first..) {
                self.decisions[at].work_tree = InWorkTree::LeftAlone(in_one_line(&error));
            }
            return Vec::new();
        }
        (self.watch)(Moment::Announced);
        for number in first..self.swaps.len() {
            match self.make(number) {
                Ok(()) => self.swaps[number].1.ready = true,
                Err(outcome) => {
                    let at = self.swaps[number].0;
                    self.decisions[at].work_tree = outcome;
                }
            }
        }
        let made = self.swaps[first..]
            .iter()
            .filter_map(|(_, swap)| swap.ready.then_some(swap));
        if let Err(error) = self.journal.ready(made) {
            for (at, swap) in &mut self.swaps[first..] {
                swap.ready = false;
                self.decisions[*at].work_tree = InWorkTree::LeftAlone(in_one_line(&error));
            }
        }
        (self.watch)(Moment::Ready);
        let mut elsewhere = Vec::new();
        for number in first..self.swaps.len() {
            let (at, swap) = self.swaps[number].clone();
            if !swap.ready {
                continue;
            }
            if check_interrupted().is_err() {
                self.decisions[at].work_tree = InWorkTree::Interrupted;
                continue;
            }
            match self.exchange(at, &swap) {
                Swapped::Done => {}
                Swapped::Edited => self.decisions[at].work_tree = InWorkTree::EditedMeanwhile,
                Swapped::Failed(why) => self.decisions[at].work_tree = InWorkTree::LeftAlone(why),
                Swapped::OtherFileSystem => elsewhere.push(at),
            }
        }
        elsewhere
    }

    /// Makes one new file, or says what becomes of the fix instead.
    fn make(&self, number: usize) -> std::result::Result<(), InWorkTree> {
        let (at, swap) = &self.swaps[number];
        let spot = find(self.work_tree, &swap.path);
        let spot = spot.map_err(|_| InWorkTree::EditedMeanwhile)?;
        if !matches!(spot.folder.facts(&spot.name), Ok(Some(_))) {
            return Err(InWorkTree::EditedMeanwhile);
        }
        let Some(write) = &self.decisions[*at].write else {
            return Err(InWorkTree::EditedMeanwhile);
        };
        let failed = |error: Error| InWorkTree::LeftAlone(in_one_line(&error));
        let kept = swap.storage.open_or_make(self.work_tree).map_err(failed)?;
        let like = Some((&spot.folder, spot.name.as_os_str()));
        kept.create(swap.id.as_ref(), &write.new, like)
            .map_err(|error| {
                let place = swap.storage.path(self.work_tree).unwrap_or_default();
                failed(crate::fs::failed("write a file in", &place, error))
            })
    }

    fn exchange(&mut self, at: usize, swap: &Swap) -> Swapped {
        let Ok(spot) = find(self.work_tree, &swap.path) else {
            return Swapped::Edited;
        };
        let (Ok(Some(kept)), Some(write)) =
            (swap.storage.open(self.work_tree), &self.decisions[at].write)
        else {
            return Swapped::Failed("the new file is gone".to_owned());
        };
        let pair = Pair {
            spot: &spot,
            kept: &kept,
            swap,
            permissions: write.permissions,
        };
        pair.swap(self.exchange, self.watch)
    }

    /// The index; what it says is in the order of the fixes that are to be staged.
    pub(super) fn stage(&mut self, scratch: &Scratch) -> Vec<InIndex> {
        let changes: Vec<Restage> = self
            .fixes
            .iter()
            .zip(&self.decisions)
            .filter_map(|(fix, decision)| {
                let (old, new) = decision.staged?;
                Some(Restage {
                    path: fix.path.clone(),
                    mode: fix.mode,
                    old,
                    new,
                })
            })
            .collect();
        if changes.is_empty() || check_interrupted().is_err() {
            return Vec::new();
        }
        let (journal, watch) = (&mut self.journal, &mut *self.watch);
        match stage(self.work_tree, journal, scratch.path(), &changes, watch) {
            Ok(staged) => staged,
            Err(error) if error.kind() == Kind::Interrupted => Vec::new(),
            Err(error) => vec![InIndex::NotStaged(in_one_line(&error)); changes.len()],
        }
    }

    /// Looks once more at what lies in storage: an editor may have had the old file open, and written to it. The old files stay.
    pub(super) fn finish(&mut self, remarks: &mut Vec<String>) {
        let (mut rescue, mut found) = (Rescue::default(), Vec::new());
        let mut is_settled = true;
        for (at, swap) in std::mem::take(&mut self.swaps) {
            let spot = find(self.work_tree, &swap.path).ok();
            let stand = if self.decisions[at].work_tree.has_fix() {
                Stand::Swapped
            } else {
                Stand::UnderWay
            };
            match self.look(&swap, spot.as_ref(), stand, &mut rescue, &mut found) {
                Ok(false) => {
                    let linked = self.decisions[at].write.as_ref();
                    let fixed = self.decisions[at].work_tree.has_fix();
                    if fixed && linked.is_some_and(|write| write.is_linked) {
                        remarks.push(format!(
                            "`{}` had other names (hard links): they still have the old content",
                            swap.path
                        ));
                    }
                }
                Ok(true) => self.decisions[at].work_tree = InWorkTree::EditedMeanwhile,
                Err(error) => {
                    is_settled = false;
                    remarks.push(in_one_line(&error));
                }
            }
            if swap.storage != Storage::Repository {
                swap.storage.tidy(self.work_tree);
            }
        }
        let saved = rescue.save(self.work_tree, remarks);
        let noted = saved.and_then(|()| {
            let mut all = found.iter();
            all.try_for_each(|(id, content)| self.journal.kept(id, *content))
        });
        if let Err(error) = noted {
            // The next run finds it where it lies, and keeps it.
            is_settled = false;
            if error.kind() != Kind::Interrupted {
                remarks.push(in_one_line(&error));
            }
        }
        (self.watch)(Moment::Finishing);
        // Without its last line, the next run looks at everything again, which changes nothing.
        if is_settled {
            drop(self.journal.done());
        }
    }

    /// Looks at one; says whether somebody else's file was put back.
    fn look(
        &self,
        swap: &Swap,
        spot: Option<&Spot>,
        stand: Stand,
        rescue: &mut Rescue,
        found: &mut Vec<(String, blake3::Hash)>,
    ) -> Result<bool> {
        let Some(kept) = swap.storage.open(self.work_tree)? else {
            return Ok(false);
        };
        let mut was_put_back = false;
        for name in names(swap) {
            let state = settle(spot, &kept, swap, &name, stand).map_err(|error| {
                let place = swap.storage.path(self.work_tree).unwrap_or_default();
                crate::fs::failed("read", &place, error)
            })?;
            match state {
                State::Empty | State::Known(_) => {}
                State::PutBack => was_put_back = true,
                State::Foreign(content) => {
                    let place = Place::new(self.work_tree, &swap.storage, &name);
                    let content = rescue.add(self.work_tree, swap.path.clone(), content, &place)?;
                    found.push((swap.id.clone(), content));
                }
            }
        }
        Ok(was_put_back)
    }
}
