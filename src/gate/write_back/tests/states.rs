//! Every state that the content of a file can be in when its fix comes.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use super::{FIXED, Fix, InIndex, InWorkTree, MERGED, Original, Place, only};
use crate::git::{Mode, ObjectId};
use crate::repo_path::RepoPath;

#[test]
fn a_clean_file_gets_the_fix_and_so_does_the_index() {
    for exchange in [true, false] {
        let place = Place::with(&[("a b/c.py", "one \n"), ("other.py", "other\n")]);
        std::fs::set_permissions(
            place.path("a b/c.py"),
            std::fs::Permissions::from_mode(0o750),
        )
        .unwrap();
        place.git(&["update-index", "--chmod=+x", "a b/c.py"]);
        place.git(&["update-index", "--refresh"]);
        let fix = place.fix("a b/c.py", "one\n");
        let applied = place.apply_watched(&[fix], exchange, &mut |_| {});
        assert_eq!(only(&applied), FIXED);
        assert_eq!(applied.remarks, [""; 0]);
        assert_eq!(place.read("a b/c.py"), "one\n");
        let metadata = place.path("a b/c.py").metadata().unwrap();
        assert_eq!((metadata.mode() & 0o7777, metadata.nlink()), (0o750, 1));
        assert_eq!(place.staged("a b/c.py").0, Mode::Executable);
        assert_eq!(place.staged_text("a b/c.py"), "one\n");
        // Without reading the file again: the index knows what it looks like.
        assert_eq!(place.git(&["diff-files", "--name-only"]), "");
        place.assert_kept("worktree/a b/c.py", "one \n");
        place.assert_kept("index/a b/c.py", "one \n");
        place.assert_tidy();
        assert_eq!(place.recover(), [""; 0]);
        place.assert_empty();
        // The command that is shown brings the old file back.
        let undo = applied.undo(&RepoPath::new("a b/c.py")).unwrap();
        let shell = std::process::Command::new("/bin/sh")
            .args(["-c", &undo])
            .current_dir(&place.folder)
            .status();
        assert!(shell.unwrap().success());
        assert_eq!(place.read("a b/c.py"), "one \n");
    }
}

#[test]
fn edits_that_are_not_staged_stay_and_get_the_fix_as_well() {
    let place = Place::with(&[("a.py", "one\ntwo\nthree\nfour\n")]);
    place.stage("a.py", "one \ntwo\nthree\nfour\n");
    place.write("a.py", "one \ntwo\nthree\nfour, edited\n");
    let applied = place.apply(&[place.fix("a.py", "one\ntwo\nthree\nfour\n")]);
    assert_eq!(only(&applied), MERGED);
    assert_eq!(place.read("a.py"), "one\ntwo\nthree\nfour, edited\n");
    assert_eq!(place.staged_text("a.py"), "one\ntwo\nthree\nfour\n");
    place.assert_kept("worktree/a.py", "one \ntwo\nthree\nfour, edited\n");
    place.assert_kept("index/a.py", "one \ntwo\nthree\nfour\n");
}

#[test]
fn edits_of_the_same_line_stay_and_the_index_gets_the_fix() {
    let place = Place::staging(&[("a.py", "one \n")]);
    place.write("a.py", "one, edited \n");
    let before = place.path("a.py").metadata().unwrap();
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    assert_eq!(only(&applied), (&InWorkTree::Conflict, &InIndex::Fixed));
    assert_eq!(place.read("a.py"), "one, edited \n");
    assert_eq!(place.path("a.py").metadata().unwrap().ino(), before.ino());
    assert_eq!(place.staged_text("a.py"), "one\n");
    place.assert_kept("index/a.py", "one \n");
}

#[test]
fn a_binary_edit_stays() {
    let place = Place::staging(&[("a.py", "one \n")]);
    place.write("a.py", b"one \n\0two");
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    assert_eq!(only(&applied), (&InWorkTree::Conflict, &InIndex::Fixed));
    assert_eq!(place.read("a.py"), "one \n\0two");
}

#[test]
fn what_the_work_tree_has_already_is_not_written() {
    let place = Place::staging(&[("a.py", "one \n")]);
    place.write("a.py", "one\n");
    let before = place.path("a.py").metadata().unwrap();
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    assert_eq!(only(&applied), (&InWorkTree::Already, &InIndex::Fixed));
    let after = place.path("a.py").metadata().unwrap();
    assert_eq!(
        (before.ino(), before.mtime_nsec()),
        (after.ino(), after.mtime_nsec())
    );
    assert_eq!(place.git(&["diff-files", "--name-only"]), "");
}

