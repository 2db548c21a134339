//! What makes an answer worth keeping: the number that stands for the tool and all around it.

use super::super::testing::{Project, environment};
use super::super::{ALL, find};
use crate::gate::settings::Needs;

/// An environment of files alone, which no tool is run from.
fn project() -> Project {
    let project = Project::bare();
    project
        .write(".venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.1\n")
        .write(".venv/bin/python", "x");
    for (name, entry_points) in [
        ("flake8-7.5.0", "[console_scripts]\n"),
        ("pytest-9.2.0", ""),
    ] {
        distribution(&project, name, entry_points, None);
    }
    project
}

fn distribution(project: &Project, name: &str, entry_points: &str, editable: Option<&str>) {
    let folder = format!(".venv/lib/python3.12/site-packages/{name}.dist-info");
    project
        .write(&format!("{folder}/RECORD"), "a,b,c\n")
        .write(&format!("{folder}/entry_points.txt"), entry_points);
    if let Some(path) = editable {
        let text = format!("{{\"dir_info\": {{\"editable\": true}}, \"url\": \"file://{path}\"}}");
        project.write(&format!("{folder}/direct_url.json"), text);
    }
}

fn key(project: &Project, tool: &str) -> Option<[u8; 32]> {
    find(tool)
        .unwrap()
        .fingerprint(&project.environment("").unwrap(), &project.host)
}

#[test]
fn every_change_of_the_environment_changes_it() {
    let project = project();
    let before = key(&project, "flake8").unwrap();
    assert_eq!(key(&project, "flake8"), Some(before));
    assert_ne!(key(&project, "black"), Some(before));
    let mut seen = vec![before];
    let mut changed = |what: &str| {
        let now = key(&project, "flake8").unwrap();
        assert!(!seen.contains(&now), "{what}");
        seen.push(now);
    };
    distribution(&project, "flake8_x-1.0", "[flake8.extension]\n", None);
    changed("a distribution came");
    let packages = ".venv/lib/python3.12/site-packages";
    project.write(
        &format!("{packages}/flake8_x-1.0.dist-info/RECORD"),
        "a,b,cc\n",
    );
    changed("one was installed anew");
    project.write(&format!("{packages}/x.pth"), "import x\n");
    changed("what Python runs at its start");
    project.write(&format!("{packages}/sitecustomize.py"), "import x\n");
    changed("the same");
    project.write(".venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.2\n");
    changed("another Python");
    project.write(".venv/bin/python", "xx");
    changed("the interpreter itself");
}

#[test]
fn what_can_change_unseen_is_never_kept() {
    let all = |project: &Project| -> Vec<&str> {
        ALL.iter()
            .map(|it| it.name)
            .filter(|name| key(project, name).is_some())
            .collect()
    };
    let project = project();
    assert_eq!(all(&project).len(), ALL.len());
    let inside = project.root().join("src").display().to_string();
    distribution(&project, "own-1.0", "[console_scripts]\n", Some(&inside));
    assert_eq!(
        all(&project).len(),
        ALL.len(),
        "the project itself is part of the tree"
    );
    distribution(
        &project,
        "own-1.0",
        "[flake8.extension]\nX = own\n",
        Some(&inside),
    );
    assert!(!all(&project).contains(&"flake8") && all(&project).contains(&"pytest"));
    distribution(&project, "own-1.0", "[ pytest11 ]\n", Some(&inside));
    assert!(!all(&project).contains(&"pytest") && all(&project).contains(&"flake8"));
    distribution(&project, "own-1.0", "", Some("/somewhere/else"));
    let kept = all(&project);
    let single: Vec<&str> = ALL
        .iter()
        .filter(|it| it.needs == Needs::Files)
        .map(|it| it.name)
        .collect();
    assert_eq!(kept, single);
    project.write(".venv/pyvenv.cfg", "include-system-site-packages = true\n");
    assert!(all(&project).is_empty());
}

#[test]
fn variables_that_the_tool_may_read_change_it() {
    let project = project();
    let with = |tool: &str, name: &str| {
        let host = project.host.clone().with_variable(name, "x");
        find(tool)
            .unwrap()
            .fingerprint(&project.environment("").unwrap(), &host)
            != key(&project, tool)
    };
    assert!(with("pytest", "DATABASE_URL") && !with("flake8", "DATABASE_URL"));
    assert!(with("mypy", "MYPYPATH") && !with("flake8", "MYPYPATH"));
    assert!(!with("pytest", "SHLVL") && !with("pytest", "GIT_INDEX_FILE"));
}

#[test]
fn a_real_environment_has_a_key_for_every_tool() {
    let project = Project::new();
    assert!(environment().is_dir());
    let mut keys: Vec<_> = ALL
        .iter()
        .map(|it| key(&project, it.name).unwrap())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), ALL.len());
}

#[test]
fn flake8_needs_the_tree_where_a_plugin_may_look_at_it() {
    let project = project();
    let flake8 = find("flake8").unwrap();
    let needs = |configuration: &[&[u8]]| {
        flake8.needs(
            Some(project.environment("").unwrap().venv()),
            configuration.iter().copied(),
        )
    };
    assert_eq!(needs(&[b"[flake8]\nselect = E\n"]), Needs::Files);
    assert_eq!(needs(&[b"[flake8:local-plugins]\n"]), Needs::Tree);
    distribution(
        &project,
        "flake8_bugbear-1.0",
        "[flake8.extension]\nB = x\n",
        None,
    );
    assert_eq!(needs(&[]), Needs::Files);
    distribution(
        &project,
        "unheard_of-1.0",
        "[flake8.extension]\nB = x\n",
        None,
    );
    assert_eq!(needs(&[]), Needs::Tree);
}
