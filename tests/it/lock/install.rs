//! That both installers install exactly what is locked.
//!
//! Installing with pip takes its time: the newest Python here stands for all, unless `SCAFFOLD_TEST_ALL_PYTHONS` is set.

use std::collections::BTreeMap;
use std::path::Path;

use super::support::{OURS, Place, pythons};
use crate::runtime::tools::uv;
use crate::support::run;

/// What an installer made: names with versions.
fn installed(place: &Place, python: &Path) -> BTreeMap<String, String> {
    let code = "import importlib.metadata as m\nfor d in m.distributions(): print(d.name.lower().replace('_', '-').replace('.', '-'), d.version)";
    let text = run(place.command(python).args(["-I", "-c", code]))
        .code(0)
        .stdout;
    let pairs = text.lines().map(|it| it.split_once(' ').unwrap());
    pairs
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

#[test]
fn both_files_together_install_exactly_the_lock_with_uv_and_with_old_and_new_pip() {
    let place = Place::with_uv();
    place.write("pyproject.toml", OURS);
    place.lock(&[]).code(0);
    let here = |it: &String| {
        !it.contains(" ; ") || (cfg!(windows) && it.ends_with("sys_platform == 'win32'"))
    };
    let expected: BTreeMap<String, String> = [
        place.pins("requirements.txt"),
        place.pins("requirements-dev.txt"),
    ]
    .iter()
    .flatten()
    .filter(|it| here(it))
    .map(|it| it.split(' ').next().unwrap().split_once("==").unwrap())
    .map(|(name, version)| (name.to_owned(), version.to_owned()))
    .collect();
    assert!(
        place
            .pins("requirements-dev.txt")
            .contains(&place.pins("requirements.txt")[0])
    );
    let locks = [
        "--require-hashes",
        "-r",
        "requirements.txt",
        "-r",
        "requirements-dev.txt",
    ];
    let inside = |folder: &str| {
        let folder = place.sandbox.path(folder);
        folder.join(if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python"
        })
    };
    for (index, python) in pythons().iter().enumerate() {
        let by_uv = format!("uv-{index}");
        let mut make = place.command(uv());
        run(make
            .args(["venv", "-q", &by_uv, "--python"])
            .arg(&python.program))
        .code(0);
        let mut install = place.command(uv());
        run(install
            .args(["pip", "install", "-q", "--python"])
            .arg(inside(&by_uv))
            .args(locks))
        .code(0);
        assert_eq!(
            installed(&place, &inside(&by_uv)),
            expected,
            "uv, {python:?}"
        );
        if index > 0 && std::env::var_os("SCAFFOLD_TEST_ALL_PYTHONS").is_none() {
            continue;
        }
        // The pip that the Python brings, then the newest, which is the lock's own.
        for (folder, pip) in [("old", python.program.clone()), ("new", inside(&by_uv))] {
            let folder = format!("{folder}-{index}");
            let mut make = place.command(&python.program);
            run(make.args(["-m", "venv", "--without-pip", &folder])).code(0);
            let mut install = place.command(&pip);
            install.args(["-m", "pip", "--python"]).arg(inside(&folder));
            run(install.args(["install", "-q", "--no-compile"]).args(locks)).code(0);
            assert_eq!(
                installed(&place, &inside(&folder)),
                expected,
                "{}",
                pip.display()
            );
        }
    }
}
