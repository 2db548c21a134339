//! What state the repository is in: whether it is there, readable, and at rest.

use super::{NO_REPOSITORY, of_repository};
use crate::doctor::facts::Facts;
use crate::doctor::facts::repository::Around;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;

/// A linked work tree or a submodule that is whole is nothing to speak of.
pub(super) fn lost(facts: &Facts) -> Outcome {
    match facts.place() {
        Around::Nowhere => NO_REPOSITORY,
        Around::Here(_) => Outcome::Healthy,
        Around::Lost { file, target } => {
            let shown = facts.shown(file);
            let Some(target) = target else {
                return Outcome::of([Symptom::new(format!(
                    "`{shown}` is a file that names no repository"
                ))
                .seen_in(Evidence::path(file.clone()))]);
            };
            let symptom = Symptom::new(format!(
                "`{shown}` leads to `{}`, where no repository is",
                facts.host.short(target)
            ))
            .seen_in(
                Evidence::path(file.clone())
                    .line(1)
                    .says(target.display().to_string()),
            );
            let mut parts = target.components();
            let folder = file.parent().unwrap_or(file);
            Outcome::of([if parts.any(|it| it.as_os_str() == "modules") {
                symptom.next("git submodule update --init")
            } else {
                let here = quoted(&folder.to_string_lossy());
                symptom.next(format!("git -C MAIN_WORK_TREE worktree repair {here}"))
            }])
        }
    }
}

pub(super) fn in_progress(facts: &Facts) -> Outcome {
    of_repository(facts, |repository| {
        let state = repository.state();
        Outcome::of(state.map(|(file, what)| {
            Symptom::new(format!("git is in the middle of {what}"))
                .seen_in(Evidence::path(file))
                .next("git status")
        }))
    })
}

pub(super) fn malformed(facts: &Facts) -> Outcome {
    facts.with_git_configuration(|config| Outcome::of(config.err().map(Symptom::new)))
}
