//! `scaffold new` as a user types it, without the environment: places, answers, errors, what is written and what is not.

use std::path::Path;

use crate::support::{Finished, Sandbox, names, run, tree};

/// `scaffold new` with arguments, quick: no environment.
fn new(sandbox: &Sandbox, arguments: &[&str]) -> Finished {
    run(sandbox.scaffold().args(["new", "--no-env"]).args(arguments))
}

#[test]
fn a_project_appears_with_one_commit_and_a_clean_work_tree() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &["hello"]).code(0);
    assert!(
        finished.stderr.contains("no platform named: vercel"),
        "{}",
        finished.stderr
    );
    let git = |arguments: &[&str]| {
        run(sandbox
            .command("git")
            .current_dir(sandbox.path("hello"))
            .args(arguments))
        .code(0)
        .stdout
    };
    assert_eq!(git(&["status", "--porcelain", "--ignored"]), "");
    assert_eq!(git(&["rev-list", "--count", "HEAD"]), "1\n");
    assert_eq!(git(&["symbolic-ref", "HEAD"]), "refs/heads/main\n");
    assert_eq!(
        git(&["log", "-1", "--format=%an <%ae> %at"]),
        "Ada Lovelace <ada@example.com> 1790000000\n"
    );
    let tree_id = git(&["rev-parse", "HEAD^{tree}"]);
    let trailers = git(&["log", "-1", "--format=%(trailers:only,unfold)"]);
    assert!(
        trailers.contains("Scaffold-Template: scaffold\n"),
        "{trailers}"
    );
    assert!(
        trailers.contains(&format!(
            "Scaffold-Version: {}\n",
            env!("CARGO_PKG_VERSION")
        )),
        "{trailers}"
    );
    assert!(
        trailers.contains(&format!("Scaffold-Tree: {tree_id}")),
        "{trailers}"
    );
    let committed = git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    let on_disk: Vec<String> = tree(&sandbox.path("hello"), &[]).into_keys().collect();
    assert_eq!(committed.lines().collect::<Vec<_>>(), on_disk);
    run(sandbox
        .command("git")
        .current_dir(sandbox.path("hello"))
        .args(["fsck", "--strict"]))
    .code(0);
    assert_eq!(names(&sandbox.work()), ["hello"]);
}

#[test]
fn the_same_answers_give_the_same_bytes_and_the_same_commit() {
    let sandbox = Sandbox::new();
    let head = |folder: &str| {
        new(
            &sandbox,
            &[
                &format!("{folder}/hello"),
                "--platform",
                "aws-lambda",
                "--example",
                "api",
            ],
        )
        .code(0);
        run(sandbox
            .command("git")
            .current_dir(sandbox.path(folder).join("hello"))
            .args(["rev-parse", "HEAD"]))
        .code(0)
        .stdout
    };
    assert_eq!(head("a"), head("b"));
    assert_eq!(tree(&sandbox.path("a"), &[]), tree(&sandbox.path("b"), &[]));
}

