//! The ways in which git makes a commit from other ones, for everything that a gate may come to.
//!
//! | way | what git calls | outcome |
//! |---|---|---|
//! | a merge, cherry-pick or rebase whose conflict was resolved, then `git commit` | pre-commit | as a plain commit |
//! | a merge that git makes by itself | pre-merge-commit | clean: made. A fix: git has made the tree of the commit already, so the fix is in the index and the work tree, the merge waits, and `git commit` ends it. Failed: the merge waits |
//! | a cherry-pick or rebase without a conflict | nothing | made; the push checks it |

use super::modes::{Case, assert_as_documented, configure};
use super::support::Repo;

/// Two branches that changed the same line; on `main`.
fn parted() -> Repo {
    let repo = Repo::new();
    configure(&repo);
    repo.stage("both.txt", "base\n");
    repo.commit_unchecked("chore: start");
    repo.git(["checkout", "--quiet", "-b", "side"]).code(0);
    repo.stage("both.txt", "side\n");
    repo.stage("side.txt", "side\n");
    repo.commit_unchecked("chore: side");
    repo.git(["checkout", "--quiet", "main"]).code(0);
    repo.stage("both.txt", "main\n");
    repo.commit_unchecked("chore: main");
    repo
}

#[test]
fn a_conflict_that_is_left_stops_the_gates() {
    let repo = parted();
    repo.git(["merge", "--quiet", "side"]).code(1);
    let said = repo.scaffold(["hook", "run", "pre-commit"]).code(2);
    assert!(said.stderr.contains("conflicts in both.txt"), "{said:?}");
    assert!(said.stderr.contains("git add"), "{said:?}");
    let said = repo.check(["--staged"]).code(2);
    assert!(said.stderr.contains("conflicts in both.txt"), "{said:?}");
}

#[test]
fn conflict_markers_that_are_staged_are_found() {
    let repo = parted();
    repo.gates(&["merge-conflict"], "");
    repo.commit_unchecked("chore: gates");
    repo.git(["merge", "--quiet", "side"]).code(1);
    repo.add("both.txt");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("both.txt:1"), "{said:?}");
    repo.stage("both.txt", "both\n");
    repo.commit().code(0);
}

#[test]
fn a_merge_whose_conflict_was_resolved() {
    for case in Case::ALL {
        let repo = parted();
        repo.git(["merge", "--quiet", "side"]).code(1);
        repo.stage("both.txt", "both\n");
        repo.write("untracked.txt", "untracked  \n");
        assert_as_documented(&repo, case, |repo| {
            repo.git(["commit", "--quiet", "--no-edit"]).code.unwrap()
        });
        let parents = repo.ask(&["rev-list", "--parents", "-1", "HEAD"]);
        let merged = case != Case::Fails;
        assert_eq!(parents.split(' ').count(), if merged { 3 } else { 2 });
        assert_eq!(repo.git(["merge", "HEAD"]).code == Some(0), merged);
        assert_eq!(repo.read("untracked.txt"), "untracked  \n");
    }
}

#[test]
fn a_cherry_pick_whose_conflict_was_resolved() {
    for case in Case::ALL {
        let repo = parted();
        repo.git(["cherry-pick", "side"]).code(1);
        repo.stage("both.txt", "both\n");
        assert_as_documented(&repo, case, |repo| {
            repo.git(["commit", "--quiet", "--no-edit"]).code.unwrap()
        });
        let going_on = repo.path(".git/CHERRY_PICK_HEAD").exists();
        assert_eq!(going_on, case == Case::Fails);
    }
}

#[test]
fn a_rebase_whose_conflict_was_resolved() {
    for case in Case::ALL {
        let repo = parted();
        repo.git(["checkout", "--quiet", "side"]).code(0);
        repo.git(["rebase", "--quiet", "main"]).code(1);
        repo.stage("both.txt", "both\n");
        assert_as_documented(&repo, case, |repo| {
            repo.git(["commit", "--quiet", "--no-edit"]).code.unwrap()
        });
        if case == Case::Nothing {
            repo.git(["checkout", "--quiet", "--", "file.txt"]).code(0);
            repo.git(["rebase", "--continue"]).code(0);
            assert_eq!(repo.ask(&["rev-list", "--count", "main..side"]), "1");
        }
    }
}

