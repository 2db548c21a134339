//! pip as the resolver, which locks for one platform.

use super::support::{Place, pythons};

#[test]
fn without_uv_pip_locks_for_this_platform_and_says_so() {
    let place = Place::with_pip().small_index();
    place.project(
        "'alpha<2', 'gamma[more,none]', \"beta<2 ; sys_platform == 'no-such'\"",
        "'old_tool'",
    );
    let first = place.lock(&[]).code(0);
    let python = format!("CPython {} on ", pythons()[0].version());
    assert!(
        first
            .stderr
            .contains(&format!("locked by pip, for {python}")),
        "{}",
        first.stderr
    );
    let text = place.read("requirements.txt");
    assert!(
        text.starts_with("# This file was compiled by `scaffold lock` with pip"),
        "{text}"
    );
    assert!(text.contains(&format!("it holds for {python}")), "{text}");
    assert_eq!(
        place.pins("requirements.txt"),
        ["alpha==1.1", "beta==1.1", "delta==1.0", "gamma==1.0"]
    );
    assert_eq!(
        place.pins("requirements-dev.txt"),
        ["beta==1.1", "old-tool==1.0"]
    );
    assert_eq!(text.matches("--hash=sha256:").count(), 4);
    place.lock(&["--check"]).code(0);

    // Pins stay here too.
    place.write("requirements.txt", "alpha==1.0\nbeta==1.1\n");
    place.project("'alpha'", "'beta'");
    place.lock(&[]).code(0);
    assert_eq!(place.pins("requirements.txt"), ["alpha==1.0", "beta==1.1"]);
    place.lock(&["--upgrade", "alpha"]).code(0);
    assert_eq!(place.pins("requirements.txt"), ["alpha==1.1", "beta==1.1"]);

    // A lock for all platforms that is right here is left as it is.
    let uv = Place::with_uv().small_index();
    uv.project("'gamma'", "'beta'");
    uv.lock(&[]).code(0);
    let text = uv.read("requirements.txt");
    assert!(
        text.contains("alpha==2.0 ; sys_platform == 'win32'"),
        "{text}"
    );
    uv.lock(&["--check", "--installer", "pip"]).code(0);
    uv.project("'gamma', 'delta'", "'beta'");
    uv.lock(&["--check", "--installer", "pip"]).code(1);

    let refused = Place::with_pip().small_index();
    refused.project("'alpha @ https://example.com/alpha-1.0.tar.gz'", "");
    assert!(
        refused
            .lock(&[])
            .code(2)
            .stderr
            .contains("only uv can lock")
    );
}
