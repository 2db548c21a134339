//! The gate before a corpus of names, and before any string.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;

use super::refusal::Refused;
use super::{NameRules, ProjectName};
use crate::platform::Facts;
use crate::project::interview::name_rules;
use crate::python::names::keyword;
use crate::python::version::CEILING;
use crate::template::catalog::Catalog;
use crate::template::layer::Kind;

const CORPUS: &str = include_str!("../../../tests/it/names.txt");

/// The rules of every platform that the program carries, by its id.
static RULES: LazyLock<BTreeMap<String, NameRules>> = LazyLock::new(|| {
    let catalog = Catalog::embedded();
    let platforms = catalog.layers(Kind::Platform, None).unwrap();
    let rules = platforms.into_iter().map(|platform| {
        let facts = Facts::of(platform).unwrap();
        let rules = name_rules(&catalog, platform, &facts, "3.13", &[]).unwrap();
        (platform.id.clone(), rules)
    });
    rules.collect()
});

/// What the gate says, as the corpus writes it.
fn verdict(checked: &Result<ProjectName, Refused>) -> String {
    match checked {
        Ok(_) => "Accepted".to_owned(),
        Err(refused) => {
            let reason = format!("{:?}", refused.reason());
            reason
                .split(['(', ' '])
                .next()
                .unwrap_or_default()
                .to_owned()
        }
    }
}

/// What every name must look like: valid for PEP 508 and PEP 503, and an identifier once its dashes are underscores.
static FORM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^[a-z][a-z0-9]*(-[a-z0-9]+)*$").unwrap());

/// A name is usable, or what is offered in its place is.
fn assert_sound(text: &str, rules: &NameRules) {
    match ProjectName::check(text, rules) {
        Ok(found) => {
            let (name, package) = (found.name(), found.package());
            assert!(FORM.is_match(name), "{text:?} became {name:?}");
            assert_eq!(package, name.replace('-', "_"));
            assert!(name.len() <= 63, "{name}");
            assert_eq!(keyword(package), None);
            // The name itself is as good as what was typed, so that it can be typed again.
            assert_eq!(ProjectName::check(name, rules).as_ref(), Ok(&found));
        }
        Err(refused) => {
            let line = refused.to_string();
            assert!(
                line.len() < 400 && !line.contains(char::is_control),
                "{line:?}"
            );
            let name = refused.suggestion().unwrap();
            let checked = ProjectName::check(name, rules);
            assert!(
                checked.is_ok(),
                "{name:?} is offered for {text:?}: {checked:?}"
            );
        }
    }
}

#[test]
fn the_corpus_is_judged_as_it_says() {
    for (platform, rules) in RULES.iter() {
        let mut wrong = Vec::new();
        for line in CORPUS
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (expected, name) = line.split_once(' ').unwrap();
            let name: String = serde_json::from_str(name.trim()).unwrap();
            let found = verdict(&ProjectName::check(&name, rules));
            if found != expected {
                wrong.push(format!("{name:?}: {found}, not {expected}"));
            }
            assert_sound(&name, rules);
        }
        assert_eq!(wrong, [""; 0], "{platform}");
    }
}

#[test]
fn no_module_of_any_python_s_library_is_accepted_for_it() {
    for minor in 11..=14 {
        let python = crate::python::Series::new(3, minor);
        let rules = NameRules::new(python);
        for module in crate::python::names::standard_modules(python) {
            for name in [
                module.to_owned(),
                module.to_uppercase(),
                module.replace('_', "-"),
            ] {
                let checked = ProjectName::check(&name, &rules);
                assert_eq!(verdict(&checked), "StandardModule", "{name}");
                assert_sound(&name, &rules);
            }
        }
    }
}

#[test]
fn every_device_is_refused_in_every_form() {
    let numbered = ["com", "lpt"]
        .iter()
        .flat_map(|kind| (0..=9).map(move |number| format!("{kind}{number}")));
    let named = ["con", "prn", "aux", "nul", "conin$", "conout$"].map(str::to_owned);
    let rules = NameRules::new(CEILING);
    for device in named.into_iter().chain(numbered) {
        for name in [
            device.clone(),
            device.to_uppercase(),
            format!("{device}.txt"),
            format!("{device} .a.b"),
        ] {
            let checked = ProjectName::check(&name, &rules);
            assert_eq!(verdict(&checked), "Device", "{name}");
            assert_sound(&name, &rules);
        }
    }
}

