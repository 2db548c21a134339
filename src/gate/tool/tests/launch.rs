//! Programs that are missing, break down, hang, or are given more than fits.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::super::testing::{Project, shown};
use crate::gate::settings::Needs;

/// Puts a shell script in the place of a tool of an environment that has nothing else.
fn with_script(script: &str) -> Project {
    let project = Project::bare();
    project
        .write(".venv/pyvenv.cfg", "home = /usr/bin\n")
        .write(".venv/bin/python", "")
        .write(".venv/bin/flake8", format!("#!/bin/sh\n{script}\n"))
        .write("b.py", "x = 1\n");
    executable(project.root().join(".venv/bin/flake8"));
    project
}

fn executable(path: PathBuf) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(path, mode).unwrap();
}

#[test]
fn what_is_missing_is_said_with_the_way_to_get_it() {
    let project = Project::bare();
    // What is looked for on PATH: git, and nothing else yet.
    let path = project.beside("programs");
    std::fs::create_dir(&path).unwrap();
    let git = project.host.find_program("git").unwrap();
    std::os::unix::fs::symlink(git, path.join("git")).unwrap();
    let project = project.with("PATH", &path);
    let said = |project: &Project| {
        let error = project.run("black", &[b"b.py"]).unwrap_err();
        (error.message().to_owned(), error.hints().join("\n"))
    };
    let (message, hint) = said(&project);
    assert!(
        message.contains("has no environment (`.venv`) to run black from"),
        "{message}"
    );
    assert_eq!(
        hint,
        "type `python3 -m venv .venv && .venv/bin/python -m pip install black`"
    );
    project.write(
        "requirements-dev.txt",
        "black==26.10.1 \\\n    --hash=sha256:00\nflake8-x==1\n",
    );
    assert_eq!(
        said(&project).1,
        "type `python3 -m venv .venv && .venv/bin/python -m pip install -r requirements-dev.txt`"
    );
    project.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
    let (message, hint) = said(&project);
    assert_eq!(
        message,
        format!("`black` is not installed in `{}`", ".venv")
    );
    assert_eq!(
        hint,
        "type `.venv/bin/python -m pip install -r requirements-dev.txt`"
    );
    let error = project.run("flake8", &[b"b.py"]).unwrap_err();
    assert_eq!(
        error.hints()[0],
        "type `.venv/bin/python -m pip install flake8`"
    );
    assert!(
        error.hints()[1].ends_with("then type `scaffold lock`"),
        "{:?}",
        error.hints()
    );
    std::fs::write(path.join("uv"), "#!/bin/sh\n").unwrap();
    executable(path.join("uv"));
    assert_eq!(
        said(&project).1,
        "type `uv pip install --python .venv/bin/python -r requirements-dev.txt`"
    );
    project.write("uv.lock", "[[package]]\nname = \"black\"\n");
    assert_eq!(said(&project).1, "type `uv sync`");
}

#[test]
fn a_tool_on_path_is_not_taken() {
    let project = Project::bare();
    project.write("b.py", "x  = 1\n");
    let shared = super::super::testing::environment().join("bin");
    let path =
        std::env::join_paths([shared].into_iter().chain(project.host.path_folders())).unwrap();
    let project = project.with("PATH", path);
    let error = project.run("black", &[b"b.py"]).unwrap_err();
    assert!(error.message().contains("has no environment"), "{error}");
}

#[test]
fn the_nearest_environment_is_taken() {
    let project = Project::new();
    project
        .write("one/two/b.py", "x = 1\n")
        .write("one/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let venv = |folder: &str| {
        project
            .environment(folder)
            .unwrap()
            .venv()
            .root()
            .to_owned()
    };
    assert_eq!(venv("one/two"), project.root().join("one/.venv"));
    assert_eq!(venv("other"), project.root().join(".venv"));
    assert_eq!(venv(""), project.root().join(".venv"));
}

