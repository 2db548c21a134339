//! What is installed, kept, chained and put back, and what git then really calls.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::trial::{Trial, mode, write_script};
use crate::support::{names, run};

#[test]
fn hooks_come_and_go_and_git_calls_them() {
    let trial = Trial::new();
    let before = names(&trial.sandbox.path(".git/hooks"));
    assert_eq!(trial.state("pre-commit"), "absent");
    let said = trial.hook(&["install"]).code(0).stderr;
    assert_eq!(said, "✓ installed pre-commit\n✓ installed pre-push\n");
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);
    assert_eq!(mode(&trial.at("pre-commit")) & 0o111, 0o111);
    let entry = trial.entry("pre-push");
    assert_eq!(entry["state"], "installed");
    assert_eq!(entry["program"], trial.program.to_str().unwrap());
    assert_eq!(entry["program_found"], true);
    assert_eq!(entry["chained"], serde_json::Value::Null);

    let said = trial.hook(&["install"]).code(0).stderr;
    assert_eq!(
        said,
        "✓ already installed pre-commit\n✓ already installed pre-push\n"
    );
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");

    trial.put_program();
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(names(&trial.sandbox.path(".git/hooks")), before);
    let said = trial.hook(&["uninstall"]).code(0).stderr;
    assert_eq!(said, "no hook of scaffold's is installed\n");
}

#[test]
fn a_graphical_program_with_nothing_on_path_is_held_to_the_checks_too() {
    let trial = Trial::new();
    trial.hook(&["install"]).code(0);
    let git = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|folder| folder.join("git"))
        .find(|it| it.is_file())
        .unwrap();
    let commit = |text: &str| {
        std::fs::write(trial.sandbox.path("a.txt"), text).unwrap();
        trial.git(&["add", "a.txt"]).code(0);
        let mut command = trial.command(&git, &trial.sandbox.work());
        run(command.env_remove("PATH").args(["commit", "-m", "a"]))
    };
    let conflict = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";
    let said = commit(conflict).code(1).stderr;
    assert!(said.contains("a.txt"), "{said}");
    commit("a\n").code(0);
}

