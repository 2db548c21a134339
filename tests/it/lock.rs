//! `scaffold lock`: what it writes, with and without tools, and that both installers install exactly that.
//!
//! Installing with pip takes its time: the newest Python here stands for all, unless `SCAFFOLD_TEST_ALL_PYTHONS` is set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::index::wheel;
use crate::runtime::tools::{Python, cache, uv};
use crate::support::{Finished, Sandbox, run};

/// What every composition of our own layers draws from.
const OURS: &str = r#"[project]
name = "hello"
version = "0.1.0"
requires-python = ">=3.12"
dependencies = ["requests"]

[dependency-groups]
dev = ["black", "flake8", "pytest", {include-group = "docs"}, "pip", "requests"]
docs = ["mkdocs"]
"#;

/// The Pythons that have pip, newest first.
fn pythons() -> &'static [Python] {
    static FOUND: OnceLock<Vec<Python>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let has_pip = |it: &&Python| {
            let mut ask = Command::new(&it.program);
            let ask = ask.args(["-c", "import pip, ensurepip"]).output();
            ask.is_ok_and(|it| it.status.success())
        };
        Python::all().iter().filter(has_pip).cloned().collect()
    });
    assert!(!found.is_empty(), "this test needs a Python with pip");
    found
}

/// A sandbox with a `PATH` of our choice.
struct Place {
    sandbox: Sandbox,
    path: std::ffi::OsString,
    index: Option<PathBuf>,
}

impl Place {
    /// No tool at all.
    fn bare() -> Self {
        let sandbox = Sandbox::new();
        let path = sandbox.home().into_os_string();
        Self {
            sandbox,
            path,
            index: None,
        }
    }

    /// A folder of programs, each a link to a real one.
    fn with(programs: &[(&str, &Path)]) -> Self {
        let mut place = Self::bare();
        let folder = place.sandbox.home().join("programs");
        std::fs::create_dir(&folder).unwrap();
        for (name, target) in programs {
            #[cfg(unix)]
            std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
            #[cfg(windows)]
            std::os::windows::fs::symlink_file(target, folder.join(name)).unwrap();
        }
        place.path = folder.into_os_string();
        place
    }

    fn with_uv() -> Self {
        Self::with(&[("uv", uv()), ("python3", &pythons()[0].program)])
    }

    fn with_pip() -> Self {
        Self::with(&[("python3", &pythons()[0].program)])
    }

    /// A small index instead of the registry: what resolves to what is ours to say, and no network is needed.
    fn small_index(mut self) -> Self {
        let index = self.sandbox.home().join("index");
        for (name, version, metadata) in [
            ("alpha", "1.0", &["Requires-Dist: beta"][..]),
            ("alpha", "1.1", &["Requires-Dist: beta"]),
            ("alpha", "2.0", &["Requires-Dist: beta (>=2)"]),
            ("beta", "1.0", &[]),
            ("beta", "1.1", &[]),
            ("beta", "2.0", &[]),
            (
                "gamma",
                "1.0",
                &[
                    "Requires-Dist: alpha ; sys_platform == 'win32'",
                    "Provides-Extra: more",
                    "Requires-Dist: delta ; extra == 'more'",
                    "Provides-Extra: none",
                ],
            ),
            ("delta", "1.0", &["Requires-Dist: gamma"]),
            ("old_tool", "1.0", &["Requires-Dist: beta (<2)"]),
        ] {
            wheel(&index, name, version, metadata);
        }
        self.index = Some(index);
        self
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.sandbox.command(program);
        command
            .env("PATH", &self.path)
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("UV_CACHE_DIR", cache("uv-cache"))
            .env("PIP_CACHE_DIR", cache("pip-cache"));
        if let Some(index) = &self.index {
            command
                .env("UV_OFFLINE", "1")
                .env("UV_FIND_LINKS", index)
                .env("PIP_NO_INDEX", "1")
                .env("PIP_FIND_LINKS", index);
        }
        command
    }

