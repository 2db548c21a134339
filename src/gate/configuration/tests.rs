//! What is understood of the two tables, and what is refused.

use std::time::Duration;

use super::Configuration;
use crate::gate::{Needs, Stage};
use crate::repo_path::RepoPath;

fn parse(text: &str) -> Configuration {
    Configuration::parse(b"", RepoPath::new("pyproject.toml"), text)
        .unwrap()
        .unwrap()
}

#[track_caller]
fn refused(text: &str, message: &str, hint: &str) {
    let error = Configuration::parse(b"", RepoPath::new("pyproject.toml"), text).unwrap_err();
    assert_eq!(error.message(), message);
    assert!(
        error.hints().join("\n").contains(hint),
        "{:?} has no {hint:?}",
        error.hints()
    );
}

#[test]
fn groups_stand_for_their_gates_in_order() {
    let configuration =
        parse("[tool.scaffold.stages]\npre-commit = ['secrets', 'black', 'hygiene', 'black']\n");
    let gates = configuration.stage(Stage::PreCommit);
    assert_eq!(gates[..2], ["private-key", "black"]);
    assert_eq!(gates.iter().filter(|it| *it == "black").count(), 1);
    assert_eq!(configuration.stage(Stage::PreMergeCommit), gates);
    assert_eq!(configuration.stage(Stage::PrePush), [""; 0]);
}

#[test]
fn options_and_gates_of_the_user_are_read() {
    let configuration = parse(
        "[tool.scaffold.gates.spelling]\ncommand = ['codespell', '-q']\nfiles = ['*.md']\nneeds = 'tree'\ntimeout = 2.5\n\
         env = { A = 'b' }\n[tool.scaffold.gates.black]\nfix = false\nrestage = false\nargs = ['-C']\nexclude = ['old/**']\n",
    );
    let spelling = configuration.settings("spelling");
    assert_eq!(spelling.command.unwrap(), ["codespell", "-q"]);
    assert_eq!(spelling.needs, Some(Needs::Tree));
    assert_eq!(spelling.timeout, Some(Duration::from_millis(2500)));
    assert_eq!(spelling.env["A"], "b");
    assert_eq!(configuration.settings("black").fix, Some(false));
    assert_eq!(configuration.settings("black").exclude, ["old/**"]);
    assert_eq!(
        configuration.custom_gates().collect::<Vec<_>>(),
        ["spelling"]
    );
}

#[test]
fn a_project_that_says_nothing_of_gates_is_none() {
    for text in [
        "",
        "[tool.scaffold]\nversion = '1'\n",
        "[project]\nname = 'scaffold'\n",
    ] {
        let parsed = Configuration::parse(b"", RepoPath::new("pyproject.toml"), text);
        assert!(parsed.unwrap().is_none());
    }
}

#[test]
fn what_nothing_understands_is_named_with_its_line() {
    refused(
        "[tool.scaffold.stages]\npre-comit = []\n",
        "pyproject.toml:2: there is no stage `pre-comit`",
        "did you mean `pre-commit`?",
    );
    refused(
        "[tool.scaffold.stages]\npre-commit = [\n  'hygiene',\n  'blak',\n]\n",
        "pyproject.toml:4: there is no gate or group `blak`",
        "did you mean `black`?",
    );
    refused(
        "[tool.scaffold.gates.black]\nexlude = []\n",
        "pyproject.toml:2: a gate has no option `exlude`",
        "did you mean `exclude`?",
    );
    refused(
        "[tool.scaffold.gates.flake9]\nargs = []\n",
        "pyproject.toml:1: there is no gate `flake9`, and no `command` makes one",
        "did you mean `flake8`?",
    );
    refused(
        "[tool.scaffold.gates.black]\nfix = 'yes'\n",
        "pyproject.toml:2: `fix` must be true or false",
        "",
    );
    refused(
        "[tool.scaffold.gates.black]\ncommand = ['x']\n",
        "pyproject.toml:2: `black` is a gate already, so it takes no `command`",
        "another name",
    );
    refused(
        "[tool.scaffold.gates.black]\nfiles = ['[']\n",
        "pyproject.toml:2: `[` is no glob",
        "",
    );
    refused(
        "[tool.scaffold.gates.lint]\nargs = []\n",
        "pyproject.toml:1: there is no gate `lint`, and no `command` makes one",
        "it is a group: set its gates, ruff, flake8, pylint",
    );
    refused(
        "[tool.scaffold.gates.x]\ncommand = []\n",
        "pyproject.toml:2: `command` must name a program",
        "",
    );
    refused(
        "[tool.scaffold.stage]\npre-commit = []\n",
        "pyproject.toml:1: `tool.scaffold` has no table `stage`",
        "did you mean `stages`?",
    );
}

