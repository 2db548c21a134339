//! What has passed is not checked twice, unless something that decides it has changed.

use std::path::PathBuf;

use super::support::{Repo, gate};
use crate::support::run;

/// How many files of a gate were known to pass.
#[track_caller]
fn known(repo: &Repo, name: &str) -> u64 {
    let report = repo.checked(&["--staged"], 0);
    gate(&report, name)["cached"].as_u64().unwrap()
}

/// A repository with two staged files that Flake8 has passed, and an environment of its own.
fn passed() -> Repo {
    let repo = Repo::new();
    repo.make_environment(&["flake8"]);
    repo.gates(&["trailing-whitespace", "flake8"], "");
    repo.stage("a.py", "x = 1\n");
    repo.stage("b.py", "y = 1\n");
    assert_eq!(known(&repo, "flake8"), 0);
    assert_eq!(known(&repo, "flake8"), 2);
    repo
}

/// Asserts that nothing is known after a change, and everything once it has been checked again.
#[track_caller]
fn assert_missed(repo: &Repo) {
    assert_eq!(known(repo, "flake8"), 0);
    assert_eq!(known(repo, "flake8"), 2);
}

fn folder(repo: &Repo) -> PathBuf {
    repo.sandbox.home().join(".cache/scaffold/gate/passed")
}

#[test]
fn the_second_time_is_said_to_be_known() {
    let repo = passed();
    assert_eq!(known(&repo, "trailing-whitespace"), 3);
    let said = repo.check(["--staged"]).code(0);
    assert!(said.stderr.contains("2 known to pass"), "{said:?}");
    repo.commit().code(0);
    // Known is known in every scope, and from every linked work tree.
    let report = repo.checked(&["--all-files"], 0);
    assert_eq!(gate(&report, "flake8")["cached"], 2);
    let report = repo.checked(&["--all-files", "--no-cache"], 0);
    assert_eq!(gate(&report, "flake8")["cached"], 0);
    assert_eq!(gate(&report, "trailing-whitespace")["cached"], 0);
}

#[test]
fn content_path_and_mode_decide() {
    let repo = passed();
    repo.stage("a.py", "x = 2\n");
    assert_eq!(known(&repo, "flake8"), 1);
    repo.git(["mv", "b.py", "c.py"]).code(0);
    assert_eq!(known(&repo, "flake8"), 1);
    repo.git(["update-index", "--chmod=+x", "a.py"]).code(0);
    assert_eq!(known(&repo, "flake8"), 1);
    assert_eq!(known(&repo, "flake8"), 2);
    repo.stage("a.py", "x = 1\n");
    repo.git(["update-index", "--chmod=-x", "a.py"]).code(0);
    repo.git(["mv", "c.py", "b.py"]).code(0);
    assert_eq!(known(&repo, "flake8"), 2);
}

#[test]
fn what_failed_is_never_known() {
    let repo = passed();
    repo.stage("a.py", "import os\n");
    for _ in 0..2 {
        let report = repo.checked(&["--staged"], 1);
        assert_eq!(gate(&report, "flake8")["cached"], 1);
        assert_eq!(report["findings"][0]["code"], "flake8/F401");
    }
}

#[test]
fn configuration_and_options_decide() {
    let repo = passed();
    repo.stage(".flake8", "[flake8]\nmax-line-length = 100\n");
    assert_missed(&repo);
    repo.stage("setup.cfg", "[metadata]\nname = x\n");
    assert_missed(&repo);
    let gates = "[tool.scaffold.gates.flake8]\nargs = ['--max-complexity=9']\n";
    repo.gates(&["trailing-whitespace", "flake8"], gates);
    assert_missed(&repo);
    repo.gates(
        &["trailing-whitespace", "flake8"],
        &format!("{gates}env = {{ X = '1' }}\n"),
    );
    assert_missed(&repo);
    // What lies in the work tree only decides nothing.
    repo.write(".flake8", "[flake8]\nmax-line-length = 10\n");
    assert_eq!(known(&repo, "flake8"), 2);
}

#[test]
fn the_tool_its_plugins_and_the_interpreter_decide() {
    let repo = passed();
    let site = repo.site_packages();
    let of = |name: &str| site.join(name);
    // Another version, installed over the first.
    let version = |from: &str, to: &str| {
        std::fs::rename(
            of(&format!("{from}.dist-info")),
            of(&format!("{to}.dist-info")),
        )
        .unwrap();
    };
    version("pycodestyle-2.15.0", "pycodestyle-2.15.1");
    assert_missed(&repo);
    version("flake8-7.5.0", "flake8-7.5.1");
    assert_missed(&repo);
    // A plugin that is known to see one file at a time.
    std::fs::create_dir(of("pep8_naming-1.dist-info")).unwrap();
    std::fs::write(
        of("pep8_naming-1.dist-info/METADATA"),
        "Name: pep8-naming\nVersion: 1\n",
    )
    .unwrap();
    assert_missed(&repo);
    let python = repo.path(".venv/bin/python");
    let real = python.canonicalize().unwrap();
    std::fs::remove_file(&python).unwrap();
    std::fs::copy(real, &python).unwrap();
    assert_missed(&repo);
}

