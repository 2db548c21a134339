//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::{Case, Rig};

fn vercel(rig: Rig) -> Rig {
    rig.file("project/vercel.json", "{}").on_path(&["bin"])
}

fn lambda(rig: Rig) -> Rig {
    rig.file("project/samconfig.toml", "version = 0.1\n")
        .on_path(&["bin"])
        .program("bin/aws", "")
}

/// The Vercel CLI as npm installs it, with a Node.js.
fn by_npm(rig: Rig, version: &str) -> Rig {
    vercel(rig)
        .program("bin/node", "")
        .program(
            "lib/node_modules/vercel/dist/index.js",
            "#!/usr/bin/env node\n",
        )
        .file(
            "lib/node_modules/vercel/package.json",
            format!("{{\"name\": \"vercel\", \"version\": \"{version}\"}}"),
        )
        .link("bin/vercel", "../lib/node_modules/vercel/dist/index.js")
}

/// The same on Windows.
fn on_windows(rig: Rig, version: &str) -> Rig {
    let script = "\"%dp0%\\node_modules\\vercel\\dist\\vc.js\" %*\r\n";
    vercel(rig)
        .file("bin/vercel.cmd", script)
        .file(
            "bin/node_modules/vercel/package.json",
            format!("{{\"version\": \"{version}\"}}"),
        )
        .with(crate::host::Host::on_windows)
}

/// The SAM CLI as pipx installs it.
fn by_pipx(rig: Rig, version: &str) -> Rig {
    let venv = "home/.local/share/pipx/venvs/aws-sam-cli";
    let python = rig.path(venv).join("bin/python");
    lambda(rig)
        .program(&format!("{venv}/bin/python"), "")
        .program(
            &format!("{venv}/bin/sam"),
            format!("#!{}\nimport sys\n", python.display()),
        )
        .dir(&format!(
            "{venv}/lib/python3.12/site-packages/aws_sam_cli-{version}.dist-info"
        ))
        .link("bin/sam", format!("../{venv}/bin/sam"))
        .file("project/.python-version", "3.13\n")
}

/// A program in the folder of its version, as installers leave it.
fn in_folder(rig: Rig, name: &str, folder: &str) -> Rig {
    let rig = rig.program(&format!("opt/{folder}/{name}"), "");
    let rig = if rig.path("bin").join(name).exists() {
        rig.without(&format!("bin/{name}"))
    } else {
        rig
    };
    rig.link(&format!("bin/{name}"), format!("../opt/{folder}/{name}"))
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "TOOL001",
        sick: vercel,
        well: |rig| vercel(rig).program("bin/npx", ""),
    },
    Case {
        code: "TOOL001",
        sick: lambda,
        // Docker is for those who want it.
        well: |rig| lambda(rig).program("bin/sam", ""),
    },
    Case {
        code: "TOOL001",
        sick: |rig| rig.file("project/host.json", "{\"version\": \"2.0\"}"),
        well: |rig| {
            rig.file("project/host.json", "{\"version\": \"2.0\"}")
                .program("project/node_modules/.bin/func", "")
        },
    },
    Case {
        code: "TOOL002",
        sick: |rig| by_npm(rig, "34.4.0"),
        well: |rig| by_npm(rig, "64.0.2"),
    },
    Case {
        code: "TOOL002",
        sick: |rig| on_windows(rig, "47.2.1"),
        well: |rig| on_windows(rig, "47.2.2"),
    },
    Case {
        code: "TOOL002",
        sick: |rig| by_pipx(rig, "1.127.0"),
        well: |rig| by_pipx(rig, "1.128.0"),
    },
    Case {
        code: "TOOL002",
        sick: |rig| {
            in_folder(lambda(rig), "sam", "aws-sam-cli/1.145.2/dist")
                .file("project/.python-version", "3.14.0\n")
        },
        // What knows no Python 3.14 does for a project that is for another.
        well: |rig| {
            in_folder(lambda(rig), "sam", "aws-sam-cli/1.145.2/dist")
                .file("project/.python-version", "3.13\n")
        },
    },
    Case {
        code: "TOOL002",
        sick: |rig| in_folder(lambda(rig), "aws", "Cellar/awscli/1.44.0/bin"),
        well: |rig| in_folder(lambda(rig), "aws", "aws-cli/v2/2.31.5/dist"),
    },
    Case {
        code: "TOOL003",
        sick: |rig| by_npm(rig, "64.0.2").without("lib/node_modules"),
        well: |rig| by_npm(rig, "64.0.2"),
    },
    Case {
        code: "TOOL003",
        sick: |rig| by_npm(rig, "64.0.2").without("bin/node"),
        well: |rig| vercel(rig).program("bin/vercel", "\x7fELF"),
    },
    Case {
        code: "TOOL003",
        sick: |rig| on_windows(rig, "64.0.2").without("bin/node_modules"),
        well: |rig| on_windows(rig, "64.0.2"),
    },
    Case {
        code: "TOOL003",
        sick: |rig| {
            let python = "home/.local/share/pipx/venvs/aws-sam-cli/bin/python";
            by_pipx(rig, "1.170.0").without(python)
        },
        well: |rig| by_pipx(rig, "1.170.0"),
    },
];

