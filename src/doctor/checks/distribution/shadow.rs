//! Files of the project that are found in place of the standard library or of an installed package: DEP017.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::of_installed;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::distributions::{Distribution, Distributions};
use crate::doctor::facts::reading::names;
use crate::doctor::facts::requirements::normalized;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::names::standard_modules;

/// Modules of the standard library that nobody imports but to try them.
const UNUSED: [&str; 6] = [
    "antigravity",
    "idlelib",
    "lib2to3",
    "test",
    "this",
    "turtledemo",
];

/// Modules of the standard library that hardly any other module imports: to hide one of these mostly hurts nobody.
const SELDOM: [&str; 24] = [
    "cProfile",
    "chunk",
    "cmd",
    "code",
    "colorsys",
    "crypt",
    "curses",
    "dbm",
    "imghdr",
    "mailbox",
    "mailcap",
    "nis",
    "pipes",
    "profile",
    "sched",
    "shelve",
    "site",
    "sndhdr",
    "statistics",
    "symbol",
    "trace",
    "turtle",
    "wave",
    "xdrlib",
];

/// What distributions install at the top by mistake.
const JUNK: [&str; 13] = [
    "__pycache__",
    "bench",
    "benchmarks",
    "build",
    "conftest",
    "doc",
    "docs",
    "examples",
    "scripts",
    "src",
    "test",
    "tests",
    "tools",
];

pub(super) fn shadows(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let Some(target) = &installed.target else {
            return Outcome::Skipped("`pyvenv.cfg` does not say which Python it is");
        };
        let standard: BTreeSet<&str> = standard_modules(target.series)
            .filter(|it| !UNUSED.contains(it))
            .collect();
        let mut symptoms = Vec::new();
        for folder in searched(facts) {
            for (module, path) in modules(&folder) {
                let is_standard = standard.contains(module.as_str());
                let place = (!is_standard)
                    .then(|| top_level(installed, &module))
                    .flatten();
                let what = match place {
                    _ if is_standard => format!("`{module}` of the standard library"),
                    Some(place) if !is_of_project(facts, installed, place) => {
                        format!("the installed `{module}`")
                    }
                    _ => continue,
                };
                let symptom = Symptom::new(format!("`{}` hides {what}", facts.shown(&path)))
                    .seen_in(Evidence::path(path));
                let symptom = match place {
                    Some(place) => symptom.seen_in(Evidence::path(installed.folder.join(place))),
                    None => symptom,
                };
                symptoms.push(if SELDOM.contains(&&*module) {
                    symptom.severity(Severity::Warning)
                } else {
                    symptom
                });
            }
        }
        Outcome::of(symptoms)
    })
}

/// The folders of the project that are searched before the standard library: its own, and those that pytest puts first.
fn searched(facts: &Facts) -> Vec<PathBuf> {
    let mut folders = vec![facts.in_project("")];
    let document = facts.pyproject();
    let keys = ["tool", "pytest", "ini_options", "pythonpath"];
    let told = document.at(&keys).map(|it| it.texts());
    for below in told.unwrap_or_default() {
        let is_inside = !below.starts_with('/') && !below.contains("..");
        let folder = facts.in_project(below.trim_start_matches("./").trim_end_matches('.'));
        if is_inside
            && !folders
                .iter()
                .any(|it| it.components().eq(folder.components()))
        {
            folders.push(folder);
        }
    }
    folders
}

/// What can be imported from a folder: its files of Python, and its folders that say they are packages. Others only count where
/// nothing else of their name is found.
fn modules(folder: &Path) -> Vec<(String, PathBuf)> {
    let names = names(folder).into_iter().filter(|it| !it.starts_with('.'));
    names
        .filter_map(|name| {
            let path = folder.join(&name);
            if let Some(module) = name.strip_suffix(".py") {
                return Some((module.to_owned(), path));
            }
            let is_package = !name.contains('.') && path.join("__init__.py").is_file();
            is_package.then_some((name, path))
        })
        .collect()
}

/// The name of the file or folder among the packages that brings a module.
fn top_level<'a>(installed: &'a Distributions, module: &str) -> Option<&'a str> {
    if JUNK.contains(&module) {
        return None;
    }
    let is_it = |name: &str, is_folder: bool| match name.split_once('.') {
        None => is_folder && name == module,
        Some((stem, rest)) => {
            let ends = |it: &str| rest == it || rest.ends_with(&format!(".{it}"));
            stem == module && !is_folder && ["py", "so", "pyd"].iter().any(|it| ends(it))
        }
    };
    let mut names = installed.names.iter();
    let found = names.find(|it| is_it(&it.name, it.is_folder))?;
    Some(&found.name)
}

/// Whether it is the project itself that is installed there.
fn is_of_project(facts: &Facts, installed: &Distributions, place: &str) -> bool {
    let document = facts.pyproject();
    let own = document
        .at(&["project", "name"])
        .and_then(|it| it.text().map(normalized));
    let is_own = |it: &&Distribution| {
        let from_here = it.origin().and_then(|it| it.path.as_ref());
        own.as_ref() == Some(&it.name) || from_here.is_some() && from_here == facts.project.as_ref()
    };
    let mut files = installed
        .all
        .iter()
        .filter(is_own)
        .flat_map(|it| it.record().unwrap_or_default());
    files.any(|it| it.path.split('/').next() == Some(place))
}
