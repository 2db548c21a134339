//! What installers leave, and what they do not.

use proptest::prelude::*;

use super::metadata::Metadata;
use super::origin::Origin;
use super::{Form, Recorded, is_only_for_an_extra, record, tag};
use crate::doctor::facts::requirements::Requirement;
use crate::doctor::testing::Rig;
use crate::python::Series;

#[test]
fn headers_end_at_the_first_empty_line() {
    let text = "Metadata-Version: 2.1\r\nName: Foo.Bar\r\nversion: 1.0\r\nRequires-Dist: a >=1 ;\r\n  extra == 'x'\r\nRequires-Dist: b\r\nRequires-Python: >=3.8\r\nSummary: x: y\r\n\r\nName: other\n";
    let metadata = Metadata::parse(text.as_bytes());
    assert_eq!(metadata.name.as_deref(), Some("Foo.Bar"));
    assert_eq!(metadata.version.as_deref(), Some("1.0"));
    assert_eq!(metadata.requires, ["a >=1 ; extra == 'x'", "b"]);
    assert_eq!(metadata.requires_python.as_deref(), Some(">=3.8"));
}

#[test]
fn long_heads_are_read_whole_and_long_descriptions_are_not() {
    let needs: Vec<String> = (0..2000)
        .map(|it| format!("Requires-Dist: p{it}\n"))
        .collect();
    let needs = needs.concat();
    let rig = Rig::new()
        .environment("3.12.4")
        .distribution("foo", "1", &needs);
    let path = rig.path(&rig.packages()).join("foo-1.dist-info/METADATA");
    assert_eq!(Metadata::read(&path).unwrap().requires.len(), 2000);
}

#[test]
fn lines_of_record() {
    let text = "a/b.py,sha256=abc_-=,12\n\"c,\"\"d\"\".py\",,\n../../bin/x,sha512=zz,3\nbroken\n,,\n\"open,,\n";
    let line = |path: &str, sha256: Option<&str>, size| Recorded {
        path: path.to_owned(),
        sha256: sha256.map(str::to_owned),
        size,
    };
    assert_eq!(
        record::parse(text),
        [
            line("a/b.py", Some("abc_-"), Some(12)),
            line("c,\"d\".py", None, None),
            line("../../bin/x", None, Some(3)),
        ]
    );
}

