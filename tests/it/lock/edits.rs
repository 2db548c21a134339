//! Edits by hand: of the locks, and of the lock in `pyproject.toml`.

use super::support::{OURS, Place};

#[test]
fn an_edit_by_hand_is_found_and_undone() {
    let place = Place::with_uv().small_index();
    place.project("'alpha'", "'beta'");
    place.lock(&[]).code(0);
    let good = place.read("requirements.txt");
    let hash = good.split("sha256:").nth(1).unwrap()[..64].to_owned();
    for (edited, words) in [
        (good.replace(&hash, &"0".repeat(64)), "rewritten: alpha"),
        (
            good.replace("alpha==2.0", "alpha==2.0 ; os_name == 'nt'"),
            "rewritten: alpha",
        ),
        (
            good.replace("# This", "# That"),
            "rewritten: the header or the form",
        ),
        (
            format!("{good}# more\n"),
            "rewritten: the header or the form",
        ),
        (format!("{good}gamma==1.0\n"), "- gamma 1.0"),
        (good.replace("beta==2.0", "--index-url x"), "+ beta 2.0"),
    ] {
        place.write("requirements.txt", &edited);
        let check = place.lock(&["--check"]).code(1);
        assert!(check.stdout.contains(words), "{}", check.stdout);
        assert_eq!(place.read("requirements.txt"), edited);
        place.lock(&["-q"]).code(0);
        assert_eq!(place.read("requirements.txt"), good);
    }
    // The same offline, where the closure has it all.
    let bare = Place::bare();
    bare.write("pyproject.toml", OURS);
    bare.lock(&[]).code(0);
    let good = bare.read("requirements-dev.txt");
    let hash = good.split("sha256:").nth(1).unwrap()[..64].to_owned();
    bare.write(
        "requirements-dev.txt",
        &good.replace(&hash, &"0".repeat(64)),
    );
    bare.lock(&["--check"]).code(1);
    bare.lock(&[]).code(0);
    assert_eq!(bare.read("requirements-dev.txt"), good);
    bare.lock(&["--check"]).code(0);
}

#[test]
fn the_lock_in_pyproject_is_rewritten_and_does_not_bind() {
    let place = Place::with_uv().small_index();
    let text = |dependency: &str, list: &str| {
        format!(
            "# mine\r\n[project]\r\nname = 'p'   # name\r\nversion = '0'\r\ndependencies = ['{dependency}']\r\n\
             [tool.uv]\r\npackage = false\r\n# lock\r\nconstraint-dependencies = [{list}]\r\n\
             [tool.scaffold.answers]\r\nplatform = 'vercel'\r\n"
        )
    };
    place.write(
        "pyproject.toml",
        &text(
            "alpha",
            "\r\n    \"alpha==1.0\", # old\r\n    \"beta==1.0\",\r\n",
        ),
    );
    place.lock(&["--check"]).code(1);
    place.lock(&[]).code(0);
    assert_eq!(
        place.read("pyproject.toml"),
        text(
            "alpha",
            "\r\n    \"alpha==2.0\", # old\r\n    \"beta==2.0\",\r\n"
        )
    );
    assert_eq!(place.pins("requirements.txt"), ["alpha==2.0", "beta==2.0"]);
    place.lock(&["--check"]).code(0);
    let edited = place.read("pyproject.toml").replace("'alpha'", "'alpha<2'");
    place.write("pyproject.toml", &edited);
    let check = place.lock(&["--check"]).code(1);
    check.says("requirements.txt, [tool.uv] constraint-dependencies");
    place.lock(&[]).code(0);
    assert_eq!(
        place.read("pyproject.toml"),
        text(
            "alpha<2",
            "\r\n    \"alpha==1.1\", # old\r\n    \"beta==2.0\",\r\n"
        )
    );

    // Somebody else's constraints are theirs: they bind, and stay.
    let theirs = place
        .read("pyproject.toml")
        .replace("'vercel'", "'elsewhere'")
        .replace("alpha==1.1", "alpha==1.0");
    place.write("pyproject.toml", &theirs);
    place.lock(&[]).code(0);
    assert_eq!(place.pins("requirements.txt"), ["alpha==1.0", "beta==2.0"]);
    assert_eq!(place.read("pyproject.toml"), theirs);
    let pip = place.lock(&["--installer", "pip"]).code(2);
    pip.says("[tool.uv] constraint-dependencies needs uv");
}
