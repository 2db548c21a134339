//! Setting a key of a TOML file. What is there is replaced at its place; what is not is added to the table that it belongs to, or in a new table at
//! the end. No other byte changes: the file is never written anew by a library.

use std::ops::Range;

use toml_edit::{Document, Item, Value};

use super::line_end;

/// With the key set.
///
/// # Errors
/// When the file or the value is no TOML, or the key has no place that can be found.
pub(super) fn set(text: &str, keys: &[String], value: &str) -> Result<String, String> {
    let wanted: Value = value
        .parse()
        .map_err(|_| format!("`{value}` is no TOML value"))?;
    let document = parse(text)?;
    let Some((last, above)) = keys.split_last() else {
        return Err("no key is named".to_owned());
    };
    let mut found = Some(document.as_item());
    for key in keys {
        found = found.and_then(|it| it.as_table_like()?.get(key));
    }
    let (place, new) = if let Some(item) = found {
        if item.as_value().is_some_and(|it| is_same(it, &wanted)) {
            return Ok(text.to_owned());
        }
        let span = item
            .as_value()
            .and_then(Value::span)
            .ok_or_else(|| format!("`{}` is a table", keys.join(".")))?;
        (span, value.to_owned())
    } else {
        addition(text, &document, above, last, value)?
    };
    let mut edited = text.to_owned();
    edited.replace_range(place, &new);
    let after = parse(&edited).map_err(|_| cannot_place(keys))?;
    let mut read = Some(after.as_item());
    for key in keys {
        read = read.and_then(|it| it.as_table_like()?.get(key));
    }
    if read
        .and_then(Item::as_value)
        .is_some_and(|it| is_same(it, &wanted))
    {
        Ok(edited)
    } else {
        Err(cannot_place(keys))
    }
}

fn parse(text: &str) -> Result<Document<&str>, String> {
    Document::parse(text).map_err(|error| {
        let words: Vec<&str> = error.message().lines().collect();
        format!("it is no TOML: {}", words.join("; "))
    })
}

fn cannot_place(keys: &[String]) -> String {
    format!(
        "there is no place for `{}` that can be found",
        keys.join(".")
    )
}

/// Where a key that is not there goes, and what is written there.
fn addition(
    text: &str,
    document: &Document<&str>,
    above: &[String],
    last: &str,
    value: &str,
) -> Result<(Range<usize>, String), String> {
    let end = line_end(text.as_bytes());
    let mut item = document.as_item();
    let mut depth = 0;
    for key in above {
        match item.as_table_like().and_then(|it| it.get(key)) {
            Some(below) => item = below,
            None => break,
        }
        depth += 1;
    }
    let missing: Vec<&str> = above[depth..]
        .iter()
        .map(String::as_str)
        .chain([last])
        .collect();
    let dotted: Vec<String> = missing.iter().map(|it| word(it)).collect();
    let line = format!("{} = {value}", dotted.join("."));
    if let Some(table) = item.as_inline_table() {
        let span = table.span().ok_or("it has no place")?;
        let inner = &text[span.start..span.end - 1];
        let (gap, tail) = match inner.trim_end() {
            "{" => (" ", " "),
            full if full.ends_with(',') => (" ", " "),
            full => {
                let at = span.start + full.len();
                return Ok((at..at, format!(", {line}")));
            }
        };
        let at = span.start + inner.trim_end().len();
        return Ok((at..span.end - 1, format!("{gap}{line}{tail}")));
    }
    let whole = item
        .as_table()
        .filter(|it| missing.len() == 1 && (depth == 0 || !it.is_implicit()));
    if let Some(table) = whole {
        let own = table.iter().filter_map(|(_, it)| it.as_value()?.span());
        let header = (depth > 0)
            .then(|| table.span().map(|it| it.start))
            .flatten();
        if let Some(start) = own.map(|it| it.end).max().or(header) {
            let below = end_of_line(text, start);
            let gap = if text[..below].ends_with('\n') {
                ""
            } else {
                end
            };
            return Ok((below..below, format!("{gap}{line}{end}")));
        }
        if depth == 0 {
            // Above the first table, where keys of the file itself stand.
            return Ok((0..0, format!("{line}{end}{end}")));
        }
    }
    let gap = match text {
        "" => "",
        _ if text.ends_with('\n') => end,
        _ => "\n\n",
    };
    let header: Vec<String> = above.iter().map(|it| word(it)).collect();
    let header = match header.join(".") {
        path if path.is_empty() => String::new(),
        path => format!("[{path}]{end}"),
    };
    let at = text.len()..text.len();
    Ok((at, format!("{gap}{header}{} = {value}{end}", word(last))))
}

/// The offset behind the line that this one is on.
fn end_of_line(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |it| from + it + 1)
}

/// A key as TOML writes it.
fn word(key: &str) -> String {
    let is_bare = |it: char| it.is_ascii_alphanumeric() || "-_".contains(it);
    if !key.is_empty() && key.chars().all(is_bare) {
        key.to_owned()
    } else {
        toml_edit::Key::new(key).to_string()
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(a), Value::String(b)) => a.value() == b.value(),
        (Value::Integer(a), Value::Integer(b)) => a.value() == b.value(),
        (Value::Float(a), Value::Float(b)) => a.value().to_bits() == b.value().to_bits(),
        (Value::Boolean(a), Value::Boolean(b)) => a.value() == b.value(),
        (Value::Datetime(a), Value::Datetime(b)) => a.value() == b.value(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is_same(a, b))
        }
        (Value::InlineTable(a), Value::InlineTable(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, it)| b.get(key).is_some_and(|other| is_same(it, other)))
        }
        _ => false,
    }
}
