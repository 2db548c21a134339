//! Fixers run one after another in declared order; checks start at once, and again only for what a fixer changed.

use std::path::PathBuf;

use super::support::Repo;
use crate::support::{Finished, run};

/// A gate that adds a letter to each of its files.
fn adds(letter: &str, files: &str) -> String {
    format!(
        "[tool.scaffold.gates.add-{letter}]\nfix = true\nfiles = ['{files}']\n\
         command = ['sh', '-c', 'echo add-{letter} \"$@\" >> \"$LOG\"; for it; do echo {letter} >> \"$it\"; done', 'sh']\n"
    )
}

/// A check that writes down which files it is called with, and what is in them.
fn looks(name: &str, more: &str) -> String {
    format!(
        "[tool.scaffold.gates.{name}]\n{more}\n\
         command = ['sh', '-c', 'echo {name} \"$@\" >> \"$LOG\"', 'sh']\n"
    )
}

fn log(repo: &Repo) -> PathBuf {
    repo.sandbox.home().join("log")
}

fn commit(repo: &Repo) -> (Finished, Vec<String>) {
    drop(std::fs::remove_file(log(repo)));
    let mut command = repo.command("git");
    command.args(["commit", "--quiet", "--message", "x"]);
    let finished = run(command.env("LOG", log(repo)));
    let text = std::fs::read_to_string(log(repo)).unwrap_or_default();
    let mut calls: Vec<String> = text.lines().map(str::to_owned).collect();
    calls.sort();
    (finished, calls)
}

#[test]
fn fixers_run_in_declared_order_each_on_what_the_last_one_left() {
    for order in [["a", "b", "c"], ["c", "a", "b"]] {
        let repo = Repo::new();
        let names = order.map(|it| format!("add-{it}"));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let gates: String = ["a", "b", "c"].map(|it| adds(it, "*.txt")).concat();
        repo.gates(&names, &gates);
        repo.commit_unchecked("start");
        repo.stage("x.txt", "");
        repo.stage("y.txt", "0\n");
        let (finished, calls) = commit(&repo);
        finished.code(0);
        assert_eq!(calls.len(), 3);
        let added = format!("{}\n", order.join("\n"));
        assert_eq!(repo.at_revision("HEAD", "x.txt"), added);
        assert_eq!(repo.at_revision("HEAD", "y.txt"), format!("0\n{added}"));
        assert_eq!(repo.ask(&["status", "--porcelain"]), "");
    }
}

#[test]
fn a_check_is_repeated_only_for_what_a_fixer_changed() {
    let repo = Repo::new();
    let gates = [
        adds("a", "x.txt"),
        looks("by-file", "files = ['*.txt']"),
        looks("others", "files = ['*.md']"),
        looks("in-tree", "needs = 'tree'"),
        looks("elsewhere", "needs = 'tree'\nfiles = ['*.md']"),
    ]
    .concat();
    repo.gates(
        &["by-file", "others", "in-tree", "elsewhere", "add-a"],
        &gates,
    );
    repo.commit_unchecked("start");
    for path in ["x.txt", "y.txt", "z.md"] {
        repo.stage(path, "0\n");
    }
    let (finished, calls) = commit(&repo);
    finished.code(0);
    assert_eq!(
        calls,
        [
            "add-a ./x.txt",
            "by-file ./x.txt",
            "by-file ./x.txt ./y.txt",
            "elsewhere",
            "in-tree",
            "in-tree",
            "others ./z.md",
        ]
    );
    // Where no fixer changes anything, nothing is repeated.
    repo.stage("y.txt", "1\n");
    let (finished, calls) = commit(&repo);
    finished.code(0);
    assert_eq!(calls, ["by-file ./y.txt", "in-tree"]);
}

