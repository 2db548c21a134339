//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::Case;

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[];
