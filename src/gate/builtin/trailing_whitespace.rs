//! `trailing-whitespace`: no line ends in spaces or tabs.
//!
//! A line ends at a line feed; carriage returns right before it, or before the end of the file, belong to its ending and stay as
//! they are. A form feed is a page break and stays. In Markdown two spaces at the end of a line are a hard line break and stay;
//! more than two mean the same and become two.
//!
//! A native gate, called by the run with one content after another. It reads and writes nothing itself.

use super::{Builtin, Gate, Subject, arguments, place};
use crate::error::{Error, Result};
use crate::finding::Finding;

const ARGUMENTS: [&str; 2] = [
    "--markdown-line-breaks=EXTENSION,…|*|none",
    "--characters=CHARACTERS",
];

pub(super) const BUILTIN: Builtin = Builtin {
    name: "trailing-whitespace",
    title: "No whitespace at the end of lines",
    group: "hygiene",
    files: &[],
    fixes: true,
    arguments: &ARGUMENTS,
    configure,
};

/// Findings in one file after which the rest is only counted: a file that is wrong throughout needs no line for each line.
const MOST: usize = 50;

struct TrailingWhitespace {
    /// By byte: whether it belongs to the end of a line, as whitespace or as a carriage return.
    is_end: [bool; 256],
    /// Whether every such byte is a space or a control character, as they are unless somebody named others.
    is_usual: bool,
    line_breaks: LineBreaks,
}

/// Where two spaces at the end of a line mean something.
enum LineBreaks {
    /// In files whose names end so, in lower case, without the dot.
    In(Vec<String>),
    /// Everywhere.
    Everywhere,
}

/// The end of a line that is not as it should be.
struct Surplus<'a> {
    /// The line, from 1.
    line: u32,
    /// Where its end begins.
    start: usize,
    /// Whitespace and carriage returns as they are.
    found: &'a [u8],
    /// Whether two spaces of it stay.
    keeps_break: bool,
}

fn configure(given: &[String]) -> Result<Box<dyn Gate>> {
    let mut line_breaks = LineBreaks::In(vec!["md".to_owned(), "markdown".to_owned()]);
    let mut characters = vec![b' ', b'\t', b'\x0b'];
    arguments::read(given, &ARGUMENTS, |name, value| {
        if name == "characters" {
            characters = read_characters(value)?;
        } else {
            line_breaks = read_extensions(value)?;
        }
        Ok(())
    })?;
    let is_usual = characters.iter().all(|it| *it <= b' ');
    let mut is_end = [false; 256];
    for byte in characters.into_iter().chain([b'\r']) {
        is_end[usize::from(byte)] = true;
    }
    Ok(Box::new(TrailingWhitespace {
        is_end,
        is_usual,
        line_breaks,
    }))
}

fn read_characters(value: &str) -> Result<Vec<u8>> {
    let allowed = |it: u8| it.is_ascii() && !matches!(it, b'\n' | b'\r');
    if value.is_empty() || !value.bytes().all(allowed) {
        let error = Error::new(format!(
            "`--characters={}` is not a list of ASCII characters",
            value.escape_debug()
        ));
        return Err(error.hint(
            "name those to take away, as in `--characters= \\t`; line ends are none of them",
        ));
    }
    Ok(value.bytes().collect())
}

fn read_extensions(value: &str) -> Result<LineBreaks> {
    match value {
        "*" => return Ok(LineBreaks::Everywhere),
        "none" => return Ok(LineBreaks::In(Vec::new())),
        _ => {}
    }
    let extensions = value.split(',').map(|it| {
        let bare = it.strip_prefix('.').unwrap_or(it);
        let is_one = !bare.is_empty()
            && bare
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'_');
        is_one.then(|| bare.to_ascii_lowercase())
    });
    match extensions.collect() {
        Some(all) => Ok(LineBreaks::In(all)),
        None => Err(
            Error::new(format!("`--markdown-line-breaks={value}` is not a list of extensions"))
                .hint("write it as in `--markdown-line-breaks=md,markdown`, `*` for all files, `none` for no file"),
        ),
    }
}