#[test]
fn addresses_and_places() {
    let of = |json: &str, is_windows| Origin::parse(json.as_bytes(), is_windows).unwrap();
    let local = of(
        r#"{"url":"file:///a/b%20c%2","dir_info":{"editable":true}}"#,
        false,
    );
    assert_eq!(local.path.unwrap().to_str(), Some("/a/b c%2"));
    assert!(local.is_editable && !local.is_repository);
    let windows = of(r#"{"url":"file:///C:/x","dir_info":{}}"#, true);
    assert_eq!(windows.path.unwrap().to_str(), Some("C:/x"));
    let remote = of(
        r#"{"url":"https://me:secret@h.example/p.git@x","vcs_info":{"vcs":"git"}}"#,
        false,
    );
    assert_eq!(remote.url, "https://h.example/p.git@x");
    assert!(remote.path.is_none() && remote.is_repository);
}

#[test]
fn wheels_that_fit() {
    let target = |minor, systems, machine| super::Target {
        series: Series::new(3, minor),
        systems,
        machine,
    };
    let linux = target(12, &["manylinux", "musllinux", "linux"], Some("x86_64"));
    let mac = target(13, &["macosx"], None);
    for (text, on_linux, on_mac) in [
        ("py3-none-any", true, true),
        ("py2.py3-none-any", true, true),
        ("py2-none-any", false, false),
        (
            "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
            true,
            false,
        ),
        ("cp312-cp312-manylinux2014_aarch64", false, false),
        ("cp38-abi3-macosx_11_0_arm64", false, true),
        ("cp314-abi3-linux_x86_64", false, false),
        ("cp311-cp311-linux_x86_64", false, false),
        ("cp313-cp313t-macosx_10_13_universal2", false, true),
        ("pp310-pypy310_pp73-manylinux2014_x86_64", false, false),
        ("py3-none-win_amd64", false, false),
    ] {
        let tags = tag::parse(&format!("Wheel-Version: 1.0\nTag: {text}\n"));
        let fits = |target| tags.iter().any(|it| it.may_fit(target));
        assert_eq!([fits(&linux), fits(&mac)], [on_linux, on_mac], "{text}");
    }
}

#[test]
fn every_form_of_an_installation() {
    let rig = Rig::new()
        .environment("3.12.4")
        .distribution("Foo.Bar", "1.0", "Requires-Dist: x\n");
    let packages = rig.packages();
    let rig = rig
        .file(
            &format!("{packages}/old-2.0-py3.12.egg-info/PKG-INFO"),
            "Name: old\nVersion: 2.0\n",
        )
        .file(
            &format!("{packages}/flat-3.0.egg-info"),
            "Name: flat\nVersion: 3.0\n",
        )
        .file(
            &format!("{packages}/zip-4.0-py3.12.egg/EGG-INFO/PKG-INFO"),
            "Name: zip\nVersion: 4.0\n",
        )
        .file(
            &format!("{packages}/empty_one-5.0.dist-info/INSTALLER"),
            "pip\n",
        )
        .file(
            "project/src/lib.egg-info/PKG-INFO",
            "Name: lib\nVersion: 6\n",
        )
        .file(
            &format!("{packages}/added.pth"),
            "# no\nimport x\n../../../../src\n\n/gone\n",
        );
    let link = format!("{}\n.\n", rig.path("project/src").display());
    let rig = rig.file(&format!("{packages}/lib.egg-link"), link);
    let facts = rig.facts();
    let installed = facts.distributions().as_ref().unwrap();
    let all: Vec<(&str, Form, &str, bool)> = installed
        .all
        .iter()
        .map(|it| (&*it.name, it.form, &*it.written, it.metadata.is_some()))
        .collect();
    assert_eq!(
        all,
        [
            ("empty-one", Form::Wheel, "5.0", false),
            ("flat", Form::Egg, "3.0", true),
            ("foo-bar", Form::Wheel, "1.0", true),
            ("lib", Form::Link, "6", true),
            ("old", Form::Egg, "2.0", true),
            ("zip", Form::Egg, "4.0", true),
        ]
    );
    let lines: Vec<u32> = installed.added.iter().map(|it| it.line).collect();
    assert_eq!(lines, [3, 5]);
    assert_eq!(installed.named("lib").len(), 2);
    assert!(installed.get("empty-one").is_none());
    assert_eq!(
        installed.values.python_full_version.as_deref(),
        Some("3.12.4")
    );
}

#[test]
fn extras_lead_on() {
    let rig = Rig::new()
        .environment("3.12.4")
        .distribution("a", "1", "Requires-Dist: b[x] ; extra == 'more'\nRequires-Dist: c\n")
        .distribution("b", "1", "Requires-Dist: d ; extra == \"x\"\nRequires-Dist: e ; extra == \"y\"\nRequires-Dist: a\n");
    let facts = rig.facts();
    let installed = facts.distributions().as_ref().unwrap();
    let names = |text: &str| -> Vec<String> {
        let root = Requirement::parse(text).unwrap();
        let graph = super::Graph::new(installed, [&root]);
        let reached = graph.reached([&*root.name]);
        reached.into_iter().map(str::to_owned).collect()
    };
    assert_eq!(names("a"), ["a", "c"]);
    assert_eq!(names("A[More]"), ["a", "b", "c", "d"]);
}

#[test]
fn lines_that_are_only_for_an_extra() {
    assert!(is_only_for_an_extra(
        "x ; python_version > '3' and extra == 'a'"
    ));
    for line in [
        "x",
        "x ; python_version > '3'",
        "x; extra == 'a' or os_name == 'nt'",
        "x; extra != 'a'",
    ] {
        assert!(!is_only_for_an_extra(line), "{line}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_metadata(bytes: Vec<u8>) {
        Metadata::parse(&bytes);
        drop(Origin::parse(&bytes, false));
        record::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_words_are_records_and_tags(text in "([a-z0-9,\"=:.\n -]|\\PC){0,60}") {
        record::parse(&text);
        tag::parse(&format!("Tag: {text}"));
        drop(Origin::parse(format!("{{\"url\": \"file://{}\"}}", text.replace(['"', '\n'], "%")).as_bytes(), true));
    }
}