#[test]
fn what_is_reserved_on_a_platform_is_refused_there_alone() {
    for name in [
        "app", "index", "server", "main", "wsgi", "asgi", "Main", "INDEX",
    ] {
        let refused = ProjectName::check(name, &RULES["vercel"]).unwrap_err();
        assert!(
            refused.to_string().contains("is taken on Vercel"),
            "{refused}"
        );
        assert!(
            ProjectName::check(name, &RULES["aws-lambda"]).is_ok(),
            "{name}"
        );
    }
    for name in ["functions", "boto3", "bootstrap", "runtime-client"] {
        let refused = ProjectName::check(name, &RULES["aws-lambda"]).unwrap_err();
        assert!(
            refused.to_string().contains("is taken on AWS Lambda"),
            "{refused}"
        );
        assert!(ProjectName::check(name, &RULES["vercel"]).is_ok(), "{name}");
    }
}

#[test]
fn what_is_offered_is_near() {
    let rules = NameRules::new(CEILING).beside(["requests>=2.32", "PyYAML ; python_version > '3'"]);
    for (text, offered) in [
        ("My App", "my-app"),
        ("café", "cafe"),
        ("straße", "strasse"),
        ("Łódź Ærø", "lodz-aero"),
        ("ｈｅｌｌｏ", "hello"),
        ("it's", "its"),
        ("class", "my-class"),
        ("json", "my-json"),
        ("yaml", "my-yaml"),
        ("1abc", "my-1abc"),
        ("con.txt", "con-txt"),
        ("con", "my-con"),
        ("hello.", "hello"),
        ("--help", "help"),
        ("日本", "my-function"),
        ("...", "my-function"),
        ("../up", "up"),
    ] {
        let refused = ProjectName::check(text, &rules).unwrap_err();
        assert_eq!(refused.suggestion(), Some(offered), "{text}");
    }
    let long = ProjectName::check(&"ab-".repeat(100), &rules).unwrap_err();
    assert_eq!(long.suggestion().map(str::len), Some(62));
}

#[test]
fn the_platform_s_own_form_is_asked_for() {
    let rules = |pattern| {
        NameRules::new(CEILING)
            .on("Cloud", &[], Some(20), Some(pattern))
            .unwrap()
    };
    let prefixed = rules("my-[a-z-]+");
    assert!(ProjectName::check("my-hello", &prefixed).is_ok());
    let refused = ProjectName::check("hello", &prefixed).unwrap_err();
    assert_eq!(refused.suggestion(), Some("my-hello"));
    assert!(
        refused.to_string().contains("Cloud asks of names"),
        "{refused}"
    );
    let long = ProjectName::check(&"a".repeat(21), &prefixed).unwrap_err();
    assert_eq!(long.suggestion().map(str::len), Some(20));
    // A form that nothing near can have: then nothing is offered, rather than something that does not work.
    let refused = ProjectName::check("hello", &rules("zz[0-9]{5}")).unwrap_err();
    assert_eq!(refused.suggestion(), None);
}

#[test]
fn a_platform_asks_for_no_form_that_the_gate_cannot_give() {
    for (platform, rules) in RULES.iter() {
        for name in ["a", "a1", "a-b", "hello-2-world", &"a".repeat(63)] {
            assert!(
                ProjectName::check(name, rules).is_ok(),
                "{name} on {platform}"
            );
        }
    }
}

/// Names that mean something, with something around them.
fn decorated() -> impl Strategy<Value = String> {
    let words = vec![
        "class", "json", "con", "nul", "com1", "requests", "yaml", "tests", "app", "pip", "None",
        "1", "é", "x",
    ];
    (
        "[-_. \\t/$A-Za-z0-9éß]{0,3}",
        prop::sample::select(words),
        "[-_. \\n$A-Za-z0-9日]{0,3}",
    )
        .prop_map(|(before, word, after)| format!("{before}{word}{after}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_judged(text in ".{0,80}") {
        for (_, rules) in RULES.iter() {
            assert_sound(&text, rules);
        }
    }

    #[test]
    fn any_name_near_a_taken_one_is_judged(text in decorated()) {
        for (_, rules) in RULES.iter() {
            assert_sound(&text, rules);
        }
    }

    #[test]
    fn any_control_or_private_character_is_judged(text in "\\PC{0,5}[\\p{Cc}\\p{Cf}\\p{Co}]\\PC{0,5}") {
        for (_, rules) in RULES.iter() {
            assert_sound(&text, rules);
        }
    }
}