#[test]
fn an_option_that_would_do_nothing_is_refused() {
    refused(
        "[tool.scaffold.gates.yaml]\nargs = []\nneeds = 'tree'\n",
        "pyproject.toml:3: `yaml` has no use for `needs`",
        "leave it out",
    );
    refused(
        "[tool.scaffold.gates.conventional-commit]\nevery-commit = true\n",
        "pyproject.toml:2: `conventional-commit` has no use for `every-commit`",
        "leave it out",
    );
    refused(
        "[tool.scaffold.gates.flake8]\nfix = true\n",
        "pyproject.toml:2: `flake8` mends nothing",
        "leave out `fix`",
    );
    refused(
        "[tool.scaffold.gates.pytest]\nrestage = false\n",
        "pyproject.toml:2: `pytest` mends nothing",
        "leave out `restage`",
    );
    refused(
        "[tool.scaffold.gates.x]\ncommand = ['x']\nfix = true\nneeds = 'worktree'\n",
        "pyproject.toml:3: `x` mends files, which no tool may do in the work tree itself",
        "needs = \"tree\"",
    );
    refused(
        "[tool.scaffold.gates.large-files]\nfiles = ['*']\nargs = ['--max-kilobyte=3']\n",
        "pyproject.toml:3: large-files: this gate has no argument `--max-kilobyte=3`",
        "--max-kilobytes=N",
    );
    refused(
        "[tool.scaffold.gates.conventional-commit]\nargs = ['--typos=x']\n",
        "pyproject.toml:2: conventional-commit: this gate has no argument `--typos=x`",
        "--types=",
    );
    // Said for all gates alike, they do no harm.
    parse("[tool.scaffold.gates.flake8]\nfix = false\nrestage = true\n");
}

#[test]
fn a_gate_sees_every_commit_of_a_push_or_the_last_alone() {
    let configuration = parse(
        "[tool.scaffold.gates.pytest]\nevery-commit = true\n[tool.scaffold.gates.black]\nevery-commit = false\n",
    );
    let sees = |gate: &str, needs| configuration.settings(gate).sees_every_commit(needs);
    assert!(sees("pytest", Needs::Tree));
    assert!(!sees("mypy", Needs::Tree));
    assert!(!sees("black", Needs::Files));
    assert!(sees("flake8", Needs::Files));
    refused(
        "[tool.scaffold.gates.pytest]\nevery-commit = 1\n",
        "pyproject.toml:2: `every-commit` must be true or false",
        "",
    );
    refused(
        "[tool.scaffold.gates.pytest]\nevery_commit = true\n",
        "pyproject.toml:2: a gate has no option `every_commit`",
        "did you mean `every-commit`?",
    );
    refused(
        "[tool.scaffold.gates.pytest]\nneeds = 'worktree'\nevery-commit = true\n",
        "pyproject.toml:3: `pytest` looks at the work tree, which is not any commit",
        "needs = \"tree\"",
    );
}

#[test]
fn a_file_of_our_own_has_the_tables_at_the_top() {
    let parse = |text: &str| Configuration::parse(b"", RepoPath::new(".scaffold.toml"), text);
    let configuration = parse("[stages]\npre-commit = ['secrets']\n")
        .unwrap()
        .unwrap();
    assert_eq!(configuration.stage(Stage::PreCommit), ["private-key"]);
    let error = parse("[stage]\npre-commit = ['secrets']\n").unwrap_err();
    assert_eq!(
        error.message(),
        ".scaffold.toml:1: there is no table `stage` here"
    );
    assert!(parse("").unwrap().is_none());
}

#[test]
fn folders_below_can_be_swallowed() {
    let text = "[tool.scaffold.projects]\nexclude = ['tests/golden/*', 'data']\n";
    let configuration = parse(text);
    for (folder, expected) in [
        ("tests/golden/one", true),
        ("tests/golden/one/deep", true),
        ("tests/golden", false),
        ("a/data", true),
        ("a", false),
    ] {
        assert_eq!(
            configuration.swallows(folder.as_bytes()).unwrap(),
            expected,
            "{folder}"
        );
    }
    let wrong = "[tool.scaffold.projects]\nexcludes = []\n";
    refused(
        wrong,
        "pyproject.toml:2: `projects` has no option `excludes`",
        "`exclude`",
    );
}

#[test]
fn a_file_that_is_no_toml_is_named() {
    let file = RepoPath::new("a/pyproject.toml");
    let error = Configuration::parse(b"a", file, "[tool.scaffold\n").unwrap_err();
    assert!(
        error.message().starts_with("a/pyproject.toml:1: "),
        "{error}"
    );
}
