//! YAML as a tree with lines, from the events of a parser: nothing recurses on our stack while it is read, and aliases cannot grow it without bound.

use std::collections::HashMap;

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle};

use super::{Entry, Mistake, Node, Value};

/// How deep collections may nest: as `toml_edit` and `jsonc-parser` bound theirs, for what walks the tree.
const DEEPEST: usize = 128;

/// How many values a file may have with its aliases expanded.
const MOST: usize = 200_000;

/// A collection that has not ended yet.
struct Open {
    node: Node,
    anchor: usize,
    tag: Option<String>,
    /// In a table: the key that waits for its value.
    key: Option<(String, u32)>,
    /// How many values it holds.
    size: usize,
}

/// A finished value on its way into the collection around it.
struct Finished {
    node: Node,
    tag: Option<String>,
    size: usize,
}

pub(super) fn parse(text: &str) -> Result<Node, Mistake> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.block_nesting_limit = DEEPEST;
    options.flow_nesting_limit = DEEPEST;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, (Node, usize)> = HashMap::new();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| Mistake {
            message: error.info(),
            line: line(error.marker().line()),
        })?;
        let at = line(span.start.line());
        let finished = match event {
            Event::SequenceStart(_, anchor, tag) => {
                let tag = tag.and_then(|it| own(&it.original()));
                open.push(Open::new(Value::List(Vec::new()), at, anchor, tag));
                continue;
            }
            Event::MappingStart(_, anchor, tag) => {
                let tag = tag.and_then(|it| own(&it.original()));
                open.push(Open::new(Value::Table(Vec::new()), at, anchor, tag));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(ended) = open.pop() else { continue };
                if ended.anchor != 0 {
                    anchors.insert(ended.anchor, (ended.node.clone(), ended.size));
                }
                Finished {
                    node: ended.node,
                    tag: ended.tag,
                    size: ended.size,
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let node = Node {
                    line: at,
                    value: scalar(&text, style),
                };
                if anchor != 0 {
                    anchors.insert(anchor, (node.clone(), 1));
                }
                Finished {
                    node,
                    tag: tag.and_then(|it| own(&it.original())),
                    size: 1,
                }
            }
            Event::Alias(anchor) => {
                let (mut node, size) = anchors.get(&anchor).cloned().unwrap_or((null(at), 1));
                node.line = at;
                Finished {
                    node,
                    tag: None,
                    size,
                }
            }
            Event::DocumentEnd => return Ok(Node::empty()),
            _ => continue,
        };
        match open.last_mut() {
            None => return Ok(finished.node),
            Some(around) => {
                around.take(finished);
                if around.size > MOST {
                    return Err(Mistake {
                        message: format!("its aliases stand for more than {MOST} values"),
                        line: at,
                    });
                }
            }
        }
    }
    Ok(Node::empty())
}

impl Open {
    fn new(value: Value, line: u32, anchor: usize, tag: Option<String>) -> Self {
        Self {
            node: Node { line, value },
            anchor,
            tag,
            key: None,
            size: 1,
        }
    }

    fn take(&mut self, finished: Finished) {
        self.size += finished.size;
        match &mut self.node.value {
            Value::List(items) => items.push(finished.node),
            Value::Table(entries) => match self.key.take() {
                None => {
                    let text = finished.node.text().unwrap_or_default().to_owned();
                    self.key = Some((text, finished.node.line));
                }
                Some((key, line)) => merge(entries, key, line, finished),
            },
            Value::Scalar { .. } | Value::Null => {}
        }
    }
}

/// Adds an entry; `<<` adds those of the table that it names, behind what is there already.
fn merge(entries: &mut Vec<Entry>, key: String, line: u32, finished: Finished) {
    if key == "<<" {
        let sources = match finished.node.value {
            Value::List(items) => items,
            _ => vec![finished.node],
        };
        for source in sources {
            if let Value::Table(others) = source.value {
                for other in others {
                    if entries.iter().all(|it| it.key != other.key) {
                        entries.push(other);
                    }
                }
            }
        }
        return;
    }
    let entry = Entry {
        key,
        line,
        value: finished.node,
        tag: finished.tag,
    };
    // What stands in the table itself wins over what was merged into it.
    match entries.iter_mut().find(|it| it.key == entry.key) {
        Some(merged) => *merged = entry,
        None => entries.push(entry),
    }
}

/// A tag that is not one of YAML's own.
fn own(tag: &str) -> Option<String> {
    (tag.starts_with('!') && !tag.starts_with("!!")).then(|| tag.to_owned())
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    let is_plain = style == ScalarStyle::Plain;
    if is_plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Null;
    }
    let is_word = text.parse::<f64>().is_err()
        && !matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE");
    Value::Scalar {
        text: text.to_owned(),
        is_string: !is_plain || is_word,
    }
}

fn null(line: u32) -> Node {
    Node {
        line,
        value: Value::Null,
    }
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
