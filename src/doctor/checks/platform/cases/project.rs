//! Made-up projects for each platform.

use std::time::{Duration, UNIX_EPOCH};

use crate::doctor::testing::Rig;

pub(super) const SAM: &str = "Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13 # for all
    CodeUri: src/
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Timeout: 10
      MemorySize: !Ref Memory
      Architectures: [arm64]
      Events:
        Http:
          Type: HttpApi
        Daily:
          Type: Schedule
          Properties:
            Schedule: cron(0 12 * * ? *)
  Consume:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Timeout: 20
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 120
";

pub(super) const HANDLER: &str = "def handler(event, context):\n    return {}\n";

pub(super) const CRONS: &str = r#"{
  // When it runs.
  "framework": null,
  "crons": [{ "path": "/api/daily", "schedule": "0 9 * * 1-5" }]
}
"#;

pub(super) const AZURE: &str = "import azure.functions as func

app = func.FunctionApp()


@app.route(route=\"hello\")
def hello(req): ...


@app.queue_trigger(arg_name=\"msg\", queue_name=\"q\", connection=\"c\")
def work(msg): ...
";

/// A SAM project for Python 3.13.
pub(super) fn sam(rig: Rig) -> Rig {
    sam_with(rig, "\0", "\0")
}

/// The same, with some of its template replaced.
pub(super) fn sam_with(rig: Rig, old: &str, new: &str) -> Rig {
    assert!(old == "\0" || SAM.contains(old), "{old}");
    rig.file("project/template.yaml", SAM.replace(old, new))
        .file("project/src/app.py", HANDLER)
        .file("project/.python-version", "3.13\n")
        .with(|host| host.at(UNIX_EPOCH + Duration::from_secs(1_795_000_000)))
}

/// A project for Vercel, with some of its crons replaced.
pub(super) fn vercel(rig: Rig, old: &str, new: &str) -> Rig {
    assert!(CRONS.contains(old), "{old}");
    rig.file("project/vercel.json", CRONS.replace(old, new))
        .file("project/api/daily.py", "class handler: ...\n")
        .file("project/.python-version", "3.13\n")
}

/// A project for Vercel whose function answers at the top.
pub(super) fn rewritten(rig: Rig) -> Rig {
    vercel(
        rig,
        "\"crons\": [{ \"path\": \"/api/daily\", \"schedule\": \"0 9 * * 1-5\" }]",
        "\"rewrites\": [{ \"source\": \"/\", \"destination\": \"/api/daily\" }]",
    )
}

/// A project for Azure.
pub(super) fn azure(rig: Rig) -> Rig {
    rig.file(
        "project/host.json",
        "{\n  // The host.\n  \"version\": \"2.0\",\n  \"extensionBundle\": {}\n}\n",
    )
    .file(
        "project/local.settings.json",
        "{\"IsEncrypted\": false, \"Values\": {\"FUNCTIONS_WORKER_RUNTIME\": \"python\"}}\n",
    )
    .file("project/function_app.py", AZURE)
    .file("project/requirements.txt", "azure-functions>=2\n")
    .file("project/.python-version", "3.13\n")
}

/// A project for Google.
pub(super) fn google(rig: Rig) -> Rig {
    rig.file(
        "project/main.py",
        "import functions_framework\n\n\n@functions_framework.http\ndef hello(request): ...\n",
    )
    .file("project/requirements.txt", "functions-framework==3.*\n")
}

/// A project for Google with a script that deploys it.
pub(super) fn deployed(rig: Rig, flags: &str) -> Rig {
    google(rig).file(
        "project/deploy.sh",
        format!("#!/bin/sh\ngcloud functions deploy hello --gen2 \\\n  {flags}\n"),
    )
}

/// A project for Lambda with packages of these sizes; `tool` is not deployed.
#[cfg(unix)]
pub(super) fn packaged(rig: Rig, large: &str, needed: &str) -> Rig {
    let rig = sam(rig)
        .environment("3.13.1")
        .file("project/requirements.txt", "large==1\n")
        .distribution("large", "1", "Requires-Dist: needed\n")
        .distribution("needed", "1", "")
        .distribution("tool", "1", "");
    let packages = rig.packages();
    let record = |name: &str, size: &str| {
        let path = format!("{packages}/{name}-1.dist-info/RECORD");
        (path, format!("{name}/__init__.py,sha256=x,{size}\n"))
    };
    [("large", large), ("needed", needed), ("tool", "999999999")]
        .into_iter()
        .map(|(name, size)| record(name, size))
        .fold(rig, |rig, (path, text)| rig.file(&path, text))
}

pub(super) fn elf(machine: u8) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(18, 0);
    bytes.extend([machine, 0, 1, 0]);
    bytes
}
