//! The catalogue: every condition that the doctor knows, in the order in which they are reported.
//!
//! Called by `engine` and `cli`; `doctor --list` and the documentation are made from it.

use super::check::{Check, Group};
use super::checks::{
    configuration, distribution, git, network, platform, python, requirement, system, tool, venv,
    version,
};
use crate::error::{Error, Result};

/// Every check, in order.
pub(crate) fn checks() -> impl Iterator<Item = &'static Check> {
    [
        python::CHECKS,
        venv::CHECKS,
        distribution::CHECKS,
        requirement::CHECKS,
        version::CHECKS,
        configuration::CHECKS,
        git::CHECKS,
        network::CHECKS,
        system::CHECKS,
        platform::CHECKS,
        tool::CHECKS,
    ]
    .into_iter()
    .flatten()
}

/// The checks that these words name, in the catalogue's order: codes or groups, in any case; all of them without words.
///
/// # Errors
/// When a word names none; with the nearest that does.
pub(crate) fn chosen(words: &[String]) -> Result<Vec<&'static Check>> {
    for word in words {
        if !checks().any(|check| names(word, check)) {
            return Err(unknown(word));
        }
    }
    let is_chosen =
        |check: &&Check| words.is_empty() || words.iter().any(|word| names(word, check));
    Ok(checks().filter(is_chosen).collect())
}

fn names(word: &str, check: &Check) -> bool {
    word.eq_ignore_ascii_case(check.code) || word.eq_ignore_ascii_case(check.group.prefix())
}

/// The check of this code, in any case.
///
/// # Errors
/// When there is none; with the nearest.
pub(crate) fn check(code: &str) -> Result<&'static Check> {
    checks()
        .find(|check| check.code.eq_ignore_ascii_case(code))
        .ok_or_else(|| unknown(code))
}

fn unknown(word: &str) -> Error {
    let upper = word.to_uppercase();
    let codes = checks().map(|it| it.code);
    let groups = Group::ALL.iter().map(|it| it.prefix());
    let nearest = codes
        .chain(groups)
        .max_by(|a, b| strsim::jaro(a, &upper).total_cmp(&strsim::jaro(b, &upper)));
    let error = Error::new(format!("the doctor knows no `{word}`"));
    match nearest.filter(|it| strsim::jaro(it, &upper) > 0.8) {
        Some(nearest) => error.hint(format!("did you mean {nearest}?")),
        None => error,
    }
    .hint("all codes: scaffold doctor --list")
}
