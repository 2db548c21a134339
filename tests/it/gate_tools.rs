//! The tools as gates, through the program: on what is staged, with real tools in a real environment.

use std::path::PathBuf;

use crate::runtime::tools::{Python, environment};
use crate::support::{Finished, Sandbox, run};

/// A repository whose environment has every tool.
struct Repository {
    sandbox: Sandbox,
}

impl Repository {
    fn new(stages: &str) -> Self {
        let sandbox = Sandbox::new();
        let python = Python::find(&[13, 12, 11, 14]);
        let tools = environment("gates", &python, include_str!("../runtime/gates.txt"));
        let root: PathBuf = tools.program("python").ancestors().nth(2).unwrap().into();
        std::os::unix::fs::symlink(root, sandbox.path(".venv")).unwrap();
        let repository = Self { sandbox };
        repository.git(&["init", "-q"]);
        repository.write(".gitignore", ".venv\n");
        repository.write(
            "pyproject.toml",
            &format!("[tool.scaffold.stages]\npre-commit = {stages}\n"),
        );
        repository
    }

    fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.sandbox.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn git(&self, arguments: &[&str]) -> &Self {
        self.sandbox.git("", arguments);
        self
    }

    fn commit(&self) -> &Self {
        self.git(&["add", "-A"]).git(&["commit", "-q", "-m", "x"])
    }

    fn scaffold(&self, arguments: &[&str]) -> Finished {
        run(self.sandbox.scaffold().args(arguments))
    }
}

#[test]
fn what_passed_of_a_part_says_nothing_of_the_whole() {
    for tool in ["ruff", "pylint"] {
        let repository = Repository::new(&format!("[\"{tool}\"]"));
        repository
            .write(
                ".pylintrc",
                "[MESSAGES CONTROL]\ndisable = all\nenable = unused-import\n",
            )
            .write("bad.py", "import os\n")
            .write("good.py", "x = 1\n")
            .commit()
            .write("good.py", "x = 2\n")
            .git(&["add", "-A"]);
        for _ in 0..2 {
            repository.scaffold(&["check", "--staged"]).code(0);
            let whole = repository.scaffold(&["check", "--all-files"]).code(1);
            assert!(
                whole.stdout.contains("bad.py:1:"),
                "{tool}: {}",
                whole.stdout
            );
        }
    }
}

#[test]
fn a_fix_that_cannot_be_made_is_not_a_pass() {
    let repository = Repository::new("[\"ruff\"]\n[tool.scaffold.gates.ruff]\nfix = true");
    repository
        .write("bad.py", "import os\n")
        .git(&["add", "-A"]);
    let hook = repository.scaffold(&["hook", "run", "pre-commit"]);
    let staged = run(repository.sandbox.command("git").args(["show", ":bad.py"])).stdout;
    assert!(
        hook.code == Some(1) || !staged.contains("import os"),
        "{hook:?}"
    );
    repository.scaffold(&["check", "--fix"]);
    let left = std::fs::read_to_string(repository.sandbox.path("bad.py")).unwrap();
    let check = repository.scaffold(&["check"]);
    assert!(
        check.code == Some(1) || !left.contains("import os"),
        "{check:?}"
    );
}

#[test]
fn what_is_staged_is_checked_whatever_the_work_tree_has() {
    let repository = Repository::new("[\"flake8\", \"pytest\"]");
    repository
        .write("value.py", "VALUE = 1\n")
        .write(
            "tests/test_value.py",
            "import value\n\n\ndef test_value():\n    assert value.VALUE == 1\n",
        )
        .commit()
        .write("value.py", "VALUE  = 2\n")
        .git(&["add", "-A"])
        .write("value.py", "VALUE = 1\n");
    let refused = repository.scaffold(&["hook", "run", "pre-commit"]).code(1);
    let said = refused.stdout + &refused.stderr;
    assert!(
        said.contains("value.py:1:6") && said.contains("flake8/E221"),
        "{said}"
    );
    assert!(said.contains("tests/test_value.py:5"), "{said}");
    repository
        .git(&["add", "-A"])
        .write("value.py", "VALUE  = (\n");
    repository.scaffold(&["hook", "run", "pre-commit"]).code(0);
}

#[test]
fn a_staged_name_is_never_an_option() {
    let repository = Repository::new("[\"black\", \"flake8\"]");
    repository
        .write("--exclude=b.py", "x = 1\n")
        .write("-dash.py", "x = 1\n")
        .write("b.py", "x  = 1\n")
        .git(&["add", "-A"]);
    let hook = repository.scaffold(&["check", "--staged"]).code(1);
    assert!(hook.stdout.contains("b.py:1:2"), "{}", hook.stdout);
    repository.write("b.py", "x = 1\n").git(&["add", "-A"]);
    repository.scaffold(&["check", "--staged"]).code(0);
}
