//! `merge-conflict`: no conflict that git wrote into a file is committed.
//!
//! A conflict is `<<<<<<< OURS`, perhaps `||||||| BASE`, `=======` and `>>>>>>> THEIRS`, in this order, each at the start of a line
//! and of the same length (seven, or what the attribute `conflict-marker-size` says above that). That is found always: a heading
//! underlined with `=======` has nothing above it that git writes. While a merge is under way, and with `--always`, an opening or a
//! closing marker without the others is found too: somebody has taken away half of a conflict.
//!
//! A native gate, called by the run with one content after another. It reads and writes nothing itself.

use memchr::memmem::Finder;

use super::{Builtin, Gate, Subject, arguments, place};
use crate::error::Result;
use crate::finding::Finding;

const ARGUMENTS: [&str; 1] = ["--always"];

pub(super) const BUILTIN: Builtin = Builtin {
    name: "merge-conflict",
    title: "No conflict markers",
    group: "hygiene",
    files: &[],
    fixes: false,
    arguments: &ARGUMENTS,
    configure,
};

/// The shortest marker.
const SHORTEST: usize = 7;

struct MergeConflict {
    always: bool,
    opening: Finder<'static>,
    closing: Finder<'static>,
}

/// Which marker a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Opening,
    Base,
    Middle,
    Closing,
}

/// A line that is a marker.
#[derive(Debug, Clone, Copy)]
struct Marker {
    kind: Kind,
    length: usize,
    /// The line, from 1.
    line: u32,
}

/// A conflict of which the closing marker has not come yet.
struct Open {
    marker: Marker,
    has_middle: bool,
}

fn configure(given: &[String]) -> Result<Box<dyn Gate>> {
    let mut always = false;
    arguments::read(given, &ARGUMENTS, |_, _| {
        always = true;
        Ok(())
    })?;
    Ok(Box::new(MergeConflict {
        always,
        opening: Finder::new(&[b'<'; SHORTEST]).into_owned(),
        closing: Finder::new(&[b'>'; SHORTEST]).into_owned(),
    }))
}

impl Marker {
    /// The marker that this line is, without its line feed.
    fn read(line: &[u8], number: u32) -> Option<Self> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (first, kind) = match *line.first()? {
            first @ b'<' => (first, Kind::Opening),
            first @ b'|' => (first, Kind::Base),
            first @ b'=' => (first, Kind::Middle),
            first @ b'>' => (first, Kind::Closing),
            _ => return None,
        };
        let length = line.iter().take_while(|it| **it == first).count();
        let label = &line[length..];
        let has_form = match kind {
            Kind::Middle => label.is_empty(),
            Kind::Base => label.is_empty() || label.starts_with(b" "),
            Kind::Opening | Kind::Closing => label.starts_with(b" "),
        };
        (length >= SHORTEST && has_form).then_some(Self {
            kind,
            length,
            line: number,
        })
    }
}

impl MergeConflict {
    /// Every complete conflict by its opening marker, and every opening or closing marker that belongs to none.
    fn conflicts(text: &[u8]) -> (Vec<Marker>, Vec<Marker>) {
        let (mut complete, mut stray) = (Vec::<Marker>::new(), Vec::new());
        // Innermost last: a base that had a conflict itself has it between longer markers.
        let mut open: Vec<Open> = Vec::new();
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
        for (index, end) in ends.enumerate() {
            let line = &text[start..end];
            start = end + 1;
            let Some(marker) = Marker::read(line, place::number(index)) else {
                continue;
            };
            let same = open
                .iter()
                .position(|it| it.marker.length == marker.length && marker.kind != Kind::Opening);
            match (marker.kind, same) {
                (Kind::Opening, _) => {
                    while let Some(it) = open.pop_if(|it| it.marker.length >= marker.length) {
                        stray.push(it.marker);
                    }
                    open.push(Open {
                        marker,
                        has_middle: false,
                    });
                }
                (Kind::Middle, Some(at)) => open[at].has_middle = true,
                (Kind::Closing, Some(at)) if open[at].has_middle => {
                    let whole = open[at].marker;
                    stray.extend(open.drain(at..).skip(1).map(|it| it.marker));
                    while complete.pop_if(|it| it.line > whole.line).is_some() {}
                    complete.push(whole);
                }
                (Kind::Closing, _) => stray.push(marker),
                (Kind::Middle | Kind::Base, _) => {}
            }
        }
        stray.extend(open.into_iter().map(|it| it.marker));
        (complete, stray)
    }
}

