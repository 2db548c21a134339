//! What the file system may have where a fix is to go: any name, links, folders, pipes, permissions, attributes, other names.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use super::{FIXED, Fix, InWorkTree, Original, Place, assert_left_alone, only};
use crate::git::Mode;
use crate::repo_path::RepoPath;

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
fn a_deleted_file_stays_deleted() {
    let place = Place::staging(&[("d/a.py", "one \n")]);
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
    let place = Place::staging(&[("a.py", "one \n"), ("d/b.py", "one \n")]);
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
    let place = Place::staging(&[("a.py", "one \n"), ("b.py", "one \n")]);
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
    let place = Place::staging(&[("a.py", "one \n")]);
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
fn other_names_of_a_file_keep_the_old_content() {
    let place = Place::staging(&[("a.py", "one \n")]);
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
fn attributes_of_the_file_stay() {
    let place = Place::staging(&[("a.py", "one \n")]);
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
