//! Every file of what is installed, against what its RECORD says: DEP010, DEP011, DEP018. Only with `--deep`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::installer::Installer;
use super::of_installed;
use crate::doctor::facts::Facts;
use crate::doctor::facts::distributions::{Distribution, Distributions, Item, State};
use crate::doctor::fix::Fix;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// So many files are shown of what can be thousands.
const SHOWN: usize = 5;

pub(super) fn missing(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let items = facts.inventory().iter();
        let missing = items.filter(|it| it.state == State::Missing);
        by_distribution(facts, installed, missing, "is missing", "are missing")
    })
}

pub(super) fn changed(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let items = facts.inventory();
        let changed = Item::changed(items);
        by_distribution(
            facts,
            installed,
            changed.into_iter(),
            "is not what was installed",
            "are not what was installed",
        )
    })
}

/// A symptom for each distribution.
fn by_distribution<'a>(
    facts: &Facts,
    installed: &Distributions,
    items: impl Iterator<Item = &'a Item>,
    one: &str,
    many: &str,
) -> Outcome {
    let mut by_distribution: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
    for item in items {
        by_distribution
            .entry(item.distribution)
            .or_default()
            .push(item);
    }
    let symptoms = by_distribution.into_iter().filter_map(|(at, items)| {
        let it = installed.all.get(at)?;
        let said = match items.len() {
            1 => format!("1 file of `{}` {one}", it.spelled),
            more => format!("{more} files of `{}` {many}", it.spelled),
        };
        let symptom = items
            .iter()
            .take(SHOWN)
            .fold(Symptom::new(said), |symptom, item| {
                symptom.seen_in(Evidence::path(item.path.clone()))
            });
        Some(again(facts, symptom, it))
    });
    Outcome::of(symptoms)
}

fn again(facts: &Facts, symptom: Symptom, it: &Distribution) -> Symptom {
    match Installer::of(facts).and_then(|installer| installer.again(it)) {
        Some(line) => symptom.next(line.typed()).fix(Fix::ask(
            format!("install `{}` again", it.name),
            [line.action()],
        )),
        None => symptom,
    }
}

pub(super) fn shared(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let mut owners: BTreeMap<&PathBuf, Vec<&Item>> = BTreeMap::new();
        for item in facts.inventory().iter().filter(|it| it.size != Some(0)) {
            owners.entry(&item.path).or_default().push(item);
        }
        // By the two that share: usually they share a lot.
        let mut pairs: BTreeMap<(usize, usize), Vec<&PathBuf>> = BTreeMap::new();
        for (path, items) in owners {
            let [first, .., last] = items.as_slice() else {
                continue;
            };
            let is_namespace = path.ends_with("__init__.py")
                && first.sha256.is_some()
                && items.iter().all(|it| it.sha256 == first.sha256);
            let name = |item: &Item| installed.all.get(item.distribution).map(|it| &it.name);
            if !is_namespace && name(first) != name(last) {
                let pair = (first.distribution, last.distribution);
                pairs.entry(pair).or_default().push(path);
            }
        }
        Outcome::of(pairs.into_iter().filter_map(|((first, second), paths)| {
            let [first, second] = [installed.all.get(first)?, installed.all.get(second)?];
            let files = match paths.len() {
                1 => "1 file".to_owned(),
                more => format!("{more} files"),
            };
            let said = format!(
                "`{}` and `{}` both own {files}",
                first.spelled, second.spelled
            );
            let shown = paths.into_iter().take(SHOWN);
            Some(shown.fold(Symptom::new(said), |symptom, path| {
                symptom.seen_in(Evidence::path(path.clone()))
            }))
        }))
    })
}
