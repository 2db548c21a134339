//! What is read from `pyproject.toml`, and that an edit leaves every other byte alone.

use std::path::Path;

use proptest::prelude::*;

use super::Manifest;

fn manifest(text: &str) -> Manifest {
    Manifest::parse(Path::new("/p/pyproject.toml"), text).unwrap()
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|it| (*it).to_owned()).collect()
}

fn constrained(text: &str, list: &[&str]) -> String {
    manifest(text).with_constraints(&owned(list)).unwrap()
}

#[test]
fn what_a_project_requires_is_read_with_included_groups() {
    let manifest = manifest(
        r#"
[project]
name = "demo"
dependencies = ["requests>=2", 'idna ; sys_platform == "win32"']
[dependency-groups]
Lint_Tools = ["flake8"]
dev = ["pytest", {include-group = "lint-tools"}, "black"]
empty = []
[tool.scaffold.answers]
platform = "vercel"
"#,
    );
    assert_eq!(
        manifest.dependencies().unwrap(),
        ["requests>=2", "idna ; sys_platform == \"win32\""]
    );
    assert_eq!(
        manifest.group("Dev").unwrap().unwrap(),
        ["pytest", "flake8", "black"]
    );
    assert_eq!(manifest.group("empty").unwrap().unwrap(), [""; 0]);
    assert_eq!(manifest.group("none").unwrap(), None);
    assert_eq!(manifest.answer("platform"), Some("vercel"));
    assert_eq!(manifest.answer("trigger"), None);
}

#[test]
fn what_is_malformed_is_named() {
    for (text, words) in [
        ("[project]\ndependencies = [1]", "no list of strings"),
        ("[project]\ndynamic = ['dependencies']", "`dynamic`"),
    ] {
        let error = manifest(text).dependencies().unwrap_err();
        assert!(error.message().contains(words), "{error}");
        assert!(
            error.message().starts_with("/p/pyproject.toml: "),
            "{error}"
        );
    }
    for (text, words) in [
        (
            "dev = [{include-group='a'}]\na = [{include-group='DEV'}]",
            "`dev` includes `a` includes `dev` again",
        ),
        (
            "dev = [{include-group='a'}]",
            "`dev` includes `a`, which does not exist",
        ),
        ("dev = [{x = 1}]", "neither a requirement nor"),
        ("dev = 'black'", "`dev` is no list"),
    ] {
        let manifest = manifest(&format!("[dependency-groups]\n{text}\n"));
        let error = manifest.group("dev").unwrap_err();
        assert!(error.message().contains(words), "{error}");
    }
    let text = "[project]\nname = \n";
    let error = Manifest::parse(Path::new("/p/pyproject.toml"), text).unwrap_err();
    assert!(
        error.message().starts_with("/p/pyproject.toml, line 2: "),
        "{error}"
    );
}

#[test]
fn an_edit_of_the_list_keeps_its_comments_and_the_order_of_what_stays() {
    let text = "\
a = 1 # x
[tool.uv]
package = false
# why
constraint-dependencies = [
    # first of all
    'b==1', # of b
    \"a==1\",
    # of c
    \"c==1\", # after c
    # at the end
] # done
[z]
";
    assert_eq!(
        constrained(text, &["a==2", "aa==1", "b==1", "d==1 ; os_name == 'nt'"]),
        "\
a = 1 # x
[tool.uv]
package = false
# why
constraint-dependencies = [
    \"aa==1\",
    # first of all
    \"b==1\", # of b
    \"a==2\",
    # of c
    # after c
    \"d==1 ; os_name == 'nt'\",
    # at the end
] # done
[z]
"
    );
    assert_eq!(constrained(text, &["a==1", "b==1", "c==1"]), text);
}

