//! The folder that git takes hooks from: in every kind of work tree, and with `core.hooksPath`.

use super::trial::Trial;
use crate::support::{names, run};

#[test]
fn a_hooks_path_inside_the_repository_is_honoured() {
    let trial = Trial::new();
    let absolute = trial.sandbox.path(".git/other hooks");
    for (value, folder) in [
        (".githooks/mine", trial.sandbox.path(".githooks/mine")),
        (absolute.to_str().unwrap(), absolute.clone()),
    ] {
        trial.git(&["config", "core.hooksPath", value]).code(0);
        // From a folder below, too: the setting counts from the top.
        let below = trial.sandbox.path("below");
        std::fs::create_dir_all(&below).unwrap();
        let said = trial.hook_in(&below, &["install"]).code(0).stderr;
        assert!(
            said.contains(&format!("core.hooksPath is `{value}`")),
            "{said}"
        );
        assert_eq!(names(&folder), ["pre-commit", "pre-push"]);
        trial.put_recorder();
        trial
            .commit_in(&trial.sandbox.work(), "a")
            .code(i32::from(value != ".githooks/mine"));
        assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
        trial.put_program();
        let status = trial.status_in(&below);
        assert_eq!(status["hooks_path"]["value"], value);
        assert_eq!(status["hooks_path"]["scope"], "local");
        trial.hook(&["uninstall"]).code(0);
        assert_eq!(names(&folder), [""; 0]);
    }
    assert_eq!(trial.hooks(), [""; 0]);
}

#[test]
fn a_hooks_path_elsewhere_is_refused_with_the_file_that_sets_it() {
    let trial = Trial::new();
    let shared = trial.sandbox.home().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let global = trial.sandbox.home().join(".gitconfig");
    trial
        .git(&["config", "--global", "core.hooksPath", "~/shared"])
        .code(0);
    let said = trial.hook(&["install"]).code(2).stderr;
    for words in [
        "lies outside of it",
        global.to_str().unwrap(),
        "(global)",
        "git config --global --unset-all core.hooksPath",
        "git config core.hooksPath ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let status = trial.status_in(&trial.sandbox.work());
    assert!(status["refusal"]["reason"].is_string(), "{status:#}");
    assert_eq!(status["hooks_path"]["scope"], "global");
    trial.hook(&["uninstall"]).code(2);
    assert_eq!(names(&shared), [""; 0]);
    // The way out that it names is one.
    let way = said.lines().find_map(|line| {
        line.split_once("try again: ")
            .map(|(_, way)| way.to_owned())
    });
    run(trial
        .command("sh", &trial.sandbox.work())
        .args(["-c", &way.unwrap()]))
    .code(0);
    trial.hook(&["install"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);

    // Empty, the work tree itself, or through a link.
    trial
        .git(&["config", "--global", "--unset", "core.hooksPath"])
        .code(0);
    std::os::unix::fs::symlink(&shared, trial.sandbox.path("link")).unwrap();
    for value in ["", ".", "link", "../home/shared", "/dev/null"] {
        trial.git(&["config", "core.hooksPath", value]).code(0);
        let said = trial.hook(&["install"]).code(2).stderr;
        assert!(said.contains("(local)"), "{value}: {said}");
    }
    let mut command = trial.command(&trial.program, &trial.sandbox.work());
    command.args(["hook", "install"]);
    command.envs([
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.hooksPath"),
        ("GIT_CONFIG_VALUE_0", "/nowhere"),
    ]);
    let said = run(&mut command).code(2).stderr;
    assert!(said.contains("in the environment"), "{said}");
    assert_eq!(names(&shared), [""; 0]);
    assert_eq!(names(&trial.sandbox.work()), [".git", "link"]);
}

#[test]
fn a_linked_folder_of_hooks_that_leads_out_is_refused() {
    let trial = Trial::new();
    let shared = trial.sandbox.home().join("shared");
    std::fs::rename(trial.sandbox.path(".git/hooks"), &shared).unwrap();
    let before = names(&shared);
    std::os::unix::fs::symlink(&shared, trial.sandbox.path(".git/hooks")).unwrap();
    let said = trial.hook(&["install"]).code(2).stderr;
    assert!(said.contains("leads out of the repository"), "{said}");
    assert_eq!(names(&shared), before);
    // One that is missing altogether is made.
    std::fs::remove_file(trial.sandbox.path(".git/hooks")).unwrap();
    trial.hook(&["install"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);
}

#[test]
fn every_kind_of_work_tree_has_its_hooks() {
    let trial = Trial::new();
    let work = trial.sandbox.work();
    trial.commit_in(&work, "a").code(0);
    let home = trial.sandbox.home();
    // Work trees of one repository share them.
    let linked = home.join("linked");
    trial
        .git(&["worktree", "add", "--quiet", linked.to_str().unwrap()])
        .code(0);
    trial.hook_in(&linked, &["install"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);
    trial.put_recorder();
    for folder in [&linked, &work] {
        trial.commit_in(folder, "b").code(0);
        assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
    }
    trial.put_program();
    trial.hook(&["uninstall"]).code(0);

    // A submodule has its own, in the repository around it.
    let other = home.join("other");
    std::fs::create_dir(&other).unwrap();
    trial.git_in(&other, &["init", "--quiet"]).code(0);
    trial.commit_in(&other, "c").code(0);
    trial
        .git(&[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            other.to_str().unwrap(),
            "sub",
        ])
        .code(0);
    trial
        .hook_in(&trial.sandbox.path("sub"), &["install"])
        .code(0);
    assert_eq!(
        Trial::hooks_in(&trial.sandbox.path(".git/modules/sub/hooks")),
        ["pre-commit", "pre-push"]
    );
    assert_eq!(trial.hooks(), [""; 0]);

    // A repository beside its work tree, behind a `.git` file.
    let (apart, tree) = (home.join("apart.git"), home.join("tree"));
    trial
        .git(&[
            "init",
            "--quiet",
            "--separate-git-dir",
            apart.to_str().unwrap(),
            tree.to_str().unwrap(),
        ])
        .code(0);
    trial.hook_in(&tree, &["install"]).code(0);
    assert_eq!(
        Trial::hooks_in(&apart.join("hooks")),
        ["pre-commit", "pre-push"]
    );
    trial.put_recorder();
    trial.commit_in(&tree, "d").code(0);
    assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
    trial.put_program();

    // A bare one, whose work tree only the environment names.
    let (bare, files) = (home.join("dotfiles.git"), home.join("files"));
    std::fs::create_dir(&files).unwrap();
    trial
        .git(&["init", "--quiet", "--bare", bare.to_str().unwrap()])
        .code(0);
    let mut command = trial.command(&trial.program, &files);
    command
        .args(["hook", "install"])
        .env("GIT_DIR", &bare)
        .env("GIT_WORK_TREE", &files);
    run(&mut command).code(0);
    assert_eq!(
        Trial::hooks_in(&bare.join("hooks")),
        ["pre-commit", "pre-push"]
    );
    assert_eq!(names(&files), [""; 0]);
}
