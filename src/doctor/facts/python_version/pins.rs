//! The files that say one Python for whoever works on the project: `.python-version`, `.tool-versions`, mise, and what services read.

use super::{Change, Kind, Mention, Place, exactly};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Node, Value};

/// Where mise looks.
const MISE: [&str; 5] = [
    "mise.toml",
    ".mise.toml",
    "mise/config.toml",
    ".mise/config.toml",
    ".config/mise.toml",
];

pub(super) fn read(facts: &Facts) -> Vec<Place> {
    let mut places = vec![
        Place::whole(Kind::Pin, python_version(facts)),
        Place::whole(Kind::Pin, tool_versions(facts)),
    ];
    places.extend(
        MISE.iter()
            .map(|it| Place::whole(Kind::Pin, mise(facts, it))),
    );
    places.push(Place::whole(Kind::Pin, runtime(facts)));
    places.push(Place::each(Kind::Other, pipfile(facts)));
    for name in [".readthedocs.yaml", ".readthedocs.yml"] {
        places.push(Place::each(Kind::Other, read_the_docs(facts, name)));
    }
    for name in ["environment.yml", "environment.yaml"] {
        places.push(Place::each(Kind::Other, conda(facts, name)));
    }
    places.push(Place::each(Kind::Other, hooks(facts)));
    places
}

/// pyenv's and uv's file: one version in a line, the first of them counts most.
fn python_version(facts: &Facts) -> Vec<Mention> {
    let file = facts.in_project(".python-version");
    let text = facts.text(&file).unwrap_or_default();
    let lines = (1..).zip(text.lines());
    lines
        .filter_map(|(line, content)| {
            let said = content.split('#').next()?.trim();
            let said = said.strip_prefix("cpython-").unwrap_or(said);
            let version = said.strip_prefix("cpython@").unwrap_or(said);
            Mention::in_line(facts, file.clone(), line, version)
        })
        .collect()
}

/// asdf's file: `python 3.12.4 3.11.9`.
fn tool_versions(facts: &Facts) -> Vec<Mention> {
    let file = facts.in_project(".tool-versions");
    let text = facts.text(&file).unwrap_or_default();
    let mut mentions = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let mut words = content
            .split('#')
            .next()
            .unwrap_or_default()
            .split_whitespace();
        if words.next() == Some("python") {
            let said = words.filter_map(|it| Mention::in_line(facts, file.clone(), line, it));
            mentions.extend(said.map(|it| Mention {
                is_whole: it.says.matches('.').count() == 2,
                ..it
            }));
        }
    }
    mentions
}

fn mise(facts: &Facts, name: &str) -> Vec<Mention> {
    let file = facts.in_project(name);
    let document = facts.node(&file);
    let Some(python) = document.at(&["tools", "python"]) else {
        return Vec::new();
    };
    let (said, keys): (Vec<&Node>, &[&str]) = match &python.value {
        Value::Table(_) => (
            python.at(&["version"]).into_iter().collect(),
            &["tools", "python", "version"],
        ),
        Value::List(items) => (items.iter().collect(), &[]),
        _ => (vec![python], &["tools", "python"]),
    };
    let mentions = said.into_iter().filter_map(|node| {
        let version = node.text()?;
        Some(Mention {
            file: file.clone(),
            line: node.line,
            series: exactly(version)?,
            says: version.to_owned(),
            is_whole: false,
            change: toml(keys),
        })
    });
    mentions.collect()
}

/// A whole string at these keys; nothing where it is not one.
fn toml(keys: &[&str]) -> Option<Change> {
    let keys: Vec<String> = keys.iter().map(|it| (*it).to_owned()).collect();
    (!keys.is_empty()).then(|| Change::Toml(keys, [String::new(), String::new()]))
}

/// Heroku's and other platforms' file: `python-3.12.4`, or `3.12`.
fn runtime(facts: &Facts) -> Vec<Mention> {
    let file = facts.in_project("runtime.txt");
    let text = facts.text(&file).unwrap_or_default();
    let said = text.lines().next().unwrap_or_default().trim();
    let version = said.strip_prefix("python-").unwrap_or(said);
    Mention::in_line(facts, file, 1, version)
        .into_iter()
        .collect()
}

