//! What a fix would do, for people: a diff of every file, every command.

use std::path::Path;

use similar::TextDiff;

use super::redaction::without_credentials;
use crate::doctor::{Facts, Step};
use crate::process::quoted;
use crate::report::shown;
use crate::ui::Palette;

/// How many lines of a diff are shown.
const MOST: usize = 40;

/// The steps, indented below what they are for.
pub(super) fn text(steps: &[Step], facts: &Facts, palette: &Palette) -> String {
    steps
        .iter()
        .map(|step| text_of(step, facts, palette))
        .collect()
}

fn text_of(step: &Step, facts: &Facts, palette: &Palette) -> String {
    let path = |it: &Path| shown(&facts.shown(it));
    match step {
        Step::Write {
            path: file,
            old,
            new,
        } => {
            let verb = if old.is_some() { "change" } else { "make" };
            let changes = unified(file, old.as_deref().unwrap_or_default(), new);
            let changes = diff(&changes, palette);
            format!("    {verb} {}\n{changes}", path(file))
        }
        other => {
            let line = line(other, &path);
            let line = format!("    {}\n", palette.command.apply_to(line));
            match other {
                Step::Build { .. } => line + &contents(facts),
                _ => line,
            }
        }
    }
}

/// What is put into an environment that is built.
fn contents(facts: &Facts) -> String {
    let keeper = facts.keeper().and_then(|it| Some((it, it.found(facts)?)));
    if let Some((keeper, _)) = keeper {
        return format!(
            "      by {} {}\n",
            keeper.program,
            keeper.unattended.join(" ")
        );
    }
    let recipe = facts.recipe();
    let mut parts: Vec<String> = recipe.locks;
    if !recipe.packages.is_empty() {
        parts.push(recipe.packages.join(" "));
    }
    let lines = parts.iter().map(|it| format!("      with {}\n", shown(it)));
    lines.collect()
}

/// A step in a line, as a command where it is one.
fn line(step: &Step, path: &dyn Fn(&Path) -> String) -> String {
    match step {
        Step::Write { path: file, .. } => format!("write {}", path(file)),
        Step::Rename { from, to } => format!("mv {} {}", quoted(&path(from)), quoted(&path(to))),
        Step::Remove(it) => format!("rm -r {}", quoted(&path(it))),
        Step::MakeExecutable(it) => format!("chmod +x {}", quoted(&path(it))),
        Step::Run(argv) => {
            let words: Vec<String> = argv.iter().map(|it| quoted(it)).collect();
            words.join(" ")
        }
        Step::Build { folder, aside } => match aside {
            Some(aside) => format!(
                "set {} aside as {}, build a new one, put the old one back if that fails",
                path(folder),
                path(aside)
            ),
            None => format!("build {}", path(folder)),
        },
    }
}

/// A step for programs.
pub(super) fn value(step: &Step, facts: &Facts) -> serde_json::Value {
    use serde_json::json;
    let path = |it: &Path| facts.shown(it);
    match step {
        Step::Write {
            path: file,
            old,
            new,
        } => json!({
            "action": "write",
            "path": path(file),
            "is_new": old.is_none(),
            "diff": unified(file, old.as_deref().unwrap_or_default(), new),
        }),
        Step::Rename { from, to } => {
            json!({ "action": "rename", "from": path(from), "to": path(to) })
        }
        Step::Remove(it) => json!({ "action": "remove", "path": path(it) }),
        Step::MakeExecutable(it) => json!({ "action": "chmod", "path": path(it) }),
        Step::Run(argv) => json!({ "action": "run", "argv": argv }),
        Step::Build { folder, aside } => json!({
            "action": "build-environment",
            "path": path(folder),
            "set_aside": aside.as_deref().map(path),
        }),
    }
}

/// The lines that change, with one around each; nothing in it that nobody but the user is to see.
fn unified(file: &Path, old: &[u8], new: &[u8]) -> String {
    // Of UTF-16 and the like, nobody can read a diff.
    if memchr::memchr(0, old).is_some() {
        return "@@ the whole file, which is not UTF-8 now @@\n".to_owned();
    }
    let [old, new] = [old, new].map(String::from_utf8_lossy);
    let changes = TextDiff::from_lines(old.as_ref(), new.as_ref())
        .unified_diff()
        .context_radius(1)
        .to_string();
    let changes = without_credentials(&changes);
    if !holds_secrets(file) {
        return changes;
    }
    let without_value = |line: &str| match line.find(['=', ':']) {
        Some(at) if !line.starts_with("@@") => format!("{}…\n", &line[..=at]),
        _ if line.starts_with(['@', '\\'])
            || line.trim_start_matches(['+', '-', ' ']).trim().len() < 3 =>
        {
            format!("{}\n", line.trim_end())
        }
        _ => format!("{}…\n", &line[..1]),
    };
    changes
        .lines()
        .map(without_value)
        .collect::<Vec<_>>()
        .concat()
}

/// Whether a file is one in which people keep secrets.
fn holds_secrets(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let is_example = ["example", "sample", "template", "dist"]
        .iter()
        .any(|it| name.ends_with(it));
    (name.starts_with(".env") && !is_example) || name == "local.settings.json"
}

/// A diff for people.
fn diff(whole: &str, palette: &Palette) -> String {
    let lines: Vec<&str> = whole.lines().collect();
    let mut text = String::new();
    for line in lines.iter().take(MOST) {
        let style = match line.chars().next() {
            Some('+') => &palette.good,
            Some('-') => &palette.bad,
            _ => &palette.dim,
        };
        text.push_str(&format!("      {}\n", style.apply_to(shown(line))));
    }
    if lines.len() > MOST {
        text.push_str(&format!("      … {} more lines\n", lines.len() - MOST));
    }
    text
}
