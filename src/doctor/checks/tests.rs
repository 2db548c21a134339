//! Every code of the catalogue fires where its condition is, and not where it only nearly is.

use super::{
    configuration, distribution, git, network, platform, python, requirement, system, tool, venv,
    version,
};
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

#[test]
fn a_check_fires_where_its_condition_is_and_nowhere_else() {
    for case in cases() {
        let check = catalog::check(case.code).unwrap();
        let sick = (case.sick)(Rig::new());
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
        let has_fix = symptoms.iter().any(|it| it.fix.is_some());
        assert_eq!(
            has_fix,
            check.mending < Mending::Manual,
            "{}: {symptoms:?}",
            case.code
        );
        mend(case.code, &sick);
        let well = (case.well)(Rig::new());
        let verdict = well.verdict(case.code);
        assert_eq!(
            verdict,
            Verdict::Healthy,
            "{} fires without a reason",
            case.code
        );
    }
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
