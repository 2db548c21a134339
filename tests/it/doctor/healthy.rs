//! No false alarm: what `scaffold new` makes is healthy, wherever it lies and however it got there. The loops are over the catalog, so that
//! what is added to it later is held to this as well.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::runtime::tools::{cache, uv};
use crate::support::{Sandbox, run, tree};

/// The program under test with uv on PATH, warm caches, and a store of environments that the tests share.
fn scaffold(sandbox: &Sandbox) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let uv = uv().parent().unwrap().to_owned();
    let folders = std::iter::once(uv).chain(std::env::split_paths(&path));
    let mut command = sandbox.scaffold();
    command
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("UV_CACHE_DIR", cache("uv-cache"))
        .env("PIP_CACHE_DIR", cache("pip-cache"))
        .env("SCAFFOLD_CACHE_DIR", cache("scaffold-cache"));
    command
}

/// The ids of a kind in the catalog.
fn ids(sandbox: &Sandbox, kind: &str) -> Vec<String> {
    let list = run(scaffold(sandbox).args(["template", "list", "--format", "json"])).code(0);
    let list: Value = serde_json::from_str(&list.stdout).unwrap();
    let layers = list["layers"].as_array().unwrap().iter();
    layers
        .filter(|layer| layer["kind"] == kind)
        .map(|layer| layer["id"].as_str().unwrap().to_owned())
        .collect()
}

fn make(sandbox: &Sandbox, path: &str, arguments: &[&str]) {
    let mut command = scaffold(sandbox);
    command.args(["new", path, "--defaults"]).args(arguments);
    run(&mut command).code(0);
}

/// What is wrong with a project, each with its code first; what is wrong with the machine is not its fault. The doctor is held to changing nothing.
#[track_caller]
fn wrong(sandbox: &Sandbox, folder: &Path, variables: &[(&str, &str)]) -> Vec<String> {
    let before = tree(folder, &[]);
    let mut command = scaffold(sandbox);
    command
        .args(["doctor", "--format", "json"])
        .current_dir(folder)
        .envs(variables.iter().copied());
    let said = run(&mut command);
    assert!(tree(folder, &[]) == before, "a check changes nothing");
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let wrong = |it: &&Value| {
        it["scope"] == "project" && matches!(it["severity"].as_str(), Some("warning" | "error"))
    };
    let checks = document["checks"].as_array().unwrap().iter();
    checks
        .filter(wrong)
        .map(|it| format!("{} {}", it["code"].as_str().unwrap(), it["symptoms"]))
        .collect()
}

#[track_caller]
fn is_healthy(sandbox: &Sandbox, folder: &Path, variables: &[(&str, &str)]) {
    let wrong = wrong(sandbox, folder, variables);
    assert!(wrong.is_empty(), "{}: {wrong:?}", folder.display());
    let mut command = scaffold(sandbox);
    command.arg("doctor").current_dir(folder);
    run(command.envs(variables.iter().copied())).code(0);
}

#[test]
fn every_fresh_project_is_healthy() {
    let sandbox = Sandbox::new();
    for platform in ids(&sandbox, "platform") {
        for installer in ["uv", "pip"] {
            let path = format!("{platform}-{installer}");
            let arguments = ["--platform", &platform, "--installer", installer];
            make(&sandbox, &path, &arguments);
            is_healthy(&sandbox, &sandbox.path(path), &[]);
        }
    }
}

/// The environment is the same whatever they are, but for the tools of the documentation: it is left out.
#[test]
fn every_choice_of_layers_is_healthy() {
    let sandbox = Sandbox::new();
    for platform in ids(&sandbox, "platform") {
        for kind in ["ci", "docs", "editor", "example", "hooks", "license"] {
            for id in ids(&sandbox, kind) {
                let path = format!("{platform}-{kind}-{id}");
                let flag = format!("--{kind}");
                let arguments = ["--platform", &platform, &flag, &id, "--no-env"];
                make(&sandbox, &path, &arguments);
                let mut wrong = wrong(&sandbox, &sandbox.path(&path), &[]);
                // pre-commit's own hook is set up by a person: it fetches programs.
                wrong.retain(|it| {
                    !it.starts_with("VENV001") && (id != "pre-commit" || !it.starts_with("GIT007"))
                });
                assert!(wrong.is_empty(), "{path}: {wrong:?}");
            }
        }
    }
}

#[test]
fn a_clone_and_a_linked_work_tree_are_healthy_once_set_up() {
    let sandbox = Sandbox::new();
    make(&sandbox, "first", &["--no-env"]);
    sandbox.git("", &["clone", "-q", "first", "clone"]);
    sandbox.git("first", &["worktree", "add", "-q", "../linked"]);
    for folder in ["clone", "linked"] {
        let mut command = scaffold(&sandbox);
        command
            .args(["doctor", "--fix"])
            .current_dir(sandbox.path(folder));
        run(&mut command).code(0);
        is_healthy(&sandbox, &sandbox.path(folder), &[]);
        assert_eq!(sandbox.git(folder, &["status", "--porcelain"]), "");
    }
}

#[test]
fn a_folder_with_spaces_and_unicode_is_healthy() {
    let sandbox = Sandbox::new();
    make(
        &sandbox,
        "Größe und mehr/my project ☂",
        &["--name", "weather"],
    );
    is_healthy(&sandbox, &sandbox.path("Größe und mehr/my project ☂"), &[]);
}

#[test]
fn a_project_in_ci_is_healthy() {
    let sandbox = Sandbox::new();
    make(&sandbox, "first", &["--no-env"]);
    sandbox.git("", &["clone", "-q", "first", "clone"]);
    let folder = sandbox.path("clone");
    let python = run(scaffold(&sandbox)
        .args(["doctor", "venv", "--fix"])
        .current_dir(&folder));
    python.code(0);
    // No hooks are there, and in CI none are needed.
    is_healthy(
        &sandbox,
        &folder,
        &[("CI", "true"), ("GITHUB_ACTIONS", "true")],
    );
}

#[test]
fn projects_of_others_are_not_held_to_our_ways() {
    let sandbox = Sandbox::new();
    let project = sandbox.path("flask-app");
    std::fs::create_dir(&project).unwrap();
    std::fs::write(project.join("requirements.txt"), "six==1.17.0\n").unwrap();
    std::fs::write(project.join("app.py"), "import six\n").unwrap();
    let mut command = scaffold(&sandbox);
    command.args(["doctor", "--fix"]).current_dir(&project);
    run(&mut command).code(0);
    is_healthy(&sandbox, &project, &[]);
    assert!(project.join(".venv/pyvenv.cfg").is_file());
}
