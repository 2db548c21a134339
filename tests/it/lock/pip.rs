//! pip as the resolver, which locks for one platform.

use super::support::{Place, pins, pythons};
use crate::index::wheel;
use crate::runtime::tools::uv;
use crate::support::run;

#[test]
fn without_uv_pip_locks_for_this_platform_and_says_so() {
    let place = Place::with_pip().small_index();
    place.project(
        "'alpha<2', 'gamma[more,none]', \"beta<2 ; sys_platform == 'no-such'\"",
        "'old_tool'",
    );
    let first = place.lock(&[]).code(0);
    let python = format!("CPython {} on ", pythons()[0].version());
    first.says(&format!("locked by pip, for {python}"));
    let text = place.read("requirements.txt");
    assert!(
        text.starts_with("# This file was compiled by `scaffold lock` with pip"),
        "{text}"
    );
    assert!(text.contains(&format!("it holds for {python}")), "{text}");
    assert_eq!(
        place.pins("requirements.txt"),
        ["alpha==1.1", "beta==1.1", "delta==1.0", "gamma==1.0"]
    );
    assert_eq!(
        place.pins("requirements-dev.txt"),
        ["beta==1.1", "old-tool==1.0"]
    );
    assert_eq!(text.matches("--hash=sha256:").count(), 4);
    place.lock(&["--check"]).code(0);

    // Pins stay here too.
    place.write("requirements.txt", "alpha==1.0\nbeta==1.1\n");
    place.project("'alpha'", "'beta'");
    place.lock(&[]).code(0);
    assert_eq!(place.pins("requirements.txt"), ["alpha==1.0", "beta==1.1"]);
    place.lock(&["--upgrade", "alpha"]).code(0);
    assert_eq!(place.pins("requirements.txt"), ["alpha==1.1", "beta==1.1"]);

    // A lock for all platforms that is right here is left as it is.
    let uv = Place::with_uv().small_index();
    uv.project("'gamma'", "'beta'");
    uv.lock(&[]).code(0);
    let text = uv.read("requirements.txt");
    assert!(
        text.contains("alpha==2.0 ; sys_platform == 'win32'"),
        "{text}"
    );
    uv.lock(&["--check", "--installer", "pip"]).code(0);
    uv.project("'gamma', 'delta'", "'beta'");
    uv.lock(&["--check", "--installer", "pip"]).code(1);

    let refused = Place::with_pip().small_index();
    refused.project("'alpha @ https://example.com/alpha-1.0.tar.gz'", "");
    assert!(
        refused
            .lock(&[])
            .code(2)
            .stderr
            .contains("only uv can lock")
    );
}

const FILES: [&str; 2] = ["requirements.txt", "requirements-dev.txt"];

#[test]
fn what_the_closure_has_is_cut_from_it_for_all_platforms_beside_what_pip_resolves() {
    let place = Place::with_uv();
    place.project("'requests'", "'pytest', 'requests'");
    place.lock(&[]).code(0);
    let dev = place.read(FILES[1]);
    assert!(dev.contains("\ncolorama==") && dev.contains("; sys_platform == 'win32'"));

    // The closure lacks the new one; the tools ask for nothing new.
    place.project("'requests', 'tabulate'", "'pytest', 'requests'");
    let locked = place.lock(&["--installer", "pip"]).code(0);
    assert_eq!(place.read(FILES[1]), dev, "{}", locked.stdout);
    locked.says("warning: requirements.txt locked by pip, for CPython ");
    let runtime = place.read(FILES[0]);
    assert!(
        runtime.starts_with("# This file was compiled by `scaffold lock` with pip"),
        "{runtime}"
    );
    assert!(runtime.contains("\ntabulate=="), "{runtime}");

    // Both installers take the two as one.
    let both = ["--require-hashes", "-r", FILES[0], "-r", FILES[1]];
    run(place.command(uv()).args(["venv", "-q"])).code(0);
    run(place
        .command(uv())
        .args(["pip", "install", "--dry-run"])
        .args(both))
    .code(0);
    let pip = [
        "-m",
        "pip",
        "install",
        "-q",
        "--dry-run",
        "--ignore-installed",
    ];
    run(place.command(&pythons()[0].program).args(pip).args(both)).code(0);

    // The tools ask for what the closure has.
    place.project("'requests', 'tabulate'", "'pytest', 'flake8', 'requests'");
    let data = place
        .lock(&["--installer", "pip", "--format", "json"])
        .code(0)
        .stdout;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["files"][0]["state"], "unchanged");
    assert!(
        data["files"][0]["holds_for"]
            .as_str()
            .unwrap()
            .starts_with("CPython")
    );
    assert_eq!(data["files"][1]["holds_for"], "every platform");
    assert_eq!(place.read(FILES[0]), runtime);
    let cut = place.read(FILES[1]);
    assert!(cut.contains("\nflake8==") && cut.contains("; sys_platform == 'win32'"));

    // From nothing, it comes out the same.
    std::fs::remove_file(place.sandbox.path(FILES[0])).unwrap();
    std::fs::remove_file(place.sandbox.path(FILES[1])).unwrap();
    place.lock(&["--installer", "pip"]).code(0);
    assert_eq!(place.read(FILES[1]), cut);
    assert_eq!(place.pins(FILES[0]), pins(&runtime));
}

