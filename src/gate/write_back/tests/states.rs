//! Every state that a file of a repository can be in when its fix comes.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use super::{Fix, InIndex, InWorkTree, Original, Place, assert_left_alone, only};
use crate::git::{Mode, ObjectId};
use crate::repo_path::RepoPath;

const FIXED: (&InWorkTree, &InIndex) = (&InWorkTree::Replaced, &InIndex::Fixed);

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
fn any_name_is_an_ordinary_name() {
    let names: [&[u8]; 11] = [
        b" ",
        b"a\nb.py",
        b"-dash.py",
        b"--exclude=x",
        b"\xff\xfe.py",
        b"\"quoted\".py",
        b"$(touch x)",
        b"*.py",
        b":(top)x",
        b"deep/er/-/c d.py",
        "\u{e9}\t.py".as_bytes(),
    ];
    let place = Place::new();
    for name in names {
        place.write(name, "one \n");
    }
    place.git(&["add", "--all"]);
    let fixes: Vec<Fix> = names.iter().map(|name| place.fix(name, "one\n")).collect();
    let applied = place.apply(&fixes);
    for (name, written) in names.iter().zip(&applied.files) {
        assert_eq!(
            (&written.work_tree, &written.index),
            FIXED,
            "{:?}",
            written.path
        );
        assert_eq!(place.read(name), "one\n");
        assert_eq!(place.staged_text(name), "one\n");
        let text = std::ffi::OsStr::from_bytes(name);
        assert_eq!(
            applied.undo(&RepoPath::new(*name)).is_some(),
            text.to_str().is_some()
        );
    }
    assert_eq!(place.git(&["diff-files", "--name-only"]), "");
    let backup = applied.backup.unwrap();
    let kept = place.command(&["ls-tree", "-r", "-z", "--name-only", &backup]);
    let kept = kept.run().unwrap().stdout;
    let count = kept
        .split(|byte| *byte == 0)
        .filter(|it| !it.is_empty())
        .count();
    assert_eq!(count, 2 * names.len());
    assert_eq!(place.recover(), [""; 0]);
}

#[test]
fn edits_that_are_not_staged_stay_and_get_the_fix_as_well() {
    let place = Place::with(&[("a.py", "one\ntwo\nthree\nfour\n")]);
    place.stage("a.py", "one \ntwo\nthree\nfour\n");
    place.write("a.py", "one \ntwo\nthree\nfour, edited\n");
    let applied = place.apply(&[place.fix("a.py", "one\ntwo\nthree\nfour\n")]);
    assert_eq!(only(&applied), (&InWorkTree::Merged, &InIndex::Fixed));
    assert_eq!(place.read("a.py"), "one\ntwo\nthree\nfour, edited\n");
    assert_eq!(place.staged_text("a.py"), "one\ntwo\nthree\nfour\n");
    place.assert_kept("worktree/a.py", "one \ntwo\nthree\nfour, edited\n");
    place.assert_kept("index/a.py", "one \ntwo\nthree\nfour\n");
}

#[test]
fn edits_of_the_same_line_stay_and_the_index_gets_the_fix() {
    let place = Place::new();
    place.stage("a.py", "one \n");
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
    let place = Place::new();
    place.stage("a.py", "one \n");
    place.write("a.py", b"one \n\0two");
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    assert_eq!(only(&applied), (&InWorkTree::Conflict, &InIndex::Fixed));
    assert_eq!(place.read("a.py"), "one \n\0two");
}

