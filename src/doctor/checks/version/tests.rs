//! What a fix makes of the places that say a version, in the writing of each.

use super::cases::{WORKFLOW, for_312, matrix};
use crate::doctor::check::Severity;
use crate::doctor::testing::Rig;

/// What the fixes make of a file, one after the other.
fn mended(rig: &Rig, code: &str, file: &str) -> String {
    let next = || {
        let mut symptoms = rig.symptoms(code).into_iter();
        symptoms.find_map(|it| it.fix)
    };
    let mut rounds = 0;
    while let Some(fix) = next().filter(|_| rounds < 5) {
        rig.perform(&fix.steps(&rig.bounds()).unwrap());
        rounds += 1;
    }
    assert_eq!(rig.symptoms(code), []);
    std::fs::read_to_string(rig.path(file)).unwrap()
}

#[test]
fn a_version_joins_a_list_in_its_own_writing() {
    for (before, after) in [
        (
            "['3.10', \"3.11\", '3.13']",
            "['3.10', \"3.11\", '3.12', '3.13']",
        ),
        ("[3.10, 3.11] # old", "[\"3.10\", 3.11, 3.12] # old"),
        (
            "[\n          '3.10',\n          '3.11',\n        ]",
            "[\n          '3.10',\n          '3.11', '3.12',\n        ]",
        ),
        (
            "\n        - '3.10'\n        - '3.11' # old",
            "\n        - '3.10'\n        - '3.11' # old\n        - '3.12'",
        ),
        (
            "\n        - \"3.13\"\n        - \"3.14\"",
            "\n        - \"3.12\"\n        - \"3.13\"\n        - \"3.14\"",
        ),
        ("['3.11']", "['3.12']"),
    ] {
        let rig = for_312(Rig::new()).file("project/pyproject.toml", "");
        let rig = rig.file(WORKFLOW, matrix(before));
        assert_eq!(mended(&rig, "VER001", WORKFLOW), matrix(after), "{before}");
    }
}

#[test]
fn a_version_that_the_project_leaves_out_goes() {
    for (before, after) in [
        ("['3.11', '3.12'] # why", "['3.12'] # why"),
        ("[3.11, \"3.12\", 3.9]", "[\"3.12\"]"),
        ("['3.10', '3.11']", "['3.12']"),
        (
            "\n        - '3.11' # old\n        - '3.12' # new",
            "\n        - '3.12' # new",
        ),
    ] {
        let rig = for_312(Rig::new()).file(WORKFLOW, matrix(before));
        assert_eq!(mended(&rig, "VER001", WORKFLOW), matrix(after), "{before}");
    }
}

#[cfg(unix)]
#[test]
fn asdf_gets_a_version_that_is_installed() {
    let file = "project/.tool-versions";
    let rig = for_312(Rig::new()).file(file, "nodejs 20.1.0\npython 3.11.4 # why\n");
    assert_eq!(rig.symptoms("VER002")[0].fix, None);
    let rig = rig
        .python("home/.asdf/installs/python/3.12.4", "3.12.4")
        .python("home/.asdf/installs/python/3.12.7", "3.12.7");
    let expected = "nodejs 20.1.0\npython 3.12.7 # why\n";
    assert_eq!(mended(&rig, "VER002", file), expected);
    let rig = rig.file(file, "python 3.11\n");
    assert_eq!(mended(&rig, "VER002", file), "python 3.12\n");
}

#[test]
fn every_image_is_moved() {
    let text = "ARG V=3.11\nFROM python:${V}-slim AS a\nFROM python:3.13.1 AS b\nFROM node:20\nFROM python:3.12.4\n";
    let rig = for_312(Rig::new()).file("project/Dockerfile", text);
    let expected = text.replace("V=3.11", "V=3.12").replace("3.13.1", "3.12");
    assert_eq!(mended(&rig, "VER002", "project/Dockerfile"), expected);
}

#[test]
fn what_is_meant_or_not_for_a_program_is_only_said() {
    // A library tries its own version and, in another job, another one.
    let jobs = "a:\n  image: python:3.12\nb:\n  image: python:3.13\n";
    let rig = for_312(Rig::new()).file("project/.gitlab-ci.yml", jobs);
    let found = rig.symptoms("VER001");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].severity, Some(Severity::Information));
    assert_eq!(found[0].fix, None);
    // Which entry it is to be is not told by the file.
    let text = "jobs:\n  a:\n    strategy:\n      matrix:\n        include:\n          - python: '3.13'\n          - python: '3.14'\n    steps:\n      - with:\n          python-version: ${{ matrix.python }}\n";
    let rig = for_312(Rig::new()).file(WORKFLOW, text);
    let found = rig.symptoms("VER001");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0]
            .message
            .ends_with("has Python 3.13, 3.14, and not 3.12, which the project is for")
    );
    let lines: Vec<_> = found[0].evidence.iter().map(|it| it.line).collect();
    assert_eq!(lines, [Some(6), Some(7), Some(1)]);
    assert_eq!(found[0].fix, None);
}
