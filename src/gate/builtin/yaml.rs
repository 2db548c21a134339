//! `yaml`: every document of a YAML file can be read, and no mapping has a key twice.
//!
//! Looks at the syntax only, not at what a tag or an alias stands for: tags such as `!Ref` pass. Reads the parser's events one by
//! one, so nothing is expanded and nothing nests on our stack.
//!
//! A native gate, called by the run with one content after another. It reads and writes nothing itself.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_saphyr::granit_parser::{Event, Marker, Options, Parser, ScalarStyle};

use super::{Builtin, Gate, Subject, arguments, place};
use crate::error::Result;
use crate::finding::Finding;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "yaml",
    title: "YAML that can be read",
    group: "hygiene",
    files: &["*.yaml", "*.yml"],
    fixes: false,
    arguments: &[],
    configure: |given| -> Result<Box<dyn Gate>> {
        arguments::read(given, &[], |_, _| Ok(()))?;
        Ok(Box::new(Yaml))
    },
};

struct Yaml;

/// What is wrong, at a line and a column, each from 1.
struct Problem {
    message: String,
    line: u32,
    column: u32,
}

/// A collection that has not ended yet.
enum Open<'a> {
    Sequence,
    Mapping {
        /// The keys so far, and the line of each.
        keys: HashMap<Key<'a>, u32>,
        /// Whether the next node is a key.
        is_key_next: bool,
    },
}

/// What makes a scalar key the same as another.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    text: Cow<'a, str>,
    /// Whether it is a string whatever it looks like: `"1"` is not the key `1`.
    is_string: bool,
    tag: Option<String>,
}

/// How deep collections may nest: far beyond what people write, and a bound on what the parser remembers.
const DEEPEST: usize = 1000;

/// The longest part of a key that a message shows, in characters.
const SHOWN: usize = 40;

/// The documents of this text; what is wrong with them, in order.
fn problems(text: &str) -> Vec<Problem> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.block_nesting_limit = DEEPEST;
    options.flow_nesting_limit = DEEPEST;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut problems = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                problems.push(Problem::at(error.marker(), error.info()));
                break;
            }
        };
        let is_key = event.is_node() && starts_key(&mut open);
        match event {
            Event::Scalar(value, style, _, tag) if is_key => {
                let key = Key {
                    is_string: style != ScalarStyle::Plain || is_word(&value),
                    text: value,
                    tag: tag.map(|it| it.original()),
                };
                problems.extend(note_key(&mut open, key, &span.start));
            }
            Event::SequenceStart(..) => open.push(Open::Sequence),
            Event::MappingStart(..) => open.push(Open::Mapping {
                keys: HashMap::new(),
                is_key_next: true,
            }),
            Event::SequenceEnd | Event::MappingEnd => drop(open.pop()),
            _ => {}
        }
    }
    problems
}

/// Whether the node that starts now is a key of the innermost collection; the next one then is its value.
fn starts_key(open: &mut [Open]) -> bool {
    match open.last_mut() {
        Some(Open::Mapping { is_key_next, .. }) => {
            *is_key_next = !*is_key_next;
            !*is_key_next
        }
        _ => false,
    }
}

/// Remembers a key of the innermost mapping.
fn note_key<'a>(open: &mut [Open<'a>], key: Key<'a>, at: &Marker) -> Option<Problem> {
    let Some(Open::Mapping { keys, .. }) = open.last_mut() else {
        return None;
    };
    if let Some(first) = keys.get(&key) {
        let shown: String = key.text.chars().take(SHOWN).collect();
        let rest = if shown.len() < key.text.len() {
            "…"
        } else {
            ""
        };
        let message = format!("key `{shown}{rest}` stands in line {first} already");
        return Some(Problem::at(at, message));
    }
    let line = u32::try_from(at.line()).unwrap_or(u32::MAX);
    keys.insert(key, line);
    None
}

/// Whether a plain scalar is a string to every reader of YAML: no number, no date, no word for true, false or nothing.
fn is_word(text: &str) -> bool {
    const OTHERS: [&str; 11] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", "",
    ];
    let starts_number = text.starts_with(|it: char| it.is_ascii_digit() || "+-.".contains(it));
    !starts_number && !OTHERS.iter().any(|it| text.eq_ignore_ascii_case(it))
}

