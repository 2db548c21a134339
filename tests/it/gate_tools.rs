//! The tools as gates, through the program: on what is staged, with real tools in a real environment.

use crate::runtime::tools::gates;
use crate::support::{Finished, Sandbox, run};

/// A repository whose environment has every tool.
struct Repository {
    sandbox: Sandbox,
}

impl Repository {
    fn new(stages: &str) -> Self {
        let sandbox = Sandbox::new();
        std::os::unix::fs::symlink(gates().folder(), sandbox.path(".venv")).unwrap();
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

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.sandbox.path(path)).unwrap()
    }

    /// What git has of a file; what is staged, where no revision is named.
    fn at(&self, revision: &str, path: &str) -> String {
        let name = format!("{revision}:{path}");
        let show = run(self.sandbox.command("git").args(["show", &name]));
        show.code(0).stdout
    }

    /// A commit through the hook.
    fn commit_held(&self) -> Finished {
        self.scaffold(&["hook", "install"]).code(0);
        run(self
            .sandbox
            .command("git")
            .args(["commit", "-q", "-m", "y"]))
    }
}

/// An unused import, which Ruff can mend, and a name that is not there, which it cannot.
const HALF: &str = "import os\n\n\ndef f():\n    return nothing\n";

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
fn ruff_mends_what_it_can_and_finds_the_rest() {
    let repository = Repository::new("[\"ruff\"]");
    repository
        .commit()
        .write("half.py", HALF)
        .write("bad.py", "import os\n");
    let check = repository.scaffold(&["check"]).code(1);
    assert!(check.stdout.contains("half.py:1:8"), "{check:?}");
    assert_eq!(repository.read("half.py"), HALF);
    // Neither file is known to git.
    let fix = repository.scaffold(&["check", "--fix"]).code(1);
    assert_eq!(repository.read("bad.py"), "");
    let left = repository.read("half.py");
    assert!(!left.contains("import os"), "{left:?}");
    let line = 1 + left.lines().position(|it| it.contains("nothing")).unwrap();
    assert!(
        fix.stdout.contains(&format!("half.py:{line}:12")) && fix.stdout.contains("F821"),
        "{fix:?}"
    );
    assert!(!fix.stdout.contains("F401"), "{fix:?}");
    assert!(fix.stderr.contains("bad.py: mended"), "{fix:?}");
    // Now there is nothing that it could mend, and nothing to find in the other file.
    repository.scaffold(&["check", "--fix"]).code(1);
    assert_eq!(repository.read("half.py"), left);
    repository.write("half.py", "\n");
    for known in [false, true] {
        let fix = repository.scaffold(&["check", "--fix"]).code(0);
        assert_eq!(fix.stderr.contains("2 known to pass"), known, "{fix:?}");
    }
}

#[test]
fn ruff_mends_what_is_committed_and_keeps_what_is_not() {
    let repository = Repository::new("[\"ruff\"]");
    let text = |first: &str, last: &str| {
        let middle = (1..9).map(|it| format!("x{it} = {it}\n"));
        format!("{first}{}{last}", middle.collect::<String>())
    };
    repository
        .write("part.py", &text("", ""))
        .write("mine.py", "")
        .commit()
        .write("part.py", &text("import os\n", ""))
        // What lies in the tree is not what is installed: it stands apart.
        .write(
            "first.py",
            "import mine\nimport yaml\n\nprint(mine, yaml)\n",
        )
        .git(&["add", "-A"])
        .write("part.py", &text("import os\n", "last = 1\n"))
        .write("other.py", "import os\n");
    let commit = repository.commit_held().code(0);
    assert!(
        commit
            .stderr
            .contains("part.py: mended beside your unstaged edits, and staged"),
        "{commit:?}"
    );
    assert_eq!(repository.at("HEAD", "part.py"), text("", ""));
    assert_eq!(repository.read("part.py"), text("", "last = 1\n"));
    assert_eq!(
        repository.at("HEAD", "first.py"),
        "import yaml\n\nimport mine\n\nprint(mine, yaml)\n"
    );
    assert_eq!(repository.read("other.py"), "import os\n");
    // What it cannot mend holds the commit up; what it can is mended all the same.
    repository.write("half.py", HALF).git(&["add", "half.py"]);
    let refused = repository.commit_held().code(1);
    let said = refused.stdout + &refused.stderr;
    assert!(said.contains("F821") && !said.contains("F401"), "{said}");
    for now in [repository.at("", "half.py"), repository.read("half.py")] {
        assert!(
            !now.contains("import os") && now.contains("nothing"),
            "{now:?}"
        );
    }
}

#[test]
fn ruff_is_one_fixer_among_others() {
    let long = format!("x = [{}]\n", "'word', ".repeat(20));
    for stages in ["[\"ruff\", \"black\"]", "[\"black\", \"ruff\"]"] {
        let repository = Repository::new(&format!(
            "{stages}\n[tool.ruff.lint]\nselect = ['F', 'E501']"
        ));
        // What is found in a line that is too long is no news once the line is broken.
        repository
            .write("long.py", &format!("import os\n\n{long}"))
            .git(&["add", "-A"]);
        repository.commit_held().code(0);
        let text = repository.at("HEAD", "long.py");
        assert!(!text.contains("import os"), "{stages}: {text}");
        assert!(text.contains("    \"word\",\n"), "{stages}: {text}");
        assert_eq!(repository.read("long.py"), text);
    }
}

#[test]
fn what_passed_before_is_looked_at_again_once_another_fixer_changed_it() {
    let repository = Repository::new("[\"ruff\", \"black\"]");
    repository
        .write("a.py", "import os\n\nx = 1\n")
        .git(&["add", "-A"]);
    repository
        .scaffold(&["check", "--staged", "--gate", "black"])
        .code(0);
    repository.commit_held().code(0);
    assert_eq!(repository.at("HEAD", "a.py"), "x = 1\n");
    repository.scaffold(&["check"]).code(0);
}

#[test]
fn a_check_by_ruff_writes_nothing_whatever_its_configuration_says() {
    for configured in ["fix = true", "fix-only = true"] {
        let repository = Repository::new("[\"ruff\"]");
        repository
            .write("ruff.toml", configured)
            .write("half.py", HALF)
            .git(&["add", "-A"]);
        for arguments in [&["check"][..], &["check", "--staged"]] {
            let check = repository.scaffold(arguments).code(1);
            assert!(check.stdout.contains("F401"), "{configured}: {check:?}");
            assert_eq!(repository.read("half.py"), HALF, "{configured}");
        }
        let fix = repository.scaffold(&["check", "--fix"]).code(1);
        assert!(fix.stdout.contains("F821"), "{configured}: {fix:?}");
        assert!(!repository.read("half.py").contains("import os"));
    }
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
