//! `doctor --fix` on real projects: what it shows, asks, does and leaves.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::Patient;
use crate::runtime::tools::{Python, cache, uv};
use crate::support::{Finished, Sandbox, names, run, tree};

/// A project as `new` makes it, environment included, committed.
pub(super) struct Made {
    pub(super) sandbox: Sandbox,
}

impl Made {
    /// One of its own, whose environment comes from warm caches.
    pub(super) fn new(arguments: &[&str]) -> Self {
        let made = Self {
            sandbox: Sandbox::new(),
        };
        let mut command = made.scaffold();
        command.args(["new", "hello", "--defaults"]).args(arguments);
        run(&mut command).code(0);
        made
    }

    /// The program under test, with warm caches, from where the projects are.
    fn scaffold(&self) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let uv = uv().parent().unwrap().to_owned();
        let folders = std::iter::once(uv).chain(std::env::split_paths(&path));
        let mut command = self.sandbox.scaffold();
        command
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("UV_CACHE_DIR", cache("uv-cache"))
            .env("PIP_CACHE_DIR", cache("pip-cache"))
            .env("SCAFFOLD_CACHE_DIR", cache("scaffold-cache"));
        command
    }

    pub(super) fn path(&self, below: &str) -> std::path::PathBuf {
        self.sandbox.path("hello").join(below)
    }

    pub(super) fn doctor(&self, arguments: &[&str]) -> Finished {
        self.doctor_in("hello", arguments, &[])
    }

    /// Mends a group on a terminal, with these keys as the answers to its questions.
    fn answer(&self, group: &str, keys: &[&str]) -> Finished {
        let script: Vec<[&str; 2]> = keys.iter().map(|it| ["Do this?", it]).collect();
        let variables = self.scaffold();
        let variables = variables.get_envs();
        let mut command = self.sandbox.command("python3");
        command
            .envs(variables.filter_map(|(k, v)| Some((k.to_owned(), v?.to_owned()))))
            .env("TERM", "xterm-256color")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/terminal.py"))
            .arg(json!(script).to_string())
            .args([env!("CARGO_BIN_EXE_scaffold"), "doctor", group, "--fix"])
            .current_dir(self.path(""));
        run(&mut command)
    }

    fn doctor_in(&self, folder: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
        let mut command = self.scaffold();
        command
            .arg("doctor")
            .args(arguments)
            .current_dir(self.sandbox.path(folder))
            .envs(variables.iter().copied());
        run(&mut command)
    }
}

/// Breaks the environment as the upgrade of its Python does.
pub(super) fn break_environment(made: &Made) {
    let settings = made.path(".venv/pyvenv.cfg");
    let text = std::fs::read_to_string(&settings).unwrap();
    let broken: Vec<&str> = text
        .lines()
        .map(|it| {
            if it.starts_with("home") {
                "home = /nowhere/bin"
            } else {
                it
            }
        })
        .collect();
    std::fs::write(settings, broken.join("\n")).unwrap();
}

#[test]
fn a_fresh_clone_becomes_a_working_project() {
    let made = Made::new(&["--no-env"]);
    made.sandbox.git("", &["clone", "-q", "hello", "clone"]);
    made.doctor_in("clone", &["venv"], &[]).code(1);
    let said = made.doctor_in("clone", &["--fix"], &[]).code(0);
    said.says("✓ mended VENV001");
    let python = made.sandbox.path("clone/.venv/bin/python");
    let tests = run(made
        .sandbox
        .command(&python)
        .args(["-m", "pytest", "-q"])
        .current_dir(made.sandbox.path("clone")));
    tests.code(0);
    assert_eq!(made.sandbox.git("clone", &["status", "--porcelain"]), "");
    let again = made.doctor_in("clone", &["--fix"], &[]).code(0);
    again.says("nothing that the doctor can mend");
}

#[test]
fn a_dry_run_shows_all_and_does_nothing() {
    let patient = Patient::without_environment();
    let said = patient.doctor(&["--fix", "--dry-run"]).code(1);
    said.says("build .venv");
    said.says("shown, and nothing was done");
    let said = patient
        .doctor(&["--fix", "--dry-run", "--format", "json"])
        .code(1);
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let fixes = document["fixes"].as_array().unwrap();
    let fix = fixes.iter().find(|it| it["code"] == "VENV001").unwrap();
    assert_eq!(fix["status"], "shown");
    assert_eq!(fix["steps"][0]["action"], "build-environment");
}

