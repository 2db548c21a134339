//! Backups: contents that were replaced, kept under a ref of their own until they are 30 days old.
//!
//! Called by `gate`. A backup is a tree, not a commit: `git log --all` does not show it, and nobody has to be its author. The ref is
//! one that all linked work trees share: git's garbage collection does not look at `refs/worktree/` of another work tree than the
//! one that it runs in, and would throw away what only such a ref holds. It must not know why something is replaced.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::object::{Mode, ObjectId};
use super::work_tree::WorkTree;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

/// Where all backups lie.
const REFS: &str = "refs/scaffold/backup/";
/// How long one is kept.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// A content to keep.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    /// The folder of the backup that it goes into: where it was replaced.
    pub(crate) place: &'static str,
    /// Its path in the repository.
    pub(crate) path: RepoPath,
    /// What it was.
    pub(crate) mode: Mode,
    /// The name of its content, which the repository has.
    pub(crate) id: ObjectId,
}

impl WorkTree {
    /// Keeps these contents, and gives the name of the ref that does: `refs/scaffold/backup/TIME-N`, where `PLACE/PATH` is the
    /// content of each. `scratch` is a folder that the caller throws away.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn back_up(&self, scratch: &Path, contents: &[Saved]) -> Result<String> {
        let mut lines = Vec::new();
        for Saved {
            place,
            path,
            mode,
            id,
        } in contents
        {
            lines.extend_from_slice(format!("{} {id} 0\t{place}/", mode.octal()).as_bytes());
            lines.extend_from_slice(path.as_bytes());
            lines.push(0);
        }
        let (now, index) = unused(scratch)?;
        let aside = self.with_index(index);
        // An index of a moment needs nothing that makes a big one fast.
        let git = || {
            aside.git().args([
                "-c",
                "core.splitIndex=false",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.untrackedCache=false",
            ])
        };
        let fill = git()
            .args(["update-index", "--add", "-z", "--index-info"])
            .input(lines);
        let what = "keep what is going to be replaced";
        self.output(&fill, what)?;
        let tree = self.output(&git().arg("write-tree"), what)?;
        let tree = String::from_utf8_lossy(tree.trim_ascii()).into_owned();
        let moment = stamp(now);
        let mut last = Error::new(format!("cannot {what}"));
        // Another work tree of the repository may be at it in the same second.
        for number in 1..100 {
            let name = format!("{REFS}{moment}-{number}");
            // The empty old value: it must be new.
            // Ended in between, git would leave a lock on the ref.
            let command = self.git().args(["update-ref", &name, &tree, ""]).whole();
            match self.output(&command, what) {
                Ok(_) => return Ok(name),
                Err(error) => last = error,
            }
            if !self.has_ref(&name)? {
                break;
            }
        }
        Err(last)
    }

    fn has_ref(&self, name: &str) -> Result<bool> {
        let command = self.git().args(["show-ref", "--verify", "--quiet", name]);
        Ok(command.run()?.success())
    }

    /// Removes the backups that are older than 30 days.
    ///
    /// # Errors
    /// When git fails.
    pub(crate) fn prune_backups(&self) -> Result<()> {
        let list = self
            .git()
            .args(["for-each-ref", "--format=%(refname) %(objectname)", REFS]);
        let text = self.output(&list, "list the backups")?;
        let oldest = stamp(SystemTime::now().checked_sub(KEPT).unwrap_or(UNIX_EPOCH));
        for line in String::from_utf8_lossy(&text).lines() {
            let Some((name, id)) = line.split_once(' ') else {
                continue;
            };
            // What was not named by `stamp` is somebody else's.
            let moment = name[REFS.len()..].split('-').next().unwrap_or_default();
            if is_stamp(moment) && moment < oldest.as_str() {
                // Another work tree's run may have been quicker.
                drop(
                    self.git()
                        .args(["update-ref", "-d", name, id])
                        .whole()
                        .run()?,
                );
            }
        }
        Ok(())
    }
}

