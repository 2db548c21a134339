//! SYS: the temporary folder, the locale, the version of this program.

use super::Patient;
use crate::support::run;

#[test]
fn a_temporary_folder_that_is_not_there() {
    let mut patient = Patient::without_environment();
    let nowhere = patient.sandbox.path("none");
    let mut command = patient.sandbox.command("mktemp");
    assert_ne!(run(command.env("TMPDIR", &nowhere)).code, Some(0));
    patient.set("TMPDIR", &nowhere);
    assert_eq!(patient.found_of(&["SYS002"]), ["SYS002"]);
    std::fs::create_dir(&nowhere).unwrap();
    assert_eq!(patient.found_of(&["SYS002"]), [""; 0]);
}

#[test]
fn a_locale_that_is_not_utf_8() {
    let mut patient = Patient::without_environment();
    for (value, found) in [
        ("C", &[][..]),
        ("C.UTF-8", &[]),
        ("de_DE.ISO-8859-1", &["SYS003"]),
    ] {
        patient.set("LC_ALL", value);
        assert_eq!(patient.found_of(&["SYS003"]), found, "{value}");
    }
}

#[test]
fn a_project_of_a_later_version() {
    let patient = Patient::without_environment();
    let file = patient.path("pyproject.toml");
    std::fs::write(&file, "[tool.scaffold]\nversion = \"99.1\"\n").unwrap();
    let said = patient.doctor(&["SYS007"]).code(0);
    assert!(said.stdout.contains("made by scaffold 99.1"), "{said:?}");
    patient.doctor(&["SYS007", "--strict"]).code(1);
}
