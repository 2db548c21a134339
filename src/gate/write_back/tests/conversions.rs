//! Line ends, encodings and filters between the repository and the work tree; other kinds of repositories.

use std::path::Path;

use super::{FIXED, InIndex, InWorkTree, MERGED, Place, only};
use crate::git::{Index, Objects, WorkTree};

/// With this in the repository's configuration and attributes, `staged` is in the index.
fn converting(configuration: &[(&str, &str)], attributes: &str) -> Place {
    let place = Place::new();
    for (name, value) in configuration {
        place.git(&["config", name, value]);
    }
    if !attributes.is_empty() {
        place.stage(".gitattributes", attributes);
    }
    place
}

/// Puts a file there as git checks it out.
fn checked_out(place: &Place, path: &str, work_tree: &[u8]) {
    place.write(path, work_tree);
    place.git(&["add", path]);
    std::fs::remove_file(place.path(path)).unwrap();
    place.git(&["checkout-index", "--", path]);
}

#[test]
fn line_ends_of_the_work_tree_stay() {
    let ways: [(&[(&str, &str)], &str); 4] = [
        (&[("core.autocrlf", "true")], ""),
        (&[], "*.py text eol=crlf\n"),
        (&[("core.eol", "crlf")], "* text=auto\n"),
        (&[("core.autocrlf", "input")], ""),
    ];
    for (configuration, attributes) in ways {
        let place = converting(configuration, attributes);
        place.write("a.py", "one \r\ntwo\r\n");
        place.write("b.py", "one \r\ntwo\r\nthree\r\n");
        place.git(&["add", "a.py", "b.py"]);
        assert_eq!(place.staged_text("a.py"), "one \ntwo\n");
        place.write("b.py", "one \r\ntwo\r\nthree, edited\r\n");
        let fixes = [
            place.fix("a.py", "one\ntwo\n"),
            place.fix("b.py", "one\ntwo\nthree\n"),
        ];
        let applied = place.apply(&fixes);
        assert_eq!(
            applied.files[0].work_tree,
            InWorkTree::Replaced,
            "{configuration:?}"
        );
        assert_eq!(applied.files[1].work_tree, InWorkTree::Merged);
        assert_eq!(place.read("a.py"), "one\r\ntwo\r\n");
        assert_eq!(place.read("b.py"), "one\r\ntwo\r\nthree, edited\r\n");
        assert_eq!(place.staged_text("a.py"), "one\ntwo\n");
        assert_eq!(place.git(&["diff-files", "--name-only"]), "b.py\n");
        place.assert_kept("worktree/a.py", "one \r\ntwo\r\n");
    }
}

/// Without any setting: an editor that saves with other line ends has changed every line, and gets the fix all the same.
#[test]
fn a_file_whose_line_ends_were_all_changed_gets_the_fix() {
    let place = Place::staging(&[("a.py", "one \ntwo\n")]);
    place.write("a.py", "one \r\ntwo\r\nthree\r\n");
    let applied = place.apply(&[place.fix("a.py", "one\ntwo\n")]);
    assert_eq!(only(&applied), MERGED);
    assert_eq!(place.read("a.py"), "one\r\ntwo\r\nthree\r\n");
}

const UPPER: [(&str, &str); 3] = [
    ("filter.upper.clean", "tr a-z A-Z"),
    ("filter.upper.smudge", "tr A-Z a-z"),
    ("filter.upper.required", "true"),
];

#[test]
fn a_filter_is_applied() {
    let place = converting(&UPPER, "*.py filter=upper\n");
    checked_out(&place, "a.py", b"one \ntwo\nthree\n");
    checked_out(&place, "b.py", b"one \ntwo\nthree\n");
    assert_eq!(place.staged_text("a.py"), "ONE \nTWO\nTHREE\n");
    place.write("b.py", "one \ntwo\nthree, edited\n");
    let fixes = ["a.py", "b.py"].map(|it| place.fix(it, "ONE\nTWO\nTHREE\n"));
    let applied = place.apply(&fixes);
    assert_eq!(applied.files[0].work_tree, InWorkTree::Replaced);
    assert_eq!(applied.files[1].work_tree, InWorkTree::Merged);
    assert_eq!(place.read("a.py"), "one\ntwo\nthree\n");
    assert_eq!(place.read("b.py"), "one\ntwo\nthree, edited\n");
    assert_eq!(place.staged_text("b.py"), "ONE\nTWO\nTHREE\n");
    assert_eq!(place.git(&["diff-files", "--name-only"]), "b.py\n");
}

