//! What is checked is what will be committed: the staged content, under any name, with the staged configuration.

use super::support::{Repo, name};
use crate::support::run;

const GOOD: &str = "x = 1\n";
const BAD: &str = "import os\n";

/// A repository whose commits Flake8 checks, with one commit.
fn linted() -> Repo {
    let repo = Repo::new();
    repo.use_tools();
    repo.gates(&["flake8"], "");
    repo.commit_unchecked("start");
    repo
}

#[test]
fn staged_bad_is_refused_though_the_work_tree_is_good() {
    let repo = linted();
    repo.stage("a.py", BAD);
    repo.write("a.py", GOOD);
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("a.py:1:1"), "{said:?}");
    assert!(said.stderr.contains("'os' imported but unused"), "{said:?}");
    assert_eq!(repo.read("a.py"), GOOD);
    assert_eq!(repo.at_revision("", "a.py"), BAD);
}

#[test]
fn staged_good_passes_though_the_work_tree_is_bad() {
    let repo = linted();
    repo.stage("a.py", GOOD);
    repo.write("a.py", BAD);
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.py"), GOOD);
    assert_eq!(repo.read("a.py"), BAD);
}

#[test]
fn a_staged_file_that_was_deleted_in_the_work_tree_is_checked() {
    let repo = linted();
    repo.stage("a.py", BAD);
    std::fs::remove_file(repo.path("a.py")).unwrap();
    repo.commit().code(1);
    assert!(!repo.path("a.py").exists());
    // A fixer mends what will be committed, and does not bring the file back.
    repo.gates(&["black"], "");
    repo.stage("a.py", "x   =  1\n");
    std::fs::remove_file(repo.path("a.py")).unwrap();
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.py"), GOOD);
    assert!(!repo.path("a.py").exists());
}

#[test]
fn what_is_only_deleted_or_untracked_or_unstaged_changes_no_verdict() {
    let repo = linted();
    repo.stage("old.py", BAD);
    repo.stage("changed.py", GOOD);
    repo.commit_unchecked("more");
    repo.write("changed.py", BAD);
    repo.write("untracked.py", BAD);
    repo.write("meant.py", BAD);
    repo.git(["add", "--intent-to-add", "meant.py"]).code(0);
    repo.git(["rm", "--quiet", "old.py"]).code(0);
    repo.commit().code(0);
    repo.stage("new.py", GOOD);
    repo.commit().code(0);
    assert_eq!(
        repo.ask(&["status", "--porcelain"]),
        " M changed.py\n A meant.py\n?? untracked.py"
    );
}

#[test]
fn a_test_does_not_see_what_is_untracked() {
    let repo = Repo::new();
    repo.use_tools();
    repo.gates(&["pytest"], "");
    repo.write("helper.py", "VALUE = 1\n");
    repo.stage(
        "test_a.py",
        "from helper import VALUE\n\n\ndef test_a():\n    assert VALUE == 1\n",
    );
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("No module named 'helper'"), "{said:?}");
    repo.add("helper.py");
    repo.commit().code(0);
}

#[test]
fn tools_read_the_staged_configuration() {
    let repo = linted();
    let long = format!("x = \"{}\"\n", "y".repeat(90));
    repo.stage(".flake8", "[flake8]\nmax-line-length = 120\n");
    repo.write(".flake8", "[flake8]\nmax-line-length = 79\n");
    repo.stage("a.py", &long);
    repo.commit().code(0);
    // The other way round: what the work tree allows, the commit does not.
    repo.stage(".flake8", "[flake8]\nmax-line-length = 79\n");
    repo.write(".flake8", "[flake8]\nmax-line-length = 120\n");
    repo.stage("b.py", &long);
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("b.py:1:80"), "{said:?}");

    let repo = Repo::new();
    repo.use_tools();
    let gates = "[tool.scaffold.stages]\npre-commit = ['black']\n";
    let single = "[tool.black]\nskip-string-normalization = true\n";
    repo.configure(&format!("{gates}{single}"));
    repo.write("pyproject.toml", gates);
    repo.stage("a.py", "x   = 'a'\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.py"), "x = 'a'\n");
    assert_eq!(repo.read("pyproject.toml"), gates);
}

