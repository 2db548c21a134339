//! `scaffold check`: what it looks at, what it writes, and its exit code.

use std::path::Path;

use super::support::{Repo, gate, name};
use crate::support::run;

/// Every file, folder and link below a folder, `.git` and all, with its bytes.
fn everything(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let content = if path.is_symlink() {
                let target = std::fs::read_link(&path).unwrap();
                target.to_string_lossy().into_owned().into_bytes()
            } else if path.is_dir() {
                open.push(path.clone());
                Vec::new()
            } else {
                std::fs::read(&path).unwrap()
            };
            all.push((path.to_string_lossy().into_owned(), content));
        }
    }
    all.sort();
    all
}

/// A repository with something to say of every file: staged, unstaged, untracked, and ignored.
fn untidy() -> Repo {
    let repo = Repo::new();
    repo.gates(&["trailing-whitespace"], "");
    repo.stage(".gitignore", "ignored/\n");
    repo.stage("committed.txt", "x  \n");
    repo.commit_unchecked("start");
    repo.stage("staged.txt", "x  \n");
    repo.write("staged.txt", "x\n");
    repo.stage("sub/both.txt", "x\n");
    repo.write("sub/both.txt", "x  \n");
    repo.write("sub/untracked.txt", "x  \n");
    repo.write("ignored/a.txt", "x  \n");
    repo
}

/// The files in which something was found.
#[track_caller]
fn found(repo: &Repo, arguments: &[&str]) -> Vec<String> {
    let all: Vec<&str> = arguments
        .iter()
        .chain(&["--format", "json"])
        .copied()
        .collect();
    let said = repo.check(&all);
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let mut paths: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["location"]["path"].as_str().unwrap().to_owned())
        .collect();
    paths.dedup();
    assert_eq!(said.code == Some(0), paths.is_empty());
    paths
}

#[test]
fn each_scope_is_what_it_says() {
    let repo = untidy();
    assert_eq!(
        found(&repo, &[]),
        ["committed.txt", "sub/both.txt", "sub/untracked.txt"]
    );
    assert_eq!(found(&repo, &["--staged"]), ["staged.txt"]);
    assert_eq!(
        found(&repo, &["--all-files"]),
        ["committed.txt", "staged.txt"]
    );
    repo.commit_unchecked("more");
    assert_eq!(found(&repo, &["--from", "HEAD~"]), ["staged.txt"]);
    assert_eq!(
        found(&repo, &["--from", "HEAD~", "--to", "HEAD"]),
        ["staged.txt"]
    );
    assert_eq!(found(&repo, &["--from", "HEAD", "--to", "HEAD~"]), [""; 0]);
    assert_eq!(found(&repo, &["--staged"]), [""; 0]);
    let said = repo.check(["--from", "nowhere"]).code(2);
    assert!(said.stderr.contains("`nowhere`"), "{said:?}");
    for pair in [["--staged", "--all-files"], ["--all-files", "--from=HEAD"]] {
        repo.check(pair).code(2);
    }
}

#[test]
fn a_range_is_what_one_side_brings() {
    let repo = untidy();
    repo.git(["reset", "--quiet", "--hard"]).code(0);
    repo.git(["checkout", "--quiet", "-b", "side"]).code(0);
    repo.stage("side.txt", "x  \n");
    repo.commit_unchecked("side");
    repo.git(["checkout", "--quiet", "main"]).code(0);
    repo.stage("main.txt", "x  \n");
    repo.commit_unchecked("main");
    assert_eq!(
        found(&repo, &["--from", "main", "--to", "side"]),
        ["side.txt"]
    );
    // What the range has is looked at, and not what the work tree has.
    repo.git(["checkout", "--quiet", "side"]).code(0);
    repo.write("side.txt", "x\n");
    assert_eq!(found(&repo, &["--from", "main"]), ["side.txt"]);
}

