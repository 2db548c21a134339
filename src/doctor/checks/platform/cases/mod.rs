//! Where the conditions of this group are, and where they only nearly are.

pub(crate) mod configuration;
mod project;
pub(crate) mod schedule;

use std::time::{Duration, UNIX_EPOCH};

use crate::doctor::testing::{Case, Rig};
use project::*;

const fn case(code: &'static str, sick: fn(Rig) -> Rig, well: fn(Rig) -> Rig) -> Case {
    Case { code, sick, well }
}

/// At least one for each code, with those of schedules and of files of configuration, which stand apart.
pub(crate) const CASES: &[Case] = &[
    case(
        "PLAT001",
        |rig| sam_with(rig, "python3.13 #", "python3.9 #"),
        sam,
    ),
    case(
        "PLAT001",
        |rig| sam_with(rig, "python3.13 #", "python2.7 #"),
        sam,
    ),
    case(
        "PLAT001",
        |rig| {
            deployed(rig, "--runtime=python310 --trigger-http")
                .file("project/.python-version", "3.13\n")
                .with(|host| host.at(UNIX_EPOCH + Duration::from_secs(1_795_000_000)))
        },
        |rig| deployed(rig, "--runtime=$RUNTIME --trigger-http"),
    ),
    case(
        "PLAT002",
        |rig| {
            vercel(rig, "\"", "\"")
                .file("project/.python-version", "# ours\n3.11\n")
                .file("project/pyproject.toml", "")
        },
        |rig| vercel(rig, "\"", "\""),
    ),
    case(
        "PLAT002",
        |rig| sam_with(rig, "python3.13 #", "python3.99 #"),
        |rig| sam_with(rig, "python3.13 #", "nodejs22.x #"),
    ),
    case(
        "PLAT002",
        |rig| {
            sam_with(rig, "python3.13 #", "pyhton3.13 #")
                .without("project/.python-version")
                .without("project/pyproject.toml")
        },
        |rig| sam_with(rig, "python3.13 #", "provided.al2023 #"),
    ),
    case(
        "PLAT003",
        |rig| sam_with(rig, "python3.13 #", "python3.12 #"),
        |rig| sam_with(rig, "python3.13 #", "!Ref Python #"),
    ),
    case(
        "PLAT003",
        |rig| {
            sam(rig).without("project/template.yaml").file(
                "project/serverless.yml",
                "provider:\n  name: aws\n  runtime: python3.11\nfunctions:\n  a:\n    handler: src/app.handler\n",
            )
        },
        |rig| {
            sam(rig).without("project/template.yaml").file(
                "project/serverless.yml",
                "provider:\n  name: aws\n  runtime: ${env:PYTHON}\nfunctions:\n  a:\n    handler: src/app.handler\n    runtime: python3.13\n  b:\n    handler: x.y\n    runtime: nodejs20.x\n",
            )
        },
    ),
    case(
        "PLAT003",
        |rig| deployed(rig, "--runtime python312").file("project/.python-version", "3.13\n"),
        |rig| deployed(rig, "--runtime python313").file("project/.python-version", "3.13\n"),
    ),
    #[cfg(unix)]
    case(
        "PLAT005",
        |rig| {
            azure(rig)
                .environment("3.13.1")
                .program("system/bin/func", "")
                .program("system/bin/python3", "")
                .on_path(&["system/bin"])
        },
        |rig| {
            azure(rig)
                .environment("3.13.1")
                .program("system/bin/func", "")
                .on_path(&["project/.venv/bin", "system/bin"])
        },
    ),
    case(
        "PLAT006",
        |rig| sam(rig).file("project/.aws-sam/build/Work/x/_native.so", elf(0x3e)),
        |rig| {
            sam(rig)
                .file("project/.aws-sam/build/Work/x/_native.so", elf(0xb7))
                .file("project/.venv/lib/python3.13/site-packages/y.so", elf(0x3e))
        },
    ),
    #[cfg(unix)]
    case(
        "PLAT007",
        |rig| packaged(rig, "262144000", "1048576"),
        |rig| packaged(rig, "262143999", "1"),
    ),
    case(
        "PLAT008",
        |rig| sam_with(rig, "app.handler", "app.handle"),
        sam,
    ),
    case(
        "PLAT008",
        |rig| sam(rig).without("project/src/app.py"),
        |rig| sam(rig).file("project/src/app.py", "from other import *\n"),
    ),
    case(
        "PLAT008",
        |rig| {
            sam(rig).file(
                "project/src/app.py",
                "async def handler(event, context): ...\n",
            )
        },
        |rig| sam(rig).file("project/src/app.py", "handler = wrap(print)\n"),
    ),
    case(
        "PLAT008",
        |rig| sam_with(rig, "app.handler", "gone.app.handler"),
        |rig| {
            sam_with(rig, "app.handler", "mangum.run.handler")
                .file("project/src/requirements.txt", "mangum==0.17 # wraps\n")
        },
    ),
    case(
        "PLAT008",
        |rig| vercel(rig, "\"", "\"").file("project/api/daily.py", HANDLER),
        |rig| vercel(rig, "\"", "\"").file("project/api/_helper.py", HANDLER),
    ),
    case(
        "PLAT008",
        |rig| {
            vercel(
                rig,
                "\"crons\"",
                "\"functions\": {\"api/*.ts\": {}},\n  \"crons\"",
            )
        },
        |rig| {
            vercel(
                rig,
                "\"crons\"",
                "\"functions\": {\"api/**/*.py\": {}},\n  \"crons\"",
            )
        },
    ),
    case(
        "PLAT008",
        |rig| azure(rig).without("project/function_app.py"),
        azure,
    ),
    case(
        "PLAT008",
        |rig| deployed(rig, "--runtime=python313 --entry-point=helo"),
        |rig| deployed(rig, "--runtime=python313 --entry-point=hello"),
    ),
    case(
        "PLAT008",
        |rig| rewritten(rig).without("project/api/daily.py"),
        rewritten,
    ),
    case(
        "PLAT008",
        |rig| rewritten(rig).file("project/api/daily.py", "def x(): ...\n"),
        |rig| rewritten(rig).file("project/api/daily.py", "from x import app\n"),
    ),
    case(
        "PLAT008",
        |rig| rewritten(rig).file("project/api/daily.py", "def x(:\n"),
        |rig| rewritten(rig).file("project/api/daily.py", "from x import *\n"),
    ),
    case(
        "PLAT008",
        |rig| rewritten(rig).without("project/api"),
        |rig| {
            rewritten(rig)
                .without("project/api")
                .file("project/public/api/daily", "")
        },
    ),
    case(
        "PLAT009",
        |rig| {
            vercel(rig, "\"", "\"")
                .file("project/.vercelignore", "# ours\n/docs/")
                .file("project/.env", "A=1\n")
        },
        |rig| {
            vercel(rig, "\"", "\"")
                .file("project/.vercelignore", "*.pyc\n.env*\n")
                .file("project/.env", "A=1\n")
        },
    ),
    // `vercel deploy` does not ask what git ignores.
    case(
        "PLAT009",
        |rig| {
            vercel(rig, "\"", "\"")
                .file("project/.gitignore", ".env*\n")
                .file("project/.env", "A=1\n")
        },
        |rig| {
            vercel(rig, "\"", "\"")
                .file("project/.gitignore", ".env*\n")
                .file("project/.env.example", "A=\n")
        },
    ),
    case(
        "PLAT009",
        |rig| {
            rig.file(
                "project/service.yaml",
                "apiVersion: serving.knative.dev/v1\n",
            )
            .file("project/Dockerfile", "FROM python:3.13\nCOPY . .\n")
            .file("project/.env", "A=1\n")
        },
        |rig| {
            rig.file(
                "project/service.yaml",
                "apiVersion: serving.knative.dev/v1\n",
            )
            .file("project/Dockerfile", "FROM python:3.13\nCOPY app.py .\n")
            .file("project/.env", "A=1\n")
        },
    ),
    case(
        "PLAT010",
        |rig| {
            azure(rig).file(
                "project/local.settings.json",
                "{\n  \"Values\": {\n    \"FUNCTIONS_WORKER_RUNTIME\": \"node\" // why\n  }\n}\n",
            )
        },
        azure,
    ),
    case(
        "PLAT010",
        |rig| azure(rig).file("project/host.json", "{\"version\": \"2.0\"}"),
        |rig| {
            azure(rig)
                .file("project/host.json", "{\"version\": \"2.0\"}")
                .file(
                    "project/function_app.py",
                    AZURE.replace("queue_trigger", "timer_trigger"),
                )
        },
    ),
    case(
        "PLAT011",
        |rig| azure(rig).file("project/.python-version", "3.12\n"),
        |rig| {
            azure(rig).file("project/.python-version", "3.12\n").file(
                "project/requirements.txt",
                "azure-functions<2\nazure-core>=2\n",
            )
        },
    ),
    case(
        "PLAT012",
        |rig| google(rig).file("project/requirements.txt", "flask\n"),
        google,
    ),
    case(
        "PLAT012",
        |rig| {
            google(rig).file(
                "project/requirements.txt",
                "flask==3 # functions-framework\n",
            )
        },
        |rig| {
            google(rig)
                .without("project/main.py")
                .file("project/functions/hello/main.py", "")
        },
    ),
    #[cfg(unix)]
    case(
        "PLAT013",
        |rig| {
            sam(rig)
                .program("system/bin/sam", "")
                .on_path(&["system/bin"])
        },
        |rig| {
            sam(rig)
                .program("system/bin/sam", "")
                .on_path(&["system/bin"])
                .file("system/var/run/docker.sock", "")
        },
    ),
    case(
        "PLAT014",
        |rig| sam_with(rig, "Timeout: 10", "Timeout: 901 # long"),
        sam,
    ),
    case(
        "PLAT014",
        |rig| sam_with(rig, "!Ref Memory", "20000"),
        |rig| sam_with(rig, "!Ref Memory", "10240"),
    ),
    case(
        "PLAT014",
        |rig| {
            vercel(
                rig,
                "\"crons\"",
                "\"functions\": {\"api/*.py\": {\"maxDuration\": 3600}},\n  \"crons\"",
            )
        },
        |rig| {
            vercel(
                rig,
                "\"crons\"",
                "\"functions\": {\"api/*.py\": {\"maxDuration\": 800, \"memory\": 4096}},\n  \"crons\"",
            )
        },
    ),
    case(
        "PLAT014",
        |rig| deployed(rig, "--timeout=600 --trigger-topic=t"),
        |rig| deployed(rig, "--timeout=600s --memory=32Gi --trigger-http"),
    ),
    case(
        "PLAT014",
        |rig| {
            rig.file(
                "project/service.yaml",
                "apiVersion: serving.knative.dev/v1\nspec:\n  template:\n    spec:\n      timeoutSeconds: 4000\n",
            )
        },
        |rig| {
            rig.file(
                "project/service.yaml",
                "apiVersion: serving.knative.dev/v1\nspec:\n  template:\n    spec:\n      timeoutSeconds: 300\n      containers:\n        - resources:\n            limits:\n              memory: 512Mi\n",
            )
        },
    ),
    case(
        "PLAT015",
        |rig| sam_with(rig, "Timeout: 10", "Timeout: 60"),
        |rig| sam_with(rig, "Timeout: 20", "Timeout: 20 # the queue's own"),
    ),
    case(
        "PLAT016",
        |rig| sam_with(rig, "VisibilityTimeout: 120", "VisibilityTimeout: 5"),
        sam,
    ),
    case(
        "PLAT016",
        |rig| sam_with(rig, "Timeout: 20", "Timeout: 21"),
        |rig| {
            sam_with(
                rig,
                "VisibilityTimeout: 120",
                "VisibilityTimeout: !Ref Hidden",
            )
        },
    ),
];
