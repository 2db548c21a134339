//! A name that works in place of one that does not, as near to it as can be.
//!
//! Called by the name gate, which says what works.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is offered where nothing is left of a name, or nothing like it works.
const LAST_RESORT: &str = "my-function";

/// How many numbers are tried behind the last resort.
const NUMBERS: u32 = 100;

/// The first name that works: the same in plain letters, the same with a word before or behind it, another.
pub(super) fn suggest(text: &str, longest: usize, works: impl Fn(&str) -> bool) -> Option<String> {
    let plain = plain(text);
    let room = |extra: usize| shortened(&plain, longest.saturating_sub(extra));
    let near = [
        room(0).to_owned(),
        format!("my-{}", room("my-".len())),
        format!("{}-app", room("-app".len())),
        format!("{}-function", room("-function".len())),
        LAST_RESORT.to_owned(),
    ];
    let numbered = (2..NUMBERS).map(|number| format!("{LAST_RESORT}-{number}"));
    near.into_iter()
        .chain(numbered)
        .find(|candidate| works(candidate))
}

/// In lower-case ASCII letters and digits, with dashes for everything else between them.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.nfkd().filter(|it| !is_combining_mark(*it)) {
        match latin(letter) {
            Some(letters) => plain.push_str(letters),
            None if letter.is_ascii_alphanumeric() => plain.push(letter.to_ascii_lowercase()),
            None if matches!(letter, '\'' | '’') => {}
            None if !plain.ends_with('-') => plain.push('-'),
            None => {}
        }
    }
    plain.trim_matches('-').to_owned()
}

/// Latin letters that are no letter with a mark, as they are written where they are missing.
fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ŋ' | 'Ŋ' => "n",
        _ => return None,
    })
}

/// At most so many characters, not ending in a dash.
fn shortened(plain: &str, longest: usize) -> &str {
    // Only ASCII is left: every place is one between two characters.
    plain.get(..longest).unwrap_or(plain).trim_end_matches('-')
}
