//! Editing a list of requirements inside a TOML document, comments kept.
//!
//! Called by [`super::Manifest`] with the list alone; it must not know where in the document the list stands.

use toml_edit::{Array, RawString, Value};

use super::normalized;

/// The list as text with these entries: the old ones keep their place and comments, a new one goes before the first that
/// sorts after it, and the comments of one that goes stay where it was.
pub(super) fn edited(old: &Array, entries: &[String]) -> String {
    let indent = old
        .iter()
        .next()
        .and_then(|it| it.decor().prefix()?.as_str()?.rsplit_once('\n'))
        .map_or("    ", |(_, indent)| indent);
    let prefix = format!("\n{indent}");
    let (head, slots, tail) = slots(old);
    let mut fresh: Vec<&String> = entries.iter().collect();
    let kept: Vec<Option<&String>> = slots.iter().map(|it| take(&mut fresh, &it.entry)).collect();
    if entries.is_empty() && !old.to_string().contains('#') {
        return "[]".to_owned();
    }

    let mut text = format!("[{head}");
    let line = |entry: &str| format!("{}", Value::from(entry));
    for (slot, kept) in slots.iter().zip(kept) {
        let Some(entry) = kept else {
            for comment in [&slot.before, &slot.inside, &slot.after] {
                for words in comment.lines().map(str::trim).filter(|it| !it.is_empty()) {
                    text.extend([&prefix, words]);
                }
            }
            continue;
        };
        while fresh.first().is_some_and(|it| it.as_str() < entry.as_str()) {
            text.extend([&prefix, line(fresh.remove(0)).as_str(), ","]);
        }
        let before = if slot.before.contains('\n') {
            &slot.before
        } else {
            &prefix
        };
        text.extend([before, line(entry).as_str(), &slot.inside, ",", &slot.after]);
    }
    for entry in fresh {
        text.extend([&prefix, line(entry).as_str(), ","]);
    }
    text.push_str(if tail.contains('\n') { &tail } else { "\n" });
    text.push(']');
    text
}

/// An entry of a list with the text around it that is its own.
struct Slot {
    /// From the line break before it.
    before: String,
    /// The string itself.
    entry: String,
    /// A comment between it and its comma.
    inside: String,
    /// A comment after its comma, on the same line.
    after: String,
}

/// A list in its parts: what follows the opening bracket on its line, the entries, what precedes the closing bracket.
fn slots(array: &Array) -> (String, Vec<Slot>, String) {
    let raw = |raw: Option<&RawString>| {
        let text = raw.and_then(RawString::as_str);
        text.unwrap_or_default().replace("\r\n", "\n")
    };
    // Up to the line break, text belongs to what stands before it.
    let split = |text: &str| match text.split_once('\n') {
        Some((line, rest)) => (commented(line), format!("\n{rest}")),
        None => (commented(text), String::new()),
    };
    let (mut head, mut slots) = (String::new(), Vec::<Slot>::new());
    let attach = |slots: &mut Vec<Slot>, head: &mut String, line: String| match slots.last_mut() {
        Some(slot) => slot.after = line,
        None => *head = line,
    };
    for value in array {
        let (line, before) = split(&raw(value.decor().prefix()));
        attach(&mut slots, &mut head, line);
        slots.push(Slot {
            before,
            entry: value.as_str().unwrap_or_default().to_owned(),
            inside: commented(&raw(value.decor().suffix())),
            after: String::new(),
        });
    }
    let (line, tail) = split(&raw(Some(array.trailing())));
    attach(&mut slots, &mut head, line);
    (head, slots, tail)
}

/// White space is worth keeping only where it leads to a comment.
fn commented(text: &str) -> String {
    if text.contains('#') {
        text.to_owned()
    } else {
        String::new()
    }
}

/// Takes the new form of an old entry out of the list: itself, else another version of the same package.
fn take<'a>(fresh: &mut Vec<&'a String>, old: &str) -> Option<&'a String> {
    let name = requirement_name(old);
    let itself = fresh.iter().position(|it| *it == old);
    let place = itself.or_else(|| fresh.iter().position(|it| requirement_name(it) == name));
    place.map(|place| fresh.remove(place))
}

/// The name at the start of a PEP 508 string, normalized.
fn requirement_name(requirement: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    let end = requirement
        .find(|it| !plain(it))
        .unwrap_or(requirement.len());
    normalized(&requirement[..end])
}
