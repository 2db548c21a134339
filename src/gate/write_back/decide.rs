//! What a fix means for one file of the work tree, by what that file has now.
//!
//! Used by `apply`, before anything is written. Contents go into the repository here, where they harm nobody. It must not replace
//! anything in the work tree.

use std::path::Path;

use super::place::find;
use super::{Fix, InWorkTree, Original};
use crate::error::{Error, Kind, Result};
use crate::fs::folder::Found;
use crate::git::{Mode, ObjectId, Objects, WorkTree};

/// What is to be done about one fix.
#[derive(Debug)]
pub(super) struct Decision {
    /// What the index is to have; `None` where it is not to change.
    pub(super) staged: Option<(ObjectId, ObjectId)>,
    /// What becomes of it in the work tree, if all goes well.
    pub(super) work_tree: InWorkTree,
    /// What is to be written there; only for [`InWorkTree::Replaced`] and [`InWorkTree::Merged`].
    pub(super) write: Option<Write>,
}

/// A file that is to be replaced.
#[derive(Debug)]
pub(super) struct Write {
    /// What it gets.
    pub(super) new: Vec<u8>,
    /// The hash of what it has.
    pub(super) old: blake3::Hash,
    /// What it has, as the repository has it.
    pub(super) old_id: ObjectId,
    /// What it is.
    pub(super) mode: Mode,
    /// Its permissions.
    pub(super) permissions: u32,
    /// Whether it has other names.
    pub(super) is_linked: bool,
}

/// Decides about one fix.
///
/// # Errors
/// When content cannot be stored, or the user interrupts; what is wrong with the file alone is part of the decision.
pub(super) fn decide(
    work_tree: &WorkTree,
    objects: &Objects,
    scratch: &Path,
    fix: &Fix,
) -> Result<Decision> {
    let only = |work_tree: InWorkTree| Decision {
        staged: None,
        work_tree,
        write: None,
    };
    if !fix.mode.is_file() {
        let why = "only the content of a file can be fixed".to_owned();
        return Ok(only(InWorkTree::Refused(why)));
    }
    let ids = match fix.original {
        Original::Staged(old) => Some((old, objects.write(&fix.fixed)?)),
        Original::WorkTree(_) => None,
    };
    let decided = in_work_tree(work_tree, objects, scratch, fix, ids);
    let (outcome, write) = match decided {
        Ok(decided) => decided,
        Err(error) if error.kind() == Kind::Interrupted => return Err(error),
        Err(error) => (InWorkTree::LeftAlone(in_one_line(&error)), None),
    };
    let refused = matches!(outcome, InWorkTree::Refused(_));
    Ok(Decision {
        staged: ids.filter(|(old, new)| fix.restage && old != new && !refused),
        work_tree: outcome,
        write,
    })
}

fn in_work_tree(
    work_tree: &WorkTree,
    objects: &Objects,
    scratch: &Path,
    fix: &Fix,
    ids: Option<(ObjectId, ObjectId)>,
) -> Result<(InWorkTree, Option<Write>)> {
    let left_alone = |why: &str| Ok((InWorkTree::LeftAlone(why.to_owned()), None));
    let spot = match find(work_tree, &fix.path) {
        Ok(spot) => spot,
        Err(why) => return left_alone(&why),
    };
    let (facts, now) = match spot.folder.read(&spot.name) {
        Ok(Found::File(facts, bytes)) => (facts, bytes),
        Ok(Found::Nothing) => return left_alone("it is not in the work tree"),
        Ok(Found::Other) => return left_alone("it is no file any more in the work tree"),
        Err(error) => {
            let path = work_tree.root().join(fix.path.to_string());
            return Err(crate::fs::failed("read", &path, error));
        }
    };
    let hash = blake3::hash(&now);
    let (outcome, new) = match (fix.original, ids) {
        (Original::WorkTree(original), _) if original != hash => {
            (InWorkTree::EditedMeanwhile, None)
        }
        (Original::WorkTree(_), _) | (_, None) if fix.fixed == now => (InWorkTree::Already, None),
        (Original::WorkTree(_), _) | (_, None) => (InWorkTree::Replaced, Some(fix.fixed.clone())),
        (Original::Staged(_), Some(ids)) => {
            staged_in_work_tree(work_tree, objects, scratch, fix, ids, &now)?
        }
    };
    let Some(new) = new else {
        return Ok((outcome, None));
    };
    let write = Write {
        new,
        old: hash,
        old_id: objects.write(&now)?,
        mode: if facts.is_executable() {
            Mode::Executable
        } else {
            Mode::File
        },
        permissions: facts.permissions,
        is_linked: facts.links > 1,
    };
    Ok((outcome, Some(write)))
}

