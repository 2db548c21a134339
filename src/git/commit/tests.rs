//! What git says of the first commit.

use super::super::trial::{Trial, file};
use super::{Content, Entry};

fn entries() -> Vec<Entry<'static>> {
    let mut entries = vec![
        file("pyproject.toml", "[project]\n"),
        file("src.txt", "sorts between `src` and `src/`\n"),
        file("src/a/b.py", "x = 1\n"),
        file("src/a/empty.py", ""),
        file("src/empty.py", ""),
        file("Ünïcode file.txt", "ä\n"),
        Entry {
            path: "run.sh",
            content: Content::Executable(b"#!/bin/sh\n"),
        },
        Entry {
            path: "binary.bin",
            content: Content::File(b"\0\r\n\xff\xfe"),
        },
    ];
    if cfg!(unix) {
        entries.push(Entry {
            path: "link",
            content: Content::Link("src/a/b.py"),
        });
    }
    entries
}

fn expected_commit(tree: &str) -> String {
    format!(
        "tree {tree}\nauthor Ada Lovelace <ada@example.com> 1790000000 +0200\n\
         committer Ada Lovelace <ada@example.com> 1790000000 +0200\n\n\
         Start the project\n\n\
         Scaffold-Template: scaffold\nScaffold-Version: 0.1.0\nScaffold-Tree: {tree}\n"
    )
}

/// The stores for branches that this git has; reftable is there from 2.45 on.
fn formats() -> Vec<&'static str> {
    let trial = Trial::new().with("GIT_DEFAULT_REF_FORMAT", "reftable");
    trial.git(&["init", "--quiet"]);
    let config = crate::fs::read_text(&trial.folder().join(".git/config")).unwrap();
    let has_reftable = config.contains("reftable");
    ["files", "reftable"][..=usize::from(has_reftable)].to_vec()
}

/// The commit, the branch, the reflog and the work tree are as they should be.
#[track_caller]
fn assert_committed(trial: &Trial, branch: &str, id: &str) {
    let reference = format!("refs/heads/{branch}");
    assert_eq!(trial.git(&["rev-parse", &reference]).trim(), id);
    assert_eq!(trial.git(&["symbolic-ref", "HEAD"]).trim(), reference);
    let tree = trial.git(&["rev-parse", "HEAD^{tree}"]);
    let commit = trial.git(&["cat-file", "-p", "HEAD"]);
    assert_eq!(commit, expected_commit(tree.trim()));
    for name in ["HEAD", &reference] {
        let log = trial.git(&["reflog", "show", "--format=%H %gn <%ge> %gs", name]);
        let line = "Ada Lovelace <ada@example.com> commit (initial): Start the project";
        assert_eq!(log.trim(), format!("{id} {line}"), "{name}");
    }
    trial.assert_clean();
    // The same tree again, by git alone.
    trial.git(&["read-tree", "--empty"]);
    trial.git(&["add", "--all"]);
    assert_eq!(trial.git(&["write-tree"]), tree);
}

#[test]
fn the_commit_is_what_git_itself_would_have_made() {
    let trial = Trial::new();
    let id = trial.commit(&entries()).unwrap();
    let trailers = trial.git(&[
        "log",
        "-1",
        "--format=%(trailers:key=Scaffold-Tree,valueonly)",
    ]);
    let tree = trial.git(&["rev-parse", "HEAD^{tree}"]);
    assert_eq!(trailers.trim(), tree.trim());
    assert_committed(&trial, "main", &id);
}

#[test]
fn the_program_makes_the_same_commit() {
    let library = Trial::new();
    let program = Trial::new();
    program.write("template/info/exclude", b"# mine\n", false);
    let template = program.root().join("template");
    program.configure(&format!("[init]\n\ttemplateDir = {}\n", template.display()));
    let id = program.commit(&entries()).unwrap();
    assert_eq!(id, library.commit(&entries()).unwrap());
    let exclude = program.folder().join(".git/info/exclude");
    assert_eq!(crate::fs::read(&exclude).unwrap(), b"# mine\n");
    assert_committed(&program, "main", &id);
}

