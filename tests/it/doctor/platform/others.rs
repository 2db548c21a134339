//! PLAT: projects as the platforms' own pages show them, and files that nobody should have written.

use super::bad;
use crate::doctor::{Patient, states};

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
