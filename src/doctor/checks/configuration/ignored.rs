//! What the project tells the doctor to leave out: whether it can be understood.

use crate::doctor::facts::Facts;
use crate::doctor::ignore::read;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// CFG006.
pub(super) fn conditions(facts: &Facts) -> Outcome {
    let (_, mistakes) = read(&facts.pyproject());
    let file = facts.in_project("pyproject.toml");
    Outcome::of(mistakes.into_iter().map(|it| {
        let evidence = Evidence::path(file.clone()).line(it.line);
        Symptom::new(it.message).seen_in(evidence)
    }))
}