#[test]
fn a_dry_run_says_what_would_be_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let text = new(&sandbox, &["hello", "--dry-run"]).code(0);
    assert!(
        text.stdout.contains("\n  pyproject.toml\n"),
        "{}",
        text.stdout
    );
    let json = new(&sandbox, &["hello", "--dry-run", "--format", "json"]).code(0);
    assert_eq!(names(&sandbox.work()), [""; 0]);
    let plan: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    new(&sandbox, &["hello"]).code(0);
    let made = tree(&sandbox.path("hello"), &[]);
    let planned = plan["files"].as_array().unwrap();
    assert_eq!(planned.len(), made.len());
    for file in planned {
        let (_, bytes) = &made[file["path"].as_str().unwrap()];
        assert_eq!(file["size"], bytes.len());
        assert_eq!(file["sha256"], sha256(bytes));
    }
    assert_eq!(plan["answers"]["platform"], "vercel");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn the_strongest_source_of_an_answer_wins() {
    let sandbox = Sandbox::new();
    let config = sandbox.home().join(".config/scaffold");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "author = \"Config\"\nlicense = \"apache-2.0\"\nci = \"none\"\ndocs = \"none\"\nplatform = \"aws\"\n").unwrap();
    std::fs::write(
        sandbox.path("answers.toml"),
        "author = \"File\"\nci = \"github\"\ntimeout = 20\n",
    )
    .unwrap();
    let finished = run(sandbox
        .scaffold()
        .args([
            "new",
            "hello",
            "--dry-run",
            "--format",
            "json",
            "--answers",
            "answers.toml",
        ])
        .args([
            "--set",
            "author=Set",
            "--docs",
            "mkdocs",
            "--python",
            "3.12",
        ])
        .env("SCAFFOLD_AUTHOR", "Environment")
        .env("SCAFFOLD_LICENSE", "bsd")
        .env("SCAFFOLD_EMAIL", "environment@example.com"))
    .code(0);
    let answers =
        serde_json::from_str::<serde_json::Value>(&finished.stdout).unwrap()["answers"].clone();
    for (key, expected) in [
        ("author", "Set"),
        ("ci", "github"),
        ("license", "bsd-3-clause"),
        ("docs", "mkdocs"),
        ("platform", "aws-lambda"),
        ("email", "environment@example.com"),
        ("python", "3.12"),
    ] {
        assert_eq!(answers[key], expected, "{key}");
    }
    assert_eq!(answers["timeout"], 20);
}

#[test]
fn git_says_who_the_author_is() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &["hello", "--dry-run", "--format", "json"]).code(0);
    let plan: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(plan["answers"]["author"], "Ada Lovelace");
    assert_eq!(plan["answers"]["email"], "ada@example.com");
}

#[test]
fn a_wrong_answer_is_named_with_what_is_allowed_and_the_nearest() {
    let sandbox = Sandbox::new();
    for (arguments, said) in [
        (
            &["--platform", "vercle"][..],
            &[
                "platform `vercle` (--platform) is not one of vercel, aws-lambda",
                "did you mean `vercel`?",
            ][..],
        ),
        (
            &["--set", "timout=3", "--platform", "aws"],
            &[
                "there is no question `timout` (--set timout)",
                "did you mean `timeout`?",
            ],
        ),
        (
            &["--set", "timeout=3"],
            &["`timeout` (--set timeout) is a question of"],
        ),
        (
            &["--set", "timeout=many", "--platform", "aws"],
            &["timeout `many` (--set timeout) is not a whole number"],
        ),
        (
            &["--set", "memory=1", "--platform", "aws"],
            &["memory `1` (--set memory) is not between 128 and 10240"],
        ),
        (
            &["--python", "2.7"],
            &["python `2.7` (--python) is not a Python that Vercel runs: 3.12"],
        ),
        (
            &["--set", "platform"],
            &["`--set platform` is not KEY=VALUE"],
        ),
        (
            &["--trigger", "queue"],
            &["trigger `queue` (--trigger) is not one of http"],
        ),
        (
            &["--email", "ada"],
            &["email `ada` (--email) is not an address"],
        ),
        (
            &["--author", "a\nb"],
            &["has a control character or a line break"],
        ),
        (&["--answers", "gone.toml"], &["gone.toml", "no such file"]),
    ] {
        let finished = new(&sandbox, &[&["hello"], arguments].concat()).code(2);
        for text in said {
            assert!(
                finished.stderr.contains(text),
                "{arguments:?}\n{}",
                finished.stderr
            );
        }
        assert_eq!(finished.stdout, "");
    }
    std::fs::write(sandbox.path("bad.toml"), "platform = \"vercel\"\nci =\n").unwrap();
    let finished = new(&sandbox, &["hello", "--answers", "bad.toml"]).code(2);
    assert!(
        finished.stderr.contains("bad.toml:2: "),
        "{}",
        finished.stderr
    );
    assert_eq!(names(&sandbox.work()), ["bad.toml"]);
}

