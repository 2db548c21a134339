//! What is peculiar to Vercel: the paths that a project answers, and the files that become functions.
//!
//! <https://vercel.com/docs/functions/runtimes/python>, <https://vercel.com/docs/project-configuration/vercel-json>

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Node;
use crate::doctor::symptom::{Evidence, Symptom};
use crate::python::Series;
use crate::python::grammar::{Kind, Module, mistake};

/// The file of one application that answers everything, in these folders.
const APPLICATIONS: [&str; 6] = ["app", "index", "server", "main", "wsgi", "asgi"];
const FOLDERS: [&str; 4] = ["", "src", "app", "api"];

/// No more files than that are looked at.
const MOST: usize = 500;

/// The paths that a project answers.
pub(super) struct Routes {
    /// `/api/hello`.
    paths: BTreeSet<String>,
}

/// Whether other things than the files in `api` may answer: a framework, an application, or rules that only Vercel knows.
fn is_open(facts: &Facts, document: &Node) -> bool {
    let framework = document.entry("framework");
    let is_null = framework.is_some_and(|it| it.value.text().is_none());
    let others = [
        "builds",
        "routes",
        "buildCommand",
        "services",
        "experimentalServices",
    ];
    let has_application = || {
        let files = FOLDERS.iter().flat_map(|folder| {
            let names = APPLICATIONS.iter();
            names.map(move |name| facts.in_project(folder).join(format!("{name}.py")))
        });
        files.into_iter().any(|it| it.is_file())
            || facts.pyproject().at(&["tool", "vercel"]).is_some()
    };
    framework.is_some_and(|it| it.value.text().is_some())
        || others.iter().any(|it| document.entry(it).is_some())
        || ["package.json", "vercel.toml", "vercel.ts"]
            .iter()
            .any(|it| facts.is_file(&facts.in_project(it)))
        || (!is_null && has_application())
}

impl Routes {
    /// Reads them; `None` where what answers cannot be told from the files.
    pub(super) fn of(facts: &Facts) -> Option<Self> {
        let document = facts.node(&facts.in_project("vercel.json"));
        if is_open(facts, &document) {
            return None;
        }
        let mut paths = BTreeSet::new();
        for file in functions(facts) {
            let stem = file
                .rsplit_once('.')
                .map_or(file.as_str(), |(stem, _)| stem);
            // A part of the path that may be anything.
            if stem.contains('[') {
                return None;
            }
            paths.insert(format!("/{}", stem.strip_suffix("/index").unwrap_or(stem)));
            paths.insert(format!("/{file}"));
        }
        for key in ["rewrites", "redirects"] {
            for rule in document.at(&[key]).map_or(&[][..], Node::items) {
                let source = rule.at(&["source"]).and_then(Node::text)?;
                if source.contains([':', '(', '*', '?', '+', '{']) {
                    return None;
                }
                paths.insert(source.trim_end_matches('/').to_owned());
            }
        }
        Some(Self { paths })
    }

    /// Whether something answers this path.
    pub(super) fn serve(&self, path: &str) -> bool {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        self.paths.contains(path.trim_end_matches('/'))
    }

    /// The path that is most like this one.
    pub(super) fn nearest(&self, path: &str) -> Option<&str> {
        let near = |it: &&String| strsim::jaro(it, path);
        let paths = self.paths.iter().filter(|it| !it.ends_with(".py"));
        let nearest = paths.max_by(|a, b| near(a).total_cmp(&near(b)))?;
        (near(&nearest) > 0.8).then_some(nearest)
    }
}

/// The files below `api` that can become functions, as paths from the project's folder; at most [`MOST`].
fn functions(facts: &Facts) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec!["api".to_owned()];
    while let Some(folder) = folders.pop() {
        for name in &*facts.names(&facts.in_project(&folder)) {
            if name.starts_with(['_', '.']) || name == "node_modules" || files.len() >= MOST {
                continue;
            }
            let below = format!("{folder}/{name}");
            let path = facts.in_project(&below);
            let Ok(there) = path.symlink_metadata() else {
                continue;
            };
            // A link to a folder could lead around in a circle.
            if there.is_dir() {
                folders.push(below);
            } else if there.is_file() || path.is_file() {
                files.push(below);
            }
        }
    }
    files
}

