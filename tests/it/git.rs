//! The repository that `scaffold new` makes, whatever the user's git is set to: by the program, judged by real git.

use std::process::Command;

use crate::support::{Sandbox, names, run};

fn new(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.scaffold();
    command.args(["new", "hello", "--defaults", "--no-env"]);
    command
}

/// What git prints in the project.
#[track_caller]
fn git(sandbox: &Sandbox, arguments: &[&str]) -> String {
    sandbox.git("hello", arguments)
}

/// Adds to the user's configuration.
fn configure(sandbox: &Sandbox, text: &str) {
    let file = sandbox.home().join(".gitconfig");
    let old = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, old + text).unwrap();
}

/// One commit, nothing changed: by the index as it is, and after every file was read again.
#[track_caller]
fn assert_clean(sandbox: &Sandbox) {
    assert_eq!(git(sandbox, &["diff-files", "--name-only"]), "");
    assert_eq!(git(sandbox, &["status", "--porcelain"]), "");
    std::fs::remove_file(sandbox.path("hello/.git/index")).unwrap();
    git(sandbox, &["reset", "--quiet"]);
    assert_eq!(git(sandbox, &["status", "--porcelain"]), "");
    assert_eq!(git(sandbox, &["rev-list", "--count", "--all"]), "1\n");
    assert_eq!(git(sandbox, &["fsck", "--strict", "--no-dangling"]), "");
}

#[test]
fn the_user_s_settings_leave_the_work_tree_clean() {
    for settings in [
        "[core]\n\tautocrlf = true\n",
        "[core]\n\tautocrlf = input\n\tsafecrlf = true\n",
        "[core]\n\teol = crlf\n\tlogAllRefUpdates = false\n",
        "[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = /nowhere/gpg\n",
        "[core]\n\thooksPath = /nowhere\n\tfsmonitor = true\n\tuntrackedCache = true\n",
    ] {
        let sandbox = Sandbox::new();
        configure(&sandbox, settings);
        run(&mut new(&sandbox)).code(0);
        configure(&sandbox, "[core]\n\tfsmonitor = false\n");
        assert_clean(&sandbox);
    }
}

#[test]
fn what_only_git_itself_can_do_is_done_by_git() {
    let sandbox = Sandbox::new();
    let home = sandbox.home();
    std::fs::create_dir_all(home.join("template/hooks")).unwrap();
    std::fs::write(home.join("template/mine"), "kept\n").unwrap();
    std::fs::create_dir_all(home.join(".config/git")).unwrap();
    std::fs::write(home.join(".config/git/attributes"), "*.md filter=upper\n").unwrap();
    configure(
        &sandbox,
        "[init]\n\ttemplateDir = ~/template\n[filter \"upper\"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n",
    );
    run(new(&sandbox).env("GIT_DEFAULT_HASH", "sha256")).code(0);
    assert!(sandbox.path("hello/.git/mine").exists());
    assert_eq!(
        git(&sandbox, &["rev-parse", "--show-object-format"]),
        "sha256\n"
    );
    let readme = git(&sandbox, &["show", "HEAD:README.md"]);
    assert_eq!(readme, readme.to_uppercase());
    assert_clean(&sandbox);
}

#[test]
fn variables_that_name_a_repository_do_not_redirect() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "--quiet", "elsewhere"]);
    let elsewhere = sandbox.path("elsewhere/.git");
    run(new(&sandbox)
        .env("GIT_DIR", &elsewhere)
        .env("GIT_WORK_TREE", sandbox.path("elsewhere"))
        .env("GIT_INDEX_FILE", elsewhere.join("index"))
        .env("GIT_OBJECT_DIRECTORY", elsewhere.join("objects"))
        .env("GIT_COMMON_DIR", &elsewhere)
        .env("GIT_NAMESPACE", "else"))
    .code(0);
    assert_clean(&sandbox);
    assert!(!elsewhere.join("index").exists());
    assert_eq!(names(&elsewhere.join("refs/heads")), [""; 0]);
}

#[test]
fn author_and_committer_are_those_that_git_would_write() {
    let sandbox = Sandbox::new();
    let other = sandbox.home().join("other");
    std::fs::write(
        &other,
        "[user]\n\tname = Grace Hopper\n\temail = grace@example.com\n",
    )
    .unwrap();
    run(new(&sandbox)
        .env("GIT_CONFIG_GLOBAL", &other)
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "hopper@example.com"))
    .code(0);
    let who = git(
        &sandbox,
        &[
            "log",
            "-1",
            "--date=raw",
            "--format=%an <%ae>, %cn <%ce>, %ad",
        ],
    );
    assert_eq!(
        who,
        "Ada <grace@example.com>, Grace Hopper <hopper@example.com>, 1790000000 +0000\n"
    );
}

#[test]
fn the_identity_is_that_of_the_project_s_place_not_of_the_working_folder() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "--quiet", "here"]);
    sandbox.git("here", &["config", "user.email", "here@example.com"]);
    let there = sandbox.path("there");
    std::fs::create_dir(&there).unwrap();
    std::fs::write(
        sandbox.home().join("there"),
        "[user]\n\temail = there@example.com\n",
    )
    .unwrap();
    let condition = std::fs::canonicalize(&there).unwrap();
    configure(
        &sandbox,
        &format!(
            "[includeIf \"gitdir:{}/\"]\n\tpath = there\n",
            condition.display()
        ),
    );
    run(sandbox.scaffold().current_dir(sandbox.path("here")).args([
        "new",
        "../there/hello",
        "--defaults",
        "--no-env",
    ]))
    .code(0);
    assert_eq!(
        sandbox.git("there/hello", &["log", "-1", "--format=%ae %ce"]),
        "there@example.com there@example.com\n"
    );
}

#[test]
fn the_first_branch_is_the_configured_one() {
    let sandbox = Sandbox::new();
    configure(&sandbox, "[init]\n\tdefaultBranch = work/trunk\n");
    run(&mut new(&sandbox)).code(0);
    assert_eq!(
        git(&sandbox, &["symbolic-ref", "HEAD"]),
        "refs/heads/work/trunk\n"
    );
    let log = git(&sandbox, &["reflog", "--format=%gn %gs"]);
    assert!(log.starts_with("Ada Lovelace commit (initial): "), "{log}");

    let sandbox = Sandbox::new();
    configure(&sandbox, "[init]\n\tdefaultBranch = no..branch\n");
    let refused = run(&mut new(&sandbox)).code(2);
    refused.says("init.defaultBranch");
    assert_eq!(names(&sandbox.work()), [""; 0]);
}

#[test]
fn a_repository_with_history_is_no_empty_clone() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "--quiet", "hello"]);
    git(
        &sandbox,
        &["commit", "--quiet", "--allow-empty", "--message=before"],
    );
    let refused = run(&mut new(&sandbox)).code(2);
    refused.says("has commits already");
    assert_eq!(names(&sandbox.path("hello")), [".git"]);
}

#[test]
fn a_configuration_that_git_cannot_read_is_named_with_its_line() {
    let sandbox = Sandbox::new();
    configure(&sandbox, "[broken\n");
    let refused = run(&mut new(&sandbox)).code(2);
    let line = std::fs::read_to_string(sandbox.home().join(".gitconfig"))
        .unwrap()
        .lines()
        .count();
    refused.says(&format!("line {line} of the git configuration"));
    assert_eq!(names(&sandbox.work()), [""; 0]);
}
