//! Where the conditions of this group are, and where they only nearly are.

use crate::doctor::testing::{Case, Rig};

fn pyproject(rig: Rig, more: &str) -> Rig {
    rig.file(
        "project/pyproject.toml",
        format!("[project]\nname = \"x\"\nversion = \"0\"\n{more}"),
    )
}

const FLAKE8: &str = "project/.flake8";
const SETTINGS: &str = "project/.vscode/settings.json";

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "CFG001",
        sick: |rig| {
            pyproject(rig, "[tool.black]\n").file(
                FLAKE8,
                "[flake8]\nmax-line-length = 79\nextend-ignore =\n    # Black\n    E203,\n    E701\n",
            )
        },
        well: |rig| {
            pyproject(rig, "[tool.black]\n").file(
                FLAKE8,
                "[flake8]\nmax-line-length = 88\nextend-ignore = E203,E701\n",
            )
        },
    },
    Case {
        code: "CFG001",
        sick: |rig| {
            pyproject(rig, "[tool.black]\nline-length = 100\n").file(
                "project/setup.cfg",
                "[flake8]\nmax-line-length = 100\nignore = E203\n",
            )
        },
        // Only what is selected is reported, and a line length that nobody checks hurts nobody.
        well: |rig| {
            pyproject(rig, "[tool.black]\n").file("project/tox.ini", "[flake8]\nselect = F,C\n")
        },
    },
    Case {
        code: "CFG001",
        sick: |rig| {
            rig.file(
                "project/requirements-dev.txt",
                "black==26.10.1\nflake8==7.5.0\n",
            )
        },
        well: |rig| {
            pyproject(
                rig,
                "[dependency-groups]\ndev = [\"flake8\", \"Flake8-pyproject\"]\n[tool.black]\n[tool.flake8]\nmax-line-length = 90\nextend-ignore = [\"E203\", \"E7\"]\n",
            )
        },
    },
    Case {
        code: "CFG002",
        sick: |rig| {
            pyproject(
                rig,
                "[tool.pytest.ini_options]\ntestpaths = [\"tests\", \"gone\"]\n",
            )
            .dir("project/tests")
        },
        well: |rig| {
            pyproject(
                rig,
                "[tool.pytest.ini_options]\ntestpaths = [\"tests\", \"src/*/tests\"]\n",
            )
            .dir("project/tests")
            .file("project/tox.ini", "[tox]\nenvlist = py312\n")
        },
    },
    Case {
        code: "CFG002",
        sick: |rig| {
            pyproject(rig, "[tool.pytest.ini_options]\naddopts = \"-q\"\n")
                .file("project/pytest.ini", "[pytest]\ntestpaths = gone\n")
                .dir("project/tests")
        },
        well: |rig| rig.file("project/setup.cfg", "[tool:pytest]\naddopts = -q\n"),
    },
    Case {
        code: "CFG003",
        sick: |rig| rig.file("project/mkdocs.yml", "site_name: x\nnav: [\n"),
        well: |rig| {
            rig.file(
                "project/mkdocs.yml",
                "site_name: x\nmarkdown_extensions:\n  - x:\n      slugify: !!python/name:y.z\n",
            )
            .file(SETTINGS, "{ // why\n  \"a\": [1, 2,], }\n")
            .file("project/template.yaml", "{% if x %}\na: [\n{% endif %}\n")
        },
    },
    Case {
        code: "CFG003",
        sick: |rig| {
            let noise: Vec<u8> = (0..=255).cycle().take(300_000).collect();
            rig.file("project/.github/workflows/a.yml", noise)
        },
        // Large, and data.
        well: |rig| rig.file("project/data.yaml", "- a\n".repeat(70_000) + "[\n"),
    },
    Case {
        code: "CFG003",
        sick: |rig| rig.file("project/setup.cfg", "name = x\n[metadata]\n"),
        well: |rig| {
            rig.file(
                "project/setup.cfg",
                "[metadata]\nname = x\ndescription =\n    a\n    b\n",
            )
        },
    },
    Case {
        code: "CFG004",
        sick: |rig| {
            rig.environment("3.12.4").file(
                SETTINGS,
                "{\n  // why\n  \"python.defaultInterpreterPath\": \"${workspaceFolder}/venv/bin/python\"\n}\n",
            )
        },
        well: |rig| {
            rig.environment("3.12.4").file(
                SETTINGS,
                "{ \"python.defaultInterpreterPath\": \"${workspaceFolder}/.venv/bin/python\" }\n",
            )
        },
    },
    Case {
        code: "CFG004",
        sick: |rig| {
            rig.environment("3.12.4")
                .file("home/other/bin/python", "")
                .file(
                    SETTINGS,
                    "{ \"python.pythonPath\": \"~/other/bin/python\" }\n",
                )
        },
        // Not made yet.
        well: |rig| {
            rig.file(
                SETTINGS,
                "{ \"python.defaultInterpreterPath\": \"${workspaceFolder}/.venv\" }\n",
            )
        },
    },
    Case {
        code: "CFG005",
        sick: |rig| {
            rig.file("project/.env.example", "# A=\nB=x\nC=\n")
                .file("project/.env", "B=secret\n")
        },
        well: |rig| {
            rig.file("project/.env.example", "# A=\nB=x\nC=\n")
                .file("project/.env", "export B='secret\nmore'\nC=\n")
        },
    },
    // What the fix has added says itself what is still to do, where the example shows a value.
    Case {
        code: "CFG005",
        sick: |rig| {
            rig.file("project/.env.example", "A=\nB=x # such\n")
                .file("project/.env", "A=\nB=\"\" # mine\n")
        },
        well: |rig| {
            rig.file("project/.env.example", "A=\nB=\n")
                .file("project/.env", "A=\nB=\n")
        },
    },
    Case {
        code: "CFG006",
        sick: |rig| {
            pyproject(
                rig,
                "[tool.scaffold.doctor.ignore]\nCFG006 = { reason = \"x\" }\n",
            )
        },
        well: |rig| {
            pyproject(
                rig,
                "[tool.scaffold.doctor.ignore]\nCFG005 = { reason = \"x\" }\n",
            )
        },
    },
    Case {
        code: "CFG006",
        sick: |rig| {
            pyproject(
                rig,
                "[tool.scaffold.doctor.ignore]\nVENV099 = { reason = \"x\" }\nVENV001 = \"x\"\nVENV002 = { reason = \"\" }\nVENV003 = { reason = \"x\", until = \"soon\" }\n",
            )
        },
        well: |rig| {
            pyproject(
                rig,
                "[tool.scaffold.doctor.ignore]\nVENV001 = { reason = \"x\" }\nvenv002 = { reason = \"x\", until = 2027-01-31 }\n",
            )
        },
    },
];
