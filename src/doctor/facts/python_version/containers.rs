//! The Pythons of containers: Dockerfiles, what Compose starts, and the containers that editors work in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Change, Kind, Mention, Place, exactly, first, image};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Node;
use crate::doctor::fix::Key;

/// The folders that Dockerfiles are kept in.
const FOLDERS: [&str; 4] = ["", "docker", ".docker", ".devcontainer"];

/// What Compose looks for.
const COMPOSE: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];

/// The arguments that a Dockerfile is told its Python by.
const ARGUMENTS: [&str; 2] = ["VARIANT", "PYTHON_VERSION"];

pub(super) fn read(facts: &Facts) -> Vec<Place> {
    let mut places = Vec::new();
    for folder in FOLDERS {
        let path = facts.in_project(folder);
        for name in facts.names(&path).iter() {
            let mentions = if is_dockerfile(name) {
                dockerfile(facts, &path.join(name))
            } else if folder.is_empty() && COMPOSE.contains(&name.as_str()) {
                compose(facts, &path.join(name))
            } else {
                continue;
            };
            places.push(Place::each(Kind::Other, mentions));
        }
    }
    for file in development(facts) {
        let mentions = development_container(facts, &file);
        places.push(Place::each(Kind::Other, mentions));
    }
    places
}

fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_one = matches!(lower.as_str(), "dockerfile" | "containerfile")
        || lower.starts_with("dockerfile.")
        || lower.ends_with(".dockerfile");
    is_one && !lower.ends_with(".dockerignore")
}

/// The versions in the `FROM` lines of a Dockerfile, or in the `ARG` that one of them uses.
fn dockerfile(facts: &Facts, file: &Path) -> Vec<Mention> {
    let text = facts.text(file).unwrap_or_default();
    let mut arguments: BTreeMap<&str, (u32, &str)> = BTreeMap::new();
    let mut mentions = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mut words = line.split_whitespace();
        let instruction = words.next().unwrap_or_default().to_ascii_uppercase();
        if instruction == "ARG" {
            let argument = words.next().and_then(|it| it.split_once('='));
            if let Some((name, value)) = argument {
                arguments.insert(name, (number, value.trim_matches(['"', '\''])));
            }
        }
        if instruction != "FROM" {
            continue;
        }
        let Some(image) = words.find(|it| !it.starts_with("--")) else {
            continue;
        };
        let said = match image.split_once('$') {
            None => image::version(image).map(|version| (number, version)),
            Some((before, rest)) => {
                let default = || usual(before, rest).map(|version| (number, version));
                argument(before, rest, &arguments).or_else(default)
            }
        };
        if let Some((number, version)) = said {
            let mention = Mention::in_line(facts, file.to_owned(), number, version);
            mentions.extend(mention.filter(|it| !mentions.contains(it)));
        }
    }
    mentions
}

/// Where the argument of `python:${VERSION}-slim` or `$IMAGE` has its version.
fn argument<'a>(
    before: &str,
    rest: &str,
    arguments: &BTreeMap<&str, (u32, &'a str)>,
) -> Option<(u32, &'a str)> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let name = rest
        .trim_start_matches('{')
        .split(|it| !is_name(it))
        .next()?;
    let (number, value) = *arguments.get(name)?;
    let version = if before.is_empty() {
        image::version(value)?
    } else if before.ends_with("python:") || before.ends_with("python") {
        let (version, _) = first(value)?;
        value.starts_with(version).then_some(version)?
    } else {
        return None;
    };
    Some((number, version))
}

/// What `python:${VERSION:-3.12}` falls back on, where nothing else is said.
fn usual<'a>(before: &str, rest: &'a str) -> Option<&'a str> {
    let (_, default) = rest.strip_prefix('{')?.split_once(":-")?;
    let (default, _) = default.split_once('}')?;
    if before.is_empty() {
        return image::version(default);
    }
    let (version, _) = first(default).filter(|_| before.ends_with("python:"))?;
    default.starts_with(version).then_some(version)
}

/// The images that Compose starts, and the arguments that it builds with.
fn compose(facts: &Facts, file: &Path) -> Vec<Mention> {
    let mut mentions = Vec::new();
    for service in facts
        .node(file)
        .at(&["services"])
        .map_or(&[][..], Node::entries)
    {
        let image = service.value.at(&["image"]).and_then(|node| {
            let version = image::version(node.text()?)?;
            Mention::in_line(facts, file.to_owned(), node.line, version)
        });
        mentions.extend(image);
        for name in ARGUMENTS {
            let said = service.value.at(&["build", "args", name]).and_then(|node| {
                let (version, _) = first(node.text()?)?;
                Mention::in_line(facts, file.to_owned(), node.line, version)
            });
            mentions.extend(said);
        }
    }
    mentions
}

