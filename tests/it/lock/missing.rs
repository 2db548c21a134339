//! Packages that do not exist: which one is meant is said, and what to type.

use super::support::Place;
use crate::support::{Finished, run};

/// Locks with an index that has no package: offline, uv does not claim that one is missing.
fn lock(place: &Place) -> Finished {
    let empty = place.sandbox.home().join("empty");
    std::fs::create_dir_all(&empty).unwrap();
    let mut command = place.command(env!("CARGO_BIN_EXE_scaffold"));
    for name in [
        "UV_OFFLINE",
        "UV_INDEX",
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
    ] {
        command.env_remove(name);
    }
    run(command.arg("lock").env("UV_DEFAULT_INDEX", empty))
}

#[test]
fn a_requirement_that_the_index_lacks_is_named_with_what_may_have_been_meant() {
    // pip takes its time to fail.
    for (place, cases) in [(Place::with_uv(), 3), (Place::with_pip(), 1)] {
        let place = place.small_index();
        place.project("'alpha'", "");
        lock(&place).code(0);
        let before = place.read("requirements.txt");
        for (dependencies, dev, name, hint) in [
            (
                "'alpha', 'Alfa'",
                "",
                "alfa",
                "write `alpha` in pyproject.toml if that was meant, and then: scaffold lock",
            ),
            (
                "'alpha'",
                "'reqeusts>=2'",
                "reqeusts",
                "write `requests` in pyproject.toml",
            ),
            (
                "'alpha', 'zzz-qqq[x]'",
                "",
                "zzz-qqq",
                "or take it out, and then: scaffold lock",
            ),
        ]
        .iter()
        .take(cases)
        {
            place.project(dependencies, dev);
            let failed = lock(&place).code(2);
            let named = format!("requires `{name}`, which the index does not have");
            failed.says(&named);
            failed.says(hint);
            failed.says("caused by:");
            assert_eq!(place.read("requirements.txt"), before);
        }
        // It exists, though not in that version.
        place.project("'alpha>=9'", "");
        let failed = lock(&place).code(2);
        failed.says("cannot lock what ");
        failed.says("and then: scaffold lock");
    }
}

#[test]
fn an_upgrade_of_what_is_not_locked_says_what_to_type() {
    let place = Place::with_uv().small_index();
    place.project("'alpha'", "");
    place.lock(&[]).code(0);
    let unknown = place.lock(&["--upgrade", "nope"]).code(2);
    let message = "error: `nope` is not among the locked packages";
    unknown.says(message);
    unknown.says("hint: scaffold lock --upgrade  ");
    let like = place.lock(&["--upgrade", "alfa"]).code(2);
    like.says("hint: scaffold lock --upgrade alpha\n");
    let malformed = place.lock(&["--upgrade", "alpha==2"]).code(2);
    malformed.says("hint: scaffold lock --upgrade ");
}