/// As with notebooks whose output is not committed: what only the work tree has stays there.
#[test]
fn what_a_filter_leaves_out_stays_in_the_work_tree() {
    let strip = [
        ("filter.strip.clean", "grep -v '^out'"),
        ("filter.strip.smudge", "cat"),
    ];
    let place = converting(&strip, "*.py filter=strip\n");
    place.stage("a.py", "one \ntwo\nthree\nout 1\n");
    assert_eq!(place.staged_text("a.py"), "one \ntwo\nthree\n");
    let applied = place.apply(&[place.fix("a.py", "one\ntwo\nthree\n")]);
    assert_eq!(only(&applied), MERGED);
    assert_eq!(place.read("a.py"), "one\ntwo\nthree\nout 1\n");
    assert_eq!(place.git(&["diff-files", "--name-only"]), "");
}

/// As with pointers to big files: what is staged is a code for something else.
#[test]
fn a_fix_that_is_none_in_a_filters_code_is_refused() {
    let pointer = [
        ("filter.big.clean", "echo pointer"),
        ("filter.big.smudge", "echo something big"),
    ];
    let place = converting(&pointer, "*.bin filter=big\n");
    checked_out(&place, "a.bin", b"something big\n");
    assert_eq!(place.staged_text("a.bin"), "pointer\n");
    let applied = place.apply(&[place.fix("a.bin", "pointer!\n")]);
    assert!(
        matches!(only(&applied), (InWorkTree::Refused(_), InIndex::NotMeant)),
        "{applied:?}"
    );
    assert_eq!(place.read("a.bin"), "something big\n");
    assert_eq!(place.staged_text("a.bin"), "pointer\n");
}

#[test]
fn a_filter_that_fails_leaves_the_work_tree_alone() {
    let place = converting(&UPPER, "*.py filter=upper\n");
    checked_out(&place, "a.py", b"one \n");
    place.git(&["config", "filter.upper.smudge", "false"]);
    let applied = place.apply(&[place.fix("a.py", "ONE\n")]);
    assert!(
        matches!(only(&applied), (InWorkTree::LeftAlone(_), InIndex::Fixed)),
        "{applied:?}"
    );
    assert_eq!(place.read("a.py"), "one \n");
}

#[test]
fn another_encoding_is_written_in_the_work_tree() {
    let place = converting(&[], "*.txt text working-tree-encoding=UTF-16LE eol=crlf\n");
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    place.write("a.txt", utf16("one \r\ntwo\r\n"));
    place.git(&["add", "a.txt"]);
    assert_eq!(place.staged_text("a.txt"), "one \ntwo\n");
    assert_eq!(
        only(&place.apply(&[place.fix("a.txt", "one\ntwo\n")])),
        FIXED
    );
    assert_eq!(
        std::fs::read(place.path("a.txt")).unwrap(),
        utf16("one\r\ntwo\r\n")
    );
    assert_eq!(place.git(&["diff-files", "--name-only"]), "");
}

#[test]
fn every_format_of_a_repository() {
    let init = ["init", "--quiet", "--initial-branch=main"];
    for more in [
        &["--object-format=sha256"][..],
        &["--ref-format=reftable"],
        &[],
    ] {
        let place = Place::made(&[&init[..], more].concat());
        place.stage("other.py", "other\n");
        if more.is_empty() {
            place.git(&["update-index", "--split-index"]);
        }
        place.stage("a.py", "one \n");
        let applied = place.apply(&[place.fix("a.py", "one\n")]);
        assert_eq!(only(&applied), FIXED, "{more:?}");
        assert_eq!(place.git(&["ls-files"]), "a.py\nother.py\n");
        assert_eq!(place.git(&["show", ":a.py"]), "one\n");
        assert_eq!(place.git(&["diff-files", "--name-only"]), "");
        place.assert_kept("worktree/a.py", "one \n");
        assert_eq!(place.recover(), [""; 0]);
        place.git(&["fsck", "--strict"]);
    }
}