#[test]
fn a_variable_of_nobody_is_warned_of() {
    let sandbox = Sandbox::new();
    let finished = run(sandbox
        .scaffold()
        .args(["new", "hello", "--dry-run"])
        .env("SCAFFOLD_PLATTFORM", "vercel"))
    .code(0);
    assert!(
        finished
            .stderr
            .contains("warning: there is no question `plattform` (SCAFFOLD_PLATTFORM)"),
        "{}",
        finished.stderr
    );
}

#[test]
fn without_a_name_and_a_terminal_it_says_what_to_type() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &[]).code(2);
    assert!(
        finished.stderr.contains("scaffold new my-function"),
        "{}",
        finished.stderr
    );
}

#[test]
fn places_that_can_take_a_project_and_places_that_cannot() {
    let sandbox = Sandbox::new();
    // The folders above it are made with it.
    new(&sandbox, &["a/b/hello"]).code(0);
    assert!(sandbox.path("a/b/hello/pyproject.toml").is_file());
    // An existing empty folder, by name, and as the working directory.
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    new(&sandbox, &["empty"]).code(0);
    assert!(sandbox.path("empty/.git").is_dir());
    std::fs::create_dir(sandbox.path("here")).unwrap();
    let finished = run(sandbox
        .scaffold()
        .current_dir(sandbox.path("here"))
        .args(["new", ".", "--no-env"]))
    .code(0);
    assert_eq!(finished.stdout, "");
    let text = std::fs::read_to_string(sandbox.path("here/pyproject.toml")).unwrap();
    assert!(text.contains("name = \"here\""), "{text}");
    assert!(!sandbox.path("here/.scaffold-new").exists());
    // Not: a folder with a file, a file, a link to nowhere.
    std::fs::create_dir(sandbox.path("full")).unwrap();
    std::fs::write(sandbox.path("full/notes.txt"), "mine").unwrap();
    std::fs::write(sandbox.path("file"), "mine").unwrap();
    for (path, said) in [
        ("full", "`full` is not empty: it holds `notes.txt`"),
        ("file", "`file` is a file"),
    ] {
        let finished = new(&sandbox, &[path]).code(2);
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
    }
    assert_eq!(names(&sandbox.path("full")), ["notes.txt"]);
    assert_eq!(
        names(&sandbox.work()),
        ["a", "empty", "file", "full", "here"]
    );
}

#[test]
fn an_empty_clone_gets_its_first_commit_and_keeps_its_remote() {
    let sandbox = Sandbox::new();
    let git = |folder: &Path, arguments: &[&str]| {
        run(sandbox.command("git").current_dir(folder).args(arguments))
            .code(0)
            .stdout
    };
    git(
        &sandbox.work(),
        &["init", "-q", "--bare", "-b", "trunk", "origin.git"],
    );
    git(&sandbox.work(), &["clone", "-q", "origin.git", "hello"]);
    new(&sandbox, &["hello"]).code(0);
    let hello = sandbox.path("hello");
    assert_eq!(git(&hello, &["symbolic-ref", "HEAD"]), "refs/heads/trunk\n");
    assert_eq!(git(&hello, &["status", "--porcelain"]), "");
    assert_eq!(git(&hello, &["rev-list", "--count", "HEAD"]), "1\n");
    assert_eq!(git(&hello, &["remote"]), "origin\n");
    git(&hello, &["push", "-q", "--no-verify", "origin", "HEAD"]);
    git(&hello, &["fsck", "--strict"]);
    assert!(!hello.join(".scaffold-new").exists());
}

#[test]
fn no_repository_is_made_inside_another_one_unless_asked() {
    let sandbox = Sandbox::new();
    run(sandbox.command("git").args(["init", "-q", "."])).code(0);
    let finished = new(&sandbox, &["inner"]).code(0);
    assert!(finished.stderr.contains("--git"), "{}", finished.stderr);
    assert!(!sandbox.path("inner/.git").exists());
    new(&sandbox, &["asked", "--git"]).code(0);
    assert!(sandbox.path("asked/.git").is_dir());
    new(&sandbox, &["refused", "--no-git"]).code(0);
    assert!(!sandbox.path("refused/.git").exists());
}