#[test]
fn a_linked_work_tree_may_use_the_environment_of_the_main_one() {
    let project = Project::new();
    project.write("a.py", "");
    let git = |arguments: &[&str]| {
        let output =
            crate::process::Command::new(&project.host, project.host.find_program("git").unwrap())
                .current_dir(project.root())
                .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
                .args(arguments)
                .run()
                .unwrap();
        assert!(output.success(), "{}", output.last_words(9));
    };
    git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    let linked = project.beside("linked");
    git(&["worktree", "add", "-q", linked.to_str().unwrap()]);
    let host = crate::host::Host::made_up(&linked)
        .with_variable("PATH", std::env::var_os("PATH").unwrap());
    let work_tree = crate::git::WorkTree::discover(&host).unwrap();
    let found = super::super::Environment::find(&work_tree, b"").unwrap();
    assert!(found.is_borrowed());
    assert_eq!(found.venv().root(), project.root().join(".venv"));
    assert!(!project.environment("").unwrap().is_borrowed());
    std::os::unix::fs::symlink(super::super::testing::environment(), linked.join(".venv")).unwrap();
    assert!(
        !super::super::Environment::find(&work_tree, b"")
            .unwrap()
            .is_borrowed()
    );
}

#[test]
fn an_environment_whose_python_is_gone_says_so() {
    let project = with_script("exit 0");
    project.write(".venv/bin/flake8", "#!/nowhere/python\n");
    std::fs::remove_file(project.root().join(".venv/bin/python")).unwrap();
    let error = project.run("flake8", &[b"b.py"]).unwrap_err();
    assert_eq!(
        error.message(),
        "the environment `.venv` names a Python that is not there any more"
    );
}

#[test]
fn a_crash_shows_the_last_words_and_a_signal_is_named() {
    let project = with_script("echo lots of noise; echo 'the disk is on fire' >&2; exit 70");
    let error = project.run("flake8", &[b"b.py"]).unwrap_err();
    assert_eq!(
        error.message(),
        "flake8 could not do its work (exit code 70)"
    );
    assert_eq!(error.causes(), ["the disk is on fire"]);
    let project = with_script("kill -9 $$");
    let error = project.run("flake8", &[b"b.py"]).unwrap_err();
    assert_eq!(error.message(), "flake8 was ended by a signal");
}

#[test]
fn a_claim_that_cannot_be_read_fails() {
    let project = with_script("echo something is wrong; exit 1");
    let verdict = project.run("flake8", &[b"b.py"]).unwrap();
    assert!(!verdict.passed);
    assert_eq!(
        verdict.findings[0].message,
        "flake8 is not content (exit code 1)"
    );
    assert_eq!(verdict.output, "something is wrong");
}

