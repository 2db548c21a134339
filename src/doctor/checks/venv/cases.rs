//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::{Case, Rig};

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[Case {
    code: "VENV001",
    sick: |rig| rig,
    well: |rig| Rig::environment(rig, "3.12.4"),
}];
