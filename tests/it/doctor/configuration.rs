//! CFG: a project that `new` made, with its configuration broken.

use super::fix::Made;
use super::version::{edit, found};
use crate::support::tree;

#[test]
fn what_new_makes_is_configured_well() {
    for hooks in ["scaffold", "pre-commit"] {
        let made = Made::new(&["--no-env", "--example", "api", "--hooks", hooks]);
        assert_eq!(found(&made, "CFG"), [""; 0], "{hooks}");
    }
}

#[test]
fn a_broken_file_is_shown_with_its_line() {
    for (file, old, new) in [
        (".github/workflows/ci.yml", "jobs:\n", "jobs: [\n"),
        ("mkdocs.yml", "theme:\n", "theme: {\n"),
        (".vscode/settings.json", "{\n", "{{\n"),
        (".flake8", "[flake8]\n", "flake8\n"),
    ] {
        let made = Made::new(&["--no-env"]);
        edit(&made, file, old, new);
        let text = std::fs::read_to_string(made.path(file)).unwrap();
        let mut lines = text.lines();
        let line = 1 + lines.position(|it| it == new.trim_end()).unwrap();
        let said = made.doctor(&["CFG003"]).code(1);
        assert!(
            said.stdout.contains(&format!("`{file}` is no ")),
            "{said:?}"
        );
        let place = said.stdout.lines().find_map(|it| {
            let rest = it.trim().strip_prefix(&format!("{file}:"))?;
            rest.split_whitespace().next()?.parse::<usize>().ok()
        });
        assert!(place.is_some_and(|it| it >= line), "{said:?}");
    }
}

#[test]
fn flake8_is_made_to_agree_with_black_again() {
    let made = Made::new(&["--no-env"]);
    edit(
        &made,
        ".flake8",
        "max-line-length = 88",
        "max-line-length = 79",
    );
    edit(&made, ".flake8", "E203,E701", "E701");
    assert_eq!(found(&made, "CFG"), ["CFG001"]);
    // Safe: nobody has to agree.
    let _ = made.doctor(&["CFG", "--fix"]).code(0);
    assert_eq!(found(&made, "CFG"), [""; 0]);
    let text = std::fs::read_to_string(made.path(".flake8")).unwrap();
    assert!(text.contains("# As Black writes"), "{text}");
    let before = tree(&made.path(""), &[".git"]);
    let _ = made.doctor(&["CFG", "--fix", "--yes"]).code(0);
    assert!(tree(&made.path(""), &[".git"]) == before);
}

#[test]
fn the_editor_and_the_variables() {
    let made = Made::new(&["--no-env", "--example", "api"]);
    std::fs::write(made.path(".env"), "GITHUB_TOKEN=hunter2\n").unwrap();
    let said = made.doctor(&["CFG005"]).code(0);
    assert!(
        said.stdout
            .contains("has GITHUB_API_URL, and `.env` has not"),
        "{said:?}"
    );
    assert!(!said.stdout.contains("hunter2"), "{said:?}");
    let _ = made.doctor(&["CFG005", "--fix", "--yes"]).code(0);
    let text = std::fs::read_to_string(made.path(".env")).unwrap();
    assert_eq!(text, "GITHUB_TOKEN=hunter2\nGITHUB_API_URL=\n");
    // The example has an address: that it is still to be filled in is a remark, until it is.
    let said = made.doctor(&["CFG005", "--strict"]).code(0);
    assert!(
        said.stdout.contains("has nothing for GITHUB_API_URL"),
        "{said:?}"
    );
    std::fs::write(made.path(".env"), text.replace("URL=", "URL=https://x")).unwrap();
    let more = "\n[tool.scaffold.doctor.ignore]\nNOPE1 = { reason = \"x\" }\n";
    let manifest = std::fs::read_to_string(made.path("pyproject.toml")).unwrap();
    std::fs::write(made.path("pyproject.toml"), manifest + more).unwrap();
    assert_eq!(found(&made, "CFG"), ["CFG006"]);
}