#[test]
fn a_file_that_is_right_here_is_kept_and_what_is_left_out_is_named() {
    let place = Place::with_uv().small_index();
    place.project("'beta<2'", "'gamma'");
    place.lock(&[]).code(0);
    let dev = place.read(FILES[1]);
    assert!(dev.contains("; sys_platform == 'win32'"), "{dev}");
    let nowhere = "\"delta>=1 ; sys_platform == 'no-such'\"";
    place.project(&format!("'beta<2', 'old_tool', {nowhere}"), "'gamma'");
    let locked = place.lock(&["--installer", "pip"]).code(0);
    assert_eq!(place.read(FILES[1]), dev);
    assert_eq!(place.pins(FILES[0]), ["beta==1.1", "old-tool==1.0"]);
    locked.says("left out of requirements.txt, because it does not hold there: `delta>=1 ; sys_platform == 'no-such'`");
    assert!(!locked.stderr.contains("as well"), "{}", locked.stderr);
    place.lock(&["--check", "--installer", "pip"]).code(0);

    // One for a single machine is kept as well, and goes on saying which.
    let elsewhere = |text: &str| text.replace("it holds for CPython", "it holds for PyPy");
    place.write(FILES[0], &elsewhere(&place.read(FILES[0])));
    place.lock(&["--check", "--installer", "pip"]).code(0);
}

#[test]
fn both_files_agree_though_one_asks_for_nothing_new_and_the_message_says_so() {
    let place = Place::with_uv().small_index();
    place.project("'alpha<2'", "'beta'");
    place.lock(&[]).code(0);
    assert_eq!(place.pins(FILES[1]), ["beta==2.0"]);
    place.project("'alpha<2', 'old_tool'", "'beta'");
    let locked = place.lock(&["--installer", "pip"]).code(0);
    assert_eq!(
        place.pins(FILES[0]),
        ["alpha==1.1", "beta==1.1", "old-tool==1.0"]
    );
    assert_eq!(place.pins(FILES[1]), ["beta==1.1"]);
    locked.says("requirements-dev.txt had to be resolved again as well: the same version of beta must stand there and in requirements.txt");
    locked.says("requirements.txt and requirements-dev.txt locked by pip, for ");
}

#[test]
fn versions_of_the_other_file_stay_where_the_changed_one_cannot_keep_its_own() {
    let place = Place::with_uv().small_index();
    let index = place.index.clone().unwrap();
    wheel(&index, "theta", "1.0", &[]);
    wheel(&index, "theta", "2.0", &[]);
    wheel(&index, "iota", "1.0", &["Requires-Dist: theta (<2)"]);
    place.project("'theta'", "'beta==1.0'");
    place.lock(&[]).code(0);
    place.project("'theta'", "'beta'");
    place.lock(&["--check"]).code(0);
    let dev = place.read(FILES[1]);
    place.project("'theta', 'iota'", "'beta'");
    place.lock(&["--installer", "pip"]).code(0);
    assert_eq!(place.pins(FILES[0]), ["iota==1.0", "theta==1.0"]);
    assert_eq!(place.read(FILES[1]), dev);
}
