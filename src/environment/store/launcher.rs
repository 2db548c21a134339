//! Programs of an environment: the lines at their beginning that name its Python, and the rows of `RECORD` that hash them.
//!
//! Called by `save`, which takes those lines off, and by `link`, which writes new ones. The two forms are the ones that
//! uv and pip write: a plain `#!`, and where the path is too long for the kernel or has a space, a line that is valid both in
//! a POSIX shell and in Python.

use sha2::{Digest, Sha256};

/// The longest first line that every kernel takes, with `#!` and its end.
const LONGEST: usize = 127;

/// A launcher taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Launcher<'a> {
    /// The file name of the Python it starts.
    pub(super) python: &'a str,
    /// All that follows.
    pub(super) body: &'a [u8],
}

/// Takes a launcher of the environment whose programs are in `programs` apart; `None` where it is none.
pub(super) fn take_apart<'a>(bytes: &'a [u8], programs: &str) -> Option<Launcher<'a>> {
    let (line, rest) = split_line(bytes)?;
    if let Some(path) = line.strip_prefix("#!")
        && let Some(python) = python_in(path.trim_end(), programs)
    {
        return Some(Launcher { python, body: rest });
    }
    let (second, rest) = split_line(rest)?;
    let (third, rest) = split_line(rest)?;
    if line != "#!/bin/sh" || third != "' '''" {
        return None;
    }
    let quoted = second
        .strip_prefix("'''exec' ")?
        .strip_suffix(r#" "$0" "$@""#)?;
    let quote = quoted
        .chars()
        .next()
        .filter(|it| matches!(it, '"' | '\''))?;
    let path = quoted.strip_prefix(quote)?.strip_suffix(quote)?;
    let python = python_in(path, programs)?;
    Some(Launcher { python, body: rest })
}

/// A launcher for the Python at this path.
pub(super) fn put_together(python: &str, body: &[u8]) -> Vec<u8> {
    let plain = python.len() + 3 <= LONGEST && !python.contains([' ', '\t']);
    let head = if plain {
        format!("#!{python}\n")
    } else {
        let escaped = python.replace('\'', r#"'"'"'"#);
        format!("#!/bin/sh\n'''exec' '{escaped}' \"$0\" \"$@\"\n' '''\n")
    };
    [head.as_bytes(), body].concat()
}

/// How a row of `RECORD` begins that is about a program: paths are relative to the folder of packages.
const PROGRAMS: &str = "../../../bin/";

/// Whether a `RECORD` has rows about programs.
pub(super) fn has_rows(record: &[u8]) -> bool {
    record
        .split(|it| *it == b'\n')
        .any(|row| row.starts_with(PROGRAMS.as_bytes()))
}

/// The path, below the environment, of the program that a row of `RECORD` is about.
pub(super) fn program_of(row: &str) -> Option<&str> {
    let path = row.split(',').next()?;
    path.starts_with(PROGRAMS)
        .then(|| path.trim_start_matches("../"))
}

/// The row of `RECORD` for a program, given by its path below the environment.
pub(super) fn row(path: &str, bytes: &[u8]) -> String {
    let hash = base64(&Sha256::digest(bytes));
    format!("../../../{path},sha256={hash},{}", bytes.len())
}

/// A line and what follows it; only where the line is text.
fn split_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().take(4096).position(|it| *it == b'\n')?;
    let line = std::str::from_utf8(&bytes[..end]).ok()?;
    Some((line, &bytes[end + 1..]))
}

fn python_in<'a>(path: &'a str, programs: &str) -> Option<&'a str> {
    let name = path.strip_prefix(programs)?.strip_prefix('/')?;
    (name.starts_with("python") && !name.contains(['/', ' '])).then_some(name)
}

/// Base 64 for addresses, without padding: how `RECORD` writes hashes
/// (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/>).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..=chunk.len() {
            let index = bits >> (18 - 6 * digit) & 63;
            text.push(char::from(DIGITS[index as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Launcher, base64, has_rows, program_of, put_together, row, take_apart};

    const BODY: &[u8] = b"import sys\n";

    #[test]
    fn both_forms_are_taken_apart() {
        let expected = Some(Launcher {
            python: "python3",
            body: BODY,
        });
        for head in [
            "#!/a b/.venv/bin/python3\n",
            "#!/bin/sh\n'''exec' '/a b/.venv/bin/python3' \"$0\" \"$@\"\n' '''\n",
            "#!/bin/sh\n'''exec' \"/a b/.venv/bin/python3\" \"$0\" \"$@\"\n' '''\n",
        ] {
            let bytes = [head.as_bytes(), BODY].concat();
            assert_eq!(take_apart(&bytes, "/a b/.venv/bin"), expected, "{head}");
        }
    }

    #[test]
    fn other_programs_are_not() {
        for text in [
            "#!/usr/bin/env python3\n",
            "#!/bin/sh\necho\n' '''\n",
            "#!/a/.venv/bin/sub/python\n",
            "#!/a/.venv/bin/ruby\n",
            "\u{7f}ELF",
            "",
        ] {
            assert_eq!(take_apart(text.as_bytes(), "/a/.venv/bin"), None, "{text}");
        }
        assert_eq!(take_apart(b"\xff\xfe\n", "/a/.venv/bin"), None);
    }

    #[test]
    fn a_new_one_has_the_form_that_its_path_needs() {
        let made = |python: &str| String::from_utf8(put_together(python, b"")).unwrap();
        assert_eq!(made("/a/bin/python"), "#!/a/bin/python\n");
        let limit = format!("/{}/bin/python", "a".repeat(112));
        assert_eq!(limit.len() + 3, 127);
        assert_eq!(made(&limit), format!("#!{limit}\n"));
        let long = format!("/a{limit}");
        assert_eq!(
            made(&long),
            format!("#!/bin/sh\n'''exec' '{long}' \"$0\" \"$@\"\n' '''\n")
        );
        assert!(made("/a b/bin/python").contains("'/a b/bin/python'"));
        let name = "/it's a/bin/python";
        let bytes = put_together(name, BODY);
        assert!(bytes.starts_with(b"#!/bin/sh\n'''exec' '/it'\"'\"'s a/bin/python'"));
    }

    #[test]
    fn rows_are_read_and_written_as_installers_write_them() {
        assert_eq!(program_of("../../../bin/x,sha256=abc,12"), Some("bin/x"));
        assert_eq!(program_of("x/../../../bin/x,,"), None);
        assert!(has_rows(b"x.py,,\n../../../bin/x,sha256=abc,12\n"));
        assert!(!has_rows(b"x.py,,\nx.dist-info/RECORD,,\n"));
        assert_eq!(
            row("bin/x", b""),
            "../../../bin/x,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0"
        );
        assert_eq!(base64(b"f"), "Zg");
        assert_eq!(base64(b"fo"), "Zm8");
        assert_eq!(base64(b"foo"), "Zm9v");
        assert_eq!(base64(&[0xfb, 0xff]), "-_8");
    }
}
