//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::{Case, Rig};

pub(super) fn healthy(rig: Rig) -> Rig {
    let rig = rig.environment("3.12.4").file(
        "project/.venv/lib/python3.12/site-packages/pip/__init__.py",
        "",
    );
    with_another(rig)
}

/// With a Python on `PATH` that an environment can be made from.
pub(super) fn with_another(rig: Rig) -> Rig {
    rig.python("other", "3.13.0").on_path(&["other/bin"])
}

/// An environment with this added to its `pyvenv.cfg`.
fn told(rig: Rig, line: &str) -> Rig {
    let rig = healthy(rig);
    let file = rig.path("project/.venv/pyvenv.cfg");
    let text = std::fs::read_to_string(file).unwrap();
    rig.file("project/.venv/pyvenv.cfg", format!("{line}\n{text}"))
}

/// As venv and pip lay an environment out on Windows.
fn of_windows(rig: Rig) -> Rig {
    rig.file("project/.venv/pyvenv.cfg", "version = 3.12.4\n")
        .file("project/.venv/Scripts/python.exe", "MZ")
        .dir("project/.venv/Lib/site-packages")
}

fn tracked(rig: Rig) -> Rig {
    rig.environment("3.12.4")
        .repository()
        .git(&["add", "--force", ".venv/pyvenv.cfg"])
}

