//! How bad what was found is here and there, what is said of it, and what is not.

use super::cases::{in_year, typed};
use crate::doctor::check::Severity;
use crate::doctor::testing::Rig;
use crate::host::Host;

#[test]
fn an_old_table_warns_less() {
    let severity = |year| {
        let rig = in_year(typed(Rig::new(), "3.8.18"), year);
        let symptoms = rig.symptoms("PY004");
        assert_eq!(symptoms.len(), 1, "{year}");
        symptoms[0].severity
    };
    assert_eq!(severity(2027), None);
    assert_eq!(severity(2028), Some(Severity::Information));
}

#[test]
fn no_message_has_a_password() {
    let rig = Rig::new()
        .variable("PIP_EXTRA_INDEX_URL", "http://ada:s3cret@index.example/")
        .variable("UV_INDEX", "http://ada:s3cret@index.example/")
        .variable("PIP_TRUSTED_HOST", "ada:s3cret@index.example")
        .file(
            "project/uv.toml",
            "index-url = 'http://ada:s3cret@index.example/'\n",
        );
    let symptoms = rig.symptoms("PY014");
    assert_eq!(symptoms.len(), 4);
    assert!(!format!("{symptoms:?}").contains("s3cret"), "{symptoms:?}");
}

#[test]
fn what_is_there_is_what_is_told_to_be_typed() {
    let rig = Rig::new()
        .file("system/etc/os-release", "ID=ubuntu\n")
        .with(Host::on_linux);
    let next = |rig: &Rig| rig.symptoms("PY001").remove(0).next;
    let told = next(&rig);
    assert!(told[0].contains("apt install python3.14-venv"), "{told:?}");
    assert!(told[1].contains("uv/install.sh"), "{told:?}");
    let rig = rig
        .program("tools/uv", "\x7fELF")
        .program("tools/pyenv", "#!/bin/sh\n")
        .on_path(&["tools"]);
    let told = next(&rig);
    assert_eq!(told[..2], ["uv python install 3.14", "pyenv install 3.14"]);
}

#[test]
fn uv_brings_what_is_pinned() {
    let rig = Rig::new()
        .file("project/.python-version", "3.13\n")
        .program("tools/uv", "\x7fELF")
        .on_path(&["tools"]);
    let symptom = rig.symptoms("PY002").remove(0);
    assert_eq!(symptom.severity, Some(Severity::Information));
}
