//! Where the conditions of this group are, and where they only nearly are.

mod repository;

use std::time::SystemTime;

use crate::doctor::testing::{Case, Rig};
use repository::*;

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "GIT001",
        sick: repository,
        well: |rig| repository(rig).program("bin/git", "").on_path(&["bin"]),
    },
    Case {
        code: "GIT001",
        sick: |rig| {
            repository(rig)
                .program("bin/git", "\x7fELF\0git/2.8.6\0")
                .on_path(&["bin"])
        },
        well: |rig| {
            repository(rig)
                .program("bin/git", "\x7fELF\0git/2.10.0\0")
                .on_path(&["bin"])
        },
    },
    Case {
        code: "GIT001",
        sick: |rig| {
            repository(rig)
                .program("system/usr/bin/git", "")
                .on_path(&["system/usr/bin"])
                .with(crate::host::Host::on_macos)
        },
        well: |rig| {
            repository(rig)
                .program("system/usr/bin/git", "")
                .on_path(&["system/usr/bin"])
                .program("system/Library/Developer/CommandLineTools/usr/bin/git", "")
                .with(crate::host::Host::on_macos)
        },
    },
    Case {
        code: "GIT002",
        sick: repository,
        well: |rig| {
            repository(rig).file(
                "home/.gitconfig",
                "[user]\n\tname = Ada\n\temail = ada@example.com\n",
            )
        },
    },
    Case {
        code: "GIT002",
        sick: |rig| repository(rig).file("home/.gitconfig", "[user]\n\tname = Ada\n"),
        well: |rig| {
            repository(rig)
                .file("home/.gitconfig", "[user]\n\tname = Ada\n")
                .variable("EMAIL", "ada@example.com")
        },
    },
    // Outside of a repository, and of a project.
    Case {
        code: "GIT002",
        sick: |rig| machine(rig).file("home/.gitconfig", "[user]\n\tname = Ada\n"),
        well: |rig| {
            machine(rig).file(
                "home/.gitconfig",
                "[user]\n\tname = Ada\n\temail = ada@example.com\n",
            )
        },
    },
    Case {
        code: "GIT003",
        sick: |rig| hooked(rig).git(&["config", "core.hooksPath", "elsewhere"]),
        well: |rig| hooked(rig).git(&["config", "core.hooksPath", ".git/hooks"]),
    },
    Case {
        code: "GIT003",
        sick: |rig| {
            hooked(rig)
                .dir("home/hooks")
                .git(&["config", "core.hooksPath", "../home/hooks"])
        },
        // The hook was installed where git looks.
        well: |rig| {
            let rig = hooked(rig).git(&["config", "core.hooksPath", "own"]);
            let text = std::fs::read(rig.path("project/.git/hooks/pre-commit")).unwrap();
            rig.program("project/own/pre-commit", text)
        },
    },
    Case {
        code: "GIT004",
        sick: |rig| plain(hooked(rig)),
        well: hooked,
    },
    Case {
        code: "GIT005",
        sick: |rig| windows(hooked(rig)),
        well: hooked,
    },
    Case {
        code: "GIT005",
        sick: |rig| windows(of_pre_commit(rig, "bin/python")),
        well: |rig| of_pre_commit(rig, "bin/python"),
    },
    Case {
        code: "GIT006",
        sick: |rig| hook(asking(rig), "gone/scaffold"),
        well: hooked,
    },
    Case {
        code: "GIT006",
        sick: |rig| hook(asking(rig), "gone/scaffold").on_path(&["home"]),
        // The hook looks there as well.
        well: |rig| hook(asking(rig), "gone/scaffold").on_path(&["bin"]),
    },
    Case {
        code: "GIT007",
        sick: asking,
        well: hooked,
    },
    Case {
        code: "GIT007",
        sick: |rig| {
            asking(rig).program("project/.git/hooks/pre-commit", "#!/bin/sh\nexec ./check\n")
        },
        well: |rig| {
            asking(rig).program(
                "project/.git/hooks/pre-commit",
                "#!/bin/sh\nexec scaffold hook run pre-commit\n",
            )
        },
    },
    Case {
        code: "GIT007",
        sick: |rig| {
            repository(rig)
                .file("project/.pre-commit-config.yaml", "repos: []\n")
                .program("project/.venv/bin/pre-commit", "")
                .environment("3.12.4")
        },
        well: |rig| of_pre_commit(rig, "bin/python"),
    },
    Case {
        code: "GIT008",
        sick: |rig| repository(rig).with(|host| host.with_user(4_000_001)),
        well: |rig| {
            repository(rig)
                .with(|host| host.with_user(4_000_001))
                .git(&["config", "--global", "safe.directory", "/nowhere/*"])
                .git(&["config", "--global", "--add", "safe.directory", "*"])
        },
    },
    Case {
        code: "GIT008",
        // What the repository says of itself does not count.
        sick: |rig| {
            repository(rig)
                .with(|host| host.with_user(4_000_001))
                .git(&["config", "--local", "safe.directory", "*"])
        },
        well: |rig| {
            let project = rig.path("project").display().to_string();
            repository(rig)
                .with(|host| host.with_user(4_000_001))
                .git(&["config", "--global", "safe.directory", &project])
        },
    },
    Case {
        code: "GIT009",
        sick: |rig| {
            let rig = repository(rig).file("project/.git/index.lock", "");
            later(rig.file("system/proc/17/comm", "bash\n"))
        },
        well: |rig| later(repository(rig)),
    },
    Case {
        code: "GIT010",
        sick: |rig| tracked(rig, ".env", "TOKEN=abc\n"),
        well: |rig| tracked(rig, ".env", "# nothing yet\nTOKEN=\n"),
    },
    Case {
        code: "GIT010",
        sick: |rig| tracked(rig, "deploy/key.pem", KEY),
        well: |rig| tracked(rig, "deploy/key.pem", "-----BEGIN CERTIFICATE-----\n"),
    },
    Case {
        code: "GIT010",
        sick: |rig| tracked(rig, "id_ed25519", KEY),
        well: |rig| tracked(rig, "tests/id_ed25519", KEY),
    },
    Case {
        code: "GIT010",
        sick: |rig| {
            tracked(
                rig,
                "local.settings.json",
                "{\"Values\": {\"FUNCTIONS_WORKER_RUNTIME\": \"python\", \"DB\": \"x\"}}",
            )
        },
        well: |rig| {
            tracked(
                rig,
                "local.settings.json",
                "{\"IsEncrypted\": false, \"Values\": {\"FUNCTIONS_WORKER_RUNTIME\": \"python\", \
                 \"AzureWebJobsStorage\": \"UseDevelopmentStorage=true\"}}",
            )
        },
    },
    Case {
        code: "GIT010",
        sick: |rig| {
            let text = format!("{{\"type\": \"service_account\", \"private_key\": \"{KEY}\"}}");
            tracked(rig, "service-account.json", &text)
        },
        well: |rig| tracked(rig, "service-account.json", "{\"type\": \"authorized\"}"),
    },
    Case {
        code: "GIT011",
        sick: |rig| repository(rig).environment("3.12.4"),
        well: |rig| {
            repository(rig)
                .environment("3.12.4")
                .file("project/.venv/.gitignore", "*\n")
        },
    },
    Case {
        code: "GIT011",
        sick: |rig| repository(rig).file("project/.env.example", "TOKEN=\n"),
        well: |rig| {
            repository(rig)
                .file("project/.env.example", "TOKEN=\n")
                .file("project/.gitignore", ".env*\n!.env.example\n")
        },
    },
    Case {
        code: "GIT011",
        sick: |rig| repository(rig).dir("project/app/__pycache__"),
        well: |rig| {
            repository(rig)
                .dir("project/app/__pycache__")
                .file("home/.config/git/ignore", "__pycache__/\n")
        },
    },
    Case {
        code: "GIT012",
        sick: |rig| repository(rig).git(&["config", "core.autocrlf", "true"]),
        well: |rig| repository(rig).git(&["config", "core.autocrlf", "input"]),
    },
    Case {
        code: "GIT012",
        sick: |rig| {
            repository(rig)
                .git(&["config", "core.autocrlf", "true"])
                .file("project/.gitattributes", "*.lock linguist-generated\n")
        },
        well: |rig| {
            repository(rig)
                .git(&["config", "core.autocrlf", "true"])
                .file("project/.gitattributes", "* text=auto eol=lf\n")
        },
    },
    Case {
        code: "GIT013",
        sick: |rig| rig.file("project/.git", "gitdir: ../main/.git/worktrees/project\n"),
        well: |rig| {
            repository(rig.dir("project")).git(&[
                "init",
                "--quiet",
                "--separate-git-dir",
                "../home/separate",
            ])
        },
    },
    Case {
        code: "GIT013",
        sick: |rig| rig.file("project/.git", "nothing of the kind\n"),
        well: repository,
    },
    Case {
        code: "GIT014",
        sick: |rig| repository(rig).file("project/.git/MERGE_HEAD", "\n"),
        well: repository,
    },
    Case {
        code: "GIT014",
        sick: |rig| repository(rig).dir("project/.git/rebase-merge"),
        well: |rig| repository(rig).file("project/.git/ORIG_HEAD", "\n"),
    },
    Case {
        code: "GIT015",
        sick: |rig| signing(rig, "").dir("home/.gnupg/private-keys-v1.d"),
        well: |rig| signing(rig, "").file("home/.gnupg/private-keys-v1.d/A.key", ""),
    },
    Case {
        code: "GIT015",
        sick: |rig| signing(rig, "[gpg]\n\tformat = ssh\n"),
        well: |rig| {
            signing(
                rig,
                "[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = ~/.ssh/id.pub\n",
            )
            .file("home/.ssh/id.pub", "")
        },
    },
    Case {
        code: "GIT015",
        sick: |rig| signing(rig, "[gpg]\n\tprogram = /nowhere/gpg2\n"),
        well: |rig| {
            signing(
                rig,
                "[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = key::ssh-ed25519 AAAA\n",
            )
        },
    },
    Case {
        code: "GIT016",
        sick: |rig| repository(rig).file("home/.gitconfig", "[user\n"),
        well: |rig| repository(rig).file("home/.gitconfig", "[user]\n"),
    },
    Case {
        code: "GIT016",
        sick: |rig| machine(rig).file("home/.gitconfig", "[user\n"),
        well: |rig| machine(rig).file("home/.gitconfig", "[user]\n"),
    },
];

