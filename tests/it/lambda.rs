//! What `scaffold new --platform aws-lambda` makes, run by the real `awslambdaric` against a Runtime API of our own.
//!
//! Linux only: so is the runtime, there are no wheels of it for other systems.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::runtime::lambda::{Execution, Function, Outcome, copy};
use crate::runtime::project::{Project, project};
use crate::runtime::tools::{Python, libraries};
use crate::runtime::upstream::Upstream;

fn python() -> Python {
    Python::find(&[13, 12, 14, 11])
}

fn lambda_project(example: &str, python: &Python) -> Project {
    project("aws-lambda", example, python, &[])
}

/// The function as `sam build` lays it: the code, and what its lock says beside it.
fn function(project: &Project, code: PathBuf, python: &Python) -> Function {
    let mut function = Function::new(code, format!("functions.{}.handler", project.package))
        // As `LoggingConfig` in template.yaml says.
        .with("AWS_LAMBDA_LOG_FORMAT", "JSON")
        .with("AWS_LAMBDA_LOG_LEVEL", "INFO");
    function.libraries = vec![libraries(python, &project.path("src/requirements.txt"))];
    function
}

/// An environment of the platform with the project's code in it, as it is.
fn start(project: &Project, python: &Python) -> Execution {
    Execution::start(&function(project, project.path("src"), python), python)
}

/// The same code as a client of this service.
fn client(project: &Project, python: &Python, upstream: &Upstream) -> Function {
    function(project, project.path("src"), python).with("GITHUB_API_URL", upstream.url())
}

/// The sample event of the project, changed at these places (JSON pointers).
fn event(project: &Project, changes: &[(&str, Value)]) -> Vec<u8> {
    let mut event: Value = serde_json::from_str(&project.read("events/http.json")).unwrap();
    for (pointer, value) in changes {
        *event.pointer_mut(pointer).unwrap() = value.clone();
    }
    serde_json::to_vec(&event).unwrap()
}

fn body(response: &Value) -> Value {
    serde_json::from_str(response["body"].as_str().unwrap()).unwrap()
}

#[test]
fn hello_answers_its_sample_event() {
    let python = python();
    let project = lambda_project("hello", &python);
    let mut runtime = start(&project, &python);

    let response = runtime.invoke(&event(&project, &[])).response();

    assert_eq!(response["statusCode"], 200);
    assert_eq!(response["headers"]["Content-Type"], "application/json");
    assert_eq!(body(&response), json!({"message": "Hello, Ada!"}));
}

#[test]
fn one_environment_answers_many_requests_each_by_itself() {
    let python = python();
    let project = lambda_project("hello", &python);
    let mut runtime = start(&project, &python);
    let mut ask = |query: &str| {
        let event = event(&project, &[("/rawQueryString", json!(query))]);
        runtime.invoke(&event).response()
    };

    let refused = ask("name=");
    assert_eq!(refused["statusCode"], 400);
    assert!(body(&refused)["error"].as_str().unwrap().contains("name"));
    assert_eq!(ask("name=Ada&name=Bob")["statusCode"], 400);
    assert_eq!(ask("name=%ff")["statusCode"], 400);
    assert_eq!(body(&ask("name=Zo%C3%AB+L"))["message"], "Hello, Zoë L!");
    assert_eq!(body(&ask("name=a,b"))["message"], "Hello, a,b!");
    assert_eq!(body(&ask(""))["message"], "Hello, world!");
}

#[test]
fn other_methods_than_get_are_answered_by_the_rules() {
    let python = python();
    let project = lambda_project("hello", &python);
    let mut runtime = start(&project, &python);
    let mut ask = |method: &str| {
        let event = event(&project, &[("/requestContext/http/method", json!(method))]);
        runtime.invoke(&event).response()
    };

    let refused = ask("POST");
    assert_eq!(refused["statusCode"], 405);
    assert!(
        refused["headers"]["Allow"]
            .as_str()
            .unwrap()
            .contains("GET")
    );
    let head = ask("HEAD");
    assert_eq!(
        (&head["statusCode"], &head["body"]),
        (&json!(200), &json!(""))
    );
    let options = ask("OPTIONS");
    assert_eq!(options["statusCode"], 204);
    assert!(
        options["headers"]["Allow"]
            .as_str()
            .unwrap()
            .contains("GET")
    );
}

#[test]
fn api_answers_its_sample_event_from_what_it_reads_upstream() {
    let python = python();
    let project = lambda_project("api", &python);
    let upstream = Upstream::start();
    let mut runtime = Execution::start(&client(&project, &python, &upstream), &python);

    let response = runtime.invoke(&event(&project, &[])).response();

    assert_eq!(response["statusCode"], 200, "{response}");
    assert_eq!(
        body(&response),
        json!({
            "user": "octocat",
            "complete": true,
            "repositories": [
                {"name": "loved", "stars": 9, "url": "https://example.org/loved"},
                {"name": "quiet", "stars": 1, "url": "https://example.org/quiet"},
            ],
        })
    );
    assert_eq!(upstream.asked().len(), 2, "one request for each page");
}

#[test]
fn api_tells_bad_requests_from_what_fails_upstream() {
    let python = python();
    let project = lambda_project("api", &python);
    let upstream = Upstream::start();
    let mut runtime = Execution::start(&client(&project, &python, &upstream), &python);
    let mut ask = |query: &str| {
        let event = event(&project, &[("/rawQueryString", json!(query))]);
        let response = runtime.invoke(&event).response();
        response["statusCode"].as_u64().unwrap()
    };

    assert_eq!(ask("user=..%2Foctocat"), 400);
    assert_eq!(ask(""), 400);
    assert_eq!(
        upstream.asked().len(),
        0,
        "what is refused is not asked upstream"
    );
    assert_eq!(ask("user=nobody"), 404);
    assert_eq!(ask("user=garbage"), 502);
    assert_eq!(ask("user=broken"), 502);
    assert_eq!(ask("user=octocat"), 200);
}