#[test]
fn gates_are_those_that_the_staged_configuration_names() {
    let repo = Repo::new();
    repo.gates(&["private-key"], "");
    repo.commit_unchecked("start");
    repo.write(
        "pyproject.toml",
        "[tool.scaffold.stages]\npre-commit = ['hygiene']\n",
    );
    repo.stage("a.txt", "x  \n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "x  \n");
    // An unstaged mistake in it stops nothing, and a staged one does.
    repo.write("pyproject.toml", "[tool.scaffold.stages]\nx = ['y']\n");
    repo.stage("b.txt", "x\n");
    repo.commit().code(0);
    repo.add("pyproject.toml");
    repo.commit().code(1);
}

#[test]
fn no_tool_takes_a_name_for_an_option() {
    let repo = linted();
    repo.stage("--exclude=b.py", GOOD);
    repo.stage("--extend-ignore=F401", GOOD);
    repo.stage("b.py", BAD);
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("b.py:1:1"), "{said:?}");
    repo.git(["rm", "--quiet", "--cached", "b.py"]).code(0);
    repo.stage("-dash.py", GOOD);
    repo.commit().code(0);
    repo.stage("-dash.py", BAD);
    repo.commit().code(1);

    repo.gates(&["black", "flake8"], "");
    repo.stage("-dash.py", "x   =  2\n");
    repo.stage("--check.py", "y   =  2\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "-dash.py"), "x = 2\n");
    assert_eq!(repo.at_revision("HEAD", "--check.py"), "y = 2\n");
}

#[test]
fn a_name_of_any_bytes_is_an_ordinary_name() {
    for odd in [
        b"a b.py".as_slice(),
        b"line\nbreak.py",
        b"latin-\xe9.py",
        b"quo\"te's.py",
        b"tab\tand\\.py",
        b"*.py",
        b":(top)x.py",
        b"deep -x/\xff\n/e.py",
    ] {
        let repo = linted();
        let name = name(odd);
        repo.stage(name, BAD);
        let said = repo.commit().code(1);
        // Flake8 itself cannot print every name.
        let found = said.stdout + &said.stderr;
        assert!(found.contains("imported but unused"), "{found}");
        if odd.starts_with(b"latin") {
            assert!(found.contains("latin-\\xe9.py:1:1: "), "{found}");
        }
        repo.gates(&["hygiene", "black", "flake8"], "");
        repo.stage(name, "x   =  1  \ny = 2\nz = 3\n");
        repo.write(name, "x   =  1  \ny = 2\nz = 3\nw = 4\n");
        repo.commit().code(0);
        let mut show = repo.command("git");
        show.args(["diff", "--stat", "HEAD~", "HEAD"]);
        assert!(run(&mut show).code(0).stdout.contains("2 files changed"));
        let on_disk = std::fs::read(repo.path(name)).unwrap();
        assert_eq!(on_disk, b"x = 1\ny = 2\nz = 3\nw = 4\n");
        repo.git(["add", "--update"]).code(0);
        repo.commit().code(0);
        assert_eq!(repo.ask(&["status", "--porcelain"]), "");
    }
}

#[test]
fn a_name_is_no_pattern() {
    let repo = linted();
    repo.stage("[ab].py", GOOD);
    repo.stage("a.py", GOOD);
    repo.commit().code(0);
    repo.gates(&["black"], "");
    repo.stage("[ab].py", "x   =  1\n");
    repo.write("a.py", "y   =  1\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "[ab].py"), GOOD);
    assert_eq!(repo.read("a.py"), "y   =  1\n");
}

#[test]
fn what_is_read_from_the_work_tree_is_what_is_staged() {
    // Many files are read where they lie, if the index proves that they are the same: also in the second in which they were staged,
    // and with edits that do not change their size.
    let repo = Repo::new();
    repo.gates(&["trailing-whitespace"], "");
    for (staged, edited, code) in [("bad \n", "good\n", 1), ("good\n", "bad \n", 0)] {
        for number in 0..40 {
            repo.write(format!("{number}.txt"), "same\n");
        }
        repo.write("7.txt", staged);
        repo.git(["add", "--all"]).code(0);
        repo.write("7.txt", edited);
        for scope in ["--staged", "--all-files"] {
            repo.check([scope, "--no-cache"]).code(code);
        }
        let by_hand = repo.check(["--no-cache"]);
        assert_eq!(by_hand.code, Some(1 - code), "{by_hand:?}");
    }
}

#[test]
fn line_ends_and_filters_are_those_of_the_repository() {
    let repo = Repo::new();
    repo.gates(&["trailing-whitespace", "end-of-file"], "");
    repo.git(["config", "core.autocrlf", "true"]).code(0);
    repo.stage("a.txt", "one\r\ntwo\r\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "one\ntwo\n");
    repo.stage("a.txt", "one  \r\ntwo\r\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "one\ntwo\n");
    assert_eq!(repo.read("a.txt"), "one\r\ntwo\r\n");

    // Where a filter makes of a fix what was fixed, the commit must not go on as if it had been.
    repo.git(["config", "filter.spaces.clean", "sed 's/$/  /'"])
        .code(0);
    repo.git(["config", "filter.spaces.smudge", "sed 's/ *$//'"])
        .code(0);
    repo.stage(".gitattributes", "*.x filter=spaces\n");
    repo.stage("a.x", "one\n");
    assert_eq!(repo.at_revision("", "a.x"), "one  \n");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("a.x: not mended"), "{said:?}");
    assert_eq!(repo.read("a.x"), "one\n");
    // The same where the attribute is nobody's to commit, or is gone again.
    repo.gates(&["trailing-whitespace"], "");
    repo.git(["rm", "--quiet", "--force", "-r", "."]).code(0);
    for (of, stays) in [
        (".gitattributes", true),
        ("below/.gitattributes", true),
        (".git/info/attributes", true),
        (".gitattributes", false),
    ] {
        repo.write(of, "*.x filter=spaces\n");
        repo.stage("below/b.x", "one\n");
        if !stays {
            std::fs::remove_file(repo.path(of)).unwrap();
        }
        assert_eq!(repo.at_revision("", "below/b.x"), "one  \n", "{of}");
        let said = repo.check(["--all-files", "--no-cache", "--gate", "trailing-whitespace"]);
        assert_eq!(said.code, Some(1), "{of}: {said:?}");
        std::fs::remove_file(repo.path(of)).unwrap_or_default();
        repo.git(["rm", "--quiet", "--cached", "--force", "below/b.x"])
            .code(0);
    }
}

#[test]
fn a_link_is_not_what_it_leads_to() {
    let repo = linted();
    repo.write("outside.txt", "");
    std::os::unix::fs::symlink("/etc/passwd", repo.path("a.py")).unwrap();
    repo.add("a.py");
    repo.commit().code(0);
    // A staged file over which a link lies now: the file is what is committed, the link is left alone.
    repo.gates(&["black"], "");
    std::fs::remove_file(repo.path("a.py")).unwrap();
    repo.stage("a.py", "x   =  1\n");
    std::fs::remove_file(repo.path("a.py")).unwrap();
    std::os::unix::fs::symlink("outside.txt", repo.path("a.py")).unwrap();
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.py"), GOOD);
    assert!(repo.path("a.py").is_symlink());
    assert_eq!(repo.read("outside.txt"), "");
}
