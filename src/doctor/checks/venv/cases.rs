//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::{Case, Rig};

fn tracked(rig: Rig) -> Rig {
    rig.environment("3.12.4")
        .repository()
        .git(&["add", "--force", ".venv/pyvenv.cfg"])
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "VENV001",
        sick: |rig| rig,
        well: |rig| Rig::environment(rig, "3.12.4"),
    },
    Case {
        code: "VENV011",
        sick: tracked,
        well: |rig| tracked(rig).git(&["rm", "-r", "--cached", "--quiet", ".venv"]),
    },
];