#[test]
fn without_a_terminal_only_what_is_safe_is_done_and_yes_does_the_rest() {
    let made = Made::new(&[]);
    break_environment(&made);
    let before = tree(&made.path(""), &[".git"]);
    let said = made.doctor(&["venv", "--fix"]).code(1);
    said.says("not done without a yes");
    assert!(
        tree(&made.path(""), &[".git"]) == before,
        "nothing was agreed to"
    );
    made.doctor(&["venv", "--fix", "--yes"]).code(0);
    assert!(!made.path(".venv.scaffold-old").exists());
    made.doctor(&["venv", "dep"]).code(0);
    assert_eq!(made.sandbox.git("hello", &["status", "--porcelain"]), "");
}

#[test]
fn an_environment_that_cannot_be_built_is_put_back() {
    let made = Made::new(&[]);
    break_environment(&made);
    let before = tree(&made.path(".venv"), &[]);
    let nowhere = [
        ("PIP_INDEX_URL", "http://127.0.0.1:1/simple"),
        ("PIP_RETRIES", "0"),
        ("PIP_NO_CACHE_DIR", "1"),
        ("UV_INDEX_URL", "http://127.0.0.1:1/simple"),
        ("UV_NO_CACHE", "1"),
        ("SCAFFOLD_NO_STORE", "1"),
    ];
    let said = made
        .doctor_in("hello", &["venv", "--fix", "--yes"], &nowhere)
        .code(1);
    said.says("the old environment is back at its place");
    let mut after = tree(&made.path(".venv"), &[]);
    after.remove(".gitignore");
    let mut before = before;
    before.remove(".gitignore");
    assert!(after == before, "not as it was");
    assert!(!names(&made.path("")).contains(&".venv.scaffold-old".to_owned()));
}

