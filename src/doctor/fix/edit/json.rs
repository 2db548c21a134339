//! Setting a key of a JSON file with comments, by `jsonc-parser`, which keeps everything around the key as it is.

use jsonc_parser::cst::{CstContainerNode, CstInputValue, CstNode, CstRootNode};
use serde_json::Value;

use super::Key;
use crate::doctor::facts::node::json_options;

/// With the key set.
///
/// # Errors
/// When the file is no JSON, or something else stands where a table or a list should.
pub(super) fn set(text: &str, keys: &[Key], value: &Value) -> Result<String, String> {
    let (mark, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let root = CstRootNode::parse(text, &json_options())
        .map_err(|error| format!("it is no JSON: {}", error.kind()))?;
    let Some((last, above)) = keys.split_last() else {
        return Err("no key is named".to_owned());
    };
    let object = root
        .object_value_or_create()
        .ok_or("it is no JSON object")?;
    let mut place = CstNode::Container(CstContainerNode::Object(object));
    for key in above {
        place = below(&place, key)?;
    }
    match last {
        Key::Name(name) => {
            let object = place.as_object().ok_or_else(|| wrong(last))?;
            match object.get(name) {
                Some(entry) if entry.value().and_then(|it| plain(&it)).as_ref() == Some(value) => {
                    return Ok(format!("{mark}{text}"));
                }
                Some(entry) => entry.set_value(input(value)),
                None => drop(object.append(name, input(value))),
            }
        }
        Key::Index(index) => {
            let array = place.as_array().ok_or_else(|| wrong(last))?;
            let element = array
                .elements()
                .into_iter()
                .nth(*index)
                .ok_or_else(|| wrong(last))?;
            if plain(&element).as_ref() == Some(value) {
                return Ok(format!("{mark}{text}"));
            }
            array.insert(*index, input(value));
            element.remove();
        }
    }
    Ok(format!("{mark}{root}"))
}

/// The object or list at this key; an object that is missing is made.
fn below(place: &CstNode, key: &Key) -> Result<CstNode, String> {
    let found = match key {
        Key::Name(name) => {
            let object = place.as_object().ok_or_else(|| wrong(key))?;
            match object.get(name) {
                Some(entry) => entry.value(),
                None => Some(CstNode::Container(CstContainerNode::Object(
                    object.object_value_or_set(name),
                ))),
            }
        }
        Key::Index(index) => {
            let array = place.as_array().ok_or_else(|| wrong(key))?;
            array.elements().into_iter().nth(*index)
        }
    };
    found.ok_or_else(|| wrong(key))
}

fn wrong(key: &Key) -> String {
    match key {
        Key::Name(name) => format!("something else stands where `{name}` should"),
        Key::Index(index) => format!("there is no entry {}", index + 1),
    }
}

/// The value of a node, comments left out.
fn plain(node: &CstNode) -> Option<Value> {
    if let Some(object) = node.as_object() {
        let entries = object.properties().into_iter();
        return entries
            .map(|it| Some((it.decoded_name()?, plain(&it.value()?)?)))
            .collect::<Option<serde_json::Map<_, _>>>()
            .map(Value::Object);
    }
    if let Some(array) = node.as_array() {
        let elements = array.elements();
        return elements
            .iter()
            .map(plain)
            .collect::<Option<_>>()
            .map(Value::Array);
    }
    if let Some(text) = node.as_string_lit() {
        return text.decoded_value().ok().map(Value::String);
    }
    if let Some(truth) = node.as_boolean_lit() {
        return Some(Value::Bool(truth.value()));
    }
    if node.as_null_keyword().is_some() {
        return Some(Value::Null);
    }
    let number = node.as_number_lit()?;
    number.to_string().parse().ok().map(Value::Number)
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(it) => CstInputValue::Bool(*it),
        Value::Number(it) => CstInputValue::Number(it.to_string()),
        Value::String(it) => CstInputValue::String(it.clone()),
        Value::Array(it) => CstInputValue::Array(it.iter().map(input).collect()),
        Value::Object(it) => {
            let entries = it.iter().map(|(key, value)| (key.clone(), input(value)));
            CstInputValue::Object(entries.collect())
        }
    }
}