#[test]
fn paths_narrow_it() {
    let repo = untidy();
    assert_eq!(
        found(&repo, &["sub"]),
        ["sub/both.txt", "sub/untracked.txt"]
    );
    assert_eq!(found(&repo, &["sub/"]).len(), 2);
    assert_eq!(found(&repo, &["."]).len(), 3);
    assert_eq!(found(&repo, &["sub/both.txt"]), ["sub/both.txt"]);
    assert_eq!(
        found(&repo, &["committed.txt", "./sub/../sub/both.txt"]),
        ["committed.txt", "sub/both.txt"]
    );
    let absolute = repo.path("sub");
    assert_eq!(found(&repo, &[absolute.to_str().unwrap()]).len(), 2);
    // An ignored file that is named is meant.
    assert_eq!(found(&repo, &["ignored/a.txt"]), ["ignored/a.txt"]);
    assert_eq!(found(&repo, &["--staged", "sub"]), [""; 0]);
    assert_eq!(found(&repo, &["--staged", "staged.txt"]), ["staged.txt"]);
    assert_eq!(found(&repo, &["--all-files", "committed.txt"]).len(), 1);
    // From a folder below, they are relative to that.
    let mut below = repo.command_in("sub", env!("CARGO_BIN_EXE_scaffold"));
    let said = run(below.args(["check", "both.txt"])).code(1);
    assert!(said.stdout.contains("sub/both.txt:1"), "{said:?}");
}

#[test]
fn a_path_that_is_not_there_or_lies_outside_is_an_error() {
    let repo = untidy();
    for scope in [
        &[][..],
        &["--staged"],
        &["--all-files"],
        &["--from", "HEAD"],
    ] {
        let check = |path: &str| repo.check(scope.iter().chain(&[path])).code(2);
        let said = check("nowhere.txt");
        assert!(said.stderr.contains("`nowhere.txt`"), "{said:?}");
        let said = check("..");
        assert!(said.stderr.contains("not in this repository"), "{said:?}");
        let home = repo.sandbox.home();
        let said = check(home.to_str().unwrap());
        assert!(said.stderr.contains("not in this repository"), "{said:?}");
    }
    // Deleted in the work tree, it still is something that is checked.
    std::fs::remove_file(repo.path("staged.txt")).unwrap();
    assert_eq!(found(&repo, &["--staged", "staged.txt"]), ["staged.txt"]);
    let said = run(repo
        .command(env!("CARGO_BIN_EXE_scaffold"))
        .current_dir(repo.sandbox.home())
        .arg("check"))
    .code(2);
    assert!(said.stderr.contains("git init"), "{said:?}");
}

/// A repository with tools and gates of every kind.
fn tooled() -> Repo {
    let repo = Repo::new();
    repo.use_tools();
    repo.configure(
        "[tool.scaffold.stages]\npre-commit = ['hygiene', 'secrets', 'black', 'flake8', 'mine']\npre-push = ['pytest']\n\
         [tool.scaffold.gates.mine]\ncommand = ['true']\n",
    );
    repo.stage("test_a.py", "def test_a():\n    assert True\n");
    repo.commit_unchecked("start");
    repo
}

#[test]
fn a_check_writes_nothing() {
    let repo = tooled();
    repo.stage("bad.py", "x   =  1  \n\n");
    repo.write("bad.py", "x   =  1  \n\ny = 2\n");
    repo.write("worse.py", "import os  \n");
    let before = everything(&repo.path(""));
    for arguments in [
        &[][..],
        &["--staged"],
        &["--all-files"],
        &["--from", "HEAD"],
        &["--plan"],
        &["--list"],
        &["--no-cache"],
        &["--staged", "--no-cache", "--gate", "pytest"],
    ] {
        let said = repo.check(arguments);
        assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
        let after = everything(&repo.path(""));
        let differ: Vec<&String> = after
            .iter()
            .filter(|it| !before.contains(it))
            .map(|it| &it.0)
            .collect();
        assert_eq!(differ, [""; 0], "{arguments:?}");
        assert_eq!(after.len(), before.len(), "{arguments:?}");
    }
}

