//! PY: interpreters that are gone or not fit, and what the machine tells Python and pip.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::Patient;
use crate::runtime::tools::Python;
use crate::support::run;

/// A patient whose only Pythons are in a pyenv of its own, with a real one in it under its real version.
fn of_pyenv() -> (Patient, String) {
    let python = Python::find(&[12, 13, 11, 14]);
    let code = "import sys; print(sys.base_prefix, '%d.%d.%d' % sys.version_info[:3])";
    let said = run(Command::new(&python.program).args(["-I", "-c", code])).code(0);
    let (prefix, version) = said.stdout.trim().rsplit_once(' ').unwrap();
    let mut patient = Patient::without_environment();
    let root = patient.sandbox.path("pyenv");
    std::fs::create_dir_all(root.join("versions")).unwrap();
    symlink(prefix, root.join("versions").join(version)).unwrap();
    std::fs::write(patient.path(".python-version"), format!("{version}\n")).unwrap();
    let nothing = patient.sandbox.path("bin");
    std::fs::create_dir(&nothing).unwrap();
    patient.set("PATH", nothing);
    patient.set("PYENV_ROOT", root);
    (patient, version.to_owned())
}

#[test]
fn a_version_of_pyenv_that_is_uninstalled() {
    let (patient, version) = of_pyenv();
    let installed = patient.sandbox.path("pyenv/versions").join(&version);
    let mut make = Command::new(installed.join("bin/python3"));
    make.args(["-m", "venv", "--without-pip"])
        .arg(patient.path(".venv"));
    run(&mut make).code(0);
    let groups = ["PY001", "PY002", "VENV"];
    assert_eq!(patient.found_of(&groups), [""; 0]);
    std::fs::remove_file(installed).unwrap();
    let started = Command::new(patient.path(".venv/bin/python")).status();
    assert!(started.is_err(), "{started:?}");
    assert_eq!(
        patient.found_of(&groups),
        ["PY001", "PY002", "VENV002", "VENV003"]
    );
    let said = patient.doctor(&["PY002"]).code(1);
    let words = format!("it names {version}, which is not installed");
    assert!(said.stdout.contains(&words), "{said:?}");
    assert!(said.stdout.contains(".python-version:1"), "{said:?}");
}

#[test]
fn a_python_that_the_project_does_not_allow() {
    let patient = Patient::healthy();
    std::fs::write(
        patient.path("pyproject.toml"),
        "[project]\nname = \"x\"\nrequires-python = \">=3.99\"\n",
    )
    .unwrap();
    assert_eq!(patient.found_of(&["PY001", "PY003"]), ["PY003"]);
}

#[test]
fn a_home_of_python_that_is_elsewhere() {
    let mut patient = Patient::healthy();
    let start = |patient: &Patient, home: &str| {
        let mut command = patient.sandbox.command(patient.path(".venv/bin/python"));
        run(command.args(["-c", "pass"]).env("PYTHONHOME", home))
    };
    start(&patient, "").code(0);
    assert_eq!(patient.found_of(&["PY011"]), [""; 0]);
    let dead = start(&patient, "/nowhere");
    assert_ne!(dead.code, Some(0), "{dead:?}");
    patient.set("PYTHONHOME", "/nowhere");
    assert_eq!(patient.found_of(&["PY011"]), ["PY011"]);
    let said = patient.doctor(&["PY011"]).code(1);
    assert!(said.stdout.contains("unset PYTHONHOME"), "{said:?}");
}

/// An environment with the pip that its Python carries.
fn with_pip() -> Patient {
    let patient = Patient::without_environment();
    let mut make = Command::new(&Python::find(&[13, 12, 14, 11]).program);
    make.args(["-m", "venv"]).arg(patient.path(".venv"));
    run(&mut make).code(0);
    patient
}

#[test]
fn pip_that_is_told_to_install_for_the_user() {
    let mut patient = with_pip();
    let install = |patient: &Patient, user: &str| {
        let mut command = patient.sandbox.command(patient.path(".venv/bin/python"));
        let command = command.args(["-m", "pip", "install", "--no-index", "nothing-of-that-name"]);
        run(command.env("PIP_USER", user)).stderr
    };
    assert!(!install(&patient, "0").contains("--user"));
    assert!(install(&patient, "1").contains("--user"));
    patient.set("PIP_USER", "0");
    assert_eq!(patient.found_of(&["PY013", "PY016"]), [""; 0]);
    patient.set("PIP_USER", "1");
    assert_eq!(patient.found_of(&["PY013"]), ["PY013"]);
    // A file says it as well, and the variable counts more.
    patient.set("PIP_USER", "");
    let file = patient.path(".venv/pip.conf");
    std::fs::write(file, "[install]\nuser = true\n").unwrap();
    assert!(install(&patient, "").contains("--user"));
    let said = patient.doctor(&["PY013"]).code(1);
    assert!(said.stdout.contains(".venv/pip.conf:2"), "{said:?}");
}

#[test]
fn asserts_that_are_left_out() {
    let mut patient = Patient::healthy();
    let start = |patient: &Patient, value: &str| {
        let mut command = patient.sandbox.command(patient.path(".venv/bin/python"));
        run(command
            .args(["-c", "assert False"])
            .env("PYTHONOPTIMIZE", value))
        .code
    };
    for (value, code, found) in [
        ("0", 1, &[][..]),
        ("1", 0, &["PY015"]),
        ("yes", 0, &["PY015"]),
    ] {
        assert_eq!(start(&patient, value), Some(code), "{value}");
        patient.set("PYTHONOPTIMIZE", value);
        assert_eq!(patient.found_of(&["PY015"]), found, "{value}");
    }
}

#[test]
fn without_a_project_the_machine_is_looked_at() {
    let mut patient = Patient::without_environment();
    std::fs::remove_file(patient.path("pyproject.toml")).unwrap();
    patient.set("PYTHONHOME", "/nowhere");
    patient.set("PIP_USER", "1");
    let found = patient.found_of(&["PY003", "PY007", "PY011", "PY013"]);
    assert_eq!(found, ["PY011", "PY013"]);
    // Without an environment that it could break, the second is a warning.
    patient.doctor(&["PY013"]).code(0);
    patient.doctor(&["PY011"]).code(1);
}
