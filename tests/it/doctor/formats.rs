//! The same findings in every format, the table of what is left out, and the report.

use std::path::Path;

use serde_json::Value;

use super::Patient;
use crate::runtime::tools::{Python, environment};
use crate::support::{Sandbox, run};

const IGNORE: &str = "[tool.scaffold.doctor.ignore]\n";

impl Patient {
    fn add(&self, below: &str, text: &str) {
        let old = std::fs::read_to_string(self.path(below)).unwrap_or_default();
        std::fs::write(self.path(below), old + text).unwrap();
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--format", "json"]].concat();
        serde_json::from_str(&self.doctor(&arguments).stdout).unwrap()
    }
}

/// Holds a document to the schema that is published, by the validator that the schema's authors name first for Python.
fn is_valid(sandbox: &Sandbox, document: &str) {
    let lock = include_str!("../../runtime/jsonschema.txt");
    let validator = environment("jsonschema", &Python::find(&[13, 12, 14, 11]), lock);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/doctor/schema.json");
    let file = sandbox.path("document.json");
    std::fs::write(&file, document).unwrap();
    let program = "import json, sys; from jsonschema import Draft202012Validator as V, FormatChecker\n\
        schema, document = (json.load(open(name, encoding='utf-8')) for name in sys.argv[1:])\n\
        V.check_schema(schema); V(schema, format_checker=FormatChecker()).validate(document)";
    run(sandbox
        .command(validator.program("python"))
        .args(["-c", program])
        .args([&schema, &file]))
    .code(0);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn json_is_what_its_schema_says() {
    let patient = Patient::without_environment();
    for arguments in [
        ["--format", "json"].as_slice(),
        &["--format", "json", "--fix", "--dry-run"],
    ] {
        let said = patient.doctor(arguments);
        is_valid(&patient.sandbox, &said.stdout);
    }
    patient.add(
        "pyproject.toml",
        &format!("{IGNORE}VENV001 = {{ reason = \"not yet\", until = 9999-12-31 }}\n"),
    );
    is_valid(
        &patient.sandbox,
        &patient.doctor(&["--format", "json"]).stdout,
    );
    let mended = patient.unwatched(&["venv", "--fix", "--format", "json"]);
    is_valid(&patient.sandbox, &mended.stdout);
}

#[test]
fn every_format_finds_the_same_and_exits_the_same() {
    let patient = Patient::without_environment();
    let json = patient.json(&["venv"]);
    let codes: Vec<&str> = json["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["status"] == "found")
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["VENV001"]);
    let sarif = patient.doctor(&["venv", "--format", "sarif"]).code(1);
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ruleId"], "VENV001");
    assert_eq!(results[0]["level"], "error");
    let github = patient.doctor(&["venv", "--format", "github"]).code(1);
    assert!(github.stdout.starts_with("::error "), "{github:?}");
    assert!(github.stdout.contains("VENV001") && github.stdout.lines().count() == 1);
    let text = patient.doctor(&["venv"]).code(1);
    assert!(text.stdout.contains("✗ VENV001"));
    text.says("found 1 error");
}

#[test]
fn a_code_is_left_out_for_a_reason_until_its_day_and_stays_counted() {
    let patient = Patient::without_environment();
    let entry = |until: &str| format!("VENV001 = {{ reason = \"built by CI\"{until} }}\n");
    patient.add("pyproject.toml", &format!("{IGNORE}{}", entry("")));
    let said = patient.doctor(&["venv"]).code(0);
    assert!(said.stdout.contains("1 ignored"), "{said:?}");
    assert!(!said.stdout.contains("VENV001"), "{said:?}");
    let verbose = patient.doctor(&["venv", "-v"]).code(0);
    assert!(
        verbose.stdout.contains("ignored: built by CI"),
        "{verbose:?}"
    );
    let json = patient.json(&["venv"]);
    assert_eq!((&json["errors"], &json["ignored"]), (&0.into(), &1.into()));

    patient.edit("pyproject.toml", &entry(""), &entry(", until = 9999-12-31"));
    patient.doctor(&["venv", "--strict"]).code(0);
    patient.edit(
        "pyproject.toml",
        &entry(", until = 9999-12-31"),
        &entry(", until = 2020-01-31"),
    );
    patient.doctor(&["venv"]).code(1);
}

#[test]
fn what_the_doctor_knows_is_no_finding() {
    let patient = Patient::without_environment();
    for arguments in [
        ["--list", "--format", "sarif"].as_slice(),
        &["--explain", "VENV001", "--format", "github"],
    ] {
        patient.doctor(arguments).code(2).says("text or as JSON");
    }
    for arguments in [
        ["--yes"].as_slice(),
        &["--dry-run"],
        &["--list", "--fix"],
        &["--fix", "--yes", "--dry-run"],
    ] {
        patient.doctor(arguments).code(2);
    }
}

#[test]
fn a_report_holds_nothing_of_the_users_own() {
    let mut patient = Patient::without_environment();
    patient.set("SECRET_TOKEN", "hunter2-hunter2");
    patient.set("PIP_INDEX_URL", "https://me:pass@index.example/simple");
    patient.set("USER", "ada");
    let said = patient.unwatched(&["--report"]);
    said.says("scaffold-doctor.json");
    let report = std::fs::read_to_string(patient.path("scaffold-doctor.json")).unwrap();
    let home = patient.sandbox.home().display().to_string();
    for secret in ["hunter2", "me:pass", home.as_str(), "\"ada\"", "/ada/"] {
        assert!(!report.contains(secret), "{secret}: {report}");
    }
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(report["variables"].to_string().contains("SECRET_TOKEN"));
    assert_eq!(report["doctor"]["schema"], 1);
    assert!(report["programs"]["git"].is_string());
    // A report is written over one, and over nothing else.
    patient.unwatched(&["--report"]).says("wrote");
    let refused = patient.unwatched(&["--report=pyproject.toml"]).code(2);
    refused.says("is no report");
    let kept = std::fs::read_to_string(patient.path("pyproject.toml")).unwrap();
    assert!(kept.starts_with("[project]"));
}

#[test]
fn outside_of_a_project_the_machine_is_looked_at() {
    let sandbox = Sandbox::new();
    let said = run(sandbox.scaffold().args(["doctor", "venv"])).code(0);
    assert!(said.stdout.contains("This is no project"), "{said:?}");
}

#[test]
fn a_diff_shows_no_secret() {
    let patient = Patient::healthy();
    std::fs::write(patient.path(".env.example"), "API_KEY=\nOTHER=\n").unwrap();
    std::fs::write(patient.path(".env"), "API_KEY=sk_live_hunter2\n").unwrap();
    for format in ["text", "json"] {
        let arguments = ["CFG005", "--fix", "--dry-run", "--format", format];
        let said = patient.doctor(&arguments);
        let all = said.stdout + &said.stderr;
        assert!(all.contains("+OTHER=") && !all.contains("hunter2"), "{all}");
    }
}
