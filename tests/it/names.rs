//! The name gate through the program, and what real Pythons make of the names that it lets through.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use crate::runtime::tools::{Python, libraries};
use crate::support::{Finished, Sandbox, run};

/// The names that the corpus gives this verdict.
fn corpus(verdict: &str) -> Vec<String> {
    include_str!("names.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(it, _)| *it == verdict)
        .map(|(_, name)| serde_json::from_str(name.trim()).unwrap())
        .collect()
}

/// What `scaffold new` says of a name, without making anything. The platform makes no difference to the names here: the unit tests
/// judge them on each.
fn plan(sandbox: &Sandbox, name: &str) -> Finished {
    let format = [
        "--defaults",
        "--dry-run",
        "--format",
        "json",
        "--no-git",
        "--no-env",
    ];
    run(sandbox
        .scaffold()
        .args(["new", "somewhere", "--python", "3.13"])
        .args(format)
        .arg(format!("--name={name}")))
}

/// The same for many names, several at once.
fn plans(names: &[String]) -> BTreeMap<String, Finished> {
    let sandbox = Sandbox::new();
    let (queue, done) = (Mutex::new(names.to_vec()), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(name) = queue.lock().unwrap().pop() else {
                        break;
                    };
                    let finished = plan(&sandbox, &name);
                    done.lock().unwrap().insert(name, finished);
                }
            });
        }
    });
    done.into_inner().unwrap()
}

/// The package of a name that the program takes.
#[track_caller]
fn package(name: &str, finished: &Finished) -> String {
    assert_eq!(finished.code, Some(0), "{name:?}: {}", finished.stderr);
    let plan: Value = serde_json::from_str(&finished.stdout).unwrap();
    let files = plan["files"].as_array().unwrap();
    let logic = files
        .iter()
        .filter_map(|file| Path::new(file["path"].as_str()?).parent()?.to_str())
        .find(|folder| {
            files
                .iter()
                .any(|it| it["path"] == format!("{folder}/service.py"))
        });
    let folder = logic.unwrap();
    folder.strip_prefix("src/").unwrap_or(folder).to_owned()
}

/// The name that a refusal offers.
#[track_caller]
fn offered(name: &str, finished: &Finished) -> String {
    assert_eq!(finished.code, Some(2), "{name:?}: {}", finished.stdout);
    assert_eq!(finished.stdout, "", "{name:?}");
    let line = |start| {
        finished
            .stderr
            .lines()
            .find_map(|line: &str| line.trim_start().strip_prefix(start))
    };
    let refusal = line("error: ").unwrap();
    assert!(
        refusal.starts_with("a project cannot"),
        "{name:?}: {refusal}"
    );
    line("hint: a name that works: --name ").unwrap().to_owned()
}

