//! `--plan`, `--list` and `--shard`: what would run on what.

use std::collections::BTreeSet;

use super::support::Repo;

/// A project with gates of all kinds and fifty files.
fn project() -> Repo {
    let repo = Repo::new();
    repo.configure(
        "[tool.scaffold.stages]\npre-commit = ['trailing-whitespace', 'black']\npre-push = ['everything']\n\
         commit-msg = ['conventional-commit']\n[tool.scaffold.gates.everything]\nneeds = 'tree'\ncommand = ['true', 'now']\n",
    );
    for number in 0..50 {
        repo.stage(format!("folder/{number}.py"), format!("x = {number}\n"));
    }
    repo
}

#[test]
fn the_plan_says_what_would_run_and_what_would_not() {
    let repo = project();
    let said = repo.check(["--plan", "--staged"]).code(0);
    assert!(
        said.stdout
            .contains("+ trailing-whitespace  native, 51 files\n"),
        "{said:?}"
    );
    assert!(
        said.stdout.contains("+ black  tool, 50 files\n"),
        "{said:?}"
    );
    assert!(
        said.stdout.contains("+ everything  command, 51 files\n"),
        "{said:?}"
    );
    let said = repo.check(["--plan", "--fix"]);
    assert_eq!(said.code, Some(2), "{said:?}");

    repo.commit_unchecked("start");
    repo.stage("a.txt", "");
    let said = repo.check(["--plan", "--staged"]).code(0);
    assert!(
        said.stdout
            .contains("- black  skipped: no file that it is for is staged\n"),
        "{said:?}"
    );
    let plan = repo.checked(&["--plan", "--staged"], 0);
    let gates = plan["plan"].as_array().unwrap();
    assert_eq!(gates.len(), 3);
    assert_eq!(gates[0]["gate"], "trailing-whitespace");
    assert_eq!(gates[0]["engine"], "native");
    assert_eq!(gates[0]["files"], serde_json::json!(["a.txt"]));
    assert_eq!(gates[1]["needs"], "files");
    assert!(gates[1]["skipped"].is_string());
    assert_eq!(gates[2]["needs"], "tree");
    assert_eq!(gates[2]["engine"], "command");
    let mut skipping = project();
    skipping.set("SCAFFOLD_SKIP", "format");
    let said = skipping.check(["--plan"]).code(0);
    assert!(
        said.stdout
            .contains("- black  skipped: SCAFFOLD_SKIP says so"),
        "{said:?}"
    );
}

#[test]
fn why_a_gate_is_skipped_is_said_in_words_that_fit_what_is_checked() {
    let repo = Repo::new();
    repo.gates(&["black"], "");
    repo.commit_unchecked("start");
    repo.stage("a.txt", "");
    repo.commit_unchecked("more");
    let why = |arguments: &[&str]| {
        let all = arguments.iter().chain(&["--plan"]);
        let said = repo.check(all).code(0).stdout;
        let (_, why) = said.split_once("skipped: ").unwrap();
        why.trim_end().to_owned()
    };
    assert_eq!(why(&[]), "there are no files for it");
    assert_eq!(why(&["--all-files"]), "there are no files for it");
    assert_eq!(why(&["--staged"]), "no file that it is for is staged");
    assert_eq!(
        why(&["--from", "HEAD~"]),
        "no file that it is for has changed"
    );
    // Where nothing at all is under check, it is said as well, and a mistake is one.
    let said = repo.check(["--staged"]).code(0);
    assert!(
        said.stderr
            .contains("- black  skipped: no file that it is for is staged"),
        "{said:?}"
    );
    let said = repo.check(["--staged", "--gate", "blak"]).code(2);
    assert!(said.stderr.contains("did you mean `black`?"), "{said:?}");
    repo.configure("[tool.scaffold.stages]\npre-commit = []\n");
    for arguments in [&["--staged"] as &[&str], &["--plan"]] {
        let said = repo.check(arguments).code(0);
        assert!(said.stderr.contains("no stage has a gate"), "{said:?}");
    }
}

