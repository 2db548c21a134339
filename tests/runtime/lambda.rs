//! AWS Lambda on this machine: a Runtime API of our own on loopback, and the real `awslambdaric` that asks it for work.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html> is the contract. One server for each process: the long
//! poll of a killed runtime would take the next event.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::http::{Reply, Request, Server};
use super::tools::{Environment, Python, environment};

/// Every request of the runtime goes below this path.
const BASE: &str = "/2018-06-01/runtime/";

/// The name that the platform gives the function of these tests.
const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:under-test";

/// A function as it lies on the platform: code, handler, settings.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// The task root: the working folder, first on the module path.
    pub(crate) code: PathBuf,
    /// Further folders of the module path.
    pub(crate) libraries: Vec<PathBuf>,
    /// `module.function`.
    pub(crate) handler: String,
    /// Variables of the function's own configuration.
    pub(crate) variables: Vec<(String, String)>,
    /// How long the platform lets one invocation run.
    pub(crate) timeout: Duration,
}

impl Function {
    /// A function with nothing beside its code and a timeout of ten seconds.
    pub(crate) fn new(code: impl Into<PathBuf>, handler: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            libraries: Vec::new(),
            handler: handler.into(),
            variables: Vec::new(),
            timeout: Duration::from_secs(10),
        }
    }

    /// Adds a variable of the function's configuration.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }
}

/// What came of an invocation, or of the start.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The handler's return value, as sent.
    Response(Vec<u8>),
    /// The handler failed: the caller sees `X-Amz-Function-Error: Unhandled` and this body.
    Unhandled(Value),
    /// The code could not be loaded.
    InitFailed(Value),
}

impl Outcome {
    /// The handler's return value.
    ///
    /// # Panics
    /// When the invocation did not give one.
    #[track_caller]
    pub(crate) fn response(self) -> Value {
        match self {
            Self::Response(body) => serde_json::from_slice(&body).unwrap(),
            Self::Unhandled(error) | Self::InitFailed(error) => panic!("not a response: {error}"),
        }
    }
}

/// An event on its way to the runtime.
struct Event {
    id: String,
    body: Vec<u8>,
    deadline: u128,
}

/// One execution environment: a runtime process and the API that it asks.
pub(crate) struct Execution {
    child: Child,
    events: Sender<Event>,
    outcomes: Receiver<Outcome>,
    output: Vec<JoinHandle<String>>,
    invocations: u32,
    timeout: Duration,
    /// Answers the process as long as it lives.
    _server: Server,
}

/// `awslambdaric` at its pinned version.
pub(crate) fn awslambdaric(python: &Python) -> Environment {
    environment("awslambdaric", python, include_str!("awslambdaric.txt"))
}

impl Execution {
    /// Starts the runtime as the platform does: its variables and no others.
    pub(crate) fn start(function: &Function, python: &Python) -> Self {
        let (events, inbox) = channel();
        let (outbox, outcomes) = channel();
        let api = Api {
            inbox: Mutex::new(inbox),
            outbox,
            current: Mutex::new(None),
        };
        let server = Server::start(move |request| api.answer(request));
        let mut child = command(function, python, &server.address())
            .spawn()
            .unwrap();
        let output = [
            child.stdout.take().map(collect),
            child.stderr.take().map(collect),
        ];
        Self {
            child,
            events,
            outcomes,
            output: output.into_iter().flatten().collect(),
            invocations: 0,
            timeout: function.timeout,
            _server: server,
        }
    }

    /// Sends one event and waits for what becomes of it.
    ///
    /// # Panics
    /// As [`Execution::outcome`].
    #[track_caller]
    pub(crate) fn invoke(&mut self, event: &[u8]) -> Outcome {
        self.invocations += 1;
        let deadline = SystemTime::now() + self.timeout;
        let event = Event {
            id: self.request_id(),
            body: event.to_vec(),
            deadline: deadline.duration_since(UNIX_EPOCH).unwrap().as_millis(),
        };
        self.events.send(event).unwrap();
        self.outcome()
    }

