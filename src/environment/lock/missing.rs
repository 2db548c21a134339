//! Resolving that failed: which of the project's own requirements is to blame, and what to type.
//!
//! Called by `lock` with what uv or pip said. Where they blame something else, their own words are all there is. It must not
//! resolve anything itself.

use std::str::FromStr;

use pep508_rs::{PackageName, Requirement, VerbatimUrl};

use super::wanted::Wanted;
use crate::error::Error;
use crate::manifest::Manifest;

/// Words of a failure after which "not found" says nothing of the package.
const UNREACHED: [&str; 8] = [
    "retrying (",
    "could not fetch",
    "connection",
    "ssl:",
    "timed out",
    "unauthorized",
    "forbidden",
    "network",
];

/// The error again, with what to type next; `known` are names that packages have for certain.
pub(super) fn explained(
    error: Error,
    manifest: &Manifest,
    wanted: &Wanted,
    known: &[&str],
) -> Error {
    let words = error.causes().join("\n");
    let unknown = wanted.all().find_map(|text| {
        let requirement = Requirement::<VerbatimUrl>::from_str(text).ok()?;
        let name = requirement.name.to_string();
        (is_missing(&name, &words) && !known.contains(&name.as_str())).then_some(name)
    });
    let Some(name) = unknown else {
        return if error.hints().is_empty() && !words.is_empty() {
            error.hint("correct the requirements in pyproject.toml, and then: scaffold lock")
        } else {
            error
        };
    };
    let mut named = Error::new(format!(
        "{} requires `{name}`, which the index does not have",
        manifest.path().display()
    ));
    named = named.hint(match nearest(&name, known.iter().copied()) {
        Some(nearest) => {
            format!(
                "write `{nearest}` in pyproject.toml if that was meant, and then: scaffold lock"
            )
        }
        None => {
            "correct its name in pyproject.toml or take it out, and then: scaffold lock".to_owned()
        }
    });
    for hint in error.hints() {
        named = named.hint(hint);
    }
    named.caused_by(Error::new(words))
}

/// The name most like this one, where one is like it at all.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|it| (strsim::jaro_winkler(it, name), it))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, nearest)| nearest)
}

/// Whether uv or pip says that there is no package of this name.
fn is_missing(name: &str, words: &str) -> bool {
    let lower = words.to_lowercase();
    if UNREACHED.iter().any(|it| lower.contains(it)) {
        return false;
    }
    let is_it = |word: &str| {
        let end = word.find(|it: char| !(it.is_alphanumeric() || "-_.".contains(it)));
        let word = &word[..end.unwrap_or(word.len())];
        PackageName::from_str(word).is_ok_and(|it| it.to_string() == name)
    };
    let all: Vec<&str> = words.split_whitespace().collect();
    // uv: `Because NAME was not found in the package registry and …`
    let uv = ["was", "not", "found", "in", "the"];
    let by_uv = all.windows(uv.len() + 2).any(|it| {
        is_it(it[0]) && it[1..=uv.len()] == uv && matches!(it[uv.len() + 1], "package" | "provided")
    });
    // With extras, uv has other words: `Because there are no versions of NAME[EXTRA] and …`; a range would follow the name.
    let extras = ["no", "versions", "of"];
    let by_uv = by_uv
        || all.windows(extras.len() + 1).any(|it| {
            let word = it[extras.len()].trim_end_matches(',');
            it[..extras.len()] == extras && word.ends_with(']') && is_it(word)
        });
    // pip: `Could not find a version that satisfies the requirement NAME (from versions: none)`
    let pip = ["satisfies", "the", "requirement"];
    let by_pip = all.windows(pip.len() + 1).enumerate().any(|(at, it)| {
        it[..pip.len()] == pip
            && is_it(it[pip.len()])
            && words_after(&all, at + pip.len()).starts_with("(from versions: none)")
    });
    by_uv || by_pip
}

/// What follows the requirement that stands at this place, up to the next parenthesis and beyond.
fn words_after(all: &[&str], at: usize) -> String {
    let rest = all.get(at + 1..).unwrap_or_default();
    let start = rest.iter().position(|it| it.starts_with('('));
    rest[start.unwrap_or(rest.len())..].join(" ")
}

#[cfg(test)]
mod tests {
    use super::is_missing;

    #[test]
    fn it_is_told_by_the_words_of_uv_and_pip() {
        let uv = "cause: Because my-nope was not found in the package registry and p depends on my-nope, we can";
        let wrapped = "Because my-nope was not\n  found in the provided\n  package locations";
        let pip = "ERROR: Could not find a version that satisfies the requirement My_Nope>=2 (from versions: none)";
        let marked = "ERROR: Could not find a version that satisfies the requirement my.nope>=2; os_name != 'x' (from versions: none)";
        let extra =
            "Because there are no versions of my-nope[x] and p depends on my-nope[x], we can";
        for words in [uv, wrapped, extra, pip, marked] {
            assert!(is_missing("my-nope", words), "{words}");
            assert!(!is_missing("nope", words), "{words}");
        }
    }

    #[test]
    fn a_package_that_was_not_reached_or_has_other_versions_is_not_missing() {
        for words in [
            "Because nope was not found in the cache and p depends on nope",
            "Because there are no versions of nope[x]>9 and p depends on nope[x]>9",
            "Could not find a version that satisfies the requirement nope>9 (from versions: 1, 2)",
            "WARNING: Retrying (Retry(total=0)\nsatisfies the requirement nope (from versions: none)",
        ] {
            assert!(!is_missing("nope", words), "{words}");
        }
    }
}
