//! VER: a project that `new` made, with another Python here and there.

use super::fix::Made;
use super::states;

/// Replaces in a file what must be there.
#[track_caller]
pub(super) fn edit(made: &Made, file: &str, old: &str, new: &str) {
    let path = made.path(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{file}: {text}");
    std::fs::write(path, text.replace(old, new)).unwrap();
}

/// The codes of a group that are found.
pub(super) fn found(made: &Made, group: &str) -> Vec<String> {
    let states = states(&made.doctor(&[group, "--format", "json"]));
    let found = states
        .into_iter()
        .filter(|(_, state)| !matches!(state.as_str(), "healthy" | "skipped"));
    found.map(|(code, _)| code).collect()
}

#[test]
fn all_places_are_moved_together() {
    let made = Made::new(&["--no-env", "--python", "3.13"]);
    assert_eq!(found(&made, "VER"), [""; 0]);
    std::fs::write(made.path(".python-version"), "3.12\n").unwrap();
    let workflow = ".github/workflows/ci.yml";
    edit(
        &made,
        workflow,
        "python-version-file: .python-version",
        "python-version: '3.11' # the old one",
    );
    let dockerfile = "# why\nFROM python:3.12.1-slim AS build\n";
    std::fs::write(made.path("Dockerfile"), dockerfile).unwrap();
    edit(&made, "pyproject.toml", "[\"py313\"]", "[\"py314\"] # why");
    assert_eq!(found(&made, "VER"), ["VER001", "VER002", "VER003"]);
    let _ = made.doctor(&["VER", "--fix", "--yes"]).code(0);
    assert_eq!(found(&made, "VER"), [""; 0]);
    let read = |file: &str| std::fs::read_to_string(made.path(file)).unwrap();
    assert_eq!(read(".python-version"), "3.13\n");
    assert_eq!(read("Dockerfile"), dockerfile.replace("3.12.1", "3.13"));
    assert!(read(workflow).contains("python-version: '3.13' # the old one\n"));
    let manifest = read("pyproject.toml");
    assert!(
        manifest.contains("target-version = [\"py313\", \"py314\"] # why\n"),
        "{manifest}"
    );
}

#[test]
fn a_matrix_may_have_more() {
    let made = Made::new(&["--no-env", "--python", "3.13"]);
    let workflow = ".github/workflows/ci.yml";
    let matrix = |list: &str| {
        format!(
            "jobs:\n  a:\n    strategy:\n      matrix:\n        python: [{list}]\n    steps:\n      - uses: actions/setup-python@v6\n        with:\n          python-version: ${{{{ matrix.python }}}}\n"
        )
    };
    std::fs::write(made.path(workflow), matrix("'3.13', '3.14', 3.x")).unwrap();
    assert_eq!(found(&made, "VER"), [""; 0]);
    std::fs::write(made.path(workflow), matrix("'3.12', '3.13'")).unwrap();
    let said = made.doctor(&["VER001"]).code(1);
    assert!(
        said.stdout
            .contains("`requires-python` (>=3.13) leaves out"),
        "{said:?}"
    );
    std::fs::write(made.path(workflow), matrix("'3.14', '3.15'")).unwrap();
    let said = made.doctor(&["VER001"]).code(0);
    assert!(
        said.stdout
            .contains("and not 3.13, which the project is for"),
        "{said:?}"
    );
}
