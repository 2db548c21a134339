//! Both copies, on a real file system: what is in them, what tools may do in them, and what a kill leaves.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::tree::SyncReport;
use super::{FileShadow, TreeShadow};
use crate::error::Result;
use crate::git::{Mode, ObjectId};
use crate::repo_path::{RepoPath, path_to_bytes};

/// What a repository holds, by path.
type Tree = BTreeMap<Vec<u8>, (Mode, Vec<u8>)>;

fn tree(files: &[(&[u8], Mode, &[u8])]) -> Tree {
    files
        .iter()
        .map(|(path, mode, bytes)| (path.to_vec(), (*mode, bytes.to_vec())))
        .collect()
}

fn some() -> Tree {
    tree(&[
        (b"-dash", Mode::File, b"1"),
        (b"a b/new\nline.py", Mode::File, b"2"),
        (b"a/b/c.py", Mode::File, b"x = 1\n"),
        (b"a/b/odd\xff.py", Mode::File, b""),
        (b"bin/run", Mode::Executable, b"#!/bin/sh\n"),
        (b"inside", Mode::Link, b"a/b/c.py"),
        (b"outside", Mode::Link, b"/etc/hostname"),
        (b"sub", Mode::Submodule, b""),
    ])
}

fn id(bytes: &[u8]) -> ObjectId {
    ObjectId::from_bytes(&blake3::hash(bytes).as_bytes()[..20]).unwrap()
}

fn sync(place: &Path, tree: &Tree) -> Result<(TreeShadow, SyncReport)> {
    let contents: BTreeMap<ObjectId, &[u8]> = tree
        .values()
        .map(|(_, bytes)| (id(bytes), bytes.as_slice()))
        .collect();
    let entries = tree
        .iter()
        .map(|(path, (mode, bytes))| (path.as_slice(), *mode, id(bytes)));
    TreeShadow::sync(place, entries, |id| Ok(contents[id].to_vec()))
}

/// Everything below a folder but the mark at its top and bytecode, as a tree; a submodule is an empty folder.
fn found(root: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in crate::fs::list(&folder).unwrap() {
            let metadata = path.symlink_metadata().unwrap();
            let name = path.file_name().unwrap();
            let key = path_to_bytes(path.strip_prefix(root).unwrap()).unwrap();
            if metadata.is_symlink() {
                let target = path.read_link().unwrap();
                tree.insert(
                    key,
                    (Mode::Link, target.as_os_str().as_encoded_bytes().to_vec()),
                );
            } else if metadata.is_dir() {
                if name == "__pycache__" || (name == ".hg" && folder == root) {
                    continue;
                }
                if crate::fs::list(&path).unwrap().is_empty() {
                    tree.insert(key, (Mode::Submodule, Vec::new()));
                }
                folders.push(path);
            } else {
                let mode = if metadata.mode() & 0o100 == 0 {
                    Mode::File
                } else {
                    Mode::Executable
                };
                tree.insert(key, (mode, std::fs::read(&path).unwrap()));
            }
        }
    }
    tree
}

/// The tree as it should be laid out: without the links that lead outside.
fn laid(tree: &Tree) -> Tree {
    let mut tree = tree.clone();
    tree.retain(|_, (mode, bytes)| {
        *mode != Mode::Link || !(bytes.starts_with(b"/") || bytes.starts_with(b".."))
    });
    tree
}

#[test]
fn files_are_laid_out_as_they_are_and_nothing_of_before_stays() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("files");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("old.py"), "old").unwrap();
    let files = some()
        .into_iter()
        .map(|(path, (mode, bytes))| (RepoPath::new(path), mode, bytes));
    let mut shadow = FileShadow::lay_out(&folder, files).unwrap();
    let mut expected = laid(&some());
    expected.remove(b"sub".as_slice());
    assert_eq!(found(shadow.root()), expected);
    assert_eq!(folder.metadata().unwrap().mode() & 0o777, 0o700);
    assert!(shadow.changed().unwrap().is_empty());
}

