//! A project that `new` made, with all at once broken that can be mended in its environment: `doctor --fix --yes` makes it healthy again, and what
//! the user wrote stays. What is wrong with files alone is broken in `at_once`.

use std::path::{Path, PathBuf};

use super::fix::Made;
use super::states;

impl Made {
    fn packages(&self) -> PathBuf {
        let library = std::fs::read_dir(self.path(".venv/lib")).unwrap();
        let name = library.flatten().next().unwrap().path();
        name.join("site-packages")
    }

    /// The folder of a distribution's metadata.
    fn dist_info(&self, name: &str) -> PathBuf {
        let entries = std::fs::read_dir(self.packages()).unwrap().flatten();
        let is_it = |it: &PathBuf| {
            let name_of = it.file_name().unwrap().to_string_lossy().into_owned();
            name_of.starts_with(&format!("{name}-")) && name_of.ends_with(".dist-info")
        };
        entries.map(|it| it.path()).find(is_it).unwrap()
    }

    /// Holds it to finding these codes, and to a healthy project after one run.
    #[track_caller]
    fn is_mended(&self, codes: &[&str]) {
        let found = states(&self.doctor(&["--format", "json"]));
        for code in codes {
            let state = found.get(*code).map(String::as_str);
            let is_found = !matches!(state, None | Some("healthy" | "skipped"));
            assert!(is_found, "{code} is {state:?}");
        }
        let said = self.doctor(&["--fix", "--yes"]);
        let left = self.doctor(&["--strict", "VENV", "DEP", "CFG", "GIT", "REQ"]);
        assert_eq!(left.code, Some(0), "{said:?}\n{left:?}");
        let status = self.sandbox.git("hello", &["status", "--porcelain"]);
        assert!(!status.contains(".venv"), "{status}");
    }
}

/// Replaces in a file what must be there; the file is another one then, as installed ones are linked to those of the installer's cache.
#[track_caller]
fn replace(file: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.contains(old),
        "{} has no {old:?}:\n{text}",
        file.display()
    );
    std::fs::remove_file(file).unwrap();
    std::fs::write(file, text.replacen(old, new, 1)).unwrap();
}

/// The metadata of a distribution without files, as pip writes it.
fn distribution(packages: &Path, name: &str, version: &str) {
    let folder = format!("{name}-{version}.dist-info");
    let record = ["METADATA", "INSTALLER", "WHEEL", "RECORD"];
    let record = record.map(|it| format!("{folder}/{it},,\n")).concat();
    std::fs::create_dir(packages.join(&folder)).unwrap();
    for (file, text) in [
        (
            "METADATA",
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
        ),
        ("INSTALLER", "pip\n".to_owned()),
        (
            "WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned(),
        ),
        ("RECORD", record),
    ] {
        std::fs::write(packages.join(&folder).join(file), text).unwrap();
    }
}

#[test]
fn an_environment_is_mended_whatever_breaks_in_it() {
    let made = Made::new(&["--python", "3.13"]);
    let packages = made.packages();

    // Somebody had pip write over it, and was interrupted.
    std::fs::create_dir(packages.join("~lack")).unwrap();
    std::fs::remove_dir_all(made.dist_info("black")).unwrap();
    distribution(&packages, "click", "0.1");
    distribution(&packages, "stray", "1.0");
    std::fs::remove_file(made.dist_info("pathspec").join("METADATA")).unwrap();
    std::fs::remove_dir_all(made.dist_info("iniconfig")).unwrap();
    distribution(&packages, "iniconfig", "0.1");
    std::fs::remove_file(made.path(".venv/bin/flake8")).unwrap();
    // What another one needs is gone, and one was built for another system.
    std::fs::remove_dir_all(packages.join("platformdirs")).unwrap();
    std::fs::remove_dir_all(made.dist_info("platformdirs")).unwrap();
    let wheel = made.dist_info("mccabe").join("WHEEL");
    replace(&wheel, "Tag: py2-none-any\n", "");
    replace(&wheel, "Tag: py3-none-any", "Tag: cp38-cp38-win_amd64");
    let settings = made.path(".vscode/settings.json");
    replace(
        &settings,
        "\"python.defaultInterpreterPath\": \"${workspaceFolder}/.venv\"",
        "// mine\n  \"python.defaultInterpreterPath\": \"${workspaceFolder}/venv/bin/python\"",
    );
    let force = ["add", "--force", ".venv/pyvenv.cfg"];
    made.sandbox.git("hello", &force);
    made.is_mended(&[
        "VENV011", "DEP001", "DEP002", "DEP003", "DEP004", "DEP007", "DEP008", "DEP009", "DEP012",
        "DEP019", "CFG004",
    ]);
    let text = std::fs::read_to_string(&settings).unwrap();
    assert!(text.contains("// mine"), "{text}");

    // Its Python was upgraded, the folder was moved, and another one wrote there.
    super::fix::break_environment(&made);
    let python = made.path(".venv/bin/python");
    std::fs::remove_file(&python).unwrap();
    std::os::unix::fs::symlink("/nowhere/bin/python3", &python).unwrap();
    let settings = made.path(".venv/pyvenv.cfg");
    let other = "include-system-site-packages = ";
    replace(&settings, &format!("{other}false"), &format!("{other}true"));
    std::fs::create_dir_all(made.path(".venv/lib/python3.9/site-packages")).unwrap();
    let activate = made.path(".venv/bin/activate");
    let text = std::fs::read_to_string(&activate).unwrap();
    let here = made.path(".venv").display().to_string();
    std::fs::write(&activate, text.replace(&here, "/old/.venv")).unwrap();
    made.is_mended(&["VENV002", "VENV003", "VENV004", "VENV006", "VENV007"]);
    assert!(!made.path(".venv.scaffold-old").exists());

    // Another Python was put into its place.
    let settings = made.path(".venv/pyvenv.cfg");
    replace(&settings, "\nversion_info = 3.13", "\nversion_info = 3.11");
    made.is_mended(&["VENV005", "PY003"]);
    // It was made on Windows.
    std::fs::rename(made.path(".venv/bin"), made.path(".venv/Scripts")).unwrap();
    made.is_mended(&["VENV012", "VENV015"]);
    std::fs::remove_dir_all(made.path(".venv")).unwrap();
    made.is_mended(&["VENV001"]);
}
