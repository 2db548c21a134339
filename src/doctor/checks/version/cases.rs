//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::{Case, Rig};

pub(super) const WORKFLOW: &str = "project/.github/workflows/ci.yml";

/// A workflow with this version.
fn workflow(version: &str) -> String {
    format!(
        "jobs:\n  check:\n    steps:\n      - uses: actions/setup-python@v6\n        with:\n          python-version: {version} # the one\n"
    )
}

/// A project for Python 3.12.
pub(super) fn for_312(rig: Rig) -> Rig {
    rig.file("project/.python-version", "3.12\n")
}

/// A project that was made for Python 3.12, and for no other.
fn made_for_312(rig: Rig) -> Rig {
    pyproject(rig, "[tool.scaffold.answers]\npython = \"3.12\"\n")
}

/// A workflow with this matrix.
pub(super) fn matrix(list: &str) -> String {
    format!(
        "jobs:\n  check:\n    strategy:\n      matrix:\n        python: {list}\n    steps:\n      - with:\n          python-version: ${{{{ matrix.python }}}}\n"
    )
}

fn pyproject(rig: Rig, more: &str) -> Rig {
    let text =
        format!("[project]\nname = \"x\"\nversion = \"0\"\nrequires-python = \">=3.12\"\n{more}");
    rig.file("project/pyproject.toml", text)
}

