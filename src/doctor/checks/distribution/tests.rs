//! What is typed and offered to get into an environment what is asked for.

use super::cases::{editable, gates, lock, with_pip};
use crate::doctor::testing::Rig;

/// In a project of ours, nothing in the environment but pip, and these tools locked.
fn ours(rig: Rig, dependencies: &str) -> Rig {
    let text = format!(
        "[project]\nname = \"x\"\ndependencies = [{dependencies}]\n[tool.scaffold.answers]\nplatform = \"aws-lambda\"\npython = \"3.12\"\n"
    );
    let rig = with_pip(rig).file("project/pyproject.toml", text);
    lock(rig, "requirements-dev.txt", &["black==25"]).distribution("black", "25", "")
}

#[test]
fn a_first_lock_is_installed_too() {
    let rig = ours(Rig::new(), "\"requests\"");
    let symptoms = rig.symptoms("DEP001");
    assert_eq!(
        symptoms[0].next,
        [
            "scaffold lock",
            ".venv/bin/python -m pip install -r src/requirements.txt -r requirements-dev.txt"
        ]
    );
}

#[test]
fn what_nothing_asks_for_can_go() {
    let rig = ours(Rig::new(), "").distribution(
        "foo",
        "1",
        "Requires-Dist: gone\nRequires-Dist: black<9\n",
    );
    for code in ["DEP004", "DEP005"] {
        let symptoms = rig.symptoms(code);
        assert_eq!(
            symptoms[0].next,
            [".venv/bin/python -m pip uninstall -y foo"],
            "{code}"
        );
    }
    let rig = editable(ours(Rig::new(), ""), "nowhere");
    let symptoms = rig.symptoms("DEP013");
    assert_eq!(
        symptoms[0].next,
        [".venv/bin/python -m pip uninstall -y lib"]
    );
}

#[test]
fn nothing_is_installed_with_a_python_that_is_gone() {
    let rig = ours(gates(Rig::new()), "\"requests\"").without("python");
    for code in ["DEP001", "DEP019"] {
        let verdict = rig.verdict(code);
        assert!(
            matches!(&verdict, crate::doctor::engine::Verdict::Skipped(why) if why.contains("Python is gone")),
            "{code}: {verdict:?}"
        );
    }
}

#[test]
fn nor_into_an_environment_that_was_moved() {
    let rig = ours(gates(Rig::new()), "\"requests\"")
        .file("project/.venv/bin/activate", "VIRTUAL_ENV=/old/.venv\n");
    let verdict = rig.verdict("DEP001");
    assert!(
        matches!(&verdict, crate::doctor::engine::Verdict::Skipped(why) if why.contains("moved")),
        "{verdict:?}"
    );
}

#[test]
fn without_pip_in_the_environment_the_one_of_its_python_installs() {
    let rig = Rig::new()
        .environment("3.12.4")
        .file("project/requirements.txt", "flask\n");
    let wheel = rig.path("python/lib/python3.12/ensurepip/_bundled/pip-24.2-py3-none-any.whl");
    let symptoms = rig.symptoms("DEP001");
    let typed = format!(
        ".venv/bin/python -I {}/pip install -r requirements.txt",
        wheel.display()
    );
    assert_eq!(symptoms[0].next, [typed]);
    assert!(symptoms[0].fix.is_some());
    let debian = rig.without("python/lib/python3.12/ensurepip").file(
        "python/lib/python3/dist-packages/pip-24.0.dist-info/METADATA",
        "",
    );
    let base = debian.path("python/bin/python3.12");
    let symptoms = debian.symptoms("DEP001");
    let typed = format!(
        "{} -m pip --python .venv install -r requirements.txt",
        base.display()
    );
    assert_eq!(symptoms[0].next, [typed]);
}

#[test]
fn what_the_tables_of_other_tools_ask_for_is_missed() {
    let poetry = "[tool.poetry.dependencies]\npython = \"^3.11\"\nflask = \"^3\"\nold = { version = \"1\", python = \"<3.9\" }\n\
        [tool.poetry.group.dev.dependencies]\nblack = \"*\"\npytest = \"*\"\n";
    let rig = || with_pip(Rig::new()).file("project/pyproject.toml", poetry);
    let symptoms = rig().symptoms("DEP001");
    assert_eq!(symptoms[0].message, "`flask` is not installed");
    assert_eq!(symptoms[0].next, ["pipx install poetry", "poetry install"]);
    assert_eq!(symptoms[0].evidence[0].line, Some(3));
    let with_code = || rig().distribution("flask", "3.1", "Requires-Dist: pytest\n");
    assert_eq!(
        with_code().symptoms("DEP001"),
        [],
        "installed without its tools"
    );
    let code_brings = with_code().distribution("pytest", "8", "");
    assert_eq!(code_brings.symptoms("DEP001"), []);
    let with_tool = with_code()
        .distribution("black", "26", "")
        .symptoms("DEP001");
    assert_eq!(with_tool[0].message, "`pytest` is not installed");
    let other = rig().distribution("flask", "2.3", "").symptoms("DEP002");
    assert_eq!(other[0].next, ["pipx install poetry", "poetry install"]);
    // The environment that is here is not Poetry's.
    let elsewhere = rig().file("project/poetry.toml", "[virtualenvs]\nin-project = false\n");
    assert_eq!(elsewhere.symptoms("DEP001"), []);

    let pipenv = with_pip(Rig::new())
        .file("project/Pipfile", "[packages]\nflask = \"*\"\n")
        .program("tools/pipenv", "\x7fELF")
        .on_path(&["tools"]);
    assert_eq!(pipenv.symptoms("DEP001")[0].next, ["pipenv install --dev"]);
    let listed = "[project]\nname = \"x\"\ndependencies = [\"flask\"]\n";
    let rig = |file: &str| {
        with_pip(Rig::new())
            .file("project/pyproject.toml", listed)
            .file(&format!("project/{file}"), "")
    };
    let pdm = rig("pdm.lock").symptoms("DEP001");
    assert_eq!(pdm[0].next, ["pipx install pdm", "pdm install"]);
    let uv = rig("uv.lock")
        .program("tools/uv", "\x7fELF")
        .on_path(&["tools"]);
    assert_eq!(uv.symptoms("DEP001")[0].next, ["uv sync"]);
    // No uv: whatever suits today, once somebody agrees.
    let without = rig("uv.lock").symptoms("DEP001");
    assert_eq!(without[0].next, [".venv/bin/python -m pip install flask"]);
    let fix = without[0].fix.as_ref().unwrap();
    assert_eq!(fix.mending, crate::doctor::Mending::Ask);
}
