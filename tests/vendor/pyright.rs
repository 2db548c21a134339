//! Pyright as a gate: it needs Node, and fetches itself from npm the first time.

use std::path::Path;
use std::process::{Command, Output};

use crate::runtime::tools::{cache, gates, run};

fn git(repository: &Path, arguments: &[&str]) {
    run(Command::new("git").current_dir(repository).args(arguments));
}

fn check(repository: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scaffold"))
        .current_dir(repository)
        .args(["check", "--staged", "--gate", "pyright"])
        .env("SCAFFOLD_CACHE_DIR", cache("pyright-gate"))
        .env("PYRIGHT_PYTHON_CACHE_DIR", cache("pyright"))
        .output()
        .unwrap()
}

#[test]
fn pyright_checks_what_is_staged_with_the_environment_of_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path();
    std::os::unix::fs::symlink(gates().folder(), repository.join(".venv")).unwrap();
    let write = |path: &str, text: &str| std::fs::write(repository.join(path), text).unwrap();
    write(".gitignore", ".venv\n");
    write(
        "pyproject.toml",
        "[tool.scaffold.stages]\npre-commit = [\"pyright\"]\n",
    );
    // What is installed is found, though the copy that is checked has no `.venv`.
    write(
        "one.py",
        "import pytest\nimport two\n\nx: str = two.VALUE\nprint(pytest, x)\n",
    );
    write("two.py", "VALUE = 1\n");
    git(repository, &["init", "-q"]);
    git(repository, &["add", "-A"]);
    write("two.py", "VALUE = \"\"\n");
    let refused = check(repository);
    let said = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(
        said.contains("one.py:4:10: ") && said.contains("[pyright/reportAssignmentType]"),
        "{said}"
    );
    assert_eq!(said.matches("[pyright/").count(), 1, "{said}");
    git(repository, &["add", "-A"]);
    write("two.py", "VALUE = 1\n");
    let passed = check(repository);
    assert_eq!(passed.status.code(), Some(0), "{passed:?}");
}
