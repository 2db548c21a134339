//! Where a project can be made, and what is said where it cannot.

use super::new;
use crate::support::{Sandbox, names, run};

#[test]
fn places_that_can_take_a_project_and_places_that_cannot() {
    let sandbox = Sandbox::new();
    // The folders above it are made with it.
    new(&sandbox, &["a/b/hello"]).code(0);
    assert!(sandbox.path("a/b/hello/pyproject.toml").is_file());
    // An existing empty folder, by name, and as the working directory.
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    new(&sandbox, &["empty"]).code(0);
    assert!(sandbox.path("empty/.git").is_dir());
    std::fs::create_dir(sandbox.path("here")).unwrap();
    let finished = run(sandbox
        .scaffold()
        .current_dir(sandbox.path("here"))
        .args(["new", ".", "--no-env"]))
    .code(0);
    assert_eq!(finished.stdout, "");
    let text = std::fs::read_to_string(sandbox.path("here/pyproject.toml")).unwrap();
    assert!(text.contains("name = \"here\""), "{text}");
    assert!(!sandbox.path("here/.scaffold-new").exists());
    // Not: a folder with a file, a file, a link to nowhere.
    std::fs::create_dir(sandbox.path("full")).unwrap();
    std::fs::write(sandbox.path("full/notes.txt"), "mine").unwrap();
    std::fs::write(sandbox.path("file"), "mine").unwrap();
    for (path, said) in [
        ("full", "`full` is not empty: it holds `notes.txt`"),
        ("file", "`file` is a file"),
        (
            "file/below/hello",
            "`file/below/hello` cannot be made: `file` is a file\n  hint: ",
        ),
    ] {
        let finished = new(&sandbox, &[path]).code(2);
        finished.says(said);
    }
    assert_eq!(names(&sandbox.path("full")), ["notes.txt"]);
    assert_eq!(
        names(&sandbox.work()),
        ["a", "empty", "file", "full", "here"]
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_not_ours_to_write_is_named() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let sandbox = Sandbox::new();
    let locked = sandbox.path("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write everywhere: be somebody else then, who may look into the sandbox and run the program.
    let root = std::fs::metadata("/proc/self")
        .is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
    let binary = sandbox.home().join("scaffold");
    std::fs::copy(env!("CARGO_BIN_EXE_scaffold"), &binary).unwrap();
    for folder in [
        sandbox.work().parent().unwrap().to_owned(),
        sandbox.home(),
        sandbox.work(),
    ] {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = sandbox.command(&binary);
    command.args(["new", "locked/hello", "--no-env"]);
    if root {
        command.uid(65_534).gid(65_534);
    }
    let finished = run(&mut command).code(2);
    finished.says("cannot create the folder");
    finished.says("permission denied");
    assert_eq!(names(&locked), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_where_nothing_can_be_made_is_named_as_the_user_named_it() {
    let sandbox = Sandbox::new();
    let finished = new(&sandbox, &["/proc/hello"]).code(2);
    for text in ["`/proc/hello`", "\n  hint: nothing can be made in `/proc`"] {
        finished.says(text);
    }
    assert!(
        !finished.stderr.contains(".scaffold"),
        "{}",
        finished.stderr
    );
}
