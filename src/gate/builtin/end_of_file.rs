//! `end-of-file`: a text ends with exactly one line ending, of the kind that it has already; an empty file stays empty.
//!
//! A lone carriage return counts as a line ending here, so that a text of an old Macintosh keeps its own.
//!
//! A native gate, called by the run with one content after another. It reads and writes nothing itself.

use super::{Builtin, Gate, Subject, arguments, place};
use crate::error::Result;
use crate::finding::Finding;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "end-of-file",
    title: "Exactly one line ending at the end of a file",
    group: "hygiene",
    files: &[],
    fixes: true,
    arguments: &[],
    configure: |given| -> Result<Box<dyn Gate>> {
        arguments::read(given, &[], |_, _| Ok(()))?;
        Ok(Box::new(EndOfFile))
    },
};

struct EndOfFile;

/// How a text ends.
enum End {
    /// As it should.
    Right,
    /// In the middle of a line, which should end so.
    Open(&'static [u8]),
    /// In line endings only from `content` on, of which the first should stay.
    Blank {
        content: usize,
        first: &'static [u8],
    },
    /// It is nothing but line endings.
    Nothing,
}

fn end(text: &[u8]) -> End {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    match text.last() {
        None => return End::Right,
        Some(last) if !is_end(last) => return End::Open(own(text)),
        Some(_) => {}
    }
    let Some(last) = text.iter().rposition(|it| !is_end(it)) else {
        return End::Nothing;
    };
    let content = last + 1;
    let first: &[u8] = match &text[content..] {
        b"\n" | b"\r\n" | b"\r" => return End::Right,
        [b'\n', ..] => b"\n",
        // `\r\r\n` is what is left of `\r\n` where something took `\n` for a line ending and wrote `\r\n` for it.
        ends if ends.contains(&b'\n') => b"\r\n",
        _ => b"\r",
    };
    End::Blank { content, first }
}

/// The last line ending of this text; a line feed where it has none.
fn own(text: &[u8]) -> &'static [u8] {
    match memchr::memrchr(b'\n', text) {
        Some(at) if text[..at].ends_with(b"\r") => b"\r\n",
        None if memchr::memchr(b'\r', text).is_some() => b"\r",
        _ => b"\n",
    }
}

impl Gate for EndOfFile {
    fn check(&self, subject: &Subject) -> Vec<Finding> {
        let Some(text) = subject.text() else {
            return Vec::new();
        };
        let (message, line, column) = match end(text) {
            End::Right => return Vec::new(),
            End::Open(_) => (
                "no line ending at the end of the file".to_owned(),
                place::line(text, text.len()),
                Some(place::column(text, text.len())),
            ),
            End::Blank { content, first } => {
                let start = content + first.len();
                let lines = memchr::memchr_iter(b'\n', &text[start..]).count();
                let message = match lines {
                    0 => "superfluous carriage returns at the end of the file".to_owned(),
                    1 => "a blank line at the end of the file".to_owned(),
                    _ => format!("{lines} blank lines at the end of the file"),
                };
                (message, place::line(text, start), None)
            }
            End::Nothing => ("nothing but blank lines in the file".to_owned(), 1, None),
        };
        let finding = Finding::error(BUILTIN.name, message).in_file(&subject.file.path);
        vec![finding.at(line, column)]
    }

    fn fix(&self, subject: &Subject) -> Option<Vec<u8>> {
        let text = subject.text()?;
        match end(text) {
            End::Right => None,
            End::Open(ending) => Some([text, ending].concat()),
            End::Blank { content, first } => Some([&text[..content], first].concat()),
            End::Nothing => Some(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::gate::builtin::tests::{configured, fixed, found};

    #[test]
    fn a_text_gets_exactly_one_line_ending_of_its_own_kind() {
        let gate = configured("end-of-file", &[]);
        for (before, after) in [
            (b"".as_slice(), b"".as_slice()),
            (b"a\n", b"a\n"),
            (b"a\r\n", b"a\r\n"),
            (b"a\r", b"a\r"),
            (b"\n", b""),
            (b"\n\n\n", b""),
            (b"\r\n\r\n", b""),
            (b"\r", b""),
            (b"\n\r\r\n", b""),
            (b"a", b"a\n"),
            (b"a\nb", b"a\nb\n"),
            (b"a\r\nb", b"a\r\nb\r\n"),
            (b"a\rb", b"a\rb\r"),
            (b"a\r\nb\nc", b"a\r\nb\nc\n"),
            (b"a\r\rb\nc", b"a\r\rb\nc\n"),
            (b"a\n\n\n", b"a\n"),
            (b"a\r\n\r\n\r\n", b"a\r\n"),
            (b"a\r\r\r\r", b"a\r"),
            (b"a\n\r", b"a\n"),
            (b"a\n\r\n", b"a\n"),
            (b"a\r\n\n", b"a\r\n"),
            (b"a\r\r\n", b"a\r\n"),
            (b"a\r\n\r", b"a\r\n"),
            ("\u{2603}".as_bytes(), "\u{2603}\n".as_bytes()),
            ("\u{2603}\n\n".as_bytes(), "\u{2603}\n".as_bytes()),
            (b"\xff", b"\xff\n"),
            (b"a\n  ", b"a\n  \n"),
        ] {
            let shown = before.escape_ascii();
            assert_eq!(
                fixed(&*gate, "a.txt", before).escape_ascii().to_string(),
                after.escape_ascii().to_string(),
                "{shown}"
            );
            let is_clean = found(&*gate, "a.txt", before, false).is_empty();
            assert_eq!(is_clean, before == after, "{shown}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        let gate = configured("end-of-file", &[]);
        for (bytes, said) in [
            (
                b"a\nbc".as_slice(),
                "2:3 no line ending at the end of the file",
            ),
            (b"a\n\n", "2:- a blank line at the end of the file"),
            (b"a\r\n\r\n\r\n", "2:- 2 blank lines at the end of the file"),
            (
                b"a\r\r",
                "1:- superfluous carriage returns at the end of the file",
            ),
            (b"\n\n", "1:- nothing but blank lines in the file"),
        ] {
            assert_eq!(found(&*gate, "a.txt", bytes, false), [said]);
        }
    }
}
