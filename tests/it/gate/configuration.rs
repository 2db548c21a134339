//! `pyproject.toml`: what holds without one, what a mistake in it leads to, and repositories of many projects.

use super::support::{Repo, gate};

#[test]
fn without_any_configuration_a_sensible_set_holds() {
    let repo = Repo::new();
    repo.stage("a.txt", "x  \n\n\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "x\n");
    // Put together here, so that this file itself is none.
    let armour = |end: &str| format!("-----{end} RSA PRIVATE {}-----\n", "KEY");
    let key = format!("{}MIIEow\n{}", armour("BEGIN"), armour("END"));
    repo.stage("key.pem", &key);
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("key.pem:1"), "{said:?}");
    assert!(!said.stderr.contains("MIIEow"), "{said:?}");
}

#[test]
fn a_table_of_other_things_is_no_configuration_of_gates() {
    let repo = Repo::new();
    repo.configure("[tool.scaffold]\nversion = '1'\n");
    repo.stage("a.txt", "x  \n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "x\n");
}

#[test]
fn a_mistake_is_named_with_its_line_and_the_nearest_name() {
    let repo = Repo::new();
    for (text, place, hint) in [
        (
            "[tool.scaffold.stages]\npre-commit = ['hygeine']\n",
            "pyproject.toml:2: there is no gate or group `hygeine`",
            "did you mean `hygiene`?",
        ),
        (
            "\n[tool.scaffold.gates.black]\ntimout = 3\n",
            "pyproject.toml:3: a gate has no option `timout`",
            "did you mean `timeout`?",
        ),
        (
            "[tool.scaffold.stages]\npre-comit = []\n",
            "pyproject.toml:2: there is no stage `pre-comit`",
            "did you mean `pre-commit`?",
        ),
        (
            "[tool.scaffold.gates.black]\ntimeout = 0\n",
            "pyproject.toml:2: `timeout` must be",
            "",
        ),
        (
            "[tool.scaffold.gates.mine]\ncommand = ['x']\nneeds = 'all'\n",
            "pyproject.toml:3: `needs` must be `files`, `tree` or `worktree`",
            "",
        ),
        (
            "[tool.scaffold.gates.mine]\ncommand = ['x']\nneeds = 'worktree'\nfix = true\n",
            "pyproject.toml:4: `mine` mends files, which no tool may do in the work tree itself",
            "say `needs = \"tree\"`",
        ),
        ("[tool.scaffold\n", "pyproject.toml:1: ", ""),
        (
            "[tool.scaffold.stages]\npre-commit = 'hygiene'\n",
            "pyproject.toml:2: `pre-commit` must be a list of texts",
            "",
        ),
        (
            "[tool]\nscaffold = 3\n",
            "pyproject.toml:2: `tool.scaffold` must be a table",
            "",
        ),
        (
            "[tool.scaffold.gates.trailing-whitespace]\nargs = ['--mardown=md']\n",
            "pyproject.toml:2: trailing-whitespace: ",
            "--markdown-line-breaks=",
        ),
        (
            "[tool.scaffold.gates.pytest]\nneeds = 'worktree'\nevery-commit = true\n",
            "pyproject.toml:3: `pytest` looks at the work tree, which is not any commit",
            "leave out `every-commit`",
        ),
    ] {
        repo.configure(text);
        let said = repo.commit();
        // Git's own code for a hook that stops a commit.
        assert_eq!(said.code, Some(1), "{text}: {said:?}");
        for way in [
            repo.check(["--staged"]),
            repo.check([""; 0]),
            repo.scaffold(["hook", "run", "pre-commit"]),
        ] {
            let said = way.code(2);
            assert!(said.stderr.contains(place), "{text}: {said:?}");
            assert!(said.stderr.contains(hint), "{text}: {said:?}");
        }
    }
    assert_eq!(repo.git(["rev-parse", "HEAD"]).code, Some(128));
}

#[test]
fn a_name_that_is_typed_wrong_is_an_error_too() {
    let mut repo = Repo::new();
    repo.stage("a.txt", "x\n");
    let said = repo.check(["--gate", "trailing-whitespce"]).code(2);
    assert!(
        said.stderr.contains("did you mean `trailing-whitespace`?"),
        "{said:?}"
    );
    let said = repo.check(["--gate", "conventional-commit"]).code(2);
    assert!(said.stderr.contains("commit-msg"), "{said:?}");
    repo.set("SCAFFOLD_SKIP", "blakc");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("(from SCAFFOLD_SKIP)"), "{said:?}");
    assert!(said.stderr.contains("did you mean `black`?"), "{said:?}");
}

