//! Where answers come from, and what is said of wrong ones.

use super::new;
use crate::support::{Sandbox, names, run};

#[test]
fn the_strongest_source_of_an_answer_wins() {
    let sandbox = Sandbox::new();
    let config = sandbox.home().join(".config/scaffold");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "author = \"Config\"\nlicense = \"apache-2.0\"\nci = \"none\"\ndocs = \"none\"\nplatform = \"aws\"\n").unwrap();
    std::fs::write(
        sandbox.path("answers.toml"),
        "author = \"File\"\nci = \"github\"\ntimeout = 20\n",
    )
    .unwrap();
    let finished = run(sandbox
        .scaffold()
        .args([
            "new",
            "hello",
            "--dry-run",
            "--format",
            "json",
            "--answers",
            "answers.toml",
        ])
        .args([
            "--set",
            "author=Set",
            "--docs",
            "mkdocs",
            "--python",
            "3.12",
        ])
        .env("SCAFFOLD_AUTHOR", "Environment")
        .env("SCAFFOLD_LICENSE", "bsd")
        .env("SCAFFOLD_EMAIL", "environment@example.com"))
    .code(0);
    let answers =
        serde_json::from_str::<serde_json::Value>(&finished.stdout).unwrap()["answers"].clone();
    for (key, expected) in [
        ("author", "Set"),
        ("ci", "github"),
        ("license", "bsd-3-clause"),
        ("docs", "mkdocs"),
        ("platform", "aws-lambda"),
        ("email", "environment@example.com"),
        ("python", "3.12"),
    ] {
        assert_eq!(answers[key], expected, "{key}");
    }
    assert_eq!(answers["timeout"], 20);
}

#[test]
fn git_says_who_the_author_is() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &["hello", "--dry-run", "--format", "json"]).code(0);
    let plan: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(plan["answers"]["author"], "Ada Lovelace");
    assert_eq!(plan["answers"]["email"], "ada@example.com");
}

#[test]
fn a_wrong_answer_is_named_with_what_is_allowed_and_the_nearest() {
    let sandbox = Sandbox::new();
    for (arguments, said) in [
        (
            &["--platform", "vercle"][..],
            &[
                "platform `vercle` (--platform) is not one of vercel, aws-lambda",
                "did you mean `vercel`?",
            ][..],
        ),
        (
            &["--set", "timout=3", "--platform", "aws"],
            &[
                "there is no question `timout` (--set timout)",
                "did you mean `timeout`?",
            ],
        ),
        (
            &["--set", "timeout=3"],
            &[
                "`timeout` (--set timeout) is a question of platform/aws-lambda/trigger/http",
                "it goes with --platform aws-lambda",
            ],
        ),
        (
            &["--set", "timeout=many", "--platform", "aws"],
            &["timeout `many` (--set timeout) is not a whole number"],
        ),
        (
            &["--set", "memory=1", "--platform", "aws"],
            &["memory `1` (--set memory) is not between 128 and 10240"],
        ),
        (
            &["--python", "2.7"],
            &["python `2.7` (--python) is not a Python that Vercel runs: 3.12"],
        ),
        (
            &["--set", "platform"],
            &["`--set platform` is not KEY=VALUE"],
        ),
        (
            &["--trigger", "queue"],
            &["trigger `queue` (--trigger) is not one of http"],
        ),
        (
            &["--email", "ada"],
            &["email `ada` (--email) is not an address"],
        ),
        (
            &["--author", "a\nb"],
            &["has a control character or a line break"],
        ),
        (
            &["--python", "3.31"],
            &["python `3.31` (--python) is not", "did you mean `3.13`?"],
        ),
        (
            &["--answers", "gone.toml"],
            &["there is no file `gone.toml`", "`platform = \"vercel\"`"],
        ),
    ] {
        let finished = new(&sandbox, &[&["hello"], arguments].concat()).code(2);
        for text in said {
            assert!(
                finished.stderr.contains(text),
                "{arguments:?}\n{}",
                finished.stderr
            );
        }
        assert_eq!(finished.stdout, "");
    }
    assert_eq!(names(&sandbox.work()), [""; 0]);
}

#[test]
fn a_file_of_answers_that_is_none_is_named_with_line_and_column() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("bad.toml"), "platform = \"vercel\"\nci = x\n").unwrap();
    for (file, said) in [
        (
            "bad.toml",
            &["error: bad.toml:2:6: ", "texts in quotes"][..],
        ),
        (
            "baad.toml",
            &["no file `baad.toml`", "did you mean `bad.toml`?"],
        ),
    ] {
        let finished = new(&sandbox, &["hello", "--answers", file]).code(2);
        for text in said {
            finished.says(text);
        }
    }
    assert_eq!(names(&sandbox.work()), ["bad.toml"]);
}

#[test]
fn a_number_in_quotes_is_refused_with_the_line_to_write() {
    let sandbox = Sandbox::new();
    let text = "platform = \"aws\"\ntimeout = \"20\"\n";
    std::fs::write(sandbox.path("team.toml"), text).unwrap();
    let finished = new(&sandbox, &["hello", "--answers", "team.toml"]).code(2);
    for text in [
        "timeout `\"20\"` (team.toml) is not a whole number",
        "write it without quotes: timeout = 20\n",
    ] {
        assert!(finished.stderr.contains(text), "{}", finished.stderr);
    }
}

#[test]
fn a_version_without_quotes_is_a_number_and_said_so() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("team.toml"), "python = 3.10\n").unwrap();
    let finished = new(&sandbox, &["hello", "--answers", "team.toml"]).code(2);
    finished.says("write the version in quotes: without them it is a number");
}

#[test]
fn a_variable_of_nobody_is_warned_of_with_the_nearest() {
    let sandbox = Sandbox::new();
    let finished = run(sandbox
        .scaffold()
        .args(["new", "hello", "--dry-run"])
        .env("SCAFFOLD_PLATTFORM", "vercel")
        .env("SCAFFOLD_NOSTORE", "1")
        .env("SCAFFOLD_QQQQQQQQQ", "1"))
    .code(0);
    for line in [
        "warning: there is no question `plattform` (SCAFFOLD_PLATTFORM); did you mean SCAFFOLD_PLATFORM?\n",
        "warning: there is no question `nostore` (SCAFFOLD_NOSTORE); did you mean SCAFFOLD_NO_STORE?\n",
        "warning: there is no question `qqqqqqqqq` (SCAFFOLD_QQQQQQQQQ)\n",
    ] {
        finished.says(line);
    }
}

#[test]
fn without_a_name_and_a_terminal_it_says_what_to_type() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &[]).code(2);
    finished.says("scaffold new my-function");
}

#[test]
fn verbose_says_where_each_answer_comes_from() {
    let sandbox = Sandbox::new();
    let arguments = ["hello", "-v", "--dry-run", "--set", "license=bsd"];
    let finished = new(&sandbox, &arguments).code(0);
    for line in [
        "platform = \"vercel\" (by default)",
        "license = \"bsd-3-clause\" (--set license)",
        "author = \"Ada Lovelace\" (git's configuration)",
    ] {
        assert!(
            finished.stderr.contains(line),
            "{line}\n{}",
            finished.stderr
        );
    }
}

#[test]
fn a_name_that_no_file_system_takes_is_refused_with_one_that_works() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &[&"a".repeat(300)]).code(2);
    finished.says("a name that works");
}
