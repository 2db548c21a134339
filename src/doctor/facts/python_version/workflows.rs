//! The Pythons of continuous integration that is written in YAML: GitHub Actions, GitLab, Azure Pipelines, `CircleCI`, Bitbucket, and the
//! builders of AWS and Google among others.
//!
//! Their files differ in where a version stands: in an input of a step, in the name of an image, or in a matrix or a variable that one of
//! these refers to.

use std::path::{Path, PathBuf};

use super::{Choice, Kind, Mention, Place, exactly, image};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Node, Value};

/// The files of the providers other than GitHub, each with the folder that it lies in.
const FILES: [(&str, &str); 17] = [
    ("", ".gitlab-ci.yml"),
    ("", ".gitlab-ci.yaml"),
    ("", "azure-pipelines.yml"),
    ("", "azure-pipelines.yaml"),
    ("", ".azure-pipelines.yml"),
    (".azure-pipelines", "azure-pipelines.yml"),
    (".circleci", "config.yml"),
    (".circleci", "config.yaml"),
    ("", "bitbucket-pipelines.yml"),
    ("", "buildspec.yml"),
    ("", "buildspec.yaml"),
    ("", "cloudbuild.yaml"),
    ("", "cloudbuild.yml"),
    ("", ".cirrus.yml"),
    ("", ".drone.yml"),
    ("", ".woodpecker.yml"),
    (".buildkite", "pipeline.yml"),
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
    let others = FILES.map(|(folder, name)| vec![facts.in_project(folder).join(name)]);
    let providers = std::iter::once(github(facts)).chain(others);
    providers.map(|files| provider(facts, &files)).collect()
}

/// The workflows of GitHub Actions, and the actions that the project has of its own.
fn github(facts: &Facts) -> Vec<PathBuf> {
    let is_yaml = |it: &String| it.ends_with(".yml") || it.ends_with(".yaml");
    let workflows = facts.in_project(".github/workflows");
    let actions = facts.in_project(".github/actions");
    let mut files: Vec<PathBuf> = facts
        .names(&workflows)
        .iter()
        .filter(|it| is_yaml(it))
        .map(|it| workflows.join(it))
        .collect();
    for action in facts.names(&actions).iter() {
        files.extend(["action.yml", "action.yaml"].map(|it| actions.join(action).join(it)));
    }
    files
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
    let (Some(key), above) = (
        keys.last().copied(),
        keys.len().checked_sub(2).map(|at| keys[at]),
    ) else {
        return;
    };
    let mention =
        |node: &Node, version: &str| Mention::in_line(facts, file.to_owned(), node.line, version);
    // An executor of a CircleCI orb: `python/default`.
    let name = node.at(&["name"]).and_then(Node::text);
    if key == "executor" && name.is_some_and(|it| it.starts_with("python/")) {
        let said = node.at(&["tag"]).and_then(|it| mention(it, it.text()?));
        place.add(Choice::of(said.into_iter().collect()));
        return;
    }
    let Some(text) = node.text() else { return };
    let is_step = above == Some("with") || above == Some("inputs");
    let is_version = is_step && matches!(key, "python-version" | "versionSpec")
        || key == "python" && above == Some("runtime-versions");
    let is_image = matches!(key, "image" | "container")
        || key == "name" && matches!(above, Some("image" | "steps"));
    if is_step && key == "python-version-file" {
        if !text.contains('$') && !facts.is_file(&facts.in_project(text)) {
            let missing = (file.to_owned(), node.line, text.to_owned());
            place.missing.push(missing);
        }
    } else if is_version || is_image {
        let is_python = is_version || text.contains("python:");
        if let Some(name) = reference(text) {
            // GitHub has a matrix for each job.
            let is_of_job = text.contains("matrix.") || text.contains("env.");
            let sources = values(document, name, keys, is_of_job);
            let is_list = matches!(&sources[..], [only] if matches!(only.value, Value::List(_)));
            let said: Vec<Mention> = sources
                .into_iter()
                .filter(|_| is_python)
                .flat_map(|it| match &it.value {
                    Value::List(items) => items.iter().collect(),
                    _ => vec![it],
                })
                .flat_map(|it| said(it).filter_map(|version| mention(it, version)))
                .collect();
            place.add(if is_list {
                Choice::list(said)
            } else {
                Choice::of(said)
            });
        } else if is_image {
            let said = image::version(text).and_then(|version| mention(node, version));
            place.add(Choice::of(said.into_iter().collect()));
        } else {
            let said = said(node).filter_map(|version| mention(node, version));
            place.add(Choice::of(said.collect()));
        }
    }
}