#[test]
fn gates_and_groups_can_be_left_out_for_once() {
    let mut repo = Repo::new();
    repo.stage("a.txt", "x  \n\n");
    repo.set("SCAFFOLD_SKIP", "trailing-whitespace, end-of-file");
    let said = repo.commit().code(0);
    assert!(said.stderr.contains("SCAFFOLD_SKIP says so"), "{said:?}");
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "x  \n\n");
    repo.set("SCAFFOLD_SKIP", "hygiene");
    repo.stage("b.txt", "y  \n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "b.txt"), "y  \n");
    repo.set("SCAFFOLD_SKIP", "secrets,,");
    repo.stage("c.txt", "z  \n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "c.txt"), "z\n");
}

#[test]
fn a_gate_of_any_project_can_be_left_out() {
    let mut repo = Repo::new();
    repo.configure(
        "[tool.scaffold.stages]\npre-commit = ['hygiene']\ncommit-msg = ['conventional-commit']\n",
    );
    repo.stage(
        "one/pyproject.toml",
        "[tool.scaffold.stages]\npre-commit = ['mine']\n[tool.scaffold.gates.mine]\ncommand = ['false']\n",
    );
    repo.stage("one/a.txt", "x\n");
    repo.commit().code(1);
    repo.set("SCAFFOLD_SKIP", "mine");
    repo.commit().code(0);
    // Nothing of that project is staged now.
    repo.stage("b.txt", "x\n");
    repo.commit().code(0);
    repo.check(["--gate", "mine"]).code(0);
}

#[test]
fn each_file_belongs_to_the_nearest_project_above_it() {
    let repo = Repo::new();
    repo.configure("[tool.scaffold.stages]\npre-commit = ['trailing-whitespace']\n");
    repo.stage(
        "one/pyproject.toml",
        "[tool.scaffold.stages]\npre-commit = ['end-of-file', 'where']\n[tool.scaffold.gates.where]\n\
         command = ['sh', '-c', 'pwd; echo \"$@\"; exit 1', 'sh']\nfiles = ['src/*.txt']\n",
    );
    // Neither of the two tables: its files belong to the project above.
    repo.stage("one/two/pyproject.toml", "[project]\nname = 'two'\n");
    repo.stage("other/pyproject.toml", "[tool.scaffold.stages]\n");
    for folder in ["", "one/", "one/two/", "other/"] {
        repo.stage(format!("{folder}a.txt"), "x  \n\n");
    }
    repo.stage("one/src/b.txt", "good\n");
    let said = repo.commit().code(1);
    // Globs and names are the project's own, and it runs in the project's folder.
    assert!(said.stderr.contains("/one\n./src/b.txt\n"), "{said:?}");
    repo.git(["rm", "--quiet", "--cached", "one/src/b.txt"])
        .code(0);
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "x\n\n");
    assert_eq!(repo.at_revision("HEAD", "one/a.txt"), "x  \n");
    assert_eq!(repo.at_revision("HEAD", "one/two/a.txt"), "x  \n");
    assert_eq!(repo.at_revision("HEAD", "other/a.txt"), "x  \n\n");
}

#[test]
fn what_is_found_in_a_project_below_is_said_with_its_whole_path() {
    let repo = Repo::new();
    repo.use_tools();
    repo.stage(
        "pkg/pyproject.toml",
        "[tool.scaffold.stages]\npre-commit = ['black', 'flake8']\n",
    );
    repo.stage("pkg/src/a.py", "import os\n\nx   =  1\n");
    repo.stage("pkg/.flake8", "[flake8]\nextend-ignore = F401\n");
    repo.stage("a.py", "import os\n");
    repo.commit().code(0);
    assert_eq!(
        repo.at_revision("HEAD", "pkg/src/a.py"),
        "import os\n\nx = 1\n"
    );
    repo.stage("pkg/src/b.py", "x = y\n");
    let report = repo.checked(&["--staged"], 1);
    assert_eq!(gate(&report, "flake8")["project"], "pkg");
    let finding = &report["findings"][0];
    assert_eq!(finding["location"]["path"], "pkg/src/b.py", "{report:#}");
}
