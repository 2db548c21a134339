//! Where the conditions of this group are, and where they only nearly are.

use std::os::unix::fs::MetadataExt as _;

use crate::doctor::check::Severity;
use crate::doctor::testing::{Case, Rig};
use crate::host::{Host, Volume};

/// A disk with half of everything free.
const ROOMY: Volume = Volume {
    free: 50 << 30,
    size: 100 << 30,
    free_files: 500_000,
    files: 1_000_000,
    is_noexec: false,
    is_read_only: false,
};

/// All places that are looked at on this disk.
fn on(rig: Rig, volume: Volume) -> Rig {
    let rig = rig
        .dir("tmp")
        .variable("TMPDIR", "{root}/tmp")
        .dir("home/.cache");
    let (project, tmp, cache) = (
        rig.path("project"),
        rig.path("tmp"),
        rig.path("home/.cache"),
    );
    rig.with(|host| {
        host.with_volume(project, volume)
            .with_volume(tmp, volume)
            .with_volume(cache, volume)
    })
}

/// The project belongs to somebody who is not root.
fn owned(rig: Rig) -> Rig {
    let project = rig.path("project");
    if std::fs::metadata(&project).unwrap().uid() == 0 {
        std::os::unix::fs::chown(&project, Some(1234), None).unwrap();
    }
    rig
}

/// The project lies here, below the folder around the made-up machine.
fn at(rig: Rig, below: &str) -> Rig {
    let folder = rig.path(below);
    rig.file(&format!("{below}/pyproject.toml"), "")
        .with(|host| host.with_current_dir(folder))
}

const WSL: &str = "Linux version 5.15.167.4-microsoft-standard-WSL2 (root@x) #1 SMP";

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "SYS001",
        sick: |rig| {
            on(
                rig,
                Volume {
                    free: 900 << 20,
                    ..ROOMY
                },
            )
        },
        well: |rig| on(rig, ROOMY),
    },
    Case {
        code: "SYS001",
        sick: |rig| {
            on(
                rig,
                Volume {
                    free: 5 << 30,
                    size: 500 << 30,
                    ..ROOMY
                },
            )
        },
        // One in a hundred of a large disk is much.
        well: |rig| {
            on(
                rig,
                Volume {
                    free: 40 << 30,
                    size: 4000 << 30,
                    ..ROOMY
                },
            )
        },
    },
    Case {
        code: "SYS001",
        sick: |rig| {
            on(
                rig,
                Volume {
                    free_files: 900,
                    ..ROOMY
                },
            )
        },
        // btrfs counts no files, and the kernel's own file systems count nothing.
        well: |rig| {
            on(
                rig,
                Volume {
                    free_files: 0,
                    files: 0,
                    ..ROOMY
                },
            )
        },
    },
    Case {
        code: "SYS002",
        sick: |rig| rig.variable("TMPDIR", "{root}/none"),
        well: |rig| on(rig, ROOMY),
    },
    Case {
        code: "SYS002",
        sick: |rig| rig.file("tmp", "").variable("TMPDIR", "{root}/tmp"),
        well: |rig| rig.dir("system/tmp"),
    },
    Case {
        code: "SYS002",
        sick: |rig| {
            on(
                rig,
                Volume {
                    is_noexec: true,
                    ..ROOMY
                },
            )
        },
        well: |rig| {
            rig.dir("tmp")
                .variable("TMP", "{root}/tmp")
                .with(Host::on_windows)
        },
    },
    Case {
        code: "SYS002",
        sick: |rig| rig.variable("TEMP", "{root}/none").with(Host::on_windows),
        well: |rig| on(rig, ROOMY),
    },
    Case {
        code: "SYS003",
        sick: |rig| rig.variable("LANG", "de_DE.ISO-8859-15@euro"),
        well: |rig| {
            rig.variable("LANG", "de_DE.ISO-8859-15")
                .variable("LC_ALL", "C.utf8")
        },
    },
    Case {
        code: "SYS003",
        sick: |rig| {
            rig.variable("LC_CTYPE", "ja_JP.eucJP")
                .variable("LANG", "en_US.UTF-8")
        },
        well: |rig| rig.variable("LC_ALL", "C"),
    },
    Case {
        code: "SYS003",
        sick: |rig| windows(rig),
        well: |rig| windows(rig).variable("PYTHONUTF8", "1"),
    },
    Case {
        code: "SYS004",
        sick: |rig| at(rig.file("system/proc/version", WSL), "system/mnt/c/src/x"),
        well: |rig| {
            at(
                rig.file("system/proc/version", WSL),
                "system/mnt/data/src/x",
            )
        },
    },
    Case {
        code: "SYS004",
        sick: |rig| at(rig.file("system/proc/version", WSL), "system/mnt/d/x"),
        well: |rig| {
            at(
                rig.file("system/proc/version", "Linux version 6.1.0"),
                "system/mnt/d/x",
            )
        },
    },
    Case {
        code: "SYS005",
        sick: |rig| at(rig, &format!("{}/x", "a".repeat(120))).with(Host::on_windows),
        well: |rig| rig.with(Host::on_windows),
    },
    Case {
        code: "SYS005",
        sick: |rig| at(rig, "müller").with(Host::on_windows),
        well: |rig| rig.with(Host::on_windows),
    },
    Case {
        code: "SYS006",
        sick: |rig| owned(rig).with(|host| host.with_user(0)),
        well: |rig| owned(rig).with(|host| host.with_user(1234)),
    },
    Case {
        code: "SYS007",
        sick: |rig| {
            rig.file(
                "project/pyproject.toml",
                "[tool.scaffold]\nversion = \"99.0.0\"\n",
            )
        },
        well: |rig| {
            let version = env!("CARGO_PKG_VERSION");
            let text = format!("[tool.scaffold]\nversion = \"{version}\"\n");
            rig.file("project/pyproject.toml", text)
        },
    },
];

/// A Windows with a Python on PATH.
fn windows(rig: Rig) -> Rig {
    rig.program("python/python.exe", "MZ")
        .file("python/python312.dll", "")
        .file("python/Lib/os.py", "")
        .on_path(&["python"])
        .with(Host::on_windows)
}

#[test]
fn letters_of_a_path_matter_on_windows_only() {
    assert_eq!(at(Rig::new(), "müller/日本").symptoms("SYS005"), []);
}

#[test]
fn root_is_usual_in_ci_and_in_containers() {
    let root = || owned(Rig::new()).with(|host| host.with_user(0));
    let severity = |rig: Rig| {
        let symptoms = rig.symptoms("SYS006");
        symptoms.first().map(|it| it.severity)
    };
    assert_eq!(severity(root()), Some(None));
    assert_eq!(severity(root().variable("CI", "true")), None);
    let container = || root().file("system/.dockerenv", "");
    assert_eq!(severity(container()), Some(Some(Severity::Information)));
    assert_eq!(
        severity(container().variable("SUDO_USER", "ada")),
        Some(None)
    );
}
