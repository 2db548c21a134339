//! What is pushed, commit by commit: real pushes to a repository beside it.

use super::support::Repo;
use crate::support::{Finished, run};

const GATES: &str = "[tool.scaffold.stages]\npre-commit = ['trailing-whitespace']\npre-push = ['trailing-whitespace', 'look']\n\
    [tool.scaffold.gates.look]\nneeds = 'tree'\ncommand = ['sh', '-c', 'cat answer.txt; grep -q 42 answer.txt']\n";

/// A repository and a remote `origin` that has its first commit.
fn pushed() -> Repo {
    let repo = Repo::new();
    let remote = repo.sandbox.home().join("remote.git");
    repo.git(["init", "--quiet", "--bare", remote.to_str().unwrap()])
        .code(0);
    repo.git(["remote", "add", "origin", remote.to_str().unwrap()])
        .code(0);
    repo.configure(GATES);
    repo.stage("answer.txt", "42\n");
    repo.commit_unchecked("start");
    push(&repo, &["origin", "main"]).code(0);
    repo
}

/// A push, with all that was said of it in one.
fn push(repo: &Repo, arguments: &[&str]) -> Finished {
    let mut said = repo.git(["push", "--quiet"].iter().chain(arguments));
    said.stderr.insert_str(0, &said.stdout);
    said
}

/// Adds a commit that no hook looked at.
fn put(repo: &Repo, file: &str, content: &str) -> String {
    repo.stage(file, content);
    repo.commit_unchecked(file);
    repo.ask(&["rev-parse", "HEAD"])
}

/// What the remote has for a ref.
fn there(repo: &Repo, name: &str) -> String {
    let said = repo.ask(&["ls-remote", "origin", name]);
    said.split('\t').next().unwrap().to_owned()
}

#[test]
fn a_bad_commit_is_refused_though_the_tip_is_good() {
    let repo = pushed();
    let before = there(&repo, "refs/heads/main");
    put(&repo, "good.txt", "good\n");
    let bad = put(&repo, "a.txt", "bad  \n");
    put(&repo, "a.txt", "good\n");
    let said = push(&repo, &["origin", "main"]).code(1);
    assert!(said.stderr.contains("a.txt:1"), "{said:?}");
    assert!(said.stderr.contains(&bad[..10]), "{said:?}");
    assert!(said.stderr.contains("git push --no-verify"), "{said:?}");
    assert_eq!(there(&repo, "refs/heads/main"), before);
    // Nothing was mended: what is pushed is what was committed.
    assert_eq!(repo.ask(&["status", "--porcelain"]), "");
    push(&repo, &["--no-verify", "origin", "main"]).code(0);
    // What is there already is nobody's concern now.
    put(&repo, "b.txt", "good\n");
    push(&repo, &["origin", "main"]).code(0);
}

#[test]
fn a_gate_that_looks_across_files_sees_the_tip_and_not_the_work_tree() {
    let repo = pushed();
    put(&repo, "answer.txt", "41\n");
    repo.write("answer.txt", "42\n");
    let said = push(&repo, &["origin", "main"]).code(1);
    assert!(said.stderr.contains("look"), "{said:?}");
    // It is for the tip alone: in between, an answer may be wrong.
    put(&repo, "answer.txt", "42\n");
    repo.write("answer.txt", "41\n");
    push(&repo, &["origin", "main"]).code(0);
    assert_eq!(repo.read("answer.txt"), "41\n");
}

