//! Every way to make a commit, with everything that a gate may come to: HEAD, the index and the work tree end as this table says.
//!
//! | what the gates come to | commit | index | work tree |
//! |---|---|---|---|
//! | nothing to mend | made, of what was staged | what was committed | untouched |
//! | a fix | made, of the fixed content | what was committed | the fix |
//! | a fix beside unstaged edits | made, of the fixed content | what was committed | the fix and the edits |
//! | a fix on a line that is edited unstaged, too | made, of the fixed content | what was committed | untouched, and said so |
//! | a tool fails | none | what was staged | untouched |
//! | a tool runs git | made, of what was staged: that git finds no repository | what was committed | untouched |
//!
//! `git commit --amend` checks what it changes beside HEAD: what HEAD has was checked when it was made, or is when it is pushed.
//! What was staged and is no part of the commit (`git commit PATH`) stays staged, as it was. With `git commit --all` and
//! `git commit PATH`, the work tree's own content is committed, so a fix has no unstaged edits to mind. The ways that git makes a
//! commit from another one are in `merges`; the repositories that are not just a folder with `.git` in it are in `places`.

use super::support::Repo;

/// What is staged where nothing is to be mended.
const CLEAN: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";
/// The same where the gates have something to mend.
const DIRTY: &str = "one  \ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";
/// With an edit elsewhere, and with one on the very line.
const DIRTY_EDITED: &str = "one  \ntwo\nthree\nfour\nfive\nsix\nseven\neight\nNINE\n";
const CLEAN_EDITED: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nNINE\n";
const SAME_LINE: &str = "ONE  \ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";

/// A gate that is not content with a file called so.
const FAILS: &str = "[tool.scaffold.gates.refuse]\nfiles = ['refused.txt']\ncommand = ['sh', '-c', 'exit 1', 'sh']\n";
/// A gate that does with git whatever would do harm.
const RUNS_GIT: &str = "[tool.scaffold.gates.meddle]\nfiles = ['meddled.txt']\nfix = true\n\
    command = ['sh', '-c', '''git add --all; git rm -r --cached .; git checkout -- .; git stash; git clean -fdx; git commit --no-verify -m x; \
    git reset --hard; env | grep ^GIT_DIR && exit 1; exit 0''', 'sh']\n";

/// Everything that a gate may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Nothing,
    Fix,
    FixBesideEdits,
    FixOnEditedLine,
    Fails,
    RunsGit,
}

impl Case {
    pub(super) const ALL: [Self; 6] = [
        Self::Nothing,
        Self::Fix,
        Self::FixBesideEdits,
        Self::FixOnEditedLine,
        Self::Fails,
        Self::RunsGit,
    ];

    /// The file, what is staged of it, and what the work tree has of it.
    pub(super) fn given(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Nothing => ("file.txt", CLEAN, CLEAN_EDITED),
            Self::Fix => ("file.txt", DIRTY, DIRTY),
            Self::FixBesideEdits => ("file.txt", DIRTY, DIRTY_EDITED),
            Self::FixOnEditedLine => ("file.txt", DIRTY, SAME_LINE),
            Self::Fails => ("refused.txt", CLEAN, CLEAN_EDITED),
            Self::RunsGit => ("meddled.txt", CLEAN, CLEAN_EDITED),
        }
    }

    /// What is committed, and what the work tree has then; `None` where no commit is made.
    pub(super) fn expected(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Fix => Some((CLEAN, CLEAN)),
            Self::FixOnEditedLine => Some((CLEAN, SAME_LINE)),
            Self::Nothing | Self::FixBesideEdits | Self::RunsGit => Some((CLEAN, CLEAN_EDITED)),
            Self::Fails => None,
        }
    }
}

/// The gates of all cases.
pub(super) fn configure(repo: &Repo) {
    repo.gates(
        &["trailing-whitespace", "refuse", "meddle"],
        &format!("{FAILS}\n{RUNS_GIT}"),
    );
}

/// What must not change by a commit: beside the file, something unstaged and something untracked.
fn surround(repo: &Repo) {
    configure(repo);
    repo.stage("other.txt", "other\n");
    repo.stage("bin.dat", b"\0\x01\xff");
    repo.commit_unchecked("chore: start");
}