#[test]
fn a_pick_without_a_conflict_is_not_held_up() {
    for way in [["cherry-pick", "side"], ["rebase", "side"]] {
        let repo = Repo::new();
        configure(&repo);
        repo.commit_unchecked("chore: start");
        repo.git(["checkout", "--quiet", "-b", "side"]).code(0);
        repo.stage("side.txt", "bad  \n");
        repo.commit_unchecked("chore: side");
        repo.git(["checkout", "--quiet", "main"]).code(0);
        repo.stage("main.txt", "good\n");
        repo.commit_unchecked("chore: main");
        repo.git(way).code(0);
        assert_eq!(repo.at_revision("HEAD", "side.txt"), "bad  \n");
        assert_eq!(repo.ask(&["status", "--porcelain"]), "");
    }
}

/// A merge that git makes by itself, which brings this file.
fn automatic(file: &str, content: &str) -> Repo {
    let repo = Repo::new();
    configure(&repo);
    repo.stage("other.txt", "other\n");
    repo.commit_unchecked("chore: start");
    repo.git(["checkout", "--quiet", "-b", "side"]).code(0);
    repo.stage(file, content);
    repo.commit_unchecked("chore: side");
    repo.git(["checkout", "--quiet", "main"]).code(0);
    repo.stage("main.txt", "main\n");
    repo.commit_unchecked("chore: main");
    repo.write("other.txt", "unstaged  \n");
    repo.write("untracked.txt", "untracked  \n");
    repo
}

fn merge(repo: &Repo) -> crate::support::Finished {
    repo.git(["merge", "--no-edit", "side"])
}

#[track_caller]
fn assert_undisturbed(repo: &Repo) {
    assert_eq!(repo.read("other.txt"), "unstaged  \n");
    assert_eq!(repo.at_revision("", "other.txt"), "other\n");
    assert_eq!(repo.read("untracked.txt"), "untracked  \n");
}

#[test]
fn an_automatic_merge_of_good_content_is_made() {
    for case in [Case::Nothing, Case::RunsGit] {
        let (file, content, _) = case.given();
        let repo = automatic(file, content);
        merge(&repo).code(0);
        let parents = repo.ask(&["rev-list", "--parents", "-1", "HEAD"]);
        assert_eq!(parents.split(' ').count(), 3);
        assert_undisturbed(&repo);
    }
}

#[test]
fn an_automatic_merge_of_what_is_refused_waits() {
    let (file, content, _) = Case::Fails.given();
    let repo = automatic(file, content);
    let before = repo.ask(&["rev-parse", "HEAD"]);
    assert_ne!(merge(&repo).code, Some(0));
    assert_eq!(repo.ask(&["rev-parse", "HEAD"]), before);
    assert!(repo.path(".git/MERGE_HEAD").exists());
    assert_undisturbed(&repo);
    assert_ne!(repo.git(["commit", "--no-edit"]).code, Some(0));
    repo.git(["merge", "--abort"]).code(0);
    assert!(!repo.path(file).exists());
    assert_undisturbed(&repo);
}

#[test]
fn an_automatic_merge_is_never_made_without_its_fix() {
    let (file, content, _) = Case::Fix.given();
    let (fixed, _) = Case::Fix.expected().unwrap();
    let repo = automatic(file, content);
    let before = repo.ask(&["rev-parse", "HEAD"]);
    let said = merge(&repo);
    assert_ne!(said.code, Some(0), "{said:?}");
    assert_eq!(repo.ask(&["rev-parse", "HEAD"]), before);
    assert!(said.stderr.contains("type: git commit\n"), "{said:?}");
    assert_eq!(repo.at_revision("", file), fixed);
    assert_eq!(repo.read(file), fixed);
    repo.git(["commit", "--quiet", "--no-edit"]).code(0);
    assert_eq!(repo.at_revision("HEAD", file), fixed);
    let parents = repo.ask(&["rev-list", "--parents", "-1", "HEAD"]);
    assert_eq!(parents.split(' ').count(), 3);
    assert_undisturbed(&repo);
}
