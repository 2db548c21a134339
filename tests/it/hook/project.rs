//! The hooks of a project that `scaffold new` makes: ours, pre-commit's or none.

use std::path::Path;

use super::trial::{Trial, write_script};
use crate::runtime::tools::{Python, cache, environment, uv};
use crate::support::{Finished, Sandbox, names, run};

/// `scaffold new` without an environment.
fn new(sandbox: &Sandbox, arguments: &[&str]) -> Finished {
    run(sandbox.scaffold().args(["new", "--no-env"]).args(arguments))
}

#[test]
fn a_new_project_has_its_hooks() {
    let sandbox = Sandbox::new();
    let json = new(&sandbox, &["hello", "--format", "json"]).code(0);
    assert!(
        json.stderr
            .contains("✓ installed hooks pre-commit, pre-push\n"),
        "{}",
        json.stderr
    );
    let value: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        value["hooks"],
        serde_json::json!({ "status": "installed", "stages": ["pre-commit", "pre-push"] })
    );
    let hooks = |name: &str| Trial::hooks_in(&sandbox.path(name).join(".git/hooks"));
    assert_eq!(hooks("hello"), ["pre-commit", "pre-push"]);
    // They are the very ones that the command installs.
    let mut again = sandbox.scaffold();
    again.current_dir(sandbox.path("hello"));
    let said = run(again.args(["hook", "install"])).code(0).stderr;
    assert_eq!(
        said,
        "✓ already installed pre-commit\n✓ already installed pre-push\n"
    );
    // With a repository that is there already, or none, or without git on the machine.
    std::fs::create_dir(sandbox.path("clone")).unwrap();
    sandbox.git("", &["init", "--quiet", "clone"]);
    new(&sandbox, &["clone"]).code(0);
    assert_eq!(hooks("clone"), ["pre-commit", "pre-push"]);
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    new(&sandbox, &["empty"]).code(0);
    assert_eq!(hooks("empty"), ["pre-commit", "pre-push"]);
    let finished = run(sandbox
        .scaffold()
        .args(["new", "--no-env", "poor"])
        .env("PATH", "/nowhere"))
    .code(0);
    assert!(
        finished.stderr.contains("✓ installed hooks"),
        "{}",
        finished.stderr
    );
    let value = new(&sandbox, &["bare", "--no-git", "--format", "json"]).code(0);
    let value: serde_json::Value = serde_json::from_str(&value.stdout).unwrap();
    assert_eq!(value["hooks"]["status"], "left-out");
    for (choice, steps) in [
        ("scaffold", vec!["files", "git", "hooks"]),
        ("pre-commit", vec!["files", "git"]),
        ("none", vec!["files", "git"]),
    ] {
        let arguments = [
            "x",
            "--dry-run",
            "--format",
            "json",
            "--set",
            &format!("hooks={choice}"),
        ];
        let plan = new(&sandbox, &arguments).code(0).stdout;
        let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        assert_eq!(plan["steps"], serde_json::json!(steps));
        assert_eq!(plan["answers"]["hooks"], choice);
        let name = format!("with-{choice}");
        new(&sandbox, &[&name, "--hooks", choice]).code(0);
        assert_eq!(
            hooks(&name).is_empty(),
            choice != "scaffold",
            "{:?}",
            hooks(&name)
        );
        let names = names(&sandbox.path(&name));
        let has = |file: &str| names.iter().any(|it| it == file);
        assert_eq!(has(".pre-commit-config.yaml"), choice == "pre-commit");
        let readme = std::fs::read_to_string(sandbox.path(&name).join("README.md")).unwrap();
        assert_eq!(readme.contains("at a commit"), choice != "none");
    }
}

