//! Mistakes: each is named, with what to do, and changes nothing.

use super::support::{OURS, Place};
use crate::support::run;

#[test]
fn what_cannot_be_had_is_said_in_the_resolver_s_own_words_and_changes_nothing() {
    for place in [Place::with_uv(), Place::with_pip()] {
        let place = place.small_index();
        place.project("'alpha'", "");
        place.lock(&[]).code(0);
        let before = place.read("requirements.txt");
        place.project("'alpha>=2'", "'old_tool'");
        let failed = place.lock(&[]).code(2);
        assert!(
            failed.stderr.contains("cannot lock what "),
            "{}",
            failed.stderr
        );
        assert!(failed.stderr.contains("caused by:"), "{}", failed.stderr);
        assert!(
            failed.stderr.contains("old-tool") || failed.stderr.contains("old_tool"),
            "{}",
            failed.stderr
        );
        assert_eq!(place.read("requirements.txt"), before);
    }
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    let place = Place::bare();
    let nowhere = place.lock(&[]).code(2);
    assert!(
        nowhere
            .stderr
            .contains("no pyproject.toml with a [project] table in"),
        "{}",
        nowhere.stderr
    );

    place.write("pyproject.toml", "[project]\nname = \n");
    let broken = place.lock(&[]).code(2);
    assert!(
        broken.stderr.contains("pyproject.toml, line 2: "),
        "{}",
        broken.stderr
    );

    place.project("'alpha >>'", "");
    let malformed = place.lock(&[]).code(2);
    assert!(
        malformed.stderr.contains("`alpha >>` is no requirement"),
        "{}",
        malformed.stderr
    );

    place.project("'alpha'", "");
    let neither = place.lock(&[]).code(2);
    assert!(
        neither
            .stderr
            .contains("neither uv nor a Python 3.11 or later with pip"),
        "{}",
        neither.stderr
    );
    assert_eq!(neither.stderr.matches("hint:").count(), 2);
    let no_uv = place.lock(&["--installer", "uv"]).code(2);
    assert!(no_uv.stderr.contains("there is no uv"), "{}", no_uv.stderr);
    assert!(!place.sandbox.path("requirements.txt").exists());

    // A project is found from below, and one without a [project] table is looked past.
    place.write("pyproject.toml", OURS);
    std::fs::create_dir_all(place.sandbox.path("a/b")).unwrap();
    place.write("a/pyproject.toml", "[tool.black]\n");
    let mut command = place.command(env!("CARGO_BIN_EXE_scaffold"));
    run(command.arg("lock").current_dir(place.sandbox.path("a/b"))).code(0);
    assert!(place.sandbox.path("requirements-dev.txt").exists());
}
