//! Vercel's production bootstrap, `vercel-runtime`, with a generated function behind it.
//!
//! The bootstrap says on a unix socket where its HTTP server is, and reports the start, every request's begin, logs and end
//! there; the platform sends it plain HTTP.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Answer, ask, decoded};
use crate::runtime::lambda::copy;
use crate::runtime::project::{Project, project};
use crate::runtime::tools::{Python, environment, libraries};
use crate::runtime::upstream::Upstream;

/// How long the bootstrap may take for one message.
const PATIENCE: Duration = Duration::from_secs(30);

/// A function instance: the process, and what it reports.
struct Instance {
    child: Child,
    messages: Receiver<Value>,
}

impl Instance {
    fn start(project: &Project, code: &Path, python: &Python, variables: &[(&str, &str)]) -> Self {
        let runtime = environment(
            "vercel-runtime",
            python,
            include_str!("requirements/vercel-runtime.txt"),
        );
        let dependencies = libraries(python, &project.path("requirements.txt"));
        let socket = project.beside("ipc.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let entry = format!("api/{}.py", project.package);
        let child = Command::new(runtime.program("python"))
            .args(["-c", "import vercel_runtime.vc_init"])
            .current_dir(code)
            .env_clear()
            .env("VERCEL_IPC_PATH", &socket)
            .env("__VC_HANDLER_ENTRYPOINT", &entry)
            .env("__VC_HANDLER_ENTRYPOINT_ABS", code.join(&entry))
            .env(
                "__VC_HANDLER_MODULE_NAME",
                format!("api.{}", project.package),
            )
            .env("__VC_HANDLER_VARIABLE_NAME", "handler")
            .env(
                "PYTHONPATH",
                std::env::join_paths([code, &dependencies]).unwrap(),
            )
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("VERCEL", "1")
            .env("VERCEL_ENV", "production")
            .env("VERCEL_REGION", "fra1")
            .env("LANG", "en_US.UTF-8")
            .env("TZ", ":UTC")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (outbox, messages) = channel();
        std::thread::spawn(move || {
            let (connection, _) = listener.accept().unwrap();
            for message in BufReader::new(connection).split(0) {
                // The test may have ended, and the process with it.
                let Ok(message) = message else { return };
                let _ = outbox.send(serde_json::from_slice(&message).unwrap());
            }
        });
        Self { child, messages }
    }

    /// The next message of this kind; those before it are dropped.
    #[track_caller]
    fn message(&mut self, kind: &str) -> Value {
        loop {
            let Ok(message) = self.messages.recv_timeout(PATIENCE) else {
                let _ = self.child.kill();
                let mut said = String::new();
                if let Some(mut stream) = self.child.stderr.take() {
                    let _ = stream.read_to_string(&mut said);
                }
                panic!("no message `{kind}`; stderr:\n{said}");
            };
            if message["type"] == kind {
                return message["payload"].clone();
            }
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a function that is ready takes requests.
struct Route {
    port: u16,
    path: String,
}

impl Route {
    #[track_caller]
    fn ask(&self, method: &str, query: &str, request: u32) -> Answer {
        let id = request.to_string();
        let headers = [
            ("x-vercel-internal-invocation-id", "invocation"),
            ("x-vercel-internal-request-id", id.as_str()),
            ("x-vercel-internal-deadline", "2099-01-01T00:00:00Z"),
        ];
        ask(
            self.port,
            method,
            &format!("{}{query}", self.path),
            &headers,
        )
    }
}

/// Starts the project's function and waits until it is ready.
fn start(
    project: &Project,
    code: &Path,
    python: &Python,
    variables: &[(&str, &str)],
) -> (Instance, Route) {
    let mut instance = Instance::start(project, code, python, variables);
    let started = instance.message("server-started");
    assert!(started["initDuration"].as_f64().unwrap() > 0.0, "{started}");
    let port = started["httpPort"].as_u64().unwrap();
    let route = Route {
        port: u16::try_from(port).unwrap(),
        path: format!("/api/{}", project.package),
    };
    (instance, route)
}

fn python() -> Python {
    Python::find(&[13, 12, 14])
}

fn vercel_project(example: &str, python: &Python) -> Project {
    project("vercel", example, python, &[])
}

#[test]
fn hello_answers_in_production() {
    let python = python();
    let project = vercel_project("hello", &python);
    let (mut instance, function) = start(&project, &project.root, &python, &[]);

    let answer = function.ask("GET", "?name=Ada", 7);

    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    assert_eq!(answer.json(), json!({"message": "Hello, Ada!"}));
    // Only the first answer says how long the start took.
    let timing = answer.header("x-vercel-internal-timing");
    assert!(
        timing.is_some_and(|it| it.contains("import-fn;dur=")),
        "{timing:?}"
    );
    assert_eq!(
        instance.message("handler-started")["context"]["requestId"],
        7
    );
    assert_eq!(instance.message("end")["context"]["requestId"], 7);
}

#[test]
fn methods_and_bad_input_are_answered_by_the_rules() {
    let python = python();
    let project = vercel_project("hello", &python);
    let (_instance, function) = start(&project, &project.root, &python, &[]);

    assert_eq!(
        function.ask("GET", "", 1).json()["message"],
        "Hello, world!"
    );
    for refused in ["?name=", "?name=Ada&name=Bob", "?name=%ff"] {
        let answer = function.ask("GET", refused, 2);
        assert_eq!(answer.status, 400, "{refused}");
        assert!(answer.json()["error"].is_string(), "{refused}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let answer = function.ask(method, "", 3);
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.header("Allow").unwrap().contains("GET"), "{method}");
    }
    let head = function.ask("HEAD", "?name=Ada", 4);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("Content-Length"), Some("26"));
    assert_eq!(function.ask("OPTIONS", "", 5).status, 204);
}

#[test]
fn requests_at_the_same_time_get_their_own_answers() {
    let python = python();
    let project = vercel_project("hello", &python);
    let (mut instance, function) = start(&project, &project.root, &python, &[]);

    std::thread::scope(|scope| {
        for number in 0..32 {
            let function = &function;
            scope.spawn(move || {
                let answer = function.ask("GET", &format!("?name=n{number}"), number);
                assert_eq!(answer.json()["message"], format!("Hello, n{number}!"));
            });
        }
    });

    let ended: BTreeSet<u64> = (0..32)
        .map(|_| {
            instance.message("end")["context"]["requestId"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(ended, (0..32).collect());
}

#[test]
fn api_answers_from_what_it_reads_upstream() {
    let python = python();
    let project = vercel_project("api", &python);
    let upstream = Upstream::start();
    let url = upstream.url();
    let (_instance, function) = start(
        &project,
        &project.root,
        &python,
        &[("GITHUB_API_URL", &url)],
    );

    let answer = function.ask("GET", "?user=octocat", 1);

    assert_eq!(answer.status, 200, "{answer:?}");
    let names: Vec<Value> = answer.json()["repositories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["loved", "quiet"]);
    assert_eq!(upstream.asked().len(), 2, "one request for each page");
    assert_eq!(function.ask("GET", "?user=..%2Foctocat", 2).status, 400);
    assert_eq!(function.ask("GET", "?user=nobody", 3).status, 404);
    assert_eq!(function.ask("GET", "?user=garbage", 4).status, 502);
    assert_eq!(function.ask("GET", "?user=broken", 5).status, 502);
}

#[test]
fn api_serves_many_at_the_same_time() {
    let python = python();
    let project = vercel_project("api", &python);
    let upstream = Upstream::start();
    let url = upstream.url();
    let (_instance, function) = start(
        &project,
        &project.root,
        &python,
        &[("GITHUB_API_URL", &url)],
    );

    std::thread::scope(|scope| {
        for number in 0..16 {
            let function = &function;
            scope.spawn(move || {
                let (user, status) = [("octocat", 200), ("nobody", 404)][number as usize % 2];
                let answer = function.ask("GET", &format!("?user={user}"), number);
                assert_eq!(answer.status, status, "{answer:?}");
            });
        }
    });
}

/// The project in a copy, with the code that answers replaced.
fn with_service(project: &Project, code: &str) -> PathBuf {
    let changed = project.beside("changed");
    copy(&project.root, &changed);
    std::fs::write(changed.join(&project.package).join("service.py"), code).unwrap();
    changed
}

#[test]
fn what_fails_inside_is_logged_with_its_request_and_not_shown() {
    let python = python();
    let project = vercel_project("hello", &python);
    let code = with_service(
        &project,
        "def respond(query):\n    raise RuntimeError('the password is swordfish')\n",
    );
    let (mut instance, function) = start(&project, &code, &python, &[]);

    let answer = function.ask("GET", "", 9);

    assert_eq!(answer.status, 500);
    assert!(!format!("{answer:?}").contains("swordfish"), "{answer:?}");
    let log = instance.message("log");
    assert_eq!(
        (&log["context"]["requestId"], &log["stream"]),
        (&json!(9), &json!("stderr"))
    );
    let line = decoded(log["message"].as_str().unwrap());
    let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    assert_eq!(line["level"], "error");
    assert!(line.to_string().contains("swordfish"), "{line}");
}

#[test]
fn code_that_cannot_be_imported_is_reported_by_name() {
    let python = python();
    let project = vercel_project("hello", &python);
    let code = with_service(&project, "import no_such_module\n");
    let mut instance = Instance::start(&project, &code, &python, &[]);

    let failure = instance.message("unrecoverable-error");

    assert_eq!(failure["exitCode"], 1);
    assert!(
        failure["message"]
            .as_str()
            .unwrap()
            .contains("no_such_module"),
        "{failure}"
    );
}
