//! SAM without docker or an account: templates checked, built, and the built tree run.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::runtime::lambda::{Execution, Function};
use crate::runtime::project::{Project, project};
use crate::runtime::tools::{Environment, Python, environment, libraries, run};
use crate::runtime::upstream::Upstream;
use crate::tree::{distributions, files};

/// Where `sam build` lays the function.
const BUILT: &str = ".aws-sam/build/Function";

fn python() -> Python {
    Python::find(&[13, 12, 14, 11])
}

fn tools() -> Environment {
    let python = Python::find(&[13, 12, 14]);
    environment("aws", &python, include_str!("requirements/aws.txt"))
}

/// The SAM CLI in the project, with a home of its own and the project's Python on PATH.
fn sam(project: &Project, python: &Python) -> Command {
    let path = std::env::var_os("PATH").unwrap();
    let first = python.program.parent().map(Path::to_owned);
    let mut command = Command::new(tools().program("sam"));
    command
        .current_dir(&project.root)
        .env(
            "PATH",
            std::env::join_paths(first.into_iter().chain(std::env::split_paths(&path))).unwrap(),
        )
        .env("HOME", project.beside("home"))
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("SAM_CLI_TELEMETRY", "0")
        .env_remove("VIRTUAL_ENV")
        .env_remove("PYTHONPATH");
    command
}

/// Builds the project and gives the function's folder.
fn build(project: &Project, python: &Python) -> PathBuf {
    run(sam(project, python).arg("build"));
    let built = project.path(BUILT);
    let locked = distributions(&libraries(python, &project.path("src/requirements.txt")));
    assert_eq!(
        distributions(&built),
        locked,
        "the build has what the lock says"
    );
    for path in files(&project.path("src")) {
        assert!(built.join(&path).is_file(), "{path}");
    }
    built
}

/// Runs what was built on the sample event.
fn answer(project: &Project, built: &Path, python: &Python, variables: &[(&str, &str)]) -> Value {
    let mut function = Function::new(built, format!("functions.{}.handler", project.package));
    for (name, value) in variables {
        function = function.with(name, *value);
    }
    let event = project.read("events/http.json");
    Execution::start(&function, python)
        .invoke(event.as_bytes())
        .response()
}

/// The name of this machine's processor, as Lambda says it.
fn architecture() -> String {
    let name = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    format!("architecture={name}")
}

#[test]
fn templates_are_clean() {
    let python = python();
    for example in ["hello", "api"] {
        for extra in [
            &[][..],
            &[
                "--set",
                "memory=512",
                "--set",
                "timeout=29",
                "--set",
                "region=eu-central-1",
            ],
        ] {
            let project = project("aws-lambda", example, &python, extra);
            run(Command::new(tools().program("cfn-lint")).arg(project.path("template.yaml")));
            run(sam(&project, &python).args(["validate", "--lint"]));
        }
    }
}

#[test]
fn hello_builds_to_its_lock_and_answers() {
    let python = python();
    let project = project("aws-lambda", "hello", &python, &["--set", &architecture()]);
    let built = build(&project, &python);

    let answer = answer(&project, &built, &python, &[]);

    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["body"], r#"{"message": "Hello, Ada!"}"#);
}

#[test]
fn api_builds_to_its_lock_and_answers() {
    let python = python();
    let project = project("aws-lambda", "api", &python, &["--set", &architecture()]);
    let built = build(&project, &python);
    assert!(
        !distributions(&built).is_empty(),
        "an empty lock proves nothing"
    );
    let upstream = Upstream::start();

    let answer = answer(
        &project,
        &built,
        &python,
        &[("GITHUB_API_URL", &upstream.url())],
    );

    assert_eq!(answer["statusCode"], 200, "{answer}");
}

/// The default: Graviton, for which the builder takes other wheels than this machine's.
#[test]
fn api_builds_to_its_lock_for_arm() {
    let python = python();
    let project = project("aws-lambda", "api", &python, &[]);
    let built = build(&project, &python);

    // `name.cpython-313-aarch64-linux-gnu.so`
    let native: Vec<String> = files(&built)
        .into_iter()
        .filter(|it| it.contains(".cpython-"))
        .collect();
    assert!(!native.is_empty(), "no compiled module proves nothing");
    for path in native {
        assert!(path.contains("aarch64"), "{path}");
    }
}
