//! The environment's Python against the one that the project is for.

use super::coherence::Own;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::python_version::{Kind, Mention, Place};
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Symptom};

/// The environment, where it has another Python. One that `requires-python` leaves out is a condition of its own.
pub(super) fn differs(facts: &Facts, own: Option<&Own>, places: &[Place]) -> Option<Symptom> {
    let environment = facts.environment()?;
    let (series, setting) = environment.series()?;
    let place = Evidence::path(environment.settings_file()).line(setting.line);
    let own = own?;
    if series != own.series {
        if !facts.is_wanted(series) {
            return None;
        }
        let symptom = Symptom::new(format!(
            "the environment has Python {series}, and the project is for {}",
            own.series
        ))
        .seen_in(place.says(setting.value.clone()))
        .seen_in(own.evidence());
        let mut here = facts.interpreters().iter();
        // Without it, the environment is the best that there can be.
        return Some(
            if here.any(|it| it.version.release && it.version.series == own.series) {
                let title = format!("make the environment again with Python {}", own.series);
                symptom.fix(Fix::ask(title, [Action::Environment]))
            } else {
                symptom.severity(Severity::Information)
            },
        );
    }
    let patch = whole(&setting.value)?;
    let pins = places.iter().filter(|it| it.kind == Kind::Pin);
    let mut pins = pins.filter_map(|it| it.mentions().into_iter().next());
    let other =
        |it: &&Mention| it.series == series && whole(&it.says).is_some_and(|said| said != patch);
    let pin = pins.find(other)?;
    let words = format!(
        "`{}` says Python {}, and the environment has {patch}",
        facts.shown(&pin.file),
        pin.says
    );
    let symptom = Symptom::new(words)
        .seen_in(Evidence::path(pin.file.clone()).line(pin.line))
        .seen_in(place);
    Some(symptom.severity(Severity::Information))
}

/// `3.12.4` of `3.12.4` and of `3.12.4.final.0`; nothing of `3.12`.
fn whole(version: &str) -> Option<&str> {
    let version = version.trim();
    let mut dots = version.match_indices('.').map(|(at, _)| at);
    let _ = dots.next()?;
    let last = dots.next()?;
    let version = dots.next().map_or(version, |end| &version[..end]);
    let patch = version.get(last + 1..)?;
    let is_number = !patch.is_empty() && patch.bytes().all(|it| it.is_ascii_digit());
    is_number.then_some(version)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_version_is_whole_with_its_patch_number() {
        for (version, said) in [
            ("3.12.4", Some("3.12.4")),
            ("3.12.4.final.0", Some("3.12.4")),
            ("3.12", None),
            ("3.12.x", None),
            ("3.14.0rc1", None),
            ("", None),
        ] {
            assert_eq!(whole(version), said, "{version}");
        }
    }
}
