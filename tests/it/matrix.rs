//! Ready means ready: every platform × example of the catalog, its environment built by each installer, its own tools green.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::runtime::tools::{cache, uv};
use crate::support::{Sandbox, run};

/// `scaffold` with uv on PATH and warm caches; no store, so that each installer does its own work.
fn scaffold(sandbox: &Sandbox) -> Command {
    let uv = uv();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::iter::once(uv.parent().unwrap().to_owned()).chain(std::env::split_paths(&path));
    let mut command = sandbox.scaffold();
    command
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("UV_CACHE_DIR", cache("uv-cache"))
        .env("PIP_CACHE_DIR", cache("pip-cache"))
        .env("SCAFFOLD_NO_STORE", "1");
    command
}

/// The ids of a kind in the catalog.
fn ids(sandbox: &Sandbox, kind: &str) -> Vec<String> {
    let list = run(sandbox
        .scaffold()
        .args(["template", "list", "--format", "json"]))
    .code(0);
    let list: Value = serde_json::from_str(&list.stdout).unwrap();
    let layers = list["layers"].as_array().unwrap().iter();
    layers
        .filter(|layer| layer["kind"] == kind)
        .map(|layer| layer["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The distributions in a project's environment, as `name-version`.
fn installed(project: &Path) -> BTreeSet<String> {
    let library = if cfg!(windows) {
        project.join(".venv/Lib")
    } else {
        let lib = project.join(".venv/lib");
        std::fs::read_dir(lib)
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path()
    };
    std::fs::read_dir(library.join("site-packages"))
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let (name, version) = name.strip_suffix(".dist-info")?.rsplit_once('-')?;
            Some(format!(
                "{}=={version}",
                name.to_lowercase().replace(['_', '.'], "-")
            ))
        })
        .collect()
}

/// What the lock files of a project pin, as `name==version`, whatever the marker says.
fn locked(project: &Path, locks: &[&str]) -> BTreeSet<String> {
    locks
        .iter()
        .flat_map(|lock| {
            let text = std::fs::read_to_string(project.join(lock)).unwrap();
            let pins = text
                .lines()
                .filter(|line| line.contains("==") && !line.starts_with([' ', '#']));
            let pins: Vec<String> = pins
                .map(|line| line.split([' ', ';']).next().unwrap().to_owned())
                .collect();
            pins
        })
        .collect()
}

#[track_caller]
fn check(installer: &str) {
    let sandbox = Sandbox::new();
    for platform in ids(&sandbox, "platform") {
        for example in ids(&sandbox, "example") {
            let name = format!("{platform}-{example}-project");
            let arguments = [
                "--platform",
                &platform,
                "--example",
                &example,
                "--installer",
                installer,
                "--format",
                "json",
            ];
            let finished = run(scaffold(&sandbox).args(["new", &name]).args(arguments)).code(0);
            let result: Value = serde_json::from_str(&finished.stdout).unwrap();
            assert_eq!(result["environment"]["status"], "built", "{result:#}");
            assert_eq!(result["environment"]["installer"], installer, "{result:#}");
            let gates: Vec<(&str, bool)> = result["environment"]["gates"]
                .as_array()
                .unwrap()
                .iter()
                .map(|gate| {
                    (
                        gate["name"].as_str().unwrap(),
                        gate["passed"].as_bool().unwrap(),
                    )
                })
                .collect();
            assert_eq!(gates, [("black", true), ("flake8", true), ("pytest", true)]);

            let project = sandbox.path(&name);
            let requirements = if project.join("src/requirements.txt").exists() {
                "src/requirements.txt"
            } else {
                "requirements.txt"
            };
            let (there, pinned) = (
                installed(&project),
                locked(&project, &[requirements, "requirements-dev.txt"]),
            );
            assert!(
                there.is_subset(&pinned),
                "not locked: {:?}",
                there.difference(&pinned)
            );
            let left_out: Vec<&String> = pinned.difference(&there).collect();
            // Only what a marker rules out here may be missing.
            for pin in left_out {
                let text = std::fs::read_to_string(project.join("requirements-dev.txt")).unwrap();
                assert!(
                    text.contains(&format!("{pin} ; ")),
                    "{pin} is locked for every machine and not installed"
                );
            }

            let python = project.join(if cfg!(windows) {
                ".venv/Scripts/python.exe"
            } else {
                ".venv/bin/python"
            });
            let docs = run(sandbox
                .command(&python)
                .current_dir(&project)
                .args(["-m", "mkdocs", "build", "--strict"]))
            .code(0);
            assert!(!docs.stderr.contains("WARNING"), "{}", docs.stderr);
            assert_eq!(sandbox.git(&project, &["status", "--porcelain"]), "");
        }
    }
}

#[test]
fn every_project_is_green_when_uv_installs() {
    check("uv");
}

#[test]
fn every_project_is_green_when_pip_installs() {
    check("pip");
}
