//! PLAT: projects as `new` makes them, and what breaks them.

mod others;

use std::collections::BTreeMap;

use super::fix::Made;
use super::states;
use crate::support::{Finished, tree};

fn vercel() -> Made {
    Made::new(&["--no-env", "--python", "3.13", "--platform", "vercel"])
}

fn lambda() -> Made {
    Made::new(&["--no-env", "--python", "3.13", "--platform", "aws-lambda"])
}

/// Replaces in a file what must be there.
#[track_caller]
fn edit(made: &Made, below: &str, old: &str, new: &str) {
    let text = std::fs::read_to_string(made.path(below)).unwrap();
    assert!(text.contains(old), "{below}: {text}");
    std::fs::write(made.path(below), text.replace(old, new)).unwrap();
}

/// The codes of the group that are found; nothing is changed by that.
fn found(made: &Made) -> Vec<String> {
    let before = tree(&made.path(""), &[]);
    let said = made.doctor(&["plat", "--format", "json"]);
    assert!(
        tree(&made.path(""), &[]) == before,
        "a check changes nothing"
    );
    bad(&states(&said))
}

fn bad(states: &BTreeMap<String, String>) -> Vec<String> {
    let bad = states
        .iter()
        .filter(|(_, state)| !matches!(state.as_str(), "healthy" | "skipped"));
    bad.map(|(code, _)| code.clone()).collect()
}

/// Lets it mend all that it can, twice.
fn mended(made: &Made) -> Finished {
    drop(made.doctor(&["plat", "--fix", "--yes"]));
    let once = tree(&made.path(""), &[".git"]);
    let said = made.doctor(&["plat", "--fix", "--yes"]);
    assert!(tree(&made.path(""), &[".git"]) == once, "mended twice");
    said
}

#[test]
fn fresh_projects_are_healthy_whatever_they_were_asked_for() {
    for arguments in [
        &["--platform", "vercel"][..],
        &[
            "--platform",
            "vercel",
            "--set",
            "memory=4096",
            "--set",
            "max_duration=800",
        ],
        &[
            "--platform",
            "vercel",
            "--set",
            "max_duration=1",
            "--set",
            "regions=fra1",
        ],
        &["--platform", "aws-lambda"],
        &[
            "--platform",
            "aws-lambda",
            "--set",
            "memory=10240",
            "--set",
            "timeout=29",
        ],
        &[
            "--platform",
            "aws-lambda",
            "--set",
            "memory=128",
            "--set",
            "architecture=x86_64",
        ],
        &[
            "--platform",
            "aws-lambda",
            "--python",
            "3.12",
            "--example",
            "api",
        ],
    ] {
        let made = Made::new(&[arguments, &["--no-env"]].concat());
        assert_eq!(found(&made), [""; 0], "{arguments:?}");
    }
}

#[test]
fn numbers_that_lambda_refuses_are_set_to_what_it_allows() {
    let made = lambda();
    let template = || std::fs::read_to_string(made.path("template.yaml")).unwrap();
    let whole = template();
    edit(
        &made,
        "template.yaml",
        "Timeout: 10",
        "Timeout: 901  # long",
    );
    edit(
        &made,
        "template.yaml",
        "MemorySize: 256",
        "MemorySize: 20000",
    );
    assert_eq!(found(&made), ["PLAT014", "PLAT015"]);
    let said = made.doctor(&["PLAT014"]).code(1);
    for words in [
        "`Timeout` of `Function` is 901 s, and AWS Lambda allows at most 900 s",
        "`MemorySize` of `Function` is 20000 MB",
        "template.yaml:",
        "https://docs.aws.amazon.com/",
    ] {
        assert!(said.stdout.contains(words), "{said:?}");
    }
    mended(&made).code(0);
    // No more than the gateway waits for; the comment is still there.
    let expected = whole
        .replace("Timeout: 10", "Timeout: 30  # long")
        .replace("MemorySize: 256", "MemorySize: 10240");
    assert_eq!(template(), expected);
}

#[test]
fn another_python_than_the_projects() {
    let made = lambda();
    let whole = tree(&made.path(""), &[".git"]);
    edit(&made, "template.yaml", "python3.13", "python3.9");
    assert_eq!(found(&made), ["PLAT001", "PLAT003"]);
    let said = made.doctor(&["PLAT001"]).code(0);
    let words = "AWS Lambda has deprecated Python 3.9 since 2025-12-15";
    assert!(said.stdout.contains(words), "{said:?}");
    mended(&made).code(0);
    assert!(tree(&made.path(""), &[".git"]) == whole);
    edit(&made, "template.yaml", "python3.13", "python3.12");
    assert_eq!(found(&made), ["PLAT003"]);
    mended(&made).code(0);
    edit(
        &made,
        "template.yaml",
        "python3.13",
        "!Sub \"python${Version}\"",
    );
    assert_eq!(found(&made), [""; 0]);
}

