//! GIT: real repositories, broken in every way that git itself can be asked about; beside each, what git does there.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, SystemTime};

use super::Patient;
use crate::support::{Finished, run};

/// A project that asks for our hooks, in a repository with a first commit and with the hooks installed.
fn project() -> Patient {
    let patient = Patient::without_environment();
    write(
        &patient,
        "pyproject.toml",
        "[project]\nname = \"x\"\n\n[tool.scaffold.stages]\npre-commit = [\"hygiene\"]\n",
    );
    git(&patient, &["init", "--quiet"]);
    git(&patient, &["add", "."]);
    git(&patient, &["commit", "--quiet", "--message", "One"]);
    install(&patient);
    patient
}

fn write(patient: &Patient, below: &str, text: &str) {
    let path = patient.path(below);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[track_caller]
fn git(patient: &Patient, arguments: &[&str]) -> String {
    patient.sandbox.git("project", arguments)
}

/// What git does, whether it succeeds or not.
fn tried(patient: &Patient, arguments: &[&str]) -> Finished {
    let mut command = patient.sandbox.command("git");
    run(command.current_dir(patient.path("")).args(arguments))
}

fn commit(patient: &Patient) -> Finished {
    tried(
        patient,
        &["commit", "--quiet", "--allow-empty", "--message", "x"],
    )
}

fn install(patient: &Patient) {
    let mut command = patient.sandbox.scaffold();
    let install = ["hook", "install"];
    drop(run(command.current_dir(patient.path("")).args(install)).code(0));
}

/// Mends what is found, and holds it to being healthy then, and to having nothing left to do.
#[track_caller]
fn mended(patient: &Patient) {
    for _ in 0..2 {
        let fix = ["GIT", "VENV011", "--fix", "--yes"];
        drop(patient.unwatched(&fix).code(0));
        assert_eq!(found(patient), [""; 0]);
    }
}

/// The codes that are found, of git and of what it tracks.
fn found(patient: &Patient) -> Vec<String> {
    let mut found = patient.found();
    found.retain(|it| it.starts_with("GIT") || it == "VENV011");
    found
}

#[test]
fn a_repository_at_rest_is_healthy() {
    let patient = project();
    assert_eq!(found(&patient), [""; 0]);
    let states = patient.states();
    for code in ["GIT001", "GIT002", "GIT007", "GIT008", "GIT010"] {
        assert_eq!(states[code], "healthy", "{code}");
    }
    // Without a repository, there is nothing to say but of git itself and its configuration.
    std::fs::remove_dir_all(patient.path(".git")).unwrap();
    let states = patient.states();
    let git: Vec<_> = states.iter().filter(|it| it.0.starts_with("GIT")).collect();
    assert!(
        git.len() > 10
            && git.iter().all(|(code, state)| {
                let is_of_machine = ["GIT001", "GIT002", "GIT016"].contains(&code.as_str());
                *state == if is_of_machine { "healthy" } else { "skipped" }
            }),
        "{git:?}"
    );
}

#[test]
fn no_identity() {
    let patient = project();
    std::fs::write(patient.sandbox.home().join(".gitconfig"), "").unwrap();
    assert_eq!(found(&patient), ["GIT002"]);
    let said = patient.doctor(&["GIT002"]).code(1);
    assert!(
        said.stdout.contains("git config --global user.email"),
        "{said:?}"
    );
    git(&patient, &["config", "user.name", "Ada"]);
    let said = patient.doctor(&["GIT002"]).code(1);
    assert!(!said.stdout.contains("user.name"), "{said:?}");
    git(&patient, &["config", "user.email", "ada@example.com"]);
    assert_eq!(found(&patient), [""; 0]);
}

#[test]
fn hooks_that_git_does_not_see() {
    let patient = project();
    let hook = patient.path(".git/hooks/pre-commit");
    std::fs::write(&hook, std::fs::read_to_string(&hook).unwrap() + "exit 1\n").unwrap();
    std::fs::create_dir(patient.path("others")).unwrap();
    git(&patient, &["config", "core.hooksPath", "others"]);
    // git says nothing of it.
    assert_eq!(commit(&patient).code(0).stderr, "");
    assert_eq!(found(&patient), ["GIT003"]);
    let said = patient.doctor(&["GIT003"]).code(1);
    assert!(said.stdout.contains("`others`"), "{said:?}");
    mended(&patient);
    // For all repositories, it is the user's to change; the command that is shown gives this one its own.
    git(
        &patient,
        &["config", "--global", "core.hooksPath", "/nowhere"],
    );
    assert_eq!(found(&patient), ["GIT003"]);
    git(
        &patient,
        &["config", "--local", "core.hooksPath", ".git/hooks"],
    );
    assert_eq!(found(&patient), [""; 0]);
}

#[test]
fn a_hook_that_may_not_run() {
    let patient = project();
    let hook = patient.path(".git/hooks/pre-commit");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(commit(&patient).code(0).stderr.contains("was ignored"));
    assert_eq!(found(&patient), ["GIT004"]);
    mended(&patient);
    assert_eq!(commit(&patient).code(0).stderr, "");
}

#[test]
fn a_hook_with_the_line_ends_of_windows() {
    let patient = project();
    let hook = patient.path(".git/hooks/pre-commit");
    let text = std::fs::read_to_string(&hook).unwrap();
    std::fs::write(&hook, text.replace('\n', "\r\n")).unwrap();
    assert_ne!(commit(&patient).code, Some(0));
    assert_eq!(found(&patient), ["GIT005"]);
    mended(&patient);
    assert_eq!(std::fs::read_to_string(&hook).unwrap(), text);
    drop(commit(&patient).code(0));
}

#[test]
fn a_hook_whose_program_is_gone() {
    let patient = project();
    let program = patient.sandbox.path("scaffold");
    std::fs::copy(env!("CARGO_BIN_EXE_scaffold"), &program).unwrap();
    let mut command = patient.sandbox.command(&program);
    drop(
        run(command
            .current_dir(patient.path(""))
            .args(["hook", "install"]))
        .code(0),
    );
    assert_eq!(found(&patient), [""; 0]);
    std::fs::remove_file(&program).unwrap();
    assert_ne!(commit(&patient).code, Some(0));
    assert_eq!(found(&patient), ["GIT006"]);
    mended(&patient);
    drop(commit(&patient).code(0));
}

#[test]
fn a_clone_has_no_hooks() {
    let patient = project();
    std::fs::remove_file(patient.path(".git/hooks/pre-commit")).unwrap();
    assert_eq!(found(&patient), ["GIT007"]);
    let said = patient.doctor(&["GIT007"]).code(0);
    assert!(said.stdout.contains("scaffold hook install"), "{said:?}");
    let mut patient = patient;
    patient.set("CI", "true");
    assert_eq!(found(&patient), [""; 0]);
    patient.variables.clear();
    mended(&patient);
}

#[test]
fn the_hook_of_somebody_else_is_kept() {
    let patient = project();
    let hook = patient.path(".git/hooks/pre-commit");
    std::fs::write(&hook, "#!/bin/sh\necho theirs >&2\n").unwrap();
    assert_eq!(found(&patient), ["GIT007"]);
    // Not without a yes.
    drop(patient.unwatched(&["GIT007", "--fix"]).code(0));
    assert_eq!(found(&patient), ["GIT007"]);
    mended(&patient);
    assert!(commit(&patient).code(0).stderr.contains("theirs\n"));
}

#[test]
fn a_linked_work_tree_and_a_submodule_are_whole() {
    let patient = project();
    git(&patient, &["worktree", "add", "--quiet", "../linked"]);
    let doctor = |folder: &str| {
        let mut command = patient.sandbox.scaffold();
        let arguments = ["doctor", "GIT", "VENV011", "--strict"];
        run(command
            .args(arguments)
            .current_dir(patient.sandbox.path(folder)))
    };
    let said = doctor("linked").code(0);
    assert!(said.stdout.contains("Nothing is wrong"), "{said:?}");
    std::fs::create_dir(patient.sandbox.path("above")).unwrap();
    patient.sandbox.git("above", &["init", "--quiet"]);
    let add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
    ];
    patient
        .sandbox
        .git("above", &[&add[..], &["../project", "module"]].concat());
    // The hooks of the module are its own, and nobody has installed them.
    let said = doctor("above/module").code(1);
    assert!(
        said.stdout.contains("GIT007") && !said.stdout.contains("GIT013"),
        "{said:?}"
    );
    let mut install = patient.sandbox.scaffold();
    install.args(["hook", "install"]);
    drop(run(install.current_dir(patient.sandbox.path("above/module"))).code(0));
    drop(doctor("above/module").code(0));
    // The repository goes away.
    std::fs::rename(patient.path(".git"), patient.path("git")).unwrap();
    let said = doctor("linked").code(1);
    assert!(said.stdout.contains("GIT013"), "{said:?}");
    let mut status = patient.sandbox.command("git");
    let status = status
        .arg("status")
        .current_dir(patient.sandbox.path("linked"));
    assert_ne!(run(status).code, Some(0));
}

