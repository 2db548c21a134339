//! What is typed and offered where an environment is missing or broken.

use super::cases::{healthy, with_another};
use crate::doctor::Mending;
use crate::doctor::testing::Rig;

/// The symptom of a code, which is there once.
#[track_caller]
fn only(rig: &Rig, code: &str) -> crate::doctor::Symptom {
    let mut symptoms = rig.symptoms(code);
    assert_eq!(symptoms.len(), 1, "{code}: {symptoms:?}");
    symptoms.remove(0)
}

#[test]
fn the_first_environment_is_made_as_the_project_wants_it() {
    let made = |rig: Rig| {
        let symptom = only(&rig, "VENV001");
        let how = symptom.fix.map(|it| it.mending);
        (symptom.next, how)
    };
    let create = "python3.13 -m venv .venv";
    let install = ".venv/bin/python -m pip install";
    let rig = || with_another(Rig::new());
    let requirements = |text: &str| rig().file("project/requirements.txt", text);
    let manifest = |text: &str| rig().file("project/pyproject.toml", text);
    let listed = "[project]\nname = \"x\"\ndependencies = [\"flask>=3\"]\n[dependency-groups]\ndev = [\"black\"]\n";
    let hash = format!("flask==3 --hash=sha256:{}\n", "0a".repeat(32));
    let uv = |rig: Rig| rig.program("other/bin/uv", "\x7fELF");
    let old = |rig: Rig| {
        rig.file("project/pyproject.toml", "")
            .file("project/setup.py", "")
    };
    let poetry = || manifest("[tool.poetry]\n").variable("POETRY_VIRTUALENVS_IN_PROJECT", "true");
    for (rig, expected, how) in [
        (rig(), vec![create.to_owned()], Some(Mending::Safe)),
        (
            requirements("flask\n"),
            vec![create.to_owned(), format!("{install} -r requirements.txt")],
            Some(Mending::Safe),
        ),
        (
            requirements(&hash),
            vec![
                create.to_owned(),
                format!("{install} --require-hashes -r requirements.txt"),
            ],
            Some(Mending::Safe),
        ),
        (
            manifest(listed),
            vec![create.to_owned(), format!("{install} 'flask>=3' black")],
            Some(Mending::Ask),
        ),
        (
            manifest(listed).file("project/uv.lock", ""),
            vec![create.to_owned(), format!("{install} 'flask>=3' black")],
            Some(Mending::Ask),
        ),
        (
            uv(manifest(listed).file("project/uv.lock", "")),
            vec!["uv sync".to_owned()],
            Some(Mending::Safe),
        ),
        (
            old(rig()),
            vec![create.to_owned(), format!("{install} -e .")],
            Some(Mending::Ask),
        ),
        (
            poetry(),
            vec![
                "pipx install poetry".to_owned(),
                "poetry install".to_owned(),
            ],
            None,
        ),
        (
            poetry().program("other/bin/poetry", "\x7fELF"),
            vec!["poetry install".to_owned()],
            Some(Mending::Safe),
        ),
    ] {
        assert_eq!(made(rig), (expected, how));
    }
}

#[test]
fn the_python_that_is_named_is_one_that_the_project_takes() {
    // `python3` is too old, and the one that fits is nowhere on PATH.
    let rig = Rig::new()
        .python("old", "3.11.7")
        .python("home/.pyenv/versions/3.13.0", "3.13.0")
        .on_path(&["old/bin"]);
    let python = rig.path("home/.pyenv/versions/3.13.0/bin");
    let symptom = only(&rig, "VENV001");
    let (program, _) = symptom.next[0].split_once(" -m venv .venv").unwrap();
    assert!(
        std::path::Path::new(program).starts_with(python),
        "{symptom:?}"
    );

    let none = Rig::new().python("old", "3.11.7").on_path(&["old/bin"]);
    let symptom = only(&none, "VENV001");
    assert_eq!(symptom.fix, None);
    assert!(!symptom.next.iter().any(|it| it.starts_with("python3 ")));
}

