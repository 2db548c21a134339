//! The tools that look across files.

use std::path::{Path, PathBuf};

use super::super::testing::{Project, environment, shown};
use crate::gate::settings::Needs;
use crate::process::Command;

#[test]
fn mypy_looks_at_the_whole_project() {
    let project = Project::new();
    project
        .write("src/pkg/__init__.py", "")
        .write("src/pkg/a.py", "def f(x: int) -> str:\n    return str(x)\n")
        .write(
            "src/pkg/b.py",
            "from pkg.a import f\n\nf('a')\n\nimport nothing_here\n",
        )
        .write(
            "pyproject.toml",
            "[tool.mypy]\nmypy_path = 'src'\nexplicit_package_bases = true\n",
        );
    let verdict = project.run("mypy", &[b"src/pkg/a.py"]).unwrap();
    assert_eq!(
        shown(&verdict),
        [
            "src/pkg/b.py:3:3 mypy/arg-type",
            "src/pkg/b.py:5:1 mypy/import-not-found"
        ]
    );
    assert!(
        verdict.findings[1].help[0].starts_with("See https://"),
        "{:?}",
        verdict.findings
    );
    assert!(!project.root().join(".mypy_cache").exists());
    project.write("src/pkg/b.py", "def f(:\n");
    let verdict = project.run("mypy", &[]).unwrap();
    assert_eq!(shown(&verdict)[0], "src/pkg/b.py:1:8 mypy/syntax");
    project
        .write("src/pkg/b.py", "x = 1\n")
        .write("other.py", "x: int = ''\n");
    assert!(!project.run("mypy", &[]).unwrap().passed);
    project.write(
        "mypy.ini",
        "[mypy]\nfiles = src\nmypy_path = src\nexplicit_package_bases = true\n",
    );
    assert!(project.run("mypy", &[]).unwrap().passed);
}

#[test]
fn pytest_says_which_test_failed_where() {
    let project = Project::new();
    project.write(
        "tests/test_a.py",
        "import pytest\n\n\n@pytest.mark.parametrize('x', ['a - b', 'c'])\ndef test_p(x):\n    assert x == 'c'\n\n\n\
         class TestC:\n    def test_m(self):\n        raise ValueError('no')\n\n\ndef test_good():\n    pass\n",
    );
    let verdict = project.run("pytest", &[]).unwrap();
    assert_eq!(
        shown(&verdict),
        ["tests/test_a.py:11 pytest", "tests/test_a.py:6 pytest"]
    );
    let messages: Vec<&str> = verdict
        .findings
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert!(
        messages[0].starts_with("test_p[a - b] failed: "),
        "{messages:?}"
    );
    assert_eq!(messages[1], "TestC::test_m failed: ValueError: no");
    assert!(
        verdict.output.contains("2 failed, 2 passed"),
        "{}",
        verdict.output
    );
    assert_eq!(verdict.command, ".venv/bin/pytest");
    project.write("tests/test_b.py", "import nothing_here\n");
    let verdict = project.run("pytest", &[]).unwrap();
    assert_eq!(shown(&verdict), ["tests/test_b.py:1 pytest"]);
    let none = Project::new();
    assert_eq!(
        shown(&none.run("pytest", &[]).unwrap()),
        ["pytest/no-tests"]
    );
    none.write("test_good.py", "def test_good():\n    pass\n");
    let verdict = none.run("pytest", &[]).unwrap();
    assert!(verdict.passed && verdict.findings.is_empty());
    let left: Vec<PathBuf> = crate::fs::list(&none.root()).unwrap();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn unittest_says_which_test_failed_where() {
    let project = Project::new();
    project.write("tests/__init__.py", "").write(
        "tests/test_a.py",
        "import json\nimport unittest\n\n\nclass Case(unittest.TestCase):\n    def test_f(self):\n        self.assertEqual(1, 2)\n\n\
         \n    def test_e(self):\n        json.loads('{')\n\n    def test_good(self):\n        pass\n",
    );
    let verdict = project.run("unittest", &[]).unwrap();
    assert_eq!(
        shown(&verdict),
        ["tests/test_a.py:11 unittest", "tests/test_a.py:7 unittest"]
    );
    assert!(
        verdict.findings[1]
            .message
            .ends_with("failed: AssertionError: 1 != 2"),
        "{:?}",
        verdict.findings
    );
    assert_eq!(verdict.command, ".venv/bin/python -m unittest");
    project.write("tests/test_a.py", "import nothing_here\n");
    let verdict = project.run("unittest", &[]).unwrap();
    assert_eq!(shown(&verdict), ["tests/test_a.py:1 unittest"]);
    project.write("tests/test_a.py", "import unittest\n\n\nclass Case(unittest.TestCase):\n    def test_good(self):\n        pass\n");
    assert!(project.run("unittest", &[]).unwrap().passed);
}

#[test]
fn the_documentation_is_built_by_what_it_is_written_for() {
    let project = Project::new();
    let verdict = project.run("docs", &[]).unwrap();
    assert!(!verdict.passed);
    let message = &verdict.findings[0].message;
    assert!(message.contains("no documentation to build"), "{message}");
    project
        .write("mkdocs.yml", "site_name: x\n")
        .write("docs/index.md", "# x\n\n[a](missing.md)\n");
    let verdict = project.run("docs", &[]).unwrap();
    assert_eq!(
        shown(&verdict),
        ["docs/index.md docs"],
        "{}",
        verdict.output
    );
    assert_eq!(verdict.command, ".venv/bin/mkdocs build --strict");
    project.write("docs/index.md", "# x\n");
    assert!(project.run("docs", &[]).unwrap().passed);
    assert!(!project.root().join("site").exists());
    let project = Project::new();
    project
        .write(
            "docs/conf.py",
            "project = 'x'\nextensions = ['sphinx.ext.autodoc']\n",
        )
        .write("docs/index.rst", "x\n=\n\n:ref:`nowhere`\n");
    let verdict = project.run("docs", &[]).unwrap();
    assert_eq!(
        shown(&verdict),
        ["docs/index.rst:4 docs"],
        "{}",
        verdict.output
    );
    project.write("docs/index.rst", "x\n=\n");
    assert!(project.run("docs", &[]).unwrap().passed);
}

/// An environment of its own that has the shared one's packages, and `pytest`.
fn own_environment(project: &Project) -> PathBuf {
    let venv = project.root().join(".venv");
    let shared = environment();
    let mut python = Command::new(&project.host, shared.join("bin/python"));
    python = python.args(["-m", "venv", "--without-pip"]).arg(&venv);
    assert!(python.run().unwrap().success());
    let packages = |root: &Path| {
        let found =
            super::super::environment::packages(&crate::python::Venv::at(&project.host, root));
        found[0].clone()
    };
    std::fs::write(
        packages(&venv).join("shared.pth"),
        format!("{}\n", packages(shared).display()),
    )
    .unwrap();
    for (name, call) in [
        ("pytest", "pytest:console_main"),
        ("mypy", "mypy.__main__:console_entry"),
        ("pylint", "pylint:run_pylint"),
    ] {
        let (module, function) = call.split_once(':').unwrap();
        let program = venv.join("bin").join(name);
        std::fs::write(
            &program,
            format!("#!{}/bin/python\nimport sys\nfrom {module} import {function}\nsys.exit({function}())\n", venv.display()),
        )
        .unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&program, mode).unwrap();
    }
    venv
}