/// The versions in a value, one in a line.
fn said(node: &Node) -> impl Iterator<Item = &str> {
    let text = node.text().unwrap_or_default();
    text.split_whitespace().filter(|it| exactly(it).is_some())
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

/// The values of a variable wherever the document sets it, lists of them as a whole; of a job's own, those that are set nearest to these keys.
fn values<'a>(document: &'a Node, name: &str, from: &[&str], is_of_job: bool) -> Vec<&'a Node> {
    let mut found: Vec<(usize, &'a Node)> = Vec::new();
    document.walk(&mut |keys, node| {
        let is_in_scope = keys.iter().any(|it| SCOPES.contains(it));
        let is_it = match keys {
            [.., last] if *last == name => true,
            [.., above, "default"] => *above == name,
            _ => false,
        };
        let pairs = keys.iter().zip(from);
        let shared = pairs.take_while(|(one, other)| one == other).count();
        let is_value = matches!(node.value, Value::Scalar { .. } | Value::List(_));
        // The items of a list are part of it.
        let is_part = |list: &Node| list.items().iter().any(|it| std::ptr::eq(it, node));
        if is_in_scope && is_it && is_value && !found.last().is_some_and(|(_, it)| is_part(it)) {
            found.push((shared, node));
        }
        // Azure has lists of `name: NAME` and `value: VERSION` as well.
        if is_in_scope && node.at(&["name"]).and_then(Node::text) == Some(name) {
            found.extend(node.at(&["value"]).map(|it| (shared, it)));
        }
    });
    let nearest = found.iter().map(|(shared, _)| *shared).max();
    let found = found
        .into_iter()
        .filter(|(shared, _)| !is_of_job || Some(*shared) == nearest);
    found.map(|(_, it)| it).collect()
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

    use super::{Place, read, reference};
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

    #[test]
    fn the_builders_of_platforms_are_read() {
        let aws = "phases:\n  install:\n    runtime-versions:\n      python: 3.12\n";
        assert_eq!(said("buildspec.yml", aws), ["4:3.12"]);
        let google = "steps:\n  - name: python:3.13-slim\n    entrypoint: pip\n";
        assert_eq!(said("cloudbuild.yaml", google), ["2:3.13"]);
        let drone = "steps:\n  - name: test\n    image: python:3.12\n";
        assert_eq!(said(".drone.yml", drone), ["3:3.12"]);
        let orb = "jobs:\n  a:\n    executor:\n      name: python/default\n      tag: \"3.11\"\n";
        assert_eq!(said(".circleci/config.yml", orb), ["5:3.11"]);
        let action = "inputs:\n  python:\n    default: '3.12.x'\nruns:\n  steps:\n    - with:\n        python-version: ${{ inputs.python }}\n";
        assert_eq!(said(".github/actions/a/action.yml", action), ["3:3.12.x"]);
    }

    #[test]
    fn each_job_has_its_own_matrix() {
        let job = |name: &str, list: &str| {
            format!(
                "  {name}:\n    strategy:\n      matrix:\n        python: [{list}]\n    steps:\n      - with:\n          python-version: ${{{{ matrix.python }}}}\n"
            )
        };
        let text = format!(
            "jobs:\n{}{}",
            job("a", "'3.11', '3.12'"),
            job("b", "'3.13'")
        );
        let rig = Rig::new().file("project/.github/workflows/a.yml", text);
        let places = read(&rig.facts());
        let choices = places[0].choices.iter();
        let said: Vec<usize> = choices.map(|it| it.mentions.len()).collect();
        assert_eq!(said, [2, 1]);
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
