//! PLAT: projects as `new` makes them and as the platforms' own pages show them, and what breaks them.

use std::collections::BTreeMap;

use super::fix::Made;
use super::{Patient, states};
use crate::support::{Finished, tree};

fn vercel() -> Made {
    Made::new(&["--no-env", "--python", "3.13", "--platform", "vercel"])
}

fn lambda() -> Made {
    Made::new(&["--no-env", "--python", "3.13", "--platform", "aws-lambda"])
}

/// Replaces in a file what must be there.
#[track_caller]
fn edit(made: &Made, below: &str, old: &str, new: &str) {
    let text = std::fs::read_to_string(made.path(below)).unwrap();
    assert!(text.contains(old), "{below}: {text}");
    std::fs::write(made.path(below), text.replace(old, new)).unwrap();
}

/// The codes of the group that are found; nothing is changed by that.
fn found(made: &Made) -> Vec<String> {
    let before = tree(&made.path(""), &[]);
    let said = made.doctor(&["plat", "--format", "json"]);
    assert!(
        tree(&made.path(""), &[]) == before,
        "a check changes nothing"
    );
    bad(&states(&said))
}

fn bad(states: &BTreeMap<String, String>) -> Vec<String> {
    let bad = states
        .iter()
        .filter(|(_, state)| !matches!(state.as_str(), "healthy" | "skipped"));
    bad.map(|(code, _)| code.clone()).collect()
}

/// Lets it mend all that it can, twice.
fn mended(made: &Made) -> Finished {
    drop(made.doctor(&["plat", "--fix", "--yes"]));
    let once = tree(&made.path(""), &[".git"]);
    let said = made.doctor(&["plat", "--fix", "--yes"]);
    assert!(tree(&made.path(""), &[".git"]) == once, "mended twice");
    said
}

#[test]
fn fresh_projects_are_healthy_whatever_they_were_asked_for() {
    for arguments in [
        &["--platform", "vercel"][..],
        &[
            "--platform",
            "vercel",
            "--set",
            "memory=4096",
            "--set",
            "max_duration=800",
        ],
        &[
            "--platform",
            "vercel",
            "--set",
            "max_duration=1",
            "--set",
            "regions=fra1",
        ],
        &["--platform", "aws-lambda"],
        &[
            "--platform",
            "aws-lambda",
            "--set",
            "memory=10240",
            "--set",
            "timeout=29",
        ],
        &[
            "--platform",
            "aws-lambda",
            "--set",
            "memory=128",
            "--set",
            "architecture=x86_64",
        ],
        &[
            "--platform",
            "aws-lambda",
            "--python",
            "3.12",
            "--example",
            "api",
        ],
    ] {
        let made = Made::new(&[arguments, &["--no-env"]].concat());
        assert_eq!(found(&made), [""; 0], "{arguments:?}");
    }
}

#[test]
fn numbers_that_lambda_refuses_are_set_to_what_it_allows() {
    let made = lambda();
    let template = || std::fs::read_to_string(made.path("template.yaml")).unwrap();
    let whole = template();
    edit(
        &made,
        "template.yaml",
        "Timeout: 10",
        "Timeout: 901  # long",
    );
    edit(
        &made,
        "template.yaml",
        "MemorySize: 256",
        "MemorySize: 20000",
    );
    assert_eq!(found(&made), ["PLAT014", "PLAT015"]);
    let said = made.doctor(&["PLAT014"]).code(1);
    for words in [
        "`Timeout` of `Function` is 901 s, and AWS Lambda allows at most 900 s",
        "`MemorySize` of `Function` is 20000 MB",
        "template.yaml:",
        "https://docs.aws.amazon.com/",
    ] {
        assert!(said.stdout.contains(words), "{said:?}");
    }
    mended(&made).code(0);
    // No more than the gateway waits for; the comment is still there.
    let expected = whole
        .replace("Timeout: 10", "Timeout: 30  # long")
        .replace("MemorySize: 256", "MemorySize: 10240");
    assert_eq!(template(), expected);
}