fn install_editable(project: &Project, venv: &Path) {
    let uv = Command::new(&project.host, crate::tools::uv())
        .args(["pip", "install", "--quiet", "--no-config", "--no-cache"])
        .args(["--no-deps", "--no-build-isolation", "--python"])
        .arg(venv.join("bin/python"))
        .arg("--editable")
        .arg(project.root());
    let output = uv.run().unwrap();
    assert!(output.success(), "{}", output.last_words(20));
}

/// Each way in which setuptools installs a project for editing: `pyproject.toml`, and the folder that packages lie in.
const EDITABLE: [(&str, &str, &str); 4] = [
    ("", "src", "a file of folders"),
    (
        "[tool.setuptools.package-dir]\n'' = 'lib/python'\n[tool.setuptools.packages.find]\nwhere = ['lib/python']\n",
        "lib/python",
        "another folder",
    ),
    (
        "[tool.setuptools]\npackages = ['pkg']\n",
        "",
        "a module that finds packages",
    ),
    (
        "[tool.setuptools]\npackages = ['pkg']\npackage-dir = {pkg = 'code/pkg'}\n",
        "code",
        "one that finds them elsewhere",
    ),
];

#[test]
fn imports_lead_to_the_copy_and_not_to_an_editable_install() {
    for (settings, folder, how) in EDITABLE {
        let project = Project::bare();
        let inside = |file: &str| Path::new(folder).join(file).display().to_string();
        let (module, typed) = (inside("pkg/__init__.py"), inside("pkg/py.typed"));
        project
            .write("pyproject.toml", format!("[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n[project]\nname = 'pkg'\nversion = '1'\n{settings}"))
            .write(&module, "VALUE: str = 'work tree'\n")
            .write(&typed, "")
            .write("tests/test_a.py", "import pkg\n\n\ndef test_value() -> None:\n    assert pkg.VALUE == 'staged'\n");
        let venv = own_environment(&project);
        install_editable(&project, &venv);
        let failed = project.run("pytest", &[]).unwrap();
        assert_eq!(shown(&failed), ["tests/test_a.py:5 pytest"], "{how}");
        // The copy has what is staged.
        let copy = project.beside("copy");
        for file in ["pyproject.toml", "tests/test_a.py", &module, &typed] {
            let to = copy.join(file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(project.root().join(file), to).unwrap();
        }
        std::fs::write(copy.join(&module), "VALUE: str = 'staged'\n").unwrap();
        let passed = project
            .gate("pytest")
            .on(&copy, Needs::Tree)
            .run(&[])
            .unwrap();
        assert!(passed.passed, "{how}: {}", passed.output);
        // And what only the work tree has is not there.
        std::fs::write(copy.join(&module), "").unwrap();
        let gone = project
            .gate("pytest")
            .on(&copy, Needs::Tree)
            .run(&[])
            .unwrap();
        assert!(!gone.passed, "{how}");
        let pylint = project
            .gate("pylint")
            .on(&copy, Needs::Tree)
            .args(&["--disable=all", "--enable=E"]);
        let lines = shown(&pylint.run(&[b"tests/test_a.py"]).unwrap());
        assert_eq!(lines, ["tests/test_a.py:5:12 pylint/no-member"], "{how}");
        if folder != "src" {
            continue;
        }
        let mypy = project.gate("mypy").on(&copy, Needs::Tree).args(&["tests"]);
        let lines = shown(&mypy.run(&[]).unwrap());
        assert_eq!(lines, ["tests/test_a.py:5:12 mypy/attr-defined"], "{how}");
    }
}