#[test]
fn no_environment_is_offered_where_none_can_be_made() {
    // Debian's Python without `python3-venv`.
    let debian = || {
        with_another(Rig::new())
            .file("system/etc/os-release", "ID=debian\n")
            .without("other/lib/python3.13/ensurepip")
    };
    let symptom = only(&debian(), "VENV001");
    assert_eq!(symptom.fix, None);
    assert_eq!(
        symptom.next,
        [
            "sudo apt install python3.13-venv",
            "python3.13 -m venv .venv"
        ]
    );
    let with_pip = debian().file(
        "other/lib/python3/dist-packages/pip-24.0.dist-info/METADATA",
        "",
    );
    let symptom = only(&with_pip, "VENV001");
    assert!(symptom.fix.is_some());
    assert_eq!(symptom.next, ["python3.13 -m venv --without-pip .venv"]);
    let with_uv = debian().program("other/bin/uv", "\x7fELF");
    let symptom = only(&with_uv, "VENV001");
    assert!(symptom.fix.is_some());
    assert_eq!(symptom.next, ["uv venv --python 3.13 .venv"]);
}

#[test]
fn a_broken_environment_is_set_aside_and_made_again() {
    type Breaks = fn(Rig) -> Rig;
    let broken: [(&str, Breaks); 4] = [
        ("VENV002", |rig| rig.without("python/bin/python3.12")),
        ("VENV003", |rig| rig.without("python")),
        ("VENV004", |rig| {
            rig.file(
                "project/.venv/bin/activate",
                "VIRTUAL_ENV='/elsewhere/.venv'\n",
            )
        }),
        ("VENV012", |rig| rig.without("project/.venv/pyvenv.cfg")),
    ];
    for (code, break_it) in broken {
        let rig = break_it(healthy(Rig::new())).file("project/requirements.txt", "flask\n");
        assert_eq!(
            only(&rig, code).next,
            [
                "mv .venv .venv.scaffold-old",
                "python3.13 -m venv .venv",
                ".venv/bin/python -m pip install -r requirements.txt"
            ],
            "{code}"
        );
        let rig = rig.dir("project/.venv.scaffold-old");
        assert_eq!(only(&rig, code).next[0], "mv .venv .venv.scaffold-old-2");
    }
}

#[test]
fn a_part_that_cannot_be_read_is_not_called_missing() {
    let rig = healthy(Rig::new())
        .without("project/.venv/pyvenv.cfg")
        .link("project/.venv/pyvenv.cfg", "pyvenv.cfg");
    let symptom = only(&rig, "VENV014");
    assert!(
        symptom
            .message
            .starts_with("`.venv/pyvenv.cfg` cannot be read: ")
    );
    assert_eq!(rig.symptoms("VENV012"), []);
    let rig = healthy(Rig::new())
        .file("project/requirements.txt", "flask\n")
        .without("project/.venv/lib/python3.12/site-packages")
        .link(
            "project/.venv/lib/python3.12/site-packages",
            "site-packages",
        );
    assert!(only(&rig, "VENV014").message.contains("cannot be read"));
    assert_eq!(rig.symptoms("VENV012"), []);
    assert_eq!(rig.symptoms("DEP001"), []);
}

#[test]
fn nothing_in_an_environment_whose_python_is_gone_is_to_be_typed() {
    let rig = Rig::new().environment("3.12.4").without("python");
    assert_eq!(rig.symptoms("VENV008"), []);
}

#[test]
fn a_group_about_an_environment_that_lies_elsewhere_is_not_called_healthy() {
    let rig = Rig::new()
        .file("project/pyproject.toml", "[tool.poetry]\nname = \"x\"\n")
        .repository();
    for check in super::CHECKS {
        let verdict = rig.verdict(check.code);
        let is_skipped = matches!(verdict, crate::doctor::engine::Verdict::Skipped(_));
        assert!(is_skipped, "{}: {verdict:?}", check.code);
    }
    let words = "Poetry keeps environments in a folder of its own";
    let expected = crate::doctor::engine::Verdict::Skipped(words);
    for code in ["VENV002", "DEP001"] {
        assert_eq!(rig.verdict(code), expected, "{code}");
    }
}