#[test]
fn on_a_terminal_it_asks_and_takes_no_for_an_answer() {
    let made = Made::new(&[]);
    break_environment(&made);
    let said = made.answer("venv", &["n"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains("set .venv aside"), "{said:?}");
    assert!(said.stdout.contains("left for your yes"), "{said:?}");
    let settings = std::fs::read_to_string(made.path(".venv/pyvenv.cfg")).unwrap();
    assert!(settings.contains("/nowhere/bin"));
    // The old one is offered for removal, and stays until somebody agrees.
    let said = made.answer("venv", &["y", "n"]);
    assert!(said.stdout.contains("mended"), "{said:?}");
    let settings = std::fs::read_to_string(made.path(".venv/pyvenv.cfg")).unwrap();
    assert!(!settings.contains("/nowhere/bin"));
    assert!(made.path(".venv.scaffold-old").exists());
}

#[test]
fn interrupted_at_a_question_it_says_what_was_done_and_what_is_left() {
    let made = Made::new(&["--no-env"]);
    for (file, old, new) in [
        (".flake8", "max-line-length = 88", "max-line-length = 79"),
        (
            "pyproject.toml",
            "testpaths = [\"tests\"]",
            "testpaths = [\"tests\", \"gone\"]",
        ),
    ] {
        let text = std::fs::read_to_string(made.path(file)).unwrap();
        assert!(text.contains(old), "{text}");
        std::fs::write(made.path(file), text.replace(old, new)).unwrap();
    }
    let said = made.answer("cfg", &["\u{3}"]);
    assert_eq!(said.code, Some(130), "{said:?}");
    for words in [
        "mended until now, and stays so: CFG001",
        "still there: CFG002",
        "scaffold doctor --fix",
    ] {
        assert!(said.stdout.contains(words), "no {words:?}: {said:?}");
    }
    let text = std::fs::read_to_string(made.path(".flake8")).unwrap();
    assert!(text.contains("max-line-length = 88"));
}

#[test]
fn without_a_python_no_environment_is_offered() {
    let mut patient = Patient::without_environment();
    patient.set("PATH", "/nowhere");
    let said = patient.unwatched(&["VENV001", "--fix"]).code(1);
    said.says("nothing that the doctor can mend");
    assert!(!patient.path(".venv").exists());
}

/// A wheel of a project without a need, as `pip wheel` leaves it in a folder.
fn wheel(folder: &Path) {
    const WRITE: &str = "
import sys, zipfile
info = 'tiny-1.0.dist-info/'
with zipfile.ZipFile(sys.argv[1] + '/tiny-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('tiny.py', '')
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', 'tiny.py,,\\n' + ''.join(info + it + ',,\\n' for it in ('METADATA', 'WHEEL', 'RECORD')))
";
    std::fs::create_dir(folder).unwrap();
    let mut write = Command::new(&Python::find(&[13, 12, 14, 11]).program);
    let status = write.args(["-c", WRITE]).arg(folder).status().unwrap();
    assert!(status.success());
}

/// A project of uv, where no uv is.
#[test]
fn what_a_lock_of_another_tool_asks_for_is_installed_or_nothing_is_made() {
    let mut patient = Patient::without_environment();
    let manifest = "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"tiny\"]\n";
    std::fs::write(patient.path("pyproject.toml"), manifest).unwrap();
    std::fs::write(patient.path("uv.lock"), "version = 1\n").unwrap();
    let wheels = patient.sandbox.path("wheels");
    patient.set("PIP_NO_INDEX", "1");
    patient.set("PIP_FIND_LINKS", wheels.clone());
    let said = patient.unwatched(&["VENV", "DEP", "--fix"]).code(1);
    said.says("1 left for your yes");

    let said = patient.unwatched(&["VENV", "DEP", "--fix", "--yes"]);
    said.code(1).says("1 failed");
    assert!(!patient.path(".venv").exists(), "half of one is none");

    wheel(&wheels);
    let said = patient.unwatched(&["VENV", "DEP", "--fix", "--yes"]);
    said.code(0).says("✓ mended VENV001");
    assert!(patient.states()["DEP001"] == "healthy");
}

/// A patient whose `.gitignore` can be mended, in a repository.
fn in_git() -> Patient {
    let patient = Patient::healthy();
    patient.sandbox.git("project", &["init", "-q"]);
    std::fs::write(patient.path(".env.example"), "A=\n").unwrap();
    std::fs::write(patient.path(".gitignore"), "# mine\n.venv\n").unwrap();
    patient.sandbox.git("project", &["add", "--all"]);
    patient.sandbox.git("project", &["commit", "-qm", "first"]);
    patient
}

#[test]
fn in_the_middle_of_a_merge_tracked_files_are_left_alone() {
    let patient = in_git();
    let git = |arguments: &[&str]| patient.sandbox.git("project", arguments);
    git(&["checkout", "-qb", "other"]);
    std::fs::write(patient.path("a"), "a\n").unwrap();
    git(&["add", "a"]);
    git(&["commit", "-qm", "other"]);
    git(&["checkout", "-q", "main"]);
    git(&["merge", "-q", "--no-ff", "--no-commit", "other"]);
    let before = tree(&patient.path(""), &[]);
    let said = patient.unwatched(&["GIT011", "--fix", "--yes"]);
    said.says("in the middle of");
    said.says("1 refused");
    assert!(tree(&patient.path(""), &[]) == before);
    git(&["commit", "-qm", "merged"]);
    patient.unwatched(&["GIT011", "--fix"]).code(0);
    let text = std::fs::read_to_string(patient.path(".gitignore")).unwrap();
    assert!(
        text.starts_with("# mine\n.venv\n") && text.contains(".env"),
        "{text}"
    );
}

/// As root; whoever is not root cannot give a file away, and is stopped by the system.
#[cfg(unix)]
#[test]
fn root_changes_nothing_in_the_project_of_another_user() {
    let patient = in_git();
    let project = patient.path("");
    let is_given_away = std::os::unix::fs::chown(&project, Some(12_345), None).is_ok();
    let said = patient.unwatched(&["SYS006", "GIT011", "--fix", "--yes"]);
    let text = std::fs::read_to_string(patient.path(".gitignore")).unwrap();
    if is_given_away {
        said.says("another user's");
        assert!(said.stdout.contains("SYS006"), "{said:?}");
    }
    assert_eq!(text == "# mine\n.venv\n", is_given_away, "{said:?}");
}