#[test]
fn every_commit_is_looked_at_where_that_is_said() {
    let repo = pushed();
    let every = GATES.replace("needs = 'tree'", "needs = 'tree'\nevery-commit = true");
    repo.configure(&every);
    repo.commit_unchecked("every commit");
    push(&repo, &["origin", "main"]).code(0);
    let before = there(&repo, "refs/heads/main");
    let bad = put(&repo, "answer.txt", "41\n");
    put(&repo, "other.txt", "other\n");
    let mended = put(&repo, "answer.txt", "42\n");
    let said = push(&repo, &["origin", "main"]).code(1);
    assert!(said.stderr.contains("look is not content"), "{said:?}");
    // The commit that is bad, and the one after it that leaves it so; not the one that mends it.
    assert!(said.stderr.contains(&bad[..10]), "{said:?}");
    assert!(!said.stderr.contains(&mended[..10]), "{said:?}");
    assert_eq!(there(&repo, "refs/heads/main"), before);

    // Each commit is held to its own word.
    repo.git(["reset", "--quiet", "--hard", &before]).code(0);
    repo.configure(GATES);
    repo.commit_unchecked("the last one alone");
    put(&repo, "answer.txt", "41\n");
    put(&repo, "answer.txt", "42\n");
    push(&repo, &["origin", "main"]).code(0);
}

#[test]
fn a_merge_on_the_way_is_looked_at_as_a_whole_too() {
    let repo = pushed();
    merge_into_wrong(&repo, "\nevery-commit = true");
    let merge = repo.ask(&["rev-parse", "HEAD"]);
    repo.git(["rm", "--quiet", "one.txt"]).code(0);
    repo.commit_unchecked("right again");
    let said = push(&repo, &["origin", "side"]).code(1);
    assert!(
        said.stderr
            .contains(&format!("not fit to be pushed: {}", &merge[..10])),
        "{said:?}"
    );
}

#[test]
fn a_gate_that_looks_at_files_can_be_for_the_tip_alone() {
    let repo = pushed();
    let tip = format!("{GATES}[tool.scaffold.gates.trailing-whitespace]\nevery-commit = false\n");
    repo.configure(&tip);
    repo.commit_unchecked("the last one alone");
    put(&repo, "a.txt", "bad  \n");
    put(&repo, "b.txt", "good\n");
    let said = push(&repo, &["origin", "main"]).code(1);
    assert!(said.stderr.contains("a.txt:1"), "{said:?}");
    put(&repo, "a.txt", "good\n");
    push(&repo, &["origin", "main"]).code(0);
}

#[test]
fn each_of_several_branches_is_checked() {
    let repo = pushed();
    repo.git(["checkout", "--quiet", "-b", "one"]).code(0);
    put(&repo, "one.txt", "good\n");
    repo.git(["checkout", "--quiet", "-b", "two", "main"])
        .code(0);
    put(&repo, "two.txt", "bad  \n");
    repo.git(["checkout", "--quiet", "-b", "three", "main"])
        .code(0);
    put(&repo, "answer.txt", "41\n");
    let said = push(&repo, &["origin", "one", "two", "three"]).code(1);
    assert!(said.stderr.contains("two.txt:1"), "{said:?}");
    assert!(said.stderr.contains("look"), "{said:?}");
    assert!(!said.stderr.contains("one.txt"), "{said:?}");
    push(&repo, &["origin", "one"]).code(0);
    push(&repo, &["origin", "two"]).code(1);
    push(&repo, &["origin", "three"]).code(1);
    push(&repo, &["--all", "origin"]).code(1);
    assert_eq!(there(&repo, "refs/heads/two"), "");
}

#[test]
fn deletions_and_nothing_new_are_not_held_up() {
    let repo = pushed();
    repo.git(["branch", "old"]).code(0);
    let said = push(&repo, &["origin", "old"]).code(0);
    assert_eq!(said.stderr, "");
    push(&repo, &["origin", "main"]).code(0);
    let said = push(&repo, &["origin", "--delete", "old"]).code(0);
    assert!(!said.stderr.contains("trailing"), "{said:?}");
    put(&repo, "a.txt", "bad  \n");
    repo.git(["branch", "bad"]).code(0);
    push(&repo, &["origin", ":gone", "bad"]).code(1);
}

