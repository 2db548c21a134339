//! Environments that the doctor itself set aside when it built a new one.

use super::{content, interpreter, place};
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::Environment;
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;

/// Looked for once the new one is there; without it the old one may be wanted back.
pub(super) fn left_over(facts: &Facts) -> Outcome {
    let Some(environment) = facts.environment() else {
        return super::no_environment(facts);
    };
    let folders = facts.environments_set_aside();
    if folders.is_empty() {
        return Outcome::Healthy;
    }
    if !is_sound(facts, environment) {
        return Outcome::Skipped("the environment that is there now is not in order");
    }
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

/// Whether the environment works, is whole, and has what the project asks for.
fn is_sound(facts: &Facts, environment: &Environment) -> bool {
    let looks: [fn(&Facts) -> Outcome; 7] = [
        interpreter::python_gone,
        interpreter::home_gone,
        interpreter::other_python,
        interpreter::of_another_system,
        content::half_made,
        content::other_packages,
        place::moved,
    ];
    let fits = environment
        .series()
        .is_none_or(|(it, _)| facts.is_wanted(it));
    fits && environment.python().is_some()
        && environment.unreadable.is_empty()
        && looks
            .iter()
            .all(|look| !matches!(look(facts), Outcome::Found(_)))
        && facts.distributions().is_ok()
        && facts.missing().is_empty()
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
        let aside = || Rig::new().file("project/.venv.scaffold-old/pyvenv.cfg", "home = /x\n");
        let sound = || aside().environment("3.12.4");
        assert_eq!(sound().symptoms("VENV018").len(), 1);
        let lacks = sound().file("project/requirements.txt", "flask\n");
        assert_eq!(lacks.symptoms("VENV018"), [], "flask is not installed");
        let has = lacks.distribution("flask", "3", "");
        assert_eq!(has.symptoms("VENV018").len(), 1);
        let moved = sound().file("project/.venv/bin/activate", "VIRTUAL_ENV=/x\n");
        assert_eq!(moved.symptoms("VENV018"), [], "it was moved");
        let half = sound().without("project/.venv/pyvenv.cfg");
        assert_eq!(half.symptoms("VENV018"), [], "it is half made");
    }
}