const HOOKS: &str = "repos:\n  - repo: https://github.com/psf/black-pre-commit-mirror\n    rev: 25.1.0\n    hooks:\n      - id: black\n";

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "VER001",
        sick: |rig| for_312(rig).file(WORKFLOW, workflow("'3.13'")),
        well: |rig| for_312(rig).file(WORKFLOW, workflow("\"3.12\"")),
    },
    Case {
        code: "VER001",
        sick: |rig| {
            for_312(rig).file(
                "project/.gitlab-ci.yml",
                "image: python:3.11-slim\ntest:\n  script: [pytest]\n",
            )
        },
        well: |rig| {
            for_312(rig).file(
                WORKFLOW,
                "jobs:\n  a:\n    strategy:\n      matrix:\n        python: ['3.12', '3.13']\n    steps:\n      - with:\n          python-version: ${{ matrix.python }}\n",
            )
        },
    },
    Case {
        code: "VER001",
        sick: |rig| {
            rig.file(
                "project/pyproject.toml",
                "[project]\nname = \"x\"\nrequires-python = \">=3.10\"\n",
            )
            .file("project/.python-version", "3.10\n")
            .file(WORKFLOW, workflow("3.10"))
        },
        well: |rig| rig.file(WORKFLOW, workflow("3.x")),
    },
    Case {
        code: "VER001",
        sick: |rig| {
            pyproject(rig, "[tool.scaffold.answers]\npython = \"3.12\"\n").file(
                WORKFLOW,
                "jobs:\n  a:\n    steps:\n      - with:\n          python-version-file: .python-version\n",
            )
        },
        well: |rig| {
            for_312(rig).file(
                WORKFLOW,
                "jobs:\n  a:\n    steps:\n      - with:\n          python-version-file: .python-version\n",
            )
        },
    },
    // A matrix without the project's version gets it.
    Case {
        code: "VER001",
        sick: |rig| for_312(rig).file(WORKFLOW, matrix("['3.13', \"3.14\"]")),
        well: |rig| for_312(rig).file(WORKFLOW, matrix("['3.12', '3.13']")),
    },
    Case {
        code: "VER001",
        sick: |rig| {
            for_312(rig).file(
                WORKFLOW,
                matrix("\n          - '3.13'\n          - '3.14' # new"),
            )
        },
        well: |rig| for_312(rig).file(WORKFLOW, matrix("\n          - '3.12'\n          - 3.x")),
    },
    // One that is alone is moved.
    Case {
        code: "VER001",
        sick: |rig| for_312(rig).file(WORKFLOW, matrix("[\"3.11\"]")),
        well: |rig| for_312(rig).file(WORKFLOW, matrix("[\"3.12\"]")),
    },
    Case {
        code: "VER001",
        sick: |rig| {
            for_312(rig).file(
                "project/.travis.yml",
                "language: python\npython:\n  - \"3.13\"\n  - \"3.14\"\n",
            )
        },
        well: |rig| {
            for_312(rig).file(
                "project/.travis.yml",
                "language: python\npython: [\"3.12\", \"3.14\"]\n",
            )
        },
    },
    Case {
        code: "VER001",
        sick: |rig| {
            for_312(rig).file(
                "project/Jenkinsfile",
                "pipeline { agent { docker { image 'python:3.11-slim' } } }\n",
            )
        },
        well: |rig| {
            for_312(rig).file(
                "project/Jenkinsfile",
                "pipeline { agent { docker { image 'python:3.12-slim' } } }\n",
            )
        },
    },
    // Jobs of several versions, in a project that is for one.
    Case {
        code: "VER001",
        sick: |rig| {
            made_for_312(rig).file(
                "project/.gitlab-ci.yml",
                "a:\n  image: python:3.12\nb:\n  image: python:3.13\nc:\n  image: python:3.14\n",
            )
        },
        well: |rig| {
            made_for_312(rig).file(
                "project/.gitlab-ci.yml",
                "a:\n  image: python:3.12\nb:\n  image: python:3.12-slim\nc:\n  image: node:22\n",
            )
        },
    },
    Case {
        code: "VER002",
        sick: |rig| {
            for_312(rig).file(
                "project/Dockerfile",
                "ARG V=3.11\nFROM python:${V} AS build\nFROM python:3.13-slim\nFROM python:3.12\n",
            )
        },
        well: |rig| {
            for_312(rig).file(
                "project/Dockerfile",
                "ARG V=3.12\nFROM python:${V} AS build\nFROM python:3.12-slim\n",
            )
        },
    },
    Case {
        code: "VER002",
        sick: |rig| {
            for_312(rig).file(
                "project/compose.yaml",
                "services:\n  a:\n    image: python:3.11\n",
            )
        },
        well: |rig| {
            for_312(rig).file(
                "project/compose.yaml",
                "services:\n  a:\n    image: python:${PYTHON_VERSION}\n",
            )
        },
    },
    #[cfg(unix)]
    Case {
        code: "VER002",
        sick: |rig| {
            for_312(rig)
                .environment("3.13.1")
                .python("other", "3.12.4")
                .on_path(&["other/bin"])
        },
        well: |rig| for_312(rig).environment("3.12.4"),
    },
    // One patch number for whoever types `python`, and another in the environment.
    #[cfg(unix)]
    Case {
        code: "VER002",
        sick: |rig| {
            rig.file("project/.tool-versions", "python 3.12.7\n")
                .environment("3.12.4")
                .file("project/.tool-versions", "nodejs 20.1\npython 3.12.7\n")
        },
        well: |rig| {
            rig.environment("3.12.4")
                .file("project/.tool-versions", "python 3.12.4\n")
        },
    },
    Case {
        code: "VER002",
        sick: |rig| for_312(rig).file("project/Dockerfile", "FROM python:3.11-slim AS build\n"),
        well: |rig| {
            for_312(rig)
                .file(
                    "project/Dockerfile",
                    "FROM python:3.12.4-slim\nFROM node:20\n",
                )
                .file("project/tox.ini", "[tox]\nenvlist = py312, py313\n")
                .file("project/.tool-versions", "python 3.12.4\n")
        },
    },
    Case {
        code: "VER002",
        sick: |rig| {
            pyproject(rig, "[tool.scaffold.answers]\npython = \"3.13\"\n")
                .file("project/.python-version", "3.12\n")
        },
        well: |rig| {
            pyproject(rig, "[tool.scaffold.answers]\npython = \"3.13\"\n")
                .file("project/.python-version", "3.13.1\n")
        },
    },
    Case {
        code: "VER002",
        sick: |rig| {
            for_312(rig).file(
                "project/.devcontainer/devcontainer.json",
                "{\n  // why\n  \"image\": \"mcr.microsoft.com/devcontainers/python:1-3.11\"\n}\n",
            )
        },
        well: |rig| {
            for_312(rig).file(
                "project/.devcontainer/devcontainer.json",
                "{ \"image\": \"mcr.microsoft.com/devcontainers/python:3\" }\n",
            )
        },
    },
    Case {
        code: "VER002",
        sick: |rig| for_312(rig).file("project/mise.toml", "[tools]\npython = \"3.14\"\n"),
        well: |rig| rig.file("project/mise.toml", "[tools]\npython = \"3.14\"\n"),
    },
    Case {
        code: "VER003",
        sick: |rig| pyproject(rig, "[tool.black]\ntarget-version = [\"py313\"]\n"),
        well: |rig| {
            pyproject(
                rig,
                "[tool.black]\ntarget-version = [\"py312\", \"py313\"]\n",
            )
        },
    },
    Case {
        code: "VER003",
        sick: |rig| rig.file("project/mypy.ini", "[mypy]\npython_version = 3.9\n"),
        well: |rig| {
            for_312(rig)
                .file("project/mypy.ini", "[mypy]\npython_version = 3.12\n")
                .file("project/ruff.toml", "target-version = \"py312\"\n")
                .file(
                    "project/pyrightconfig.json",
                    "{ \"pythonVersion\": \"3.12\" }",
                )
        },
    },
    Case {
        code: "VER003",
        sick: |rig| {
            rig.file(
                "project/pyrightconfig.json",
                "{ \"pythonVersion\": \"3.14\" }",
            )
        },
        well: |rig| rig.file("project/pyrightconfig.json", "{}"),
    },
    Case {
        code: "VER004",
        sick: |rig| {
            rig.file("project/.pre-commit-config.yaml", HOOKS)
                .file("project/requirements-dev.txt", "black==26.10.1\n")
        },
        well: |rig| {
            rig.file("project/.pre-commit-config.yaml", HOOKS).file(
                "project/requirements-dev.txt",
                "black==25.1.0\nflake8==7.0\n",
            )
        },
    },
    Case {
        code: "VER004",
        sick: |rig| {
            rig.file("project/.pre-commit-config.yaml", HOOKS)
                .environment("3.12.4")
                .distribution("black", "26.10.1", "")
        },
        well: |rig| {
            rig.file(
                "project/.pre-commit-config.yaml",
                "repos:\n  - repo: local\n    hooks: []\n  - repo: https://github.com/psf/black\n    rev: main\n",
            )
            .file("project/requirements-dev.txt", "black==26.10.1\n")
        },
    },
];
