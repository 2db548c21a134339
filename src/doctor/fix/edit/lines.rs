//! Edits by lines, for files of any language and encoding that writes line ends as ASCII does.

use super::line_end;

/// With these lines at the end, as far as they are not there.
pub(super) fn append(content: &[u8], added: &[String]) -> Vec<u8> {
    let end = line_end(content);
    let mut new = content.to_vec();
    for line in added {
        if lines(&new).any(|(_, it)| it == line.as_bytes()) {
            continue;
        }
        if !new.is_empty() && !new.ends_with(b"\n") {
            new.extend(end.bytes());
        }
        new.extend(line.bytes());
        new.extend(end.bytes());
    }
    new
}

/// With another line (or none, or several) in place of this one: at its number, or wherever else it stands if that is one place only.
///
/// # Errors
/// When it is gone, or stands at several other places.
pub(super) fn replace(
    content: &[u8],
    number: u32,
    old: &str,
    new: Option<&str>,
) -> Result<Vec<u8>, String> {
    let places: Vec<(u32, usize)> = (1..)
        .zip(lines(content))
        .filter(|(_, (_, line))| *line == old.as_bytes())
        .map(|(number, (start, _))| (number, start))
        .collect();
    let start = match (places.iter().find(|(at, _)| *at == number), &places[..]) {
        (Some((_, start)), _) => *start,
        _ if new.is_some_and(|it| stands_at(content, number, it)) => return Ok(content.to_vec()),
        (None, [(_, start)]) => *start,
        (None, []) if new.is_none_or(|it| stands(content, it)) => return Ok(content.to_vec()),
        (None, []) => return Err(format!("line {number} is not `{old}` any more")),
        (None, _) => {
            return Err(format!(
                "`{old}` is not on line {number} any more, and stands on several others"
            ));
        }
    };
    let stop = start + old.len();
    let (before, after) = (&content[..start], &content[stop..]);
    let mut edited = before.to_vec();
    if let Some(new) = new {
        edited.extend(new.replace('\n', line_end(content)).bytes());
        edited.extend(after);
    } else {
        let rest = after.strip_prefix(b"\r\n").or(after.strip_prefix(b"\n"));
        edited.extend(rest.unwrap_or(after));
    }
    Ok(edited)
}

/// Whether these lines stand from this number on.
fn stands_at(content: &[u8], number: u32, new: &str) -> bool {
    let mut from = lines(content).skip(number.saturating_sub(1) as usize);
    new.lines()
        .all(|line| from.next().is_some_and(|(_, it)| it == line.as_bytes()))
}

/// Whether these lines stand anywhere, one after another.
fn stands(content: &[u8], new: &str) -> bool {
    (1..)
        .zip(lines(content))
        .any(|(number, _)| stands_at(content, number, new))
}

/// The lines without their ends, each with its offset.
fn lines(content: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = content.get(start..).filter(|it| !it.is_empty())?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..length];
        let at = start;
        start += length + 1;
        Some((at, line.strip_suffix(b"\r").unwrap_or(line)))
    })
}