#[test]
fn a_list_that_is_not_there_yet_finds_its_place() {
    let list = "constraint-dependencies = [\n    \"a==1\",\n]\n";
    assert_eq!(
        constrained("[tool.uv] # ours\nx = 1\n[b]\n", &["a==1"]),
        format!("[tool.uv] # ours\n{list}x = 1\n[b]\n")
    );
    assert_eq!(
        constrained("[tool.uv]", &["a==1"]),
        format!("[tool.uv]\n{list}")
    );
    assert_eq!(
        constrained("[b]\nx = 1", &["a==1"]),
        format!("[b]\nx = 1\n\n[tool.uv]\n{list}")
    );
    let error = manifest("tool = {uv = {}}\n").with_constraints(&owned(&["a==1"]));
    assert!(error.is_err());
    let empty = "[tool.uv]\nconstraint-dependencies = []\n";
    assert_eq!(constrained(empty, &["a==1"]), format!("[tool.uv]\n{list}"));
    assert_eq!(constrained(&format!("[tool.uv]\n{list}"), &[]), empty);
}

#[test]
fn foreign_line_ends_and_a_byte_order_mark_stay() {
    let text = "\u{feff}[tool.uv]\r\nconstraint-dependencies = [\r\n  'a==1',\r\n]\r\n# end";
    assert_eq!(
        constrained(text, &["a==2", "b==1"]),
        "\u{feff}[tool.uv]\r\nconstraint-dependencies = [\r\n  \"a==2\",\r\n  \"b==1\",\r\n]\r\n# end"
    );
}

fn pins() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_map("[a-f]{1,2}", 0..3_u8, 0..6).prop_map(|pins| {
        pins.iter()
            .map(|(name, version)| match version {
                0 => format!("{name}==1"),
                1 => format!("{name}==2 ; sys_platform == 'win32'"),
                _ => format!("{name}==3 ; implementation_name == \"cpython\""),
            })
            .collect()
    })
}

/// Lines around the list: comments, strings that look like it, odd spacing.
fn around() -> impl Strategy<Value = String> {
    let lines = vec![
        "# constraint-dependencies = [1]\n",
        "k = \"constraint-dependencies = ['x']\"\t# ü\n",
        "\n",
        "   l = [ 1,\n 2, # two\n]\n",
        "'m n' = '''\nconstraint-dependencies = []\n'''\n",
        "o.p = { q = 1 }  \n",
    ];
    prop::sample::subsequence(lines, 0..6).prop_map(|lines| lines.concat())
}

fn styled(pins: &[String], style: u8) -> String {
    let quoted: Vec<String> = pins
        .iter()
        .map(|it| toml_edit::Value::from(it).to_string())
        .collect();
    match style {
        0 => format!("[{}]", quoted.join(", ")),
        1 => format!("[\n\t{} # c\n]", quoted.join(", # c\n\t")),
        _ => format!("[ # head\n  {}\n  # tail\n]", quoted.join(",\n  # c\n  ")),
    }
}

proptest! {
    #[test]
    fn an_edit_changes_the_list_and_not_one_other_byte(
        before in around(), between in around(), after in around(),
        (old, new) in (pins(), pins()), style in 0..3_u8, carriage in any::<bool>(),
    ) {
        let ends = |text: String| if carriage { text.replace('\n', "\r\n") } else { text };
        let head = ends(format!("{before}[tool.uv]\n{between}constraint-dependencies  =  "));
        let tail = ends(format!("  # of the list\n[after]\n{after}"));
        let text = format!("{head}{}{tail}", ends(styled(&old, style)));
        let edited = manifest(&text).with_constraints(&new).unwrap();
        prop_assert!(edited.starts_with(&head), "{edited}");
        prop_assert!(edited.ends_with(&tail), "{edited}");
        let mut found = manifest(&edited).constraints().unwrap();
        found.sort();
        prop_assert_eq!(found, new.clone());
        let comments = |text: &str| text.matches('#').count();
        prop_assert_eq!(comments(&edited), comments(&text));
        prop_assert_eq!(manifest(&edited).with_constraints(&new).unwrap(), edited);
    }
}