#[test]
fn the_stages_that_the_project_names_are_the_ones_installed() {
    let trial = Trial::new();
    let text = "[tool.scaffold.stages]\npre-commit = ['hygiene']\npre-merge-commit = ['hygiene']\n";
    std::fs::write(trial.sandbox.path("pyproject.toml"), text).unwrap();
    trial.git(&["add", "pyproject.toml"]).code(0);
    trial.hook(&["install"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-merge-commit"]);
    // Those of every project in the repository, as they lie there: nothing has to be staged.
    let configured = || {
        let status = trial.status_in(&trial.sandbox.work());
        let hooks = status["hooks"].as_array().unwrap();
        let stages = hooks.iter().filter(|it| it["configured"] == true);
        let names = stages.map(|it| it["stage"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(configured(), ["pre-commit", "pre-merge-commit"]);
    std::fs::create_dir(trial.sandbox.path("one")).unwrap();
    let text = "[tool.scaffold.stages]\ncommit-msg = ['conventional-commit']\n";
    std::fs::write(trial.sandbox.path("one/pyproject.toml"), text).unwrap();
    let said = trial.hook(&["status"]).code(0).stdout;
    assert!(
        said.contains("commit-msg        not installed, and its gates do not run"),
        "{said}"
    );
    assert!(said.contains("pre-push          not installed\n"), "{said}");
    assert_eq!(
        configured(),
        ["pre-commit", "pre-merge-commit", "commit-msg"]
    );
    trial.hook(&["install"]).code(0);
    assert_eq!(
        trial.hooks(),
        ["commit-msg", "pre-commit", "pre-merge-commit"]
    );
}

#[test]
fn a_mistake_in_the_configuration_is_told_before_anything_is_installed() {
    let trial = Trial::new();
    let text = "[tool.scaffold.stages]\npre-comit = ['hygiene']\n";
    std::fs::write(trial.sandbox.path("pyproject.toml"), text).unwrap();
    let said = trial.hook(&["install"]).code(2).stderr;
    assert!(
        said.contains("pyproject.toml:2: there is no stage `pre-comit`"),
        "{said}"
    );
    assert!(said.contains("did you mean `pre-commit`?"), "{said}");
    assert_eq!(trial.hooks(), [""; 0]);
    let status = trial.hook(&["status"]).code(0);
    assert!(
        status.stderr.contains("there is no stage `pre-comit`"),
        "{status:?}"
    );
    let status = trial.status_in(&trial.sandbox.work());
    assert!(status["hooks"][0]["configured"].is_null());
    // Who names the stages needs no configuration.
    trial.hook(&["install", "--stage", "pre-commit"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit"]);
    trial.hook(&["uninstall"]).code(0);
}

#[test]
fn stages_are_those_that_something_runs_at() {
    let trial = Trial::new();
    trial
        .hook(&["install", "--stage", "commit-msg,pre-merge-commit"])
        .code(0);
    assert_eq!(trial.hooks(), ["commit-msg", "pre-merge-commit"]);
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(
        trial.recorded().0,
        "<hook><run><commit-msg><--><.git/COMMIT_EDITMSG>"
    );
    trial.put_program();
    trial.hook(&["uninstall", "--stage", "commit-msg"]).code(0);
    assert_eq!(trial.hooks(), ["pre-merge-commit"]);
    for (stage, words) in [
        ("post-commit", "scaffold runs nothing then"),
        ("commit", "there is no stage `commit`"),
    ] {
        let said = trial.hook(&["install", "--stage", stage]).code(2).stderr;
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(trial.hooks(), ["pre-merge-commit"]);
    let outside = trial.sandbox.home();
    let said = trial.hook_in(&outside, &["install"]).code(2).stderr;
    assert!(said.contains("not inside the work tree"), "{said}");
}

#[test]
fn a_foreign_hook_is_kept_runs_first_and_comes_back() {
    let trial = Trial::new();
    let foreign = "#!/bin/sh\necho \"first $#\" >>\"$RECORD.arguments\"\n[ ! -e stop ]\n";
    write_script(&trial.at("pre-commit"), foreign);
    std::fs::set_permissions(trial.at("pre-commit"), PermissionsExt::from_mode(0o750)).unwrap();
    let said = trial
        .hook(&["install", "--stage", "pre-commit"])
        .code(0)
        .stderr;
    assert_eq!(
        said,
        "✓ installed pre-commit; the hook that was there runs first\n"
    );
    assert_eq!(trial.hooks(), ["pre-commit", "pre-commit.before-scaffold"]);
    let chained = trial.entry("pre-commit")["chained"].clone();
    assert!(
        chained
            .as_str()
            .unwrap()
            .ends_with(".git/hooks/pre-commit.before-scaffold"),
        "{chained}"
    );
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(trial.recorded().0, "first 0\n<hook><run><pre-commit><-->");
    // Its failure is the hook's, and ours does not run.
    std::fs::write(trial.sandbox.path("stop"), "").unwrap();
    trial.commit_in(&trial.sandbox.work(), "b").code(1);
    assert_eq!(trial.recorded().0, "first 0\n");

    trial.put_program();
    trial.hook(&["install"]).code(0);
    let said = trial.hook(&["uninstall"]).code(0).stderr;
    assert!(said.contains("before is back"), "{said}");
    assert_eq!(trial.hooks(), ["pre-commit"]);
    assert_eq!(
        std::fs::read_to_string(trial.at("pre-commit")).unwrap(),
        foreign
    );
    assert_eq!(mode(&trial.at("pre-commit")), 0o750);
    // Left alone once it is nobody's but its owner's.
    let said = trial
        .hook(&["uninstall", "--stage", "pre-commit"])
        .code(0)
        .stderr;
    assert!(said.contains("is not scaffold's, and stays"), "{said}");
}

#[test]
fn a_linked_foreign_hook_stays_a_link_and_one_that_git_ignores_stays_ignored() {
    let trial = Trial::new();
    let script = trial.sandbox.path("mine.sh");
    write_script(&script, "#!/bin/sh\nexit 1\n");
    std::os::unix::fs::symlink("../../mine.sh", trial.at("pre-commit")).unwrap();
    std::fs::write(trial.at("pre-push"), "#!/bin/sh\nexit 1\n").unwrap();
    trial.hook(&["install"]).code(0);
    assert_eq!(
        std::fs::read_link(trial.at("pre-commit.before-scaffold")).unwrap(),
        Path::new("../../mine.sh")
    );
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(1);
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o644)).unwrap();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    run(trial
        .command(trial.at("pre-push"), &trial.sandbox.work())
        .args(["origin", "url"]))
    .code(0);
    assert!(
        trial
            .recorded()
            .0
            .ends_with("<hook><run><pre-push><--><origin><url>")
    );
    trial.put_program();
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(
        std::fs::read_link(trial.at("pre-commit")).unwrap(),
        Path::new("../../mine.sh")
    );
    assert_eq!(mode(&trial.at("pre-push")) & 0o111, 0);
}

#[test]
fn another_path_is_renewed_and_a_link_on_the_search_path_is_what_is_written() {
    let trial = Trial::new();
    run(trial.sandbox.scaffold().args(["hook", "install"])).code(0);
    assert_eq!(trial.entry("pre-commit")["state"], "installed");
    let said = trial.hook(&["install"]).code(0).stderr;
    assert_eq!(said, "✓ renewed pre-commit\n✓ renewed pre-push\n");
    assert_eq!(
        trial.entry("pre-commit")["program"],
        trial.program.to_str().unwrap()
    );
    let links = trial.sandbox.home().join("links");
    std::fs::create_dir(&links).unwrap();
    std::os::unix::fs::symlink(&trial.program, links.join("scaffold")).unwrap();
    let search = std::env::join_paths(
        std::iter::once(links.clone())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = trial.command(links.join("scaffold"), &trial.sandbox.work());
    run(command
        .args(["hook", "install"])
        .env("PATH", search.unwrap()))
    .code(0);
    assert_eq!(
        trial.entry("pre-commit")["program"],
        links.join("scaffold").to_str().unwrap()
    );
    // No longer executable, it is renewed too.
    std::fs::set_permissions(trial.at("pre-commit"), PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(trial.state("pre-commit"), "outdated");
    trial.hook(&["install"]).code(0);
    assert_eq!(trial.state("pre-commit"), "installed");
}

#[test]
fn what_somebody_made_of_our_hook_is_not_lost() {
    let trial = Trial::new();
    write_script(&trial.at("pre-push"), "#!/bin/sh\necho before\n");
    trial.hook(&["install"]).code(0);
    let edit = |name: &str| {
        let mut text = std::fs::read_to_string(trial.at(name)).unwrap();
        text = text.replace("exec ", "echo mine; exec ");
        std::fs::write(trial.at(name), &text).unwrap();
        text
    };
    let edited = edit("pre-commit");
    assert_eq!(trial.state("pre-commit"), "edited");
    let said = trial.hook(&["install"]).code(0).stderr;
    assert!(
        said.contains("✓ installed pre-commit\n")
            && said.contains(
                "had been edited: what it was lies in .git/hooks/pre-commit.edited-scaffold now"
            ),
        "{said}"
    );
    let aside = |name: &str| std::fs::read_to_string(trial.at(name)).unwrap();
    assert_eq!(aside("pre-commit.edited-scaffold"), edited);
    assert_eq!(trial.state("pre-commit"), "installed");
    let (again, pushed) = (edit("pre-commit"), edit("pre-push"));
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(aside("pre-commit.edited-scaffold"), edited);
    assert_eq!(aside("pre-commit.edited-scaffold.2"), again);
    assert_eq!(aside("pre-push.edited-scaffold"), pushed);
    assert_eq!(aside("pre-push"), "#!/bin/sh\necho before\n");
    assert_eq!(
        trial.hooks(),
        [
            "pre-commit.edited-scaffold",
            "pre-commit.edited-scaffold.2",
            "pre-push",
            "pre-push.edited-scaffold"
        ]
    );
}

#[test]
fn two_foreign_hooks_are_too_many_and_nothing_is_written() {
    let trial = Trial::new();
    write_script(&trial.at("pre-push"), "#!/bin/sh\necho one\n");
    trial.hook(&["install", "--stage", "pre-push"]).code(0);
    write_script(&trial.at("pre-push"), "#!/bin/sh\necho two\n");
    let said = trial.hook(&["install"]).code(2).stderr;
    assert!(said.contains("only one of them can be kept"), "{said}");
    assert_eq!(trial.hooks(), ["pre-push", "pre-push.before-scaffold"]);
    // As a run that was killed between two steps leaves it.
    std::fs::copy(trial.at("pre-push"), trial.at("pre-push.before-scaffold")).unwrap();
    trial.hook(&["install", "--stage", "pre-push"]).code(0);
    assert_eq!(trial.state("pre-push"), "installed");
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(
        std::fs::read_to_string(trial.at("pre-push")).unwrap(),
        "#!/bin/sh\necho two\n"
    );
    std::fs::create_dir(trial.at("commit-msg")).unwrap();
    let said = trial
        .hook(&["install", "--stage", "commit-msg,pre-commit"])
        .code(2)
        .stderr;
    assert!(said.contains("is no file"), "{said}");
    assert_eq!(trial.hooks(), ["commit-msg", "pre-push"]);
}

#[test]
fn under_another_manager_ours_runs_once() {
    let trial = Trial::new();
    trial.hook(&["install", "--stage", "pre-commit"]).code(0);
    // What such a manager does: ours under another name, run by its own.
    let manager = "#!/bin/sh\n: hook-impl\n\"${0%/*}/pre-commit.legacy\" \"$@\"\n";
    std::fs::rename(trial.at("pre-commit"), trial.at("pre-commit.legacy")).unwrap();
    write_script(&trial.at("pre-commit"), manager);
    assert_eq!(trial.state("pre-commit"), "installed");
    trial.hook(&["install", "--stage", "pre-commit"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-commit.legacy"]);
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
    trial.put_program();
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit"]);
    assert_eq!(
        std::fs::read_to_string(trial.at("pre-commit")).unwrap(),
        manager
    );
}
