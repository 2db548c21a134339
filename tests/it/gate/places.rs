//! Repositories of every shape: in each, every case ends as the table in `modes` says.

use super::modes::{assert_all, configure};
use super::support::Repo;

#[test]
fn linked_work_tree() {
    assert_all(|| {
        let mut repo = Repo::new();
        repo.stage("first", "");
        repo.commit_unchecked("first");
        let linked = repo.sandbox.home().join("linked");
        repo.git(["worktree", "add", "--quiet", linked.to_str().unwrap()])
            .code(0);
        repo.move_to(linked);
        repo
    });
}

#[test]
fn submodule() {
    assert_all(|| {
        let mut repo = Repo::new();
        let source = repo.sandbox.home().join("source");
        repo.git(["init", "--quiet", source.to_str().unwrap()])
            .code(0);
        let arguments = ["commit", "--quiet", "--allow-empty", "--message", "first"];
        crate::support::run(repo.command("git").arg("-C").arg(&source).args(arguments)).code(0);
        repo.git([
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            source.to_str().unwrap(),
            "module",
        ])
        .code(0);
        repo.commit().code(0);
        repo.move_to(repo.path("module"));
        repo.install();
        repo
    });
}

#[test]
fn a_repository_whose_folder_lies_elsewhere() {
    assert_all(|| {
        let home = crate::support::Sandbox::new();
        let folder = home.home().join("repository.git");
        let root = home.work();
        let repo = Repo::at(home, root);
        let separate = format!("--separate-git-dir={}", folder.display());
        repo.git(["init", "--quiet", &separate]).code(0);
        repo.install();
        repo
    });
}

#[test]
fn named_by_variables() {
    assert_all(|| {
        let home = crate::support::Sandbox::new();
        let folder = home.home().join("repository.git");
        let root = home.work();
        let mut repo = Repo::at(home, root.clone());
        repo.git(["init", "--quiet", "--bare", folder.to_str().unwrap()])
            .code(0);
        repo.set("GIT_DIR", folder);
        repo.set("GIT_WORK_TREE", root);
        repo.install();
        repo
    });
}

#[test]
fn sparse_checkout() {
    for index in ["--no-sparse-index", "--sparse-index"] {
        assert_all(|| {
            let repo = Repo::new();
            repo.stage("in/a.txt", "in\n");
            repo.stage("out/b.txt", "out  \n");
            repo.stage("out/deep/c.txt", "out  \n");
            repo.commit_unchecked("first");
            repo.git(["sparse-checkout", "set", index, "in"]).code(0);
            assert!(!repo.path("out").exists());
            repo
        });
    }
}

#[test]
fn what_is_staged_outside_of_a_sparse_checkout() {
    for index in ["--no-sparse-index", "--sparse-index"] {
        let repo = Repo::new();
        configure(&repo);
        repo.stage("in/a.txt", "in\n");
        repo.stage("out/b.txt", "out\n");
        repo.commit_unchecked("first");
        repo.git(["sparse-checkout", "set", index, "in"]).code(0);
        repo.stage("out/b.txt", "bad  \n");
        std::fs::remove_dir_all(repo.path("out")).unwrap();
        repo.commit().code(0);
        assert_eq!(repo.at_revision("HEAD", "out/b.txt"), "bad\n");
        assert!(!repo.path("out").exists());
    }
}

#[test]
fn split_index() {
    assert_all(|| {
        let repo = Repo::new();
        repo.git(["config", "core.splitIndex", "true"]).code(0);
        repo.stage("first", "");
        repo.commit_unchecked("first");
        repo.git(["update-index", "--split-index"]).code(0);
        repo
    });
}

#[test]
fn other_formats() {
    for format in ["--object-format=sha256", "--ref-format=reftable"] {
        assert_all(|| Repo::with(&[format]));
    }
    assert_all(|| {
        let repo = Repo::new();
        repo.git(["config", "index.version", "4"]).code(0);
        repo
    });
}