#[test]
fn a_change_of_content_is_a_fix_and_any_other_an_error() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("files");
    let lay_out = || {
        let files = some()
            .into_iter()
            .map(|(path, (mode, bytes))| (RepoPath::new(path), mode, bytes));
        FileShadow::lay_out(&folder, files).unwrap()
    };
    let mut shadow = lay_out();
    let file = folder.join("a/b/c.py");
    let before = file.metadata().unwrap();
    // Same length, same time: only the content tells.
    std::fs::write(&file, "x = 2\n").unwrap();
    crate::fs::set_changed(&file, before.modified().unwrap()).unwrap();
    std::fs::write(folder.join("new.py"), "").unwrap();
    assert_eq!(
        shadow.changed().unwrap(),
        [(RepoPath::new("a/b/c.py"), b"x = 2\n".to_vec())]
    );
    assert!(shadow.changed().unwrap().is_empty());
    let wrongs: [(&dyn Fn(), &str); 4] = [
        (
            &|| std::fs::remove_file(&file).unwrap(),
            "a tool removed `a/b/c.py` in the copy that it worked on",
        ),
        (
            &|| std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap(),
            "a tool changed the mode of `a/b/c.py`",
        ),
        (
            &|| {
                std::fs::remove_file(&file).unwrap();
                symlink("/etc/hostname", &file).unwrap();
            },
            "a tool put something that is no file at `a/b/c.py`",
        ),
        (
            &|| {
                std::fs::remove_file(&file).unwrap();
                std::fs::create_dir(&file).unwrap();
            },
            "a tool put something that is no file at `a/b/c.py`",
        ),
    ];
    for (wrong, message) in wrongs {
        let mut shadow = lay_out();
        wrong();
        let error = shadow.changed().unwrap_err();
        assert!(error.message().starts_with(message), "{error}");
    }
}

#[test]
fn nothing_is_laid_out_elsewhere() {
    let place = tempfile::tempdir().unwrap();
    let outside = place.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    let evil = |files: &[(&[u8], Mode, &[u8])]| {
        let folder = place.path().join("place");
        let _ = std::fs::remove_dir_all(&folder);
        let listed = files
            .iter()
            .map(|(path, mode, bytes)| (RepoPath::new(*path), *mode, bytes.to_vec()));
        let one = FileShadow::lay_out(&folder, listed).is_err();
        let _ = std::fs::remove_dir_all(&folder);
        let other = sync(&folder, &tree(files)).is_err();
        assert!(crate::fs::list(&outside).unwrap().is_empty(), "{files:?}");
        assert_eq!(crate::fs::list(place.path()).unwrap().len(), 2, "{files:?}");
        (one, other)
    };
    assert_eq!(evil(&[(b"../outside/x", Mode::File, b"")]), (true, true));
    assert_eq!(evil(&[(b"/outside/x", Mode::File, b"")]), (true, true));
    assert_eq!(
        evil(&[(b".git/hooks/pre-commit", Mode::Executable, b"")]),
        (true, true)
    );
    assert_eq!(
        evil(&[(b"a", Mode::Link, b"../outside"), (b"a/x", Mode::File, b"")]),
        (false, true)
    );
    assert_eq!(
        evil(&[
            (b"a", Mode::Link, b"b"),
            (b"a/x", Mode::File, b""),
            (b"b", Mode::Link, b"../../outside")
        ]),
        (true, true)
    );
    // By its letters it stays inside; through the other link it does not.
    assert_eq!(
        evil(&[
            (b"d", Mode::Link, b"s"),
            (b"e", Mode::Link, b"d/../../outside"),
            (b"s/x", Mode::File, b"")
        ]),
        (false, false)
    );
    let folder = place.path().join("place");
    assert!(!folder.join("tree/e").is_symlink() && folder.join("tree/d").is_symlink());
    std::fs::remove_dir_all(&folder).unwrap();
    symlink(&outside, &folder).unwrap();
    assert!(sync(&folder, &some()).is_err());
    assert!(crate::fs::list(&outside).unwrap().is_empty());
}