/// With the files as somebody's who is not root: root of a test has files of root.
fn owned(rig: Rig) -> Rig {
    use std::os::unix::fs::MetadataExt as _;
    let owner = std::fs::metadata(rig.path("project")).unwrap().uid();
    if owner != 0 {
        return rig;
    }
    let all = std::process::Command::new("chown")
        .args(["-R", "1234"])
        .arg(rig.path("project"))
        .status();
    assert!(all.unwrap().success());
    rig.with(|host| host.with_user(1234))
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "VENV001",
        sick: with_another,
        well: healthy,
    },
    Case {
        code: "VENV001",
        sick: |rig| {
            rig.file("project/requirements-dev.txt", "")
                .file("venv/pyvenv.cfg", "")
        },
        well: |rig| of_windows(rig).with(crate::host::Host::on_windows),
    },
    Case {
        code: "VENV002",
        sick: |rig| healthy(rig).without("python/bin/python3.12"),
        well: healthy,
    },
    Case {
        code: "VENV002",
        sick: |rig| {
            healthy(rig)
                .without("project/.venv/bin/python")
                .link("project/.venv/bin/python", "python")
        },
        well: |rig| {
            healthy(rig)
                .without("project/.venv/bin/python")
                .program("project/.venv/bin/python", "\x7fELF")
        },
    },
    Case {
        code: "VENV003",
        sick: |rig| healthy(rig).without("python"),
        well: healthy,
    },
    Case {
        code: "VENV004",
        sick: |rig| {
            let rig = healthy(rig);
            let folder = rig.path("elsewhere/.venv");
            let text = format!("VIRTUAL_ENV='{}'\nexport VIRTUAL_ENV\n", folder.display());
            rig.file("project/.venv/bin/activate", text)
        },
        // The environment's folder is a link to where it was made.
        well: |rig| {
            let rig = healthy(rig);
            std::fs::rename(rig.path("project/.venv"), rig.path("made")).unwrap();
            let made = rig.path("made");
            rig.file(
                "made/bin/activate",
                format!("VIRTUAL_ENV={}\n", made.display()),
            )
            .link("project/.venv", made)
        },
    },
    Case {
        code: "VENV004",
        sick: |rig| {
            healthy(rig)
                .without("project/.venv/bin/activate")
                .file("project/.venv/bin/black", "#!/old/.venv/bin/python3 -I\n")
        },
        well: |rig| {
            told(rig, "relocatable = true")
                .file("project/.venv/bin/black", "#!/old/.venv/bin/python3\n")
        },
    },
    Case {
        code: "VENV005",
        sick: |rig| told(rig, "version_info = 3.11.7.final.0"),
        well: |rig| told(rig, "version_info = 3.12.4.final.0"),
    },
    Case {
        code: "VENV006",
        sick: |rig| healthy(rig).dir("project/.venv/lib/python3.11/site-packages"),
        well: |rig| healthy(rig).dir("project/.venv/lib/python3.11/lib-dynload"),
    },
    Case {
        code: "VENV007",
        sick: |rig| told(rig, "include-system-site-packages = TRUE"),
        well: healthy,
    },
    Case {
        code: "VENV008",
        sick: |rig| rig.environment("3.12.4"),
        well: healthy,
    },
    Case {
        code: "VENV009",
        sick: |rig| {
            healthy(rig)
                .file("other/pyvenv.cfg", "")
                .variable("VIRTUAL_ENV", "{root}/other")
        },
        well: |rig| healthy(rig).variable("VIRTUAL_ENV", "{root}/project/.venv"),
    },
    Case {
        code: "VENV009",
        sick: |rig| rig.variable("VIRTUAL_ENV", "{root}/gone"),
        well: |rig| {
            rig.file("other/pyvenv.cfg", "")
                .variable("VIRTUAL_ENV", "{root}/other")
        },
    },
    Case {
        code: "VENV010",
        sick: |rig| {
            healthy(rig)
                .variable("VIRTUAL_ENV", "{root}/project/.venv")
                .variable("CONDA_PREFIX", "{root}/conda")
        },
        well: |rig| healthy(rig).variable("CONDA_PREFIX", "{root}/conda"),
    },
    Case {
        code: "VENV010",
        sick: |rig| healthy(rig).dir("project/.venv/conda-meta"),
        well: healthy,
    },
    Case {
        code: "VENV011",
        sick: tracked,
        well: |rig| tracked(rig).git(&["rm", "-q", "--cached", ".venv/pyvenv.cfg"]),
    },
    Case {
        code: "VENV012",
        sick: |rig| healthy(rig).without("project/.venv/pyvenv.cfg"),
        well: healthy,
    },
    Case {
        code: "VENV012",
        sick: |rig| healthy(rig).without("project/.venv/lib"),
        well: |rig| {
            rig.file("project/.venv/pyvenv.cfg", "implementation = PyPy\n")
                .program("project/.venv/bin/python", "\x7fELF")
                .dir("project/.venv/lib/pypy3.11/site-packages")
        },
    },
    // Debian without python3-venv.
    Case {
        code: "VENV012",
        sick: |rig| {
            rig.environment("3.12.4")
                .without("project/.venv/bin/activate")
        },
        well: |rig| {
            told(
                rig,
                "command = /usr/bin/python3 -m venv --without-pip .venv",
            )
            .without("project/.venv/bin/activate")
        },
    },
    Case {
        code: "VENV013",
        sick: |rig| {
            rig.with(|host| {
                let folder = host.current_dir().join("with a space");
                host.with_current_dir(folder)
            })
            .file("project/with a space/pyproject.toml", "")
            .dir("project/with a space/.venv/lib/python3.12/site-packages")
        },
        well: healthy,
    },
    Case {
        code: "VENV014",
        sick: |rig| {
            let rig = healthy(rig);
            let stranger = rig.host.user().unwrap_or(0) + 1;
            rig.with(|host| host.with_user(stranger))
        },
        well: |rig| owned(healthy(rig)),
    },
    // Whoever it belongs to: what leads in circles nobody can read.
    Case {
        code: "VENV014",
        sick: |rig| {
            healthy(rig)
                .without("project/.venv/pyvenv.cfg")
                .link("project/.venv/pyvenv.cfg", "pyvenv.cfg")
                .with(|host| host.with_user(0))
        },
        well: |rig| owned(healthy(rig)),
    },
    Case {
        code: "VENV014",
        sick: |rig| {
            healthy(rig)
                .without("project/.venv/lib/python3.12/site-packages")
                .link(
                    "project/.venv/lib/python3.12/site-packages",
                    "site-packages",
                )
        },
        well: |rig| owned(healthy(rig)),
    },
    Case {
        code: "VENV015",
        sick: of_windows,
        well: |rig| of_windows(rig).with(crate::host::Host::on_windows),
    },
    Case {
        code: "VENV015",
        sick: |rig| healthy(rig).with(crate::host::Host::on_windows),
        well: healthy,
    },
    Case {
        code: "VENV016",
        sick: |rig| healthy(rig).file("project/venv/pyvenv.cfg", ""),
        // A file of variables, and a package of that name.
        well: |rig| {
            healthy(rig)
                .file("project/.env", "A=1\n")
                .file("project/env/__init__.py", "")
        },
    },
    Case {
        code: "VENV017",
        sick: |rig| {
            rig.file("project/OneDrive - Work/a/pyproject.toml", "")
                .file("project/OneDrive - Work/a/.venv/pyvenv.cfg", "")
                .with(|host| {
                    let folder = host.current_dir().join("OneDrive - Work/a");
                    host.with_current_dir(folder)
                })
        },
        well: healthy,
    },
    Case {
        code: "VENV018",
        sick: |rig| {
            healthy(rig)
                .file("project/.venv.scaffold-old/pyvenv.cfg", "")
                .file("project/.venv.scaffold-old-2/pyvenv.cfg", "")
        },
        well: |rig| healthy(rig).file("project/.venv.scaffold-old/mine", ""),
    },
];

