//! What is to be done in a hooks folder for one stage, decided from what lies there: pure.
//!
//! No hook that somebody wrote is ever lost: a foreign one is kept under a second name before ours takes its place, one of ours
//! that was edited is moved out of the way, and what cannot be kept is refused.
//!
//! Called by `install`, with what `observe` saw; carried out there too. It must not touch a file.

use super::observe::{Entry, Found, Slot};
use crate::git::hook::runs_legacy;

/// One change, whole at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Give the foreign hook its second name.
    Keep,
    /// Write our hook there, over what is there.
    Write(Slot),
    /// Move an edited hook of ours out of the way.
    SetAside(Slot),
    /// Remove a hook of ours.
    Remove(Slot),
    /// Move the kept hook there, over ours.
    Restore(Slot),
}

/// What becomes of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) steps: Vec<Step>,
    pub(super) outcome: Outcome,
    /// Whether a hook of somebody else's runs too.
    pub(super) chained: bool,
}

/// What a stage came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Our hook is there now.
    Installed,
    /// One of ours with other text was replaced.
    Replaced,
    /// It was there already.
    Already,
    /// Our hook is gone.
    Removed,
    /// Our hook is gone, and the one before it is back.
    Restored,
    /// There was none of ours.
    Absent,
    /// There is one, and it is not ours.
    NotOurs,
}

/// Why a stage cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// What bears the hook's name is no file.
    NoFile,
    /// There is a foreign hook, and beside it an older one that was kept.
    TwoForeign,
}

/// What makes `text` the hook.
///
/// # Errors
/// When what is there cannot be kept.
pub(super) fn install(found: &Found, text: &[u8]) -> Result<Decision, Obstacle> {
    let mut steps = Vec::new();
    // One of ours under that name would run itself without end.
    let kept = if found.kept.is_marked() {
        steps.push(Step::SetAside(Slot::Kept));
        &Entry::Nothing
    } else {
        &found.kept
    };
    let was_kept = matches!(
        kept,
        Entry::Foreign {
            executable: true,
            ..
        }
    );
    let (outcome, chained) = match &found.hook {
        Entry::Other => return Err(Obstacle::NoFile),
        Entry::Nothing => {
            steps.push(Step::Write(Slot::Hook));
            (Outcome::Installed, was_kept)
        }
        Entry::Ours { .. } => (write(&mut steps, &found.hook, text, Slot::Hook), was_kept),
        Entry::Edited => {
            steps.extend([Step::SetAside(Slot::Hook), Step::Write(Slot::Hook)]);
            (Outcome::Installed, was_kept)
        }
        Entry::Foreign { bytes, .. } if runs_legacy(bytes) && found.legacy.is_marked() => {
            let outcome = if found.legacy == Entry::Edited {
                steps.extend([Step::SetAside(Slot::Legacy), Step::Write(Slot::Legacy)]);
                Outcome::Installed
            } else {
                write(&mut steps, &found.legacy, text, Slot::Legacy)
            };
            return Ok(Decision {
                steps,
                outcome,
                chained: true,
            });
        }
        Entry::Foreign { bytes, executable } => {
            match kept {
                Entry::Nothing => steps.push(Step::Keep),
                // A run that was killed came this far.
                Entry::Foreign { bytes: kept, .. } if kept == bytes => {}
                Entry::Other => return Err(Obstacle::NoFile),
                _ => return Err(Obstacle::TwoForeign),
            }
            steps.push(Step::Write(Slot::Hook));
            (Outcome::Installed, *executable)
        }
    };
    Ok(Decision {
        steps,
        outcome,
        chained,
    })
}

/// Replaces one of ours where it is not the same.
fn write(steps: &mut Vec<Step>, old: &Entry, text: &[u8], slot: Slot) -> Outcome {
    match old {
        Entry::Ours {
            bytes,
            executable: true,
            ..
        } if bytes == text => Outcome::Already,
        _ => {
            steps.push(Step::Write(slot));
            Outcome::Replaced
        }
    }
}

/// What takes our hook away and puts the one before it back.
pub(super) fn uninstall(found: &Found) -> Decision {
    let mut steps = Vec::new();
    let has_kept = matches!(found.kept, Entry::Foreign { .. });
    let outcome = match (&found.hook, &found.legacy) {
        (Entry::Ours { .. }, _) => take(&mut steps, Slot::Hook, has_kept),
        (Entry::Edited, _) => {
            steps.push(Step::SetAside(Slot::Hook));
            if has_kept {
                steps.push(Step::Restore(Slot::Hook));
                Outcome::Restored
            } else {
                Outcome::Removed
            }
        }
        (Entry::Nothing, _) if has_kept => {
            steps.push(Step::Restore(Slot::Hook));
            Outcome::Restored
        }
        // Another manager of hooks has moved ours there, and runs it.
        (_, Entry::Ours { .. }) => take(&mut steps, Slot::Legacy, has_kept),
        (Entry::Nothing, _) => Outcome::Absent,
        _ => Outcome::NotOurs,
    };
    Decision {
        steps,
        outcome,
        chained: false,
    }
}

