//! What is told without git, held against git's own answer.

use super::staged;
use crate::git::index::Index;
use crate::git::trial::Trial;
use crate::git::{Change, WorkTree};

fn work_tree(trial: &Trial) -> WorkTree {
    let host = trial.host.clone().with_current_dir(trial.folder());
    WorkTree::discover(&host).unwrap()
}

/// What is told without git, held against what git says.
#[track_caller]
fn same_as_git(trial: &Trial, what: &str) -> Vec<Change> {
    let work_tree = work_tree(trial);
    let index = Index::read(&work_tree).unwrap();
    let ours = staged(&work_tree, &index).unwrap_or_else(|| panic!("{what}: not told"));
    let gits = work_tree.staged_by_program().unwrap();
    assert_eq!(ours, gits, "{what}");
    ours
}

#[track_caller]
fn is_left_to_git(trial: &Trial, what: &str) {
    let work_tree = work_tree(trial);
    let index = Index::read(&work_tree).unwrap();
    assert_eq!(staged(&work_tree, &index), None, "{what}");
    work_tree.staged(&index).unwrap();
}

/// Entries for `git update-index --index-info`.
fn fill(trial: &Trial, lines: &str) {
    let command = trial.git_command(&trial.folder(), &["update-index", "-z", "--index-info"]);
    assert!(command.input(lines).run().unwrap().success());
}

/// Numbers that only look like chance (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ word >> 31) % end as u64).unwrap()
    }
}

/// Names that sort otherwise as folders than as files.
const NAMES: [&str; 7] = ["a", "a-b", "a.b", "a0", "b", "é\n", "a b"];
const MODES: [&str; 4] = ["100644", "100755", "120000", "160000"];

#[test]
fn made_up_repositories_are_read_as_git_reads_them() {
    let (mut told, mut skipped) = (0, 0);
    for seed in 0..25 {
        let mut chance = Chance(seed);
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        trial.write("project/content", b"x", false);
        let ids: Vec<String> = ["content", ".git/config", ".git/HEAD"]
            .map(|file| trial.git(&["hash-object", "-w", file]).trim().to_owned())
            .into();
        for step in 0..5 {
            let mut lines = String::new();
            for _ in 0..=chance.below(12) {
                let depth = chance.below(4);
                let parts: Vec<&str> = (0..=depth).map(|_| NAMES[chance.below(7)]).collect();
                let path = parts.join("/");
                let id = &ids[chance.below(3)];
                match chance.below(9) {
                    0 | 1 => lines.push_str(&format!("0 {id}\t{path}\0")),
                    2 if step == 4 => {
                        lines.push_str(&format!("0 {id}\t{path}\0"));
                        for stage in 1..=1 + chance.below(3) {
                            lines.push_str(&format!("100644 {id} {stage}\t{path}\0"));
                        }
                    }
                    _ => {
                        let mode = MODES[chance.below(4)];
                        lines.push_str(&format!("{mode} {id} 0\t{path}\0"));
                    }
                }
            }
            fill(&trial, &lines);
            let what = format!("seed {seed}, step {step}");
            told += same_as_git(&trial, &what).len();
            if step == 4 {
                continue;
            }
            // Makes the cache of trees.
            let tree = trial.git(&["write-tree"]);
            same_as_git(&trial, &what);
            if chance.below(3) > 0 {
                let commit = trial.git(&["commit-tree", "-m", "x", tree.trim()]);
                trial.git(&["update-ref", "HEAD", commit.trim()]);
                assert_eq!(same_as_git(&trial, &what), []);
                skipped += 1;
            }
            match chance.below(4) {
                0 => drop(trial.git(&["repack", "-A", "-d", "--quiet"])),
                1 => drop(trial.git(&["update-index", "--index-version", "4"])),
                _ => {}
            }
        }
    }
    assert!(told > 100 && skipped > 30, "{told} {skipped}");
}

#[test]
fn what_is_only_intended_is_not_staged() {
    let trial = Trial::new();
    trial.git(&["init", "--quiet"]);
    for path in ["a.py", "b/c.py", "new.py"] {
        trial.write(&format!("project/{path}"), path.as_bytes(), false);
    }
    assert_eq!(same_as_git(&trial, "nothing"), []);
    trial.git(&["add", "a.py", "b"]);
    trial.git(&["add", "--intent-to-add", "new.py"]);
    assert_eq!(same_as_git(&trial, "no commit yet").len(), 2);
    trial.git(&["commit", "--quiet", "--message", "x"]);
    assert_eq!(same_as_git(&trial, "intended"), []);
    trial.git(&["rm", "--cached", "--quiet", "b/c.py"]);
    trial.git(&["add", "--intent-to-add", "b/c.py"]);
    let changes = same_as_git(&trial, "removed and intended");
    assert!(changes.len() == 1 && changes[0].new.is_none());
}

#[test]
fn wherever_head_leads() {
    let trial = Trial::new();
    trial.git(&["init", "--quiet"]);
    trial.write("project/a.py", b"a", false);
    trial.git(&["add", "--all"]);
    trial.git(&["commit", "--quiet", "--message", "x"]);
    trial.write("project/b.py", b"b", false);
    trial.git(&["add", "--all"]);
    for arguments in [
        ["checkout", "--quiet", "--detach"].as_slice(),
        &["checkout", "--quiet", "-b", "with/slash"],
        &["pack-refs", "--all"],
    ] {
        trial.git(arguments);
        assert_eq!(same_as_git(&trial, arguments[0]).len(), 1, "{arguments:?}");
    }
    trial.git(&["symbolic-ref", "HEAD", "refs/heads/none"]);
    assert_eq!(same_as_git(&trial, "unborn").len(), 2);
    trial.git(&["symbolic-ref", "HEAD", "refs/kept/x"]);
    is_left_to_git(&trial, "a branch that is none");
}

#[test]
fn what_only_git_can_tell_is_left_to_it() {
    let trial = Trial::new();
    trial.git(&["init", "--quiet"]);
    trial.write("project/a.py", b"a", false);
    trial.git(&["add", "--all"]);
    trial.git(&["commit", "--quiet", "--message", "x"]);
    trial.git(&["update-index", "--split-index"]);
    is_left_to_git(&trial, "a split index");
    trial.git(&["update-index", "--no-split-index"]);
    let old = trial.git(&["rev-parse", "HEAD"]);
    trial.git(&["commit", "--quiet", "--allow-empty", "--message", "y"]);
    trial.git(&["replace", "HEAD", old.trim()]);
    is_left_to_git(&trial, "a commit that stands for another");
    trial.git(&["pack-refs", "--all"]);
    is_left_to_git(&trial, "the same, packed");
    trial.git(&["replace", "--delete", "HEAD"]);
    assert_eq!(same_as_git(&trial, "as before"), []);
    trial.write("project/.git/objects/info/alternates", b"/nowhere\n", false);
    assert_eq!(same_as_git(&trial, "alternates"), []);
    let tree = trial.git(&["rev-parse", "HEAD^{tree}"]);
    let (folder, file) = tree.trim().split_at(2);
    crate::fs::remove_file(&trial.folder().join(".git/index")).unwrap();
    let file = trial.folder().join(".git/objects").join(folder).join(file);
    crate::fs::remove_file(&file).unwrap();
    let work_tree = work_tree(&trial);
    let index = Index::read(&work_tree).unwrap();
    assert_eq!(staged(&work_tree, &index), None, "a tree is missing");
}