#[test]
fn what_hangs_is_stopped_with_all_that_it_started() {
    let project = with_script("sleep 60 & sleep 60");
    let started = Instant::now();
    let error = project
        .gate("flake8")
        .timeout(Duration::from_millis(300))
        .run(&[b"b.py"])
        .unwrap_err();
    assert!(error.message().contains("did not end within"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_tool_sees_no_variable_of_git_and_the_environment_first_on_path() {
    let project = with_script(
        "echo \"git: $(env | grep -c ^GIT_)\"; echo $VIRTUAL_ENV; echo ${PATH%%:*}; echo $EXTRA; exit 1",
    );
    let project = project
        .with("GIT_AUTHOR_DATE", "x")
        .with("GIT_CONFIG_COUNT", "0")
        .with("GIT_PREFIX", "x");
    let root = project.root();
    let verdict = project
        .gate("flake8")
        .env("EXTRA", "yes")
        .run(&[b"b.py"])
        .unwrap();
    let venv = root.join(".venv");
    assert_eq!(
        verdict.output,
        format!("git: 0\n{0}\n{0}/bin\nyes", venv.display())
    );
}

#[test]
fn a_command_of_ones_own_is_run_as_a_list() {
    let project = Project::new();
    project.write("a b.txt", "x").write(
        "check.py",
        "#!/usr/bin/env python\nimport sys\nprint(*map(ascii, sys.argv[1:]), sep='\\n')\nsys.exit(int(sys.argv[1]))\n",
    );
    executable(project.root().join("check.py"));
    let run = |words: &[&str]| {
        project
            .gate("mine")
            .command(words)
            .args(&["$(x)", "*"])
            .run(&[b"a b.txt", b"-n\n\xff"])
    };
    let failed = run(&["./check.py", "3"]).unwrap();
    assert!(!failed.passed);
    // It was run twice, and says the same of both.
    assert_eq!(shown(&failed), ["mine"]);
    assert_eq!(
        failed.findings[0].message,
        "mine is not content (exit code 3)"
    );
    assert_eq!(
        failed.output,
        "'3'\n'$(x)'\n'*'\n'./a b.txt'\n'3'\n'$(x)'\n'*'\n'./-n\\n\\udcff'"
    );
    assert!(run(&["python", "check.py", "0"]).unwrap().passed);
    assert!(
        run(&["check.py", "0"])
            .unwrap_err()
            .message()
            .contains("neither in the project's environment nor on PATH")
    );
    assert!(
        run(&["./nothing"])
            .unwrap_err()
            .message()
            .contains("which is not there")
    );
    assert!(run(&["true"]).unwrap().passed);
    assert_eq!(
        run(&["sh", "-c", "exit 127"]).unwrap_err().message(),
        "mine could not do its work (exit code 127)"
    );
    let without = project
        .gate("mine")
        .command(&["python", "-c", "import sys; sys.exit(len(sys.argv) - 1)"])
        .run(&[])
        .unwrap();
    assert!(without.passed);
    assert_eq!(
        without.command,
        "python -c 'import sys; sys.exit(len(sys.argv) - 1)'"
    );
}

#[test]
fn git_finds_no_repository_from_a_copy() {
    let project = Project::new();
    git2::Repository::init(project.beside("")).unwrap();
    let copy = project.beside("copy");
    std::fs::create_dir(&copy).unwrap();
    let gate = || {
        project
            .gate("mine")
            .command(&["git", "rev-parse", "--git-dir"])
    };
    for given in [Needs::Files, Needs::Tree] {
        let verdict = gate().on(&copy, given).run(&[]).unwrap();
        assert!(
            verdict.output.contains("not a git repository"),
            "{}",
            verdict.output
        );
    }
    assert!(gate().run(&[]).unwrap().passed);
}

#[test]
fn files_are_given_to_one_process_and_to_more_only_where_the_system_refuses() {
    let project = Project::new();
    let count = project.beside("count");
    let script = "import sys; open(sys.argv[1], 'a').write(f'{len(sys.argv) - 2}\\n')";
    let words = ["python", "-c", script, count.to_str().unwrap()];
    let counted = |names: &[Vec<u8>]| -> Vec<usize> {
        let _ = std::fs::remove_file(&count);
        let files: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        assert!(
            project
                .gate("mine")
                .command(&words)
                .on(&project.root(), Needs::Files)
                .run(&files)
                .unwrap()
                .passed
        );
        let text = std::fs::read_to_string(&count).unwrap();
        text.lines().map(|line| line.parse().unwrap()).collect()
    };
    let names: Vec<Vec<u8>> = (0..5000)
        .map(|it| format!("file {it}").into_bytes())
        .collect();
    assert_eq!(counted(&names), [5000]);
    let long: Vec<Vec<u8>> = (0..4000)
        .map(|it| format!("{it:03000}").into_bytes())
        .collect();
    let parts = counted(&long);
    assert_eq!(parts.iter().sum::<usize>(), 4000);
    // 12 MB of names do not fit; each part but the last takes all that there is room for.
    assert!((2..=96).contains(&parts.len()), "{parts:?}");
    let (last, full) = parts.split_last().unwrap();
    assert!(
        full.iter().all(|it| it == &full[0] && it >= last),
        "{parts:?}"
    );
}