/// One name of each kind that is refused is enough here: the gate itself is tried with all of them by its unit tests.
#[test]
fn a_refused_name_is_said_why_and_the_one_offered_works() {
    let verdicts: BTreeSet<&str> = include_str!("names.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(verdict, _)| verdict)
        .filter(|verdict| !matches!(*verdict, "#" | "Accepted"))
        .collect();
    assert!(verdicts.len() >= 19, "{verdicts:?}");
    let refused: Vec<String> = verdicts
        .iter()
        // No argument of a program holds a zero byte.
        .filter_map(|verdict| {
            corpus(verdict)
                .into_iter()
                .find(|name| !name.contains('\0'))
        })
        .collect();
    let plans = plans(&refused);
    assert_eq!(plans.len(), refused.len());
    let offered: Vec<String> = plans
        .iter()
        .map(|(name, finished)| offered(name, finished))
        .collect();
    for (name, finished) in self::plans(&offered) {
        package(&name, &finished);
    }
}

#[test]
fn the_name_comes_from_the_path_and_the_folder_stays_as_it_was_typed() {
    let sandbox = Sandbox::new();
    let new = |path: &str| {
        run(sandbox
            .scaffold()
            .args(["new", path, "--defaults", "--no-git", "--no-env"]))
    };
    new("Weather_Report").code(0);
    assert!(
        sandbox
            .path("Weather_Report/weather_report/__init__.py")
            .exists()
    );
    let refused = new("deep/json").code(2);
    refused.says("a name that works: my-json");
    assert!(!sandbox.path("deep").exists());
    let named = run(sandbox.scaffold().args([
        "new",
        "json",
        "--name",
        "my-json",
        "--defaults",
        "--no-git",
        "--no-env",
    ]));
    named.code(0);
    assert!(sandbox.path("json/my_json/__init__.py").exists());
}

/// Every accepted package lies in one folder, first on the path, as a project does; what the project needs lies behind it, for real.
/// Then each package has to be found, and nothing else may be hidden by one.
#[test]
fn every_accepted_name_imports_and_hides_nothing() {
    let python = Python::find(&[13, 12, 14, 11]);
    let sandbox = Sandbox::new();
    let plans_by_name = plans(&corpus("Accepted"));
    let packages: BTreeSet<String> = plans_by_name
        .iter()
        .map(|(name, finished)| package(name, finished))
        .collect();
    assert!(packages.len() > 60, "{packages:?}");
    for package in &packages {
        let folder = sandbox.path("project").join(package);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("__init__.py"), "").unwrap();
    }
    let libraries = project_libraries(&sandbox, &python);
    std::fs::write(sandbox.path("check.py"), CHECK).unwrap();
    let checked = run(sandbox
        .command(&python.program)
        .args(["-I", "check.py"])
        .arg(sandbox.path("project"))
        .arg(&libraries))
    .code(0);
    let counts: Value = serde_json::from_str(&checked.stdout).unwrap();
    assert_eq!(counts["packages"], packages.len());
    assert!(counts["rivals"].as_u64() > Some(200), "{counts}");

    // Nothing that the project's own environment lets one import is let through as a name.
    let rivals: Vec<String> = counts["installed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect();
    assert!(
        rivals.contains(&"yaml".to_owned()) && rivals.len() > 25,
        "{rivals:?}"
    );
    for (name, finished) in plans(&rivals) {
        offered(&name, &finished);
    }
}

/// Everything that a project with every layer installs: the runtime's lock and the tools'.
fn project_libraries(sandbox: &Sandbox, python: &Python) -> std::path::PathBuf {
    run(sandbox.scaffold().args([
        "new",
        "locked",
        "--example",
        "api",
        "--docs",
        "mkdocs",
        "--defaults",
        "--no-git",
        "--no-env",
    ]))
    .code(0);
    let read = |name: &str| std::fs::read_to_string(sandbox.path("locked").join(name)).unwrap();
    let both = read("requirements.txt") + &read("requirements-dev.txt");
    let lock = sandbox.path("all.txt");
    std::fs::write(&lock, both).unwrap();
    libraries(python, Path::new(&lock))
}

const CHECK: &str = r#"
import importlib, importlib.util, json, os, sys

project, libraries = sys.argv[1:]
sys.path[:0] = [project]
sys.path.append(libraries)

installed = {entry.split(".")[0] for entry in os.listdir(libraries) if not entry.endswith((".dist-info", ".pth"))}
installed = {name for name in installed if name[:1].isalpha() and "__" not in name and name != "bin"}
rivals = {name for name in sys.stdlib_module_names if name[0] != "_"} | installed
for name in rivals:
    spec = importlib.util.find_spec(name)
    # Modules of other systems are in the list and not here.
    assert spec is None or not (spec.origin or "").startswith(project), f"{name} is hidden"
packages = os.listdir(project)
for name in packages:
    module = importlib.import_module(name)
    expected = os.path.join(project, name, "__init__.py")
    assert module.__file__ == expected, f"{name} comes from {module.__file__}"
print(json.dumps({"packages": len(packages), "rivals": len(rivals), "installed": sorted(installed)}))
"#;
