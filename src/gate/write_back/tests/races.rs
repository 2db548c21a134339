//! Somebody else at the same files at the same moment: an editor that saves by renaming or in place, a writer that still has the old file
//! open, a hand that deletes, links or changes permissions.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{InIndex, InWorkTree, Moment, Place};
use crate::repo_path::RepoPath;

/// What somebody else does to `a.py`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Rename,
    InPlace,
    Delete,
    Link,
    Folder,
    Permissions,
}

const DEEDS: [Deed; 6] = [
    Deed::Rename,
    Deed::InPlace,
    Deed::Delete,
    Deed::Link,
    Deed::Folder,
    Deed::Permissions,
];

/// The moments in their order, each known by its name alone.
const MOMENTS: [&str; 10] = [
    "Decided",
    "Kept",
    "Announced",
    "Ready",
    "Exchanging",
    "Exchanged",
    "Settling",
    "Swapped",
    "Locked",
    "Finishing",
];

fn does(place: &Place, deed: Deed, text: &str) {
    let path = place.path("a.py");
    match deed {
        Deed::Rename => {
            std::fs::write(place.path("../saved"), text).unwrap();
            std::fs::rename(place.path("../saved"), path).unwrap();
        }
        Deed::InPlace => {
            // Where there is no file at this moment, an editor makes it.
            std::fs::write(path, text).unwrap();
        }
        Deed::Delete => drop(std::fs::remove_file(path)),
        Deed::Link => {
            drop(std::fs::remove_file(&path));
            crate::fs::symlink("../target".as_ref(), &path).unwrap();
        }
        Deed::Folder => {
            drop(std::fs::remove_file(&path));
            std::fs::create_dir(&path).unwrap();
            std::fs::write(path.join("inner"), text).unwrap();
        }
        Deed::Permissions => {
            if path.exists() {
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o711)).unwrap();
            }
        }
    }
}

#[test]
fn whatever_others_do_at_any_moment_nothing_is_lost() {
    for exchange in [true, false] {
        for deed in DEEDS {
            for at in MOMENTS {
                others_do(exchange, deed, at);
            }
        }
    }
}

fn others_do(exchange: bool, deed: Deed, at: &str) {
    let what = format!("exchange {exchange}, {deed:?} at {at}");
    let place = Place::new();
    place.write("../target", "target\n");
    place.stage("a.py", "one \ntwo\n");
    place.write("a.py", "one \ntwo\nmine\n");
    let mut done = false;
    // A change that is found only after the exchange has to come at that moment, to get there at all.
    let mut watch = |moment: Moment<'_>| {
        if format!("{moment:?}").starts_with(at) && !done {
            done = true;
            does(&place, deed, "theirs\n");
        }
    };
    let fix = place.fix("a.py", "one\ntwo\n");
    let applied = place.apply_watched(&[fix], exchange, &mut watch);
    if !done {
        assert_eq!(at, "Settling", "{what}");
        return;
    }
    let path = place.path("a.py");
    let after_swap = matches!(
        at,
        "Exchanged" | "Settling" | "Swapped" | "Locked" | "Finishing"
    );
    let remarks = [applied.remarks.clone(), place.recover()].concat();
    // What they did is what is there.
    match deed {
        Deed::Rename | Deed::InPlace => {
            assert_eq!(place.read("a.py"), "theirs\n", "{what} {applied:?}");
        }
        Deed::Delete => assert!(!path.exists() || !exchange && at == "Exchanged", "{what}"),
        Deed::Link => {
            assert_eq!(
                std::fs::read_link(&path).unwrap().as_os_str(),
                "../target",
                "{what}"
            );
        }
        Deed::Folder => {
            assert_eq!(
                std::fs::read(path.join("inner")).unwrap(),
                b"theirs\n",
                "{what}"
            );
        }
        Deed::Permissions => {
            let mode = path.metadata().unwrap().permissions().mode() & 0o777;
            assert!(
                mode == 0o711 || (!exchange && at == "Exchanged"),
                "{what}: {mode:o}"
            );
            let text = if after_swap {
                "one\ntwo\nmine\n"
            } else {
                "one \ntwo\nmine\n"
            };
            let text = if at == "Decided" || at == "Kept" {
                place.read("a.py")
            } else {
                text.to_owned()
            };
            assert_eq!(place.read("a.py"), text, "{what} {applied:?}");
        }
    }
    // What it was before they came is theirs to have thrown away, unless we did.
    let ours = matches!(
        applied.files[0].work_tree,
        InWorkTree::Replaced | InWorkTree::Merged
    );
    if ours {
        place.assert_kept("worktree/a.py", "one \ntwo\nmine\n");
    } else {
        assert_eq!(
            applied.files[0].work_tree,
            InWorkTree::EditedMeanwhile,
            "{what}"
        );
    }
    assert_eq!(applied.files[0].index, InIndex::Fixed, "{what}");
    assert_eq!(place.staged_text("a.py"), "one\ntwo\n", "{what}");
    assert_eq!(place.read("../target"), "target\n");
    assert!(
        remarks.iter().all(|it| !it.contains("cannot")),
        "{what}: {remarks:?}"
    );
    place.assert_empty();
}

