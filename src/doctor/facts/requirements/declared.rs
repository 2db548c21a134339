//! What `pyproject.toml` asks for: `[project] dependencies`, its optional ones, and the dependency groups (PEP 621, PEP 735).
//!
//! Read by [`Requirements`](super::Requirements).

use super::requirement::{Requirement, normalized};
use crate::doctor::facts::node::Node;

/// How far groups that include groups are followed.
const DEEPEST: usize = 16;

/// The list that a requirement stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum List {
    /// `[project] dependencies`.
    Project,
    /// `[project.optional-dependencies]` of this name.
    Optional(String),
    /// `[dependency-groups]` of this name, as it is written.
    Group(String),
}

/// A requirement in `pyproject.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    /// Where it stands.
    pub(crate) list: List,
    /// Its line, from 1.
    pub(crate) line: u32,
    /// As it is written, without its quotes.
    pub(crate) text: String,
    /// What it means, or why it cannot be read.
    pub(crate) requirement: Result<Requirement, String>,
}

/// All of them, in order. What a group includes counts to the group that is included.
pub(super) fn declared(document: &Node) -> Vec<Declared> {
    let mut all = Vec::new();
    let mut add = |list: &List, node: Option<&Node>| {
        for item in node.map(Node::items).unwrap_or_default() {
            if let Some(text) = item.text() {
                all.push(Declared {
                    list: list.clone(),
                    line: item.line,
                    text: text.to_owned(),
                    requirement: Requirement::parse(text),
                });
            }
        }
    };
    let project = document.at(&["project"]);
    add(
        &List::Project,
        project.and_then(|it| it.at(&["dependencies"])),
    );
    let tables = [
        (
            project.and_then(|it| it.at(&["optional-dependencies"])),
            List::Optional as fn(String) -> List,
        ),
        (document.at(&["dependency-groups"]), List::Group),
    ];
    for (table, list) in tables {
        for entry in table.map(Node::entries).unwrap_or_default() {
            add(&list(entry.key.clone()), Some(&entry.value));
        }
    }
    all
}

/// The names (as they are written) of this group and of all that it includes.
pub(super) fn groups(document: &Node, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let table = document.at(&["dependency-groups"]);
    let entries = table.map(Node::entries).unwrap_or_default();
    let mut wanted = vec![normalized(name)];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for name in &wanted {
            let Some(entry) = entries.iter().find(|it| normalized(&it.key) == *name) else {
                continue;
            };
            if found.contains(&entry.key) {
                continue;
            }
            found.push(entry.key.clone());
            let included = entry.value.items().iter();
            next.extend(
                included
                    .filter_map(|it| it.at(&["include-group"])?.text())
                    .map(normalized),
            );
        }
        wanted = next;
    }
    found
}