#[test]
fn what_the_work_tree_has_already_is_not_written() {
    let place = Place::new();
    place.stage("a.py", "one \n");
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
fn a_deleted_file_stays_deleted() {
    let place = Place::new();
    place.stage("d/a.py", "one \n");
    std::fs::remove_dir_all(place.path("d")).unwrap();
    assert_left_alone(
        &place.apply(&[place.fix("d/a.py", "one\n")]),
        "not in the work tree",
    );
    assert!(!place.path("d").exists());
    assert_eq!(place.staged_text("d/a.py"), "one\n");
}

#[test]
fn no_link_is_followed() {
    let place = Place::new();
    place.stage("a.py", "one \n");
    place.stage("d/b.py", "one \n");
    place.write("../outside/b.py", "one \n");
    place.write("target", "one \n");
    std::fs::remove_file(place.path("a.py")).unwrap();
    crate::fs::symlink("target".as_ref(), &place.path("a.py")).unwrap();
    assert_left_alone(
        &place.apply(&[place.fix("a.py", "one\n")]),
        "no file any more",
    );
    assert_eq!(place.read("target"), "one \n");
    assert_eq!(
        std::fs::read_link(place.path("a.py")).unwrap().as_os_str(),
        "target"
    );
    std::fs::remove_dir_all(place.path("d")).unwrap();
    crate::fs::symlink("../outside".as_ref(), &place.path("d")).unwrap();
    assert_left_alone(&place.apply(&[place.fix("d/b.py", "one\n")]), "is a link");
    assert_eq!(place.read("../outside/b.py"), "one \n");
    assert_eq!(place.staged_text("d/b.py"), "one\n");
}

#[test]
fn a_folder_or_a_pipe_in_the_files_place_is_left_alone() {
    let place = Place::new();
    place.stage("a.py", "one \n");
    place.stage("b.py", "one \n");
    std::fs::remove_file(place.path("a.py")).unwrap();
    place.write("a.py/c", "mine");
    assert_left_alone(
        &place.apply(&[place.fix("a.py", "one\n")]),
        "no file any more",
    );
    assert_eq!(place.read("a.py/c"), "mine");
    std::fs::remove_file(place.path("b.py")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(place.path("b.py"))
        .status();
    assert!(pipe.unwrap().success());
    assert_left_alone(
        &place.apply(&[place.fix("b.py", "one\n")]),
        "no file any more",
    );
}

#[test]
fn other_permissions_in_the_work_tree_stay() {
    let place = Place::new();
    place.stage("a.py", "one \n");
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(place.path("a.py"), mode(0o755)).unwrap();
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    assert_eq!(only(&applied), FIXED);
    assert_eq!(
        place.path("a.py").metadata().unwrap().mode() & 0o7777,
        0o755
    );
    assert_eq!(place.staged("a.py").0, Mode::File);
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
    let place = Place::new();
    place.stage("blank.py", "\n\n");
    place.stage("empty.py", "");
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
fn other_names_of_a_file_keep_the_old_content() {
    let place = Place::new();
    place.stage("a.py", "one \n");
    std::fs::hard_link(place.path("a.py"), place.path("../copy")).unwrap();
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    assert_eq!(only(&applied), FIXED);
    assert!(
        applied.remarks[0].contains("hard links"),
        "{:?}",
        applied.remarks
    );
    assert_eq!(place.read("../copy"), "one \n");
    // The other name is the user's to write to; that is nobody's late write.
    place.write("../copy", "two\n");
    assert_eq!(place.recover(), [""; 0]);
    place.assert_empty();
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
fn attributes_of_the_file_stay() {
    let place = Place::new();
    place.stage("a.py", "one \n");
    let file = std::fs::File::open(place.path("a.py")).unwrap();
    let flags = rustix::fs::XattrFlags::empty();
    if rustix::fs::fsetxattr(&file, "user.colour", b"red", flags).is_err() {
        return;
    }
    assert_eq!(only(&place.apply(&[place.fix("a.py", "one\n")])), FIXED);
    let file = std::fs::File::open(place.path("a.py")).unwrap();
    let mut value = [0; 8];
    let length = rustix::fs::fgetxattr(&file, "user.colour", &mut value[..]).unwrap();
    assert_eq!(&value[..length], b"red");
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
fn a_path_that_leads_out_is_no_path() {
    let place = Place::with(&[("a.py", "one \n")]);
    place.write("../outside.py", "one \n");
    let fix = place.fix("a.py", "one\n");
    for path in ["../outside.py", "./a.py", "a.py/", "/etc/passwd", ""] {
        let fix = Fix {
            path: RepoPath::new(path),
            original: Original::WorkTree(blake3::hash(b"one \n")),
            ..fix.clone()
        };
        let applied = place.apply(&[fix]);
        assert!(
            matches!(only(&applied).0, InWorkTree::LeftAlone(_)),
            "{path}"
        );
    }
    assert_eq!(place.read("../outside.py"), "one \n");
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