#[test]
fn a_merge_with_a_conflict() {
    let patient = project();
    for (branch, text) in [("main", "one\n"), ("other", "two\n")] {
        if branch == "other" {
            git(&patient, &["checkout", "--quiet", "-b", "other", "HEAD~1"]);
        }
        write(&patient, "a.txt", text);
        git(&patient, &["add", "a.txt"]);
        git(&patient, &["commit", "--quiet", "--message", branch]);
    }
    assert_eq!(found(&patient), [""; 0]);
    assert_ne!(tried(&patient, &["merge", "main"]).code, Some(0));
    assert_eq!(found(&patient), ["GIT014"]);
    let said = patient.doctor(&["GIT"]).code(0);
    assert!(said.stdout.contains("a merge"), "{said:?}");
    git(&patient, &["merge", "--abort"]);
    assert_ne!(tried(&patient, &["rebase", "main"]).code, Some(0));
    let said = patient.doctor(&["GIT014"]).code(0);
    assert!(said.stdout.contains("a rebase"), "{said:?}");
    git(&patient, &["rebase", "--abort"]);
    assert_eq!(found(&patient), [""; 0]);
}

#[test]
fn a_lock_that_was_left_behind() {
    let patient = project();
    let lock = patient.path(".git/index.lock");
    let file = std::fs::File::create(&lock).unwrap();
    // It is young, and somebody has it open.
    assert_eq!(found(&patient), [""; 0]);
    let old = SystemTime::now() - Duration::from_hours(2);
    file.set_modified(old).unwrap();
    assert_eq!(found(&patient), [""; 0]);
    drop(file);
    assert_ne!(tried(&patient, &["add", "."]).code, Some(0));
    assert_eq!(found(&patient), ["GIT009"]);
    mended(&patient);
    git(&patient, &["add", "."]);
}

