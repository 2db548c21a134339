//! The layers of the crate, as the map in `src/lib.rs` draws them, held against the code.
//!
//! What only tests use (`#[cfg(test)]`) is left out: a test may set up its own machine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::rust_source::{Source, sources};

/// Modules by layer, uppermost first: the items of the list in the documentation of `src/lib.rs`.
struct Map {
    layers: Vec<Vec<String>>,
}

#[test]
fn the_code_keeps_to_the_map() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = read(&root);
    assert!(files.len() > 40, "only {} files were found", files.len());
    let broken = violations(&files);
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_rule_is_seen_to_be_broken() {
    let lib = "//! - `top`: x.\n//! - Features, which never import each other: `left`, `right`.\n//! - Shared: `word`.\n//! - Outside: `git`, `process`, `fs`, `error`.\n\
               mod top; mod left; mod right; mod word; mod git; mod process; mod fs; mod error;";
    let with = |path: &str, text: &str| {
        let files = vec![
            ("lib.rs".to_owned(), lib.to_owned()),
            (path.to_owned(), text.to_owned()),
        ];
        violations(&files).join("\n")
    };
    let said = |path: &str, text: &str, expected: &str| {
        let found = with(path, &format!("//! For tests.\n{text}"));
        assert!(found.contains(expected), "{text}: {found:?}");
    };
    assert_eq!(
        with(
            "top.rs",
            "//! Fine.\nuse crate::left::x; // crate::nothing\n"
        ),
        ""
    );
    assert_eq!(
        with(
            "left/mod.rs",
            "//! Fine.\n#[cfg(test)]\nmod tests { use crate::top::x; }\n"
        ),
        ""
    );
    assert_eq!(
        with(
            "word.rs",
            "//! Fine.\nfn f() { crate::fs::read(x); \"crate::top\"; 'a'; }\n"
        ),
        ""
    );
    assert_eq!(
        with(
            "fs/mod.rs",
            "//! Fine.\nfn f<'a>() { std::fs::write(x); }\n"
        ),
        ""
    );
    assert!(with("left.rs", "use crate::word;").contains("does not say what it is for"));
    said(
        "left/mod.rs",
        "use crate::top::x;",
        "left/mod.rs: `left` must not know `top`",
    );
    said(
        "left.rs",
        "use crate::{error::Error, right};",
        "`left` must not know `right`",
    );
    said(
        "left.rs",
        "fn f() { crate::right::g(); }",
        "`left` must not know `right`",
    );
    said(
        "left/deep.rs",
        "use super::super::right;",
        "`left` must not know `right`",
    );
    said(
        "git/mod.rs",
        "use crate::word::Word;",
        "`git` must not know `word`",
    );
    said("new.rs", "use crate::error;", "`new` is not on the map");
    said(
        "word.rs",
        "use crate::process::Command;",
        "word.rs: shared vocabulary starts no process",
    );
    said(
        "word.rs",
        "use crate::git::Config;",
        "word.rs: shared vocabulary starts no process",
    );
    said(
        "word.rs",
        "fn f() { crate::fs::write_new(x); }",
        "word.rs: `fs::write_new` writes",
    );
    said(
        "word.rs",
        "use crate::fs::{read, rename};",
        "word.rs: `fs::rename` writes",
    );
    said(
        "word.rs",
        "use crate::fs; fn f() { fs::symlink(x); }",
        "word.rs: `fs::symlink` writes",
    );
    said(
        "left.rs",
        "use git2::Repository;",
        "left.rs: only `git` names git2",
    );
    said(
        "left.rs",
        "use std::process::{ExitCode, Command};",
        "left.rs: only `process` starts programs",
    );
    said(
        "left.rs",
        "use std::{fs, process}; fn f() { process::Command::new(x); }",
        "only `process` starts programs",
    );
    said(
        "left.rs",
        "fn f() { std::fs::remove_dir_all(x); }",
        "left.rs: `remove_dir_all` writes",
    );
    said(
        "left.rs",
        "use std::fs; fn f() { fs::copy(x); }",
        "left.rs: `copy` writes",
    );
    said(
        "left.rs",
        "use std::fs::File; fn f() { File::create(x); }",
        "left.rs: `File::create` writes",
    );
    said(
        "left.rs",
        "fn f() { std::os::unix::fs::symlink(x); }",
        "left.rs: `symlink` writes",
    );
    said(
        "left.rs",
        "use std::fs::OpenOptions;",
        "left.rs: `OpenOptions` writes",
    );
    said(
        "left.rs",
        "fn f() { file.set_len(0); }",
        "left.rs: `set_len` writes",
    );
    let circle = [
        ("fs/mod.rs", "//! x\nuse crate::git;"),
        ("git/mod.rs", "//! x\nuse crate::fs;"),
    ];
    let mut files: Vec<_> = circle
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into();
    files.push(("lib.rs".to_owned(), lib.to_owned()));
    assert!(violations(&files).join("\n").contains("a circle: "));
}

