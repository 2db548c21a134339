//! The environment through the program: killed and interrupted builds, machines that cannot build one, the store.

#![cfg(unix)]

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::runtime::tools::{cache, uv};
use crate::support::{Finished, Sandbox, run};

/// A `PATH` with these folders before the machine's own.
fn path_with(folders: &[&Path]) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().map(|it| it.to_path_buf());
    std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap()
}

/// A command with a real uv and its warm cache.
fn with_uv(mut command: Command, first: &[&Path]) -> Command {
    let uv = uv();
    let folders = [first, &[uv.parent().unwrap()]].concat();
    command
        .env("PATH", path_with(&folders))
        .env("UV_CACHE_DIR", cache("uv-cache"));
    command
}

fn script(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The project stands, committed, with nothing that git does not know.
#[track_caller]
fn stands(sandbox: &Sandbox, project: &Path) {
    let git = |arguments: &[&str]| sandbox.git(project, arguments);
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["rev-list", "--count", "HEAD"]), "1\n");
}

/// The project's tests pass in its environment.
#[track_caller]
fn is_green(sandbox: &Sandbox, project: &Path) {
    let mut command = sandbox.command(project.join(".venv/bin/python"));
    // Without a test, its exit code is another one.
    let _ = run(command.current_dir(project).args(["-m", "pytest"])).code(0);
}

/// `new` with a uv that does something to its caller before or after one of its jobs.
fn disturbed(sandbox: &Sandbox, script_text: &str) -> Finished {
    let programs = sandbox.home().join("disturbed");
    let uv = uv();
    let text = script_text.replace("UV", &uv.display().to_string());
    script(&programs.join("uv"), &format!("#!/bin/sh\n{text}"));
    run(with_uv(sandbox.scaffold(), &[&programs]).args(["new", "hello", "--defaults"]))
}

#[test]
fn killed_while_it_builds_it_is_finished_by_the_commands_that_it_left() {
    for script in [
        // Before the environment is made, before anything is installed, after everything is.
        "kill -9 $PPID",
        "test \"$1\" = venv && exec UV \"$@\"\nkill -9 $PPID",
        "UV \"$@\"\ntest \"$1\" = venv || kill -9 $PPID",
    ] {
        let sandbox = Sandbox::new();
        let finished = disturbed(&sandbox, script);
        assert_eq!(finished.code, None, "killed: {finished:?}");
        let project = sandbox.path("hello");
        stands(&sandbox, &project);
        let note = std::fs::read_to_string(project.join(".venv/.scaffold-unfinished")).unwrap();
        let (_, commands) = note.split_once('\n').unwrap();
        let mut shell = with_uv(sandbox.command("/bin/sh"), &[]);
        let shell = shell.current_dir(&project).args(["-ec", commands]);
        let _ = run(shell).code(0);
        assert!(!project.join(".venv/.scaffold-unfinished").exists());
        is_green(&sandbox, &project);
        stands(&sandbox, &project);
    }
}

#[test]
fn interrupted_it_leaves_the_project_and_no_half_environment() {
    let sandbox = Sandbox::new();
    let interrupt = "test \"$1\" = venv && exec UV \"$@\"\nkill -INT $PPID\nexec sleep 600";
    let finished = disturbed(&sandbox, interrupt).code(130);
    finished.says("uv pip install");
    let project = sandbox.path("hello");
    stands(&sandbox, &project);
    assert!(!project.join(".venv").exists());
}

#[test]
fn an_installer_that_fails_is_quoted_and_the_project_stands() {
    let sandbox = Sandbox::new();
    let failing =
        "test \"$1\" = venv && exec UV \"$@\"\necho 'error: Hash mismatch for `x`' >&2\nexit 2";
    let finished = disturbed(&sandbox, failing).code(2);
    for expected in [
        "error: uv cannot install the locked requirements",
        "caused by: error: Hash mismatch for `x`",
        "serves other files",
        "uv pip install --python .venv --require-hashes",
    ] {
        finished.says(expected);
    }
    let project = sandbox.path("hello");
    stands(&sandbox, &project);
    assert!(!project.join(".venv").exists());
}