#[test]
fn only_what_differs_is_written() {
    let place = tempfile::tempdir().unwrap();
    let mut tree = some();
    let (shadow, report) = sync(place.path(), &tree).unwrap();
    assert_eq!(found(shadow.root()), laid(&tree));
    assert_eq!((report.written, report.removed, report.restored), (7, 0, 0));
    assert_eq!(report.left_out, [RepoPath::new("outside")]);
    assert_eq!(place.path().metadata().unwrap().mode() & 0o777, 0o700);
    let looks = |path: &str| {
        let metadata = shadow.root().join(path).symlink_metadata().unwrap();
        (metadata.ino(), metadata.ctime_nsec())
    };
    let before = (looks("a/b/c.py"), looks("inside"));
    let (_, report) = sync(place.path(), &tree).unwrap();
    assert_eq!((report.written, report.removed, report.restored), (0, 0, 0));
    tree.insert(b"-dash".to_vec(), (Mode::Executable, b"1".to_vec()));
    tree.insert(b"a/b/d.py".to_vec(), (Mode::File, b"y".to_vec()));
    tree.remove(b"bin/run".as_slice());
    // A file becomes a folder, a folder a file, a submodule a link.
    tree.remove(b"a b/new\nline.py".as_slice());
    tree.insert(b"a b".to_vec(), (Mode::File, b"z".to_vec()));
    tree.insert(b"sub".to_vec(), (Mode::Link, b"a".to_vec()));
    let (_, report) = sync(place.path(), &tree).unwrap();
    assert_eq!(found(shadow.root()), laid(&tree));
    assert_eq!((report.written, report.restored), (4, 0));
    assert_eq!(before, (looks("a/b/c.py"), looks("inside")));
    tree.remove(b"a b".as_slice());
    tree.insert(b"a b/c/d".to_vec(), (Mode::File, b"z".to_vec()));
    sync(place.path(), &tree).unwrap();
    assert_eq!(found(shadow.root()), laid(&tree));
    sync(place.path(), &Tree::new()).unwrap();
    assert_eq!(found(shadow.root()), Tree::new());
}

#[test]
fn what_a_tool_did_is_undone_and_bytecode_stays() {
    let place = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    std::fs::write(kept.path().join("mine"), "mine").unwrap();
    let tree = some();
    let (shadow, _) = sync(place.path(), &tree).unwrap();
    let root = shadow.root();
    let deeds: [(&str, &dyn Fn()); 9] = [
        ("left files", &|| {
            std::fs::create_dir_all(root.join("build/lib")).unwrap();
            std::fs::write(root.join("build/lib/x"), "").unwrap();
            std::fs::write(root.join("a/.coverage"), "").unwrap();
        }),
        ("changed one without a trace in its size and time", &|| {
            let file = root.join("a/b/c.py");
            let time = file.metadata().unwrap().modified().unwrap();
            std::fs::write(&file, "x = 2\n").unwrap();
            crate::fs::set_changed(&file, time).unwrap();
        }),
        ("removed one", &|| {
            std::fs::remove_file(root.join("-dash")).unwrap();
        }),
        ("changed a mode", &|| {
            std::fs::set_permissions(root.join("-dash"), PermissionsExt::from_mode(0o755)).unwrap();
        }),
        ("put a folder in its place", &|| {
            std::fs::remove_file(root.join("-dash")).unwrap();
            std::fs::create_dir_all(root.join("-dash/x")).unwrap();
        }),
        ("led a folder elsewhere", &|| {
            std::fs::remove_dir_all(root.join("a")).unwrap();
            symlink(kept.path(), root.join("a")).unwrap();
        }),
        ("led a file elsewhere", &|| {
            std::fs::remove_file(root.join("bin/run")).unwrap();
            symlink(kept.path().join("mine"), root.join("bin/run")).unwrap();
        }),
        ("put something into a submodule", &|| {
            std::fs::write(root.join("sub/x"), "").unwrap();
        }),
        ("took the top away", &|| {
            std::fs::remove_dir_all(root).unwrap();
        }),
    ];
    for (what, deed) in deeds {
        deed();
        let (_, report) = sync(place.path(), &tree).unwrap();
        assert_eq!(found(root), laid(&tree), "{what}");
        assert!(report.written + report.removed > 0, "{what}");
        assert!(root.join(".hg").is_dir());
        assert_eq!(sync(place.path(), &tree).unwrap().1.written, 0, "{what}");
    }
    assert_eq!(std::fs::read(kept.path().join("mine")).unwrap(), b"mine");
    std::fs::create_dir(root.join("a/b/__pycache__")).unwrap();
    std::fs::write(root.join("a/b/__pycache__/c.pyc"), "").unwrap();
    sync(place.path(), &tree).unwrap();
    assert!(root.join("a/b/__pycache__/c.pyc").exists());
}

