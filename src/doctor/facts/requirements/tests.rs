//! Requirements as people write them.

use std::path::Path;

use pep440_rs::Version;
use proptest::prelude::*;

use super::marker::Marker;
use super::{Encoding, File, Kind, MarkerValues, Requirement, normalized};
use crate::doctor::testing::Rig;

fn file(text: impl AsRef<[u8]>) -> File {
    File::parse(Path::new("requirements.txt"), text.as_ref())
}

#[track_caller]
fn requirement(text: &str) -> Requirement {
    Requirement::parse(text).unwrap()
}

/// Linux on a common machine, with Python 3.12.1.
fn linux() -> MarkerValues {
    let text = |it: &str| Some(it.to_owned());
    MarkerValues {
        os_name: text("posix"),
        sys_platform: text("linux"),
        platform_machine: text("x86_64"),
        platform_python_implementation: text("CPython"),
        platform_system: text("Linux"),
        python_version: text("3.12"),
        python_full_version: text("3.12.1"),
        implementation_name: text("cpython"),
    }
}

#[test]
fn lines_of_a_lock() {
    let text = "# compiled\n-r base.txt  # more\n\nflask==3.1.0 ; python_version >= \"3.11\" \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n\
                Black[d] >= 24,<25 # tool\n-e ./lib\nhttps://x/y.whl\n--index-url https://h/simple\nnot a thing\nx @ https://x/a#b ; os_name == 'nt'\n";
    let file = file(text);
    let lines: Vec<u32> = file.entries.iter().map(|it| it.line).collect();
    assert_eq!(lines, [2, 4, 7, 8, 9, 10, 11, 12]);
    let [
        include,
        flask,
        black,
        editable,
        place,
        option,
        wrong,
        address,
    ] = &file.entries[..]
    else {
        panic!("{file:?}");
    };
    assert_eq!(include.kind, Kind::Include("base.txt".to_owned()));
    assert_eq!(flask.hashes, ["sha256:aa", "sha256:bb"]);
    assert_eq!(flask.lines().count(), 3);
    assert_eq!(flask.lines().nth(1), Some("    --hash=sha256:aa \\"));
    assert_eq!(flask.text, "flask==3.1.0 ; python_version >= \"3.11\"");
    let pin: Version = "3.1".parse().unwrap();
    assert_eq!(flask.requirement().unwrap().pin(), Some(&pin));
    let black = black.requirement().unwrap();
    assert_eq!(
        (&*black.name, &*black.extras),
        ("black", &["d".to_owned()][..])
    );
    assert_eq!(editable.kind, Kind::Editable("./lib".to_owned()));
    assert_eq!(place.kind, Kind::Place("https://x/y.whl".to_owned()));
    assert_eq!(
        option.kind,
        Kind::Option("--index-url".to_owned(), "https://h/simple".to_owned())
    );
    assert!(matches!(wrong.kind, Kind::Malformed(_)), "{wrong:?}");
    let address = address.requirement().unwrap();
    assert_eq!(address.url.as_deref(), Some("https://x/a#b"));
    assert!(!address.holds(&linux(), &[]));
    assert!(!file.is_hashed());
}

#[test]
fn a_comment_ends_a_continuation() {
    let file = file("flask \\\n# why\n==3\n");
    assert_eq!(file.entries.len(), 2);
    assert_eq!(file.entries[0].text, "flask");
    assert_eq!(file.entries[0].lines().count(), 2);
    assert!(matches!(file.entries[1].kind, Kind::Malformed(_)));
}

#[test]
fn every_encoding() {
    let wide: Vec<u8> = "\u{feff}flask==3\r\nblack\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, encoding) in [
        (wide, Encoding::Utf16Little),
        (
            b"\xef\xbb\xbfflask==3\r\nblack".to_vec(),
            Encoding::Utf8WithMark,
        ),
        (b"flask==3\rblack\n".to_vec(), Encoding::Utf8),
        (b"flask==3\nblack # \xe9\n".to_vec(), Encoding::Unknown),
    ] {
        let file = file(bytes);
        let names: Vec<&str> = file.requirements().map(|(_, it)| &*it.name).collect();
        assert_eq!(names, ["flask", "black"], "{encoding:?}");
        assert_eq!(file.encoding, encoding);
        assert_eq!(file.entries[1].line, 2);
    }
}