fn pipfile(facts: &Facts) -> Vec<Mention> {
    use crate::doctor::facts::node::Language;

    let file = facts.in_project("Pipfile");
    let Some(Ok(document)) = facts.parsed(&file, Language::Toml) else {
        return Vec::new();
    };
    let said = ["python_version", "python_full_version"]
        .iter()
        .filter_map(|key| {
            let node = document.at(&["requires", key])?;
            let version = node.text()?;
            Some(Mention {
                file: file.clone(),
                line: node.line,
                series: exactly(version)?,
                says: version.to_owned(),
                is_whole: false,
                // A full version is not ours to make up.
                change: toml(&["requires", key]).filter(|_| *key == "python_version"),
            })
        });
    said.collect()
}

fn read_the_docs(facts: &Facts, name: &str) -> Vec<Mention> {
    let file = facts.in_project(name);
    let document = facts.node(&file);
    let said = document
        .at(&["build", "tools", "python"])
        .and_then(|node| Mention::in_line(facts, file, node.line, node.text()?));
    said.into_iter().collect()
}

/// conda's file: `- python=3.12`.
fn conda(facts: &Facts, name: &str) -> Vec<Mention> {
    let file = facts.in_project(name);
    let document = facts.node(&file);
    let Some(list) = document.at(&["dependencies"]) else {
        return Vec::new();
    };
    let said = list.items().iter().filter_map(|node| {
        let version = node.text()?.replace(' ', "");
        let version = version.strip_prefix("python=")?.trim_start_matches('=');
        Mention::in_line(facts, file.clone(), node.line, version)
    });
    said.collect()
}

/// What pre-commit runs its hooks with, where they do not say: `default_language_version`.
fn hooks(facts: &Facts) -> Vec<Mention> {
    let file = facts.in_project(".pre-commit-config.yaml");
    let document = facts.node(&file);
    let said = document.at(&["default_language_version", "python"]);
    let said = said.and_then(|node| {
        let version = node.text()?.strip_prefix("python")?;
        Mention::in_line(facts, file, node.line, version)
    });
    said.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Place, read};
    use crate::doctor::testing::Rig;

    #[test]
    fn every_file_is_read() {
        for (file, text, said) in [
            (
                ".python-version",
                "# why\n3.12.4\n3.13\n",
                vec!["2:3.12.4", "3:3.13"],
            ),
            (".python-version", "pypy3.10\nmy-env\n", vec![]),
            (
                ".tool-versions",
                "nodejs 20\npython 3.12.4 # why\n",
                vec!["2:3.12.4"],
            ),
            ("mise.toml", "[tools]\npython = \"3.12\"\n", vec!["2:3.12"]),
            (
                "mise.toml",
                "[tools]\npython = { version = \"3.12\" }\n",
                vec!["2:3.12"],
            ),
            (
                "mise.toml",
                "[tools]\npython = [\"3.12\", \"3.13\"]\n",
                vec!["2:3.12", "2:3.13"],
            ),
            ("runtime.txt", "python-3.12.4\n", vec!["1:3.12.4"]),
            (
                "Pipfile",
                "[requires]\npython_version = \"3.12\"\n",
                vec!["2:3.12"],
            ),
            (
                ".readthedocs.yaml",
                "build:\n  tools:\n    python: \"3.12\"\n",
                vec!["3:3.12"],
            ),
            (
                "environment.yml",
                "dependencies:\n  - python=3.12\n",
                vec!["2:3.12"],
            ),
            (
                ".pre-commit-config.yaml",
                "default_language_version:\n  python: python3.12\n",
                vec!["2:3.12"],
            ),
        ] {
            let rig = Rig::new().file(&format!("project/{file}"), text);
            let places = read(&rig.facts());
            let mentions = places.iter().flat_map(Place::mentions);
            let found: Vec<String> = mentions
                .map(|it| format!("{}:{}", it.line, it.says))
                .collect();
            assert_eq!(found, said, "{file}");
        }
    }
}
