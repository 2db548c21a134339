//! Environments that the doctor itself set aside when it built a new one.

use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::Destination;
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;

/// Looked for once the new one is there; without it the old one may be wanted back.
pub(super) fn left_over(facts: &Facts) -> Outcome {
    let Some(environment) = facts.environment() else {
        return super::NO_ENVIRONMENT;
    };
    let fits = environment
        .series()
        .is_none_or(|(it, _)| facts.is_wanted(it));
    if !fits || !matches!(environment.destination(), Some(Destination::File(_))) {
        return Outcome::Skipped("the environment that is there now is not in order");
    }
    let folders = facts.environments_set_aside();
    Outcome::of(folders.into_iter().map(|folder| {
        let shown = facts.shown(&folder);
        Symptom::new(format!(
            "`{shown}` was set aside for the environment that is there now"
        ))
        .seen_in(Evidence::path(&folder))
        .next(format!("rm -r {}", quoted(&shown)))
        .fix(Fix::ask(
            format!("remove {shown}, which was set aside"),
            [Action::RemoveAside(folder)],
        ))
    }))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use crate::doctor::testing::Rig;

    #[test]
    fn the_old_one_is_kept_while_there_is_no_new_one() {
        let rig = Rig::new().file("project/.venv.scaffold-old/pyvenv.cfg", "home = /usr/bin\n");
        assert_eq!(rig.symptoms("VENV018"), []);
        let rig = rig.environment("3.11.7");
        assert_eq!(rig.symptoms("VENV018"), [], "the project takes no 3.11");
    }
}