#[test]
fn a_fix_by_hand_is_made_where_it_was_asked_for() {
    let repo = tooled();
    repo.stage("a.py", "x   =  1  \n\n");
    repo.write("b.py", "y   =  1\n");
    repo.write("c.py", "z   =  1\n");
    repo.check(["--fix", "b.py"]).code(0);
    assert_eq!(repo.read("b.py"), "y = 1\n");
    assert_eq!(repo.read("c.py"), "z   =  1\n");
    let said = repo.check(["--fix"]).code(0);
    assert_eq!(repo.read("a.py"), "x = 1\n");
    assert_eq!(repo.read("c.py"), "z = 1\n");
    assert!(said.stderr.contains("a.py: mended"), "{said:?}");
    // The index is the user's: only a fix of what is staged is staged.
    assert_eq!(repo.at_revision("", "a.py"), "x   =  1  \n\n");
    repo.check(["--fix", "--staged"]).code(0);
    assert_eq!(repo.at_revision("", "a.py"), "x = 1\n");
    // A fix that is not enough is a fix, and a failure.
    repo.write("d.py", "import os  \n");
    repo.check(["--fix"]).code(1);
    assert_eq!(repo.read("d.py"), "import os\n");
    repo.check(["--fix", "--from", "HEAD"]).code(2);
}

#[test]
fn a_fix_by_hand_is_made_even_where_hooks_are_not_to_mend() {
    let repo = Repo::new();
    repo.gates(
        &["trailing-whitespace"],
        "[tool.scaffold.gates.trailing-whitespace]\nfix = false\n",
    );
    repo.write("a.txt", "x  \n");
    repo.check(["--fix"]).code(0);
    assert_eq!(repo.read("a.txt"), "x\n");
}

#[test]
fn every_format_has_the_same_exit_code() {
    for (content, more, code) in [
        ("x\n", "", 0),
        ("x  \n", "", 1),
        (
            "x  \n",
            "[tool.scaffold.gates.mine]\ncommand = ['no-such-program']\n",
            2,
        ),
        ("x\n", "[tool.scaffold.gates.mine]\ncomand = []\n", 2),
    ] {
        let repo = Repo::new();
        let mine = if more.is_empty() { "" } else { ", 'mine'" };
        repo.configure(&format!(
            "[tool.scaffold.stages]\npre-commit = ['trailing-whitespace'{mine}]\n{more}"
        ));
        repo.write("a.txt", content);
        for format in ["text", "json", "sarif", "github"] {
            let said = repo.check(["--format", format]).code(code);
            if code == 1 {
                assert!(said.stdout.contains("a.txt"), "{said:?}");
            }
            repo.check(["--format", format, "--all-files"])
                .code(if code == 1 { 0 } else { code });
        }
    }
}

#[test]
fn warnings_count_where_one_is_strict() {
    let repo = Repo::new();
    repo.use_tools();
    repo.gates(
        &["flake8"],
        "[tool.scaffold.gates.flake8]\nargs = ['--exit-zero']\n",
    );
    repo.write("a.py", "import os\n");
    let said = repo.check([""; 0]).code(0);
    assert!(said.stdout.contains("F401"), "{said:?}");
    assert!(said.stdout.contains("warning:"), "{said:?}");
    assert!(said.stderr.contains("! flake8  1 warning"), "{said:?}");
    let said = repo.check(["--strict"]).code(1);
    assert!(!said.stdout.contains("warning:"), "{said:?}");
    assert!(said.stderr.contains("✗ flake8  1 finding"), "{said:?}");
    let severity = |arguments: &[&str], code| {
        let report = repo.checked(arguments, code);
        report["findings"][0]["severity"].clone()
    };
    assert_eq!(severity(&[], 0), "warning");
    assert_eq!(severity(&["--strict"], 1), "error");
    for format in ["json", "sarif", "github"] {
        repo.check(["--format", format]).code(0);
        repo.check(["--strict", "--format", format]).code(1);
    }
    // A warning is said again, too, when nothing has changed.
    let said = repo.check([""; 0]).code(0);
    assert!(said.stdout.contains("F401"), "{said:?}");
}

