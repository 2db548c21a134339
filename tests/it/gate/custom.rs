//! Gates of a project's own: what they are given, how they run, and what becomes of their answers. And tools that are not there.

use super::support::{Repo, gate};

/// A repository with one gate at each commit, called `mine`.
fn with_gate(options: &str) -> Repo {
    let repo = Repo::new();
    repo.gates(&["mine"], &format!("[tool.scaffold.gates.mine]\n{options}"));
    repo.commit_unchecked("start");
    repo
}

/// A command of the shell, `$@` the files.
fn shell(script: &str) -> String {
    format!("command = ['sh', '-c', '''{script}''', 'sh']\n")
}

#[test]
fn files_are_all_that_it_is_given_unless_it_needs_more() {
    let list = shell("find . -type f | sort; echo \"args: $@\"; exit 1");
    for (needs, sees, names) in [
        ("", "./a.txt\nargs: ./a.txt\n", true),
        ("needs = 'files'\n", "./a.txt\nargs: ./a.txt\n", true),
        (
            "needs = 'tree'\n",
            "./a.txt\n./pyproject.toml\n./tracked.txt\nargs:",
            false,
        ),
    ] {
        let repo = with_gate(&format!("{list}{needs}files = ['a.txt']\n"));
        repo.stage("tracked.txt", "");
        repo.commit_unchecked("more");
        repo.stage("a.txt", "");
        repo.write("untracked.txt", "");
        let said = repo.commit().code(1);
        assert!(said.stderr.contains(sees), "{needs}: {said:?}");
        assert!(!said.stderr.contains("untracked"), "{needs}: {said:?}");
        assert_eq!(said.stderr.contains("args: ./a.txt"), names);
    }
}

#[test]
fn the_work_tree_itself_can_be_asked_for() {
    let repo = with_gate(&format!(
        "{}needs = 'worktree'\n",
        shell("pwd; ls; test ! -e ignored.txt")
    ));
    repo.ignore("ignored.txt");
    repo.write("ignored.txt", "");
    repo.stage("a.txt", "");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("ignored.txt"), "{said:?}");
    std::fs::remove_file(repo.path("ignored.txt")).unwrap();
    repo.commit().code(0);
}

#[test]
fn arguments_and_variables_are_handed_on_and_those_of_git_are_not() {
    let mut repo = with_gate(&format!(
        "{}args = ['--first', 'two words', '$HOME;x']\nenv = {{ MINE = 'of mine' }}\n",
        shell("printf '<%s>' \"$@\"; echo; echo $MINE $THEIRS; env | grep ^GIT_; exit 1")
    ));
    repo.set("THEIRS", "of the user");
    repo.stage("a.txt", "");
    repo.stage("b c.txt", "");
    let said = repo.commit().code(1);
    assert!(
        said.stderr
            .contains("<--first><two words><$HOME;x><./a.txt><./b c.txt>\nof mine of the user\n"),
        "{said:?}"
    );
    assert!(!said.stderr.contains("GIT_INDEX_FILE"), "{said:?}");
    assert!(!said.stderr.contains("GIT_DIR"), "{said:?}");
}

#[test]
fn globs_choose_and_leave_out() {
    let repo = with_gate(&format!(
        "{}files = ['*.md', 'docs/**']\nexclude = ['docs/old/**', 'CHANGES.md']\n",
        shell("echo \"got: $*\"; exit 1")
    ));
    for path in [
        "a.txt",
        "b.md",
        "deep/c.md",
        "CHANGES.md",
        "docs/d.txt",
        "docs/old/e.txt",
    ] {
        repo.stage(path, "");
    }
    let said = repo.commit().code(1);
    assert!(
        said.stderr
            .contains("got: ./b.md ./deep/c.md ./docs/d.txt\n"),
        "{said:?}"
    );
}

#[test]
fn a_gate_that_takes_too_long_is_ended_with_all_that_it_started() {
    let repo = with_gate(&format!(
        "{}timeout = 0.5\n",
        shell("echo $$ > \"$MARK\"; sleep 300 & sleep 300")
    ));
    let mark = repo.sandbox.home().join("mark");
    let started = std::time::Instant::now();
    repo.stage("a.txt", "");
    let mut commit = repo.command("git");
    commit.args(["commit", "--quiet", "--message", "x"]);
    let said = crate::support::run(commit.env("MARK", &mark)).code(1);
    assert!(started.elapsed().as_secs() < 60);
    assert!(said.stderr.contains("within 0.5 s"), "{said:?}");
    let group = std::fs::read_to_string(mark).unwrap();
    let alive = crate::support::run(
        repo.command("ps")
            .args(["-o", "pid=", "--pgroup"])
            .arg(group.trim()),
    );
    assert_eq!(alive.stdout.trim(), "", "{alive:?}");
}

