//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::{Case, Rig};

/// A project with an environment that has pip.
pub(super) fn with_pip(rig: Rig) -> Rig {
    rig.environment("3.12.4").distribution("pip", "26.3", "")
}

/// A lock with hashes of these: `flask==3.1`.
pub(super) fn lock(rig: Rig, name: &str, pins: &[&str]) -> Rig {
    let lines: Vec<String> = pins
        .iter()
        .map(|it| format!("{it} \\\n    --hash=sha256:00\n"))
        .collect();
    rig.file(&format!("project/{name}"), lines.concat())
}

/// A file among the packages.
fn packaged(rig: Rig, below: &str, text: &str) -> Rig {
    let path = format!("{}/{below}", rig.packages());
    rig.file(&path, text)
}

fn deep(mut rig: Rig) -> Rig {
    rig.may.deep = true;
    rig
}

pub(super) fn gates(rig: Rig) -> Rig {
    rig.file(
        "project/pyproject.toml",
        "[project]\nname = \"x\"\n[tool.scaffold.stages]\npre-commit = [\"hygiene\", \"black\"]\n",
    )
}

fn script(rig: Rig, interpreter: &str) -> Rig {
    let line = format!("#!{interpreter}\n")
        .replace("{venv}", &rig.path("project/.venv").display().to_string());
    rig.program("project/.venv/bin/black", line)
}

