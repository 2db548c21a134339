//! commit-msg: the message is held to the project's rules, if it has any.

use super::support::Repo;
use crate::support::Finished;

fn repository(rules: &str) -> Repo {
    let repo = Repo::new();
    repo.configure(&format!(
        "[tool.scaffold.stages]\npre-commit = []\ncommit-msg = ['conventional-commit']\n{rules}"
    ));
    repo.commit_unchecked("start");
    repo
}

fn say(repo: &Repo, message: &str) -> Finished {
    repo.git(["commit", "--quiet", "--allow-empty", "--message", message])
}

#[test]
fn a_conventional_message_passes_and_another_does_not() {
    let repo = repository("");
    say(&repo, "feat(api)!: add a door\n\nBecause.").code(0);
    let said = say(&repo, "added a door").code(1);
    assert!(said.stderr.contains("`added a door`"), "{said:?}");
    assert!(
        said.stderr.contains("type(scope)!: description"),
        "{said:?}"
    );
    say(&repo, "feat: a\nb").code(1);
    assert_eq!(repo.ask(&["rev-list", "--count", "HEAD"]), "2");
}

#[test]
fn types_can_be_named_and_the_gate_left_out() {
    let mut repo =
        repository("[tool.scaffold.gates.conventional-commit]\nargs = ['--types=ops,data']\n");
    say(&repo, "ops: x").code(0);
    say(&repo, "feat: x").code(1);
    repo.set("SCAFFOLD_SKIP", "conventional-commit");
    say(&repo, "feat: x").code(0);
    repo.set("SCAFFOLD_SKIP", "conventional-comit");
    let said = say(&repo, "feat: x").code(1);
    assert!(
        said.stderr.contains("did you mean `conventional-commit`?"),
        "{said:?}"
    );
}

#[test]
fn comments_and_what_git_writes_itself_are_no_message_of_the_user_s() {
    let repo = repository("");
    let editor = |text: &str| {
        let file = repo.sandbox.home().join("message");
        std::fs::write(&file, text).unwrap();
        format!("cp {} ", file.display())
    };
    let commit = |text: &str| {
        let setting = format!("core.editor={}", editor(text));
        repo.git(["-c", &setting, "commit", "--quiet", "--allow-empty"])
    };
    commit("# a comment\nfix: x\n# more\n").code(0);
    commit("# fix: x\nno\n").code(1);
    repo.git(["config", "core.commentChar", ";"]).code(0);
    commit("; a comment\nfix: y\n").code(0);
    repo.stage("a.txt", "");
    say(&repo, "fix: z").code(0);
    repo.git(["revert", "--no-edit", "HEAD"]).code(0);
    repo.git(["commit", "--quiet", "--allow-empty", "--fixup", "HEAD"])
        .code(0);
    repo.git(["checkout", "--quiet", "-b", "side", "HEAD~"])
        .code(0);
    say(&repo, "fix: side").code(0);
    repo.git(["merge", "--no-edit", "--no-ff", "main"]).code(0);
}

#[test]
fn without_rules_every_message_passes() {
    let repo = Repo::new();
    say(&repo, "whatever").code(0);
}

#[test]
fn the_hook_names_its_file() {
    let repo = repository("");
    let said = repo.scaffold(["hook", "run", "commit-msg"]).code(2);
    assert!(said.stderr.contains("COMMIT_EDITMSG"), "{said:?}");
    let said = repo
        .scaffold(["hook", "run", "commit-msg", "--", "nowhere"])
        .code(2);
    assert!(said.stderr.contains("nowhere"), "{said:?}");
}
