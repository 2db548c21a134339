//! `scaffold new` as a user types it, without the environment: what is written and what is not.

mod answers;
mod places;
mod repository;

use crate::support::{Finished, Sandbox, names, run, tree};

/// `scaffold new` with arguments, quick: no environment.
fn new(sandbox: &Sandbox, arguments: &[&str]) -> Finished {
    run(sandbox.scaffold().args(["new", "--no-env"]).args(arguments))
}

#[test]
fn a_project_appears_with_one_commit_and_a_clean_work_tree() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &["hello"]).code(0);
    finished.says("no platform named: vercel");
    let git = |arguments: &[&str]| sandbox.git("hello", arguments);
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
    git(&["fsck", "--strict"]);
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
        sandbox.git(format!("{folder}/hello"), &["rev-parse", "HEAD"])
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
