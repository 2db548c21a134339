//! What tools print, as text to read.

use serde_json::Value;

/// The lines of an output.
pub(super) fn lines(output: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(output)
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// An output as JSON. Python writes a byte of a name that is not UTF-8 as half a surrogate pair, which is no JSON: it is read as the
/// six characters that it was written with.
pub(super) fn json(output: &[u8]) -> Option<Value> {
    serde_json::from_slice(output).ok().or_else(|| {
        let text = String::from_utf8_lossy(output);
        serde_json::from_str(&text.replace("\\udc", "\\\\udc")).ok()
    })
}

/// A text member of a JSON object; empty where there is none.
pub(super) fn member<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number at this place of a JSON value, moved by `offset`.
pub(super) fn number(object: &Value, pointer: &str, offset: u32) -> Option<u32> {
    let number = object.pointer(pointer)?.as_u64()?;
    u32::try_from(number).ok()?.checked_add(offset)
}