/// Saved again while what was saved before is being put back.
#[test]
fn who_saves_twice_is_there_twice() {
    let place = Place::staging(&[("a.py", "one \n")]);
    let mut watch = |moment: Moment<'_>| match moment {
        Moment::Exchanging(_) => does(&place, Deed::Rename, "second\n"),
        Moment::Settling(_) => does(&place, Deed::Rename, "third\n"),
        _ => {}
    };
    let applied = place.apply_watched(&[place.fix("a.py", "one\n")], true, &mut watch);
    assert_eq!(applied.files[0].work_tree, InWorkTree::EditedMeanwhile);
    assert_eq!(place.read("a.py"), "third\n");
    // The editor itself replaced the second by the third; it is kept nevertheless.
    place.assert_kept("worktree/a.py", "second\n");
    assert!(
        applied.remarks[0].contains("git cat-file blob"),
        "{:?}",
        applied.remarks
    );
    assert_eq!(place.recover(), [""; 0]);
    place.assert_empty();
}

/// A program that opened the old file before the exchange, and writes after it: as often as it likes, until it closes the file.
#[test]
fn a_late_writer_is_heard() {
    for exchange in [true, false] {
        for at in ["Exchanged", "Swapped", "Locked", "later"] {
            let place = Place::staging(&[("a.py", "one \n")]);
            let mut file = std::fs::OpenOptions::new()
                .append(true)
                .open(place.path("a.py"))
                .unwrap();
            let mut watch = |moment: Moment<'_>| {
                if format!("{moment:?}").starts_with(at) {
                    file.write_all(b"late\n").unwrap();
                }
            };
            let fix = place.fix("a.py", "one\n");
            let applied = place.apply_watched(&[fix], exchange, &mut watch);
            if at == "later" {
                assert_eq!(applied.files[0].work_tree, InWorkTree::Replaced);
                file.write_all(b"late\n").unwrap();
                assert_eq!(place.read("a.py"), "one\n");
                let remarks = place.recover();
                assert!(remarks[0].contains("was written to"), "{remarks:?}");
                place.assert_kept("worktree/a.py", "one \nlate\n");
                assert_eq!(place.recover(), [""; 0], "it is told once");
            } else {
                place.recover();
                place.assert_not_lost(&[("a.py", "one \nlate\n")]);
                if exchange || at == "Exchanged" {
                    assert_eq!(applied.files[0].work_tree, InWorkTree::EditedMeanwhile);
                    assert_eq!(place.read("a.py"), "one \nlate\n");
                }
            }
            for text in ["later\n", "at last\n"] {
                file.write_all(text.as_bytes()).unwrap();
                place.recover();
            }
            // A run that comes in between changes nothing for it.
            place.stage("b.py", "two \n");
            place.apply(&[place.fix("b.py", "two\n")]);
            file.write_all(b"the end\n").unwrap();
            drop(file);
            place.recover();
            place.assert_not_lost(&[("a.py", "one \nlate\nlater\nat last\nthe end\n")]);
            place.assert_empty();
        }
    }
}

/// Our new file is in the work tree for a moment only: who opened it then is heard as well.
#[test]
fn who_opened_the_new_file_is_heard() {
    let place = Place::staging(&[("a.py", "one \n")]);
    let mut file = None;
    let mut watch = |moment: Moment<'_>| match moment {
        Moment::Exchanging(_) => does(&place, Deed::Rename, "second\n"),
        Moment::Exchanged(_) => {
            let mut options = std::fs::OpenOptions::new();
            file = Some(options.append(true).open(place.path("a.py")).unwrap());
        }
        _ => {}
    };
    let applied = place.apply_watched(&[place.fix("a.py", "one\n")], true, &mut watch);
    assert_eq!(applied.files[0].work_tree, InWorkTree::EditedMeanwhile);
    assert_eq!(place.read("a.py"), "second\n");
    place.recover();
    let mut file = file.unwrap();
    file.write_all(b"late\n").unwrap();
    drop(file);
    place.recover();
    place.assert_kept("worktree/a.py", "one\nlate\n");
    place.assert_empty();
}

/// A real editor beside real runs: whatever it saved last is in the work tree, or it is kept.
#[test]
fn an_editor_saves_all_the_time() {
    for deed in [Deed::Rename, Deed::InPlace] {
        let place = Place::new();
        place.write("a.py", "start \n");
        let stop = AtomicBool::new(false);
        let last = std::thread::scope(|scope| {
            let editor = scope.spawn(|| {
                let mut number = 0;
                while !stop.load(Ordering::SeqCst) {
                    number += 1;
                    does(&place, deed, &format!("{number} \n"));
                    std::thread::sleep(std::time::Duration::from_micros(number % 7 * 300));
                }
                format!("{number} \n")
            });
            let mut fates = [0; 2];
            for _ in 0..60 {
                let text = std::fs::read_to_string(place.path("a.py")).unwrap();
                let fix = place.fix_of_file("a.py", text.replace(" \n", "\n!\n"));
                let fate = &place.apply(&[fix]).files[0].work_tree;
                fates[usize::from(*fate == InWorkTree::EditedMeanwhile)] += 1;
            }
            stop.store(true, Ordering::SeqCst);
            assert!(fates[1] > 0, "the editor was never quicker: {fates:?}");
            editor.join().unwrap()
        });
        place.recover();
        place.assert_empty();
        let path = RepoPath::new("a.py");
        let kept = place.kept();
        let is_there = place.read("a.py") == last;
        assert!(
            is_there || kept.iter().any(|(_, text)| *text == last),
            "{deed:?} {path}: {last:?} is lost"
        );
    }
}
