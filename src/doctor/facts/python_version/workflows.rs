//! The Pythons of continuous integration: GitHub Actions, GitLab, Azure Pipelines, `CircleCI`, Bitbucket.
//!
//! Their files differ in where a version stands: in an input of a step, in the name of an image, or in a matrix or a variable that one of
//! these refers to.

use std::path::{Path, PathBuf};

use super::{Kind, Mention, Place, exactly, image};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Node, Value};

/// The files of the providers other than GitHub.
const FILES: [&str; 9] = [
    ".gitlab-ci.yml",
    ".gitlab-ci.yaml",
    "azure-pipelines.yml",
    "azure-pipelines.yaml",
    ".azure-pipelines.yml",
    ".azure-pipelines/azure-pipelines.yml",
    ".circleci/config.yml",
    ".circleci/config.yaml",
    "bitbucket-pipelines.yml",
];

/// The keys below which variables and matrices stand.
const SCOPES: [&str; 6] = [
    "matrix",
    "env",
    "variables",
    "parameters",
    "inputs",
    "pipeline",
];

pub(super) fn read(facts: &Facts) -> Vec<Place> {
    let folder = facts.in_project(".github/workflows");
    let names = facts.names(&folder);
    let github: Vec<PathBuf> = names
        .iter()
        .filter(|it| it.ends_with(".yml") || it.ends_with(".yaml"))
        .map(|it| folder.join(it))
        .collect();
    let others = FILES.map(|it| vec![facts.in_project(it)]);
    let providers = std::iter::once(github).chain(others);
    providers.map(|files| provider(facts, &files)).collect()
}

fn provider(facts: &Facts, files: &[PathBuf]) -> Place {
    let mut place = Place::new(Kind::Ci, Vec::new());
    for file in files {
        let document = facts.node(file);
        document.walk(&mut |keys, node| look(facts, file, &document, keys, node, &mut place));
    }
    place
}

fn look(
    facts: &Facts,
    file: &Path,
    document: &Node,
    keys: &[&str],
    node: &Node,
    place: &mut Place,
) {
    let Some(text) = node.text() else { return };
    let (Some(key), above) = (
        keys.last().copied(),
        keys.len().checked_sub(2).map(|at| keys[at]),
    ) else {
        return;
    };
    let is_step = above == Some("with") || above == Some("inputs");
    let is_version = is_step && matches!(key, "python-version" | "versionSpec");
    let is_image = matches!(key, "image" | "container")
        || key == "name" && matches!(above, Some("image"))
        || key == "image" && above == Some("container");
    if is_step && key == "python-version-file" {
        if !text.contains('$') && !facts.is_file(&facts.in_project(text)) {
            let missing = (file.to_owned(), node.line, text.to_owned());
            place.missing.push(missing);
        }
    } else if is_version || is_image {
        let mut take = |node: &Node, version: &str| {
            let mention = Mention::in_line(facts, file.to_owned(), node.line, version);
            if let Some(mention) = mention.filter(|it| !place.mentions.contains(it)) {
                place.mentions.push(mention);
            }
        };
        if let Some(name) = reference(text) {
            let is_python = is_version || text.contains("python:");
            for node in values(document, name).into_iter().filter(|_| is_python) {
                said(node, |version| take(node, version));
            }
        } else if is_image {
            if let Some(version) = image::version(text) {
                take(node, version);
            }
        } else {
            said(node, |version| take(node, version));
        }
    }
}

/// The versions in a value, one in a line.
fn said(node: &Node, mut take: impl FnMut(&str)) {
    let text = node.text().unwrap_or_default();
    for version in text.split_whitespace() {
        if exactly(version).is_some() {
            take(version);
        }
    }
}

