//! The three languages give the same tree.

use super::{Language, Node};

fn parse(language: Language, text: &str) -> std::sync::Arc<Node> {
    language.parse(text).unwrap()
}

#[test]
fn the_three_languages_give_the_same_tree() {
    let toml = "a = 1\n\n[b]\nc = [\"x\", 'y']\n[[b.d]]\ne = true\n";
    let yaml = "a: 1\n\nb:\n  c: [x, \"y\"]\n  d:\n    - e: true\n";
    let json = "{ \"a\": 1,\n // why\n \"b\": {\n  \"c\": [\"x\", \"y\"],\n  \"d\": [{ \"e\": true }],\n } }";
    for (language, text) in [
        (Language::Toml, toml),
        (Language::Yaml, yaml),
        (Language::Json, json),
    ] {
        let node = parse(language, text);
        assert_eq!(node.at(&["a"]).unwrap().text(), Some("1"));
        assert_eq!(node.entry("a").unwrap().line, 1);
        assert_eq!(node.at(&["b", "c"]).unwrap().texts(), ["x", "y"]);
        let line = node.at(&["b", "c"]).unwrap().line;
        assert_eq!(line, 4, "{language:?}");
        let inner = &node.at(&["b", "d"]).unwrap().items()[0];
        assert_eq!(inner.at(&["e"]).unwrap().truth(), Some(true));
        assert_eq!(node.at(&["b", "nothing"]), None);
    }
}

#[test]
fn a_mistake_has_its_line() {
    for (language, text) in [
        (Language::Toml, "a = 1\nb = [\n"),
        (Language::Yaml, "a: 1\nb: [\n"),
        (Language::Json, "{\n\"b\": [}"),
    ] {
        let mistake = language.parse(text).unwrap_err();
        assert!(mistake.line >= 2, "{language:?}: {mistake:?}");
        assert!(!mistake.message.is_empty());
    }
}

#[test]
fn yaml_has_tags_anchors_and_merges() {
    let text = "base: &base\n  timeout: 3\n  memory: 1\nf:\n  <<: *base\n  memory: 2\n  role: !GetAtt Role.Arn\n  n:\n";
    let node = parse(Language::Yaml, text);
    assert_eq!(node.at(&["f", "timeout"]).unwrap().text(), Some("3"));
    assert_eq!(node.at(&["f", "memory"]).unwrap().text(), Some("2"));
    let role = node.at(&["f"]).unwrap().entry("role").unwrap();
    assert_eq!(role.tag.as_deref(), Some("!GetAtt"));
    assert_eq!(role.value.text(), Some("Role.Arn"));
    assert_eq!(node.at(&["f", "n"]).unwrap().text(), None);
    assert_eq!(node.entry("f").unwrap().line, 4);
}

#[test]
fn what_grows_without_end_or_nests_without_end_is_a_mistake() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let mistake = Language::Yaml.parse(&bomb).unwrap_err();
    assert!(mistake.message.contains("aliases"), "{mistake:?}");
    let deep = "[".repeat(100_000);
    assert!(Language::Yaml.parse(&deep).is_err());
    assert!(Language::Json.parse(&deep).is_err());
    assert!(Language::Toml.parse(&format!("a = {deep}")).is_err());
    let dashes = "- ".repeat(100_000);
    assert!(Language::Yaml.parse(&dashes).is_err());
}

#[test]
fn nothing_is_an_empty_table() {
    for language in [Language::Toml, Language::Yaml, Language::Json] {
        assert_eq!(parse(language, "").entries(), []);
    }
}
