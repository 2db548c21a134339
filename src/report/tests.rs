//! The same findings in every format.

use serde_json::Value;

use super::{Format, ordered, render};
use crate::finding::{Finding, Severity};
use crate::host::Host;
use crate::repo_path::RepoPath;
use crate::ui::{ColorChoice, Ui, Verbosity};

fn findings() -> Vec<Finding> {
    let file = |code: &'static str, message: &str, path: &[u8]| {
        Finding::error(code, message).in_file(&RepoPath::new(path.to_vec()))
    };
    let mut warning = file("mypy/note", "name \u{1b}[31m\nis 100% odd", b"src/b.py").at(2, None);
    warning.severity = Severity::Warning;
    vec![
        Finding::error("pytest", "2 tests failed"),
        file("z", "later", b"src/b.py").at(10, Some(1)),
        warning,
        file("b", "second code", b"src/b.py").at(10, Some(1)),
        file("large-files", "file of 3 KiB", b"src/b.py").help("hand it to git-lfs"),
        file("large-files", "file of 4 KiB", b"src/c.bin").help("hand it to git-lfs"),
        file("a", "first column", b"src/b.py").at(9, Some(7)),
        file("a", "odd name", b"a b,c:%\n\xff.py").at(1, Some(2)),
        file("a", "odd name", b"a b,c:%\n\xff.py").at(3, Some(2)),
        file("a", "-dash", "-é.py".as_bytes()).at(1, None),
        Finding::error("black", "black is not installed").help("install it"),
    ]
}

fn rendered(findings: &[Finding], format: Format, color: ColorChoice) -> String {
    let host = Host::made_up("/");
    let ui = Ui::new(color, Verbosity::Normal, &host);
    let titles = |code: &str| (code == "large-files").then_some("No large files");
    render(findings, format, ui.data(), &titles)
}

fn plain(format: Format) -> String {
    rendered(&findings(), format, ColorChoice::Never)
}

#[test]
fn text_is_a_line_for_each_finding_in_order() {
    assert_eq!(
        plain(Format::Text),
        "-é.py:1: -dash [a]\n\
         a b,c:%\\n\\xff.py:1:2: odd name [a]\n\
         a b,c:%\\n\\xff.py:3:2: odd name [a]\n\
         src/b.py: file of 3 KiB [large-files]\n  \
           help: hand it to git-lfs\n\
         src/b.py:2: warning: name \\u{1b}[31m\n  is 100% odd [mypy/note]\n\
         src/b.py:9:7: first column [a]\n\
         src/b.py:10:1: second code [b]\n\
         src/b.py:10:1: later [z]\n\
         src/c.bin: file of 4 KiB [large-files]\n\
         error: 2 tests failed [pytest]\n\
         error: black is not installed [black]\n  \
           help: install it\n"
    );
}

#[test]
fn colour_adds_nothing_but_colour() {
    let coloured = rendered(&findings(), Format::Text, ColorChoice::Always);
    assert_ne!(coloured, plain(Format::Text));
    assert_eq!(console::strip_ansi_codes(&coloured), plain(Format::Text));
    for format in [Format::Json, Format::Sarif, Format::Github] {
        assert_eq!(
            rendered(&findings(), format, ColorChoice::Always),
            plain(format)
        );
    }
}

#[test]
fn the_order_does_not_depend_on_who_was_first() {
    let mut turned = findings();
    turned.reverse();
    // Those without a place stay in the order given.
    let places = |all: &[Finding]| {
        ordered(all)
            .into_iter()
            .filter(|it| it.location.is_some())
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(places(&turned), places(&findings()));
}

#[test]
fn json_has_every_path_exactly() {
    let document: Value = serde_json::from_str(&plain(Format::Json)).unwrap();
    assert_eq!(document["schema"], 1);
    let all = document["findings"].as_array().unwrap();
    assert_eq!(all.len(), findings().len());
    assert_eq!(
        all[1],
        serde_json::json!({
            "code": "a", "severity": "error", "message": "odd name",
            "location": {"path": "a b,c:%\\n\\xff.py", "path_bytes": "a%20b%2Cc%3A%25%0A%FF.py", "line": 1, "column": 2},
        })
    );
    assert_eq!(
        all[0]["location"],
        serde_json::json!({"path": "-é.py", "line": 1})
    );
    assert_eq!(all[3]["help"], serde_json::json!(["hand it to git-lfs"]));
    assert_eq!(all[4]["severity"], "warning");
    assert_eq!(all[9].get("location"), None);
    let newline = Finding::error("a", "b").in_file(&RepoPath::new("a\nb"));
    let document: Value =
        serde_json::from_str(&rendered(&[newline], Format::Json, ColorChoice::Never)).unwrap();
    assert_eq!(document["findings"][0]["location"]["path"], "a\nb");
}

#[test]
fn github_gets_a_command_for_each_finding() {
    let commands = plain(Format::Github);
    let lines: Vec<&str> = commands.lines().collect();
    assert_eq!(lines.len(), findings().len());
    assert_eq!(
        lines[1],
        "::error file=a b%2Cc%3A%25%0A\u{fffd}.py,line=1,col=2,title=a::a b,c:%25\\n\\xff.py:1:2: odd name [a]"
    );
    assert_eq!(
        lines[3],
        "::error file=src/b.py,title=large-files::src/b.py: file of 3 KiB [large-files]%0Ahand it to git-lfs"
    );
    assert_eq!(
        lines[4],
        "::warning file=src/b.py,line=2,title=mypy/note::src/b.py:2: name \u{1b}[31m%0Ais 100%25 odd [mypy/note]"
    );
    assert_eq!(lines[9], "::error title=pytest::2 tests failed [pytest]");
    let many: Vec<Finding> = (1..=30_000)
        .map(|line| {
            Finding::error("a", "b")
                .in_file(&RepoPath::new("c"))
                .at(line, None)
        })
        .collect();
    let commands = rendered(&many, Format::Github, ColorChoice::Never);
    assert_eq!(commands.lines().count(), many.len());
}

/// What the suite of the vendors holds against the schema.
const GOLDEN: &str = include_str!("../../tests/fixtures/report/findings.sarif");

#[test]
fn sarif_is_what_the_schema_was_held_against() {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let sarif = plain(Format::Sarif).replace(&version, "\"version\": \"0.0.0\"");
    assert!(
        sarif == GOLDEN,
        "tests/fixtures/report/findings.sarif should be\n{sarif}"
    );
}

#[test]
fn sarif_lists_each_rule_once_and_knows_each_finding() {
    let document: Value = serde_json::from_str(GOLDEN).unwrap();
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings().len());
    let mut prints: Vec<&str> = Vec::new();
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uriBaseId"], "%SRCROOT%");
        prints.push(
            result["partialFingerprints"]["finding/v1"]
                .as_str()
                .unwrap(),
        );
    }
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), results.len());
    let empty: Value =
        serde_json::from_str(&rendered(&[], Format::Sarif, ColorChoice::Never)).unwrap();
    assert_eq!(empty["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_finding_stays_the_same_one_when_its_line_moves() {
    let prints = |offset: u32| {
        let moved: Vec<Finding> = findings()
            .into_iter()
            .map(|mut it| {
                if let Some(place) = &mut it.location {
                    place.line = place.line.map(|line| line + offset);
                }
                it
            })
            .collect();
        let sarif: Value =
            serde_json::from_str(&rendered(&moved, Format::Sarif, ColorChoice::Never)).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        results
            .into_iter()
            .map(|it| it["partialFingerprints"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(prints(0), prints(5));
}