#[test]
fn a_gate_that_mends_mends() {
    let mends = shell("for it; do tr a-z A-Z < \"$it\" > t && cat t > \"$it\"; done; rm -f t");
    let repo = with_gate(&format!("{mends}fix = true\nfiles = ['a.txt']\n"));
    repo.stage("a.txt", "words\n");
    let said = repo.commit().code(0);
    assert!(
        said.stderr.contains("a.txt: mended, and staged"),
        "{said:?}"
    );
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "WORDS\n");
    assert_eq!(repo.ask(&["status", "--porcelain"]), "");

    // Without `fix`, what it does to its copy is nobody's business.
    let repo = with_gate(&format!("{mends}files = ['a.txt']\n"));
    repo.stage("a.txt", "words\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "a.txt"), "words\n");
    assert_eq!(repo.read("a.txt"), "words\n");
}

#[test]
fn a_fix_of_a_gate_that_fails_all_the_same_is_there_and_the_commit_is_not() {
    let repo = with_gate(&format!(
        "{}fix = true\nfiles = ['a.txt']\n",
        shell("echo mended > \"$1\"; exit 1")
    ));
    repo.stage("a.txt", "words\n");
    repo.commit().code(1);
    assert_eq!(repo.read("a.txt"), "mended\n");
    assert_eq!(repo.ask(&["rev-list", "--count", "HEAD"]), "1");
}

#[test]
fn without_restage_the_commit_stops_for_a_look() {
    let repo = Repo::new();
    repo.gates(
        &["trailing-whitespace"],
        "[tool.scaffold.gates.trailing-whitespace]\nrestage = false\n",
    );
    repo.commit_unchecked("start");
    repo.stage("a.txt", "x  \n");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("git diff"), "{said:?}");
    assert_eq!(repo.read("a.txt"), "x\n");
    assert_eq!(repo.at_revision("", "a.txt"), "x  \n");
    assert_eq!(repo.ask(&["rev-list", "--count", "HEAD"]), "1");
    // Looked at and staged, it goes on.
    repo.git(["add", "--update"]).code(0);
    repo.commit().code(0);

    // By hand there is nothing to stop.
    repo.write("a.txt", "y  \n");
    repo.check(["--fix"]).code(0);
    assert_eq!(repo.read("a.txt"), "y\n");
}

#[test]
fn a_gate_that_is_not_to_mend_reports() {
    let repo = Repo::new();
    repo.use_tools();
    repo.gates(
        &["trailing-whitespace", "black"],
        "[tool.scaffold.gates.trailing-whitespace]\nfix = false\n[tool.scaffold.gates.black]\nfix = false\n",
    );
    repo.commit_unchecked("start");
    repo.stage("a.txt", "x  \n");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("a.txt:1"), "{said:?}");
    repo.git(["rm", "--quiet", "--force", "a.txt"]).code(0);
    repo.stage("a.py", "x   =  1\n");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("a.py"), "{said:?}");
    assert_eq!(repo.read("a.py"), "x   =  1\n");
    assert_eq!(repo.at_revision("", "a.py"), "x   =  1\n");
}

#[test]
fn a_program_of_the_repository_is_the_staged_one() {
    let repo = with_gate("command = ['tools/judge']\nneeds = 'tree'\n");
    let judge = repo.path("tools/judge");
    repo.write("tools/judge", "#!/bin/sh\nexit 1\n");
    crate::support::run(repo.command("chmod").arg("+x").arg(&judge)).code(0);
    repo.add("tools/judge");
    repo.write("tools/judge", "#!/bin/sh\nexit 0\n");
    repo.commit().code(1);
    repo.add("tools/judge");
    repo.write("tools/judge", "#!/bin/sh\nexit 1\n");
    repo.commit().code(0);
}

#[test]
fn a_program_that_is_not_there_is_an_error_that_names_it() {
    let repo = with_gate("command = ['no-such-program-at-all']\n");
    repo.stage("a.txt", "");
    let report = repo.checked(&["--staged"], 2);
    assert_eq!(gate(&report, "mine")["state"], "broken");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("`no-such-program-at-all`"), "{said:?}");
}

#[test]
fn a_missing_environment_or_tool_says_how_to_get_it() {
    let repo = Repo::new();
    repo.gates(&["black", "flake8"], "");
    repo.stage("a.py", "x   =  1\n");
    let said = repo.commit().code(1);
    assert!(said.stderr.contains(".venv"), "{said:?}");
    assert!(said.stderr.contains("venv .venv") || said.stderr.contains("uv venv"));
    repo.check(["--staged"]).code(2);
    // A Black that lies on PATH is not the project's.
    let mut repo = repo;
    repo.write("bin/black", "#!/bin/sh\nexit 0\n");
    crate::support::run(repo.command("chmod").args(["+x", "bin/black"])).code(0);
    let path = std::env::join_paths(
        [repo.path("bin")]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    repo.set("PATH", std::path::Path::new(&path.unwrap()));
    repo.commit().code(1);

    repo.ignore(".venv");
    let python = crate::runtime::tools::gates().program("python");
    let make = ["-m", "venv", "--without-pip", ".venv"];
    crate::support::run(repo.command(python).args(make)).code(0);
    let said = repo.commit().code(1);
    assert!(
        said.stderr.contains("`black` is not installed in"),
        "{said:?}"
    );
    assert!(said.stderr.contains("pip install"), "{said:?}");
    assert_eq!(repo.read("a.py"), "x   =  1\n");
}