impl TrailingWhitespace {
    /// Shows every line end that is not as it should be, first to last.
    fn each<'a>(&self, subject: &'a Subject, mut take: impl FnMut(Surplus<'a>)) {
        let Some(text) = subject.text() else { return };
        if self.is_usual && !may_have_surplus(text) {
            return;
        }
        let mut start = 0;
        let mut has_breaks = None;
        let mut look = |index: usize, line: &'a [u8], start: usize| {
            if !line.last().is_some_and(|it| self.is_end[usize::from(*it)]) {
                return;
            }
            let has_breaks = *has_breaks.get_or_insert_with(|| self.line_breaks.hold_in(subject));
            if let Some((at, keeps_break)) = self.surplus(line, has_breaks) {
                take(Surplus {
                    line: place::number(index),
                    start: start + at,
                    found: &line[at..],
                    keeps_break,
                });
            }
        };
        let mut lines = 0;
        for end in memchr::memchr_iter(b'\n', text) {
            look(lines, &text[start..end], start);
            start = end + 1;
            lines += 1;
        }
        look(lines, &text[start..], start);
    }

    /// Where the end of this line begins and whether two spaces of it stay, if it is not as it should be.
    fn surplus(&self, line: &[u8], has_breaks: bool) -> Option<(usize, bool)> {
        let at = line
            .iter()
            .rposition(|it| !self.is_end[usize::from(*it)])
            .map_or(0, |it| it + 1);
        let found = &line[at..];
        let spaces = found.len() - returns(found);
        let keeps_break = has_breaks && at > 0 && found[..spaces].ends_with(b"  ");
        let is_clean = match spaces {
            0 => true,
            2 => keeps_break,
            _ => false,
        };
        (!is_clean).then_some((at, keeps_break))
    }
}

impl LineBreaks {
    fn hold_in(&self, subject: &Subject) -> bool {
        let Self::In(extensions) = self else {
            return true;
        };
        let name = subject.file.path.file_name();
        let Some(dot) = memchr::memrchr(b'.', name) else {
            return false;
        };
        extensions
            .iter()
            .any(|it| name[dot + 1..].eq_ignore_ascii_case(it.as_bytes()))
    }
}

impl Surplus<'_> {
    /// How much of the line's end is right already.
    fn right(&self) -> usize {
        if self.keeps_break && self.found.starts_with(b"  ") {
            2
        } else {
            0
        }
    }
}

/// Whether any line ends in a space or a control character. Most files have no such line, and this is said at many bytes in
/// each step: the compiler makes it vector code, which it can't of a walk from line to line.
fn may_have_surplus(text: &[u8]) -> bool {
    const STEP: usize = 512;
    let Some((last, before)) = text.split_last() else {
        return false;
    };
    let is_odd = |byte: u8| matches!(byte, 0..=b'\t' | b'\x0b'..=b' ');
    let mut pairs = before.chunks(STEP).zip(text[1..].chunks(STEP));
    is_odd(*last)
        || pairs.any(|(these, next)| {
            these.iter().zip(next).fold(false, |any, (this, next)| {
                any | ((*next == b'\n') & is_odd(*this))
            })
        })
}

/// How many carriage returns the end of a line closes with.
fn returns(end: &[u8]) -> usize {
    end.iter().rev().take_while(|it| **it == b'\r').count()
}

impl Gate for TrailingWhitespace {
    fn check(&self, subject: &Subject) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        let mut more = 0;
        self.each(subject, |it| {
            if findings.len() == MOST {
                more += 1;
                return;
            }
            let column = place::column(&subject.bytes, it.start + it.right());
            findings.push(
                Finding::error(BUILTIN.name, "trailing whitespace")
                    .in_file(&subject.file.path)
                    .at(it.line, Some(column)),
            );
        });
        if let (1.., Some(last)) = (more, findings.last_mut()) {
            last.message = format!("trailing whitespace, here and in {more} more lines");
        }
        findings
    }

    fn fix(&self, subject: &Subject) -> Option<Vec<u8>> {
        let mut fixed: Option<Vec<u8>> = None;
        let mut copied = 0;
        self.each(subject, |it| {
            let fixed = fixed.get_or_insert_with(|| Vec::with_capacity(subject.bytes.len()));
            fixed.extend_from_slice(&subject.bytes[copied..it.start]);
            if it.keeps_break {
                fixed.extend_from_slice(b"  ");
            }
            fixed.extend(it.found.iter().filter(|byte| **byte == b'\r'));
            copied = it.start + it.found.len();
        });
        let mut fixed = fixed?;
        fixed.extend_from_slice(&subject.bytes[copied..]);
        Some(fixed)
    }
}

#[cfg(test)]
mod tests {
    use crate::gate::builtin::tests::{configured, fixed, found, refused};

    /// Holds the fix to a table, and the check to the fix.
    fn hold(arguments: &[&str], path: &str, table: &[(&[u8], &[u8])]) {
        let gate = configured("trailing-whitespace", arguments);
        for (before, after) in table {
            let shown = before.escape_ascii();
            assert_eq!(
                fixed(&*gate, path, before).escape_ascii().to_string(),
                after.escape_ascii().to_string(),
                "{path}: {shown}"
            );
            let is_clean = found(&*gate, path, before, false).is_empty();
            assert_eq!(is_clean, before == after, "{path}: {shown}");
        }
    }

