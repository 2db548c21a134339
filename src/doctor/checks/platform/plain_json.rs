//! JSON that the platform reads as the standard has it, and people write as editors allow it: with comments, and commas before a bracket.
//!
//! Which files the platform reads so stands in its layer.

use std::ops::Range;

use super::each;
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Language;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// No more places than that are shown.
const MOST: usize = 5;

/// What plain JSON does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Extra {
    Comment(Range<usize>),
    Comma(usize),
}

impl Extra {
    fn range(&self) -> Range<usize> {
        match self {
            Self::Comment(range) => range.clone(),
            Self::Comma(at) => *at..at + 1,
        }
    }
}

/// PLAT021.
pub(super) fn extras(facts: &Facts) -> Outcome {
    each(facts, |target, _| {
        let files = target.facts.plain_json.iter();
        files
            .filter_map(|name| look(facts, &target.title, name))
            .collect()
    })
}

fn look(facts: &Facts, platform: &str, name: &str) -> Option<Symptom> {
    let file = facts.in_project(name);
    let text = facts.text(&file)?;
    let is_plain = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    // What is no JSON at all is a condition of its own.
    let is_json = facts.parsed(&file, Language::Json)?.is_ok();
    if !is_json || is_plain(&text) {
        return None;
    }
    let extras = scan(&text);
    let plain = without(&text, &extras);
    if extras.is_empty() || !is_plain(&plain) {
        return None;
    }
    let has_comment = extras.iter().any(|it| matches!(it, Extra::Comment(_)));
    let has_comma = extras.iter().any(|it| matches!(it, Extra::Comma(_)));
    let what = match (has_comment, has_comma) {
        (true, true) => "comments and commas before a bracket",
        (true, false) => "comments",
        _ => "commas before a bracket",
    };
    let words = format!("`{name}` has {what}, and {platform} reads plain JSON, which has none");
    let symptom = extras
        .iter()
        .take(MOST)
        .fold(Symptom::new(words), |symptom, it| {
            let before = &text.as_bytes()[..it.range().start];
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            symptom.seen_in(Evidence::path(&file).line(line))
        });
    let edit = Edit::Replace {
        old: text.clone().into_bytes(),
        new: plain.into_bytes(),
    };
    let title = format!("take the {what} out of `{name}`: what they say is lost there");
    Some(symptom.fix(Fix::ask(title, [Action::edit(file, edit)])))
}

/// The comments and the commas before a closing bracket, in order.
fn scan(text: &str) -> Vec<Extra> {
    let bytes = text.as_bytes();
    let mut extras = Vec::new();
    let mut comma = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            b'"' => string(rest),
            b'/' if rest.starts_with(b"//") => {
                memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
            }
            b'/' if rest.starts_with(b"/*") => {
                let end = memchr::memmem::find(&rest[2..], b"*/");
                end.map_or(rest.len(), |it| it + 4)
            }
            _ => 1,
        };
        match byte {
            b'/' if length > 1 => extras.push(Extra::Comment(at..at + length)),
            b',' => comma = Some((at, extras.len())),
            b'}' | b']' => {
                if let Some((at, place)) = comma.take() {
                    extras.insert(place, Extra::Comma(at));
                }
            }
            it if it.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += length;
    }
    extras
}

/// How long the string is that this begins with.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(next) = text.get(at) {
        match next {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// The text without these; a line that had nothing else goes with them.
fn without(text: &str, extras: &[Extra]) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut from = 0;
    for extra in extras {
        let mut range = extra.range();
        let before = &text[from..range.start];
        if matches!(extra, Extra::Comment(_)) {
            let kept = before.trim_end_matches([' ', '\t']);
            let is_first = kept.ends_with('\n') || (kept.is_empty() && plain_ends(&plain));
            let rest = &text[range.end..];
            let line_end = ["\r\n", "\n"].into_iter().find(|it| rest.starts_with(it));
            if let (true, Some(end)) = (is_first, line_end) {
                range.end += end.len();
            }
            let is_last = line_end.is_some() || rest.is_empty();
            plain.push_str(if is_last { kept } else { before });
        } else {
            plain.push_str(before);
        }
        from = range.end;
    }
    plain.push_str(&text[from..]);
    plain
}

fn plain_ends(plain: &str) -> bool {
    plain.is_empty() || plain.ends_with('\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{scan, without};

    fn plain(text: &str) -> String {
        without(text, &scan(text))
    }

    #[test]
    fn nothing_but_comments_and_commas_goes() {
        for (text, expected) in [
            ("{\n  // why\n  \"a\": 1 // that\n}\n", "{\n  \"a\": 1\n}\n"),
            (
                "{\r\n  /* a\r\n  b */\r\n  \"a\": 1\r\n}",
                "{\r\n  \"a\": 1\r\n}",
            ),
            ("{ /* x */ \"a\": [1, 2,], }", "{  \"a\": [1, 2] }"),
            ("[1, // one\n // two\n]", "[1\n]"),
            (
                "{\"a\": \"// no, \\\"/* no */\"}",
                "{\"a\": \"// no, \\\"/* no */\"}",
            ),
            ("// all\n{}", "{}"),
            ("{}\n// end", "{}\n"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|[\\\\\"/*,{}\\[\\] \n\r]){0,60}") {
            std::hint::black_box(plain(&text));
        }

        #[test]
        fn what_is_plain_stays_as_it_is(
            values in prop::collection::vec("[a-z/*,\"\\\\}\\]]{0,8}", 0..5),
        ) {
            let text = serde_json::to_string_pretty(&values).unwrap();
            prop_assert_eq!(plain(&text), text);
        }
    }
}