#[test]
fn a_commit_that_another_branch_of_the_remote_has_is_not_new() {
    let repo = pushed();
    repo.git(["checkout", "--quiet", "-b", "side"]).code(0);
    put(&repo, "a.txt", "bad  \n");
    push(&repo, &["--no-verify", "origin", "side"]).code(0);
    repo.git(["checkout", "--quiet", "-b", "further"]).code(0);
    put(&repo, "b.txt", "good\n");
    push(&repo, &["origin", "further"]).code(0);
}

#[test]
fn a_remote_by_its_address_is_one_too() {
    let repo = pushed();
    let other = repo.sandbox.home().join("other *.git");
    let other = other.to_str().unwrap();
    repo.git(["init", "--quiet", "--bare", other]).code(0);
    put(&repo, "a.txt", "bad  \n");
    push(&repo, &[other, "main"]).code(1);
    put(&repo, "a.txt", "good\n");
    push(&repo, &["--no-verify", other, "main"]).code(0);
    put(&repo, "b.txt", "good\n");
    // That remote has it, and git says so to the hook.
    push(&repo, &[other, "main"]).code(0);
}

#[test]
fn tags_are_checked_as_the_commits_that_they_name() {
    let repo = pushed();
    put(&repo, "a.txt", "bad  \n");
    repo.git(["tag", "light"]).code(0);
    repo.git(["tag", "--annotate", "--message", "x", "heavy"])
        .code(0);
    push(&repo, &["origin", "light"]).code(1);
    push(&repo, &["origin", "heavy"]).code(1);
    repo.git(["reset", "--quiet", "--hard", "origin/main"])
        .code(0);
    repo.git(["tag", "good"]).code(0);
    push(&repo, &["origin", "good"]).code(0);
    let blob = repo.ask(&["rev-parse", "HEAD:answer.txt"]);
    repo.git(["tag", "blob", &blob]).code(0);
    push(&repo, &["origin", "blob"]).code(0);
}

#[test]
fn history_that_was_rewritten_is_checked_anew() {
    let repo = pushed();
    put(&repo, "a.txt", "good\n");
    push(&repo, &["origin", "main"]).code(0);
    repo.stage("a.txt", "bad  \n");
    repo.git(["commit", "--quiet", "--amend", "--no-verify", "--no-edit"])
        .code(0);
    push(&repo, &["--force", "origin", "main"]).code(1);
    repo.stage("a.txt", "fine\n");
    repo.git(["commit", "--quiet", "--amend", "--no-edit"])
        .code(0);
    push(&repo, &["--force", "origin", "main"]).code(0);
    // What the remote had is not known here any more.
    let elsewhere = repo.sandbox.home().join("clone");
    let remote = repo.sandbox.home().join("remote.git");
    repo.git([
        "clone",
        "--quiet",
        remote.to_str().unwrap(),
        elsewhere.to_str().unwrap(),
    ])
    .code(0);
    let script = "echo new > new && git add new && git commit -qm new && git push -q";
    run(repo
        .command("sh")
        .current_dir(&elsewhere)
        .args(["-c", script]))
    .code(0);
    put(&repo, "b.txt", "good\n");
    push(&repo, &["--force", "origin", "main"]).code(0);
}

#[test]
fn a_merge_is_checked_for_what_it_changes_itself() {
    let repo = pushed();
    repo.git(["checkout", "--quiet", "-b", "side"]).code(0);
    put(&repo, "side.txt", "side\n");
    repo.git(["checkout", "--quiet", "main"]).code(0);
    put(&repo, "main.txt", "main\n");
    repo.git(["merge", "--quiet", "--no-commit", "side"])
        .code(0);
    repo.stage("evil.txt", "bad  \n");
    repo.commit_unchecked("merge");
    let said = push(&repo, &["origin", "main"]).code(1);
    assert!(said.stderr.contains("evil.txt:1"), "{said:?}");
}

