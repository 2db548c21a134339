//! REQ: requirements files that real tools refuse or misread, and projects that `new` made.

use std::process::Command;

use super::Patient;
use super::fix::Made;
use super::version::found;
use crate::runtime::tools::Python;
use crate::support::run;

#[test]
fn some_hashes_are_worse_than_none() {
    let patient = Patient::without_environment();
    let hash = "0".repeat(64);
    let text = format!("idna==3.10 --hash=sha256:{hash}\ncertifi==2025.1.31\n");
    std::fs::write(patient.path("requirements.txt"), text).unwrap();
    let said = patient.doctor(&["REQ002"]).code(1);
    assert!(said.stdout.contains("none for certifi"), "{said:?}");
    // pip itself gives up.
    let mut pip = Command::new(&Python::find(&[13, 12, 14, 11]).program);
    pip.args(["-m", "pip", "install", "--dry-run", "--ignore-installed"]);
    pip.args(["--no-deps", "-r", "requirements.txt"]);
    let pip = run(pip.current_dir(patient.path("")));
    assert!(
        pip.stderr.contains("Hashes are required") || pip.stderr.contains("DO NOT MATCH"),
        "{pip:?}"
    );
}

#[test]
fn what_power_shell_writes_is_written_again() {
    let patient = Patient::without_environment();
    let text = "\u{feff}idna==3.10\r\n# é\r\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = patient.path("requirements.txt");
    std::fs::write(&file, bytes).unwrap();
    let said = patient.doctor(&["REQ004"]).code(0);
    assert!(
        said.stdout.contains("`requirements.txt` is UTF-16"),
        "{said:?}"
    );
    let _ = patient.unwatched(&["REQ004", "--fix"]).code(0);
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(text, "idna==3.10\n# é\n");
    patient.doctor(&["REQ004", "--strict"]).code(0);
}

#[test]
fn a_dependency_that_was_not_locked() {
    for platform in ["vercel", "aws-lambda"] {
        let made = Made::new(&["--no-env", "--platform", platform]);
        assert_eq!(found(&made, "REQ"), [""; 0], "{platform}");
        let manifest = made.path("pyproject.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        let edited = text.replace("dependencies = []", "dependencies = [\"idna>=3\"]");
        assert_ne!(text, edited);
        std::fs::write(&manifest, edited).unwrap();
        let said = made.doctor(&["REQ007"]).code(1);
        assert!(said.stdout.contains("has no idna"), "{said:?}");
        assert!(said.stdout.contains("scaffold lock"), "{said:?}");
    }
}

#[test]
fn a_tool_that_was_not_locked() {
    let made = Made::new(&["--no-env"]);
    let manifest = made.path("pyproject.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let edited = text.replace("    \"black>=", "    \"idna\",\n    \"black>=");
    assert_ne!(text, edited);
    std::fs::write(&manifest, edited).unwrap();
    assert_eq!(found(&made, "REQ"), ["REQ008"]);
}

#[test]
fn a_password_is_found_and_not_said() {
    let patient = Patient::without_environment();
    let text = "--index-url https://me:hunter2@host.invalid/simple\nidna @ https://me:hunter2@host.invalid/idna.zip\n-e git+ssh://me:hunter2@host.invalid/x\n";
    std::fs::write(patient.path("requirements.txt"), text).unwrap();
    for format in ["text", "json"] {
        let said = patient.doctor(&["REQ", "--format", format]).code(1);
        assert!(said.stdout.contains("host.invalid"), "{said:?}");
        let all = format!("{}{}", said.stdout, said.stderr);
        assert!(!all.contains("hunter2"), "{all}");
    }
}

#[test]
fn hostile_requirements_are_findings_and_no_more() {
    let patient = Patient::without_environment();
    let mut text = b"-r requirements.txt\n-c \xff\xfe\n\\\n--hash\n".to_vec();
    text.extend("a==1 \\\n".repeat(5000).as_bytes());
    text.extend([0, 0xff, b'\n']);
    for name in [
        "requirements.txt",
        "uv.lock",
        "poetry.lock",
        ".env",
        "Pipfile",
    ] {
        std::fs::write(patient.path(name), &text).unwrap();
    }
    std::fs::create_dir(patient.path("requirements-dev.txt")).unwrap();
    let states = patient.states();
    assert!(
        states.values().all(|it| it != "crashed" && it != "hung"),
        "{states:?}"
    );
}
