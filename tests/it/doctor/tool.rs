//! TOOL: real installations of a platform's program, by pip and by npm's layout.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::Patient;

fn found(patient: &Patient) -> Vec<String> {
    let mut found = patient.found();
    found.retain(|it| it.starts_with("TOOL"));
    found
}

/// A project for Vercel on a machine with nothing but these programs.
fn vercel(programs: &[&str]) -> Patient {
    let mut patient = Patient::without_environment();
    std::fs::write(patient.path("vercel.json"), "{}").unwrap();
    let bin = patient.sandbox.path("bin");
    std::fs::create_dir(&bin).unwrap();
    for name in programs {
        let path = bin.join(name);
        std::fs::write(&path, "#!/bin/sh\nexit 9\n").unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    patient.set("PATH", bin);
    patient
}

#[test]
fn without_the_platform_s_program_a_project_is_well() {
    let patient = vercel(&[]);
    assert_eq!(found(&patient), ["TOOL001"]);
    let said = patient.doctor(&["TOOL", "--strict"]).code(0);
    assert!(
        said.stdout.contains("npm install --global vercel"),
        "{said:?}"
    );
    assert_eq!(found(&vercel(&["npx"])), [""; 0]);
}

#[test]
fn nothing_is_started() {
    let patient = vercel(&["vercel", "node"]);
    let trap = patient.sandbox.path("bin/vercel");
    let trace = patient.sandbox.path("trace");
    let script = format!("#!/bin/sh\n: > '{}'\n", trace.display());
    std::fs::write(trap, script).unwrap();
    assert_eq!(found(&patient), [""; 0]);
    assert!(!trace.exists());
}

#[test]
fn a_package_of_npm_s() {
    let patient = vercel(&["node"]);
    let package = patient.sandbox.path("lib/node_modules/vercel");
    std::fs::create_dir_all(package.join("dist")).unwrap();
    let program = package.join("dist/vc.js");
    std::fs::write(&program, "#!/usr/bin/env node\n").unwrap();
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let link = patient.sandbox.path("bin/vercel");
    symlink("../lib/node_modules/vercel/dist/vc.js", link).unwrap();
    for (version, expected) in [("64.0.2", &[][..]), ("34.4.0", &["TOOL002"])] {
        let text = format!("{{\"name\": \"vercel\", \"version\": \"{version}\"}}");
        std::fs::write(package.join("package.json"), text).unwrap();
        assert_eq!(found(&patient), expected, "{version}");
    }
    // No version, no verdict.
    std::fs::write(package.join("package.json"), "{").unwrap();
    assert_eq!(found(&patient), [""; 0]);
    std::fs::remove_dir_all(package).unwrap();
    assert_eq!(found(&patient), ["TOOL003"]);
}
