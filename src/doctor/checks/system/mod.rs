//! SYS: disks, the temporary folder, the locale, paths, users.

#[cfg(test)]
pub(crate) mod cases;
mod place;
mod room;
mod user;

use crate::doctor::check::{Check, Severity, manual};
use crate::doctor::symptom::{Outcome, Symptom};

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    manual(
        "SYS001",
        Severity::Warning,
        room::little_left,
        [
            "there is little room left on a disk",
            "an installation that runs out of it stops half-way and leaves a broken environment",
            "Make room: caches of pip, uv and Docker can be emptied at any time.",
        ],
    )
    .of_machine(),
    manual(
        "SYS002",
        Severity::Error,
        room::temporary_folder,
        [
            "the temporary folder cannot be used",
            "installers, compilers and tests put files there, and start some of them",
            "Name another folder in `TMPDIR`, or unset it.",
        ],
    )
    .of_machine(),
    manual(
        "SYS003",
        Severity::Warning,
        place::locale,
        [
            "the locale is not UTF-8",
            "Python reads and writes files by the locale: text with other letters than ASCII breaks, or looks different elsewhere",
            "Choose a UTF-8 locale, or set `PYTHONUTF8=1`.",
        ],
    )
    .of_machine(),
    manual(
        "SYS004",
        Severity::Warning,
        place::on_drive_of_windows,
        [
            "the project lies on a drive of Windows, and is used from WSL",
            "each file passes a bridge there: environments are many times slower, and executable bits and links get lost",
            "Keep the project below your home folder inside of WSL.",
        ],
    ),
    manual(
        "SYS005",
        Severity::Warning,
        place::path_of_windows,
        [
            "the project's path makes trouble on Windows",
            "many programs end a path at 260 characters, and some read one by the locale",
            "Move the project to a short folder such as `C:\\src`.",
        ],
    ),
    manual(
        "SYS006",
        Severity::Warning,
        user::root_elsewhere,
        [
            "you are root in another user's project",
            "what root writes there, its owner cannot change or remove any more",
            "Work as the owner of the project, without `sudo`.",
        ],
    ),
    manual(
        "SYS007",
        Severity::Warning,
        user::newer_project,
        [
            "the project was made by a later version of this program",
            "this one may not know what stands in its settings",
            "Bring `scaffold` up to date.",
        ],
    ),
];

fn found(symptom: Symptom) -> Outcome {
    Outcome::of([symptom])
}