#[test]
fn includes_are_followed_once_and_only_to_files() {
    let rig = Rig::new()
        .file(
            "project/requirements.txt",
            "-r requirements/base.txt\n-c limits.txt\nflask\n-r none.txt\n-r https://x/y\n",
        )
        .file(
            "project/requirements/base.txt",
            "--requirement=../requirements.txt\n-rmore.txt\nclick\n",
        )
        .file("project/requirements/more.txt", "-r ./more.txt\nsix\n")
        .file("project/limits.txt", "flask<4\n")
        .file(
            "project/requirements-dev.txt",
            "-r requirements.txt\npytest\n",
        );
    let facts = rig.facts();
    let requirements = facts.requirements();
    let deploy = requirements.deploy().unwrap();
    let names = |source: &super::Source| -> Vec<String> {
        source
            .requirements()
            .map(|(_, _, it)| it.name.clone())
            .collect()
    };
    assert_eq!(names(deploy), ["flask", "click", "six"]);
    assert_eq!(deploy.files.len(), 4);
    let lost: Vec<u32> = deploy.lost.iter().map(|it| it.line).collect();
    assert_eq!(lost, [4]);
    let dev: Vec<&super::Source> = requirements.dev().collect();
    assert_eq!(names(dev[0]), ["pytest", "flask", "click", "six"]);
}

#[test]
fn the_platform_says_where_the_deployed_ones_are() {
    let rig = Rig::new()
        .file(
            "project/pyproject.toml",
            "[project]\nname = \"x\"\ndependencies = [\n  \"flask\",\n]\n[dependency-groups]\nDev = [\"black\", { include-group = \"te.st\" }]\nte-st = [\"pytest\"]\n[tool.scaffold.answers]\nplatform = \"aws-lambda\"\n",
        )
        .file("project/src/requirements.txt", "flask==3\n");
    let facts = rig.facts();
    let requirements = facts.requirements();
    assert_eq!(
        requirements.deploy().unwrap().path(),
        rig.path("project/src/requirements.txt")
    );
    let lines: Vec<u32> = requirements.dependencies().map(|it| it.line).collect();
    assert_eq!(lines, [4]);
    let dev = requirements.group(&facts, "dev");
    let texts: Vec<&str> = dev.iter().map(|it| &*it.text).collect();
    assert_eq!(texts, ["black", "pytest"]);
}

#[test]
fn versions_that_will_do() {
    for (text, version, will_do) in [
        ("x>=1,<2", "1.5", true),
        ("x (>=1,<2)", "2", false),
        ("x==1.*", "1.9.dev1", true),
        ("x==2.0", "2.0+cpu", true),
        ("x>=1", "1rc1", false),
        ("x>=1", "2rc1", true),
        ("x~=1.4.2", "1.5", false),
        ("x===1.0", "1.0", true),
        ("x>=1,", "1", true),
        ("x", "0.0.1.dev0", true),
    ] {
        let version: Version = version.parse().unwrap();
        assert_eq!(requirement(text).allows(&version), will_do, "{text}");
    }
    for text in [
        "", "-x", "x-", "x[a-]", "x[", "x >=", "x >> 1", "x @", "x ; y", "x y", "x ; (",
    ] {
        assert!(Requirement::parse(text).is_err(), "{text}");
    }
}

