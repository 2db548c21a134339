//! Fixes keep within the project, are all or nothing, and never lose an environment.

use crate::doctor::fix::{Action, Edit, Fix, Step};
use crate::doctor::testing::Rig;
use crate::error::Error;

fn steps(rig: &Rig, actions: impl IntoIterator<Item = Action>) -> Result<Vec<Step>, String> {
    Fix::safe("x", actions).steps(&rig.bounds())
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_project_is_touched() {
    let rig = Rig::new()
        .file("home/notes", "mine")
        .dir("home/~files")
        .file("home/.venv/pyvenv.cfg", "home = /usr/bin\n")
        .file("home/.venv/lib/python3.12/site-packages/~x/a", "")
        .link("project/notes", "../home/notes")
        .link("project/away", "../home")
        .link("project/nowhere", "../home/new")
        .link("project/.venv.scaffold-old", "../home/.venv")
        .file("project/lib/site-packages/~x/a", "")
        .file("project/.venv.scaffold-old-2/notes", "mine")
        .file("project/index.lock", "mine");
    let append = || Edit::Append(vec!["x".to_owned()]);
    let path = |it: &str| rig.path(it);
    for action in [
        Action::edit(path("home/notes"), append()),
        Action::edit(path("project/notes"), append()),
        Action::edit(path("project/away/new"), append()),
        Action::edit(path("project/nowhere"), append()),
        Action::edit(path("project/../home/new"), append()),
        Action::Rename {
            from: path("project/away/notes"),
            to: path("project/notes2"),
        },
        Action::Rename {
            from: path("project/pyproject.toml"),
            to: path("home/pyproject.toml"),
        },
        Action::Rename {
            from: path("project/pyproject.toml"),
            to: path("project/notes"),
        },
        Action::RemoveLeftover(path("home/~files")),
        Action::RemoveLeftover(path("home/.venv/lib/python3.12/site-packages/~x")),
        Action::RemoveLeftover(path("project/lib/site-packages/~x")),
        Action::RemoveLeftover(path("project/pyproject.toml")),
        Action::RemoveAside(path("project/.venv.scaffold-old")),
        Action::RemoveAside(path("project/.venv.scaffold-old-2")),
        Action::RemoveAside(path("home/.venv")),
        Action::RemoveLock(path("project/index.lock")),
        Action::MakeExecutable(path("home/notes")),
    ] {
        let refused = steps(&rig, [action.clone()]);
        assert!(refused.is_err(), "{action:?} comes to {refused:?}");
    }
}

#[test]
fn edits_of_one_file_are_one_step() {
    let rig = Rig::new().file("project/.gitignore", "a\n");
    let file = rig.path("project/.gitignore");
    let append = |it: &str| Action::edit(&file, Edit::Append(vec![it.to_owned()]));
    let steps = steps(&rig, [append("b"), append("c"), append("a")]).unwrap();
    assert_eq!(steps.len(), 1);
    rig.perform(&steps);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a\nb\nc\n");
}

#[test]
fn a_fix_is_done_whole_or_not_at_all() {
    let rig = Rig::new().file("project/a", "a\n");
    let edit = |name: &str| {
        let edit = Edit::Append(vec!["x".to_owned()]);
        Action::edit(rig.path("project").join(name), edit)
    };
    let fails = Action::run(["no-such-program"]);
    let steps = steps(&rig, [edit("a"), edit("new"), fails]).unwrap();
    let error = rig.try_perform(&steps, &|| Ok(())).unwrap_err();
    assert!(error.message().contains("no-such-program"), "{error}");
    assert_eq!(std::fs::read(rig.path("project/a")).unwrap(), b"a\n");
    assert!(!rig.path("project/new").exists());
}

#[test]
fn a_file_that_was_saved_meanwhile_is_left_alone() {
    let rig = Rig::new().file("project/a", "a\n");
    let file = rig.path("project/a");
    let steps = steps(
        &rig,
        [Action::edit(&file, Edit::Append(vec!["x".to_owned()]))],
    )
    .unwrap();
    let rig = rig.file("project/a", "saved\n");
    let error = rig.try_perform(&steps, &|| Ok(())).unwrap_err();
    assert!(error.message().contains("changed meanwhile"), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), b"saved\n");
}

#[cfg(unix)]
#[test]
fn an_environment_comes_back_where_the_new_one_fails() {
    let rig = Rig::new().environment("3.12.4");
    let venv = rig.path("project/.venv");
    let steps = steps(&rig, [Action::Environment]).unwrap();
    let half = || {
        std::fs::create_dir(&venv).unwrap();
        std::fs::write(venv.join("half"), "").unwrap();
        Err(Error::new("no network"))
    };
    let error = rig.try_perform(&steps, &half).unwrap_err();
    assert!(error.hints().join("").contains("back at its place"));
    assert!(venv.join("pyvenv.cfg").is_file() && !venv.join("half").exists());
    assert!(!rig.path("project/.venv.scaffold-old").exists());

    let whole = || {
        std::fs::create_dir(&venv).unwrap();
        Ok(())
    };
    rig.try_perform(&steps, &whole).unwrap();
    assert!(!venv.join("pyvenv.cfg").exists());
    let aside = rig.path("project/.venv.scaffold-old");
    assert!(aside.join("pyvenv.cfg").is_file());
    let ignore = std::fs::read(aside.join(".gitignore")).unwrap();
    assert_eq!(ignore, b"*\n");
    let removal = [Action::RemoveAside(aside.clone())];
    let removal = Fix::ask("x", removal).steps(&rig.bounds()).unwrap();
    rig.perform(&removal);
    assert!(!aside.exists());
}

#[test]
fn half_of_a_first_environment_does_not_stay() {
    let rig = Rig::new();
    let venv = rig.path("project/.venv");
    let steps = steps(&rig, [Action::Environment]).unwrap();
    let half = || {
        std::fs::create_dir(&venv).unwrap();
        std::fs::write(venv.join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
        Err(Error::new("no network"))
    };
    rig.try_perform(&steps, &half).unwrap_err();
    assert!(!venv.exists());
}

#[cfg(unix)]
#[test]
fn what_an_installer_left_is_removed_and_no_more() {
    let rig = Rig::new().environment("3.12.4");
    let packages = rig.packages();
    let rig = rig.file(&format!("{packages}/~lask/a"), "");
    let path = rig.path(&format!("{packages}/~lask"));
    let steps = steps(&rig, [Action::RemoveLeftover(path.clone())]).unwrap();
    rig.perform(&steps);
    assert!(!path.exists());
    let home = rig.path("home");
    let rig = rig.link(&format!("{packages}/~away"), home);
    let path = rig.path(&format!("{packages}/~away"));
    assert!(
        Fix::safe("x", [Action::RemoveLeftover(path)])
            .steps(&rig.bounds())
            .is_err()
    );
}
