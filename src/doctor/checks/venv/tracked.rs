//! Whether git tracks an environment.

use crate::doctor::facts::Facts;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// What is said of the condition.
pub(super) const WORDS: [&str; 3] = [
    "git tracks the environment",
    "an environment works on the machine and at the place where it was made, and every change of a package becomes a change of the project",
    "Take it out of git; it stays on this machine. Its history stays as it is, and so does the size of the repository.",
];

/// The folders in which people keep an environment; the names alone prove nothing.
const FOLDERS: [&str; 4] = [".venv", "venv", "env", "virtualenv"];

/// What proves it, each below the folder.
const PARTS: [&str; 4] = [
    "pyvenv.cfg",
    "bin/activate",
    "Scripts/activate",
    "lib/python3.",
];

pub(super) fn look(facts: &Facts) -> Outcome {
    let Some(repository) = facts.repository() else {
        return Outcome::Skipped("the project is in no git repository");
    };
    let Some(index) = repository.index() else {
        return Outcome::Skipped("what git tracks cannot be read");
    };
    let ignores = repository.ignores(&facts.host);
    let tracked = FOLDERS.into_iter().filter(|folder| {
        PARTS.iter().any(|part| {
            let begins = format!("{}{folder}/{part}", repository.prefix);
            index.paths_below(begins.as_bytes()).next().is_some()
        })
    });
    let tracked: Vec<&str> = tracked.collect();
    if tracked.is_empty() && facts.environment().is_none() {
        return super::no_environment(facts);
    }
    Outcome::of(tracked.into_iter().map(|folder| {
        let below = format!("{}{folder}/", repository.prefix);
        let count = index.paths_below(below.as_bytes()).count();
        let files = if count == 1 { "file" } else { "files" };
        let path = facts.in_project(folder);
        let typed = ["git", "rm", "-r", "--cached", "--quiet", "--", folder];
        // What was staged and changed since stays as it is on disk.
        let remove = [
            "git", "rm", "-r", "--cached", "--force", "--quiet", "--", folder,
        ];
        let mut actions = vec![Action::run(remove)];
        if !ignores.as_ref().is_some_and(|it| it.has(&path, true)) {
            let line = format!("{folder}/");
            let file = facts.in_project(".gitignore");
            actions.push(Action::edit(file, Edit::Append(vec![line])));
        }
        Symptom::new(format!("git tracks {count} {files} in `{folder}`"))
            .seen_in(Evidence::path(path))
            .next(typed.join(" "))
            .fix(Fix::ask(
                format!("take `{folder}` out of git; it stays here"),
                actions,
            ))
    }))
}