#[test]
fn gates_can_be_named() {
    let repo = tooled();
    repo.write("a.py", "import os  \n");
    let report = repo.checked(&["--gate", "flake8"], 1);
    assert_eq!(report["gates"].as_array().unwrap().len(), 1);
    let report = repo.checked(&["--gate", "hygiene,black", "--gate", "mine"], 1);
    for expected in ["trailing-whitespace", "black", "mine"] {
        gate(&report, expected);
    }
    // Also one that no stage has.
    let repo = Repo::new();
    repo.gates(&[], "[tool.scaffold.gates.mine]\ncommand = ['false']\n");
    repo.check([""; 0]).code(0);
    repo.check(["--gate", "mine"]).code(1);
}

#[test]
fn nothing_more_is_started_once_a_gate_has_failed() {
    let repo = Repo::new();
    let log = |number: u8| {
        format!(
            "[tool.scaffold.gates.g{number}]\ncommand = ['sh', '-c', 'echo {number} >> \"$MARK\"; exit 1']\n"
        )
    };
    let gates = format!("{}{}{}", log(1), log(2), log(3));
    repo.gates(&["trailing-whitespace", "g1", "g2", "g3"], &gates);
    repo.write("a.txt", "x\n");
    let mark = repo.sandbox.home().join("mark");
    let check = |arguments: &[&str]| {
        drop(std::fs::remove_file(&mark));
        let mut command = repo.command(env!("CARGO_BIN_EXE_scaffold"));
        command.arg("check").args(arguments).env("MARK", &mark);
        let said = run(&mut command).code(1);
        let called = std::fs::read_to_string(&mark).unwrap_or_default();
        (called.lines().count(), said.stderr)
    };
    assert_eq!(check(&[]).0, 3);
    assert_eq!(check(&["--jobs", "1"]).0, 3);
    let (called, said) = check(&["--jobs", "1", "--fail-fast"]);
    assert_eq!(called, 1, "{said}");
    let both = "- g2, g3  skipped: another gate has failed (--fail-fast)\n";
    assert!(said.contains(both), "{said}");
    repo.write("a.txt", "x  \n");
    assert_eq!(check(&["--fail-fast"]).0, 0);
    repo.check(["--jobs", "0"]).code(2);
}

#[test]
fn a_path_may_have_any_bytes() {
    let repo = Repo::new();
    repo.gates(&["trailing-whitespace"], "");
    let odd = name(b"-\xff\n.txt");
    repo.write(odd, "x  \n");
    let mut command = repo.command(env!("CARGO_BIN_EXE_scaffold"));
    run(command.args(["check", "--"]).arg(odd)).code(1);
    let mut command = repo.command(env!("CARGO_BIN_EXE_scaffold"));
    run(command.args(["check", "--fix", "--"]).arg(odd)).code(0);
    assert_eq!(std::fs::read(repo.path(odd)).unwrap(), b"x\n");
}

#[test]
fn large_new_files_are_found_before_they_are_added() {
    let repo = Repo::new();
    repo.gates(
        &["large-files"],
        "[tool.scaffold.gates.large-files]\nargs = ['--max-kilobytes=1']\n",
    );
    repo.stage("old.bin", vec![1; 4096]);
    repo.commit_unchecked("start");
    repo.check([""; 0]).code(0);
    repo.write("new.bin", vec![1; 4096]);
    assert_eq!(found(&repo, &[]), ["new.bin"]);
}