    fn lock(&self, arguments: &[&str]) -> Finished {
        let mut command = self.command(env!("CARGO_BIN_EXE_scaffold"));
        run(command.arg("lock").args(arguments))
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.sandbox.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.sandbox.path(name)).unwrap()
    }

    fn project(&self, dependencies: &str, dev: &str) {
        self.write(
            "pyproject.toml",
            &format!("[project]\nname = \"p\"\nversion = \"0\"\ndependencies = [{dependencies}]\n[dependency-groups]\ndev = [{dev}]\n"),
        );
    }

    /// The requirements in a file, without hashes.
    fn pins(&self, name: &str) -> Vec<String> {
        pins(&self.read(name))
    }
}

fn pins(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|it| !it.starts_with(['#', ' ']));
    let lines = lines.map(|it| it.trim_end_matches('\\').trim().to_owned());
    lines.filter(|it| !it.is_empty()).collect()
}

/// The plain command in the header of a file.
fn header_command(text: &str) -> Vec<String> {
    let line = text.lines().nth(1).unwrap();
    let line = line.strip_prefix("#    uv ").unwrap();
    line.split(' ').map(str::to_owned).collect()
}

#[test]
fn the_closure_needs_no_tool_and_is_what_uv_makes_of_the_same_versions() {
    let bare = Place::bare();
    bare.write("pyproject.toml", OURS);
    let data = bare.lock(&["--format", "json"]).code(0).stdout;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["resolver"], "closure");
    assert_eq!(data["holds_for"], "every platform");
    assert_eq!(data["files"][1]["state"], "new");
    assert!(data["changes"].as_array().unwrap().len() > 25);

    // The plain commands in the headers change nothing, not even the headers.
    let place = Place::with_uv();
    let files = ["requirements.txt", "requirements-dev.txt"];
    for name in ["pyproject.toml", files[0], files[1]] {
        place.write(name, &bare.read(name));
    }
    for name in files {
        run(place.command(uv()).args(header_command(&bare.read(name)))).code(0);
        assert_eq!(place.read(name), bare.read(name));
    }
    // Made anew, with nothing but the versions given, they name the same packages under the same markers.
    let bare_pins = [bare.pins(files[0]), bare.pins(files[1])];
    let versions = bare_pins
        .iter()
        .flatten()
        .map(|it| it.split(' ').next().unwrap());
    place.write(
        "versions.txt",
        &versions.map(|it| format!("{it}\n")).collect::<String>(),
    );
    for (name, expected) in files.iter().zip(&bare_pins) {
        std::fs::remove_file(place.sandbox.path(name)).unwrap();
        let mut command = place.command(uv());
        command.args(header_command(&bare.read(name)));
        run(command.args(["--constraint", "versions.txt"])).code(0);
        assert_eq!(place.pins(name), *expected);
        // The index may have got files since; all of ours are still there.
        let now = place.read(name);
        for hash in bare
            .read(name)
            .lines()
            .filter_map(|it| it.trim().strip_prefix("--hash="))
        {
            assert!(
                now.contains(hash.trim_end_matches('\\').trim()),
                "{name}: {hash}"
            );
        }
    }
}

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
    assert!(
        unknown.stderr.contains("scaffold lock --upgrade alpha"),
        "{}",
        unknown.stderr
    );
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
    assert!(
        refused.stderr.contains("it has no file to take a hash of"),
        "{}",
        refused.stderr
    );
    assert_eq!(place.read("requirements.txt"), before);
}

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
    assert!(
        check
            .stderr
            .contains("requirements.txt, [tool.uv] constraint-dependencies"),
        "{}",
        check.stderr
    );
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
    assert!(
        pip.stderr
            .contains("[tool.uv] constraint-dependencies needs uv"),
        "{}",
        pip.stderr
    );
}

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

