//! Values as literals of the languages that templates write.
//!
//! Called by `render` for its helpers and by `project` for tables and the record. It must not know what a value stands for.

use std::fmt::Write as _;

use serde_json::Value;

/// JSON, which is also a YAML flow value.
pub(super) fn json_literal(value: &Value) -> String {
    value.to_string()
}

/// A TOML value: strings basic, lists inline, nothing for null (TOML has none).
pub(crate) fn toml_literal(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::String(text) => toml_edit::Value::from(text.as_str()).to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(toml_literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(table) => {
            let pairs: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{} = {}", toml_key(key), toml_literal(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

/// A TOML key, quoted where it must be.
pub(crate) fn toml_key(key: &str) -> String {
    toml_edit::Key::new(key).to_string()
}

/// A Python literal: strings in double quotes as black writes them.
pub(super) fn python_literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        // JSON's escapes are Python's too, but for what lies outside the basic plane, which JSON leaves as it is.
        other => other.to_string(),
    }
}

/// The merged tool settings as the text of TOML tables: one `[a.b]` for each table that has values, in the order given.
pub(crate) fn toml_tables(table: &serde_json::Map<String, Value>) -> String {
    let mut out = String::new();
    write_tables(&mut out, "", table);
    out.trim_start().to_owned()
}

fn write_tables(out: &mut String, path: &str, table: &serde_json::Map<String, Value>) {
    let (tables, values): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| value.is_object());
    if !values.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n[{path}]\n");
        for (key, value) in values {
            let _ = writeln!(out, "{} = {}", toml_key(key), toml_literal(value));
        }
    }
    for (key, value) in tables {
        let below = if path.is_empty() {
            toml_key(key)
        } else {
            format!("{path}.{}", toml_key(key))
        };
        if let Some(table) = value.as_object() {
            write_tables(out, &below, table);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::toml_tables;

    #[test]
    fn tables_are_written_as_toml() {
        let table = json!({"tool": {"black": {"line-length": 88, "target-version": ["py312"]}, "x": {"y": {"z": true}}}});
        assert_eq!(
            toml_tables(table.as_object().unwrap()),
            "[tool.black]\nline-length = 88\ntarget-version = [\"py312\"]\n\n[tool.x.y]\nz = true\n"
        );
    }
}
