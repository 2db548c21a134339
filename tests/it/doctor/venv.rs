//! VENV: the project's environment, broken in every way.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::{Patient, states};
use crate::runtime::tools::Python;
use crate::support::run;

#[test]
fn a_fresh_environment_is_healthy() {
    assert_eq!(Patient::healthy().found_of(&["VENV"]), [""; 0]);
}

#[test]
fn no_environment() {
    assert_eq!(
        Patient::without_environment().found_of(&["VENV"]),
        ["VENV001"]
    );
}

#[test]
fn a_python_that_is_gone() {
    let patient = Patient::healthy();
    let python = std::fs::canonicalize(patient.path(".venv/bin/python")).unwrap();
    let name = python.file_name().unwrap();
    let old = patient.sandbox.path("old");
    std::fs::create_dir(&old).unwrap();
    for link in ["python", "python3"] {
        drop(std::fs::remove_file(
            patient.path(&format!(".venv/bin/{link}")),
        ));
        symlink(old.join(name), patient.path(&format!(".venv/bin/{link}"))).unwrap();
    }
    assert_eq!(patient.found_of(&["VENV"]), ["VENV002"]);
    let home = python.parent().unwrap().to_str().unwrap();
    patient.edit(".venv/pyvenv.cfg", home, old.join("none").to_str().unwrap());
    assert_eq!(patient.found_of(&["VENV"]), ["VENV002", "VENV003"]);
}

#[test]
fn a_moved_environment() {
    let patient = Patient::healthy();
    std::fs::rename(patient.path(".venv"), patient.path("venv")).unwrap();
    assert_eq!(patient.found_of(&["VENV"]), ["VENV004"]);
    // A script tells it too, and one that was made to be moved is none.
    std::fs::remove_file(patient.path("venv/bin/activate")).unwrap();
    assert_eq!(patient.found_of(&["VENV"]), [""; 0]);
    let line = format!("#!{}\n", patient.path(".venv/bin/python3").display());
    std::fs::write(patient.path("venv/bin/black"), line).unwrap();
    let said = patient.doctor(&["VENV004"]).code(1);
    assert!(said.stdout.contains("venv/bin/black:1"), "{said:?}");
    let settings = patient.path("venv/pyvenv.cfg");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(settings, text + "relocatable = true\n").unwrap();
    assert_eq!(patient.found_of(&["VENV"]), [""; 0]);
}

#[test]
fn another_python_than_it_says() {
    let patient = Patient::healthy();
    let text = std::fs::read_to_string(patient.path(".venv/pyvenv.cfg")).unwrap();
    let line = text.lines().find(|it| it.starts_with("version")).unwrap();
    patient.edit(".venv/pyvenv.cfg", line, "version = 3.9.1");
    assert_eq!(patient.found_of(&["VENV"]), ["VENV005", "VENV006"]);
    let said = patient.doctor(&["VENV005"]).code(1);
    assert!(
        said.stdout.contains("`pyvenv.cfg` says Python 3.9"),
        "{said:?}"
    );
}

#[test]
fn packages_for_another_python() {
    let patient = Patient::healthy();
    std::fs::create_dir_all(patient.path(".venv/lib/python3.8/site-packages")).unwrap();
    assert_eq!(patient.found_of(&["VENV"]), ["VENV006"]);
}

#[test]
fn the_systems_packages() {
    let patient = Patient::healthy();
    patient.edit(
        ".venv/pyvenv.cfg",
        "include-system-site-packages = false",
        "include-system-site-packages = true",
    );
    assert_eq!(patient.found_of(&["VENV"]), ["VENV007"]);
    patient.doctor(&[]).code(0);
    patient.doctor(&["--strict"]).code(1);
}

#[test]
fn what_is_active() {
    let mut patient = Patient::healthy();
    let own = patient.path(".venv");
    patient.set("VIRTUAL_ENV", &own);
    assert_eq!(patient.found_of(&["VENV"]), [""; 0]);
    let other = Patient::healthy();
    patient.set("VIRTUAL_ENV", other.path(".venv"));
    assert_eq!(patient.found_of(&["VENV"]), ["VENV009"]);
    patient.set("VIRTUAL_ENV", "/nowhere");
    assert_eq!(patient.found_of(&["VENV"]), ["VENV009"]);
    patient.set("VIRTUAL_ENV", own);
    patient.set("CONDA_PREFIX", "/opt/conda");
    assert_eq!(patient.found_of(&["VENV"]), ["VENV010"]);
}