/// Every file of a folder and those below, by path.
fn read(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Everything that the files do against the map.
fn violations(files: &[(String, String)]) -> Vec<String> {
    let map = Map::read(&files.iter().find(|(path, _)| path == "lib.rs").unwrap().1);
    let mut broken = Vec::new();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources(files) {
        let path = &source.path;
        let mut say = |what: String| broken.push(format!("{path}: {what}"));
        if !source.introduced {
            say("the module does not say what it is for (`//!` in its first line)".to_owned());
        }
        let Some(module) = source.module() else {
            continue;
        };
        if map.layer(&module).is_none() {
            say(format!("`{module}` is not on the map in src/lib.rs"));
        }
        for other in source.imports() {
            if !map.may_know(&module, &other) {
                say(format!("`{module}` must not know `{other}`"));
            }
            graph.entry(module.clone()).or_default().insert(other);
        }
        deeds(&source, &map, &module).into_iter().for_each(&mut say);
    }
    broken.extend(circle(&graph).map(|modules| format!("a circle: {}", modules.join(" → "))));
    broken
}

impl Map {
    fn read(lib: &str) -> Self {
        // What only tests use is declared last.
        let of_program = lib.split("#[cfg(test)]").next().unwrap_or_default();
        let declared: BTreeSet<&str> = of_program
            .split([';', '\n'])
            .filter_map(|line| line.trim().strip_prefix("mod "))
            .collect();
        let items = lib.lines().filter_map(|line| line.strip_prefix("//! - "));
        let layers: Vec<Vec<String>> = items
            .map(|item| {
                let quoted = item.split('`').skip(1).step_by(2);
                quoted
                    .filter(|it| declared.contains(it))
                    .map(str::to_owned)
                    .collect()
            })
            .collect();
        let placed: BTreeSet<&str> = layers.iter().flatten().map(String::as_str).collect();
        assert_eq!(
            placed, declared,
            "the map in src/lib.rs and its modules differ"
        );
        assert_eq!(
            layers.len(),
            4,
            "commands, features, vocabulary, the outside world"
        );
        Self { layers }
    }

    fn layer(&self, module: &str) -> Option<usize> {
        self.layers
            .iter()
            .position(|layer| layer.iter().any(|it| it == module))
    }

    /// Downwards always, upwards never, beside each other everywhere but among features.
    fn may_know(&self, module: &str, other: &str) -> bool {
        match (self.layer(module), self.layer(other)) {
            (Some(from), Some(to)) => module == other || from < to || (from == to && from != 1),
            _ => false,
        }
    }
}

/// What a file does that its place forbids.
fn deeds(source: &Source, map: &Map, module: &str) -> BTreeSet<String> {
    let paths = source.paths();
    let mut deeds = BTreeSet::new();
    let uses = |prefix: &[&str]| {
        paths.iter().any(|path| {
            path.len() == prefix.len() && path.iter().zip(prefix).all(|(one, other)| one == other)
        })
    };
    let std_fs = uses(&["std", "fs"]) || uses(&["std", "fs", "self"]);
    for path in &paths {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if path.contains(&"git2") && module != "git" {
            deeds.insert("only `git` names git2".to_owned());
        }
        let starts = ["Command", "Stdio", "Child"];
        let std_process = path.starts_with(&["std", "process"])
            || (path[0] == "process" && uses(&["std", "process"]) && !uses(&["crate", "process"]));
        if std_process && path.iter().any(|it| starts.contains(it)) && module != "process" {
            deeds.insert("only `process` starts programs".to_owned());
        }
        let names_fs = path.contains(&"fs") && path[0] == "std"
            || (path[0] == "fs" && std_fs)
            || path[0] == "rustix"
            || matches!(path[0], "File" | "OpenOptions");
        if names_fs
            && !matches!(module, "fs" | "process")
            && let Some(what) = writes(&path)
        {
            deeds.insert(format!("`{what}` writes, and only `fs` may"));
        }
        if map.layer(module) == Some(2) {
            if path.starts_with(&["crate", "process"]) || path.starts_with(&["crate", "git"]) {
                deeds.insert("shared vocabulary starts no process".to_owned());
            }
            let ours = path.strip_prefix(&["crate", "fs"]);
            let ours = ours.or_else(|| path.strip_prefix(&["fs"]).filter(|_| !std_fs));
            let reads = [
                "failed",
                "list",
                "read",
                "read_text",
                "read_text_if_any",
                "self",
            ];
            if let Some([what, ..]) = ours
                && !reads.contains(what)
            {
                deeds.insert(format!(
                    "`fs::{what}` writes, and shared vocabulary does not"
                ));
            }
        }
    }
    for pair in source.tokens.windows(2) {
        let methods = ["set_len", "set_permissions", "set_times", "set_modified"];
        if pair[0] == "."
            && methods.contains(&pair[1].as_str())
            && !matches!(module, "fs" | "process")
        {
            deeds.insert(format!("`{}` writes, and only `fs` may", pair[1]));
        }
    }
    deeds
}

/// The writing function that a path into the file system's interface names.
fn writes(path: &[&str]) -> Option<String> {
    const FUNCTIONS: [&str; 22] = [
        "OpenOptions",
        "DirBuilder",
        "copy",
        "create_dir",
        "create_dir_all",
        "hard_link",
        "remove_dir",
        "remove_dir_all",
        "remove_file",
        "rename",
        "renameat",
        "renameat_with",
        "set_permissions",
        "soft_link",
        "symlink",
        "symlink_dir",
        "symlink_file",
        "write",
        "linkat",
        "unlinkat",
        "mkdirat",
        "openat",
    ];
    if let Some(pair) = path
        .windows(2)
        .find(|it| it[0] == "File" && matches!(it[1], "create" | "create_new" | "options"))
    {
        return Some(pair.join("::"));
    }
    path.iter()
        .find(|it| FUNCTIONS.contains(it))
        .map(|it| (*it).to_owned())
}

/// Modules that know each other in a circle.
fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn walk(
        graph: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        let module = way.last()?.clone();
        for next in graph.get(&module).into_iter().flatten() {
            if let Some(start) = way.iter().position(|it| it == next) {
                way.push(next.clone());
                return Some(way[start..].to_vec());
            }
            if done.contains(next) {
                continue;
            }
            way.push(next.clone());
            if let Some(found) = walk(graph, way, done) {
                return Some(found);
            }
            way.pop();
        }
        done.insert(module);
        None
    }
    let mut done = BTreeSet::new();
    graph
        .keys()
        .find_map(|module| walk(graph, &mut vec![module.clone()], &mut done))
}