fn take(steps: &mut Vec<Step>, slot: Slot, has_kept: bool) -> Outcome {
    if has_kept {
        steps.push(Step::Restore(slot));
        Outcome::Restored
    } else {
        steps.push(Step::Remove(slot));
        Outcome::Removed
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Decision, Found, Obstacle, Outcome, Step, install, uninstall};
    use crate::gate::install::observe::{Entry, Slot};
    use crate::git::hook::Shim;

    fn ours(text: &str) -> Entry {
        Entry::Ours {
            shim: Shim {
                version: 1,
                program: PathBuf::from("/bin/scaffold"),
            },
            bytes: text.into(),
            executable: true,
        }
    }

    fn foreign(text: &str) -> Entry {
        Entry::Foreign {
            bytes: text.into(),
            executable: true,
        }
    }

    fn found(hook: Entry, kept: Entry, legacy: Entry) -> Found {
        Found { hook, kept, legacy }
    }

    #[track_caller]
    fn installs(found: &Found, steps: &[Step], outcome: Outcome, chained: bool) {
        let expected = Decision {
            steps: steps.to_vec(),
            outcome,
            chained,
        };
        assert_eq!(install(found, b"new"), Ok(expected));
    }

    #[test]
    fn ours_takes_an_empty_place_and_replaces_only_other_text() {
        use Entry::Nothing;
        let write = Step::Write(Slot::Hook);
        installs(
            &found(Nothing, Nothing, Nothing),
            &[write],
            Outcome::Installed,
            false,
        );
        installs(
            &found(ours("new"), Nothing, Nothing),
            &[],
            Outcome::Already,
            false,
        );
        installs(
            &found(ours("old"), foreign("a"), Nothing),
            &[write],
            Outcome::Replaced,
            true,
        );
        let dull = Entry::Ours {
            shim: Shim {
                version: 1,
                program: PathBuf::from("/bin/scaffold"),
            },
            bytes: b"new".to_vec(),
            executable: false,
        };
        installs(
            &found(dull, Nothing, Nothing),
            &[write],
            Outcome::Replaced,
            false,
        );
    }

    #[test]
    fn nothing_that_somebody_wrote_is_written_over() {
        use Entry::{Edited, Nothing, Other};
        let write = Step::Write(Slot::Hook);
        installs(
            &found(foreign("a"), Nothing, Nothing),
            &[Step::Keep, write],
            Outcome::Installed,
            true,
        );
        installs(
            &found(foreign("a"), foreign("a"), Nothing),
            &[write],
            Outcome::Installed,
            true,
        );
        installs(
            &found(Edited, Nothing, Nothing),
            &[Step::SetAside(Slot::Hook), write],
            Outcome::Installed,
            false,
        );
        installs(
            &found(foreign("a"), ours("new"), Nothing),
            &[Step::SetAside(Slot::Kept), Step::Keep, write],
            Outcome::Installed,
            true,
        );
        let refused = |found: &Found| install(found, b"new").unwrap_err();
        assert_eq!(
            refused(&found(foreign("a"), foreign("b"), Nothing)),
            Obstacle::TwoForeign
        );
        assert_eq!(refused(&found(Other, Nothing, Nothing)), Obstacle::NoFile);
    }

    #[test]
    fn a_manager_that_runs_ours_is_not_run_by_ours() {
        use Entry::Nothing;
        let manager = || foreign("exec pre-commit hook-impl");
        installs(
            &found(manager(), Nothing, ours("new")),
            &[],
            Outcome::Already,
            true,
        );
        installs(
            &found(manager(), Nothing, ours("old")),
            &[Step::Write(Slot::Legacy)],
            Outcome::Replaced,
            true,
        );
        let steps = uninstall(&found(manager(), foreign("a"), ours("new"))).steps;
        assert_eq!(steps, [Step::Restore(Slot::Legacy)]);
        let steps = uninstall(&found(manager(), Nothing, ours("new"))).steps;
        assert_eq!(steps, [Step::Remove(Slot::Legacy)]);
    }

    #[test]
    fn uninstall_takes_ours_alone_and_puts_the_kept_one_back() {
        use Entry::{Edited, Nothing};
        for (hook, kept, steps, outcome) in [
            (
                ours("old"),
                Nothing,
                vec![Step::Remove(Slot::Hook)],
                Outcome::Removed,
            ),
            (
                ours("old"),
                foreign("a"),
                vec![Step::Restore(Slot::Hook)],
                Outcome::Restored,
            ),
            (
                Nothing,
                foreign("a"),
                vec![Step::Restore(Slot::Hook)],
                Outcome::Restored,
            ),
            (
                Edited,
                Nothing,
                vec![Step::SetAside(Slot::Hook)],
                Outcome::Removed,
            ),
            (
                Edited,
                foreign("a"),
                vec![Step::SetAside(Slot::Hook), Step::Restore(Slot::Hook)],
                Outcome::Restored,
            ),
            (Nothing, Nothing, vec![], Outcome::Absent),
            (foreign("a"), Nothing, vec![], Outcome::NotOurs),
            (foreign("a"), foreign("b"), vec![], Outcome::NotOurs),
        ] {
            let decision = uninstall(&found(hook, kept, Nothing));
            assert_eq!((decision.steps, decision.outcome), (steps, outcome));
        }
    }
}