/// The time, and a file for an index in `scratch` that is not there yet.
fn unused(scratch: &Path) -> Result<(SystemTime, std::path::PathBuf)> {
    for number in 0..1000 {
        let file = scratch.join(format!("backup-{number}"));
        if !file.exists() {
            return Ok((SystemTime::now(), file));
        }
    }
    Err(Error::new(format!("`{}` is full", scratch.display())))
}

/// A moment as `20261122T091500Z`, in UTC; sorts as it passes.
fn stamp(moment: SystemTime) -> String {
    let seconds = moment
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| it.as_secs());
    let (mut days, time) = (seconds / 86_400, seconds % 86_400);
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= if leap(year) { 366 } else { 365 } {
        days -= if leap(year) { 366 } else { 365 };
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!(
        "{year:04}{month:02}{:02}T{hour:02}{minute:02}{second:02}Z",
        days + 1
    )
}

fn is_stamp(text: &str) -> bool {
    text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::super::trial::Trial;
    use super::super::{Mode, Objects, WorkTree};
    use super::{KEPT, REFS, Saved, is_stamp, stamp};
    use crate::repo_path::RepoPath;

    #[test]
    fn a_moment_is_written_as_the_calendar_has_it() {
        for (seconds, expected) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (1_709_251_199, "20240229T235959Z"),
            (1_735_689_599, "20241231T235959Z"),
            (1_795_338_900, "20261122T091500Z"),
        ] {
            let text = stamp(UNIX_EPOCH + Duration::from_secs(seconds));
            assert_eq!(text, expected);
            assert!(is_stamp(&text));
        }
        assert!(!is_stamp("20261122-091500Z") && !is_stamp("mine"));
    }

    fn saved(work_tree: &WorkTree, text: &str) -> Saved {
        Saved {
            place: "worktree",
            path: RepoPath::new("a b/c.py"),
            mode: Mode::Executable,
            id: Objects::open(work_tree).write(text.as_bytes()).unwrap(),
        }
    }

    /// Linked work trees too, whichever of them runs the garbage collection.
    #[test]
    fn a_backup_outlives_garbage_collection_and_not_its_month() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        trial.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        trial.git(&["worktree", "add", "--quiet", "../linked"]);
        let scratch = tempfile::tempdir().unwrap();
        let mut names = Vec::new();
        for folder in ["project", "linked"] {
            let host = trial
                .host
                .clone()
                .with_current_dir(trial.root().join(folder));
            let work_tree = WorkTree::discover(&host).unwrap();
            let content = saved(&work_tree, folder);
            names.push(work_tree.back_up(scratch.path(), &[content]).unwrap());
        }
        assert!(names[0].starts_with(REFS) && names[0] != names[1]);
        for folder in ["project", "linked"] {
            trial.git_in(
                &trial.root().join(folder),
                &["gc", "--quiet", "--prune=now"],
            );
        }
        let read =
            |name: &str| trial.git(&["cat-file", "blob", &format!("{name}:worktree/a b/c.py")]);
        assert_eq!([read(&names[0]), read(&names[1])], ["project", "linked"]);
        trial.git(&["fsck", "--strict"]);
        assert_eq!(trial.git(&["log", "--all", "--oneline"]).lines().count(), 1);
        let old = stamp(std::time::SystemTime::now() - KEPT - Duration::from_mins(1));
        let old = format!("{REFS}{old}-1");
        trial.git(&["update-ref", &old, &names[0]]);
        trial.git(&["update-ref", &format!("{REFS}mine"), &names[0]]);
        let host = trial.host.clone().with_current_dir(trial.folder());
        WorkTree::discover(&host).unwrap().prune_backups().unwrap();
        let left = trial.git(&["for-each-ref", "--format=%(refname)", REFS]);
        assert_eq!(left, format!("{}\n{}\n{REFS}mine\n", names[0], names[1]));
    }
}