#[test]
fn how_it_is_installed_depends_on_the_system() {
    let said = |rig: &Rig| rig.symptoms("TOOL001").remove(0);
    let rig = lambda(Rig::new());
    let other = said(&rig);
    assert!(other.message.contains("https://docs.aws.amazon.com/"));
    assert_eq!(other.next, ["pipx install aws-sam-cli"]);
    let rig = rig.program("bin/apt-get", "");
    assert_eq!(said(&rig).next[0], "sudo apt-get install pipx");
    let rig = rig.program("bin/uv", "");
    assert_eq!(said(&rig).next, ["uv tool install aws-sam-cli"]);
    let rig = rig.program("bin/pipx", "");
    assert_eq!(said(&rig).next, ["pipx install aws-sam-cli"]);
    let mac = rig.with(crate::host::Host::on_macos);
    assert_eq!(said(&mac).next, ["brew install aws-sam-cli"]);
    let windows = mac.with(crate::host::Host::on_windows);
    assert!(said(&windows).next[0].starts_with("winget install"));
    assert_eq!(windows.variable("CI", "true").symptoms("TOOL001"), []);
}

#[test]
fn what_to_type_is_there_for_every_linux_and_else_a_page() {
    let said = |rig: Rig, system: &str, name: &str| {
        let rig = rig.file("system/etc/os-release", format!("ID={system}\n"));
        let mut symptoms = rig.symptoms("TOOL001").into_iter();
        let of_tool = symptoms.find(|it| it.message.contains(&format!("`{name}`")));
        of_tool.unwrap()
    };
    let aws = |system: &str| said(lambda(Rig::new()).without("bin/aws"), system, "aws");
    let google = |system: &str| {
        let rig = Rig::new().file("project/requirements.txt", "functions-framework==3.*\n");
        said(rig, system, "gcloud")
    };
    for system in ["debian", "fedora", "arch", "opensuse"] {
        assert_eq!(
            aws(system).next[1..],
            ["unzip awscliv2.zip", "sudo ./aws/install"]
        );
    }
    assert_eq!(aws("alpine").next, ["sudo apk add aws-cli"]);
    assert_eq!(aws("ubuntu").next, ["sudo snap install aws-cli --classic"]);
    assert!(google("debian").next[2].ends_with("apt-get install google-cloud-cli"));
    assert_eq!(google("fedora").next[2], "./google-cloud-sdk/install.sh");
    let unknown = google("alpine");
    assert_eq!(unknown.next, [""; 0]);
    assert!(
        unknown
            .message
            .ends_with("how to install it here: https://docs.cloud.google.com/sdk/docs/install"),
        "{unknown:?}"
    );
}

#[test]
fn a_file_of_its_own_tells_the_version() {
    use crate::doctor::facts::command::Presence;
    let rig = Rig::new()
        .file("project/requirements.txt", "functions-framework==3.*\n")
        .program("google-cloud-sdk/bin/gcloud", "#!/bin/sh\n")
        .file("google-cloud-sdk/VERSION", "541.0.0\n")
        .link("bin/gcloud", "../google-cloud-sdk/bin/gcloud")
        .on_path(&["bin"]);
    let facts = rig.facts();
    let tool = &facts.targets()[0].facts.tools[0];
    let Presence::There { version, .. } = &*facts.presence(tool) else {
        panic!("it is there");
    };
    assert_eq!(version.as_ref().unwrap().text, "541.0.0");
}

#[test]
fn what_the_layers_say_of_their_programs_can_be_read() {
    use crate::doctor::facts::command::Version;
    use crate::template::catalog::Catalog;
    let catalog = Catalog::embedded();
    for layer in catalog.platforms().unwrap() {
        let facts = crate::platform::Facts::of(layer).unwrap();
        assert!(!facts.tools.is_empty(), "{}", layer.id);
        for since in facts.tools.iter().flat_map(|it| &it.since) {
            assert!(Version::parse(&since.version).is_some(), "{since:?}");
            let series = since
                .python
                .as_deref()
                .map(str::parse::<crate::python::Series>);
            assert!(series.is_none_or(|it| it.is_ok()), "{since:?}");
        }
    }
}
