//! The index while git commits in all its ways, and while somebody else changes it.

use std::time::{Duration, Instant};

use super::{Applied, FIXED, Fix, InIndex, InWorkTree, Place, only};
use crate::git::{Index, Objects, WorkTree};
use crate::repo_path::RepoPath;

/// Runs `git commit` with these arguments, and from within its pre-commit hook applies a fix that takes away the blanks at the ends
/// of `a.py`'s lines; then the hook ends with this exit code.
fn commit(place: &Place, arguments: &[&str], code: i32) -> Applied {
    let hook = place.path(".git/hooks/pre-commit");
    let (ready, go) = (place.path("../ready"), place.path("../go"));
    for file in [&ready, &go] {
        drop(std::fs::remove_file(file));
    }
    let text = format!(
        "#!/bin/sh\nprintf %s \"$GIT_INDEX_FILE\" > '{0}.part' && mv '{0}.part' '{0}'\n\
         while ! test -e '{1}'; do sleep 0.01; done\nexit {code}\n",
        ready.display(),
        go.display()
    );
    drop(std::fs::remove_file(&hook));
    crate::fs::write_new(&hook, text.as_bytes(), true).unwrap();
    let command = place
        .command(&["commit", "--quiet", "--message=fix"])
        .args(arguments);
    std::thread::scope(|scope| {
        let git = scope.spawn(|| command.run().unwrap());
        let started = Instant::now();
        while !ready.exists() {
            assert!(!git.is_finished(), "{:?}", git.join());
            assert!(started.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(5));
        }
        let index = std::fs::read_to_string(&ready).unwrap();
        let host = place.host.clone().with_variable("GIT_INDEX_FILE", index);
        let work_tree = WorkTree::discover(&host).unwrap();
        let applied = super::super::apply(&place.lock(), &work_tree, &[fix_in(&work_tree)]);
        std::fs::write(&go, "").unwrap();
        let output = git.join().unwrap();
        assert_eq!(output.success(), code == 0, "{}", output.last_words(9));
        applied.unwrap()
    })
}

fn fix_in(work_tree: &WorkTree) -> Fix {
    let index = Index::read(work_tree).unwrap();
    let entry = index.get(b"a.py").unwrap();
    let text = Objects::open(work_tree).read(&entry.id).unwrap();
    let text = String::from_utf8(text).unwrap();
    Fix {
        path: RepoPath::new("a.py"),
        mode: entry.mode,
        original: super::Original::Staged(entry.id),
        fixed: text.replace(" \n", "\n").into_bytes(),
        restage: true,
    }
}

const WAYS: [&[&str]; 6] = [
    &[],
    &["--all"],
    &["a.py"],
    &["--include", "a.py"],
    &["--amend"],
    &["--allow-empty"],
];

#[test]
fn every_way_to_commit_ends_clean() {
    for first in [false, true] {
        for way in WAYS {
            if first && way == ["--amend"] {
                continue;
            }
            let place = if first {
                Place::new()
            } else {
                Place::with(&[("a.py", "old\n")])
            };
            place.stage("other.py", "staged\n");
            place.stage("a.py", "one \ntwo\n");
            let applied = commit(&place, way, 0);
            assert_eq!(only(&applied), FIXED, "{way:?}");
            assert_eq!(place.git(&["show", "HEAD:a.py"]), "one\ntwo\n", "{way:?}");
            assert_eq!(place.read("a.py"), "one\ntwo\n");
            let left = if way == ["a.py"] { "A  other.py\n" } else { "" };
            assert_eq!(place.git(&["status", "--porcelain"]), left, "{way:?}");
            assert_eq!(place.recover(), [""; 0]);
            place.assert_empty();
        }
    }
}

#[test]
fn a_partial_commit_leaves_the_rest_of_the_edits() {
    let place = Place::with(&[("a.py", "old\nsame\nlast\n")]);
    place.stage("a.py", "one \nsame\nlast\n");
    place.write("a.py", "one \nsame\nlast, edited\n");
    let applied = commit(&place, &[], 0);
    assert_eq!(only(&applied), (&InWorkTree::Merged, &InIndex::Fixed));
    assert_eq!(place.git(&["show", "HEAD:a.py"]), "one\nsame\nlast\n");
    assert_eq!(place.git(&["status", "--porcelain"]), " M a.py\n");
    assert_eq!(place.read("a.py"), "one\nsame\nlast, edited\n");
}

