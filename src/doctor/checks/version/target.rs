//! The Python that each tool takes the code for, against what the project allows.

use std::path::PathBuf;

use super::coherence::own;
use crate::doctor::facts::Facts;
use crate::doctor::facts::ini::Ini;
use crate::doctor::facts::node::{Node, Value};
use crate::doctor::facts::python_version::{exactly, places, short};
use crate::doctor::fix::{Action, Edit, Fix, Key};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::Series;

/// Where tools have the version, in TOML: the tool, the file, the keys.
const TOML: [(&str, &str, &[&str]); 9] = [
    (
        "Black",
        "pyproject.toml",
        &["tool", "black", "target-version"],
    ),
    (
        "Ruff",
        "pyproject.toml",
        &["tool", "ruff", "target-version"],
    ),
    ("Ruff", "ruff.toml", &["target-version"]),
    ("Ruff", ".ruff.toml", &["target-version"]),
    (
        "mypy",
        "pyproject.toml",
        &["tool", "mypy", "python_version"],
    ),
    (
        "Pyright",
        "pyproject.toml",
        &["tool", "pyright", "pythonVersion"],
    ),
    ("Pyright", "pyrightconfig.json", &["pythonVersion"]),
    (
        "Pylint",
        "pyproject.toml",
        &["tool", "pylint", "main", "py-version"],
    ),
    (
        "Pylint",
        "pyproject.toml",
        &["tool", "pylint", "MASTER", "py-version"],
    ),
];

/// In INI: the tool, the file, the section, the key.
const INI: [(&str, &str, &str, &str); 4] = [
    ("mypy", "mypy.ini", "mypy", "python_version"),
    ("mypy", ".mypy.ini", "mypy", "python_version"),
    ("mypy", "setup.cfg", "mypy", "python_version"),
    ("Pylint", ".pylintrc", "main", "py-version"),
];

/// The versions that a tool may have.
struct Wanted {
    /// The oldest one that `requires-python` allows.
    oldest: Option<Series>,
    /// The one that the project is for.
    own: Option<Series>,
}

impl Wanted {
    /// Where the tool is to be set to.
    fn best(&self) -> Option<Series> {
        self.oldest.or(self.own)
    }

    fn has(&self, series: Series) -> bool {
        self.oldest == Some(series) || self.own == Some(series)
    }
}

/// VER003.
pub(super) fn tools(facts: &Facts) -> Outcome {
    let wanted = Wanted {
        oldest: oldest(facts),
        own: own(facts, &places(facts)).map(|it| it.series),
    };
    let Some(best) = wanted.best() else {
        return Outcome::Skipped("the project does not say which Python it is for");
    };
    let mut symptoms = Vec::new();
    for (tool, name, keys) in TOML {
        let file = facts.in_project(name);
        if let Some(node) = facts.node(&file).at(keys) {
            let said = said(node);
            if let Some(low) = said.iter().min().filter(|it| !wanted.has(**it)) {
                let edit = edit(name, keys, node, &said, best);
                let action = Action::edit(file.clone(), edit);
                symptoms.push(symptom(tool, *low, best, file, node.line, action));
            }
        }
    }
    for (tool, name, section, key) in INI {
        let file = facts.in_project(name);
        let ini = Ini::parse(&facts.text(&file).unwrap_or_default());
        if let Some(option) = ini.option(section, key)
            && let Some(said) = exactly(&option.value).filter(|it| !wanted.has(*it))
        {
            let edit = Edit::Ini {
                section: section.to_owned(),
                key: key.to_owned(),
                value: best.to_string(),
            };
            let action = Action::edit(file.clone(), edit);
            symptoms.push(symptom(tool, said, best, file, option.line, action));
        }
    }
    Outcome::of(symptoms)
}

/// The oldest series that `requires-python` allows, where it has a lower bound.
fn oldest(facts: &Facts) -> Option<Series> {
    facts.requires_python()?;
    let oldest = (0..60)
        .map(|minor| Series::new(3, minor))
        .find(|it| facts.is_wanted(*it))?;
    (oldest.minor > 0).then_some(oldest)
}

/// The versions in a value: `"py312"`, `["py312", "py313"]`, `"3.12"`, `3.12`.
fn said(node: &Node) -> Vec<Series> {
    let texts = node.texts().into_iter();
    texts
        .filter_map(|it| {
            if it.starts_with("py") {
                short(it)
            } else {
                exactly(it)
            }
        })
        .collect()
}

fn edit(name: &str, keys: &[&str], node: &Node, said: &[Series], best: Series) -> Edit {
    let names = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    if name.ends_with(".json") {
        return Edit::Json {
            keys: names(keys).into_iter().map(Key::Name).collect(),
            value: best.to_string().into(),
        };
    }
    let short = |it: Series| format!("\"py{}{}\"", it.major, it.minor);
    let value = if let Value::List(_) = node.value {
        let mut all: Vec<Series> = said.iter().copied().filter(|it| *it > best).collect();
        all.insert(0, best);
        all.sort_unstable();
        all.dedup();
        let all: Vec<String> = all.into_iter().map(short).collect();
        format!("[{}]", all.join(", "))
    } else if node.text().is_some_and(|it| it.starts_with("py")) {
        short(best)
    } else {
        format!("\"{best}\"")
    };
    Edit::Toml {
        keys: names(keys),
        value,
    }
}

fn symptom(
    tool: &str,
    said: Series,
    best: Series,
    file: PathBuf,
    line: u32,
    action: Action,
) -> Symptom {
    let words =
        format!("{tool} takes the code for Python {said}, and the project begins at {best}");
    Symptom::new(words)
        .seen_in(Evidence::path(file).line(line))
        .fix(Fix::safe(format!("set {tool} to Python {best}"), [action]))
}
