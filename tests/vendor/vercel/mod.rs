//! The Vercel CLI, without an account: what it uploads, what it builds, what `vercel dev` answers.

mod development;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use self::development::Development;
use crate::client::{ask, decoded};
use crate::runtime::lambda::{Execution, Function};
use crate::runtime::project::{Project, project};
use crate::runtime::tools::{Python, libraries, once, run, uv};
use crate::runtime::upstream::Upstream;
use crate::tree::{distributions, files};

/// What the builder adds to every bundle: its own bootstrap, and what `uv venv --seed` puts into the environment.
const BUILDERS_OWN: [&str; 2] = ["pip", "vercel_runtime"];

fn python() -> Python {
    Python::find(&[13, 12, 14])
}

/// The folder with the CLI's `node_modules`.
fn cli() -> PathBuf {
    let node = Command::new("node").arg("--version").output();
    let version = node.map(|it| String::from_utf8_lossy(&it.stdout).trim().to_owned());
    let major = version
        .as_deref()
        .ok()
        .and_then(|it| it.strip_prefix('v')?.split('.').next()?.parse::<u32>().ok());
    assert!(
        major.is_some_and(|it| it >= 20),
        "this test needs Node 20 or later with npm on PATH, and found {version:?}"
    );
    let (manifest, lock) = (
        include_str!("../node/package.json"),
        include_str!("../node/package-lock.json"),
    );
    // Not `npm ci`: it refuses a lock without the CLI's native builds for other systems, not all of which are published.
    let command = [
        "install",
        "--omit=optional",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ];
    once("node", &[manifest, lock, &command.join(" ")], |folder| {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("package.json"), manifest).unwrap();
        std::fs::write(folder.join("package-lock.json"), lock).unwrap();
        run(Command::new("npm").args(command).current_dir(folder));
    })
}

/// The CLI, in a folder, with nobody signed in, and with uv and the project's Python on PATH.
fn vercel(project: &Project, folder: &Path, python: &Python) -> Command {
    let path = std::env::var_os("PATH").unwrap();
    let first = [uv(), python.program.as_path()];
    let first = first
        .iter()
        .filter_map(|it| it.parent().map(Path::to_owned));
    let mut command = Command::new("node");
    command
        .arg(cli().join("node_modules/vercel/dist/vc.js"))
        .arg("--global-config")
        .arg(project.beside("vercel-home"))
        .current_dir(folder)
        .env(
            "PATH",
            std::env::join_paths(first.chain(std::env::split_paths(&path))).unwrap(),
        )
        .env("VERCEL_TELEMETRY_DISABLED", "1")
        .env("NO_UPDATE_NOTIFIER", "1")
        .env_remove("VIRTUAL_ENV")
        .env_remove("PYTHONPATH");
    command
}

