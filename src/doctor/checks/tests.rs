//! Every code of the catalogue fires where its condition is, and not where it only nearly is.

use super::{
    configuration, distribution, git, network, platform, python, requirement, system, tool, venv,
    version,
};
use std::collections::BTreeSet;

use crate::doctor::catalog;
use crate::doctor::check::Mending;
use crate::doctor::engine::Verdict;
use crate::doctor::fix::Step;
use crate::doctor::testing::{Case, Rig};

/// The cases of all groups.
fn cases() -> impl Iterator<Item = &'static Case> {
    [
        python::cases::CASES,
        venv::cases::CASES,
        distribution::cases::CASES,
        requirement::cases::CASES,
        version::cases::CASES,
        configuration::cases::CASES,
        git::cases::CASES,
        network::cases::CASES,
        system::cases::CASES,
        platform::cases::CASES,
        platform::cases::schedule::CASES,
        platform::cases::configuration::CASES,
        tool::cases::CASES,
    ]
    .into_iter()
    .flatten()
}

#[test]
fn every_code_has_a_case() {
    let missing: Vec<&str> = catalog::checks()
        .map(|check| check.code)
        .filter(|code| cases().all(|case| case.code != *code))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
    for case in cases() {
        catalog::check(case.code).unwrap();
    }
}

/// Where environments are looked at, there is a Python to build another one with.
fn rig(case: &Case) -> Rig {
    let rig = Rig::new();
    if case.code.starts_with("VENV") {
        rig.python("spare", "3.13.0").on_path(&["spare/bin"])
    } else {
        rig
    }
}

#[test]
fn a_check_fires_where_its_condition_is_and_nowhere_else() {
    let mut mended = BTreeSet::new();
    for case in cases() {
        let check = catalog::check(case.code).unwrap();
        let sick = (case.sick)(rig(case));
        let Verdict::Found(symptoms) = sick.verdict(case.code) else {
            panic!("{} is not found: {:?}", case.code, sick.verdict(case.code));
        };
        assert!(!symptoms.is_empty(), "{}", case.code);
        for symptom in &symptoms {
            assert!(!symptom.message.is_empty(), "{}", case.code);
            if let Some(fix) = &symptom.fix {
                assert!(fix.mending <= check.mending, "{}: {fix:?}", case.code);
                assert!(
                    fix.mending < Mending::Manual && !fix.actions.is_empty(),
                    "{}",
                    case.code
                );
            }
        }
        if symptoms.iter().any(|it| it.fix.is_some()) {
            mended.insert(case.code);
        }
        mend(case.code, &sick);
        let well = (case.well)(rig(case));
        let verdict = well.verdict(case.code);
        assert_eq!(
            verdict,
            Verdict::Healthy,
            "{} fires without a reason",
            case.code
        );
    }
    let promised = catalog::checks().filter(|it| it.mending < Mending::Manual);
    let promised: BTreeSet<&str> = promised.map(|it| it.code).collect();
    assert_eq!(
        mended, promised,
        "a fix is there for what is said to have one"
    );
}

/// Applies every fix that only changes files: the condition is gone then, and a second time nothing is left to do.
fn mend(code: &str, rig: &Rig) {
    for symptom in rig.symptoms(code) {
        let Some(fix) = symptom.fix else { return };
        let steps = fix.steps(&rig.bounds());
        let steps = steps.unwrap_or_else(|why| panic!("{code}: {why}"));
        if steps
            .iter()
            .any(|it| matches!(it, Step::Run(_) | Step::Build { .. }))
        {
            return;
        }
        assert!(!steps.is_empty(), "{code}: the fix does nothing");
        rig.perform(&steps);
        let again = fix.steps(&rig.bounds());
        assert_eq!(again.unwrap(), [], "{code}: done twice");
    }
    let left = rig.symptoms(code);
    assert!(left.is_empty(), "{code} is still there: {left:?}");
}