#[test]
fn an_environment_of_uv_has_no_pip_and_needs_none() {
    let rig =
        told(Rig::new(), "uv = 0.9.1").without("project/.venv/lib/python3.12/site-packages/pip");
    let symptoms = rig.symptoms("VENV008");
    assert_eq!(symptoms.len(), 1);
    assert_eq!(symptoms[0].fix, None);
    let rig = rig.program("tools/uv", "\x7fELF").on_path(&["tools"]);
    assert_eq!(rig.symptoms("VENV008"), []);
}

#[test]
fn what_is_no_environment_is_not_put_aside() {
    let symptoms = Rig::new().dir("project/.venv").symptoms("VENV001");
    assert_eq!(symptoms.len(), 1);
    assert_eq!(symptoms[0].fix, None);
}

#[test]
fn tools_that_keep_environments_elsewhere_are_left_alone() {
    let poetry = || Rig::new().file("project/pyproject.toml", "[tool.poetry]\nname = \"x\"\n");
    assert_eq!(poetry().symptoms("VENV001"), []);
    let pdm = || Rig::new().file("project/pdm.lock", "");
    assert_eq!(pdm().symptoms("VENV001").len(), 1);
    let another = pdm().file("project/.pdm-python", "/usr/bin/python3\n");
    assert_eq!(another.symptoms("VENV001"), []);
    assert_eq!(pdm().dir("project/__pypackages__").symptoms("VENV001"), []);
    let uv = Rig::new()
        .file("project/uv.lock", "")
        .variable("UV_PROJECT_ENVIRONMENT", "/opt/env");
    assert_eq!(uv.symptoms("VENV001"), []);
    let inside = poetry().file("project/poetry.toml", "[virtualenvs]\nin-project = true\n");
    assert_eq!(inside.symptoms("VENV001").len(), 1);
    let active = || Rig::new().file("other/pyvenv.cfg", "");
    let rig = active().variable("VIRTUAL_ENV", "{root}/other");
    assert_eq!(rig.symptoms("VENV001"), []);
    let rig = active().variable("VIRTUAL_ENV", "{root}/none");
    assert_eq!(rig.symptoms("VENV001").len(), 1);
    let ci = Rig::new().variable("CI", "true").symptoms("VENV001");
    assert_eq!(ci[0].severity, Some(crate::doctor::Severity::Information));
}
