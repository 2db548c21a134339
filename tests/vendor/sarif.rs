//! What we say in SARIF, held against the schema of SARIF 2.1.0.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::checks::linters;
use crate::runtime::tools::{once, run};

/// The schema, from a package that brings it.
fn schema() -> PathBuf {
    let (manifest, lock) = (
        include_str!("sarif/package.json"),
        include_str!("sarif/package-lock.json"),
    );
    let command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    let folder = once("sarif", &[manifest, lock, &command.join(" ")], |folder| {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("package.json"), manifest).unwrap();
        std::fs::write(folder.join("package-lock.json"), lock).unwrap();
        run(Command::new("npm").args(command).current_dir(folder));
    });
    folder.join("node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")
}

/// The schema's check of a file. One of its own patterns is none for ECMAScript.
fn check(file: &Path) -> Command {
    let mut command = Command::new(linters().program("check-jsonschema"));
    command
        .args(["--regex-variant", "python", "--schemafile"])
        .arg(schema())
        .arg(file);
    command
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/report/findings.sarif")
}

#[test]
fn every_kind_of_finding_is_valid_sarif() {
    run(&mut check(&golden()));
}

#[test]
fn what_is_not_sarif_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.sarif");
    let wrong = std::fs::read_to_string(golden())
        .unwrap()
        .replace("\"error\"", "\"fatal\"");
    std::fs::write(&file, wrong).unwrap();
    let output = check(&file).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("fatal"));
}

#[test]
fn what_the_program_prints_is_valid_sarif() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository");
    run(Command::new("git")
        .args(["init", "--quiet"])
        .arg(&repository));
    std::fs::write(repository.join("a b.txt"), "a ").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_scaffold"))
        .args(["check", "--gate", "hygiene", "--format", "sarif"])
        .current_dir(&repository)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let file = folder.path().join("printed.sarif");
    std::fs::write(&file, output.stdout).unwrap();
    run(&mut check(&file));
}