#[test]
fn api_gives_up_on_a_slow_upstream_before_the_platform_stops_it() {
    let python = python();
    let project = lambda_project("api", &python);
    assert!(project.read("template.yaml").contains("Timeout: 10\n"));
    let upstream = Upstream::start();
    let mut function = client(&project, &python, &upstream);
    function.timeout = Duration::from_secs(10);
    let mut runtime = Execution::start(&function, &python);
    // The start has its own time.
    assert_eq!(
        runtime.invoke(&event(&project, &[])).response()["statusCode"],
        200
    );

    let response = runtime
        .invoke(&event(&project, &[("/rawQueryString", json!("user=slow"))]))
        .response();

    assert_eq!(response["statusCode"], 504);
}

/// The code of the project in a copy, with lines added to one of its files.
fn changed(project: &Project, file: &str, lines: &str) -> PathBuf {
    let code = project.beside("changed");
    copy(&project.path("src"), &code);
    let path = code.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, text + lines).unwrap();
    code
}

#[test]
fn what_fails_inside_is_logged_with_its_request_and_not_shown() {
    let python = python();
    let project = lambda_project("hello", &python);
    let service = format!("{}/service.py", project.package);
    let code = changed(
        &project,
        &service,
        "\n\ndef respond(query):\n    raise RuntimeError('the password is swordfish')\n",
    );
    let mut runtime = Execution::start(&function(&project, code, &python), &python);

    let response = runtime.invoke(&event(&project, &[])).response();

    assert_eq!(response["statusCode"], 500);
    assert!(!response.to_string().contains("swordfish"), "{response}");
    let lines = logged(&mut runtime);
    let line = lines.iter().find(|it| it["level"] == "ERROR").unwrap();
    assert_eq!(line["requestId"], runtime.request_id());
    assert!(line.to_string().contains("swordfish"), "{line}");
}

/// What the function logged until now; ends the runtime.
fn logged(runtime: &mut Execution) -> Vec<Value> {
    runtime
        .finish()
        .lines()
        .map(|it| serde_json::from_str(it).unwrap_or_else(|_| panic!("not JSON: {it}")))
        .collect()
}

#[test]
fn an_exception_that_leaves_the_handler_is_reported_as_unhandled_and_the_next_request_answered() {
    let python = python();
    let project = lambda_project("hello", &python);
    let mut runtime = start(&project, &python);

    let Outcome::Unhandled(error) = runtime.invoke(b"{}") else {
        panic!("an event of another kind was answered");
    };

    assert_eq!(error["errorType"], "KeyError");
    assert_eq!(error["requestId"], runtime.request_id());
    assert_eq!(
        runtime.invoke(&event(&project, &[])).response()["statusCode"],
        200
    );
}

#[test]
fn request_id_and_deadline_reach_the_handler() {
    let python = python();
    let project = lambda_project("hello", &python);
    let adapter = format!("functions/{}.py", project.package);
    let code = changed(
        &project,
        &adapter,
        "\n\ndef probe(event, context):\n    return {'answer': handler(event, context), 'id': context.aws_request_id, \
         'left': context.get_remaining_time_in_millis(), 'name': context.function_name}\n",
    );
    let mut function = function(&project, code, &python);
    function.handler = format!("functions.{}.probe", project.package);
    let mut runtime = Execution::start(&function, &python);

    for _ in 0..2 {
        let seen = runtime.invoke(&event(&project, &[])).response();

        assert_eq!(seen["answer"]["statusCode"], 200);
        assert_eq!(seen["id"], runtime.request_id());
        assert_eq!(seen["name"], "under-test");
        let left = seen["left"].as_u64().unwrap();
        assert!((1..=10_000).contains(&left), "{left} ms left of 10 s");
    }
}

#[test]
fn code_that_cannot_be_imported_fails_at_the_start_and_says_why() {
    let python = python();
    let project = lambda_project("hello", &python);
    let code = project.beside("changed");
    copy(&project.path("src"), &code);
    std::fs::remove_file(code.join(&project.package).join("service.py")).unwrap();
    let mut runtime = Execution::start(&function(&project, code, &python), &python);

    let Outcome::InitFailed(error) = runtime.outcome() else {
        panic!("code without its logic was loaded");
    };

    assert_eq!(error["errorType"], "Runtime.ImportModuleError");
    assert!(
        error["errorMessage"].as_str().unwrap().contains("service"),
        "{error}"
    );
}

#[test]
fn a_run_leaves_nothing_in_the_code_and_needs_nothing_of_the_runtime_in_the_lock() {
    let python = python();
    let project = lambda_project("hello", &python);
    let before = listing(&project.path("src"));
    let mut runtime = start(&project, &python);
    assert_eq!(
        runtime.invoke(&event(&project, &[])).response()["statusCode"],
        200
    );

    assert_eq!(listing(&project.path("src")), before);
    for lock in [
        "src/requirements.txt",
        "requirements-dev.txt",
        "pyproject.toml",
    ] {
        assert!(!project.read(lock).contains("awslambdaric"), "{lock}");
    }
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(listing(&path));
        }
        paths.push(path);
    }
    paths.sort_unstable();
    paths
}