/// Git then throws its indexes of the moment away; the work tree has the fix, and nothing is left behind.
#[test]
fn a_commit_that_is_refused_leaves_the_fix_to_be_staged() {
    for way in WAYS {
        let place = Place::with(&[("a.py", "old\n")]);
        place.stage("a.py", "one \n");
        let before = place.git(&["rev-parse", "HEAD"]);
        let applied = commit(&place, way, 1);
        assert_eq!(only(&applied), FIXED, "{way:?}");
        assert_eq!(place.git(&["rev-parse", "HEAD"]), before);
        assert_eq!(place.read("a.py"), "one\n");
        let temporary = way == ["--all"] || way.contains(&"a.py");
        let status = if temporary { "MM a.py\n" } else { "M  a.py\n" };
        assert_eq!(place.git(&["status", "--porcelain"]), status, "{way:?}");
        place.assert_not_lost(&[("a.py", "one \n")]);
        assert_eq!(place.recover(), [""; 0]);
        place.assert_empty();
    }
}

#[test]
fn what_others_stage_meanwhile_stays() {
    let place = Place::staging(&[("a.py", "one \n"), ("b.py", "one \n")]);
    let fixes = ["a.py", "b.py"].map(|it| place.fix(it, "one\n"));
    let applied = place.apply_watched(&fixes, true, &mut |moment| {
        if moment == super::Moment::Swapped {
            place.stage("a.py", "two\n");
            place.stage("c.py", "three\n");
        }
    });
    assert_eq!(applied.files[0].index, InIndex::ChangedMeanwhile);
    assert_eq!(applied.files[1].index, InIndex::Fixed);
    let all = ["a.py", "b.py", "c.py"].map(|it| place.staged_text(it));
    assert_eq!(all, ["two\n", "one\n", "three\n"]);
    assert_eq!(place.read("a.py"), "two\n");
}

/// While the index is being written, git waits outside or fails; nothing that it did before is undone.
#[test]
fn git_is_kept_out_while_the_index_changes() {
    let place = Place::staging(&[("a.py", "one \n")]);
    place.write("b.py", "two\n");
    let mut refused = 0;
    let fix = place.fix("a.py", "one\n");
    place.apply_watched(&[fix], true, &mut |moment| {
        if matches!(moment, super::Moment::Locked | super::Moment::Published) {
            let output = place.command(&["add", "b.py"]).run().unwrap();
            assert!(output.last_words(9).contains("index.lock"));
            refused += 1;
        }
    });
    assert_eq!(refused, 2);
    place.git(&["add", "b.py"]);
    assert_eq!(place.git(&["status", "--porcelain"]), "A  a.py\nA  b.py\n");
}

#[test]
fn a_lock_of_somebody_else_is_waited_for_and_never_broken() {
    let place = Place::staging(&[("a.py", "one \n")]);
    let lock = place.path(".git/index.lock");
    std::fs::write(&lock, "theirs").unwrap();
    let applied = place.apply(&[place.fix("a.py", "one\n")]);
    match only(&applied) {
        (InWorkTree::Replaced, InIndex::NotStaged(why)) => assert!(why.contains("locked"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(std::fs::read(&lock).unwrap(), b"theirs");
    assert_eq!(place.staged_text("a.py"), "one \n");
    assert_eq!(place.read("a.py"), "one\n");
    assert_eq!(place.recover(), [""; 0]);
    assert_eq!(std::fs::read(&lock).unwrap(), b"theirs");
    // The next run finds the fix in the work tree; this time the lock is given back while it waits.
    let fix = place.fix("a.py", "one\n");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            std::fs::remove_file(&lock).unwrap();
        });
        let applied = place.apply(&[fix]);
        assert_eq!(only(&applied), (&InWorkTree::Already, &InIndex::Fixed));
    });
    assert_eq!(place.staged_text("a.py"), "one\n");
}

#[test]
fn no_index_and_a_second_run() {
    let place = Place::staging(&[("a.py", "one \n")]);
    let fix = place.fix("a.py", "one\n");
    std::fs::remove_file(place.path(".git/index")).unwrap();
    let applied = place.apply(&[fix]);
    assert_eq!(
        only(&applied),
        (&InWorkTree::Replaced, &InIndex::ChangedMeanwhile)
    );
    // A second run waits for the first, and says so once.
    let first = place.lock();
    let said = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let say = || {
                said.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            };
            super::Lock::take(&place.work_tree(), say).map(drop)
        });
        std::thread::sleep(Duration::from_millis(200));
        assert!(!second.is_finished());
        drop(first);
        second.join().unwrap().unwrap();
    });
    assert_eq!(said.into_inner(), 1);
}