    #[test]
    fn lines_lose_their_trailing_whitespace_and_nothing_else() {
        hold(
            &[],
            "a.py",
            &[
                (b"", b""),
                (b"a\nb\n", b"a\nb\n"),
                (b"a \nb\t \n", b"a\nb\n"),
                (b"a \r\nb\r\n", b"a\r\nb\r\n"),
                (b"a\n \t\n\nb", b"a\n\n\nb"),
                (b"a  ", b"a"),
                (b" ", b""),
                (b"  a\tb\n", b"  a\tb\n"),
                (b"a\x0b\n", b"a\n"),
                (b"\x0c\na \x0c \n", b"\x0c\na \x0c\n"),
                (b"\xff\xfe \n\x80 \n", b"\xff\xfe\n\x80\n"),
                (
                    "\u{a0}\n\u{3000} \n".as_bytes(),
                    "\u{a0}\n\u{3000}\n".as_bytes(),
                ),
                (b"a \r\r\n", b"a\r\r\n"),
                (b"a\r \n", b"a\r\n"),
                (b"a \r \r\n", b"a\r\r\n"),
                (b"a \r", b"a\r"),
                (b"50% \r100%\n", b"50% \r100%\n"),
                (b"\r\n\r", b"\r\n\r"),
            ],
        );
    }

    #[test]
    fn markdown_keeps_its_hard_line_breaks() {
        let table: &[(&[u8], &[u8])] = &[
            (b"a  \nb\n", b"a  \nb\n"),
            (b"a  \r\nb\r\n", b"a  \r\nb\r\n"),
            (b"a    \nb\n", b"a  \nb\n"),
            (b"a    \r\nb", b"a  \r\nb"),
            (b"a \nb\t\n", b"a\nb\n"),
            (b"a\t  \nb \t\n", b"a  \nb\n"),
            (b"  \n\t  \n", b"\n\n"),
            (b"a  ", b"a  "),
            (b"\xff   \n", b"\xff  \n"),
        ];
        for path in ["a.md", "a.MD", "b/c.Markdown", ".md"] {
            hold(&[], path, table);
        }
        hold(&["--markdown-line-breaks=*"], "a", table);
        hold(&["--markdown-line-breaks=.Rmd,txt"], "a.rMD", table);
        let plain: &[(&[u8], &[u8])] = &[(b"a  \nb\n", b"a\nb\n")];
        for (arguments, path) in [
            (&[] as &[&str], "md"),
            (&[], "a.mdx"),
            (&[], "a.md.txt"),
            (&["--markdown-line-breaks=txt"], "a.md"),
            (&["--markdown-line-breaks=none"], "a.md"),
        ] {
            hold(arguments, path, plain);
        }
    }

    #[test]
    fn the_characters_can_be_named() {
        hold(
            &["--characters=\t\x0c"],
            "a.md",
            &[
                (b"a\t\n", b"a\n"),
                (b"a \t\x0c\n", b"a \n"),
                (b"a   \n", b"a   \n"),
            ],
        );
        for wrong in ["", "a\n", "\r", "\u{a0}"] {
            let wrong = format!("--characters={wrong}");
            assert!(refused("trailing-whitespace", &[&wrong]).contains("ASCII"));
        }
    }

    #[test]
    fn an_extension_is_a_word() {
        for wrong in [
            "", "--", "a.b", "a/b", "md,", "md txt", "a\\b", "c:", ".", "md,*",
        ] {
            let wrong = format!("--markdown-line-breaks={wrong}");
            assert!(
                refused("trailing-whitespace", &[&wrong]).contains("is not a list of extensions")
            );
        }
    }

    #[test]
    fn each_line_is_named_by_its_first_surplus_character() {
        let gate = configured("trailing-whitespace", &[]);
        assert_eq!(
            found(&*gate, "a.md", "é \n\nb    \n\t\r\n\tx ".as_bytes(), false),
            ["1:2", "3:4", "4:1", "5:3"].map(|it| format!("{it} trailing whitespace"))
        );
    }

    #[test]
    fn a_file_that_is_wrong_throughout_is_said_shortly() {
        let gate = configured("trailing-whitespace", &[]);
        let all = found(&*gate, "a.txt", &b"a \n".repeat(1000), false);
        assert_eq!(all.len(), super::MOST);
        assert_eq!(
            all[super::MOST - 1],
            "50:2 trailing whitespace, here and in 950 more lines"
        );
        assert_eq!(
            found(&*gate, "a.txt", &b"a \n".repeat(50), false)[49],
            "50:2 trailing whitespace"
        );
    }
}
