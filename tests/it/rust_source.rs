//! Rust source as words and paths, read without a compiler: enough to see what a file names.
//!
//! Used by `layers`.

use std::collections::BTreeSet;

/// A file of the crate, without comments, literals and tests.
pub(crate) struct Source {
    /// Below `src`, with slashes.
    pub(crate) path: String,
    /// What the compiler makes of it, as words and punctuation.
    pub(crate) tokens: Vec<String>,
    /// Whether it opens by saying what it is for.
    pub(crate) introduced: bool,
}

impl Source {
    /// The module of the crate's root that the file belongs to; none for the root itself.
    pub(crate) fn module(&self) -> Option<String> {
        let first = self.path.split('/').next().unwrap().trim_end_matches(".rs");
        (!matches!(first, "lib" | "main")).then(|| first.to_owned())
    }

    /// Every path that the file names, `use` lists resolved: `std::fs::File` for `use std::{fs::File}`.
    pub(crate) fn paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let continues = at > 0 && self.tokens[at - 1] == "::";
            if !continues && is_name(&self.tokens[at]) {
                at = path_from(&self.tokens, at, &[], &mut paths);
            } else {
                at += 1;
            }
        }
        paths
    }

    /// The modules of the crate's root that it names.
    pub(crate) fn imports(&self) -> BTreeSet<String> {
        // How many `super` lead to the root.
        let depth = self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"));
        let own = self.module().unwrap();
        let outer = |path: &[String]| {
            let ups = path.iter().take_while(|it| *it == "super").count();
            if path[0] == "crate" {
                path.get(1).cloned()
            } else if ups >= depth {
                path.get(ups).cloned()
            } else {
                None
            }
        };
        let paths = self.paths();
        let named = paths.iter().filter_map(|path| outer(path));
        named.filter(|it| *it != own && is_name(it)).collect()
    }
}

/// The files that are more than tests.
pub(crate) fn sources(files: &[(String, String)]) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut tests = Vec::new();
    for (path, text) in files {
        let (tokens, declared) = without_tests(&tokens(text));
        let folder = path.strip_suffix("mod.rs").map_or_else(
            || format!("{}/", path.trim_end_matches(".rs")),
            str::to_owned,
        );
        tests.extend(declared.iter().map(|name| format!("{folder}{name}")));
        sources.push(Source {
            path: path.clone(),
            tokens,
            introduced: text.starts_with("//!"),
        });
    }
    sources.retain(|source| {
        let is_below = |test: &String| {
            source.path == format!("{test}.rs") || source.path.starts_with(&format!("{test}/"))
        };
        !tests.iter().any(is_below)
    });
    sources
}

/// Reads one path, with what stands in braces behind it, and gives the place after it.
fn path_from(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    paths: &mut Vec<Vec<String>>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") if !path.is_empty() => {
                at += 1;
                while tokens.get(at).is_some_and(|it| it != "}") {
                    at = if is_name(&tokens[at]) {
                        path_from(tokens, at, &path, paths)
                    } else {
                        at + 1
                    };
                }
                return at + 1;
            }
            Some(name) if is_name(name) => path.push(name.to_owned()),
            Some("*") => path.push("*".to_owned()),
            _ => break,
        }
        at += 1;
        if tokens.get(at).is_some_and(|it| it == "::") {
            at += 1;
        } else {
            break;
        }
    }
    paths.push(path);
    at
}

pub(crate) fn is_name(token: &str) -> bool {
    token.starts_with(|it: char| it.is_alphabetic() || it == '_')
}

/// Takes out every item behind `#[cfg(test)]`, and names the modules among them that lie in files of their own.
fn without_tests(tokens: &[String]) -> (Vec<String>, Vec<String>) {
    let marks = [
        ["#", "[", "cfg", "(", "test", ")", "]"].as_slice(),
        &["#", "[", "cfg", "(", "all", "(", "test"],
    ];
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        let is_mark = |mark: &&[&str]| {
            tokens[at..]
                .iter()
                .zip(*mark)
                .filter(|(one, other)| one == *other)
                .count()
                == mark.len()
        };
        if !marks.iter().any(is_mark) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        // Up to the end of the item: a semicolon, or the brace that closes its first one.
        let start = at;
        let mut depth = 0;
        loop {
            match tokens.get(at).map(String::as_str) {
                None => break,
                Some(";" | ",") if depth == 0 => break,
                Some("{" | "(" | "[") => depth += 1,
                Some(close @ ("}" | ")" | "]")) => {
                    depth -= 1;
                    if depth == 0 && close == "}" {
                        break;
                    }
                }
                Some(_) => {}
            }
            at += 1;
        }
        at += 1;
        let item = &tokens[start..at.min(tokens.len())];
        if let [.., keyword, name, end] = item
            && keyword == "mod"
            && end == ";"
        {
            modules.push(name.clone());
        }
    }
    (kept, modules)
}

/// Names and punctuation, without comments and without what stands in quotes; `::` is one token.
fn tokens(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    let starts = |at: usize, with: &str| {
        with.chars()
            .enumerate()
            .all(|(offset, it)| letters.get(at + offset) == Some(&it))
    };
    while let Some(&letter) = letters.get(at) {
        if starts(at, "//") {
            while letters.get(at).is_some_and(|it| *it != '\n') {
                at += 1;
            }
        } else if starts(at, "/*") {
            while at < letters.len() && !starts(at, "*/") {
                at += 1;
            }
            at += 2;
        } else if let Some(end) = literal(&letters, at) {
            at = end;
        } else if letter.is_alphabetic() || letter == '_' {
            let start = at;
            while letters
                .get(at)
                .is_some_and(|it| it.is_alphanumeric() || *it == '_')
            {
                at += 1;
            }
            tokens.push(letters[start..at].iter().collect());
        } else if starts(at, "::") {
            tokens.push("::".to_owned());
            at += 2;
        } else {
            if !letter.is_whitespace() {
                tokens.push(letter.to_string());
            }
            at += 1;
        }
    }
    tokens
}

/// The end of the literal in quotes that starts here, if one does. A lifetime is none.
fn literal(letters: &[char], start: usize) -> Option<usize> {
    let get = |at: usize| letters.get(at).copied();
    let mut at = start;
    if matches!(get(at), Some('b' | 'c')) && matches!(get(at + 1), Some('"' | 'r' | '\'')) {
        at += 1;
    }
    if get(at) == Some('r') && matches!(get(at + 1), Some('"' | '#')) {
        let hashes = letters[at + 1..]
            .iter()
            .take_while(|it| **it == '#')
            .count();
        if get(at + 1 + hashes) != Some('"') {
            return None;
        }
        let close: Vec<char> = std::iter::once('"')
            .chain(std::iter::repeat_n('#', hashes))
            .collect();
        at += 2 + hashes;
        while at < letters.len() && !letters[at..].starts_with(&close) {
            at += 1;
        }
        return Some(at + close.len());
    }
    let quote = get(at).filter(|it| matches!(it, '"' | '\''))?;
    // 'a' and '\n' are characters, 'a without a quote behind it is a lifetime.
    if quote == '\'' && get(at + 1) != Some('\\') && get(at + 2) != Some('\'') {
        return None;
    }
    at += 1;
    while let Some(letter) = get(at) {
        at += if letter == '\\' { 2 } else { 1 };
        if letter == quote {
            break;
        }
    }
    Some(at)
}
