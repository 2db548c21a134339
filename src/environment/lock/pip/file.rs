//! One file of the two that pip's report decides: left as it is, cut from the pinned closure, or written for this machine.
//!
//! Asked by `pip`. The report has one version of each package, for both files: whatever agrees with it here agrees with the other
//! file. It must not start pip.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep508_rs::{MarkerEnvironment, Requirement, VerbatimUrl, VersionOrUrl};

use super::super::Upgrade;
use super::super::locks::{Narrow, Part};
use crate::template::lock::{Lock, Pinned, Source};

/// A file, as it is and as it could be.
#[derive(Debug)]
pub(super) struct File<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// What it is to lock.
    pub(super) wanted: &'a [String],
    /// What it pins now.
    pub(super) old: &'a Lock,
    /// What stands in it now.
    pub(super) text: Option<&'a str>,
    /// What the pinned closure makes of it, where that has all it asks for and keeps what is locked.
    pub(super) cut: Option<Lock>,
}

impl File<'_> {
    /// What it would be, were it alone: nothing that the project asks of it needs a resolver.
    pub(super) fn settled(&self) -> Option<&Lock> {
        let kept = || self.fits().then_some(self.old);
        self.cut.as_ref().or_else(kept)
    }

    /// Whether it has a right version of all that is asked for.
    fn fits(&self) -> bool {
        let narrow = self.holds_for().is_some();
        self.wanted.iter().all(|text| {
            let Ok(requirement) = Requirement::<VerbatimUrl>::from_str(text) else {
                return false;
            };
            let range = match &requirement.version_or_url {
                Some(VersionOrUrl::VersionSpecifier(range)) => Some(range),
                _ => None,
            };
            let name = requirement.name.to_string();
            let mut pins = self.old.named(&name).peekable();
            // Where the requirement does not hold, a lock for one machine has nothing of it.
            let present = pins.peek().is_some() || (narrow && !requirement.marker.is_true());
            present
                && pins.all(|pin| match &pin.source {
                    Source::Version(version) => range.is_none_or(|it| it.contains(version)),
                    Source::Url(_) => false,
                })
        })
    }

    /// The machine that its text claims to hold for; empty where it claims nothing, `None` for all platforms.
    fn holds_for(&self) -> Option<&str> {
        let text = self.text.unwrap_or_default();
        let comments = || text.lines().filter(|it| it.starts_with('#'));
        match Narrow::place_in(text) {
            Some(place) => Some(place),
            None if comments().any(|it| it.contains(" --universal ")) => None,
            None if self.old.packages().is_empty() => None,
            None => Some(""),
        }
    }

    /// What it is to be, where `new` is what pip found for it on the machine `narrow`.
    pub(super) fn chosen(
        &self,
        new: &Lock,
        narrow: Narrow,
        environment: &MarkerEnvironment,
    ) -> Part {
        if self.wanted.is_empty() {
            return Lock::default().into();
        }
        if let Some(cut) = &self.cut
            && same_versions(cut, new, environment)
        {
            return cut.clone().into();
        }
        if !self.fits() || !same_versions(self.old, new, environment) || !has_files(self.old, new) {
            return Part {
                lock: new.clone(),
                narrow: Some(narrow),
            };
        }
        Part {
            lock: self.old.clone(),
            narrow: match self.holds_for() {
                None => None,
                Some("") => Some(narrow),
                // It holds here too, and still where it was made.
                Some(place) => Some(Narrow {
                    place: place.to_owned(),
                    ..narrow
                }),
            },
        }
    }

    /// Why it could not stay, though nothing that is asked of it needs another version; `None` where it did stay, or had to
    /// change. `other` is the file beside it, with what pip found for that.
    pub(super) fn disturbed(
        &self,
        new: &Lock,
        other: (&str, &Lock),
        environment: &MarkerEnvironment,
        upgrade: &Upgrade,
    ) -> Option<String> {
        let settled = self.settled()?;
        let upgraded = |name: &str| match upgrade {
            Upgrade::Nothing => false,
            Upgrade::Everything => true,
            Upgrade::Only(names) => names.iter().any(|it| it == name),
        };
        let mut changed: BTreeSet<&str> = BTreeSet::new();
        for pin in here(settled, environment).filter(|it| !upgraded(&it.name)) {
            if new.named(&pin.name).any(|it| it.source != pin.source) {
                changed.insert(&pin.name);
            }
        }
        let (file, theirs) = other;
        let shared: Vec<&str> = changed.intersection(&theirs.names()).copied().collect();
        let why = if !shared.is_empty() {
            format!(
                "the same version of {} must stand there and in {file}",
                shared.join(", ")
            )
        } else if !changed.is_empty() {
            let changed: Vec<&str> = changed.into_iter().collect();
            format!(
                "{file} allows other versions of {} only",
                changed.join(", ")
            )
        } else if self.cut.is_none()
            && same_versions(settled, new, environment)
            && !has_files(settled, new)
        {
            "the index has files of the same versions that it does not list".to_owned()
        } else {
            return None;
        };
        Some(format!(
            "{} had to be resolved again as well: {why}",
            self.name
        ))
    }
}

/// The packages of a lock that are for this machine.
fn here<'a>(lock: &'a Lock, environment: &MarkerEnvironment) -> impl Iterator<Item = &'a Pinned> {
    let packages = lock.packages().iter();
    packages.filter(|it| it.marker.tree().evaluate(environment, &[]))
}

/// Whether a lock gives here the versions that pip found, and no other package.
fn same_versions(lock: &Lock, new: &Lock, environment: &MarkerEnvironment) -> bool {
    let name_and_source = |it: &Pinned| (it.name.clone(), it.source.clone());
    here(lock, environment)
        .map(name_and_source)
        .eq(new.packages().iter().map(name_and_source))
}

/// Whether a lock lists each file that pip chose.
fn has_files(lock: &Lock, new: &Lock) -> bool {
    new.packages().iter().all(|new| {
        lock.named(&new.name)
            .filter(|it| it.source == new.source)
            .any(|it| new.hashes.iter().all(|hash| it.hashes.contains(hash)))
    })
}

/// Gives the packages of a lock all the hashes that are known of the same version, so that it changes no more than it must.
pub(super) fn widen(lock: &mut Lock, known: &[&Lock]) {
    for package in lock.packages_mut() {
        let same = known.iter().flat_map(|it| it.packages());
        let same = same
            .filter(|it| it.name == package.name && it.source == package.source)
            .filter(|it| package.hashes.iter().all(|hash| it.hashes.contains(hash)))
            .max_by_key(|it| it.hashes.len());
        if let Some(same) = same {
            package.hashes.clone_from(&same.hashes);
        }
    }
}