/// Files that look like functions and become none, and patterns that name no file.
pub(super) fn entries(facts: &Facts) -> Vec<Symptom> {
    let file = facts.in_project("vercel.json");
    let document = facts.node(&file);
    if is_open(facts, &document) {
        return Vec::new();
    }
    let files = functions(facts);
    let patterns = document.at(&["functions"]).map_or(&[][..], Node::entries);
    let mut symptoms: Vec<Symptom> = patterns
        .iter()
        .filter(|it| it.key.starts_with("api/") && !matches(&it.key, &files))
        .map(|it| {
            Symptom::new(format!(
                "the pattern `{}` of `functions` names no file",
                it.key
            ))
            .seen_in(Evidence::path(&file).line(it.line))
        })
        .collect();
    for name in files.iter().filter(|it| it.ends_with(".py")) {
        let path: PathBuf = facts.in_project(name);
        let text = facts.text(&path);
        let text = text.filter(|it| may_define(it, "handler"));
        let Some(module) = text.and_then(|it| Module::read(&it)) else {
            continue;
        };
        let has = |it: &str| module.names.contains_key(it);
        let Some(binding) = module.names.get("handler") else {
            continue;
        };
        let is_function = matches!(binding.kind, Kind::Function { .. });
        if is_function && !module.is_open && !has("app") && !has("application") {
            symptoms.push(
                Symptom::new(format!(
                    "`{name}` becomes no function: its `handler` is a function, and Vercel wants a class of that name, or an `app`"
                ))
                .seen_in(Evidence::path(path).line(binding.line)),
            );
        }
    }
    symptoms.extend(destinations(facts, &document, &files));
    symptoms
}

/// Whether a function of this name may be in a text of Python: where not, nothing has to be parsed.
fn may_define(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(place, _)| {
        let before = text.get(..place).unwrap_or_default();
        let before = before.trim_end_matches(|it: char| it.is_whitespace() || it == '\\');
        before.ends_with("def")
    })
}

/// Rewrites that lead to no function.
fn destinations(facts: &Facts, document: &Node, files: &[String]) -> Vec<Symptom> {
    let rules = document.at(&["rewrites"]).map_or(&[][..], Node::items);
    let word = |rule: &Node, key: &str| rule.at(&[key]).and_then(Node::text).map(str::to_owned);
    if files.len() >= MOST || files.iter().any(|it| it.contains('[')) {
        return Vec::new();
    }
    let mut symptoms = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let Some(written) = rule.at(&["destination"]) else {
            continue;
        };
        let Some(text) = written.text() else { continue };
        let path = text.split(['?', '#']).next().unwrap_or(text);
        let is_literal = !path.contains(['$', ':', '(', '*', '{', '[']);
        let below = path.trim_matches('/');
        if !is_literal || !(below == "api" || below.starts_with("api/")) {
            continue;
        }
        // Another rule may take it from there, and a file that is served as it is may lie there.
        let is_taken = rules.iter().enumerate().any(|(other, it)| {
            let source = word(it, "source").unwrap_or_default();
            other != number
                && (source.contains([':', '(', '*', '?', '+', '{'])
                    || source.trim_matches('/') == below)
        });
        let public = facts.in_project("public").join(below);
        if is_taken || public.exists() || public.with_extension("html").exists() {
            continue;
        }
        let place = Evidence::path(facts.in_project("vercel.json")).line(written.line);
        let place = place.says(text);
        let serving = files.iter().find(|it| {
            let stem = it.rsplit_once('.').map_or(it.as_str(), |it| it.0);
            *it == below || stem == below || stem.strip_suffix("/index") == Some(below)
        });
        let Some(name) = serving else {
            let words = format!("a rewrite leads to `{path}`, and no file in `api` answers that");
            symptoms.push(Symptom::new(words).seen_in(place));
            continue;
        };
        let file = facts.in_project(name);
        let Some(words) = uncallable(facts, name, &file) else {
            continue;
        };
        symptoms.push(
            Symptom::new(words)
                .seen_in(Evidence::path(file))
                .seen_in(place),
        );
    }
    symptoms
}

/// Why a file that is called as a function cannot be.
fn uncallable(facts: &Facts, name: &str, file: &Path) -> Option<String> {
    if !name.ends_with(".py") {
        return None;
    }
    let text = facts.text(file)?;
    let Some(module) = Module::read(&text) else {
        let newest: Series = facts
            .target("vercel")?
            .facts
            .python
            .iter()
            .filter_map(|it| it.version.parse().ok())
            .max()?;
        let (offset, why) = mistake(&text, newest)?;
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        return Some(format!("line {line} of `{name}` is not Python: {why}"));
    };
    let names = ["handler", "app", "application"];
    let has_one = names.iter().any(|it| module.names.contains_key(*it));
    (!module.is_open && !has_one).then(|| {
        format!(
            "`{name}` becomes no function: it has no class `handler`, no `app` and no `application`"
        )
    })
}

/// Whether a pattern names one of these files; one that cannot be read does.
fn matches(pattern: &str, files: &[String]) -> bool {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let Ok(glob) = glob.map(|it| it.compile_matcher()) else {
        return true;
    };
    files.len() >= MOST || files.iter().any(|it| it == pattern || glob.is_match(it))
}
