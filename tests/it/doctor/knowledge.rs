//! What the doctor says of what it knows.

use serde_json::Value;

use super::Patient;

#[test]
fn every_code_is_listed_and_explained() {
    let patient = Patient::without_environment();
    let json = patient.doctor(&["--list", "--format", "json"]).code(0);
    let known: Value = serde_json::from_str(&json.stdout).unwrap();
    let text = patient.doctor(&["--list"]).code(0).stdout;
    let mut last = (String::new(), String::new());
    for check in known["checks"].as_array().unwrap() {
        let [code, group, title, why, remedy] =
            ["code", "group", "title", "why", "remedy"].map(|it| check[it].as_str().unwrap());
        assert!(
            code.starts_with(group) && code[group.len()..].parse::<u16>().is_ok(),
            "{code}"
        );
        // In order within a group, each once.
        let this = (group.to_owned(), code.to_owned());
        assert!(last.0 != this.0 || last.1 < this.1, "{code}");
        last = this;
        assert!(
            text.lines()
                .any(|it| it.contains(code) && it.ends_with(title))
        );
        let explained = patient.doctor(&["--explain", &code.to_lowercase()]).code(0);
        for words in [code, title, why, remedy] {
            assert!(explained.stdout.contains(words), "{code}: {words}");
        }
        assert!(!why.ends_with('.') && remedy.ends_with('.'), "{code}");
    }
}

#[test]
fn what_is_not_known_is_said_with_the_nearest() {
    let patient = Patient::without_environment();
    for arguments in [["VENV04"].as_slice(), &["--explain", "VENV04"]] {
        let said = patient.doctor(arguments).code(2);
        assert!(
            said.stderr.contains("the doctor knows no `VENV04`"),
            "{said:?}"
        );
        assert!(said.stderr.contains("did you mean VENV0"), "{said:?}");
    }
}

#[test]
fn text_and_json_and_exit_code_tell_the_same() {
    let patient = Patient::without_environment();
    let text = patient.doctor(&[]).code(1);
    assert!(text.stdout.contains("✗ VENV001"), "{text:?}");
    let json = patient.doctor(&["--format", "json"]).code(1);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["errors"], &json["warnings"]), (&1.into(), &0.into()));
    patient.doctor(&["VENV002"]).code(0);
    patient.doctor(&["VENV001"]).code(1);
    patient.doctor(&["venv"]).code(1);
}

/// The page of all codes, made from what the program itself lists.
fn page(list: &Value) -> String {
    let mut page = String::from(
        "# What the doctor knows\n\n\
         Every condition that `scaffold doctor` looks for, as `scaffold doctor --list` has them; `scaffold doctor --explain CODE` says the same of\n\
         one. *safe*: `--fix` mends it by itself; *ask*: once you agree (`--yes` agrees to all); *manual*: what to type is printed, and never run.\n\
         Only an error makes the exit code 1, with `--strict` a warning too; information never does.\n",
    );
    let mut group = "";
    for check in list["checks"].as_array().unwrap() {
        let text = |key: &str| check[key].as_str().unwrap_or_default().replace('|', "\\|");
        if check["group"].as_str().unwrap() != group {
            group = check["group"].as_str().unwrap();
            page.push_str(&format!(
                "\n## {group}\n\n| code | how bad | fix | condition | why it matters | what to do |\n|---|---|---|---|---|---|\n"
            ));
        }
        let needs = match check["needs"].as_str() {
            Some(option) => format!(" (looked at with `{option}`)"),
            None => String::new(),
        };
        page.push_str(&format!(
            "| {} | {} | {} | {}{needs} | {} | {} |\n",
            text("code"),
            text("severity"),
            text("fix"),
            text("title"),
            text("why"),
            text("remedy"),
        ));
    }
    page
}

/// `SCAFFOLD_BLESS=1 cargo test doctor::knowledge` writes it anew.
#[test]
fn the_page_of_all_codes_is_the_list() {
    let patient = Patient::without_environment();
    let list = patient.doctor(&["--list", "--format", "json"]).code(0);
    let page = page(&serde_json::from_str(&list.stdout).unwrap());
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/doctor/README.md");
    if std::env::var_os("SCAFFOLD_BLESS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "src/doctor/README.md is not what the doctor knows: SCAFFOLD_BLESS=1 cargo test doctor::knowledge"
    );
}
