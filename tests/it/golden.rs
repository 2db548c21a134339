//! What a user gets, as real files to read: one tree per platform under `tests/golden`.
//!
//! `SCAFFOLD_BLESS=1 cargo test golden` rewrites them.

use std::path::{Path, PathBuf};

use crate::support::{Sandbox, names, run, tree};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The project of one golden tree, made now.
fn made(sandbox: &Sandbox, platform: &str, example: &str) -> PathBuf {
    let arguments = [
        "new",
        "hello",
        "--no-env",
        "--no-git",
        "--python",
        "3.13",
        "--platform",
        platform,
        "--example",
        example,
    ];
    run(sandbox.scaffold().args(arguments)).code(0);
    sandbox.path("hello")
}

#[track_caller]
fn check(platform: &str, example: &str) {
    let sandbox = Sandbox::new();
    let project = made(&sandbox, platform, example);
    let expected = golden().join(platform);
    if std::env::var_os("SCAFFOLD_BLESS").is_some() {
        if expected.exists() {
            std::fs::remove_dir_all(&expected).unwrap();
        }
        std::fs::create_dir_all(golden()).unwrap();
        let copied = run(std::process::Command::new("cp")
            .arg("-R")
            .arg(&project)
            .arg(&expected));
        assert_eq!(copied.code, Some(0), "{}", copied.stderr);
    }
    let (expected, made) = (tree(&expected, &[]), tree(&project, &[]));
    let paths =
        |tree: &std::collections::BTreeMap<String, _>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        paths(&made),
        paths(&expected),
        "bless with SCAFFOLD_BLESS=1 cargo test golden"
    );
    for (path, (mode, bytes)) in &made {
        let (old_mode, old) = &expected[path];
        assert_eq!(mode, old_mode, "{path}");
        assert_eq!(
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(old),
            "{path} differs; bless with SCAFFOLD_BLESS=1 cargo test golden"
        );
    }
}

#[test]
fn vercel() {
    check("vercel", "hello");
}

#[test]
fn aws_lambda() {
    check("aws-lambda", "api");
}

#[test]
fn every_platform_has_a_tree() {
    let sandbox = Sandbox::new();
    let list = run(sandbox
        .scaffold()
        .args(["template", "list", "--format", "json"]))
    .code(0);
    let list: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    let layers = list["layers"].as_array().unwrap();
    let mut platforms: Vec<&str> = layers
        .iter()
        .filter(|layer| layer["kind"] == "platform")
        .map(|layer| layer["id"].as_str().unwrap())
        .collect();
    platforms.sort_unstable();
    assert_eq!(names(&golden()), platforms);
}
