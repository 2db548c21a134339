//! Links in a project: what leads out of it is never written through.

use std::os::unix::fs::symlink;

use super::support::{OURS, Place};
use crate::support::tree;

#[test]
fn a_link_that_leads_out_of_the_project_is_refused_and_nothing_is_written() {
    for (name, target) in [
        ("requirements.txt", "file"),
        ("requirements-dev.txt", "file"),
        ("requirements-dev.txt", "nothing"),
    ] {
        let place = Place::bare();
        let outside = place.sandbox.home().join("outside");
        std::fs::create_dir(&outside).unwrap();
        std::fs::write(outside.join("file"), "# theirs\n").unwrap();
        place.write("pyproject.toml", OURS);
        symlink(outside.join(target), place.sandbox.path(name)).unwrap();
        let before = (tree(&place.sandbox.work(), &[]), tree(&outside, &[]));
        let refused = place.lock(&[]).code(2);
        assert_eq!(refused.stderr.matches("error:").count(), 1);
        refused.says(&format!("the link `{name}` leads "));
        refused.says("hint:");
        assert!(refused.stdout.is_empty(), "{}", refused.stdout);
        let after = (tree(&place.sandbox.work(), &[]), tree(&outside, &[]));
        assert_eq!(after, before);
        if target == "nothing" {
            continue;
        }
        // Looking through it harms nobody, and the hint's own words help.
        place.lock(&["--check"]).code(1);
        let (_, command) = refused.stderr.split_once("try again: ").unwrap();
        let shell = place.sandbox.command("sh").args(["-c", command]).status();
        assert!(shell.unwrap().success(), "{command}");
        place.lock(&[]).code(0);
        assert_eq!(tree(&outside, &[]), before.1);
    }
}

#[test]
fn a_linked_folder_and_a_linked_pyproject_are_refused_as_well_and_links_inside_are_followed() {
    let place = Place::bare();
    let outside = place.sandbox.home().join("outside");
    std::fs::create_dir(&outside).unwrap();
    let platform = |name: &str| format!("{OURS}\n[tool.scaffold.answers]\nplatform = '{name}'\n");

    // AWS Lambda has its lock beside the code, in `src`.
    place.write("pyproject.toml", &platform("aws-lambda"));
    symlink(&outside, place.sandbox.path("src")).unwrap();
    let refused = place.lock(&[]).code(2);
    refused.says("the link `src` leads out");
    assert!(tree(&outside, &[]).is_empty());
    assert!(!place.sandbox.path("requirements-dev.txt").exists());

    // Vercel has it in `pyproject.toml` too.
    std::fs::remove_file(place.sandbox.path("src")).unwrap();
    std::fs::remove_file(place.sandbox.path("pyproject.toml")).unwrap();
    std::fs::write(outside.join("theirs.toml"), platform("vercel")).unwrap();
    symlink(
        outside.join("theirs.toml"),
        place.sandbox.path("pyproject.toml"),
    )
    .unwrap();
    let before = tree(&outside, &[]);
    let refused = place.lock(&[]).code(2);
    refused.says("the link `pyproject.toml` leads out");
    assert_eq!(tree(&outside, &[]), before);
    assert!(!place.sandbox.path("requirements.txt").exists());

    std::fs::remove_file(place.sandbox.path("pyproject.toml")).unwrap();
    place.write("pyproject.toml", OURS);
    std::fs::create_dir(place.sandbox.path("locks")).unwrap();
    place.write("locks/tools.txt", "");
    symlink(
        "locks/tools.txt",
        place.sandbox.path("requirements-dev.txt"),
    )
    .unwrap();
    place.lock(&[]).code(0);
    assert!(place.read("locks/tools.txt").contains("\npytest=="));
    assert!(place.sandbox.path("requirements-dev.txt").is_symlink());
}
