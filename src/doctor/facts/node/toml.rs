//! TOML as a tree with lines, by `toml_edit`, which bounds the nesting.

use toml_edit::{Document, Item, Value as Toml};

use super::{Entry, Lines, Mistake, Node, Value};

pub(super) fn parse(text: &str) -> Result<Node, Mistake> {
    let lines = Lines::of(text);
    let document = Document::parse(text).map_err(|error| Mistake {
        message: error.message().lines().collect::<Vec<_>>().join("; "),
        line: lines.line(error.span().map_or(0, |it| it.start)),
    })?;
    Ok(item(document.as_item(), 1, &lines))
}

fn item(item: &Item, otherwise: u32, lines: &Lines) -> Node {
    let line = item.span().map_or(otherwise, |it| lines.line(it.start));
    let value = match item {
        Item::None => Value::Null,
        Item::Value(it) => value(it, line, lines),
        Item::Table(table) => Value::Table(
            table
                .iter()
                .map(|(key, below)| entry(key, table.key(key), below, line, lines))
                .collect(),
        ),
        Item::ArrayOfTables(tables) => Value::List(
            tables
                .iter()
                .map(|table| {
                    let line = table.span().map_or(line, |it| lines.line(it.start));
                    let entries = table
                        .iter()
                        .map(|(key, below)| entry(key, table.key(key), below, line, lines));
                    Node {
                        line,
                        value: Value::Table(entries.collect()),
                    }
                })
                .collect(),
        ),
    };
    Node { line, value }
}

fn entry(
    name: &str,
    key: Option<&toml_edit::Key>,
    below: &Item,
    otherwise: u32,
    lines: &Lines,
) -> Entry {
    let line = key
        .and_then(toml_edit::Key::span)
        .map_or(otherwise, |it| lines.line(it.start));
    Entry {
        key: name.to_owned(),
        line,
        value: item(below, line, lines),
        tag: None,
    }
}

fn value(value: &Toml, otherwise: u32, lines: &Lines) -> Value {
    let node = |it: &Toml| {
        let line = it.span().map_or(otherwise, |it| lines.line(it.start));
        Node {
            line,
            value: self::value(it, line, lines),
        }
    };
    match value {
        Toml::String(it) => Value::Scalar {
            text: it.value().clone(),
            is_string: true,
        },
        Toml::Array(array) => Value::List(array.iter().map(node).collect()),
        Toml::InlineTable(table) => Value::Table(
            table
                .iter()
                .map(|(name, it)| {
                    let value = node(it);
                    let span = table.key(name).and_then(toml_edit::Key::span);
                    Entry {
                        key: name.to_owned(),
                        line: span.map_or(value.line, |it| lines.line(it.start)),
                        value,
                        tag: None,
                    }
                })
                .collect(),
        ),
        Toml::Integer(it) => plain(it.value().to_string()),
        Toml::Float(it) => plain(it.value().to_string()),
        Toml::Boolean(it) => plain(it.value().to_string()),
        Toml::Datetime(it) => plain(it.value().to_string()),
    }
}

fn plain(text: String) -> Value {
    Value::Scalar {
        text,
        is_string: false,
    }
}
