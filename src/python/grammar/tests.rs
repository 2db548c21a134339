//! What is read off a module.

use proptest::prelude::*;

use super::{Kind, Module};

#[test]
fn the_names_of_a_module_are_what_it_binds() {
    let text = "import os.path, numpy as np\nfrom json import dumps as d\nfrom . import near\n\
        if True:\n    a = 1\nelse:\n    b: int = 2\ntry:\n    from x import c\nexcept ImportError:\n    c = None\n\
        e, (f, [g]) = 1, (2, [3])\nh: int\nasync def i(event, context): pass\ndef j(*rest): z = 1\nclass K: y = 1\n\
        app = func.FunctionApp(auth=1)\n";
    let module = Module::read(text).unwrap();
    let names: Vec<&str> = module.names.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "K", "a", "app", "b", "c", "d", "e", "f", "g", "i", "j", "near", "np", "os"
        ]
    );
    let kind = |name: &str| module.names[name].kind.clone();
    let parameters = Some(2);
    let is_async = true;
    assert_eq!(
        kind("i"),
        Kind::Function {
            is_async,
            parameters
        }
    );
    let (is_async, parameters) = (false, None);
    assert_eq!(
        kind("j"),
        Kind::Function {
            is_async,
            parameters
        }
    );
    assert_eq!(
        kind("app"),
        Kind::Value(Some("func.FunctionApp".to_owned()))
    );
    assert_eq!(module.names["K"].line, 16);
    let imports: Vec<&str> = module.imports.iter().map(String::as_str).collect();
    assert_eq!(imports, ["json", "numpy", "os", "x"]);
    assert!(!module.is_open);
    assert!(Module::read("from x import *\n").unwrap().is_open);
    assert!(
        Module::read("def __getattr__(name): ...\n")
            .unwrap()
            .is_open
    );
    assert_eq!(Module::read("def f(:\n"), None);
}

#[test]
fn decorators_are_read_with_their_strings() {
    let text = "@app.route(\"hello\", methods=[\"GET\"])\n@app.timer_trigger(arg_name=\"t\",\n    schedule=\"0 0 * * * *\", run=True)\n@plain\ndef f(t): ...\n";
    let module = Module::read(text).unwrap();
    let [route, timer, plain] = &module.decorators[..] else {
        panic!("{module:?}");
    };
    assert_eq!(route.arguments, [(None, "hello".to_owned(), 1)]);
    assert_eq!((timer.name.as_str(), timer.line), ("app.timer_trigger", 2));
    assert!(
        timer
            .arguments
            .contains(&(Some("schedule".to_owned()), "0 0 * * * *".to_owned(), 3))
    );
    assert_eq!(
        (plain.name.as_str(), plain.function.as_str()),
        ("plain", "f")
    );
}

#[test]
fn no_depth_of_a_text_ends_the_program() {
    for text in [
        "(".repeat(200_000),
        format!("x = {}1\n", "-".repeat(200_000)),
        format!("x = {}1\n", "1+".repeat(200_000)),
        format!("x = a{}\n", ".b".repeat(200_000)),
        format!("@a{}\ndef f(): ...\n", ".b".repeat(100_000)),
        format!("{}x\n", "not ".repeat(100_000)),
        "x".repeat(600_000),
    ] {
        drop(Module::read(&text));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        drop(Module::read(&text));
    }
}
