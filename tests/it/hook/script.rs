//! The script itself: under several shells, with nothing on PATH, whatever the path of the program, and what it hands on.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::trial::{RECORDER, Trial, write_script};
use crate::support::{Finished, run};

#[test]
fn what_is_pushed_reaches_the_kept_hook_and_ours() {
    let trial = Trial::new();
    let remote = trial.sandbox.home().join("remote.git");
    trial
        .git(&["init", "--quiet", "--bare", remote.to_str().unwrap()])
        .code(0);
    trial
        .git(&["remote", "add", "origin", remote.to_str().unwrap()])
        .code(0);
    trial
        .git_in(&remote, &["config", "receive.denyDeleteCurrent", "ignore"])
        .code(0);
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    let kept = "#!/bin/sh\nwhile read -r line; do echo \"kept $line\" >>\"$RECORD.stdin\"; done\n";
    for hook in [None, Some(kept), Some("#!/bin/sh\nexit 0\n")] {
        if let Some(text) = hook {
            write_script(&trial.at("pre-push"), text);
        }
        trial.hook(&["install", "--stage", "pre-push"]).code(0);
        trial.put_recorder();
        trial
            .git(&["push", "--quiet", "origin", "main", "HEAD:other"])
            .code(0);
        let (arguments, stdin) = trial.recorded();
        assert_eq!(
            arguments,
            format!("<hook><run><pre-push><--><origin><{}>", remote.display())
        );
        let id = trial.git(&["rev-parse", "HEAD"]).code(0).stdout;
        let (id, none) = (id.trim(), "0".repeat(40));
        let refs = [
            format!("refs/heads/main {id} refs/heads/main {none}\n"),
            format!("HEAD {id} refs/heads/other {none}\n"),
        ];
        let seen: String = match hook {
            Some(text) if text == kept => refs
                .iter()
                .map(|line| format!("kept {line}"))
                .chain(refs.clone())
                .collect(),
            _ => refs.concat(),
        };
        assert_eq!(stdin, seen);
        // Pushed anew the next time, with nothing of the hooks left.
        trial
            .git(&[
                "push",
                "--quiet",
                "--no-verify",
                "origin",
                ":main",
                ":other",
            ])
            .code(0);
        trial.put_program();
        trial.hook(&["uninstall"]).code(0);
        drop(std::fs::remove_file(trial.at("pre-push")));
    }
    // Nothing to push is nothing to read, and more than any pipe holds at once arrives whole.
    write_script(&trial.at("pre-push"), "#!/bin/sh\nexit 0\n");
    trial.hook(&["install", "--stage", "pre-push"]).code(0);
    trial.put_recorder();
    let long: String = (0..4000)
        .map(|it| format!("refs/heads/{it} a\\b  c\n"))
        .collect();
    for text in ["", "unfinished", &long] {
        let input = trial.sandbox.home().join("input");
        std::fs::write(&input, text).unwrap();
        let mut hook = trial.command(trial.at("pre-push"), &trial.sandbox.work());
        hook.args(["origin", "url"])
            .stdin(std::fs::File::open(input).unwrap());
        run(&mut hook).code(0);
        let seen = trial.recorded().1;
        assert_eq!(
            seen,
            if text == "unfinished" {
                "unfinished\n"
            } else {
                text
            }
        );
    }
}

/// The shells of this machine that may stand behind `/bin/sh` somewhere, as commands that run a script.
fn shells() -> Vec<Vec<PathBuf>> {
    let path = std::env::var_os("PATH").unwrap();
    let find = |name: &str| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|it| it.is_file())
    };
    let plain = ["sh", "dash", "bash", "ksh93", "zsh"];
    let mut shells: Vec<Vec<PathBuf>> = plain
        .iter()
        .filter_map(|name| Some(vec![find(name)?]))
        .collect();
    if let Some(busybox) = find("busybox") {
        shells.push(vec![busybox, PathBuf::from("sh")]);
    }
    assert!(!shells.is_empty(), "this test needs sh on PATH");
    shells
}