#[test]
fn all_objects_lie_in_one_pack() {
    let trial = Trial::new();
    trial.commit(&entries()).unwrap();
    let counted = trial.git(&["count-objects", "-v"]);
    assert!(counted.starts_with("count: 0\n"), "{counted}");
    assert!(counted.contains("\npacks: 1\n"), "{counted}");
    assert!(counted.contains("\ngarbage: 0\n"), "{counted}");
}

#[test]
fn git_need_not_read_the_files_again() {
    let trial = Trial::new();
    trial.commit(&entries()).unwrap();
    // This command trusts the index: it lists what has other stat data, and does not look whether the content is the same.
    assert_eq!(trial.git(&["diff-files", "--name-only"]), "");
}

#[test]
fn no_hook_of_the_template_runs() {
    let trial = Trial::new();
    for hook in [
        "pre-commit",
        "commit-msg",
        "post-commit",
        "reference-transaction",
        "post-index-change",
    ] {
        let path = format!("template/hooks/{hook}");
        trial.write(&path, b"#!/bin/sh\ntouch \"$HOME/ran\"\nexit 1\n", true);
    }
    let template = trial.root().join("template");
    trial.configure(&format!("[init]\n\ttemplateDir = {}\n", template.display()));
    trial.commit(&entries()).unwrap();
    assert!(trial.folder().join(".git/hooks/pre-commit").exists());
    assert!(!trial.root().join("home/ran").exists());
}

#[test]
fn the_branch_is_the_configured_one() {
    let trial = Trial::new();
    trial.configure("[init]\n\tdefaultBranch = work/trunk\n");
    let id = trial.commit(&entries()).unwrap();
    assert_committed(&trial, "work/trunk", &id);
}

#[test]
fn a_branch_that_cannot_be_one_is_refused() {
    for name in ["a..b", "-x", "a b"] {
        let trial = Trial::new();
        trial.configure(&format!("[init]\n\tdefaultBranch = {name}\n"));
        let error = trial.commit(&entries()).unwrap_err();
        assert!(error.message().contains("init.defaultBranch"), "{error}");
    }
}

#[test]
fn an_empty_clone_keeps_its_remote_and_its_branch() {
    for format in formats() {
        let trial = Trial::new().with("GIT_DEFAULT_REF_FORMAT", format);
        let options = &["-c", "init.defaultBranch=trunk"][..];
        let root = trial.root();
        let remote = root.join("remote.git");
        let init = [options, &["init", "--quiet", "--bare", "remote.git"]].concat();
        trial.git_in(&root, &init);
        crate::fs::remove_empty_dir(&trial.folder()).unwrap();
        let clone = [options, &["clone", "--quiet", "remote.git", "project"]].concat();
        trial.git_in(&root, &clone);
        let id = trial.commit(&entries()).unwrap();
        assert_committed(&trial, "trunk", &id);
        let url = trial.git(&["remote", "get-url", "origin"]);
        assert_eq!(url.trim(), remote.to_str().unwrap());
        trial.git(&["push", "--quiet", "origin", "HEAD"]);
        assert_eq!(trial.git_in(&remote, &["rev-parse", "trunk"]).trim(), id);
    }
}

#[test]
fn a_repository_with_commits_is_refused() {
    for format in formats() {
        let trial = Trial::new().with("GIT_DEFAULT_REF_FORMAT", format);
        trial.git(&["init", "--quiet"]);
        trial.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        let before = trial.git(&["rev-parse", "HEAD"]);
        let error = trial.commit(&entries()).unwrap_err();
        assert!(error.message().contains("has commits already"), "{error}");
        assert_eq!(trial.git(&["rev-parse", "HEAD"]), before);
    }
}

