//! Every edit changes what it is for and not one other byte, and made twice is made once.

use proptest::prelude::{ProptestConfig, proptest};
use serde_json::json;

use super::{Edit, Key};

#[track_caller]
fn check(edit: &Edit, old: &str, new: &str) {
    let edited = edit.applied(Some(old.as_bytes())).unwrap();
    assert_eq!(String::from_utf8(edited.clone()).unwrap(), new);
    assert_eq!(edit.applied(Some(&edited)).unwrap(), edited, "made twice");
}

fn toml(keys: &[&str], value: &str) -> Edit {
    Edit::Toml {
        keys: keys.iter().map(|it| (*it).to_owned()).collect(),
        value: value.to_owned(),
    }
}

#[test]
fn lines_are_added_and_replaced_in_the_files_own_way() {
    let append = Edit::Append(vec![".venv/".to_owned(), ".env".to_owned()]);
    check(&append, "a\r\n.env\r\nb", "a\r\n.env\r\nb\r\n.venv/\r\n");
    check(&append, "", ".venv/\n.env\n");
    assert_eq!(append.applied(None).unwrap(), b".venv/\n.env\n");
    let line = |number, old: &str, new: Option<&str>| Edit::Line {
        number,
        old: old.to_owned(),
        new: new.map(str::to_owned),
    };
    check(&line(2, "b", Some("c")), "b\nb\nb", "b\nc\nb");
    check(&line(9, "b", Some("c\nd")), "a\r\nb\r\n", "a\r\nc\r\nd\r\n");
    check(&line(2, "b", None), "a\nb\nc\n", "a\nc\n");
    let gone = line(2, "b", Some("c")).applied(Some(b"x\ny\n"));
    assert!(gone.unwrap_err().contains("line 2"));
    let several = line(3, "b", Some("c")).applied(Some(b"b\nb\n"));
    assert!(several.unwrap_err().contains("several"));
}

#[test]
fn toml_keys_are_set_where_they_are_or_added_where_they_belong() {
    let target = toml(&["tool", "black", "target-version"], "[\"py313\"]");
    check(
        &target,
        "[tool.black] # ours\nline-length = 88 # why\ntarget-version = ['py312'] # old\n\n[x]\n",
        "[tool.black] # ours\nline-length = 88 # why\ntarget-version = [\"py313\"] # old\n\n[x]\n",
    );
    check(
        &target,
        "[tool.black]\r\nline-length = 88 # why\r\n\r\n[tool.black.sub]\r\na = 1\r\n",
        "[tool.black]\r\nline-length = 88 # why\r\ntarget-version = [\"py313\"]\r\n\r\n[tool.black.sub]\r\na = 1\r\n",
    );
    check(
        &target,
        "[tool.black]\n\n[x]\na = 1",
        "[tool.black]\ntarget-version = [\"py313\"]\n\n[x]\na = 1",
    );
    check(
        &target,
        "[tool.x]\na = 1",
        "[tool.x]\na = 1\n\n[tool.black]\ntarget-version = [\"py313\"]\n",
    );
    check(
        &target,
        "tool = { black = { line-length = 88 } }\n",
        "tool = { black = { line-length = 88, target-version = [\"py313\"] } }\n",
    );
    check(&toml(&["a"], "1"), "[x]\nb = 2\n", "a = 1\n\n[x]\nb = 2\n");
    check(&toml(&["a"], "1"), "z = 0\n[x]\n", "z = 0\na = 1\n[x]\n");
    check(&toml(&["a b", "c"], "1"), "", "[\"a b\"]\nc = 1\n");
    assert!(toml(&["x"], "1").applied(Some(b"[x]\na = 1\n")).is_err());
    assert!(toml(&["a"], "1").applied(Some(b"a = [\n")).is_err());
}

#[test]
fn json_keeps_its_comments() {
    let name = |it: &str| Key::Name(it.to_owned());
    let set = |keys: Vec<Key>, value| Edit::Json { keys, value };
    check(
        &set(vec![name("a"), name("b")], json!(2)),
        "{\n  // first\n  \"a\": { \"b\": 1, /* c */ \"c\": 3 },\n}\n",
        "{\n  // first\n  \"a\": { \"b\": 2, /* c */ \"c\": 3 },\n}\n",
    );
    check(
        &set(vec![name("list"), Key::Index(1), name("at")], json!("x")),
        "{\n  \"list\": [\n    {},\n    { \"at\": \"y\" } // two\n  ]\n}\n",
        "{\n  \"list\": [\n    {},\n    { \"at\": \"x\" } // two\n  ]\n}\n",
    );
    check(
        &set(vec![name("new")], json!([1])),
        "{\r\n  \"a\": 1 // one\r\n}\r\n",
        "{\r\n  \"a\": 1, // one\r\n  \"new\": [1]\r\n}\r\n",
    );
    let wrong = set(vec![name("a"), name("b")], json!(1)).applied(Some(b"{\"a\": 3}"));
    assert!(wrong.is_err());
    assert!(
        set(vec![name("a")], json!(1))
            .applied(Some(b"[1]"))
            .is_err()
    );
}

#[test]
fn ini_options_are_set_in_their_section() {
    let set = |section: &str, key: &str, value: &str| Edit::Ini {
        section: section.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
    };
    check(
        &set("flake8", "extend-ignore", "E203,\n    E701"),
        "[other]\nextend-ignore = x\n[flake8]\nExtend-Ignore =\n    # why\n    E203\nmax-line-length = 88\n",
        "[other]\nextend-ignore = x\n[flake8]\nextend-ignore = E203,\n    E701\nmax-line-length = 88\n",
    );
    check(
        &set("flake8", "max-line-length", "88"),
        "[flake8]\na = 1\n\n[x]\n",
        "[flake8]\na = 1\nmax-line-length = 88\n\n[x]\n",
    );
    check(
        &set("flake8", "a", "2"),
        "[x]\nb = 1",
        "[x]\nb = 1\n\n[flake8]\na = 2\n",
    );
    check(
        &set("flake8", "a", "2"),
        "[flake8]\r\na: 1",
        "[flake8]\r\na = 2",
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_file_breaks_an_edit(content: Vec<u8>, text in "\\PC{0,80}", number in 0u32..9) {
        let edits = [
            Edit::Append(vec![text.clone()]),
            Edit::Line { number, old: text.clone(), new: Some("x".to_owned()) },
            toml(&["tool", "x"], "1"),
            Edit::Json { keys: vec![Key::Name(text.clone())], value: json!(1) },
            Edit::Ini { section: "x".to_owned(), key: "y".to_owned(), value: "z".to_owned() },
        ];
        for edit in edits {
            for content in [content.as_slice(), text.as_bytes()] {
                if let Ok(once) = edit.applied(Some(content)) {
                    // What has been made already changes nothing, whatever it was made in.
                    if let Ok(twice) = edit.applied(Some(&once)) {
                        assert!(twice == once || matches!(edit, Edit::Line { .. } | Edit::Append(_)));
                    }
                }
            }
        }
    }

    #[test]
    fn toml_keeps_every_other_key(before in "[a-c]{1,3}", value in 0i64..99, comment in "[ a-z]{0,8}") {
        let old = format!("# {comment}\n[{before}]\nz = {value} # {comment}\n[[list]]\nq = 1\n");
        let new = toml(&["tool", "x"], "1").applied(Some(old.as_bytes())).unwrap();
        let new = String::from_utf8(new).unwrap();
        assert!(new.starts_with(&old), "{new}");
    }
}
