//! The ways in which one file of a repository can be dirty.

use super::content::{LineEnd, Place, binary, edited, text};
use super::node::{Layout, Node};
use super::random::Random;

/// The situations, and the list of them.
macro_rules! situations {
    ($($name:ident),+ $(,)?) => {
        /// How one file stands in the last commit, in the index, and in the work tree.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Situation {
            $($name),+
        }

        impl Situation {
            pub(super) const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

situations![
    Clean,
    StagedEdit,
    StagedAndEditedElsewhere,
    StagedAndEditedOnTheSameLine,
    StagedAndEditedThroughout,
    StagedAndTakenBack,
    StagedAndMadeExecutable,
    StagedAndRemoved,
    StagedAndALink,
    StagedAndAFolder,
    StagedBehindALinkedFolder,
    StagedAndHardLinked,
    Edited,
    EditedBinary,
    EditedAtTheSameMoment,
    StagedBinaryAndEdited,
    Removed,
    RemovedAndStaged,
    New,
    NewAndEdited,
    NewAndRemoved,
    NewReadOnly,
    Executable,
    MadeExecutable,
    MadeExecutableAndStaged,
    ExecutableStagedAndNotAnyMore,
    LinkRetargeted,
    LinkRetargetedAndStaged,
    LinkOutside,
    FileToLink,
    FileToLinkAndStaged,
    LinkToFile,
    LinkToFileAndStaged,
    IntentToAdd,
    Untracked,
    Ignored,
    RemovedFromTheIndex,
    Empty,
    Emptied,
    EmptiedAndStaged,
    OnlyLineEnds,
    Renamed,
    AssumedUnchanged,
    Skipped,
    EmptyFolder,
];

/// What only git can do, or only a file system, once everything lies in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum After {
    /// `git add --intent-to-add`.
    IntentToAdd(Vec<u8>),
    /// `git update-index --assume-unchanged`.
    AssumeUnchanged(Vec<u8>),
    /// `git update-index --skip-worktree`.
    SkipWorkTree(Vec<u8>),
    /// The file gets another name outside of the repository.
    HardLink(Vec<u8>),
    /// Its time of change is what it was before it was edited.
    SameTime(Vec<u8>),
}

/// One situation, with its files.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) base: Layout,
    pub(super) staged: Layout,
    pub(super) work: Layout,
    pub(super) after: Option<After>,
}

/// A file outside of the repository; `outside` in a link's target stands for it.
pub(super) const OUTSIDE: &[u8] = b"@outside@";