/// The name in `${{ matrix.NAME }}`, `$(NAME)`, `${NAME}`, `$NAME` or `<< parameters.NAME >>`.
fn reference(text: &str) -> Option<&str> {
    let start = text.find('$').or_else(|| text.find("<<"))?;
    let inner = text[start..].trim_start_matches(['$', '{', '(', '<', ' ']);
    let is_name = |it: char| it.is_alphanumeric() || "_-.".contains(it);
    let name = inner.split(|it| !is_name(it)).next()?;
    // Azure's own names have dots: `$(python.version)`.
    let name = if text[start..].starts_with("$(") {
        name
    } else {
        name.rsplit('.').next()?
    };
    (!name.is_empty()).then_some(name)
}

/// The values of a variable wherever the document sets it.
fn values<'a>(document: &'a Node, name: &str) -> Vec<&'a Node> {
    let mut found = Vec::new();
    document.walk(&mut |keys, node| {
        let is_in_scope = keys.iter().any(|it| SCOPES.contains(it));
        let is_it = match keys {
            [.., last] if *last == name => true,
            [.., above, "default"] => *above == name,
            _ => false,
        };
        if is_in_scope && is_it && matches!(node.value, Value::Scalar { .. }) {
            found.push(node);
        }
        // Azure has lists of `name: NAME` and `value: VERSION` as well.
        if is_in_scope && node.at(&["name"]).and_then(Node::text) == Some(name) {
            found.extend(node.at(&["value"]));
        }
    });
    found
}

/// The versions that YAML takes for another because they have no quotes: `3.10` is 3.1.
pub(crate) fn misread(facts: &Facts, mention: &Mention) -> bool {
    if !matches!(mention.says.as_str(), "3.10" | "3.20") {
        return false;
    }
    let mut is_number = false;
    facts.node(&mention.file).walk(&mut |_, node| {
        if let Value::Scalar { text, is_string } = &node.value {
            is_number |= node.line == mention.line && text == &mention.says && !is_string;
        }
    });
    is_number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{read, reference};
    use crate::doctor::testing::Rig;

    fn said(file: &str, text: &str) -> Vec<String> {
        let rig = Rig::new().file(&format!("project/{file}"), text);
        let places = read(&rig.facts());
        let mentions = places.into_iter().flat_map(|it| it.mentions);
        mentions
            .map(|it| format!("{}:{}", it.line, it.says))
            .collect()
    }

    #[test]
    fn every_provider_is_read() {
        let github = "env:\n  PY: '3.11'\njobs:\n  a:\n    container: python:3.9\n    strategy:\n      matrix:\n        python: [\"3.12\", 3.13, pypy3.10]\n        include:\n          - python: 3.14-dev\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: ${{ matrix.python }}\n      - uses: x\n        with:\n          python-version: ${{ env.PY }}\n      - with: { python-version: 3.x }\n";
        let file = ".github/workflows/a.yml";
        let expected = ["5:3.9", "8:3.12", "8:3.13", "10:3.14-dev", "2:3.11"];
        assert_eq!(said(file, github), expected);
        let gitlab = "variables:\n  V: \"3.12\"\ndefault:\n  image: python:3.13-slim\na:\n  image:\n    name: python:$V\n";
        assert_eq!(said(".gitlab-ci.yml", gitlab), ["4:3.13", "2:3.12"]);
        let azure = "strategy:\n  matrix:\n    a:\n      python.version: '3.12'\nsteps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: '$(python.version)'\n";
        assert_eq!(said("azure-pipelines.yml", azure), ["4:3.12"]);
        let circle = "jobs:\n  a:\n    docker:\n      - image: cimg/python:3.12.4\n      - image: cimg/postgres:3.12\n";
        assert_eq!(said(".circleci/config.yml", circle), ["4:3.12.4"]);
        let bitbucket = "image: python:3.11\npipelines:\n  default: []\n";
        assert_eq!(said("bitbucket-pipelines.yml", bitbucket), ["1:3.11"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_may_refer(text in "(\\PC|[$({<])*") {
            std::hint::black_box(reference(&text));
        }

        #[test]
        fn any_workflow_is_read(text in "(\\PC|[\n :-]|with:|python-version:|\\$\\{\\{ matrix\\.a \\}\\})*") {
            std::hint::black_box(said(".gitlab-ci.yml", &text));
        }
    }
}