#[test]
fn another_python_than_the_projects() {
    let made = lambda();
    let whole = tree(&made.path(""), &[".git"]);
    edit(&made, "template.yaml", "python3.13", "python3.9");
    assert_eq!(found(&made), ["PLAT001", "PLAT003"]);
    let said = made.doctor(&["PLAT001"]).code(0);
    let words = "AWS Lambda has deprecated Python 3.9 since 2025-12-15";
    assert!(said.stdout.contains(words), "{said:?}");
    mended(&made).code(0);
    assert!(tree(&made.path(""), &[".git"]) == whole);
    edit(&made, "template.yaml", "python3.13", "python3.12");
    assert_eq!(found(&made), ["PLAT003"]);
    mended(&made).code(0);
    edit(
        &made,
        "template.yaml",
        "python3.13",
        "!Sub \"python${Version}\"",
    );
    assert_eq!(found(&made), [""; 0]);
}

#[test]
fn a_handler_that_is_not_there() {
    for (old, new, words) in [
        (
            "hello.handler",
            "hello.handle",
            "has no `handle`, the entry point of `Function`; it has `handler`",
        ),
        (
            "hello.handler",
            "helo.handler",
            "which is not there; `src/functions/hello.py` is",
        ),
        (
            "CodeUri: src/",
            "CodeUri: source/",
            "`source/functions/hello.py`, which is not there",
        ),
    ] {
        let made = lambda();
        edit(&made, "template.yaml", old, new);
        assert_eq!(found(&made), ["PLAT008"]);
        let said = made.doctor(&["plat"]).code(1);
        assert!(said.stdout.contains(words), "{said:?}");
    }
    let made = lambda();
    edit(
        &made,
        "src/functions/hello.py",
        "def handler(",
        "async def handler(",
    );
    assert_eq!(found(&made), ["PLAT008"]);
    // One that does not parse is another matter.
    edit(
        &made,
        "src/functions/hello.py",
        "async def handler(",
        "def (",
    );
    assert_eq!(found(&made), [""; 0]);
}

#[test]
fn schedules_of_vercel() {
    for (path, schedule, codes) in [
        ("/api/hello", "0 9 * * 1", &[][..]),
        ("/", "0 9 29 2 *", &[]),
        ("/api/hallo", "0 9 * * 1", &["PLAT019"]),
        ("/api/hello", "0 9 31 2 *", &["PLAT018"]),
        ("/api/hello", "99 99 * * *", &["PLAT017"]),
        ("/api/hello", "0 0 9 * * *", &["PLAT017"]),
        ("/api/hello", "0 9 1 * 1", &["PLAT017"]),
    ] {
        let made = vercel();
        let crons = format!(
            "\"framework\": null,\n  \"crons\": [{{ \"path\": \"{path}\", \"schedule\": \"{schedule}\" }}],"
        );
        edit(&made, "vercel.json", "\"framework\": null,", &crons);
        assert_eq!(found(&made), codes, "{path} {schedule}");
    }
}

#[test]
fn what_vercel_does_not_say() {
    let made = vercel();
    let whole = std::fs::read_to_string(made.path("vercel.json")).unwrap();
    edit(&made, "vercel.json", "\"rewrites\"", "\"rewrite\"");
    assert_eq!(found(&made), ["PLAT020"]);
    mended(&made).code(0);
    assert_eq!(
        std::fs::read_to_string(made.path("vercel.json")).unwrap(),
        whole
    );

    std::fs::write(
        made.path("api/more.py"),
        "def handler(event, context):\n    return {}\n",
    )
    .unwrap();
    assert_eq!(found(&made), ["PLAT008"]);
    std::fs::rename(made.path("api/more.py"), made.path("api/_more.py")).unwrap();
    assert_eq!(found(&made), [""; 0]);

    let functions =
        "\"framework\": null,\n  \"functions\": { \"api/*.js\": { \"maxDuration\": 801 } },";
    edit(&made, "vercel.json", "\"framework\": null,", functions);
    assert_eq!(found(&made), ["PLAT008", "PLAT014"]);
    mended(&made).code(1);
    let text = std::fs::read_to_string(made.path("vercel.json")).unwrap();
    assert!(text.contains("{ \"maxDuration\": 800 }"), "{text}");
}

#[test]
fn a_secret_that_would_be_uploaded() {
    let made = vercel();
    let text = std::fs::read_to_string(made.path(".vercelignore")).unwrap();
    let lines = text.lines().filter(|it| !it.contains(".env"));
    let without: String = lines.map(|it| format!("{it}\n")).collect();
    std::fs::write(made.path(".vercelignore"), &without).unwrap();
    // It may come: there is an example of it.
    assert_eq!(found(&made), ["PLAT009"]);
    made.doctor(&["PLAT009"]).code(0);
    std::fs::write(made.path(".env"), "TOKEN=hidden\n").unwrap();
    let said = made.doctor(&["PLAT009"]).code(1);
    assert!(!said.stdout.contains("hidden"), "{said:?}");
    // That is safe, and done without a yes.
    made.doctor(&["plat", "--fix"]).code(0);
    let text = std::fs::read_to_string(made.path(".vercelignore")).unwrap();
    assert_eq!(text, without + ".env\n");
}

