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
        failed.says("cannot lock what ");
        failed.says("caused by:");
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
    nowhere.says("no pyproject.toml with a [project] table in");

    place.write("pyproject.toml", "[project]\nname = \n");
    let broken = place.lock(&[]).code(2);
    broken.says("pyproject.toml, line 2: ");

    place.project("'alpha >>'", "");
    let malformed = place.lock(&[]).code(2);
    malformed.says("`alpha >>` is no requirement");

    place.project("'alpha'", "");
    let neither = place.lock(&[]).code(2);
    neither.says("neither uv nor a Python 3.11 or later with pip");
    assert_eq!(neither.stderr.matches("hint:").count(), 2);
    let no_uv = place.lock(&["--installer", "uv"]).code(2);
    no_uv.says("there is no uv");
    assert!(!place.sandbox.path("requirements.txt").exists());

    // A project is found from below, and one without a [project] table is looked past.
    place.write("pyproject.toml", OURS);
    std::fs::create_dir_all(place.sandbox.path("a/b")).unwrap();
    place.write("a/pyproject.toml", "[tool.black]\n");
    let mut command = place.command(env!("CARGO_BIN_EXE_scaffold"));
    run(command.arg("lock").current_dir(place.sandbox.path("a/b"))).code(0);
    assert!(place.sandbox.path("requirements-dev.txt").exists());
}