#[test]
fn what_the_user_said_of_an_entry_stays_said() {
    let place = Place::with(&[
        ("in/a.py", "one \n"),
        ("out/b.py", "one \n"),
        ("c.py", "one \n"),
    ]);
    place.git(&["sparse-checkout", "set", "--no-cone", "/in/", "/c.py"]);
    place.git(&["update-index", "--assume-unchanged", "c.py"]);
    let fixes = ["in/a.py", "out/b.py", "c.py"].map(|it| place.fix(it, "one\n"));
    let applied = place.apply(&fixes);
    assert!(
        applied.files.iter().all(|it| it.index == InIndex::Fixed),
        "{applied:?}"
    );
    assert!(matches!(
        &applied.files[1].work_tree,
        InWorkTree::LeftAlone(_)
    ));
    assert_eq!(
        place.git(&["ls-files", "-v"]),
        "h c.py\nH in/a.py\nS out/b.py\n"
    );
    assert_eq!(place.git(&["show", ":out/b.py"]), "one\n");
    assert!(!place.path("out").exists());
}

#[test]
fn a_sparse_index_gets_the_fix() {
    let place = Place::with(&[("in/a.py", "one \n"), ("out/b.py", "one \n")]);
    place.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    assert!(place.git(&["ls-files", "--sparse"]).contains("out/\n"));
    assert_eq!(only(&place.apply(&[place.fix("in/a.py", "one\n")])), FIXED);
    assert_eq!(place.git(&["status", "--porcelain"]), "M  in/a.py\n");
    assert!(place.git(&["ls-files", "--sparse"]).contains("out/\n"));
}

fn apply_in(work_tree: &WorkTree, path: &str, fixed: &str) -> super::Applied {
    let lock = super::Lock::take(work_tree, || {}).unwrap();
    let index = Index::read(work_tree).unwrap();
    let entry = index.get(path.as_bytes()).unwrap();
    let fix = super::Fix {
        path: crate::repo_path::RepoPath::new(path),
        mode: entry.mode,
        original: super::Original::Staged(entry.id),
        fixed: fixed.into(),
        restage: true,
    };
    super::super::apply(&lock, work_tree, &[fix]).unwrap()
}

fn staged_in(work_tree: &WorkTree, path: &str) -> Vec<u8> {
    let index = Index::read(work_tree).unwrap();
    let id = index.get(path.as_bytes()).unwrap().id;
    Objects::open(work_tree).read(&id).unwrap()
}

#[test]
fn a_linked_work_tree_and_a_submodule_have_their_own() {
    let place = Place::with(&[("a.py", "one \n")]);
    place.git(&["worktree", "add", "--quiet", "../linked"]);
    place.git(&["init", "--quiet", "../other"]);
    let other = place.path("../other");
    let there = other.to_str().unwrap();
    std::fs::write(other.join("a.py"), "one \n").unwrap();
    place.git(&["-C", there, "add", "a.py"]);
    place.git(&["-C", there, "commit", "--quiet", "--message=x"]);
    place.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        there,
        "sub",
    ]);
    for folder in ["../linked", "sub"] {
        let work_tree = place.seen_from(&std::fs::canonicalize(place.path(folder)).unwrap());
        assert_eq!(
            only(&apply_in(&work_tree, "a.py", "one\n")),
            FIXED,
            "{folder}"
        );
        assert_eq!(place.read(format!("{folder}/a.py")), "one\n");
        assert_eq!(staged_in(&work_tree, "a.py"), b"one\n");
    }
    assert_eq!(place.read("a.py"), "one \n");
    assert_eq!(place.staged_text("a.py"), "one \n");
}

/// The repository on one file system, the work tree on another.
#[test]
fn another_file_system_is_no_obstacle() {
    let memory = Path::new("/dev/shm");
    let Ok(elsewhere) = tempfile::tempdir_in(memory) else {
        return;
    };
    let git_dir = elsewhere.path().join("repository");
    let option = format!("--separate-git-dir={}", git_dir.display());
    let place = Place::made(&["init", "--quiet", &option]);
    place.stage("d/a.py", "one \n");
    let applied = place.apply(&[place.fix("d/a.py", "one\n")]);
    assert_eq!(only(&applied), FIXED);
    assert_eq!(place.read("d/a.py"), "one\n");
    // The old file waits in a folder that git does not see.
    assert_eq!(place.git(&["status", "--porcelain"]), "A  d/a.py\n");
    assert_eq!(place.recover(), [""; 0]);
    place.assert_empty();
    assert!(!place.path(".scaffold~").exists());
}
