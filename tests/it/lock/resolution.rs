//! What is resolved: which versions stay, and that both files agree.

use super::support::{Place, header_command};
use crate::index::wheel;
use crate::runtime::tools::uv;
use crate::support::run;

#[test]
fn what_is_locked_stays_until_it_is_upgraded_or_no_longer_fits() {
    let place = Place::with_uv().small_index();
    place.project("'alpha<2', 'gamma'", "");
    place.lock(&[]).code(0);
    assert_eq!(
        place.pins("requirements.txt"),
        ["alpha==1.1", "beta==2.0", "gamma==1.0"]
    );
    assert_eq!(place.read("requirements-dev.txt").lines().count(), 2);

    // Older versions, as if they had been locked a year ago.
    place.project("'alpha==1.0', 'beta==1.0', 'gamma'", "");
    place.lock(&[]).code(0);
    place.project("'alpha', 'gamma'", "'beta'");
    let check = place.lock(&["--check"]).code(1);
    assert!(
        check
            .stdout
            .contains("requirements-dev.txt\n  + beta 1.0\n"),
        "{}",
        check.stdout
    );
    assert!(
        !check.stdout.contains("requirements.txt\n"),
        "{}",
        check.stdout
    );
    assert!(
        check
            .stderr
            .contains("stale against pyproject.toml: requirements-dev.txt")
    );
    assert_eq!(place.read("requirements-dev.txt").lines().count(), 2);
    place.lock(&[]).code(0);
    assert_eq!(
        place.pins("requirements.txt"),
        ["alpha==1.0", "beta==1.0", "gamma==1.0"]
    );
    assert_eq!(place.pins("requirements-dev.txt"), ["beta==1.0"]);

    let data = place
        .lock(&["--upgrade", "Beta", "--format", "json"])
        .code(0)
        .stdout;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["resolver"], "uv");
    let change = |file: &str| serde_json::json!({"file": file, "package": "beta", "old": "1.0", "new": "2.0"});
    assert_eq!(
        data["changes"],
        serde_json::json!([change("requirements.txt"), change("requirements-dev.txt")])
    );
    assert_eq!(
        place.pins("requirements.txt"),
        ["alpha==1.0", "beta==2.0", "gamma==1.0"]
    );
    place.lock(&["--upgrade"]).code(0);
    assert_eq!(
        place.pins("requirements.txt"),
        ["alpha==2.0", "beta==2.0", "gamma==1.0"]
    );

    // What no longer fits goes, and takes no more with it than it must.
    place.project("'alpha<2', 'gamma'", "");
    place.lock(&[]).code(0);
    assert_eq!(
        place.pins("requirements.txt"),
        ["alpha==1.1", "beta==2.0", "gamma==1.0"]
    );
    place.lock(&["--check"]).code(0);

    let unknown = place.lock(&["--upgrade", "alfa"]).code(2);
    assert!(
        unknown
            .stderr
            .contains("`alfa` is not among the locked packages")
    );
    unknown.says("scaffold lock --upgrade alpha");
}

#[test]
fn both_files_come_out_of_one_resolution() {
    let place = Place::with_uv().small_index();
    place.project("'alpha'", "'old-tool'");
    place.lock(&[]).code(0);
    assert_eq!(place.pins("requirements.txt"), ["alpha==1.1", "beta==1.1"]);
    assert_eq!(
        place.pins("requirements-dev.txt"),
        ["beta==1.1", "old-tool==1.0"]
    );
    // The plain commands agree with what they find.
    for name in ["requirements.txt", "requirements-dev.txt"] {
        let before = place.read(name);
        run(place.command(uv()).args(header_command(&before))).code(0);
        assert_eq!(place.read(name), before);
    }
}

#[test]
fn groups_extras_markers_and_archives_are_locked_and_folders_are_not() {
    let place = Place::with_uv().small_index();
    let archive = wheel(
        &place.sandbox.work(),
        "epsilon",
        "3.0",
        &["Requires-Dist: beta ; os_name == 'nt'"],
    );
    place.write(
        "pyproject.toml",
        &format!(
            "[project]\nname = 'p'\nversion = '0'\ndependencies = ['gamma[more,none]', \"beta ; python_version < '3.13'\", 'epsilon @ file://{}']\n\
             [dependency-groups]\nDev = [{{include-group = 'A_b'}}]\na-b = ['old_tool']\n",
            archive.display()
        ),
    );
    place.lock(&[]).code(0);
    assert_eq!(
        place.pins("requirements.txt"),
        [
            "alpha==1.1 ; sys_platform == 'win32'".to_owned(),
            "beta==1.1 ; python_full_version < '3.13' or os_name == 'nt' or sys_platform == 'win32'".to_owned(),
            "delta==1.0".to_owned(),
            format!("epsilon @ file://{}", archive.display()),
            "gamma==1.0".to_owned(),
        ]
    );
    assert_eq!(
        place.pins("requirements-dev.txt"),
        ["beta==1.1", "old-tool==1.0"]
    );
    place.lock(&["--check"]).code(0);

    std::fs::create_dir(place.sandbox.path("zeta")).unwrap();
    place.write(
        "zeta/pyproject.toml",
        "[project]\nname = 'zeta'\nversion = '1'\n",
    );
    let folder = place.sandbox.path("zeta");
    let before = place.read("requirements.txt");
    place.project(&format!("'zeta @ file://{}'", folder.display()), "");
    let refused = place.lock(&[]).code(2);
    refused.says("it has no file to take a hash of");
    assert_eq!(place.read("requirements.txt"), before);
}

#[test]
fn without_a_group_of_tools_their_file_says_so_and_names_no_command_that_fails() {
    let place = Place::with_uv().small_index();
    place.project("'alpha'", "'beta'");
    place.lock(&[]).code(0);
    place.write(
        "pyproject.toml",
        "[project]\nname = 'p'\nversion = '0'\ndependencies = ['alpha']\n",
    );
    for installer in ["uv", "pip"] {
        place.lock(&["--installer", installer]).code(0);
        let text = place.read("requirements-dev.txt");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("no dependency group `dev`"), "{text}");
        assert!(!text.contains("uv pip compile"), "{text}");
        place.lock(&["--check", "--installer", installer]).code(0);
    }
    std::fs::remove_file(place.sandbox.path("requirements-dev.txt")).unwrap();
    place.lock(&[]).code(0);
    assert!(!place.sandbox.path("requirements-dev.txt").exists());
    // An empty group is one: its command works.
    place.project("'alpha'", "");
    place.lock(&[]).code(0);
    let text = place.read("requirements-dev.txt");
    run(place.command(uv()).args(header_command(&text))).code(0);
    assert_eq!(place.read("requirements-dev.txt"), text);
}

#[test]
fn uv_is_found_where_its_installer_puts_it() {
    let place = Place::with_pip().small_index();
    let folder = place.sandbox.home().join(".local/bin");
    std::fs::create_dir_all(&folder).unwrap();
    let name = if cfg!(windows) { "uv.exe" } else { "uv" };
    std::fs::copy(uv(), folder.join(name)).unwrap();
    place.project("'gamma'", "'beta'");
    let data = place.lock(&["--format", "json"]).code(0).stdout;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["resolver"], "uv");
    assert_eq!(data["holds_for"], "every platform");
}