/// The files that describe a development container.
fn development(facts: &Facts) -> Vec<PathBuf> {
    let folder = facts.in_project(".devcontainer");
    let names = facts.names(&folder);
    let below = names.iter().map(|it| folder.join(it));
    let mut files = vec![
        facts.in_project(".devcontainer.json"),
        folder.join("devcontainer.json"),
    ];
    files.extend(
        below
            .filter(|it| it.is_dir())
            .map(|it| it.join("devcontainer.json")),
    );
    files
}

fn development_container(facts: &Facts, file: &Path) -> Vec<Mention> {
    let document = facts.node(file);
    let mut mentions = Vec::new();
    let mut take = |node: &Node, version: &str, keys: &[&str]| {
        let text = node.text().unwrap_or_default();
        let around = text.split_once(version);
        let (Some(series), Some((before, after))) = (exactly(version), around) else {
            return;
        };
        let keys = keys.iter().map(|it| Key::Name((*it).to_owned())).collect();
        let around = [before, after].map(str::to_owned);
        mentions.push(Mention {
            file: file.to_owned(),
            line: node.line,
            series,
            says: version.to_owned(),
            is_whole: false,
            change: Some(Change::Json(keys, around)),
        });
    };
    if let Some(node) = document.at(&["image"])
        && let Some(version) = node.text().and_then(image::version)
    {
        take(node, version, &["image"]);
    }
    let features = document.at(&["features"]).map(Node::entries);
    for feature in features.unwrap_or_default() {
        let name = feature.key.split([':', '@']).next().unwrap_or_default();
        if name.ends_with("/features/python")
            && let Some(node) = feature.value.at(&["version"])
            && let Some(version) = node.text().filter(|it| exactly(it).is_some())
        {
            take(node, version, &["features", &feature.key, "version"]);
        }
    }
    for name in ARGUMENTS {
        if let Some(node) = document.at(&["build", "args", name])
            && let Some((version, _)) = node.text().and_then(first)
        {
            take(node, version, &["build", "args", name]);
        }
    }
    mentions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Place, read};
    use crate::doctor::testing::Rig;

    fn said(file: &str, text: &str) -> Vec<String> {
        let rig = Rig::new().file(&format!("project/{file}"), text);
        let places = read(&rig.facts());
        let mentions = places.iter().flat_map(Place::mentions);
        mentions
            .map(|it| format!("{}:{}", it.line, it.says))
            .collect()
    }

    #[test]
    fn dockerfiles_are_read() {
        let text = "# syntax=docker/dockerfile:1\nARG V=3.12\nARG IMAGE=\"python:3.13-slim\"\nFROM --platform=linux/amd64 python:3.11.4-slim AS build\nFROM python:${V}-slim\nFROM $IMAGE\nFROM build\nFROM node:20\n";
        let expected = ["4:3.11.4", "2:3.12", "3:3.13"];
        assert_eq!(said("Dockerfile", text), expected);
        let text = "FROM python:${V:-3.12}-slim\nFROM ${I:-python:3.13}\nFROM python:${V}\nFROM node:${V:-3.11}\n";
        assert_eq!(said("Dockerfile", text), ["1:3.12", "2:3.13"]);
        assert_eq!(
            said("docker/Dockerfile.dev", "from python:3.12"),
            ["1:3.12"]
        );
        assert_eq!(said("Dockerfile.dockerignore", "FROM python:3.12"), [""; 0]);
    }

    #[test]
    fn what_compose_starts_is_read() {
        let text = "services:\n  a:\n    image: python:3.12-slim\n  b:\n    image: redis:3.2\n    build:\n      args:\n        PYTHON_VERSION: \"3.13\"\n";
        assert_eq!(said("docker-compose.yml", text), ["3:3.12", "8:3.13"]);
        assert_eq!(said("docker/compose.yaml", text), [""; 0]);
    }

    #[test]
    fn development_containers_are_read() {
        let text = "{\n  // why\n  \"image\": \"mcr.microsoft.com/devcontainers/python:1-3.12\",\n  \"features\": { \"ghcr.io/devcontainers/features/python:1\": { \"version\": \"3.13\" } },\n  \"build\": { \"args\": { \"VARIANT\": \"3.11-bullseye\" } }\n}";
        let expected = ["3:3.12", "4:3.13", "5:3.11"];
        assert_eq!(said(".devcontainer/devcontainer.json", text), expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_dockerfile_is_read(text in "(\\PC|[\n $]|FROM |ARG A=|python:|\\$\\{A\\})*") {
            std::hint::black_box(said("Dockerfile", &text));
        }
    }
}