#[test]
fn an_environment_that_conda_wrote_to() {
    let patient = Patient::healthy();
    std::fs::create_dir(patient.path(".venv/conda-meta")).unwrap();
    assert_eq!(patient.found_of(&["VENV"]), ["VENV010"]);
}

#[test]
fn a_half_made_environment() {
    for part in ["pyvenv.cfg", "bin", "lib"] {
        let patient = Patient::healthy();
        let path = patient.path(".venv").join(part);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
        let found = patient.found_of(&["VENV"]);
        assert!(found.contains(&"VENV012".to_owned()), "{part}: {found:?}");
    }
}

#[test]
fn of_another_system() {
    let patient = Patient::without_environment();
    for folder in ["Scripts", "Lib/site-packages"] {
        std::fs::create_dir_all(patient.path(".venv").join(folder)).unwrap();
    }
    std::fs::write(patient.path(".venv/Scripts/python.exe"), "MZ").unwrap();
    std::fs::write(patient.path(".venv/pyvenv.cfg"), "version = 3.12.1\n").unwrap();
    assert_eq!(patient.found_of(&["VENV"]), ["VENV015"]);
}

#[test]
fn several_environments() {
    let patient = Patient::healthy();
    std::fs::create_dir(patient.path("venv")).unwrap();
    std::fs::write(patient.path("venv/pyvenv.cfg"), "").unwrap();
    assert_eq!(patient.found_of(&["VENV"]), ["VENV016"]);
}

#[test]
fn hostile_files_are_findings_and_no_more() {
    let patient = Patient::healthy();
    let pipe = patient.path(".venv/bin/pipe");
    std::fs::remove_file(patient.path(".venv/bin/activate")).unwrap();
    symlink("pipe", patient.path(".venv/bin/activate")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    std::fs::remove_file(patient.path(".venv/pyvenv.cfg")).unwrap();
    symlink("pyvenv.cfg", patient.path(".venv/pyvenv.cfg")).unwrap();
    symlink("loop", patient.path(".venv/bin/loop")).unwrap();
    std::fs::write(patient.path(".venv/bin/binary"), [0xff; 5000]).unwrap();
    // The test itself would wait for the other end of the pipe: nobody looks at what is changed.
    let states = states(&patient.unwatched(&["--format", "json"]));
    assert!(
        states.values().all(|it| it != "crashed" && it != "hung"),
        "{states:?}"
    );
    assert_eq!(states["VENV014"], "found");
}

#[test]
fn an_environment_whose_making_was_stopped() {
    let patient = Patient::without_environment();
    let python = Python::find(&[13, 12, 14, 11]).program;
    // No file may be larger than 8 KiB: pip cannot be unpacked, as on a full disk.
    let mut make = patient.sandbox.command("sh");
    make.args(["-c", "ulimit -f 16; exec \"$0\" -m venv \"$1\""])
        .arg(python)
        .arg(patient.path(".venv"));
    assert_ne!(run(&mut make).code, Some(0));
    assert_eq!(patient.found_of(&["VENV"]), ["VENV012"]);
}

#[test]
fn pip_comes_back() {
    let patient = Patient::healthy();
    // As if it had been there, and had been removed.
    patient.edit(".venv/pyvenv.cfg", " --without-pip", "");
    assert_eq!(patient.found_of(&["VENV"]), ["VENV008"]);
    patient.unwatched(&["VENV008", "--fix", "--yes"]).code(0);
    assert_eq!(patient.found_of(&["VENV"]), [""; 0]);
    let mut pip = patient.sandbox.command(patient.path(".venv/bin/python"));
    run(pip.args(["-m", "pip", "--version"])).code(0);
}

#[test]
fn files_of_others() {
    let patient = Patient::healthy();
    // Root may write everything, and is told nothing.
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0);
    let packages = std::fs::read_dir(patient.path(".venv/lib")).unwrap();
    let library = packages.flatten().next().unwrap().path();
    let packages = library.join("site-packages");
    std::fs::set_permissions(&packages, Permissions::from_mode(0o555)).unwrap();
    let expected: &[&str] = if is_root { &[] } else { &["VENV014"] };
    assert_eq!(patient.found_of(&["VENV"]), expected);
    std::fs::set_permissions(&packages, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(patient.found_of(&["VENV"]), [""; 0]);
}