#[test]
fn a_python_that_the_platform_does_not_run() {
    let made = vercel();
    edit(
        &made,
        "pyproject.toml",
        "python = \"3.13\"",
        "python = \"3.11\"",
    );
    assert_eq!(found(&made), ["PLAT002"]);
    let said = made.doctor(&["plat"]).code(1);
    let words = "Vercel does not run Python 3.11: it runs 3.12, 3.13, 3.14";
    assert!(said.stdout.contains(words), "{said:?}");
}

#[test]
fn what_was_known_long_ago_is_a_remark() {
    let made = lambda();
    edit(
        &made,
        "template.yaml",
        "MemorySize: 256",
        "MemorySize: 20000",
    );
    made.doctor(&["PLAT014"]).code(1);
    let mut later = made.sandbox.scaffold();
    later
        .args(["doctor", "PLAT014"])
        .current_dir(made.path(""))
        .env("SOURCE_DATE_EPOCH", "1900000000");
    let said = crate::support::run(&mut later).code(0);
    assert!(said.stdout.contains("as of 2026-11-22"), "{said:?}");
}

/// A project of others: nothing but these files.
fn project(files: &[(&str, &str)]) -> Vec<String> {
    let patient = Patient::without_environment();
    for (path, text) in files {
        let path = patient.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    bad(&states(&patient.doctor(&["plat", "--format", "json"])))
}

const HANDLER: &str = "def lambda_handler(event, context):\n    return {}\n";

const TEMPLATE: &str = "AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage:
    Type: String
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
Globals:
  Function:
    Timeout: 5
    MemorySize: !If [IsProduction, 1024, 256]
    Runtime: python3.13
    Layers:
      - !Sub arn:aws:lambda:${AWS::Region}:017000801446:layer:AWSLambdaPowertoolsPythonV3:1
    Environment:
      Variables:
        STAGE: !Ref Stage
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref Stage
  Hello:
    Type: AWS::Serverless::Function
    Metadata:
      DockerTag: python
    Properties:
      CodeUri: hello_world/
      Handler: app.lambda_handler
      Timeout: !FindInMap [Timeouts, !Ref Stage, Seconds]
      Architectures: [!Ref Architecture]
      Events:
        Hello:
          Type: Api
          Properties: {Path: /hello, Method: get, RestApiId: !Ref Api}
        Cleanup:
          Type: ScheduleV2
          Properties:
            ScheduleExpression: !Sub rate(${Rate} days)
        Nightly:
          Type: Schedule
          Properties:
            Schedule: cron(0 3 ? * MON-FRI *)
  Consumer:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: consumer/
      Handler: app.lambda_handler
      Events:
        Jobs:
          Type: SQS
          Properties:
            Queue:
              Fn::GetAtt: [Jobs, Arn]
            BatchSize: 10
  Image:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      Timeout: 900
  Web:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      CodeUri: web/
      Handler: index.handler
  Jobs:
    Type: AWS::SQS::Queue
";

#[test]
fn the_projects_of_others_are_healthy() {
    let template = [
        ("template.yaml", TEMPLATE),
        ("hello_world/app.py", HANDLER),
        ("consumer/app.py", HANDLER),
    ];
    assert_eq!(project(&template), [""; 0]);
    for files in [
        // A page of Vercel's documentation each.
        &[
            (
                "vercel.json",
                "{\"crons\": [{\"path\": \"/api/cron\", \"schedule\": \"0 5 * * *\"}]}",
            ),
            ("app.py", "from flask import Flask\napp = Flask(__name__)\n"),
            ("requirements.txt", "flask\n"),
        ][..],
        &[
            (
                "vercel.json",
                "{\"rewrites\": [{\"source\": \"/(.*)\", \"destination\": \"/api/index\"}]}",
            ),
            (
                "api/index.py",
                "from http.server import BaseHTTPRequestHandler\nclass handler(BaseHTTPRequestHandler): ...\n",
            ),
            (".gitignore", ".vercel\n"),
        ],
        // The Serverless Framework's.
        &[
            (
                "serverless.yml",
                "service: x\nprovider:\n  name: aws\n  runtime: python3.13\n  timeout: ${self:custom.timeout}\nfunctions:\n  hello:\n    handler: handler.hello\n    events:\n      - httpApi: 'GET /'\n      - schedule: rate(1 minute)\n      - schedule:\n          rate: cron(0 12 * * ? *)\n          enabled: true\n  other: ${file(other.yml)}\nplugins:\n  - serverless-python-requirements\n",
            ),
            ("handler.py", "def hello(event, context): ...\n"),
        ],
        &[
            (
                "serverless.yml",
                "provider: aws\nfunctions:\n  app:\n    handler: wsgi_handler.handler\n  lib:\n    handler: mangum.run.handler\n",
            ),
            ("requirements.txt", "mangum>=0.17\n"),
        ],
        // Google's.
        &[
            (
                "main.py",
                "import functions_framework\n@functions_framework.http\ndef hello(request): return 'x'\n",
            ),
            ("requirements.txt", "functions-framework==3.*\n"),
            (
                "Makefile",
                "deploy:\n\tgcloud functions deploy hello --gen2 --runtime=python313 --entry-point=hello --timeout=540s --memory=512Mi --trigger-http\n",
            ),
        ],
        &[
            ("requirements.txt", "functions-framework==3.*\n"),
            (
                "Dockerfile",
                "FROM python:3.13\nCMD functions-framework --source app.py --target f\n",
            ),
            ("app.py", "def f(request): ...\n"),
        ],
        // Azure's.
        &[
            (
                "function_app.py",
                "import azure.functions as func\napp = func.FunctionApp()\n@app.timer_trigger(schedule=\"0 */5 * * * *\", arg_name=\"t\")\ndef t(t): ...\n",
            ),
            (
                "host.json",
                "{\"version\": \"2.0\", \"extensionBundle\": {\"id\": \"x\", \"version\": \"[4.*, 5.0.0)\"}}",
            ),
            (
                "local.settings.json",
                "{\"Values\": {\"FUNCTIONS_WORKER_RUNTIME\": \"python\"}}",
            ),
            ("requirements.txt", "azure-functions\n"),
        ],
        // None of any platform.
        &[
            ("app.py", "print()\n"),
            ("Dockerfile", "FROM python:3.9\nCOPY . .\n"),
            (".env", "A=1\n"),
        ],
        &[("requirements.txt", "flask\n")],
    ] {
        assert_eq!(project(files), [""; 0], "{files:?}");
    }
}

#[test]
fn a_queue_that_does_not_wait() {
    let sick = TEMPLATE.replace(
        "Type: AWS::SQS::Queue\n",
        "Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimeout: 4 # short\n",
    );
    let files = [
        ("template.yaml", sick.as_str()),
        ("hello_world/app.py", HANDLER),
        ("consumer/app.py", HANDLER),
    ];
    assert_eq!(project(&files), ["PLAT016"]);
}

#[test]
fn hostile_files_are_no_more_than_skipped() {
    let deep = "[".repeat(200_000);
    let aliases: String = (1..40)
        .map(|it| format!("a{it}: &a{it} [*a{}, *a{}]\n", it - 1, it - 1))
        .collect();
    let aliases = format!("Transform: AWS::Serverless\na0: &a0 [x, x]\n{aliases}");
    let template = format!("Transform: AWS::Serverless\nResources: {deep}");
    let python = format!("x = {}1\n", "-".repeat(100_000));
    for (name, text) in [
        ("template.yaml", template.as_str()),
        ("template.yaml", &aliases),
        ("vercel.json", &deep),
        (
            "vercel.json",
            "\u{0}\u{1}{\"crons\": [{\"path\": 1, \"schedule\": {}}]}",
        ),
        ("host.json", "{\"version\": \"2.0\"}"),
        (
            "serverless.yml",
            "provider: {name: aws}\nfunctions: [a, b]\n",
        ),
        (
            "serverless.yml",
            "provider: {name: aws}\nfunctions: {a: {handler: ../../../etc/passwd.x, events: [null, a, {sqs: null}]}}\n",
        ),
    ] {
        let patient = Patient::without_environment();
        std::fs::write(patient.path(name), text).unwrap();
        std::fs::write(patient.path("function_app.py"), &python).unwrap();
        let said = states(&patient.doctor(&["plat", "--format", "json"]));
        let mut states = said.values();
        let broken = states.find(|it| !matches!(it.as_str(), "healthy" | "skipped" | "found"));
        assert_eq!(broken, None, "{name}: {said:?}");
    }
}