#[test]
fn without_an_identity_the_commit_is_left_out_and_the_commands_are_shown() {
    let sandbox = Sandbox::new();
    std::fs::write(
        sandbox.home().join(".gitconfig"),
        "[init]\n\tdefaultBranch = main\n[user]\n\tuseConfigOnly = true\n",
    )
    .unwrap();
    let finished = new(&sandbox, &["hello"]).code(0);
    for text in [
        "git config --global user.name",
        "git config --global user.email",
        "git commit --no-edit --no-verify",
    ] {
        assert!(finished.stderr.contains(text), "{}", finished.stderr);
    }
    // The commands do what they say.
    let git = |arguments: &[&str]| {
        run(sandbox
            .command("git")
            .current_dir(sandbox.path("hello"))
            .args(arguments))
        .code(0)
        .stdout
    };
    git(&["config", "--global", "user.name", "Late"]);
    git(&["config", "--global", "user.email", "late@example.com"]);
    git(&["commit", "--no-edit", "--no-verify"]);
    assert_eq!(git(&["status", "--porcelain"]), "");
    let tree_id = git(&["rev-parse", "HEAD^{tree}"]);
    assert!(
        git(&["log", "-1", "--format=%(trailers:only,unfold)"])
            .contains(&format!("Scaffold-Tree: {tree_id}"))
    );
}

#[test]
fn without_the_git_program_the_project_still_has_its_commit() {
    let sandbox = Sandbox::new();
    let finished = run(sandbox
        .scaffold()
        .args(["new", "hello", "--no-env"])
        .env("PATH", "/nonexistent"))
    .code(0);
    assert!(
        finished.stderr.contains("git is not installed"),
        "{}",
        finished.stderr
    );
    let log = run(sandbox
        .command("git")
        .current_dir(sandbox.path("hello"))
        .args(["log", "--oneline"]))
    .code(0);
    assert_eq!(log.stdout.lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_not_ours_to_write_is_named() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let sandbox = Sandbox::new();
    let locked = sandbox.path("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write everywhere: be somebody else then, who may look into the sandbox and run the program.
    let root = std::fs::metadata("/proc/self")
        .is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
    let binary = sandbox.home().join("scaffold");
    std::fs::copy(env!("CARGO_BIN_EXE_scaffold"), &binary).unwrap();
    for folder in [
        sandbox.work().parent().unwrap().to_owned(),
        sandbox.home(),
        sandbox.work(),
    ] {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = sandbox.command(&binary);
    command.args(["new", "locked/hello", "--no-env"]);
    if root {
        command.uid(65_534).gid(65_534);
    }
    let finished = run(&mut command).code(2);
    assert!(
        finished.stderr.contains("cannot create the folder"),
        "{}",
        finished.stderr
    );
    assert!(
        finished.stderr.contains("permission denied"),
        "{}",
        finished.stderr
    );
    assert_eq!(names(&locked), [""; 0]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .scaffold()
        .args(["template", "show"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap().as_str()
        ),
        (Some(0), "")
    );
}

#[test]
fn verbose_says_where_each_answer_comes_from() {
    let sandbox = Sandbox::new();
    let arguments = ["hello", "-v", "--dry-run", "--set", "license=bsd"];
    let finished = new(&sandbox, &arguments).code(0);
    for line in [
        "platform = \"vercel\" (by default)",
        "license = \"bsd-3-clause\" (--set license)",
        "author = \"Ada Lovelace\" (git's configuration)",
    ] {
        assert!(
            finished.stderr.contains(line),
            "{line}\n{}",
            finished.stderr
        );
    }
}

#[test]
fn a_name_that_no_file_system_takes_is_refused_with_one_that_works() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &[&"a".repeat(300)]).code(2);
    assert!(
        finished.stderr.contains("a name that works"),
        "{}",
        finished.stderr
    );
}