#[test]
fn markers_here() {
    for (text, holds) in [
        ("python_version >= '3.9'", true),
        ("python_version < \"3.9\"", false),
        ("'3.9' <= python_version", true),
        ("python_full_version == '3.12.1'", true),
        ("python_version in '3.11 3.12'", true),
        ("python_version not in '3.11, 3.12'", false),
        (
            "sys_platform == 'win32' or os_name=='posix' and (extra=='a' or platform_machine != 'arm64')",
            true,
        ),
        (
            "(sys_platform == 'win32' or os_name=='posix') and extra == 'B_b'",
            true,
        ),
        ("extra == 'c'", false),
        ("'linux' in sys_platform", true),
        ("sys_platform in 'linux2 linux'", true),
        ("implementation_version ~= '3.12.0'", true),
        ("os.name == 'posix'", true),
        ("platform_release >= '5'", false),
    ] {
        let marker = Marker::parse(text).unwrap();
        let found = marker.holds(&linux(), &["b-b"]).unwrap_or(false);
        assert_eq!(found, holds, "{text}");
    }
}

#[test]
fn a_marker_of_a_thousand_parentheses_is_an_error() {
    let text = format!("x ; {}os_name == 'nt'", "(".repeat(1000));
    assert!(Requirement::parse(&text).is_err());
    let long = vec!["os_name == 'a' and sys_platform == 'b'"; 200].join(" or ");
    assert!(!requirement(&format!("x ; {long}")).holds(&linux(), &[]));
}

#[test]
fn one_spelling_of_names() {
    for (name, normal) in [("Foo.Bar__baz-q", "foo-bar-baz-q"), (" Flask ", "flask")] {
        assert_eq!(normalized(name), normal);
    }
}

/// The same words as `pep508_rs` understands them.
fn known(marker: &str, extra: &str) -> Option<bool> {
    let tree: pep508_rs::MarkerTree = marker.parse().ok()?;
    let environment = pep508_rs::MarkerEnvironment::try_from(pep508_rs::MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: "3.12.1",
        os_name: "posix",
        platform_machine: "x86_64",
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: "3.12.1",
        python_version: "3.12",
        sys_platform: "linux",
    });
    let extra: pep508_rs::ExtraName = extra.parse().ok()?;
    Some(tree.evaluate(&environment.ok()?, &[extra]))
}

fn comparison() -> impl Strategy<Value = String> {
    let versions = prop::sample::select(vec!["3.8", "3.12", "3.12.1", "3.13", "3.9.0", "4"]);
    let operators = prop::sample::select(vec!["<", "<=", "==", "!=", ">=", ">"]);
    let variables = prop::sample::select(vec!["python_version", "python_full_version"]);
    let of_version = (variables, operators, versions)
        .prop_map(|(variable, operator, version)| format!("{variable} {operator} '{version}'"));
    let names = prop::sample::select(vec!["os_name", "sys_platform", "platform_machine", "extra"]);
    let values = prop::sample::select(vec!["posix", "nt", "linux", "win32", "x86_64", "arm64"]);
    let equal = prop::sample::select(vec!["==", "!="]);
    let of_text = (names, equal, values)
        .prop_map(|(name, operator, value)| format!("{name} {operator} \"{value}\""));
    prop_oneof![of_version, of_text]
}

fn expression() -> impl Strategy<Value = String> {
    comparison().prop_recursive(3, 12, 3, |inner| {
        let word = prop::sample::select(vec!["and", "or"]);
        (inner.clone(), word, inner, any::<bool>()).prop_map(|(left, word, right, is_closed)| {
            if is_closed {
                format!("({left} {word} {right})")
            } else {
                format!("{left} {word} {right}")
            }
        })
    })
}

proptest! {
    #[test]
    fn markers_mean_what_others_understand(text in expression()) {
        let ours = Marker::parse(&text).unwrap().holds(&linux(), &["linux"]);
        prop_assert_eq!(ours, known(&text, "linux"), "{}", text);
    }

    #[test]
    fn any_bytes_are_a_file(bytes: Vec<u8>) {
        file(bytes);
    }

    #[test]
    fn any_text_is_a_file(text in "([a-z\\[\\]@;#\"'()=<>,.\\\\ \n\r-]|\\PC){0,80}") {
        let file = file(&text);
        for entry in &file.entries {
            prop_assert!(entry.lines().next().is_some() && entry.line >= 1);
        }
        drop(Requirement::parse(&text));
        drop(Marker::parse(&text));
    }
}