#[test]
fn a_gate_that_looks_across_files_is_known_by_the_tree() {
    let repo = Repo::new();
    repo.use_tools();
    repo.gates(&["pytest"], "");
    repo.stage("test_a.py", "def test_a():\n    assert True\n");
    repo.stage("data.txt", "1\n");
    let state = |repo: &Repo| {
        let report = repo.checked(&["--staged"], 0);
        let gate = gate(&report, "pytest");
        (gate["cached"].clone(), gate["seconds"].is_null())
    };
    assert!(!state(&repo).1);
    assert_eq!(state(&repo), (3.into(), true));
    repo.stage("data.txt", "2\n");
    assert!(!state(&repo).1);
    assert!(state(&repo).1);
    repo.git(["update-index", "--chmod=+x", "data.txt"]).code(0);
    assert!(!state(&repo).1);
}

#[test]
fn a_command_of_the_project_s_own_is_always_run() {
    let repo = Repo::new();
    repo.gates(
        &["mine"],
        "[tool.scaffold.gates.mine]\ncommand = ['sh', '-c', 'exit 0']\n",
    );
    repo.stage("a.txt", "");
    for _ in 0..2 {
        let report = repo.checked(&["--staged"], 0);
        assert_eq!(gate(&report, "mine")["cached"], 0);
    }
}

#[test]
fn what_was_saved_while_a_tool_ran_is_not_taken_for_what_it_saw() {
    let repo = passed();
    let (program, real) = (repo.path(".venv/bin/flake8"), repo.path(".venv/bin/real"));
    std::fs::rename(&program, &real).unwrap();
    // An editor that saves when the tool has just looked.
    let script = "#!/bin/sh\n\"$0/../real\" \"$@\" || exit\necho import os > \"$WORK/a.py\"\n";
    let script = script.replace("$0/../real", real.to_str().unwrap());
    let script = script.replace("$WORK", repo.path("").to_str().unwrap());
    std::fs::write(&program, script).unwrap();
    run(repo.command("chmod").arg("+x").arg(&program)).code(0);
    repo.write("a.py", "x = 3\n");
    repo.check(["--gate", "flake8"]).code(0);
    std::fs::rename(&real, &program).unwrap();
    repo.check(["--gate", "flake8"]).code(1);
}

#[test]
fn runs_at_the_same_time_do_not_harm_it() {
    let repo = Repo::new();
    repo.gates(&["hygiene", "secrets"], "");
    for number in 0..300 {
        repo.write(format!("folder/{number}.txt"), format!("{number}\n"));
    }
    repo.git(["add", "."]).code(0);
    let runs: Vec<_> = (0..6)
        .map(|_| {
            repo.command(env!("CARGO_BIN_EXE_scaffold"))
                .args(["check", "--all-files"])
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    let report = repo.checked(&["--all-files"], 0);
    assert_eq!(gate(&report, "trailing-whitespace")["cached"], 301);
    repo.stage("folder/7.txt", "7  \n");
    repo.check(["--all-files"]).code(1);
}

#[test]
fn a_damaged_cache_knows_nothing_and_hides_nothing() {
    let repo = passed();
    repo.stage("bad.py", "import os\n");
    repo.check(["--staged"]).code(1);
    for damage in [
        b"x".as_slice(),
        b"",
        &[0; 16],
        &[0xff; 1600],
        b"not a number of keys at all",
    ] {
        for entry in std::fs::read_dir(folder(&repo)).unwrap() {
            std::fs::write(entry.unwrap().path(), damage).unwrap();
        }
        let report = repo.checked(&["--staged"], 1);
        assert_eq!(gate(&report, "flake8")["cached"], 0);
        let report = repo.checked(&["--staged"], 1);
        assert_eq!(gate(&report, "flake8")["cached"], 2);
    }
    // A folder where a file should be.
    for entry in std::fs::read_dir(folder(&repo)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
    }
    repo.check(["--staged"]).code(1);
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_and_nothing_else() {
    let mut repo = passed();
    let file = repo.sandbox.home().join("file");
    std::fs::write(&file, "").unwrap();
    for place in [file.join("cache"), PathBuf::from("/proc/nowhere")] {
        repo.set("SCAFFOLD_CACHE_DIR", &place);
        assert_eq!(known(&repo, "flake8"), 0);
        assert_eq!(known(&repo, "flake8"), 0);
        repo.stage("a.py", "import os\n");
        repo.check(["--staged"]).code(1);
        repo.stage("a.py", "x = 1\n");
        run(repo.command("git").args(["commit", "--dry-run"])).code(0);
        repo.git(["commit", "--quiet", "--message", "x"]).code(0);
        repo.git(["update-ref", "-d", "HEAD"]).code(0);
    }
}
