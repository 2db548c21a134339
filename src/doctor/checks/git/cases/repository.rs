//! The repositories that the cases begin with.

use std::time::{Duration, SystemTime};

use crate::doctor::testing::Rig;

/// A key's first line, in pieces, so that nothing takes this file for one.
pub(super) const KEY: &str = concat!("-----BEGIN PRIVATE", " KEY-----\nMIIB\n");

/// A table that asks for our hooks.
pub(super) const STAGES: &str =
    "[project]\nname = \"x\"\n[tool.scaffold.stages]\npre-commit = [\"hygiene\"]\n";

pub(super) fn repository(rig: Rig) -> Rig {
    rig.repository().variable("HOME", "{root}/home")
}

/// Neither a repository nor a project, but a git.
pub(super) fn machine(rig: Rig) -> Rig {
    rig.without("project/pyproject.toml")
        .program("bin/git", "")
        .on_path(&["bin"])
        .variable("HOME", "{root}/home")
}

/// A repository whose project asks for our hooks, and a program that they call.
pub(super) fn asking(rig: Rig) -> Rig {
    repository(rig)
        .file("project/pyproject.toml", STAGES)
        .program("bin/scaffold", "#!/bin/sh\n")
}

/// Our hook, as it is written for the program at `bin/scaffold` or another.
pub(super) fn hook(rig: Rig, program: &str) -> Rig {
    let text = crate::git::hook::render("pre-commit", &rig.path(program)).unwrap();
    rig.program("project/.git/hooks/pre-commit", text)
}

pub(super) fn hooked(rig: Rig) -> Rig {
    hook(asking(rig), "bin/scaffold")
}

pub(super) fn plain(rig: Rig) -> Rig {
    use std::os::unix::fs::PermissionsExt as _;
    let path = rig.path("project/.git/hooks/pre-commit");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    rig
}

pub(super) fn windows(rig: Rig) -> Rig {
    let text = std::fs::read_to_string(rig.path("project/.git/hooks/pre-commit")).unwrap();
    rig.program("project/.git/hooks/pre-commit", text.replace('\n', "\r\n"))
}

/// A hook as pre-commit writes it, for this Python.
pub(super) fn of_pre_commit(rig: Rig, python: &str) -> Rig {
    let python = rig.path(python).display().to_string();
    repository(rig)
        .file("project/.pre-commit-config.yaml", "repos: []\n")
        .program(
            "project/.git/hooks/pre-commit",
            format!("#!/usr/bin/env bash\nINSTALL_PYTHON={python}\nARGS=(hook-impl)\nexec x\n"),
        )
        .program("bin/bash", "")
}

pub(super) fn tracked(rig: Rig, path: &str, content: &str) -> Rig {
    repository(rig)
        .file(&format!("project/{path}"), content)
        .git(&["add", "--force", "."])
}

/// An hour later.
pub(super) fn later(rig: Rig) -> Rig {
    rig.with(|host| host.at(SystemTime::now() + Duration::from_hours(1)))
}

/// A signing user with a program to sign with.
pub(super) fn signing(rig: Rig, more: &str) -> Rig {
    repository(rig)
        .program("bin/gpg", "")
        .program("bin/ssh-keygen", "")
        .on_path(&["bin"])
        .file(
            "home/.gitconfig",
            format!("[commit]\n\tgpgSign = true\n{more}"),
        )
}