/// The work tree's file `now`, where the staged content was mended: what it becomes, and the content for that.
fn staged_in_work_tree(
    work_tree: &WorkTree,
    objects: &Objects,
    scratch: &Path,
    fix: &Fix,
    (old, new): (ObjectId, ObjectId),
    now: &[u8],
) -> Result<(InWorkTree, Option<Vec<u8>>)> {
    let staged = objects.read(&old)?;
    if staged == now {
        return Ok(if fix.fixed == now {
            (InWorkTree::Already, None)
        } else {
            (InWorkTree::Replaced, Some(fix.fixed.clone()))
        });
    }
    // Everything from here on is compared as the work tree has it.
    let base = work_tree.checked_out(&fix.path, &old)?;
    let fixed = work_tree.checked_out(&fix.path, &new)?;
    let converted = base != staged || fixed != fix.fixed;
    if converted
        && work_tree.is_filtered(&fix.path)?
        && work_tree.added_as(&fix.path, &fixed)? != new
    {
        // What the repository has of it is a code (encrypted, or a pointer to a big file), and the fix is none in that code.
        let why = "a filter of git's would make something else of the fixed content".to_owned();
        return Ok((InWorkTree::Refused(why), None));
    }
    let (base, fixed) = match (LineEnds::of(&base), LineEnds::of(now)) {
        (Some(theirs), Some(ours)) if theirs != ours => (ours.in_all(&base), ours.in_all(&fixed)),
        _ => (base, fixed),
    };
    if fixed == now {
        return Ok((InWorkTree::Already, None));
    }
    if base == now {
        return Ok((InWorkTree::Replaced, Some(fixed)));
    }
    Ok(match work_tree.merged(scratch, &base, now, &fixed)? {
        Some(merged) if merged == now => (InWorkTree::Already, None),
        Some(merged) => (InWorkTree::Merged, Some(merged)),
        None => (InWorkTree::Conflict, None),
    })
}

/// How all lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    Lf,
    CrLf,
}

impl LineEnds {
    /// `None` where there is no line end, where they differ, and for what is no text.
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        // What follows the last line end has none.
        lines.next_back();
        let is_crlf = lines.next()?.ends_with(b"\r");
        let is_text = !bytes.contains(&0);
        (is_text && lines.all(|line| line.ends_with(b"\r") == is_crlf)).then_some(if is_crlf {
            Self::CrLf
        } else {
            Self::Lf
        })
    }

    /// The same text with these at every line.
    fn in_all(self, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if *byte == b'\n' {
                if text.last() == Some(&b'\r') {
                    text.pop();
                }
                if self == Self::CrLf {
                    text.push(b'\r');
                }
            }
            text.push(*byte);
        }
        text
    }
}

/// An error as one line.
pub(super) fn in_one_line(error: &Error) -> String {
    let mut text = error.message().to_owned();
    for cause in error.causes() {
        if !text.contains(&cause) {
            text.push_str(&format!(": {}", cause.trim().replace('\n', "; ")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::LineEnds;

    #[test]
    fn line_ends_are_what_all_lines_have() {
        let of = |text: &str| LineEnds::of(text.as_bytes());
        assert_eq!(of("a\nb"), Some(LineEnds::Lf));
        assert_eq!(of("a\r\nb"), Some(LineEnds::CrLf));
        assert_eq!(of("a\r\nb\n"), None);
        assert_eq!(of("a\rb"), None);
        assert_eq!(of("a\n\0"), None);
        assert_eq!(
            LineEnds::CrLf.in_all(b"a\nb\r\n\rc\n"),
            b"a\r\nb\r\n\rc\r\n"
        );
        assert_eq!(LineEnds::Lf.in_all(b"a\nb\r\n\rc\r\n"), b"a\nb\n\rc\n");
    }
}
