//! One requirements file in pip's format: <https://pip.pypa.io/en/stable/reference/requirements-file-format/>.
//!
//! Read by [`Requirements`](super::Requirements). Each [`Entry`] knows the physical lines that it takes up, so that a fix can replace them one
//! by one. It must not know what else is in the project, and follows no include.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use memchr::memmem;

use super::requirement::Requirement;
use super::text::{Encoding, decoded, lines};

/// More entries than that are not looked at.
const MOST: usize = 20_000;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// How it is written.
    pub(crate) encoding: Encoding,
    /// Whether some of its lines end as on Windows.
    pub(crate) has_crlf: bool,
    /// What is in it, in order; comments and empty lines are nothing.
    pub(crate) entries: Vec<Entry>,
}

/// What stands on a line, or on several that backslashes join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its first line, from 1.
    pub(crate) line: u32,
    /// All its lines as they stand in the file, a line feed between them.
    written: String,
    /// What it says: joined, without its comment and without its options.
    pub(crate) text: String,
    /// What it means.
    pub(crate) kind: Kind,
    /// The hashes that the download must have: `sha256:0a1b…`.
    pub(crate) hashes: Vec<String>,
}

/// What an entry means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A requirement with a name: `flask[async]>=3 ; python_version > "3.11"`, `x @ https://…`.
    Requirement(Requirement),
    /// `-e PLACE`: what is installed stays where it is.
    Editable(String),
    /// An address, an archive or a folder without a name.
    Place(String),
    /// `-r FILE`.
    Include(String),
    /// `-c FILE`: versions, and nothing to install.
    Constraint(String),
    /// Any other option: its name with dashes, and its value.
    Option(String, String),
    /// Nothing that pip could read: why.
    Malformed(String),
}

impl Entry {
    /// All its lines as they stand in the file, without their ends: the first one is number `line`.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.written.split('\n')
    }

    /// Its line, where it has but one.
    pub(crate) fn only_line(&self) -> Option<&str> {
        (!self.written.contains('\n')).then_some(&self.written)
    }

    /// The requirement, where it is one with a name.
    pub(crate) fn requirement(&self) -> Option<&Requirement> {
        match &self.kind {
            Kind::Requirement(requirement) => Some(requirement),
            _ => None,
        }
    }

    /// Whether it names a place and no project: what it installs is known only there.
    pub(crate) fn is_place(&self) -> bool {
        matches!(self.kind, Kind::Editable(_) | Kind::Place(_))
    }
}

impl File {
    /// Reads the content of the file at this place.
    pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Self {
        let (text, encoding) = decoded(bytes);
        let physical = lines(&text);
        let mut entries = Vec::new();
        let mut number = 1;
        let mut rest = physical.as_slice();
        while !rest.is_empty() && entries.len() < MOST {
            let taken = continued(rest);
            let (these, others) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
            entries.extend(entry(number, these));
            number = number.saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
            rest = others;
        }
        Self {
            path: path.to_owned(),
            encoding,
            has_crlf: memmem::find(text.as_bytes(), b"\r\n").is_some(),
            entries,
        }
    }

    /// The requirements with names.
    pub(crate) fn requirements(&self) -> impl Iterator<Item = (&Entry, &Requirement)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry, entry.requirement()?)))
    }

    /// Whether every requirement in it is pinned and has hashes: what pip installs with `--require-hashes`.
    pub(crate) fn is_hashed(&self) -> bool {
        let mut requirements = self.requirements().peekable();
        requirements.peek().is_some() && requirements.all(|(entry, _)| !entry.hashes.is_empty())
    }
}

