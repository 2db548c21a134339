//! Keys that the platform does not know, in the files of its configuration. Which they are stands in its layer.

use std::path::Path;

use super::each;
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Entry, Node};
use crate::doctor::facts::target::Target;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::platform::Keys;

/// PLAT020.
pub(super) fn unknown(facts: &Facts) -> Outcome {
    each(facts, |target, _| {
        let tables = crate::platform::keys_of(&target.id);
        tables
            .iter()
            .flat_map(|it| unknown_in(facts, target, it))
            .collect()
    })
}

fn unknown_in(facts: &Facts, target: &Target, keys: &Keys) -> Vec<Symptom> {
    let file = facts.in_project(&keys.file);
    let document = facts.node(&file);
    let mut tables = vec![(String::new(), &*document)];
    for step in keys.at.split('.').filter(|it| !it.is_empty()) {
        tables = tables
            .into_iter()
            .flat_map(|(path, node)| below(&path, node, step))
            .collect();
    }
    let mut symptoms = Vec::new();
    for (path, table) in tables {
        let unknown = table.entries().iter();
        let unknown = unknown.filter(|it| !keys.known.contains(&it.key));
        symptoms.extend(unknown.filter_map(|entry| {
            let symptom = judge(facts, target, keys, &path, table, entry)?;
            Some(symptom.by_table(facts, &target.facts.as_of))
        }));
    }
    symptoms
}

/// The tables that a step leads to, each with its path: `functions.api/a.py`, `crons[0]`.
fn below<'a>(path: &str, node: &'a Node, step: &str) -> Vec<(String, &'a Node)> {
    let joined = |key: &str| match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    };
    let entries = node.entries().iter();
    let mut found: Vec<_> = entries
        .filter(|it| step == "*" || it.key == step)
        .map(|it| (joined(&it.key), &it.value))
        .collect();
    if step == "*" {
        let items = node.items().iter().enumerate();
        found.extend(items.map(|(number, it)| (format!("{path}[{number}]"), it)));
    }
    found
}

/// A key that is none of these: almost one of them, a comment, or one too many where they are all that there are.
fn judge(
    facts: &Facts,
    target: &Target,
    keys: &Keys,
    path: &str,
    table: &Node,
    entry: &Entry,
) -> Option<Symptom> {
    let file = facts.in_project(&keys.file);
    let key = &entry.key;
    let inside = match path {
        "" => String::new(),
        path => format!(" in `{path}`"),
    };
    let said = |words: String| {
        let place = Evidence::path(&file).line(entry.line);
        Symptom::new(words).seen_in(place.says(&keys.source))
    };
    let title = &target.title;
    if let Some(near) = nearest(key, &keys.known) {
        let symptom = said(format!(
            "{title} knows no key `{key}`{inside}; `{near}` is one"
        ));
        return Some(match renamed(facts, &file, table, entry, near) {
            Some(action) => {
                let title = format!("rename `{key}` to `{near}` in `{}`", keys.file);
                symptom.fix(Fix::ask(title, [action]))
            }
            None => symptom,
        });
    }
    if is_comment(key) {
        return Some(said(format!(
            "{title} knows no key `{key}`{inside}, a comment or not"
        )));
    }
    keys.is_whole.then(|| {
        let known = keys.known.join(", ");
        said(format!(
            "{title} knows no key `{key}`{inside}: there are {known}"
        ))
    })
}

/// The key that is most like this one, if it is one or two letters away, or only differs in its capitals.
fn nearest<'a>(key: &str, known: &'a [String]) -> Option<&'a str> {
    let distance = |it: &str| {
        if it.eq_ignore_ascii_case(key) {
            0
        } else {
            strsim::osa_distance(it, key)
        }
    };
    let (distance, near) = known.iter().map(|it| (distance(it), it)).min()?;
    let is_near = distance <= 1 || (distance == 2 && near.len() > 4);
    (is_near && near.len() > 2).then_some(near)
}

/// What people write who miss comments in JSON.
fn is_comment(key: &str) -> bool {
    let word = key.trim_start_matches(['_', '$', '/', '#']);
    word.is_empty() || (word.len() < key.len() && word.eq_ignore_ascii_case("comment"))
}

/// The change that gives a key its right name.
fn renamed(facts: &Facts, file: &Path, table: &Node, entry: &Entry, near: &str) -> Option<Action> {
    // Two keys of one name would be worse: which part is meant is for the user to say.
    if table.entry(near).is_some() {
        return None;
    }
    let old = facts.line(file, entry.line)?;
    let quoted = format!("\"{}\"", entry.key);
    if old.matches(&quoted).count() != 1 {
        return None;
    }
    let new = old.replace(&quoted, &format!("\"{near}\""));
    let edit = Edit::Line {
        number: entry.line,
        old,
        new: Some(new),
    };
    Some(Action::edit(file, edit))
}

#[cfg(test)]
mod tests {
    use super::{is_comment, nearest};

    #[test]
    fn a_key_is_near_by_a_letter_or_two() {
        let known = ["maxDuration", "memory", "path", "key"].map(str::to_owned);
        for (key, near) in [
            ("maxduration", Some("maxDuration")),
            ("MEMORY", Some("memory")),
            ("memroy", Some("memory")),
            ("paht", Some("path")),
            ("keys", Some("key")),
            ("max_duration", Some("maxDuration")),
            ("timeout", None),
            ("size", None),
        ] {
            assert_eq!(nearest(key, &known), near, "{key}");
        }
    }

    #[test]
    fn a_comment_is_told_by_its_key() {
        for key in ["//", "_comment", "$comment", "#", "__COMMENT"] {
            assert!(is_comment(key), "{key}");
        }
        for key in ["comment", "commented", "$schema", "_x"] {
            assert!(!is_comment(key), "{key}");
        }
    }
}