impl Gate for MergeConflict {
    fn check(&self, subject: &Subject) -> Vec<Finding> {
        let Some(text) = subject.text() else {
            return Vec::new();
        };
        let is_strict = self.always || subject.in_merge;
        if self.opening.find(text).is_none() && !(is_strict && self.closing.find(text).is_some()) {
            return Vec::new();
        }
        let (complete, stray) = Self::conflicts(text);
        let whole = complete
            .into_iter()
            .map(|it| (it.line, "merge conflict that is not resolved".to_owned()));
        let half = stray.into_iter().map(|it| {
            let marker = if it.kind == Kind::Opening { "<" } else { ">" };
            let message = format!("conflict marker `{}` left behind", marker.repeat(SHORTEST));
            (it.line, message)
        });
        let mut found: Vec<_> = whole.chain(half.filter(|_| is_strict)).collect();
        found.sort_unstable_by_key(|(line, _)| *line);
        found
            .into_iter()
            .map(|(line, message)| {
                Finding::error(BUILTIN.name, message)
                    .in_file(&subject.file.path)
                    .at(line, Some(1))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::gate::builtin::tests::{configured, found};

    fn check(arguments: &[&str], text: &str, in_merge: bool) -> Vec<String> {
        let gate = configured("merge-conflict", arguments);
        let unix = found(&*gate, "a.rst", text.as_bytes(), in_merge);
        let dos = text.replace('\n', "\r\n");
        assert_eq!(found(&*gate, "a.rst", dos.as_bytes(), in_merge), unix);
        unix
    }

    const WHOLE: &str = "merge conflict that is not resolved";

    #[test]
    fn a_conflict_is_found_always() {
        for text in [
            "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\nd\n",
            "a\n<<<<<<< HEAD\nb\n||||||| 1f2e3d4\nx\n=======\nc\n>>>>>>> other\n",
            "a\n<<<<<<< ours\n|||||||\n=======\n>>>>>>> theirs",
            "a\n<<<<<<<<<<<< HEAD\nb\n============\n>>>>>>>>>>>> other\n",
            // A base that is itself the result of a merge with a conflict.
            "a\n<<<<<<< HEAD\n||||||| base\n<<<<<<<<< one\n=========\n>>>>>>>>> two\n=======\nc\n>>>>>>> other\n",
        ] {
            for in_merge in [false, true] {
                assert_eq!(
                    check(&[], text, in_merge),
                    [format!("2:1 {WHOLE}")],
                    "{text}"
                );
            }
        }
        let two = "<<<<<<< a\n=======\n>>>>>>> b\nx\n<<<<<<< a\n=======\n>>>>>>> b\n";
        assert_eq!(
            check(&[], two, false),
            [format!("1:1 {WHOLE}"), format!("5:1 {WHOLE}")]
        );
    }

    #[test]
    fn half_a_conflict_is_found_in_a_merge_or_when_asked() {
        for (text, said) in [
            (
                "<<<<<<< HEAD\n",
                "1:1 conflict marker `<<<<<<<` left behind",
            ),
            (
                "a\n>>>>>>> b\n",
                "2:1 conflict marker `>>>>>>>` left behind",
            ),
            (
                "<<<<<<< a\nb\n>>>>>>> c\n",
                "1:1 conflict marker `<<<<<<<` left behind",
            ),
            (
                ">>>>>>> a\n=======\n<<<<<<< b\n",
                "1:1 conflict marker `>>>>>>>` left behind",
            ),
        ] {
            assert_eq!(check(&[], text, false), [""; 0], "{text}");
            assert_eq!(check(&[], text, true)[0], said);
            assert_eq!(check(&["--always"], text, false)[0], said);
        }
    }

    #[test]
    fn what_is_no_marker_passes_even_in_a_merge() {
        for text in [
            "Title\n=======\n\ntext\n",
            "=======\nTitle\n=======\n",
            "Title\n<<<<<<<\n\nTitle\n=======\n\nTitle\n>>>>>>>\n",
            "||||||| x\n=======\n",
            "# <<<<<<< HEAD\n# =======\n# >>>>>>> other\n",
            "  <<<<<<< HEAD\n  =======\n  >>>>>>> other\n",
            "x <<<<<<< HEAD\n=======\nx >>>>>>> other\n",
            "<<<<<< HEAD\n======\n>>>>>> other\n",
            "<<<<<<<HEAD\n=======\n>>>>>>>other\n",
            "",
        ] {
            assert_eq!(check(&["--always"], text, true), [""; 0], "{text}");
        }
        // The middle has to be of the same length.
        let text = "<<<<<<< a\n========\n>>>>>>> b\n";
        assert_eq!(check(&[], text, false), [""; 0]);
    }
}