#[test]
fn secrets_and_environments_that_are_tracked() {
    let patient = project();
    write(&patient, ".env", "TOKEN=abc123\n");
    write(&patient, ".venv/pyvenv.cfg", "version = 3.12.1\n");
    write(&patient, ".venv/bin/python", "");
    // As long as git knows nothing of them, they are only not ignored.
    assert_eq!(found(&patient), ["GIT011"]);
    git(&patient, &["add", "--all"]);
    assert_eq!(found(&patient), ["GIT010", "VENV011"]);
    let said = patient.doctor(&["GIT010", "VENV011"]).code(1);
    assert!(!said.stdout.contains("abc123"), "{said:?}");
    for command in [
        "git rm --cached -- .env",
        "git rm -r --cached --quiet -- .venv",
    ] {
        assert!(said.stdout.contains(command), "{said:?}");
    }
    mended(&patient);
    let kept = std::fs::read_to_string(patient.path(".env")).unwrap();
    assert_eq!(kept, "TOKEN=abc123\n");
    assert!(patient.path(".venv/bin/python").exists());
    assert_eq!(git(&patient, &["status", "--porcelain"]), "?? .gitignore\n");
}

#[test]
fn what_is_not_ignored_is_ignored_then() {
    let patient = project();
    write(&patient, ".gitignore", "# mine\r\n*.log\r\n");
    write(&patient, ".env", "A=b\n");
    write(&patient, ".venv/pyvenv.cfg", "version = 3.12.1\n");
    write(&patient, "src/__pycache__/a.pyc", "");
    git(&patient, &["add", ".gitignore"]);
    assert_eq!(found(&patient), ["GIT011"]);
    mended(&patient);
    let text = std::fs::read_to_string(patient.path(".gitignore")).unwrap();
    assert!(text.starts_with("# mine\r\n*.log\r\n"), "{text:?}");
    assert_eq!(git(&patient, &["status", "--porcelain"]), "AM .gitignore\n");
}

#[test]
fn line_ends_that_git_changes() {
    let patient = project();
    git(&patient, &["config", "--global", "core.autocrlf", "true"]);
    write(&patient, "run.sh", "#!/bin/sh\n");
    git(&patient, &["add", "run.sh"]);
    git(&patient, &["commit", "--quiet", "--message", "Two"]);
    let again = |patient: &Patient| {
        std::fs::remove_file(patient.path("run.sh")).unwrap();
        git(patient, &["checkout", "--", "run.sh"]);
        std::fs::read_to_string(patient.path("run.sh")).unwrap()
    };
    assert_eq!(again(&patient), "#!/bin/sh\r\n");
    assert_eq!(found(&patient), ["GIT012"]);
    mended(&patient);
    assert_eq!(again(&patient), "#!/bin/sh\n");
    assert_eq!(
        git(&patient, &["status", "--porcelain"]),
        "?? .gitattributes\n"
    );
}

#[test]
fn git_s_own_files_may_be_hostile() {
    let patient = project();
    for (name, bytes) in [
        ("index", &b"DIRC\0\0\0\x02\xff\xff\xff\xff"[..]),
        ("config", b"[core"),
        ("HEAD", b"\xff\xfe"),
        ("commondir", b"\0\0"),
    ] {
        let patient = project();
        std::fs::write(patient.path(".git").join(name), bytes).unwrap();
        let states = patient.states();
        let broken: Vec<_> = states
            .iter()
            .filter(|it| it.1 == "crashed" || it.1 == "hung")
            .collect();
        assert!(broken.is_empty(), "{name}: {broken:?}");
    }
    let hook = patient.path(".git/hooks/pre-commit");
    std::fs::write(&hook, [0xff; 4096]).unwrap();
    assert_eq!(found(&patient), ["GIT007"]);
    std::fs::write(patient.path(".gitignore"), [0x80, b'[', b'\n', b'\\']).unwrap();
    assert_eq!(found(&patient), ["GIT007"]);
}
