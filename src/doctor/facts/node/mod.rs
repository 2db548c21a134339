//! A file of configuration as a tree that knows its lines, whatever the language: TOML, YAML, JSON with comments.
//!
//! Made by [`Facts::node`](super::Facts::node), read by the checks. Any file may be hostile: nesting, aliases and size are bounded. It must not
//! know what the keys mean.

mod json;
mod toml;
mod yaml;

pub(crate) use json::json_options;

use std::sync::Arc;

/// What there is in a file, or why it cannot be read.
pub(crate) type Parsed = Result<Arc<Node>, Mistake>;

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// TOML 1.1.
    Toml,
    /// YAML 1.2, the first document of the file.
    Yaml,
    /// JSON, with comments and trailing commas as editors allow them.
    Json,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its line, from 1; of a table the one of its first key or of its header.
    pub(crate) line: u32,
    /// What it is.
    pub(crate) value: Value,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A string, a number, a date or a truth value, as it is written (strings without their quotes).
    Scalar {
        /// What it says.
        text: String,
        /// Whether it is a string by its quotes or by its language: `"3.10"` is, `3.10` is a number.
        is_string: bool,
    },
    /// Nothing: `null`, or a YAML key without a value.
    Null,
    /// Values in order.
    List(Vec<Node>),
    /// Keys with their values, in order.
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// The key's line, from 1.
    pub(crate) line: u32,
    /// What it is set to. Of a YAML value with a tag of its own (`!Ref`, `!GetAtt`), [`Node`] is what follows the tag.
    pub(crate) value: Node,
    /// The YAML tag of the value, `!Ref`, where it has one of its own.
    pub(crate) tag: Option<String>,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// What is wrong, in the words of its parser.
    pub(crate) message: String,
    /// Where, from 1.
    pub(crate) line: u32,
}

impl Language {
    /// By the name of a file; `None` where it is none of these.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match extension.as_str() {
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            "json" | "jsonc" => Some(Self::Json),
            _ => None,
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Yaml => "YAML",
            Self::Json => "JSON",
        }
    }

    /// Reads a text.
    pub(crate) fn parse(self, text: &str) -> Parsed {
        match self {
            Self::Toml => toml::parse(text),
            Self::Yaml => yaml::parse(text),
            Self::Json => json::parse(text),
        }
        .map(Arc::new)
    }
}

impl Node {
    /// An empty table, at the first line: what a file without a word is.
    pub(crate) fn empty() -> Self {
        Self {
            line: 1,
            value: Value::Table(Vec::new()),
        }
    }

    /// The value at these keys, one below the other.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter()
            .try_fold(self, |node, key| Some(&node.entry(key)?.value))
    }

    /// The entry of a table with this key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|it| it.key == key)
    }

    /// The entries of a table; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The values of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// What a scalar says, whatever its kind.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What a list of scalars says; a scalar by itself counts as a list of one.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::List(items) => items.iter().filter_map(Self::text).collect(),
            _ => self.text().into_iter().collect(),
        }
    }

    /// A truth value.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Every value below this one and itself, with the keys that lead there.
    pub(crate) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&[&'a str], &'a Self)) {
        self.walk_below(&mut Vec::new(), visit);
    }

    fn walk_below<'a>(
        &'a self,
        keys: &mut Vec<&'a str>,
        visit: &mut dyn FnMut(&[&'a str], &'a Self),
    ) {
        visit(keys, self);
        for item in self.items() {
            item.walk_below(keys, visit);
        }
        for entry in self.entries() {
            keys.push(&entry.key);
            entry.value.walk_below(keys, visit);
            keys.pop();
        }
    }
}

/// The line of each byte of a text.
struct Lines {
    ends: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        Self {
            ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect(),
        }
    }

    /// The line of the byte at this offset, from 1.
    fn line(&self, offset: usize) -> u32 {
        let before = self.ends.partition_point(|it| *it < offset);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests;