fn disturb(repo: &Repo) {
    repo.write("other.txt", "unstaged  \n");
    repo.write("untracked.txt", "untracked  \n");
}

#[track_caller]
fn assert_undisturbed(repo: &Repo) {
    assert_eq!(repo.read("other.txt"), "unstaged  \n");
    assert_eq!(repo.read("untracked.txt"), "untracked  \n");
    assert_eq!(repo.at_revision("", "other.txt"), "other\n");
    let list = repo.ask(&["ls-files"]);
    assert!(!list.contains("untracked"), "{list}");
    repo.git(["fsck", "--strict", "--no-dangling"]).code(0);
    assert_eq!(repo.ask(&["stash", "list"]), "");
}

/// The revision, or nothing where there is none yet.
fn head(repo: &Repo) -> String {
    repo.git(["rev-parse", "--quiet", "--verify", "HEAD"])
        .stdout
}

/// Stages the case's file, commits as `commit` does, and looks at what has become of everything.
#[track_caller]
pub(super) fn assert_as_documented(repo: &Repo, case: Case, commit: impl Fn(&Repo) -> i32) {
    let (file, staged, edited) = case.given();
    repo.stage(file, staged);
    repo.write(file, edited);
    let before = head(repo);
    let code = commit(repo);
    if let Some((committed, on_disk)) = case.expected() {
        assert_eq!(code, 0, "{case:?}");
        assert_ne!(head(repo), before, "{case:?}");
        assert_eq!(repo.at_revision("HEAD", file), committed, "{case:?}");
        assert_eq!(repo.at_revision("", file), committed, "{case:?}");
        assert_eq!(repo.read(file), on_disk, "{case:?}");
    } else {
        assert_ne!(code, 0, "{case:?}");
        assert_eq!(head(repo), before, "{case:?}");
        assert_eq!(repo.at_revision("", file), staged, "{case:?}");
        assert_eq!(repo.read(file), edited, "{case:?}");
    }
}

fn commit(repo: &Repo) -> i32 {
    let finished = repo.commit();
    finished.code.unwrap()
}

/// A plain commit, for every case, in repositories made like this.
#[track_caller]
pub(super) fn assert_all(make: impl Fn() -> Repo) {
    for case in Case::ALL {
        let repo = make();
        surround(&repo);
        disturb(&repo);
        assert_as_documented(&repo, case, commit);
        assert_undisturbed(&repo);
    }
}

#[test]
fn plain() {
    assert_all(Repo::new);
}

#[test]
fn what_became_of_each_file_is_said() {
    for (case, words) in [
        (Case::Fix, "file.txt: mended, and staged"),
        (
            Case::FixBesideEdits,
            "file.txt: mended beside your unstaged edits, and staged",
        ),
        (
            Case::FixOnEditedLine,
            "file.txt: your unstaged edits are on the same lines, so the file is left as it is, and staged",
        ),
    ] {
        let repo = Repo::new();
        surround(&repo);
        let (file, staged, edited) = case.given();
        repo.stage(file, staged);
        repo.write(file, edited);
        let said = repo.commit().code(0);
        assert!(said.stderr.contains(words), "{said:?}");
    }
}

#[test]
fn first_commit() {
    for case in Case::ALL {
        let repo = Repo::new();
        configure(&repo);
        repo.write("untracked.txt", "untracked  \n");
        assert_as_documented(&repo, case, commit);
        assert_eq!(repo.read("untracked.txt"), "untracked  \n");
    }
}

