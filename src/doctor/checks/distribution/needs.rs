//! What installed packages need of each other and of Python: DEP004, DEP005, DEP006.

use std::str::FromStr as _;

use pep440_rs::{Version, VersionSpecifiers};

use super::asked::{SEEDS, is_asked_elsewhere, own_needs};
use super::installer::{Installer, Line};
use super::{of_closed, of_installed};
use crate::doctor::facts::Facts;
use crate::doctor::facts::asked::{Asked, is_ours, sources};
use crate::doctor::facts::distributions::{Distribution, Distributions};
use crate::doctor::facts::requirements::{Requirement, is_name};
use crate::doctor::fix::Fix;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

pub(super) fn missing(facts: &Facts) -> Outcome {
    of_closed(facts, |installed| {
        let needs = facts.graph().needs();
        // One whose metadata is broken is a condition of its own.
        let missing = needs.filter(|(_, it)| installed.named(&it.name).is_empty());
        Outcome::of(missing.filter_map(|(by, need)| {
            let by = installed.get(by)?;
            let message = format!(
                "`{}` needs `{}`, which is not installed",
                by.spelled,
                plain(need)
            );
            let symptom = Symptom::new(message).seen_in(evidence(by, need));
            Some(match remedy(facts, need) {
                Some(line) => symptom
                    .next(line.typed())
                    .fix(Fix::safe("install what is missing", [line.action()])),
                None => relock(facts, symptom, by),
            })
        }))
    })
}

pub(super) fn conflict(facts: &Facts) -> Outcome {
    of_closed(facts, |installed| {
        Outcome::of(facts.graph().needs().filter_map(|(by, need)| {
            let there = installed.get(&need.name)?;
            let version = there.version.as_ref()?;
            if need.allows(version) {
                return None;
            }
            let by = installed.get(by)?;
            let message = format!(
                "`{}` {} needs `{}`, and {version} is installed",
                by.spelled,
                by.written,
                plain(need)
            );
            let symptom = Symptom::new(message)
                .seen_in(evidence(by, need))
                .seen_in(Evidence::path(there.metadata_file()));
            Some(match remedy(facts, need) {
                Some(line) => symptom
                    .next(line.typed())
                    .fix(Fix::ask("install a version that suits", [line.action()])),
                None => relock(facts, symptom, by),
            })
        }))
    })
}

/// The requirement without its marker.
fn plain(need: &Requirement) -> String {
    let extras = match need.extras.as_slice() {
        [] => String::new(),
        extras => format!("[{}]", extras.join(",")),
    };
    let url = need.url.as_ref().map(|_| " from an address");
    format!(
        "{}{extras}{}{}",
        need.name,
        need.versions,
        url.unwrap_or_default()
    )
}

fn evidence(by: &Distribution, need: &Requirement) -> Evidence {
    Evidence::path(by.metadata_file()).says(format!("Requires-Dist: {}", plain(need)))
}

/// How to install what is needed: as the locks say where they do and that is enough, else right away. `None` where the project's own
/// requirements stand against it: only who wrote them can say what to change.
fn remedy(facts: &Facts, need: &Requirement) -> Option<Line> {
    let installer = Installer::of(facts)?;
    let asked = facts.asked().iter().filter(|it| it.is_in_file);
    let asked: Vec<&Asked> = asked.collect();
    let own: Vec<&&Asked> = asked
        .iter()
        .filter(|it| it.requirement.name == need.name)
        .collect();
    let suits = |it: &Requirement| it.pin().is_none_or(|version| need.allows(version));
    if !own.is_empty() {
        let all_suit = own.iter().all(|it| suits(&it.requirement));
        return installer.locks().filter(|_| all_suit);
    }
    // Where everything is locked, this one is to be as well.
    let is_locked = sources(facts).iter().any(|it| it.is_hashed());
    let is_by_name = need.url.is_none() && !is_locked;
    is_by_name.then(|| installer.requirements([plain(need)]))
}

/// What nothing asks for is in no lock, and can go; else, in a project of ours, the lock is what to mend.
fn relock(facts: &Facts, symptom: Symptom, by: &Distribution) -> Symptom {
    let is_ours = is_ours(facts);
    let is_all_known = is_ours || (!facts.asked().is_empty() && !is_asked_elsewhere(facts));
    if let (true, Ok(installed), Some(pip)) =
        (is_all_known, facts.distributions(), Installer::of(facts))
    {
        let asked = facts.requirements().all().map(|it| it.name.as_str());
        let roots = asked.chain(own_needs(installed)).chain(SEEDS);
        if is_name(&by.name) && !facts.graph().reached(roots).contains(&*by.name) {
            return symptom.next(pip.without(&[&by.name]).typed());
        }
    }
    if is_ours {
        symptom.next("scaffold lock")
    } else {
        symptom
    }
}

pub(super) fn other_python(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let version = installed.values.python_full_version.as_deref();
        let Some(python) = version.and_then(|it| Version::from_str(it).ok()) else {
            return Outcome::Skipped("`pyvenv.cfg` does not say which Python it is");
        };
        Outcome::of(
            installed
                .all
                .iter()
                .filter_map(|it| excluded(facts, installed, it, &python)),
        )
    })
}

fn excluded(
    facts: &Facts,
    installed: &Distributions,
    distribution: &Distribution,
    python: &Version,
) -> Option<Symptom> {
    let written = distribution.metadata.as_ref()?.requires_python.as_deref()?;
    let wanted: VersionSpecifiers = written.parse().ok()?;
    if wanted.contains(python) {
        return None;
    }
    let message = format!(
        "`{}` {} is for Python {wanted}, and this is {python}",
        distribution.spelled, distribution.written
    );
    let evidence = Evidence::path(distribution.metadata_file());
    let symptom =
        Symptom::new(message).seen_in(evidence.says(format!("Requires-Python: {written}")));
    let pins: Vec<Option<&Version>> = facts
        .asked()
        .iter()
        .filter(|it| it.is_in_file && it.requirement.name == distribution.name)
        .map(|it| it.requirement.pin())
        .collect();
    let own = distribution.version.as_ref();
    let is_pinned_here = pins.iter().any(|it| it.is_some() && *it == own);
    let line = Installer::of(facts).and_then(|installer| match pins.as_slice() {
        // An installer that runs on this Python takes no version that excludes it.
        [] if installed.named(&distribution.name).len() == 1 => {
            let other = format!("{}!={}", distribution.name, own?);
            Some(installer.requirements([other]))
        }
        [] => None,
        _ if is_pinned_here => None,
        _ => installer.locks(),
    });
    Some(match line {
        Some(line) => symptom.next(line.typed()).fix(Fix::ask(
            "install a version for this Python",
            [line.action()],
        )),
        None => symptom,
    })
}