#[test]
fn what_a_merge_brings_from_the_remote_is_not_checked_again() {
    let repo = pushed();
    repo.git(["checkout", "--quiet", "-b", "side"]).code(0);
    put(&repo, "side.txt", "side\n");
    repo.git(["checkout", "--quiet", "main"]).code(0);
    put(&repo, "theirs.txt", "bad  \n");
    push(&repo, &["--no-verify", "origin", "main"]).code(0);
    repo.git(["checkout", "--quiet", "side"]).code(0);
    repo.git(["merge", "--quiet", "--no-verify", "--no-edit", "main"])
        .code(0);
    push(&repo, &["origin", "side"]).code(0);
}

#[test]
fn each_commit_is_held_to_its_own_configuration() {
    let repo = pushed();
    repo.configure("[tool.scaffold.stages]\npre-push = ['private-key']\n");
    repo.stage("a.txt", "bad  \n");
    repo.commit_unchecked("other gates");
    push(&repo, &["origin", "main"]).code(0);
    repo.configure("[tool.scaffold.stages]\npre-psh = []\n");
    repo.commit_unchecked("mistake");
    let said = push(&repo, &["origin", "main"]).code(1);
    assert!(said.stderr.contains("did you mean `pre-push`?"), "{said:?}");
}

#[test]
fn a_gate_can_be_left_out_that_older_commits_do_not_have() {
    let mut repo = pushed();
    put(&repo, "a.txt", "good\n");
    let mine = "[tool.scaffold.gates.mine]\ncommand = ['false']\n";
    repo.configure(&GATES.replace("'look']\n", &format!("'look', 'mine']\n{mine}")));
    repo.commit_unchecked("another gate");
    push(&repo, &["origin", "main"]).code(1);
    repo.set("SCAFFOLD_SKIP", "mine");
    push(&repo, &["origin", "main"]).code(0);
    put(&repo, "a.txt", "fine\n");
    repo.set("SCAFFOLD_SKIP", "mime");
    let said = push(&repo, &["origin", "main"]).code(1);
    assert!(said.stderr.contains("did you mean `mine`?"), "{said:?}");
}

/// Two pushed branches, each right, and together wrong: the second is checked out, and the first merged into it. `more` is said of the gate.
fn merge_into_wrong(repo: &Repo, more: &str) {
    let look = "sh', '-c', 'test ! -e one.txt || test ! -e two.txt";
    let gates = GATES
        .replace("sh', '-c', 'cat answer.txt; grep -q 42 answer.txt", look)
        .replace("needs = 'tree'", &format!("needs = 'tree'{more}"));
    repo.configure(&gates);
    repo.commit_unchecked("another look");
    repo.git(["branch", "side"]).code(0);
    put(repo, "one.txt", "");
    push(repo, &["origin", "main"]).code(0);
    repo.git(["checkout", "--quiet", "side"]).code(0);
    put(repo, "two.txt", "");
    push(repo, &["origin", "side"]).code(0);
    repo.git(["merge", "--quiet", "--no-verify", "--no-edit", "main"])
        .code(0);
}

#[test]
fn a_merge_of_what_the_remote_has_is_looked_at_as_a_whole() {
    let repo = pushed();
    merge_into_wrong(&repo, "");
    let said = push(&repo, &["origin", "side"]).code(1);
    assert!(said.stderr.contains("look"), "{said:?}");
}

#[test]
fn what_git_never_says_is_refused() {
    let repo = pushed();
    let hook = |input: &str| {
        let file = repo.sandbox.home().join("input");
        std::fs::write(&file, input).unwrap();
        run(repo
            .command(env!("CARGO_BIN_EXE_scaffold"))
            .args(["hook", "run", "pre-push", "--", "origin", "x"])
            .stdin(std::fs::File::open(file).unwrap()))
    };
    hook("").code(0);
    let said = hook("hello\n").code(2);
    assert!(said.stderr.contains("`hello`"), "{said:?}");
    let head = repo.ask(&["rev-parse", "HEAD"]);
    let zero = "0".repeat(40);
    hook(&format!("refs/heads/x {head} refs/heads/x {zero}\n")).code(0);
}