#[test]
fn all() {
    for case in [Case::Nothing, Case::Fix, Case::Fails, Case::RunsGit] {
        let repo = Repo::new();
        surround(&repo);
        let (file, staged, _) = case.given();
        repo.stage(file, "before\n");
        repo.commit_unchecked("chore: more");
        repo.write(file, staged);
        repo.write("bin.dat", b"\0\x02\xff");
        repo.write("untracked.txt", "untracked  \n");
        let before = head(&repo);
        let code = repo
            .git(["commit", "--quiet", "--all", "--message", "fix: all"])
            .code;
        if let Some((committed, on_disk)) = case.expected() {
            assert_eq!(code, Some(0), "{case:?}");
            assert_eq!(repo.at_revision("HEAD", file), committed);
            assert_eq!(
                repo.read(file),
                if case == Case::Fix { on_disk } else { staged }
            );
            assert_eq!(repo.ask(&["status", "--porcelain"]), "?? untracked.txt");
        } else {
            assert_ne!(code, Some(0), "{case:?}");
            assert_eq!(head(&repo), before);
            assert_eq!(repo.read(file), staged);
            assert_eq!(repo.at_revision("", file), "before\n");
        }
        assert_eq!(std::fs::read(repo.path("bin.dat")).unwrap(), b"\0\x02\xff");
        assert_eq!(repo.read("untracked.txt"), "untracked  \n");
    }
}

#[test]
fn named_paths() {
    for case in [Case::Nothing, Case::Fix, Case::Fails, Case::RunsGit] {
        for known in [false, true] {
            let repo = Repo::new();
            surround(&repo);
            let (file, staged, _) = case.given();
            repo.stage(file, "before\n");
            if known {
                repo.commit_unchecked("chore: more");
            }
            repo.write(file, staged);
            // Staged, edited further, and no part of this commit.
            repo.stage("aside.txt", "aside  \n");
            repo.write("aside.txt", "aside and more  \n");
            disturb(&repo);
            let before = head(&repo);
            let code = repo
                .git(["commit", "--quiet", "--message", "fix: one", "--", file])
                .code;
            if let Some((committed, on_disk)) = case.expected() {
                assert_eq!(code, Some(0), "{case:?}");
                assert_eq!(repo.at_revision("HEAD", file), committed);
                assert_eq!(repo.at_revision("", file), committed);
                assert_eq!(
                    repo.read(file),
                    if case == Case::Fix { on_disk } else { staged }
                );
            } else {
                assert_ne!(code, Some(0), "{case:?}");
                assert_eq!(head(&repo), before);
                assert_eq!(repo.at_revision("", file), "before\n");
                assert_eq!(repo.read(file), staged);
            }
            assert_eq!(repo.at_revision("", "aside.txt"), "aside  \n");
            assert_eq!(repo.read("aside.txt"), "aside and more  \n");
            assert_undisturbed(&repo);
        }
    }
}

#[test]
fn amend() {
    for case in Case::ALL {
        let repo = Repo::new();
        surround(&repo);
        repo.stage("later.txt", "later\n");
        repo.commit_unchecked("chore: later");
        disturb(&repo);
        let parent = repo.ask(&["rev-parse", "HEAD~"]);
        assert_as_documented(&repo, case, |repo| {
            let finished = repo.git(["commit", "--quiet", "--amend", "--no-edit"]);
            finished.code.unwrap()
        });
        assert_eq!(repo.ask(&["rev-parse", "HEAD~"]), parent);
        assert_undisturbed(&repo);
    }
}

#[test]
fn detached() {
    for case in Case::ALL {
        let repo = Repo::new();
        surround(&repo);
        repo.git(["checkout", "--quiet", "--detach"]).code(0);
        disturb(&repo);
        assert_as_documented(&repo, case, commit);
        assert_undisturbed(&repo);
        assert_ne!(
            repo.ask(&["rev-parse", "main"]),
            if case == Case::Fails {
                String::new()
            } else {
                head(&repo)
            }
        );
    }
}

#[test]
fn from_a_folder_below() {
    for case in Case::ALL {
        let repo = Repo::new();
        surround(&repo);
        repo.write("deep/er/kept.txt", "kept  \n");
        disturb(&repo);
        assert_as_documented(&repo, case, |repo| {
            let arguments = ["commit", "--quiet", "--message", "fix: below"];
            crate::support::run(repo.command_in("deep/er", "git").args(arguments))
                .code
                .unwrap()
        });
        assert_undisturbed(&repo);
        assert_eq!(repo.read("deep/er/kept.txt"), "kept  \n");
    }
}