#[test]
fn a_plan_and_a_list_are_no_findings() {
    let repo = project();
    for what in ["--plan", "--list"] {
        for format in ["sarif", "github"] {
            let said = repo.check([what, "--format", format]).code(2);
            assert_eq!(said.stdout, "");
            assert!(said.stderr.contains("text or json"), "{said:?}");
        }
    }
}

#[test]
fn the_list_has_every_gate_and_where_it_runs() {
    let repo = project();
    let said = repo.check(["--list"]).code(0);
    for line in [
        "trailing-whitespace",
        "true now",
        "at pre-commit",
        "at pre-push",
        "at commit-msg",
        "mends",
        "of this project",
    ] {
        assert!(said.stdout.contains(line), "{line}: {}", said.stdout);
    }
    let list = repo.checked(&["--list"], 0);
    let gates = list["gates"].as_array().unwrap();
    let of = |name: &str| gates.iter().find(|it| it["gate"] == name).unwrap();
    assert_eq!(
        of("black")["stages"],
        serde_json::json!(["pre-commit", "pre-merge-commit"])
    );
    assert_eq!(of("black")["group"], "format");
    assert_eq!(of("black")["fixes"], true);
    assert_eq!(of("everything")["stages"], serde_json::json!(["pre-push"]));
    assert_eq!(
        of("conventional-commit")["stages"],
        serde_json::json!(["commit-msg"])
    );
    assert_eq!(of("pytest")["stages"], serde_json::json!([]));
    // Every group that is named can be asked for.
    for gate in gates {
        let group = gate["group"].as_str().unwrap();
        if group != "message" && group != "of this project" {
            repo.check(["--plan", "--gate", group]).code(0);
        }
    }
}

#[test]
fn the_shards_together_are_everything_and_nothing_twice() {
    let repo = project();
    let planned = |arguments: &[&str]| {
        let all: Vec<&str> = [&["--plan", "--staged"], arguments].concat();
        let plan = repo.checked(&all, 0);
        let mut files = Vec::new();
        for gate in plan["plan"].as_array().unwrap() {
            if gate["skipped"].is_null() {
                let list = gate["files"].as_array().unwrap();
                files.extend(list.iter().map(|it| format!("{} {it}", gate["gate"])));
            }
        }
        files
    };
    let whole: BTreeSet<String> = planned(&[]).into_iter().collect();
    for of in [1, 2, 3, 7] {
        let mut parts = Vec::new();
        for number in 1..=of {
            let part = planned(&["--shard", &format!("{number}/{of}")]);
            let has_tree = part.iter().any(|it| it.contains("everything"));
            assert_eq!(has_tree, number == 1);
            assert!(of < 2 || part.len() < whole.len());
            parts.extend(part);
        }
        let union: BTreeSet<String> = parts.iter().cloned().collect();
        assert_eq!(union.len(), parts.len(), "{of}");
        assert_eq!(union, whole, "{of}");
    }
    // What is checked is what was planned: a file found in one shard is found in no other.
    repo.stage("folder/bad.txt", "x  \n");
    let codes: Vec<Option<i32>> = (1..=3)
        .map(|it| {
            let shard = format!("{it}/3");
            let gate = ["--gate", "trailing-whitespace", "--staged"];
            repo.check(gate.iter().copied().chain(["--shard", &shard]))
                .code
        })
        .collect();
    assert_eq!(codes.iter().filter(|it| **it == Some(1)).count(), 1);
    assert_eq!(codes.iter().filter(|it| **it == Some(0)).count(), 2);
    for wrong in ["0/3", "4/3", "1", "1/0", "a/b"] {
        let said = repo.check(["--shard", wrong]).code(2);
        assert!(said.stderr.contains("such as 2/4"), "{said:?}");
    }
}