#[test]
fn a_handler_that_is_not_there() {
    for (old, new, words) in [
        (
            "hello.handler",
            "hello.handle",
            "has no `handle`, the entry point of `Function`; it has `handler`",
        ),
        (
            "hello.handler",
            "helo.handler",
            "which is not there; `src/functions/hello.py` is",
        ),
        (
            "CodeUri: src/",
            "CodeUri: source/",
            "`source/functions/hello.py`, which is not there",
        ),
    ] {
        let made = lambda();
        edit(&made, "template.yaml", old, new);
        assert_eq!(found(&made), ["PLAT008"]);
        let said = made.doctor(&["plat"]).code(1);
        assert!(said.stdout.contains(words), "{said:?}");
    }
    let made = lambda();
    edit(
        &made,
        "src/functions/hello.py",
        "def handler(",
        "async def handler(",
    );
    assert_eq!(found(&made), ["PLAT008"]);
    // One that does not parse is another matter.
    edit(
        &made,
        "src/functions/hello.py",
        "async def handler(",
        "def (",
    );
    assert_eq!(found(&made), [""; 0]);
}

#[test]
fn schedules_of_vercel() {
    for (path, schedule, codes) in [
        ("/api/hello", "0 9 * * 1", &[][..]),
        ("/", "0 9 29 2 *", &[]),
        ("/api/hallo", "0 9 * * 1", &["PLAT019"]),
        ("/api/hello", "0 9 31 2 *", &["PLAT018"]),
        ("/api/hello", "99 99 * * *", &["PLAT017"]),
        ("/api/hello", "0 0 9 * * *", &["PLAT017"]),
        ("/api/hello", "0 9 1 * 1", &["PLAT017"]),
    ] {
        let made = vercel();
        let crons = format!(
            "\"framework\": null,\n  \"crons\": [{{ \"path\": \"{path}\", \"schedule\": \"{schedule}\" }}],"
        );
        edit(&made, "vercel.json", "\"framework\": null,", &crons);
        assert_eq!(found(&made), codes, "{path} {schedule}");
    }
}

#[test]
fn what_vercel_does_not_say() {
    let made = vercel();
    let whole = std::fs::read_to_string(made.path("vercel.json")).unwrap();
    edit(&made, "vercel.json", "\"rewrites\"", "\"rewrite\"");
    assert_eq!(found(&made), ["PLAT020"]);
    mended(&made).code(0);
    assert_eq!(
        std::fs::read_to_string(made.path("vercel.json")).unwrap(),
        whole
    );

    std::fs::write(
        made.path("api/more.py"),
        "def handler(event, context):\n    return {}\n",
    )
    .unwrap();
    assert_eq!(found(&made), ["PLAT008"]);
    std::fs::rename(made.path("api/more.py"), made.path("api/_more.py")).unwrap();
    assert_eq!(found(&made), [""; 0]);

    let functions =
        "\"framework\": null,\n  \"functions\": { \"api/*.js\": { \"maxDuration\": 801 } },";
    edit(&made, "vercel.json", "\"framework\": null,", functions);
    assert_eq!(found(&made), ["PLAT008", "PLAT014"]);
    mended(&made).code(1);
    let text = std::fs::read_to_string(made.path("vercel.json")).unwrap();
    assert!(text.contains("{ \"maxDuration\": 800 }"), "{text}");
}

#[test]
fn a_secret_that_would_be_uploaded() {
    let made = vercel();
    let text = std::fs::read_to_string(made.path(".vercelignore")).unwrap();
    let lines = text.lines().filter(|it| !it.contains(".env"));
    let without: String = lines.map(|it| format!("{it}\n")).collect();
    std::fs::write(made.path(".vercelignore"), &without).unwrap();
    // It may come: there is an example of it.
    assert_eq!(found(&made), ["PLAT009"]);
    made.doctor(&["PLAT009"]).code(0);
    std::fs::write(made.path(".env"), "TOKEN=hidden\n").unwrap();
    let said = made.doctor(&["PLAT009"]).code(1);
    assert!(!said.stdout.contains("hidden"), "{said:?}");
    // That is safe, and done without a yes.
    made.doctor(&["plat", "--fix"]).code(0);
    let text = std::fs::read_to_string(made.path(".vercelignore")).unwrap();
    assert_eq!(text, without + ".env\n");
}

#[test]
fn a_python_that_the_platform_does_not_run() {
    let made = vercel();
    edit(
        &made,
        "pyproject.toml",
        "python = \"3.13\"",
        "python = \"3.11\"",
    );
    assert_eq!(found(&made), ["PLAT002"]);
    let said = made.doctor(&["plat"]).code(1);
    let words = "Vercel does not run Python 3.11: it runs 3.12, 3.13, 3.14";
    assert!(said.stdout.contains(words), "{said:?}");
}

#[test]
fn what_was_known_long_ago_is_a_remark() {
    let made = lambda();
    edit(
        &made,
        "template.yaml",
        "MemorySize: 256",
        "MemorySize: 20000",
    );
    made.doctor(&["PLAT014"]).code(1);
    let mut later = made.sandbox.scaffold();
    later
        .args(["doctor", "PLAT014"])
        .current_dir(made.path(""))
        .env("SOURCE_DATE_EPOCH", "1900000000");
    let said = crate::support::run(&mut later).code(0);
    assert!(said.stdout.contains("as of 2026-11-22"), "{said:?}");
}