#[test]
fn bytecode_and_caches_never_take_one_content_for_another() {
    let place = tempfile::tempdir().unwrap();
    let time = |text: &str| {
        let (shadow, _) = sync(
            place.path(),
            &tree(&[(b"a.py", Mode::File, text.as_bytes())]),
        )
        .unwrap();
        shadow.root().join("a.py").metadata().unwrap().mtime()
    };
    let (one, other, again) = (time("x = 1\n"), time("x = 2\n"), time("x = 1\n"));
    assert_ne!(one, other);
    assert_eq!(one, again);
}

#[test]
fn a_list_that_is_damaged_or_gone_costs_time_only() {
    let place = tempfile::tempdir().unwrap();
    let tree = some();
    let (shadow, _) = sync(place.path(), &tree).unwrap();
    for damage in [&b""[..], b"scaffold shadow 1\n"] {
        std::fs::write(place.path().join("manifest"), damage).unwrap();
        std::fs::write(shadow.root().join("a/b/c.py"), "x = 3\n").unwrap();
        sync(place.path(), &tree).unwrap();
        assert_eq!(found(shadow.root()), laid(&tree));
    }
    std::fs::remove_file(place.path().join("manifest")).unwrap();
    sync(place.path(), &tree).unwrap();
    assert_eq!(found(shadow.root()), laid(&tree));
}

#[test]
fn a_content_that_cannot_be_read_stops_and_the_next_sync_goes_on() {
    let place = tempfile::tempdir().unwrap();
    let whole = many(600, 0);
    for stop in [0, 1, 299, 599] {
        let asked = RefCell::new(0);
        let entries = whole
            .iter()
            .map(|(path, (mode, bytes))| (path.as_slice(), *mode, id(bytes)));
        let failed = TreeShadow::sync(place.path(), entries, |_| {
            *asked.borrow_mut() += 1;
            if *asked.borrow() > stop {
                return Err(crate::error::Error::new("not there"));
            }
            Ok(b"wrong, and never believed".to_vec())
        });
        assert_eq!(failed.unwrap_err().message(), "not there");
        let (shadow, _) = sync(place.path(), &whole).unwrap();
        assert_eq!(found(shadow.root()), whole);
        sync(place.path(), &Tree::new()).unwrap();
    }
}

/// Many files, a third of which differ from one number to the next.
fn many(count: usize, number: usize) -> Tree {
    (0..count)
        .map(|it| {
            let path = format!("p{}/q{}/f{it}.py", it % 7, it % 31);
            let version = if it % 3 == 0 { number } else { 0 };
            let text = format!("x = {it}\n").repeat(1 + it % 50) + &format!("y = {version}\n");
            (path.into_bytes(), (Mode::File, text.into_bytes()))
        })
        .collect()
}

const PLACE: &str = "SCAFFOLD_TEST_PLACE";

#[test]
#[ignore = "the other test starts this one, to kill it"]
fn a_sync_without_end() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    let place = Path::new(&place);
    for number in 0.. {
        sync(&place.join("place"), &many(400, number)).unwrap();
        std::fs::write(place.join("started"), "").unwrap();
    }
}

#[test]
fn a_kill_at_any_moment_leaves_what_the_next_sync_mends() {
    const ROUNDS: u64 = 25;
    let folder = tempfile::tempdir().unwrap();
    let (place, started) = (folder.path().join("place"), folder.path().join("started"));
    let mut halves = 0;
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "gate::shadow::tests::a_sync_without_end",
                "--ignored",
            ])
            .env(PLACE, folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while !started.exists() {
            assert!(child.try_wait().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(7919 * round % 50_000));
        child.kill().unwrap();
        child.wait().unwrap();
        std::fs::remove_file(&started).unwrap();
        // What lies there is of two numbers, or cut off.
        let left = found(&place.join("tree"));
        let ends = left
            .values()
            .map(|(_, bytes)| bytes.rsplit(|it| *it == b'=').next());
        let kinds: BTreeSet<_> = ends.collect();
        halves += usize::from(left.len() < 400 || kinds.len() > 2);
        let tree = many(400, usize::try_from(round).unwrap());
        let (shadow, _) = sync(&place, &tree).unwrap();
        assert_eq!(found(shadow.root()), tree, "{round}");
        assert_eq!(crate::fs::list(&place).unwrap().len(), 2);
    }
    assert!(halves > 3, "only {halves} kills came in the middle");
}
