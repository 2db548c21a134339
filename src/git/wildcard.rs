//! Patterns with `*`, `?` and classes, matched byte by byte.
//!
//! Called by `ignore` and by checks of what goes to a platform, for which most patterns are tried once or twice. It must not know what the texts are, but that they have folders.

/// Whether a pattern without `**` is the whole of a text. Making a matcher of it takes longer than most runs of it.
pub(crate) fn is_match(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Behind the last star, and where in the text that one was tried last.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if pattern.get(at) == Some(&b'*') {
            at += 1;
            star = Some((at, read));
            continue;
        }
        match (part(pattern.get(at..).unwrap_or_default()), text.get(read)) {
            (None, None) if at >= pattern.len() => return true,
            (Some((part, length)), Some(byte)) if part.has(*byte) => {
                at += length;
                read += 1;
                continue;
            }
            _ => {}
        }
        match star {
            Some((behind, tried)) if text.get(tried).is_some_and(|it| *it != b'/') => {
                star = Some((behind, tried + 1));
                (at, read) = (behind, tried + 1);
            }
            _ => return false,
        }
    }
}

/// What stands for one byte of a text.
enum Part<'a> {
    Byte(u8),
    Any,
    Class(&'a [u8], bool),
}

impl Part<'_> {
    fn has(&self, byte: u8) -> bool {
        match self {
            Self::Byte(it) => *it == byte,
            Self::Any => byte != b'/',
            Self::Class(class, is_negated) => {
                byte != b'/' && is_in_class(class, byte) != *is_negated
            }
        }
    }
}

/// The first part of a pattern, and how long it is; `None` at the end, and where a class is not closed.
fn part(pattern: &[u8]) -> Option<(Part<'_>, usize)> {
    match *pattern.first()? {
        b'?' => Some((Part::Any, 1)),
        b'\\' => Some((Part::Byte(*pattern.get(1)?), 2)),
        b'[' => {
            let is_negated = matches!(pattern.get(1), Some(b'!' | b'^'));
            let start = 1 + usize::from(is_negated);
            // A bracket that comes first is one of the class.
            let rest = pattern.get(start + 1..)?;
            let end = start + 1 + rest.iter().position(|it| *it == b']')?;
            Some((Part::Class(&pattern[start..end], is_negated), end + 1))
        }
        byte => Some((Part::Byte(byte), 1)),
    }
}

fn is_in_class(class: &[u8], byte: u8) -> bool {
    let mut rest = class;
    loop {
        match rest {
            [low, b'-', high, ..] => {
                if (*low..=*high).contains(&byte) {
                    return true;
                }
                rest = &rest[3..];
            }
            [b'\\', it, ..] => {
                if *it == byte {
                    return true;
                }
                rest = &rest[2..];
            }
            [it, ..] => {
                if *it == byte {
                    return true;
                }
                rest = &rest[1..];
            }
            [] => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_matched_as_globset_matches_it(
            pattern in "[ab/*?.-]{0,8}",
            text in "[ab/.-]{0,8}",
        ) {
            prop_assume!(!pattern.contains("**"));
            let glob = globset::GlobBuilder::new(&pattern).literal_separator(true).build().unwrap();
            let expected = glob.compile_matcher().is_match(&text);
            prop_assert_eq!(super::is_match(pattern.as_bytes(), text.as_bytes()), expected);
        }
    }
}
