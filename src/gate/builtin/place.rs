//! Where in a text a byte stands: its line and its column, as an editor counts them.
//!
//! Called by gates that found something, never for a clean file.

/// The line of this byte, from 1. Only a line feed ends a line, as for git.
pub(super) fn line(text: &[u8], offset: usize) -> u32 {
    number(memchr::memchr_iter(b'\n', before(text, offset)).count())
}

/// The column of this byte in its line, in characters, from 1. A byte that is not UTF-8 counts as a character.
pub(super) fn column(text: &[u8], offset: usize) -> u32 {
    let before = before(text, offset);
    let start = memchr::memrchr(b'\n', before).map_or(0, |it| it + 1);
    let characters = before[start..].utf8_chunks().map(|chunk| {
        let invalid = usize::from(!chunk.invalid().is_empty());
        chunk.valid().chars().count() + invalid
    });
    number(characters.sum())
}

/// A count of what comes before something, as the number of that thing.
pub(super) fn number(before: usize) -> u32 {
    u32::try_from(before).map_or(u32::MAX, |it| it.saturating_add(1))
}

fn before(text: &[u8], offset: usize) -> &[u8] {
    &text[..offset.min(text.len())]
}

#[cfg(test)]
mod tests {
    use super::{column, line};

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let text = "a\né\u{1f600}b\r\nc".as_bytes();
        let at = |offset: usize| (line(text, offset), column(text, offset));
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(1), (1, 2));
        assert_eq!(at(2), (2, 1));
        assert_eq!(at(4), (2, 2));
        assert_eq!(at(8), (2, 3));
        assert_eq!(at(11), (3, 1));
        assert_eq!(at(99), (3, 2));
        assert_eq!(column(b"\xff\xfe ", 2), 3);
    }
}