#[test]
fn a_check_is_held_to_the_content_after_the_fixers() {
    // What fails before the fixers and not after them is no failure; the other way round, it is.
    for (script, code) in [
        ("! grep -L a \"$@\" | grep .", 0),
        ("! grep -l a \"$@\" | grep .", 1),
    ] {
        for names in [["judge", "add-a"], ["add-a", "judge"]] {
            for more in [false, true] {
                let repo = Repo::new();
                let judge = format!(
                    "[tool.scaffold.gates.judge]\nfiles = ['*.txt']\ncommand = ['sh', '-c', '''{script}''', 'sh']\n"
                );
                repo.gates(&names, &[adds("a", "x.txt"), judge].concat());
                repo.commit_unchecked("start");
                repo.stage("x.txt", "0\n");
                if more {
                    // Content that the fixer leaves as it is, and that passes either way.
                    repo.stage("y.txt", if code == 0 { "a\n" } else { "0\n" });
                }
                commit(&repo).0.code(code);
                assert_eq!(repo.read("x.txt"), "0\na\n");
            }
        }
    }
}

#[test]
fn a_native_gate_sees_what_a_tool_made() {
    let repo = Repo::new();
    let spoils = "[tool.scaffold.gates.spoil]\nfix = true\nfiles = ['*.txt']\n\
        command = ['sh', '-c', 'for it; do printf \"x  \\n\" > \"$it\"; done', 'sh']\n";
    repo.gates(&["trailing-whitespace", "spoil"], spoils);
    repo.commit_unchecked("start");
    repo.stage("a.txt", "y\n");
    let (finished, _) = commit(&repo);
    let said = finished.code(1);
    assert!(said.stderr.contains("a.txt:1"), "{said:?}");
}

#[test]
fn native_fixes_are_what_tools_get_to_see() {
    let repo = Repo::new();
    let judge = "[tool.scaffold.gates.judge]\nfiles = ['*.txt']\n\
        command = ['sh', '-c', 'echo judge >> \"$LOG\"; ! grep \" $\" \"$@\"', 'sh']\n";
    repo.gates(&["trailing-whitespace", "judge"], judge);
    repo.commit_unchecked("start");
    repo.stage("a.txt", "x  \n");
    let (finished, calls) = commit(&repo);
    finished.code(0);
    assert_eq!(calls, ["judge"]);
}

#[test]
fn checks_start_while_a_fixer_is_still_at_work() {
    let repo = Repo::new();
    // Each waits for the other: one after the other, neither would ever end.
    let waits = |own: &str, other: &str, fix: bool| {
        format!(
            "[tool.scaffold.gates.{own}]\nfiles = ['*.txt']\nfix = {fix}\ntimeout = 60\n\
             command = ['sh', '-c', 'touch \"$LOG.{own}\"; until [ -e \"$LOG.{other}\" ]; do sleep 0.01; done', 'sh']\n"
        )
    };
    let gates = [
        waits("mender", "checker", true),
        waits("checker", "mender", false),
    ]
    .concat();
    repo.gates(&["mender", "checker"], &gates);
    repo.stage("a.txt", "x\n");
    let mut command = repo.command(env!("CARGO_BIN_EXE_scaffold"));
    command.args(["check", "--staged", "--fix", "--jobs", "2"]);
    run(command.env("LOG", log(&repo))).code(0);
}

#[test]
fn a_fixer_that_breaks_down_leaves_no_trace() {
    let repo = Repo::new();
    let breaks = "[tool.scaffold.gates.breaks]\nfix = true\nfiles = ['*.txt']\ntimeout = 0.5\n\
        command = ['sh', '-c', 'echo half > \"$1\"; sleep 300', 'sh']\n";
    repo.gates(
        &["add-a", "breaks", "add-b"],
        &[adds("a", "*.txt"), adds("b", "*.txt"), breaks.to_owned()].concat(),
    );
    repo.commit_unchecked("start");
    repo.stage("x.txt", "0\n");
    let (finished, calls) = commit(&repo);
    let said = finished.code(1);
    assert_eq!(calls, ["add-a ./x.txt"]);
    assert!(!repo.read("x.txt").contains("half"), "{said:?}");
    assert!(said.stderr.contains("`breaks` broke down"), "{said:?}");
    assert_eq!(repo.ask(&["rev-list", "--count", "HEAD"]), "1");
}
