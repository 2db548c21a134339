//! What holds for every native gate: fixes and checks agree, and nothing but text is touched.

use proptest::prelude::*;

use super::{ALL, Builtin, Gate, Subject, named};
use crate::gate::file::{File, Source};
use crate::git::Mode;
use crate::repo_path::RepoPath;

/// A gate with these arguments.
pub(super) fn configured(name: &str, arguments: &[&str]) -> Box<dyn Gate> {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    match (named(name).unwrap().configure)(&arguments) {
        Ok(gate) => gate,
        Err(error) => panic!("{name}: {}", error.message()),
    }
}

/// Why these arguments are refused.
pub(super) fn refused(name: &str, arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    match (named(name).unwrap().configure)(&arguments) {
        Ok(_) => panic!("{name} takes {arguments:?}"),
        Err(error) => error.message().to_owned(),
    }
}

/// A file that the commit adds.
pub(super) fn file(path: &str) -> File {
    File {
        path: RepoPath::new(path),
        mode: Mode::File,
        source: Source::WorkTree,
        is_added: true,
    }
}

/// What a gate finds, as `line:column message`, a `-` for what it does not say.
pub(super) fn found(gate: &dyn Gate, path: &str, bytes: &[u8], in_merge: bool) -> Vec<String> {
    let file = file(path);
    let findings = gate.check(&Subject::new(&file, bytes, in_merge));
    let place = |it: Option<u32>| it.map_or("-".to_owned(), |it| it.to_string());
    findings
        .into_iter()
        .map(|it| {
            let location = it.location.unwrap();
            assert_eq!(location.path, file.path);
            let (line, column) = (place(location.line), place(location.column));
            format!("{line}:{column} {}", it.message)
        })
        .collect()
}

/// What a gate makes of a content.
pub(super) fn fixed(gate: &dyn Gate, path: &str, bytes: &[u8]) -> Vec<u8> {
    let file = file(path);
    let fixed = gate.fix(&Subject::new(&file, bytes, false));
    fixed.unwrap_or_else(|| bytes.to_vec())
}

fn everywhere() -> impl Iterator<Item = (&'static Builtin, Box<dyn Gate>)> {
    ALL.into_iter()
        .map(|it| (it, configured(it.name, &[])))
        .chain([(
            named("trailing-whitespace").unwrap(),
            configured("trailing-whitespace", &["--markdown-line-breaks=*"]),
        )])
}

#[test]
fn every_gate_is_named_once_and_described() {
    for (index, builtin) in ALL.iter().enumerate() {
        assert!(ALL[..index].iter().all(|it| it.name != builtin.name));
        assert!(!builtin.title.is_empty() && !builtin.title.ends_with('.'));
        assert!(named(builtin.name).is_some());
        assert!(refused(builtin.name, &["--no-such"]).contains("--no-such"));
        assert!(builtin.arguments.iter().all(|it| it.starts_with("--")));
    }
    assert!(named("").is_none());
}

#[test]
fn only_files_with_text_are_read() {
    let bytes = b"a \n<<<<<<< a\n=======\n>>>>>>> b\n\n\n";
    for (builtin, gate) in everywhere() {
        let mut link = file("a.yaml");
        link.mode = Mode::Link;
        let subject = Subject::new(&link, bytes.as_slice(), true);
        assert_eq!(gate.check(&subject), [], "{}", builtin.name);
        assert_eq!(gate.fix(&subject), None, "{}", builtin.name);

        // A file that says it is YAML has to be.
        if builtin.name == "yaml" {
            continue;
        }
        let mut binary = bytes.to_vec();
        binary.push(0);
        assert_eq!(found(&*gate, "a.txt", &binary, true), [""; 0]);
        assert_eq!(fixed(&*gate, "a.txt", &binary), binary);
    }
}

/// Texts of the bytes that these gates look at.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => proptest::sample::select(vec![
            b"\n".as_slice(), b"\n", b"\r\n", b"\r", b" ", b"  ", b"\t", b"\x0b", b"\x0c", b"a", b"- b", b": ", b"\xff",
            "é".as_bytes(), b"<<<<<<< x\n", b"=======\n", b">>>>>>> y\n", b"||||||| z\n", b"#", b"\"", b"\xc2\xa0",
        ]).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_fix_mends_all_that_its_check_finds_and_nothing_else(
        bytes in content(),
        path in proptest::sample::select(vec!["a.md", "b.txt", "c.yaml", "md", "d.MARKDOWN"]),
    ) {
        for (builtin, gate) in everywhere().filter(|(builtin, _)| builtin.fixes) {
            let file = file(path);
            let subject = Subject::new(&file, bytes.as_slice(), false);
            let (findings, fix) = (gate.check(&subject), gate.fix(&subject));
            prop_assert_eq!(findings.is_empty(), fix.is_none(), "{}", builtin.name);
            let Some(fix) = fix else { continue };
            prop_assert_ne!(&fix, &bytes, "{}", builtin.name);
            let again = Subject::new(&file, fix.as_slice(), false);
            prop_assert_eq!(gate.check(&again), [], "{}", builtin.name);
            prop_assert_eq!(gate.fix(&again), None, "{}", builtin.name);
            let marks = |it: &[u8]| it.iter().copied().filter(|it| !it.is_ascii_whitespace() && *it != 0x0b).collect::<Vec<u8>>();
            prop_assert_eq!(marks(&fix), marks(&bytes), "{}", builtin.name);
        }
    }

    #[test]
    fn fixes_in_their_order_leave_nothing_to_any_of_them(bytes in content()) {
        let gates: Vec<_> = ALL.iter().filter(|it| it.fixes).map(|it| configured(it.name, &[])).collect();
        let last = gates.iter().fold(bytes, |bytes, gate| fixed(&**gate, "a.md", &bytes));
        for gate in &gates {
            prop_assert_eq!(found(&**gate, "a.md", &last, false), [""; 0]);
        }
    }

    #[test]
    fn findings_stand_where_the_file_is_and_in_order(bytes in content(), in_merge in any::<bool>()) {
        // To YAML, a lone carriage return ends a line too.
        let lines = u32::try_from(memchr::memchr2_iter(b'\n', b'\r', &bytes).count()).unwrap() + 1;
        for (_, gate) in everywhere() {
            let file = file("a.yaml");
            let findings = gate.check(&Subject::new(&file, bytes.as_slice(), in_merge));
            let places: Vec<u32> = findings.iter().filter_map(|it| it.location.as_ref()?.line).collect();
            prop_assert!(places.is_sorted());
            prop_assert!(places.iter().all(|it| (1..=lines).contains(it)));
        }
    }
}
