//! Contents of files: each has words that no other has, so that whatever is lost is missed.

use super::random::Random;

/// What lines end in.
#[derive(Debug, Clone, Copy)]
pub(super) enum LineEnd {
    Lf,
    CrLf,
    /// Both.
    Mixed,
}

impl LineEnd {
    pub(super) fn any(random: &mut Random) -> Self {
        *random.pick(&[Self::Lf, Self::Lf, Self::Lf, Self::CrLf, Self::Mixed])
    }

    fn bytes(self, random: &mut Random) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::Mixed if random.one_in(2) => b"\n",
            Self::CrLf | Self::Mixed => b"\r\n",
        }
    }
}

/// A text that the gates of this suite may find something in: white space at ends of lines, `todo`, a wrong end of the file.
pub(super) fn text(random: &mut Random, mark: &str, ends: LineEnd) -> Vec<u8> {
    let lines = *random.pick(&[1, 5, 9, 12, 12, 40]);
    let lines = if random.one_in(40) { 3000 } else { lines };
    let mut text = Vec::new();
    for number in 0..lines {
        text.extend_from_slice(&line(random, &format!("{mark}-{number}")));
        text.extend_from_slice(ends.bytes(random));
    }
    match random.below(8) {
        0 => text.extend_from_slice(b"\n\n"),
        1 => text.extend_from_slice(b"no end"),
        2 => text.extend_from_slice(b" \t"),
        _ => {}
    }
    text
}

fn line(random: &mut Random, mark: &str) -> Vec<u8> {
    let starts = ["x = ", "x = ", "x = ", "    ", "# todo ", "$Id$ ", ""];
    let start = random.pick(&starts);
    let ends = ["", "", "", "", "", "", "", "", " ", "\t", "  ", " \t  "];
    let end = random.pick(&ends);
    format!("{start}{mark}{end}").into_bytes()
}

/// The same with another line at this place; the line's end stays.
pub(super) fn edited(random: &mut Random, text: &[u8], at: Place, mark: &str) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let at = match at {
        Place::Start => 0,
        Place::Middle => lines.len() / 2,
    };
    let mut new = Vec::new();
    for (number, old) in lines.iter().enumerate() {
        if number == at {
            let length = old
                .iter()
                .rposition(|byte| !b"\r\n".contains(byte))
                .map_or(0, |it| it + 1);
            new.extend_from_slice(&line(random, mark));
            new.extend_from_slice(&old[length..]);
        } else {
            new.extend_from_slice(old);
        }
    }
    if lines.is_empty() {
        new = line(random, mark);
    }
    new
}

/// Where a text is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    Middle,
}

/// No text.
pub(super) fn binary(random: &mut Random, mark: &str) -> Vec<u8> {
    let mut bytes = b"\x89BIN\0 \r\n\x1a\n".to_vec();
    bytes.extend_from_slice(mark.as_bytes());
    bytes.extend((0..random.below(200)).map(|_| u8::try_from(random.below(256)).unwrap()));
    bytes.extend_from_slice(b" \n");
    bytes
}

/// What no gate of this suite changes: the words, and the kind of every line's end but those at the end of the file. Two contents
/// of which one is the other mended are the same here.
pub(super) fn essence(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    while let Some((last, before)) = rest.split_last()
        && b"\r\n \t".contains(last)
    {
        rest = before;
    }
    let mut new = Vec::new();
    for line in rest.split_inclusive(|byte| *byte == b'\n') {
        let ends_at = line
            .iter()
            .rposition(|byte| !b"\r\n".contains(byte))
            .map_or(0, |it| it + 1);
        let (words, end) = line.split_at(ends_at);
        let words = words.trim_ascii_end();
        new.extend_from_slice(&without_id(&hushed(words)));
        new.extend_from_slice(end);
    }
    new
}

/// `TODO` is what the gate `shout` makes of `todo`; `GBQB` is the same as the filter `rot` stores it.
fn hushed(line: &[u8]) -> Vec<u8> {
    let mut new = line.to_vec();
    for start in 0..new.len().saturating_sub(3) {
        let word = &mut new[start..start + 4];
        if word == b"TODO" || word == b"GBQB" {
            word.make_ascii_lowercase();
        }
    }
    new
}

/// `$Id: … $` is what git makes of `$Id$` in the work tree.
fn without_id(line: &[u8]) -> Vec<u8> {
    let Some(start) = line.windows(5).position(|it| it == b"$Id: ") else {
        return line.to_vec();
    };
    let Some(length) = line[start + 5..].iter().position(|byte| *byte == b'$') else {
        return line.to_vec();
    };
    [&line[..start], b"$Id$", &line[start + 5 + length + 1..]].concat()
}

#[test]
fn the_essence_is_what_a_fix_leaves() {
    assert_eq!(
        essence(b"a \r\n# TODO b\t\n$Id: 12 $ c\n\n\n"),
        essence(b"a\r\n# todo b\n$Id$ c")
    );
    assert_ne!(essence(b"a\r\nb\n"), essence(b"a\nb\n"));
    assert_ne!(essence(b" a\n"), essence(b"a\n"));
    assert_ne!(essence(b"a\n\nb\n"), essence(b"a\nb\n"));
}