pub(super) fn editable(rig: Rig, folder: &str) -> Rig {
    let url = rig.path(folder).display().to_string();
    packaged(
        rig.distribution("lib", "1", ""),
        "lib-1.dist-info/direct_url.json",
        &format!("{{\"url\": \"file://{url}\", \"dir_info\": {{\"editable\": true}}}}"),
    )
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "DEP001",
        sick: |rig| {
            lock(
                with_pip(rig),
                "requirements.txt",
                &["flask==3.1", "click==8"],
            )
        },
        well: |rig| {
            let pins = ["Flask==3.1", "pywin32==300 ; sys_platform == 'win32'"];
            lock(with_pip(rig), "requirements.txt", &pins).distribution("flask", "3.1", "")
        },
    },
    Case {
        code: "DEP001",
        sick: |rig| {
            with_pip(rig).file(
                "project/pyproject.toml",
                "[project]\nname = \"x\"\ndependencies = [\"flask>=3\"]\n",
            )
        },
        // Nobody has to install the tests of a project that is not ours.
        well: |rig| {
            with_pip(rig)
                .file("project/requirements.txt", "-r base.txt\n")
                .file("project/base.txt", "click\n")
                .file("project/requirements-dev.txt", "click\npytest\n")
                .distribution("click", "8", "")
        },
    },
    Case {
        code: "DEP002",
        sick: |rig| {
            lock(with_pip(rig), "requirements.txt", &["flask==3.1"])
                .distribution("Flask", "3.0", "")
        },
        well: |rig| {
            lock(
                with_pip(rig),
                "requirements.txt",
                &["flask==3.1", "torch==2.0"],
            )
            .distribution("Flask", "3.1.0", "")
            .distribution("torch", "2.0+cpu", "")
        },
    },
    Case {
        code: "DEP003",
        sick: |rig| {
            let rig = with_pip(rig).file("project/requirements.txt", "flask\n");
            rig.distribution("flask", "3", "")
                .distribution("ipython", "9", "")
        },
        well: |rig| {
            let rig = with_pip(rig).file("project/requirements.txt", "flask[async]\n");
            rig.distribution("flask", "3", "Requires-Dist: asgiref ; extra == 'async'\n")
                .distribution("asgiref", "3", "")
                .distribution("x", "0", "")
        },
    },
    Case {
        code: "DEP004",
        sick: |rig| with_pip(rig).distribution("flask", "3", "Requires-Dist: werkzeug>=3\n"),
        well: |rig| {
            let needs = "Requires-Dist: click>=8\nRequires-Dist: asgiref ; extra == 'async'\nRequires-Dist: colorama ; platform_system == 'Windows'\n";
            with_pip(rig)
                .distribution("flask", "3", needs)
                .distribution("Click", "8.1", "")
        },
    },
    // What an extra needs is looked at where somebody asks for the extra.
    Case {
        code: "DEP004",
        sick: |rig| {
            let rig = with_pip(rig).file("project/requirements.txt", "flask[async]\n");
            rig.distribution("flask", "3", "Requires-Dist: asgiref ; extra == 'async'\n")
        },
        well: |rig| {
            let rig = with_pip(rig).file("project/requirements.txt", "flask[dotenv]\n");
            rig.distribution("flask", "3", "Requires-Dist: asgiref ; extra == 'async'\n")
        },
    },
    Case {
        code: "DEP005",
        sick: |rig| {
            with_pip(rig)
                .distribution("flask", "3", "Requires-Dist: werkzeug (>=3)\n")
                .distribution("werkzeug", "2.3", "")
        },
        well: |rig| {
            with_pip(rig)
                .distribution("flask", "3", "Requires-Dist: werkzeug~=3.0\nRequires-Dist: click<8 ; python_version < '3.8'\n")
                .distribution("werkzeug", "3.1rc1", "")
                .distribution("click", "8", "")
        },
    },
    Case {
        code: "DEP006",
        sick: |rig| with_pip(rig).distribution("old", "1", "Requires-Python: >=3.6,<3.12\n"),
        well: |rig| with_pip(rig).distribution("new", "1", "Requires-Python: >=3.6,!=3.12.3,<4\n"),
    },
    Case {
        code: "DEP007",
        sick: |rig| {
            with_pip(rig)
                .distribution("Foo.Bar", "1", "")
                .distribution("foo-bar", "2", "")
        },
        well: |rig| {
            with_pip(rig)
                .distribution("foo", "1", "")
                .distribution("foo-bar", "1", "")
        },
    },
    Case {
        code: "DEP008",
        sick: |rig| {
            let rig = packaged(with_pip(rig), "~ask/__init__.py", "");
            packaged(
                rig,
                "~ask-3.0.dist-info/METADATA",
                "Name: flask\nVersion: 3.0\n",
            )
        },
        well: |rig| packaged(with_pip(rig), "tilde/~ask.py", ""),
    },
    Case {
        code: "DEP009",
        sick: |rig| {
            let rig = with_pip(rig).distribution("foo", "1", "");
            let record = format!("{}/foo-1.dist-info/RECORD", rig.packages());
            rig.without(&record)
        },
        well: |rig| {
            // Packages of a system have no RECORD, and are not for pip to touch.
            let rig = packaged(
                with_pip(rig).distribution("foo", "1", ""),
                "foo-1.dist-info/INSTALLER",
                "debian\n",
            );
            let record = format!("{}/foo-1.dist-info/RECORD", rig.packages());
            rig.without(&record)
        },
    },
    // Half of another version beside the whole one: nothing has to be installed.
    Case {
        code: "DEP009",
        sick: |rig| {
            packaged(
                with_pip(rig).distribution("foo", "2", ""),
                "foo-1.dist-info/INSTALLER",
                "pip\n",
            )
        },
        well: |rig| with_pip(rig).distribution("foo", "2", ""),
    },
    Case {
        code: "DEP010",
        sick: |rig| {
            let rig = deep(with_pip(rig).distribution("foo", "1", ""));
            let module = format!("{}/foo/__init__.py", rig.packages());
            rig.without(&module)
        },
        well: |rig| {
            let record =
                "foo/__init__.py,,\nfoo/__pycache__/x.cpython-312.pyc,,\n../../../../../gone,,\n";
            packaged(
                deep(with_pip(rig).distribution("foo", "1", "")),
                "foo-1.dist-info/RECORD",
                record,
            )
        },
    },
    Case {
        code: "DEP011",
        sick: |rig| {
            packaged(
                deep(with_pip(rig).distribution("foo", "1", "")),
                "foo/__init__.py",
                "x = 1\n",
            )
        },
        well: |rig| {
            packaged(
                deep(with_pip(rig).distribution("foo", "1", "")),
                "foo/other.py",
                "x = 1\n",
            )
        },
    },
    Case {
        code: "DEP012",
        sick: |rig| {
            packaged(
                with_pip(rig).distribution("foo", "1", ""),
                "foo-1.dist-info/WHEEL",
                "Tag: cp311-cp311-manylinux_2_17_x86_64\n",
            )
        },
        well: |rig| {
            packaged(
                with_pip(rig).distribution("foo", "1", ""),
                "foo-1.dist-info/WHEEL",
                "Tag: cp312-cp312-manylinux_2_17_x86_64\nTag: cp39-abi3-linux_x86_64\n",
            )
        },
    },
    Case {
        code: "DEP012",
        sick: |rig| {
            let rig = with_pip(rig)
                .distribution("foo", "1", "")
                .with(crate::host::Host::on_macos);
            packaged(
                rig,
                "foo-1.dist-info/WHEEL",
                "Tag: cp312-cp312-linux_x86_64\n",
            )
        },
        well: |rig| {
            let rig = with_pip(rig)
                .distribution("foo", "1", "")
                .with(crate::host::Host::on_macos);
            packaged(
                rig,
                "foo-1.dist-info/WHEEL",
                "Tag: cp38-abi3-macosx_10_9_universal2\n",
            )
        },
    },
    Case {
        code: "DEP013",
        sick: |rig| editable(with_pip(rig), "moved lib"),
        well: |rig| editable(with_pip(rig).dir("lib"), "lib"),
    },
    Case {
        code: "DEP013",
        sick: |rig| packaged(with_pip(rig), "easy-install.pth", "/nowhere/at/all\n"),
        well: |rig| {
            packaged(
                with_pip(rig),
                "x.pth",
                "import sys\nnot/there\n# /nowhere\n",
            )
        },
    },
    Case {
        code: "DEP014",
        sick: |rig| {
            editable(with_pip(rig).dir("lib"), "lib").file("project/requirements.txt", "lib==1\n")
        },
        well: |rig| {
            editable(with_pip(rig).dir("lib"), "lib")
                .file("project/requirements.txt", "lib @ file:///lib\nclick\n")
        },
    },
    Case {
        code: "DEP015",
        sick: |rig| {
            packaged(
                with_pip(rig)
                    .distribution("foo", "1", "")
                    .distribution("bar", "1", ""),
                "foo-1.dist-info/INSTALLER",
                "uv",
            )
        },
        well: |rig| {
            packaged(
                with_pip(rig).distribution("foo", "1", ""),
                "foo-1.dist-info/INSTALLER",
                "uv",
            )
        },
    },
    Case {
        code: "DEP016",
        sick: |rig| {
            packaged(
                with_pip(rig),
                "old-1.0-py3.12.egg-info/PKG-INFO",
                "Name: old\nVersion: 1.0\n",
            )
        },
        well: |rig| {
            with_pip(rig)
                .distribution("new", "1", "")
                .dir("project/x.egg-info")
        },
    },
    Case {
        code: "DEP017",
        sick: |rig| {
            with_pip(rig)
                .file("project/types.py", "")
                .file("project/random/__init__.py", "")
        },
        well: |rig| {
            with_pip(rig)
                .file("project/app/types.py", "")
                .file("project/tests/__init__.py", "")
                .file("project/logging/readme.txt", "")
                .file("project/test/__init__.py", "")
        },
    },
    Case {
        code: "DEP017",
        sick: |rig| {
            with_pip(rig)
                .file(
                    "project/pyproject.toml",
                    "[project]\nname = \"x\"\n[tool.pytest.ini_options]\npythonpath = [\"src\"]\n",
                )
                .distribution("flask", "3", "")
                .file("project/src/flask.py", "")
        },
        // The project itself, installed from its folder.
        well: |rig| {
            with_pip(rig)
                .distribution("x", "0", "")
                .file("project/x/__init__.py", "")
        },
    },
    Case {
        code: "DEP018",
        sick: |rig| {
            let rig = deep(with_pip(rig).distribution("cv", "1", "").distribution(
                "cv-headless",
                "1",
                "",
            ));
            let rig = packaged(rig, "cv-1.dist-info/RECORD", "cv2/x.py,sha256=aa,3\n");
            packaged(
                rig,
                "cv_headless-1.dist-info/RECORD",
                "cv2/x.py,sha256=bb,4\n",
            )
        },
        well: |rig| {
            let rig = deep(
                with_pip(rig)
                    .distribution("a", "1", "")
                    .distribution("b", "1", ""),
            );
            let rig = packaged(
                rig,
                "a-1.dist-info/RECORD",
                "n/__init__.py,sha256=aa,3\ntests/__init__.py,,0\n",
            );
            packaged(
                rig,
                "b-1.dist-info/RECORD",
                "n/__init__.py,sha256=aa,3\ntests/__init__.py,,0\n",
            )
        },
    },
    Case {
        code: "DEP019",
        sick: |rig| lock(gates(with_pip(rig)), "requirements-dev.txt", &["black==26"]),
        well: |rig| {
            script(
                gates(with_pip(rig)).distribution("black", "26", ""),
                "{venv}/bin/python3",
            )
        },
    },
    Case {
        code: "DEP019",
        sick: |rig| {
            script(
                gates(with_pip(rig)).distribution("black", "26", ""),
                "/old/.venv/bin/python",
            )
        },
        well: |rig| {
            let long = "/bin/sh\n'''exec' \"{venv}/bin/python\" \"$0\" \"$@\"\n' '''";
            script(gates(with_pip(rig)).distribution("black", "26", ""), long)
        },
    },
];