/// Runs a hook by a shell in an environment with nothing but what is given.
fn bare(trial: &Trial, shell: &[PathBuf], hook: &Path, path: Option<&OsStr>) -> Finished {
    let mut command = Command::new(&shell[0]);
    command
        .args(&shell[1..])
        .arg(hook)
        .args(["origin", "a b", ""])
        .current_dir(trial.sandbox.work())
        .env_clear()
        .env("RECORD", trial.sandbox.home().join("record"))
        .stdin(Stdio::null());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    run(&mut command)
}

#[test]
fn any_shell_and_any_path_of_the_program_will_do() {
    for path in [
        b"bin/scaffold".as_slice(),
        b"a b/it's \"x\"/$HOME/`id`/$(id)/;&|<>*?[a]!#~/sca ffold",
        b"-dash/\\back/new\nline/scaffold",
        b"\xff\xfe/\xc3\xa9/\x81\x82\x88/scaffold",
    ] {
        let trial = Trial::with_program(OsStr::from_bytes(path));
        trial.hook(&["install"]).code(0);
        write_script(&trial.at("pre-push.before-scaffold"), RECORDER);
        trial.put_recorder();
        for shell in shells() {
            for search in [None, Some(OsStr::new("")), Some(OsStr::new("/nowhere"))] {
                let hook = trial.at("pre-commit");
                let finished = bare(&trial, &shell, &hook, search).code(0);
                assert_eq!((&*finished.stdout, &*finished.stderr), ("", ""));
                let recorded = trial.recorded();
                assert_eq!(
                    recorded.0, "<hook><run><pre-commit><--><origin><a b><>",
                    "{shell:?}"
                );
                // With a hook to run before, and what comes on standard input.
                bare(&trial, &shell, &trial.at("pre-push"), search).code(0);
                let recorded = trial.recorded();
                assert_eq!(
                    recorded.0, "<origin><a b><><hook><run><pre-push><--><origin><a b><>",
                    "{shell:?}"
                );
            }
        }
    }
}

#[test]
fn a_program_that_is_gone_is_looked_for_and_its_lack_is_a_failure() {
    let trial = Trial::new();
    trial.hook(&["install"]).code(0);
    std::fs::remove_file(&trial.program).unwrap();
    // What lies in the work tree is never the program.
    write_script(&trial.sandbox.path("scaffold"), "#!/bin/sh\nexit 0\n");
    let hook = trial.at("pre-commit");
    for shell in shells() {
        for path in [
            None,
            Some(""),
            Some("/nowhere"),
            Some("."),
            Some(":/nowhere"),
        ] {
            let finished = bare(&trial, &shell, &hook, path.map(OsStr::new)).code(1);
            assert_eq!(finished.stdout, "");
            assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
            for words in [
                "scaffold (pre-commit hook): no program at",
                trial.program.to_str().unwrap(),
                "install scaffold again",
                "rm ",
            ] {
                assert!(finished.stderr.contains(words), "{}", finished.stderr);
            }
        }
    }
    // Whoever runs this may have the program installed.
    let path = std::env::var_os("PATH").unwrap();
    let without = std::env::split_paths(&path).filter(|it| !it.join("scaffold").exists());
    let work = trial.sandbox.work();
    let mut commit = trial.command("git", &work);
    commit.env("PATH", std::env::join_paths(without).unwrap());
    commit.args(["commit", "--quiet", "--allow-empty", "--message", "a"]);
    let said = run(&mut commit).code(1).stderr;
    assert!(said.contains("no program at"), "{said}");
    // A folder of that name is none either; one on PATH is.
    std::fs::create_dir(&trial.program).unwrap();
    bare(&trial, &shells()[0], &hook, None).code(1);
    let elsewhere = trial.sandbox.home().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    write_script(&elsewhere.join("scaffold"), RECORDER);
    for shell in shells() {
        bare(&trial, &shell, &hook, Some(elsewhere.as_os_str())).code(0);
        assert_eq!(
            trial.recorded().0,
            "<hook><run><pre-commit><--><origin><a b><>"
        );
    }
    let status = run(trial.sandbox.scaffold().args(["hook", "status"])).code(0);
    assert!(
        status.stdout.contains("which is not there any more"),
        "{}",
        status.stdout
    );
}
