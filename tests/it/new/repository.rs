//! The repository of a new project: made, used, or left out.

use super::new;
use crate::support::{Sandbox, run};

#[test]
fn an_empty_clone_gets_its_first_commit_and_keeps_its_remote() {
    let sandbox = Sandbox::new();
    let origin = ["init", "-q", "--bare", "-b", "trunk", "origin.git"];
    sandbox.git("", &origin);
    sandbox.git("", &["clone", "-q", "origin.git", "hello"]);
    new(&sandbox, &["hello"]).code(0);
    let git = |arguments: &[&str]| sandbox.git("hello", arguments);
    assert_eq!(git(&["symbolic-ref", "HEAD"]), "refs/heads/trunk\n");
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["rev-list", "--count", "HEAD"]), "1\n");
    assert_eq!(git(&["remote"]), "origin\n");
    git(&["push", "-q", "--no-verify", "origin", "HEAD"]);
    git(&["fsck", "--strict"]);
    assert!(!sandbox.path("hello/.scaffold-new").exists());
}

#[test]
fn no_repository_is_made_inside_another_one_unless_asked() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "."]);
    let finished = new(&sandbox, &["inner"]).code(0);
    finished.says("--git");
    assert!(!sandbox.path("inner/.git").exists());
    let steps = |arguments: &[&str]| {
        let data = ["--format", "json", "--dry-run"];
        let planned = new(&sandbox, &[arguments, &data].concat()).code(0).stdout;
        let planned: serde_json::Value = serde_json::from_str(&planned).unwrap();
        planned["steps"].clone()
    };
    assert_eq!(steps(&["other"]), serde_json::json!(["files"]));
    let all = serde_json::json!(["files", "git", "hooks"]);
    assert_eq!(steps(&["other", "--git"]), all);
    let made = new(&sandbox, &["data", "--git", "--format", "json"]).code(0);
    let made: serde_json::Value = serde_json::from_str(&made.stdout).unwrap();
    assert_eq!(made["steps"], all);
    new(&sandbox, &["asked", "--git"]).code(0);
    assert!(sandbox.path("asked/.git").is_dir());
    new(&sandbox, &["refused", "--no-git"]).code(0);
    assert!(!sandbox.path("refused/.git").exists());
}

#[test]
fn without_an_identity_the_commit_is_left_out_and_the_commands_are_shown() {
    let sandbox = Sandbox::new();
    std::fs::write(
        sandbox.home().join(".gitconfig"),
        "[init]\n\tdefaultBranch = main\n[user]\n\tuseConfigOnly = true\n",
    )
    .unwrap();
    let finished = new(&sandbox, &["hello"]).code(0);
    for text in [
        "git config --global user.name",
        "git config --global user.email",
        "git commit --no-edit --no-verify",
    ] {
        finished.says(text);
    }
    // The commands do what they say.
    let git = |arguments: &[&str]| sandbox.git("hello", arguments);
    git(&["config", "--global", "user.name", "Late"]);
    git(&["config", "--global", "user.email", "late@example.com"]);
    git(&["commit", "--no-edit", "--no-verify"]);
    assert_eq!(git(&["status", "--porcelain"]), "");
    let tree_id = git(&["rev-parse", "HEAD^{tree}"]);
    assert!(
        git(&["log", "-1", "--format=%(trailers:only,unfold)"])
            .contains(&format!("Scaffold-Tree: {tree_id}"))
    );
}

#[test]
fn without_the_git_program_the_project_still_has_its_commit() {
    let sandbox = Sandbox::new();
    let finished = run(sandbox
        .scaffold()
        .args(["new", "hello", "--no-env"])
        .env("PATH", "/nonexistent"))
    .code(0);
    finished.says("git is not installed");
    let log = sandbox.git("hello", &["log", "--oneline"]);
    assert_eq!(log.lines().count(), 1);
}