#[test]
fn interrupted_before_the_branch_was_written_it_can_be_done_again() {
    let trial = Trial::new();
    let id = trial.commit(&entries()).unwrap();
    crate::fs::remove_file(&trial.folder().join(".git/refs/heads/main")).unwrap();
    for left in ["tmp_index", "tmp_index.lock", "tmp_scaffold"] {
        trial.write(&format!("project/.git/{left}"), b"half", false);
    }
    assert_eq!(trial.commit_again(&entries()).unwrap(), id);
    assert_committed(&trial, "main", &id);
    assert!(!trial.folder().join(".git/tmp_index").exists());
}

#[test]
fn a_lock_of_git_is_respected() {
    for lock in ["index.lock", "HEAD.lock", "refs/heads/main.lock"] {
        let trial = Trial::new();
        trial.git(&["init", "--quiet", "--initial-branch=main"]);
        trial.write(&format!("project/.git/{lock}"), b"", false);
        let error = trial.commit(&entries()).unwrap_err();
        assert!(error.message().contains(lock), "{error}");
    }
}

#[test]
fn a_clone_that_keeps_no_logs_gets_none() {
    for (value, logged) in [("false", false), ("true", true), ("always", true)] {
        let trial = Trial::new();
        trial.git(&["init", "--quiet", "--initial-branch=main"]);
        trial.git(&["config", "core.logAllRefUpdates", value]);
        trial.commit(&entries()).unwrap();
        assert_eq!(
            trial.folder().join(".git/logs/HEAD").exists(),
            logged,
            "{value}"
        );
    }
}

#[test]
fn other_formats_are_the_program_s_business() {
    let sha256 = Trial::new().with("GIT_DEFAULT_HASH", "sha256");
    let id = sha256.commit(&entries()).unwrap();
    assert_eq!(id.len(), 64);
    assert_committed(&sha256, "main", &id);

    for format in formats() {
        let trial = Trial::new().with("GIT_DEFAULT_REF_FORMAT", format);
        let id = trial.commit(&entries()).unwrap();
        assert_committed(&trial, "main", &id);
        let config = crate::fs::read_text(&trial.folder().join(".git/config")).unwrap();
        assert_eq!(config.contains("reftable"), format == "reftable");
    }
}

#[test]
fn without_the_program_libgit2_makes_the_commit() {
    let trial = Trial::new();
    let id = trial.commit(&entries()).unwrap();
    let mut bare = Trial::new();
    // What would need the program does not: a template is a comfort, not a reason to fail.
    bare.write("template/info/exclude", b"", false);
    let template = bare.root().join("template");
    bare.configure(&format!("[init]\n\ttemplateDir = {}\n", template.display()));
    let path = bare.host.variable("PATH").unwrap().to_owned();
    bare.host = bare.host.with_variable("PATH", "/nowhere");
    assert_eq!(bare.commit(&entries()).unwrap(), id);
    bare.host = bare.host.with_variable("PATH", path);
    assert_committed(&bare, "main", &id);
}

#[test]
fn without_an_identity_everything_is_staged() {
    let trial = Trial::anonymous();
    assert_eq!(trial.commit(&entries()).unwrap(), "");
    let staged = trial.git(&["diff", "--cached", "--name-only", "-z"]);
    assert_eq!(staged.matches('\0').count(), entries().len());
    assert_eq!(trial.git(&["diff-files", "--name-only"]), "");
    trial.git(&[
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=a@example.com",
        "commit",
        "--quiet",
        "--message=x",
    ]);
    trial.assert_clean();
}

#[test]
fn variables_that_name_a_repository_do_not_redirect() {
    let trial = Trial::new();
    trial.git_in(&trial.root(), &["init", "--quiet", "elsewhere"]);
    let elsewhere = trial.root().join("elsewhere");
    let git_dir = elsewhere.join(".git").to_str().unwrap().to_owned();
    let trial = trial
        .with("GIT_DIR", &git_dir)
        .with("GIT_WORK_TREE", elsewhere.to_str().unwrap())
        .with("GIT_INDEX_FILE", &format!("{git_dir}/index"))
        .with("GIT_OBJECT_DIRECTORY", &format!("{git_dir}/objects"));
    let id = trial.commit(&entries()).unwrap();
    assert_committed(&trial, "main", &id);
    assert!(!elsewhere.join(".git/index").exists());
}