    /// The id of the last invocation.
    pub(crate) fn request_id(&self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.invocations)
    }

    /// Waits for the end of an invocation, or of a start that fails.
    ///
    /// # Panics
    /// When the process ends without a word or runs past the timeout, with all that it printed.
    #[track_caller]
    pub(crate) fn outcome(&mut self) -> Outcome {
        // The start has ten seconds of its own on the platform.
        let start = Duration::from_secs(if self.invocations > 1 { 0 } else { 10 });
        let end = Instant::now() + self.timeout + start;
        loop {
            match self.outcomes.recv_timeout(Duration::from_millis(50)) {
                Ok(outcome) => return outcome,
                Err(error) if error == RecvTimeoutError::Disconnected || Instant::now() > end => {
                    panic!("no outcome ({error}):\n{}", self.finish())
                }
                Err(_) => {}
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it said last may still be on its way through the API.
                let last = self.outcomes.recv_timeout(Duration::from_secs(1));
                return last.unwrap_or_else(|_| panic!("{status}:\n{}", self.finish()));
            }
        }
    }

    /// Ends the process and gives all that the function and its runtime printed.
    pub(crate) fn finish(&mut self) -> String {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.output.drain(..).map(|it| it.join().unwrap()).collect()
    }
}

impl Drop for Execution {
    fn drop(&mut self) {
        self.finish();
    }
}

fn command(function: &Function, python: &Python, api: &str) -> Command {
    let task_root = function.code.to_string_lossy();
    let path = std::iter::once(&function.code).chain(&function.libraries);
    let mut command = Command::new(awslambdaric(python).program("python"));
    command
        .args(["-m", "awslambdaric", &function.handler])
        .current_dir(&function.code)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", api)
        .env("_HANDLER", &function.handler)
        .env("LAMBDA_TASK_ROOT", &*task_root)
        .env("PYTHONPATH", std::env::join_paths(path).unwrap())
        .env(
            "AWS_EXECUTION_ENV",
            format!("AWS_Lambda_python{}", python.version()),
        )
        .env("AWS_LAMBDA_FUNCTION_NAME", "under-test")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/under-test")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        .env("LANG", "en_US.UTF-8")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("TZ", ":UTC")
        // The task root is read-only there.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(function.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The server's side of the conversation.
struct Api {
    inbox: Mutex<Receiver<Event>>,
    outbox: Sender<Outcome>,
    /// The invocation that waits for its answer.
    current: Mutex<Option<String>>,
}

impl Api {
    fn answer(&self, request: &Request) -> Option<Reply> {
        let path = request.target.strip_prefix(BASE)?;
        let words: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), words.as_slice()) {
            ("GET", ["invocation", "next"]) => self.next(),
            ("POST", ["init", "error"]) => {
                self.report(Outcome::InitFailed(error(request)));
                Some(Reply::json(202, r#"{"status":"OK"}"#))
            }
            ("POST", ["invocation", id, end]) => Some(self.end(request, id, end)),
            _ => Some(Reply::json(404, "{}")),
        }
    }

    /// The long poll: waits for an event as long as it takes.
    fn next(&self) -> Option<Reply> {
        let event = self.inbox.lock().unwrap().recv().ok()?;
        *self.current.lock().unwrap() = Some(event.id.clone());
        // Without the content type the runtime's C extension crashes.
        Some(
            Reply::json(200, event.body)
                .with("Lambda-Runtime-Aws-Request-Id", event.id)
                .with("Lambda-Runtime-Deadline-Ms", event.deadline.to_string())
                .with("Lambda-Runtime-Invoked-Function-Arn", ARN)
                .with(
                    "Lambda-Runtime-Trace-Id",
                    "Root=1-5759e988-bd862e3fe1be46a994272793",
                ),
        )
    }

    fn end(&self, request: &Request, id: &str, end: &str) -> Reply {
        let mut current = self.current.lock().unwrap();
        if current.as_deref() != Some(id) {
            return Reply::json(
                400,
                r#"{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"#,
            );
        }
        *current = None;
        self.report(match end {
            "response" => Outcome::Response(request.body.clone()),
            _ => Outcome::Unhandled(error(request)),
        });
        Reply::json(202, r#"{"status":"OK"}"#)
    }

    fn report(&self, outcome: Outcome) {
        // The test may have ended already.
        let _ = self.outbox.send(outcome);
    }
}

/// The error of a runtime, with the type from its header where the body has none.
fn error(request: &Request) -> Value {
    let mut error: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if let (None, Some(kind)) = (
        error.get("errorType"),
        request.header("Lambda-Runtime-Function-Error-Type"),
    ) {
        error["errorType"] = kind.into();
    }
    error
}

/// The task root of a project: a copy, for tests that change it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().unwrap().is_dir() {
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).unwrap();
        }
    }
}