#[test]
fn what_cannot_be_had_is_said_in_the_resolver_s_own_words_and_changes_nothing() {
    for place in [Place::with_uv(), Place::with_pip()] {
        let place = place.small_index();
        place.project("'alpha'", "");
        place.lock(&[]).code(0);
        let before = place.read("requirements.txt");
        place.project("'alpha>=2'", "'old_tool'");
        let failed = place.lock(&[]).code(2);
        assert!(
            failed.stderr.contains("cannot lock what "),
            "{}",
            failed.stderr
        );
        assert!(failed.stderr.contains("caused by:"), "{}", failed.stderr);
        assert!(
            failed.stderr.contains("old-tool") || failed.stderr.contains("old_tool"),
            "{}",
            failed.stderr
        );
        assert_eq!(place.read("requirements.txt"), before);
    }
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    let place = Place::bare();
    let nowhere = place.lock(&[]).code(2);
    assert!(
        nowhere
            .stderr
            .contains("no pyproject.toml with a [project] table in"),
        "{}",
        nowhere.stderr
    );

    place.write("pyproject.toml", "[project]\nname = \n");
    let broken = place.lock(&[]).code(2);
    assert!(
        broken.stderr.contains("pyproject.toml, line 2: "),
        "{}",
        broken.stderr
    );

    place.project("'alpha >>'", "");
    let malformed = place.lock(&[]).code(2);
    assert!(
        malformed.stderr.contains("`alpha >>` is no requirement"),
        "{}",
        malformed.stderr
    );

    place.project("'alpha'", "");
    let neither = place.lock(&[]).code(2);
    assert!(
        neither
            .stderr
            .contains("neither uv nor a Python 3.11 or later with pip"),
        "{}",
        neither.stderr
    );
    assert_eq!(neither.stderr.matches("hint:").count(), 2);
    let no_uv = place.lock(&["--installer", "uv"]).code(2);
    assert!(no_uv.stderr.contains("there is no uv"), "{}", no_uv.stderr);
    assert!(!place.sandbox.path("requirements.txt").exists());

    // A project is found from below, and one without a [project] table is looked past.
    place.write("pyproject.toml", OURS);
    std::fs::create_dir_all(place.sandbox.path("a/b")).unwrap();
    place.write("a/pyproject.toml", "[tool.black]\n");
    let mut command = place.command(env!("CARGO_BIN_EXE_scaffold"));
    run(command.arg("lock").current_dir(place.sandbox.path("a/b"))).code(0);
    assert!(place.sandbox.path("requirements-dev.txt").exists());
}

#[test]
fn a_closure_is_made_from_the_layers_and_the_same_bytes_each_time() {
    let place = Place::with_uv().small_index();
    let layer = place.sandbox.path("layers/base");
    std::fs::create_dir_all(&layer).unwrap();
    std::fs::write(
        layer.join("layer.toml"),
        "title = 'Base'\nsummary = 'All.'\n[contribute]\nrequirements = ['gamma[more]', \"beta<2 ; python_version < '3.12'\", \"beta>=2 ; python_version >= '3.12'\"]\ndev_requirements = ['alpha==1.0']\n",
    )
    .unwrap();
    let make = || {
        let mut command = place.command(env!("CARGO_BIN_EXE_scaffold"));
        run(command.args(["template", "lock", "layers"])).code(0);
        place.read("layers/closure.lock")
    };
    let text = make();
    let lines: Vec<&str> = text
        .lines()
        .filter(|it| !it.starts_with(['#', '=']))
        .collect();
    assert_eq!(
        lines.join("\n"),
        "
alpha 1.0
- beta==1.1 ; python_full_version < '3.12'
- beta==2.0 ; python_full_version >= '3.12'

beta 1.1 ; python_full_version < '3.12'

beta 2.0 ; python_full_version >= '3.12'

delta 1.0
- gamma

gamma 1.0
- alpha ; sys_platform == 'win32'
+ more delta"
    );
    assert_eq!(text.lines().filter(|it| it.starts_with("= ")).count(), 5);
    assert!(!text.contains("file:") && !text.contains("://"));
    assert_eq!(make(), text);
}