/// A machine with git and nothing else but what is put into the folder given back.
fn bare_machine(sandbox: &Sandbox, arguments: &[&str], fill: impl Fn(&Path)) -> Finished {
    let prefix = sandbox.home().join("usr");
    std::fs::create_dir_all(prefix.join("bin")).unwrap();
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let git: PathBuf = std::env::split_paths(&folders)
        .map(|it| it.join("git"))
        .find(|it| it.is_file())
        .expect("git on PATH");
    symlink(git, prefix.join("bin/git")).unwrap();
    fill(&prefix);
    let mut command = sandbox.scaffold();
    command
        .env("PATH", prefix.join("bin"))
        .args(["new", "hello", "--defaults"])
        .args(arguments);
    run(&mut command)
}

#[test]
fn where_no_environment_can_be_built_the_project_is_whole_and_every_way_on_is_a_line() {
    let sandbox = Sandbox::new();
    let finished = bare_machine(&sandbox, &[], |_| {}).code(2);
    finished.says("no Python is installed");
    let hints = finished
        .stderr
        .lines()
        .filter(|it| it.contains("hint:"))
        .count();
    assert!(hints >= 2, "{}", finished.stderr);
    stands(&sandbox, &sandbox.path("hello"));
    assert!(!sandbox.path("hello/.venv").exists());
}

#[test]
fn a_python_without_ensurepip_is_named() {
    let sandbox = Sandbox::new();
    let finished = bare_machine(&sandbox, &[], |prefix| {
        script(&prefix.join("bin/python3.12"), "\u{7f}ELF");
        symlink("python3.12", prefix.join("bin/python3")).unwrap();
        std::fs::create_dir_all(prefix.join("lib/python3.12/venv")).unwrap();
        std::fs::write(prefix.join("lib/python3.12/os.py"), "").unwrap();
        std::fs::write(prefix.join("lib/python3.12/venv/__init__.py"), "").unwrap();
    })
    .code(2);
    let expected = "bin/python3` has no pip to install with, and uv is not there";
    finished.says(expected);
    stands(&sandbox, &sandbox.path("hello"));
}

#[test]
fn uv_is_asked_for_and_not_there() {
    let sandbox = Sandbox::new();
    // Said before anything is made: the same command works once uv is there.
    let mut command = sandbox.scaffold();
    command
        .env("PATH", sandbox.home())
        .args(["new", "hello", "--defaults", "--installer", "uv"]);
    let finished = run(&mut command).code(2);
    for said in [
        "installer `uv` (--installer) is not on this machine",
        "--installer pip",
    ] {
        finished.says(said);
    }
    assert!(!sandbox.path("hello").exists());
}

#[test]
fn the_second_project_of_a_lock_is_linked_from_the_store() {
    let sandbox = Sandbox::new();
    let new = |name: &str| {
        let mut command = with_uv(sandbox.scaffold(), &[]);
        let _ = run(command.args(["new", name, "--defaults"])).code(0);
        let project = sandbox.path(name);
        stands(&sandbox, &project);
        is_green(&sandbox, &project);
        let library = std::fs::read_dir(project.join(".venv/lib")).unwrap().next();
        let bytecode = library
            .unwrap()
            .unwrap()
            .path()
            .join("site-packages/black/__pycache__");
        let file = std::fs::read_dir(bytecode)
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        file.metadata().unwrap()
    };
    let (first, second) = (new("one"), new("two"));
    assert_eq!(first.ino(), second.ino());
    assert_eq!(second.nlink(), 3);
    let store = sandbox.home().join(".cache/scaffold/environments");
    std::fs::remove_dir_all(store).unwrap();
    is_green(&sandbox, &sandbox.path("two"));
}
