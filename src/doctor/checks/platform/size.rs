//! How much the packages that are deployed take, by what their RECORDs say: no file of them is looked at.

use std::collections::BTreeSet;

use super::each;
use crate::doctor::facts::Facts;
use crate::doctor::facts::distributions::Distribution;
use crate::doctor::facts::reading::Reading;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// How many of the largest are named.
const NAMED: usize = 5;

/// A megabyte, as platforms count them.
const MEGABYTE: u64 = 1 << 20;

/// PLAT007.
pub(super) fn too_large(facts: &Facts) -> Outcome {
    let is_limited = |it: &crate::doctor::facts::target::Target| it.facts.limit("bundle").is_some();
    if !facts.targets().iter().any(is_limited) {
        return Outcome::Skipped("the platform names no limit for packages");
    }
    let installed = match facts.distributions() {
        Ok(installed) => installed,
        Err(why) => return Outcome::Skipped(why),
    };
    let requirements = facts.requirements();
    let roots: BTreeSet<&str> = match requirements.deploy() {
        Some(source) => source
            .requirements()
            .filter(|(_, _, it)| it.holds(&installed.values, &[]))
            .map(|(_, _, it)| it.name.as_str())
            .collect(),
        None => requirements
            .dependencies()
            .filter_map(|it| it.requirement.as_ref().ok())
            .map(|it| it.name.as_str())
            .collect(),
    };
    // Tools of development lie in the same environment, and are not deployed.
    let reached = facts.graph().reached(roots);
    let reached = reached.into_iter();
    let mut sizes: Vec<(u64, &str)> = reached
        .filter_map(|name| Some((size(installed.get(name)?)?, name)))
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let total = sizes.iter().map(|(size, _)| size).sum::<u64>() / MEGABYTE;
    each(facts, |target, _| {
        let Some(limit) = target.facts.limit("bundle") else {
            return Vec::new();
        };
        let total_number = u32::try_from(total).unwrap_or(u32::MAX);
        let Some((_, words)) = limit.beyond(f64::from(total_number)) else {
            return Vec::new();
        };
        let largest = sizes.iter().take(NAMED);
        let largest: Vec<String> = largest
            .map(|(size, name)| format!("{name} {} MB", size / MEGABYTE))
            .collect();
        let symptom = Symptom::new(format!(
            "the packages take {total} MB, and {} allows {words}: {}",
            target.title,
            largest.join(", ")
        ));
        let source = limit.source.as_deref().unwrap_or(&target.facts.source);
        let symptom = symptom
            .seen_in(Evidence::path(&installed.folder).says(source))
            .by_table(facts, &target.facts.as_of);
        vec![symptom]
    })
}

/// The sum of the sizes in RECORD: the last field of each line; `None` where there is no RECORD.
fn size(distribution: &Distribution) -> Option<u64> {
    match Reading::of(&distribution.file("RECORD")) {
        Reading::Bytes(bytes) => Some(recorded(&bytes)),
        Reading::Absent | Reading::Unreadable(_) => None,
    }
}

fn recorded(record: &[u8]) -> u64 {
    let lines = record.split(|it| *it == b'\n');
    let sizes = lines.filter_map(|line| {
        let start = memchr::memrchr(b',', line)? + 1;
        let number = std::str::from_utf8(line.get(start..)?).ok()?;
        number.trim().parse::<u64>().ok()
    });
    sizes.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::recorded;

    #[test]
    fn the_last_field_is_the_size() {
        let record = b"a/b.py,sha256=x,12\r\n\"a,b.py\",sha256=y,30\na/RECORD,,\na.pyc,,\n";
        assert_eq!(recorded(record), 42);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            recorded(&bytes);
        }
    }
}