/// How many of these lines the first entry takes: a comment ends it, whatever it ends with.
fn continued(lines: &[&str]) -> usize {
    let ends = |it: &&str| !it.ends_with('\\') || is_comment(it);
    lines
        .iter()
        .position(ends)
        .map_or(lines.len(), |position| position + 1)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// A lock is mostly hashes, hundreds of them: what they are taken apart into is borrowed until it is kept.
fn entry(line: u32, lines: &[&str]) -> Option<Entry> {
    let joined = joined(lines);
    let text = without_comment(&joined).trim();
    if text.is_empty() {
        return None;
    }
    let (text, options) = parts(text);
    let hashes = options.iter().filter(|(name, _)| *name == "--hash");
    let hashes = hashes.map(|(_, value)| value.to_string()).collect();
    let kind = if text.is_empty() {
        of_options(options)
    } else {
        of_text(&text)
    };
    Some(Entry {
        line,
        written: lines.join("\n"),
        text,
        kind,
        hashes,
    })
}

/// The lines as one, without the backslashes that join them.
fn joined<'a>(lines: &[&'a str]) -> Cow<'a, str> {
    if let [line] = lines
        && !line.ends_with('\\')
    {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(lines.iter().map(|it| it.len() + 1).sum());
    for line in lines {
        if is_comment(line) {
            text.push(' ');
            text.push_str(line);
        } else {
            text.push_str(line.trim_end_matches('\\'));
        }
    }
    Cow::Owned(text)
}

/// The text before a `#` that begins the line or follows a space.
fn without_comment(text: &str) -> &str {
    let mut before = text
        .match_indices('#')
        .filter_map(|(place, _)| text.get(..place));
    let comment = before.find(|it| it.is_empty() || it.ends_with(char::is_whitespace));
    comment.unwrap_or(text)
}

/// An option and its value.
type Setting<'a> = (&'a str, Cow<'a, str>);

/// What stands before the first option, and the options with their values.
fn parts(text: &str) -> (String, Vec<Setting<'_>>) {
    // Nearly all is ASCII, which is taken apart in a fraction of the time.
    if text.is_ascii() {
        parts_of(text.split_ascii_whitespace())
    } else {
        parts_of(text.split_whitespace())
    }
}

fn parts_of<'a>(words: impl Iterator<Item = &'a str>) -> (String, Vec<Setting<'a>>) {
    let mut words = words.peekable();
    let mut before = Vec::new();
    while let Some(word) = words.next_if(|it| !it.starts_with('-')) {
        before.push(word);
    }
    let mut options = Vec::new();
    while let Some(word) = words.next() {
        let (name, value) = split(word);
        let mut value = Cow::Borrowed(value);
        if value.is_empty() && !word.ends_with('=') {
            let mut more = Vec::new();
            while let Some(word) = words.next_if(|it| !it.starts_with('-')) {
                more.push(word);
            }
            value = Cow::Owned(more.join(" "));
        }
        options.push((name, unquoted(value)));
    }
    (before.join(" "), options)
}

/// The name of an option and what is attached to it: `--hash=x`, `-rx`.
fn split(word: &str) -> (&str, &str) {
    if !word.starts_with("--") {
        for letter in ["-r", "-c", "-e", "-i", "-f"] {
            if let Some(value) = word.strip_prefix(letter) {
                return (letter, value.strip_prefix('=').unwrap_or(value));
            }
        }
    }
    word.split_once('=').unwrap_or((word, ""))
}

fn unquoted(value: Cow<'_, str>) -> Cow<'_, str> {
    for quote in ['"', '\''] {
        let inside = value.strip_prefix(quote);
        if let Some(inside) = inside.and_then(|it| it.strip_suffix(quote)) {
            return Cow::Owned(inside.to_owned());
        }
    }
    value
}

fn of_options(options: Vec<Setting<'_>>) -> Kind {
    let Some((name, value)) = options.into_iter().next() else {
        return Kind::Malformed("expected a requirement or an option".to_owned());
    };
    let value = value.into_owned();
    match name {
        "-r" | "--requirement" => Kind::Include(value),
        "-c" | "--constraint" => Kind::Constraint(value),
        "-e" | "--editable" => Kind::Editable(value),
        _ => Kind::Option(name.to_owned(), value),
    }
}

fn of_text(text: &str) -> Kind {
    if is_place(text) {
        return Kind::Place(text.to_owned());
    }
    match Requirement::parse(text) {
        Ok(requirement) => Kind::Requirement(requirement),
        Err(why) => Kind::Malformed(why),
    }
}

/// Whether it is an address or a path and no name.
fn is_place(text: &str) -> bool {
    let word = text.split([';', ' ', '[', '@']).next().unwrap_or(text);
    let lower = word.to_ascii_lowercase();
    let is_archive = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"]
        .iter()
        .any(|it| lower.ends_with(it));
    word.contains("://")
        || word.starts_with('.')
        || word.starts_with('/')
        || word.starts_with("file:")
        || word.contains('/')
        || word.contains('\\')
        || is_archive
}