#[test]
fn the_fix_is_as_bold_as_the_place_allows() {
    use crate::doctor::check::Mending;
    let mending = |rig: &Rig, code: &str| {
        let symptoms = rig.symptoms(code);
        symptoms[0].fix.as_ref().map(|it| it.mending)
    };
    let asked = hooked(Rig::new()).git(&["config", "--global", "core.hooksPath", "/hooks"]);
    assert_eq!(mending(&asked, "GIT003"), None);
    assert_eq!(asked.symptoms("GIT007"), []);
    let missing = asking(Rig::new());
    assert_eq!(mending(&missing, "GIT007"), Some(Mending::Safe));
    let foreign = missing.program("project/.git/hooks/pre-commit", "#!/bin/sh\n");
    assert_eq!(mending(&foreign, "GIT007"), Some(Mending::Ask));
    assert!(
        !foreign
            .variable("CI", "true")
            .symptoms("GIT007")
            .iter()
            .any(|_| true)
    );
    // A lock that is young, or that a process holds.
    let lock = repository(Rig::new()).file("project/.git/index.lock", "");
    let lock = lock.with(|host| host.at(SystemTime::now()));
    assert_eq!(lock.symptoms("GIT009"), []);
    let held = later(lock).file("system/proc/17/comm", "git\n");
    let held = held.link("system/proc/17/cwd", "../../../project");
    let cwd = held.path("project");
    let held = held
        .without("system/proc/17/cwd")
        .link("system/proc/17/cwd", cwd);
    assert_eq!(held.symptoms("GIT009"), []);
    let elsewhere = held
        .without("system/proc/17/cwd")
        .link("system/proc/17/cwd", "/");
    assert_eq!(mending(&elsewhere, "GIT009"), Some(Mending::Ask));
    let open = elsewhere.path("project/.git/index.lock");
    let open = elsewhere.link("system/proc/18/fd/3", open);
    assert_eq!(open.symptoms("GIT009"), []);
}

#[test]
fn nothing_is_said_of_a_repository_that_ignores_the_project() {
    let rig = Rig::new().file("project/.env", "A=b\n");
    let rig = rig
        .git(&["init", "--quiet", ".."])
        .file(".gitignore", "*\n");
    assert!(rig.facts().repository().is_none());
    let rig = rig.file(".gitignore", "other\n");
    let facts = rig.facts();
    assert_eq!(facts.repository().unwrap().prefix, "project/");
    assert_eq!(rig.symptoms("GIT011").len(), 1);
}