/// The files that a deployment uploads, by Vercel's own rules, in a folder beside the project.
fn upload(project: &Project) -> PathBuf {
    // As in a clone where somebody has worked: what must stay at home.
    std::fs::create_dir_all(project.path(".venv/lib")).unwrap();
    std::fs::write(project.path(".venv/lib/library.py"), "").unwrap();
    std::fs::write(project.path(".env"), "GITHUB_TOKEN=swordfish\n").unwrap();
    let script =
        "require('@vercel/client').buildFileTree(process.argv[1], {isDirectory: true}, () => {})
        .then((tree) => console.log(JSON.stringify(tree.fileList)))";
    let output = run(Command::new("node")
        .args(["-e", script])
        .arg(&project.root)
        .current_dir(cli()));
    let list: Vec<PathBuf> = serde_json::from_slice(&output.stdout).unwrap();
    let folder = project.beside("upload");
    for path in list.iter().filter(|it| it.is_file()) {
        let target = folder.join(path.strip_prefix(&project.root).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(path, target).unwrap();
    }
    folder
}

/// What `vercel build` made of an upload.
struct Built {
    /// `.vercel/output`.
    output: PathBuf,
    /// `.vc-config.json` of the function.
    settings: Value,
    /// The function's files, laid out as on the platform.
    bundle: PathBuf,
}

fn build(project: &Project, upload: &Path, python: &Python) -> Built {
    std::fs::create_dir_all(upload.join(".vercel")).unwrap();
    // What `vercel link` would write, naming nothing that exists.
    std::fs::write(
        upload.join(".vercel/project.json"),
        r#"{"projectId":"prj_none","orgId":"team_none","settings":{}}"#,
    )
    .unwrap();
    run(vercel(project, upload, python).args(["build", "--yes"]));
    let output = upload.join(".vercel/output");
    let function = output.join(format!("functions/api/{}.func", project.package));
    let settings = read_json(&function.join(".vc-config.json"));
    let bundle = project.beside("bundle");
    let map = settings["filePathMap"].as_object().unwrap();
    let mapped = map
        .iter()
        .map(|(to, from)| (to.clone(), upload.join(from.as_str().unwrap())));
    let own = files(&function)
        .into_iter()
        .map(|it| (it.clone(), function.join(it)));
    for (to, from) in mapped.chain(own.filter(|(it, _)| it != ".vc-config.json")) {
        let target = bundle.join(to);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(from, target).unwrap();
    }
    Built {
        output,
        settings,
        bundle,
    }
}

fn read_json(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Asks the built function as the platform's launcher does: through `awslambdaric` and the builder's own entry.
fn invoke(
    built: &Built,
    python: &Python,
    target: &str,
    variables: &[(&str, &str)],
) -> (u64, Value) {
    let handler = built.settings["handler"].as_str().unwrap();
    let mut function = Function::new(&built.bundle, handler);
    let environment = built.settings["environment"].as_object().unwrap();
    for (name, value) in environment {
        let value = value.as_str().unwrap();
        // Relative to the task root, which the driver puts on the path anyway.
        if name == "PYTHONPATH" {
            function.libraries.push(built.bundle.join(value));
        } else {
            function = function.with(name, value);
        }
    }
    for (name, value) in variables {
        function = function.with(name, *value);
    }
    let request = json!({"method": "GET", "path": target, "headers": {}, "body": ""});
    let event = json!({"Action": "Invoke", "body": request.to_string()});
    let answer = Execution::start(&function, python)
        .invoke(event.to_string().as_bytes())
        .response();
    let body = answer["body"].as_str().unwrap();
    let body = match answer["encoding"].as_str() {
        Some("base64") => decoded(body),
        _ => body.to_owned(),
    };
    let status = answer["statusCode"].as_u64().unwrap();
    (
        status,
        serde_json::from_str(&body).unwrap_or_else(|_| panic!("{answer}")),
    )
}

/// What holds for the build of any example.
fn check(project: &Project, built: &Built, python: &Python) {
    let locked = distributions(&libraries(python, &project.path("requirements.txt")));
    let mut installed = distributions(&built.bundle.join("_vendor"));
    for own in BUILDERS_OWN {
        let count = installed.len();
        installed.retain(|it| !it.starts_with(&format!("{own}-")));
        assert_eq!(installed.len() + 1, count, "the builder's own {own}");
    }
    assert_eq!(installed, locked, "the bundle has what the lock says");

    let package = &project.package;
    let runs = |it: &String| it.starts_with("api/") || it.starts_with(&format!("{package}/"));
    let bundled: Vec<String> = files(&built.bundle)
        .into_iter()
        .filter(|it| !it.starts_with("_vendor/") && it != "vc__handler__python.py")
        .collect();
    let (code, other): (Vec<_>, Vec<_>) = bundled.iter().cloned().partition(runs);
    let expected: Vec<String> = files(&project.root).into_iter().filter(runs).collect();
    assert_eq!(code, expected, "the bundle has the function and its logic");
    for path in &other {
        let known = [
            ".python-version",
            "LICENSE",
            "NOTICE",
            "public/robots.txt",
            "pyproject.toml",
            "requirements.txt",
            "uv.lock",
            "vercel.json",
        ];
        assert!(
            known.contains(&path.as_str()),
            "{path} has no business in production"
        );
    }

    assert_eq!(
        files(&built.output.join("static")),
        ["robots.txt"],
        "nothing of the project is served as a file but what `public` holds"
    );
    assert_eq!(
        built.settings["runtime"],
        format!("python{}", python.version())
    );
    let routes = &read_json(&built.output.join("config.json"))["routes"];
    let root = routes
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["src"] == "^/$");
    assert_eq!(
        root.map(|it| &it["dest"]),
        Some(&json!(format!("/api/{package}"))),
        "/ leads to the function: {routes}"
    );
}

#[test]
fn hello_builds_to_its_lock_and_the_bundle_answers() {
    let python = python();
    let project = project("vercel", "hello", &python, &[]);
    let built = build(&project, &upload(&project), &python);

    check(&project, &built, &python);
    let route = format!("/api/{}", project.package);
    let answer = invoke(&built, &python, &format!("{route}?name=Ada"), &[]);
    assert_eq!(answer, (200, json!({"message": "Hello, Ada!"})));
    assert_eq!(
        invoke(&built, &python, &format!("{route}?name="), &[]).0,
        400
    );
}

#[test]
fn api_builds_to_its_lock_and_the_bundle_answers() {
    let python = python();
    let project = project("vercel", "api", &python, &[]);
    let built = build(&project, &upload(&project), &python);

    check(&project, &built, &python);
    assert!(
        !distributions(&libraries(&python, &project.path("requirements.txt"))).is_empty(),
        "an empty lock proves nothing"
    );
    let upstream = Upstream::start();
    let (status, body) = invoke(
        &built,
        &python,
        &format!("/api/{}?user=octocat", project.package),
        &[("GITHUB_API_URL", &upstream.url())],
    );
    assert_eq!((status, &body["complete"]), (200, &json!(true)), "{body}");
}

/// The lock is often what is newest anyway: only another version shows that the builder keeps to it.
#[test]
fn the_builder_installs_what_is_constrained_and_not_what_is_newest() {
    let python = python();
    let project = project("vercel", "api", &python, &[]);
    let upload = upload(&project);
    let manifest = project.read("pyproject.toml");
    let (before, after) = manifest
        .split_once("\"idna==")
        .expect("pyproject.toml constrains idna");
    let (_, after) = after.split_once('"').unwrap();
    std::fs::write(
        upload.join("pyproject.toml"),
        format!("{before}\"idna==3.10\"{after}"),
    )
    .unwrap();

    let built = build(&project, &upload, &python);

    let installed = distributions(&built.bundle.join("_vendor"));
    assert!(installed.contains("idna-3.10"), "{installed:?}");
}

#[test]
fn limits_and_regions_reach_the_function_when_asked_for() {
    let python = python();
    let wanted = [
        "--set",
        "max_duration=42",
        "--set",
        "memory=1024",
        "--set",
        "regions=fra1",
    ];
    let project = project("vercel", "hello", &python, &wanted);

    let built = build(&project, &upload(&project), &python);

    assert_eq!(built.settings["maxDuration"], 42);
    assert_eq!(built.settings["memory"], 1024);
    assert_eq!(
        read_json(&project.path("vercel.json"))["regions"],
        json!(["fra1"])
    );
    check(&project, &built, &python);
}

#[test]
fn secrets_environment_and_tests_are_not_uploaded() {
    let python = python();
    let project = project("vercel", "api", &python, &[]);

    let uploaded: BTreeSet<String> = files(&upload(&project)).into_iter().collect();

    for path in [
        ".env",
        ".venv/lib/library.py",
        "tests/test_adapter.py",
        "requirements-dev.txt",
    ] {
        assert!(project.path(path).exists(), "{path}");
        assert!(!uploaded.contains(path), "{path}");
    }
    for path in ["vercel.json", "pyproject.toml", ".python-version"] {
        assert!(uploaded.contains(path), "{path}");
    }
}

#[test]
fn vercel_dev_answers_and_serves_no_source() {
    let python = python();
    let project = project("vercel", "hello", &python, &[]);
    let server = Development::start(&project, &python);
    let get = |target: &str| ask(server.port, "GET", target, &[]);

    let package = &project.package;
    let answer = get(&format!("/api/{package}?name=Ada"));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["message"], "Hello, Ada!");
    assert_eq!(get("/?name=Ada").json()["message"], "Hello, Ada!");
    assert_eq!(get(&format!("/api/{package}?name=")).status, 400);
    assert_eq!(get("/robots.txt").status, 200);
    for missing in [
        "/api/unknown",
        "/pyproject.toml",
        "/vercel.json",
        &format!("/{package}/service.py"),
    ] {
        assert_eq!(get(missing).status, 404, "{missing}");
    }
}