impl Situation {
    /// Makes it up. `mark` is in all its words, `path` is where its file lies.
    pub(super) fn slot(self, random: &mut Random, mark: &str, path: &[u8]) -> Slot {
        use Situation::*;
        let ends = LineEnd::any(random);
        let old = text(random, &format!("{mark}-base"), ends);
        let staged = edited(random, &old, Place::Start, &format!("{mark}-staged"));
        let again = format!("{mark}-work");
        let edit = |random: &mut Random, of: &[u8], at| edited(random, of, at, &again);
        let one = |node: Node| Layout::from([(path.to_vec(), node)]);
        let file = |bytes: &[u8]| one(Node::file(bytes));
        let executable = |bytes: &[u8]| one(Node::moded(0o755, bytes));
        let none = Layout::new;
        let nowhere = format!("nowhere-{mark}");
        let links = [&nowhere, ".", "pyproject.toml", "../..", "/dev/null"];
        let target = |random: &mut Random| (*random.pick(&links)).to_owned();
        let link = |target: &str| one(Node::link(target));
        let mut after = None;
        let (base, index, work) = match self {
            Clean => (file(&old), file(&old), file(&old)),
            StagedEdit => (file(&old), file(&staged), file(&staged)),
            StagedAndEditedElsewhere => {
                let work = edit(random, &staged, Place::Middle);
                (file(&old), file(&staged), file(&work))
            }
            StagedAndEditedOnTheSameLine => {
                let work = edit(random, &staged, Place::Start);
                (file(&old), file(&staged), file(&work))
            }
            StagedAndEditedThroughout => {
                let work = text(random, &again, ends);
                (file(&old), file(&staged), file(&work))
            }
            StagedAndTakenBack => (file(&old), file(&staged), file(&old)),
            StagedAndMadeExecutable => (file(&old), file(&staged), executable(&staged)),
            StagedAndRemoved => (file(&old), file(&staged), none()),
            StagedAndALink => {
                let target = target(random);
                (file(&old), file(&staged), link(&target))
            }
            StagedAndAFolder => {
                let inner = [path, b"/inner.txt"].concat();
                let mut work = one(Node::Folder);
                work.insert(inner, Node::file(text(random, &again, ends)));
                (file(&old), file(&staged), work)
            }
            StagedBehindALinkedFolder => {
                let (folder, other) = ([path, b".d"].concat(), [path, b".e"].concat());
                let inner = [&folder, b"/f.py".as_slice()].concat();
                let base = Layout::from([(inner.clone(), Node::file(old.as_slice()))]);
                let index = Layout::from([(inner, Node::file(staged.as_slice()))]);
                let name = other.rsplit(|byte| *byte == b'/').next().unwrap();
                let work = Layout::from([
                    (folder, Node::link(name)),
                    // The same content: where a link is followed, this one is what is mended.
                    (
                        [&other, b"/f.py".as_slice()].concat(),
                        Node::file(staged.as_slice()),
                    ),
                ]);
                (base, index, work)
            }
            StagedAndHardLinked => {
                after = Some(After::HardLink(path.to_vec()));
                (file(&old), file(&staged), file(&staged))
            }
            Edited => {
                let place = *random.pick(&[Place::Start, Place::Middle]);
                let work = edit(random, &old, place);
                (file(&old), file(&old), file(&work))
            }
            EditedBinary => {
                let old = binary(random, mark);
                let work = binary(random, &again);
                (file(&old), file(&old), file(&work))
            }
            EditedAtTheSameMoment => {
                // As long as it was, too.
                after = Some(After::SameTime(path.to_vec()));
                let mut work = staged.clone();
                if let Some(last) = work.iter_mut().find(|it| it.is_ascii_digit()) {
                    *last = b'~';
                }
                (file(&old), file(&staged), file(&work))
            }
            StagedBinaryAndEdited => {
                let old = binary(random, mark);
                let staged = binary(random, &format!("{mark}-staged todo"));
                let work = binary(random, &again);
                (file(&old), file(&staged), file(&work))
            }
            Removed => (file(&old), file(&old), none()),
            RemovedAndStaged => (file(&old), none(), none()),
            New => (none(), file(&staged), file(&staged)),
            NewAndEdited => {
                let work = edit(random, &staged, Place::Middle);
                (none(), file(&staged), file(&work))
            }
            NewAndRemoved => (none(), file(&staged), none()),
            NewReadOnly => {
                let read_only = one(Node::moded(0o440, staged.as_slice()));
                (none(), read_only.clone(), read_only)
            }
            Executable => (executable(&old), executable(&staged), executable(&staged)),
            MadeExecutable => (file(&old), file(&old), executable(&old)),
            MadeExecutableAndStaged => (file(&old), executable(&staged), executable(&staged)),
            ExecutableStagedAndNotAnyMore => {
                let work = edit(random, &staged, Place::Middle);
                (file(&old), executable(&staged), file(&work))
            }
            LinkRetargeted => {
                let (one, other) = (target(random), target(random));
                (link(&one), link(&one), link(&format!("{other}2")))
            }
            LinkRetargetedAndStaged => {
                let (one, other) = (target(random), target(random));
                (
                    link(&one),
                    link(&format!("{other}2")),
                    link(&format!("{other}3")),
                )
            }
            LinkOutside => {
                let outside = one(Node::link(OUTSIDE));
                (file(&old), file(&staged), outside)
            }
            FileToLink => {
                let target = target(random);
                (file(&old), file(&old), link(&target))
            }
            FileToLinkAndStaged => {
                let target = target(random);
                (file(&old), link(&target), link(&format!("{target}2")))
            }
            LinkToFile => {
                let target = target(random);
                (link(&target), link(&target), file(&staged))
            }
            LinkToFileAndStaged => {
                let work = edit(random, &staged, Place::Middle);
                (link(&target(random)), file(&staged), file(&work))
            }
            IntentToAdd => {
                after = Some(After::IntentToAdd(path.to_vec()));
                (none(), none(), file(&staged))
            }
            Untracked => (none(), none(), file(&staged)),
            Ignored => {
                let path = [path, b".ignored"].concat();
                let work = Layout::from([(path, Node::file(staged.as_slice()))]);
                (none(), none(), work)
            }
            RemovedFromTheIndex => {
                let work = edit(random, &old, Place::Middle);
                (file(&old), none(), file(&work))
            }
            Empty => (none(), file(b""), file(b"")),
            Emptied => (file(&old), file(&staged), file(b"")),
            EmptiedAndStaged => (file(&old), file(b""), file(&staged)),
            OnlyLineEnds => (file(&old), file(b"\n\n\n"), file(b"\n\n\n")),
            Renamed => {
                let new = [path, b".new"].concat();
                let index = Layout::from([(new.clone(), Node::file(staged.as_slice()))]);
                let work = edit(random, &staged, Place::Middle);
                let work = Layout::from([(new, Node::file(work))]);
                (file(&old), index, work)
            }
            AssumedUnchanged => {
                after = Some(After::AssumeUnchanged(path.to_vec()));
                let work = edit(random, &staged, Place::Middle);
                (file(&old), file(&staged), file(&work))
            }
            Skipped => {
                after = Some(After::SkipWorkTree(path.to_vec()));
                (file(&old), file(&staged), file(&staged))
            }
            EmptyFolder => (none(), none(), one(Node::Folder)),
        };
        Slot {
            base,
            staged: index,
            work,
            after,
        }
    }
}