/// The text of UTF-16 with a byte order mark, which YAML allows.
fn utf_16(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, []) = bytes[2..].as_chunks::<2>() else {
        return None;
    };
    char::decode_utf16(pairs.iter().map(|it| read(*it)))
        .collect::<std::result::Result<_, _>>()
        .ok()
}

impl Problem {
    fn at(marker: &Marker, message: String) -> Self {
        Self {
            message,
            line: u32::try_from(marker.line().max(1)).unwrap_or(u32::MAX),
            column: place::number(marker.col()),
        }
    }

    fn not_utf_8(bytes: &[u8], valid: usize) -> Self {
        Self {
            message: "text that is not UTF-8".to_owned(),
            line: place::line(bytes, valid),
            column: place::column(bytes, valid),
        }
    }
}

impl Gate for Yaml {
    fn check(&self, subject: &Subject) -> Vec<Finding> {
        if !subject.file.mode.is_file() {
            return Vec::new();
        }
        let bytes: &[u8] = &subject.bytes;
        let problems = match (std::str::from_utf8(bytes), utf_16(bytes)) {
            (Ok(text), _) => problems(text.strip_prefix('\u{feff}').unwrap_or(text)),
            (Err(_), Some(text)) => problems(&text),
            (Err(error), None) => vec![Problem::not_utf_8(bytes, error.valid_up_to())],
        };
        problems
            .into_iter()
            .map(|it| {
                Finding::error(BUILTIN.name, it.message)
                    .in_file(&subject.file.path)
                    .at(it.line, Some(it.column))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::gate::builtin::tests::{configured, found};

    fn check(bytes: impl AsRef<[u8]>) -> Vec<String> {
        found(&*configured("yaml", &[]), "a.yaml", bytes.as_ref(), false)
    }

    #[test]
    fn what_is_yaml_passes() {
        for text in [
            "",
            "\n",
            "# only a comment\n",
            "---\n",
            "---\n...\n---\na: 1\n...\n",
            "a: 1\n---\na: 2\n---\n- b\n",
            "%YAML 1.1\n---\nyes: no\n",
            "A: !Ref B\nC: !GetAtt X.Arn\nD: !Sub \"a-${B}\"\nE: !Sub [a, {b: c}]\nF: !Join\n  - ''\n  - [a]\n",
            "a: !!python/name:x.y.z\nb: !ENV [A, b]\nc: !reference [.x, script]\n",
            "base: &base {a: 1}\nb:\n  <<: *base\n  a: 2\nc: &c [*base, *base]\n",
            "&a [*a]\n",
            "? [a, b]\n: c\n? {d: e}\n: f\n",
            "a: |\n  x\n  \ty\nb: >-\n  z\n",
            "{a: 1, b: [c, d,],}\n",
            "on: push\n",
            "a:\r\n  - b\r\n",
            "- 'it''s'\n- \"\\u00e9\"\n- plain text: x\n",
            "a: 2026-11-22\nb: 0o17\nc: .inf\nd: !!int nothing\ne: !!binary '?'\n",
            "# c\n# c\na: # c\n  # c\n  - b # c\n# c\n",
        ] {
            assert_eq!(check(text), [""; 0], "{text}");
        }
        let many_comments = format!("{}a: 1\n", "# c\n".repeat(1000));
        assert_eq!(check(many_comments), [""; 0]);
        let deep: Vec<String> = (0..300).map(|it| " ".repeat(it) + "a:").collect();
        assert_eq!(check(deep.join("\n")), [""; 0]);
        let flow = format!("{}{}", "[".repeat(300), "]".repeat(300));
        assert_eq!(check(flow), [""; 0]);
        let many = "---\na: &a [1]\nb: *a\n".repeat(5000);
        assert_eq!(check(many), [""; 0]);
    }

    #[test]
    fn what_is_not_yaml_is_found_at_its_place() {
        for (text, place) in [
            ("a: [1\nb: 2\n", "2:2"),
            ("a: 1\n b: 2\n", "2:3"),
            ("a:\n\tb: 1\n", "2:"),
            ("a: 'x\n  y", "1:4"),
            ("a: *nothing\n", "1:4"),
            ("a: {{ x }}: y\n", "1:"),
            ("{% if a %}\nb: 1\n{% endif %}\n", "1:"),
            ("a: 1\n---\n- b\nc: d\n", "4:"),
            ("a: ]\n", "1:4"),
            ("a: \"\\q\"\n", "1:"),
            ("@a: 1\n", "1:1"),
        ] {
            let all = check(text);
            assert_eq!(all.len(), 1, "{text}: {all:?}");
            assert!(all[0].starts_with(place), "{text}: {all:?}");
            assert!(all[0].len() > "1:1 ".len(), "{text}");
        }
    }

    #[test]
    fn a_key_stands_once_in_a_mapping() {
        for (text, expected) in [
            (
                "a: 1\nb: 2\na: 3\n",
                &["3:1 key `a` stands in line 1 already"] as &[&str],
            ),
            (
                "x:\n  é: 1\n  'é': 2\n",
                &["3:3 key `é` stands in line 2 already"],
            ),
            (
                "{a: 1, \"a\": 2}",
                &["1:8 key `a` stands in line 1 already"],
            ),
            (
                "- a: {b: 1}\n  c: 1\n  a: 2\n",
                &["3:3 key `a` stands in line 1 already"],
            ),
            (
                "a: 1\n---\nb: 1\nb: 1\n",
                &["4:1 key `b` stands in line 3 already"],
            ),
            ("1: a\n1: b\n", &["2:1 key `1` stands in line 1 already"]),
            (
                "a: &x {<<: 1, <<: 2}\n",
                &["1:15 key `<<` stands in line 1 already"],
            ),
            (
                "a: 1\na: [\n",
                &["2:1 key `a` stands in line 1 already", "2:4 "],
            ),
            (
                "? a\n: 1\n? a\n: 2\n",
                &["3:3 key `a` stands in line 1 already"],
            ),
            ("a: 1\n---\na: 1\n", &[]),
            ("a: {a: 1}\nb: {a: [a, a]}\n", &[]),
            ("1: a\n\"1\": b\n", &[]),
            ("true: a\n'true': b\n", &[]),
            ("a: a\nb: a\n? [a]\n: 1\n? [a]\n: 2\n", &[]),
            ("!x a: 1\n!y a: 2\na: 3\n", &[]),
            ("&k a: 1\n*k : 2\n", &[]),
        ] {
            let all = check(text);
            assert_eq!(all.len(), expected.len(), "{text}: {all:?}");
            for (found, expected) in all.iter().zip(expected) {
                assert!(found.starts_with(expected), "{text}: {found}");
            }
        }
        let long = "k".repeat(200);
        let all = check(format!("{long}: 1\n{long}: 2\n"));
        assert_eq!(
            all,
            [format!(
                "2:1 key `{}…` stands in line 1 already",
                "k".repeat(40)
            )]
        );
    }

    #[test]
    fn every_encoding_of_yaml_is_read() {
        let text = "é: 1\né: 2\n";
        let expected = ["2:1 key `é` stands in line 1 already"];
        assert_eq!(check(format!("\u{feff}{text}")), expected);
        let units = || text.encode_utf16();
        let little: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(units())
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(units())
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(check(&little), expected);
        assert_eq!(check(&big), expected);
        for broken in [
            &little[..little.len() - 1],
            b"\xff\xfe\x00\xd8",
            b"\xff\xfe",
        ] {
            assert!(check(broken).len() <= 1);
        }
        assert_eq!(check(b"a: 1\nb: \xe9\n"), ["2:4 text that is not UTF-8"]);
    }

    #[test]
    fn a_bomb_of_aliases_does_no_harm() {
        let mut bomb = "a0: &a0 [x]\n".to_owned();
        for level in 1..60 {
            bomb.push_str(&format!(
                "a{level}: &a{level} [{}]\n",
                vec![format!("*a{}", level - 1); 9].join(", ")
            ));
        }
        assert_eq!(check(bomb), [""; 0]);
        let deep = "[".repeat(100_000);
        assert_eq!(check(deep).len(), 1);
    }
}
