//! Files that others read, held against their schemas and linters: CI, dependabot, sample events.

use std::path::Path;
use std::process::Command;

use crate::runtime::project::project;
use crate::runtime::tools::{Environment, Python, environment, run};

fn python() -> Python {
    Python::find(&[13, 12, 14])
}

pub(crate) fn linters() -> Environment {
    environment("files", &python(), include_str!("requirements/files.txt"))
}

/// Holds the `.github` folder of a repository against GitHub's schemas and zizmor's audits.
fn check_github(repository: &Path) {
    let linters = linters();
    for (schema, file) in [
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
    ] {
        run(Command::new(linters.program("check-jsonschema"))
            .args(["--builtin-schema", schema])
            .arg(repository.join(file)));
    }
    run(Command::new(linters.program("zizmor"))
        .args(["--offline", "--pedantic", "--no-progress"])
        .arg(repository));
}

#[test]
fn github_files_of_projects_are_clean() {
    for platform in ["vercel", "aws-lambda"] {
        for docs in ["mkdocs", "none"] {
            let project = project(
                platform,
                "hello",
                &python(),
                &["--ci", "github", "--docs", docs],
            );
            check_github(&project.root);
        }
    }
}

#[test]
fn our_own_github_files_are_clean() {
    check_github(Path::new(env!("CARGO_MANIFEST_DIR")));
}

#[test]
fn the_sample_event_is_one_that_api_gateway_sends() {
    let tools = environment(
        "powertools",
        &python(),
        include_str!("requirements/powertools.txt"),
    );
    let script = "import pathlib, sys
from aws_lambda_powertools.utilities.parser.models import APIGatewayProxyEventV2Model
text = pathlib.Path(sys.argv[1]).read_text(encoding='utf-8')
APIGatewayProxyEventV2Model.model_validate_json(text)";
    for example in ["hello", "api"] {
        let project = project("aws-lambda", example, &python(), &[]);
        run(Command::new(tools.program("python"))
            .args(["-c", script])
            .arg(project.path("events/http.json")));
    }
}
