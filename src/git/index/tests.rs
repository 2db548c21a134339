//! What is read of an index, beside what git says is in it.

use super::Index;
use super::parser::{Parsed, Parser};
use crate::git::WorkTree;
use crate::git::trial::Trial;

/// A repository whose index has an entry of every kind.
fn trial() -> Trial {
    let trial = Trial::new();
    trial.git(&["init", "--quiet"]);
    for (path, executable) in [
        ("a.py", false),
        ("b/c/run.sh", true),
        ("b/c.py", false),
        ("b/d é\n.py", false),
        ("new.py", false),
        ("said.py", false),
        ("skipped.py", false),
    ] {
        trial.write(&format!("project/{path}"), path.as_bytes(), executable);
    }
    trial.git(&["add", "a.py", "b", "said.py", "skipped.py"]);
    trial.git(&["add", "--intent-to-add", "new.py"]);
    trial.git(&["update-index", "--assume-unchanged", "said.py"]);
    trial.git(&["update-index", "--skip-worktree", "skipped.py"]);
    let id = trial.git(&["rev-parse", ":a.py"]);
    let long = format!("long/{}", "x".repeat(5000));
    let mut lines = String::new();
    for (mode, stage, path) in [
        ("120000", 0, "link"),
        ("160000", 0, "module"),
        ("100644", 0, long.as_str()),
        ("100644", 1, "z/conflict.py"),
        ("100755", 2, "z/conflict.py"),
        ("100644", 3, "z/conflict.py"),
        ("100644", 0, "z/last.py"),
    ] {
        lines.push_str(&format!("{mode} {} {stage}\t{path}\0", id.trim()));
    }
    let command = trial.git_command(&trial.folder(), &["update-index", "-z", "--index-info"]);
    assert!(command.input(lines).run().unwrap().success());
    trial
}

fn work_tree(trial: &Trial) -> WorkTree {
    let host = trial.host.clone().with_current_dir(trial.folder());
    WorkTree::discover(&host).unwrap()
}

#[test]
fn every_version_is_read_as_git_reads_it() {
    let trial = trial();
    for version in ["2", "3", "4"] {
        trial.git(&["update-index", "--index-version", version]);
        let work_tree = work_tree(&trial);
        let (ours, gits) = (
            Index::read(&work_tree).unwrap(),
            Index::by_program(&work_tree).unwrap(),
        );
        assert!(!ours.places.is_empty() && gits.places.is_empty());
        let told = |index: &Index| -> Vec<_> {
            let entries = index.entries();
            entries
                .map(|it| {
                    let flags = (it.skip_worktree, it.assume_unchanged);
                    (index.path(&it).to_vec(), it.mode, it.id, it.stage, flags)
                })
                .collect()
        };
        assert_eq!(told(&ours), told(&gits), "version {version}");
        assert_eq!(told(&ours).len(), 14);
        for index in [&ours, &gits] {
            for (path, _, id, stage, _) in told(index) {
                let found = index.get(&path).map(|it| (it.id, it.stage));
                assert_eq!(found, (stage == 0).then_some((id, 0)), "{path:?}");
            }
            assert!(index.get(b"b").is_none() && index.get(b"zz").is_none());
            let conflicts = index.conflicts();
            assert_eq!(conflicts.len(), 1);
            assert_eq!(conflicts[0].as_bytes(), b"z/conflict.py");
        }
        assert!(ours.get(b"new.py").unwrap().intent_to_add);
        assert!(!ours.get(b"a.py").unwrap().intent_to_add);
        assert!(ours.get(b"a.py").unwrap().looks.is_some());
        assert!(ours.get(b"said.py").unwrap().looks.is_none());
    }
}

#[test]
fn a_damaged_index_is_never_misread() {
    let trial = trial();
    for version in ["2", "4"] {
        trial.git(&["update-index", "--index-version", version]);
        let bytes = std::fs::read(trial.folder().join(".git/index")).unwrap();
        assert!(Parser::new(&bytes).index().is_some());
        for length in 0..bytes.len() {
            assert!(Parser::new(&bytes[..length]).index().is_none(), "{length}");
        }
        // Whatever a byte becomes, the walk ends, and what it gives can be looked at.
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0xff;
            if let Some(Parsed {
                places,
                paths,
                trees,
            }) = Parser::new(&bytes).index()
            {
                let index = Index {
                    bytes,
                    places,
                    paths,
                    trees,
                    ..Index::default()
                };
                drop(index.cached_tree());
                let lengths = index.entries().map(|it| index.path(&it).len());
                assert!(lengths.sum::<usize>() < 1 << 20);
            }
        }
    }
}