#[test]
fn what_is_not_staged_does_not_become_it() {
    let place = Place::new();
    place.write("new.py", "one \n");
    place.git(&["add", "--intent-to-add", "new.py"]);
    place.stage("gone.py", "one \n");
    let gone = place.fix("gone.py", "one\n");
    place.git(&["rm", "--quiet", "--cached", "gone.py"]);
    let applied = place.apply(&[place.fix("new.py", "one\n"), gone]);
    assert_eq!(applied.files[0].index, InIndex::ChangedMeanwhile);
    assert_eq!(applied.files[1].index, InIndex::ChangedMeanwhile);
    assert_eq!(
        place.git(&["status", "--porcelain"]),
        " A new.py\n?? gone.py\n"
    );
    // What the entry of `new.py` holds is nothing, so that its whole content is an edit on the same place.
    assert_eq!(place.read("new.py"), "one \n");
    assert_eq!(place.read("gone.py"), "one\n");
    place.assert_kept("worktree/gone.py", "one \n");
}

#[test]
fn empty_contents_are_contents() {
    let place = Place::staging(&[("blank.py", "\n\n"), ("empty.py", "")]);
    let applied = place.apply(&[place.fix("blank.py", ""), place.fix("empty.py", "# full\n")]);
    assert_eq!(place.read("blank.py"), "");
    assert_eq!(place.staged_text("blank.py"), "");
    assert_eq!(place.staged_text("empty.py"), "# full\n");
    assert!(
        applied
            .files
            .iter()
            .all(|it| it.work_tree == InWorkTree::Replaced)
    );
    place.assert_kept("worktree/blank.py", "\n\n");
}

#[test]
fn a_link_and_a_submodule_have_no_fix() {
    let place = Place::with(&[("a.py", "one \n")]);
    let fix = place.fix("a.py", "one\n");
    for mode in [Mode::Link, Mode::Submodule, Mode::Folder] {
        let applied = place.apply(&[Fix {
            mode,
            ..fix.clone()
        }]);
        assert!(matches!(
            only(&applied),
            (InWorkTree::Refused(_), InIndex::NotMeant)
        ));
        assert_eq!(applied.backup, None);
    }
    assert_eq!(place.read("a.py"), "one \n");
}

#[test]
fn without_restage_the_index_stays() {
    let place = Place::with(&[("a.py", "one \n")]);
    let fix = Fix {
        restage: false,
        ..place.fix("a.py", "one\n")
    };
    let applied = place.apply(&[fix]);
    assert_eq!(only(&applied), (&InWorkTree::Replaced, &InIndex::NotMeant));
    assert_eq!(place.git(&["status", "--porcelain"]), " M a.py\n");
    assert_eq!(place.read("a.py"), "one\n");
    place.assert_kept("worktree/a.py", "one \n");
}

#[test]
fn by_hand_the_work_tree_is_fixed_where_it_is_what_was_read() {
    let place = Place::with(&[("a.py", "one\n"), ("b.py", "one\n")]);
    place.write("a.py", "two \n");
    place.write("b.py", "two \n");
    place.write("untracked.py", "two \n");
    let fixes = ["a.py", "b.py", "untracked.py"].map(|it| place.fix_of_file(it, "two\n"));
    place.write("b.py", "three \n");
    let applied = place.apply(&fixes);
    let fates: Vec<_> = applied.files.iter().map(|it| &it.work_tree).collect();
    let replaced = InWorkTree::Replaced;
    assert_eq!(fates, [&replaced, &InWorkTree::EditedMeanwhile, &replaced]);
    assert_eq!(
        ["a.py", "b.py", "untracked.py"].map(|it| place.read(it)),
        ["two\n", "three \n", "two\n"]
    );
    place.assert_kept("worktree/untracked.py", "two \n");
    assert_eq!(place.staged_text("a.py"), "one\n");
}

#[test]
fn nothing_to_do_leaves_nothing() {
    let place = Place::with(&[("a.py", "one\n")]);
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    assert_eq!(only(&applied), (&InWorkTree::Already, &InIndex::NotMeant));
    assert_eq!(applied.backup, None);
    assert!(place.apply(&[]).files.is_empty());
    place.assert_empty();
}

#[test]
fn many_files_at_once() {
    let place = Place::new();
    for number in 0..1500 {
        place.write(
            format!("d{}/f{number}.py", number % 40),
            format!("{number} \n"),
        );
    }
    place.git(&["add", "--all"]);
    let fixes: Vec<Fix> = (0..1500)
        .map(|number| {
            Place::fix_named(
                &format!("d{}/f{number}.py", number % 40),
                &format!("{number}\n"),
            )
        })
        .collect();
    let applied = place.apply(&fixes);
    assert!(
        applied
            .files
            .iter()
            .all(|it| (&it.work_tree, &it.index) == FIXED)
    );
    assert_eq!(place.git(&["diff-files", "--name-only"]), "");
    assert_eq!(place.recover(), [""; 0]);
    place.assert_empty();
}

impl Place {
    /// A fix of staged content, by its text and not by looking at the index each time.
    fn fix_named(path: &str, fixed: &str) -> Fix {
        let old = fixed.replace('\n', " \n");
        let oid = git2::Oid::hash_object(git2::ObjectType::Blob, old.as_bytes()).unwrap();
        Fix {
            path: RepoPath::new(path),
            mode: Mode::File,
            original: Original::Staged(ObjectId::from_bytes(oid.as_bytes()).unwrap()),
            fixed: fixed.into(),
            restage: true,
        }
    }
}