#[test]
fn a_new_project_whose_hooks_cannot_be_is_complete_all_the_same() {
    let sandbox = Sandbox::new();
    let git = |arguments: &[&str]| sandbox.git("", arguments);
    let template = sandbox.home().join("template");
    std::fs::create_dir_all(template.join("hooks")).unwrap();
    write_script(&template.join("hooks/pre-commit"), "#!/bin/sh\nexit 0\n");
    git(&[
        "config",
        "--global",
        "init.templateDir",
        template.to_str().unwrap(),
    ]);
    let finished = new(&sandbox, &["templated"]).code(0);
    assert!(
        finished
            .stderr
            .contains("the pre-commit hook of your template runs first"),
        "{}",
        finished.stderr
    );
    assert_eq!(
        Trial::hooks_in(&sandbox.path("templated/.git/hooks")),
        ["pre-commit", "pre-commit.before-scaffold", "pre-push"]
    );
    let shared = sandbox.home().join("shared");
    git(&[
        "config",
        "--global",
        "core.hooksPath",
        shared.to_str().unwrap(),
    ]);
    let finished = new(&sandbox, &["hello", "--format", "json"]).code(0);
    for words in [
        "git hooks are not installed: your git configuration sets core.hooksPath",
        "scaffold hook install",
    ] {
        assert!(finished.stderr.contains(words), "{}", finished.stderr);
    }
    let value: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(value["hooks"]["status"], "failed");
    assert!(value["commit"].is_string());
    assert!(!shared.exists());
    assert_eq!(
        Trial::hooks_in(&sandbox.path("hello/.git/hooks")),
        ["pre-commit"]
    );
}

#[test]
fn pre_commit_takes_its_configuration_and_runs_the_tools_of_the_project() {
    let python = Python::find(&[13, 12, 14, 11]);
    let tool = environment(
        "pre-commit",
        &python,
        include_str!("../../runtime/pre-commit.txt"),
    )
    .program("pre-commit");
    let sandbox = Sandbox::new();
    let path = std::env::var_os("PATH").unwrap();
    let search =
        std::iter::once(uv().parent().unwrap().to_owned()).chain(std::env::split_paths(&path));
    run(sandbox
        .scaffold()
        .args(["new", "hello", "--hooks", "pre-commit"])
        .args(["--python", &python.version()])
        .env("PATH", std::env::join_paths(search).unwrap())
        .env("UV_CACHE_DIR", cache("uv-cache"))
        .env("SCAFFOLD_NO_STORE", "1"))
    .code(0);
    let hello = sandbox.path("hello");
    let do_it = |program: &Path, arguments: &[&str]| {
        run(sandbox.command(program).current_dir(&hello).args(arguments))
    };
    let git = |arguments: &[&str]| do_it(Path::new("git"), arguments);
    do_it(&tool, &["validate-config"]).code(0);
    let said = do_it(&tool, &["install"]).code(0).stdout;
    assert_eq!(said.matches("installed at").count(), 2, "{said}");
    let all = do_it(&tool, &["run", "--all-files"]).code(0).stdout;
    assert_eq!(all.matches("Passed").count(), 2, "{all}");

    // Badly formatted and with an unused import, under a name that looks like an option.
    std::fs::write(hello.join("-x.py"), "import os\nx = {  }\n").unwrap();
    git(&["add", "--", "-x.py"]).code(0);
    let said = git(&["commit", "-m", "bad"]).code(1).stderr;
    for words in ["files were modified by this hook", "F401"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(
        std::fs::read_to_string(hello.join("-x.py")).unwrap(),
        "import os\n\nx = {}\n"
    );
    std::fs::write(hello.join("-x.py"), "x = {}\n").unwrap();
    std::fs::write(hello.join("tests/test_bad.py"), "assert False\n").unwrap();
    git(&["add", "--all"]).code(0);
    git(&["commit", "-m", "good"]).code(0);
    // The tests run before a push.
    git(&["init", "--quiet", "--bare", "../remote.git"]).code(0);
    let said = git(&["push", "../remote.git", "HEAD"]).code(1);
    assert!(
        said.stdout.contains("test_bad.py") || said.stderr.contains("test_bad.py"),
        "{said:?}"
    );
    git(&["rm", "--quiet", "tests/test_bad.py"]).code(0);
    git(&["commit", "--quiet", "-m", "better"]).code(0);
    git(&["push", "--quiet", "../remote.git", "HEAD"]).code(0);
    // Without the environment, it says so.
    std::fs::remove_dir_all(hello.join(".venv")).unwrap();
    let all = do_it(&tool, &["run", "--all-files"]).code(1).stdout;
    assert!(all.contains("there is no .venv"), "{all}");
}
