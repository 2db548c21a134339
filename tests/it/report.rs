//! One truth, many formats: the same findings and the same exit code in all of them.

use std::path::Path;

use serde_json::Value;

use crate::support::{Finished, Sandbox, run, tree};

/// Layers beside which there are others of their kind: without them there are few compositions.
const MORE: [&str; 6] = [
    "ci/github/",
    "docs/mkdocs/",
    "editor/vscode/",
    "example/api/",
    "license/",
    "platform/aws-lambda/",
];

/// A copy of few of our layers, with these lines added to these files.
fn layers(sandbox: &Sandbox, added: &[(&str, &str)]) {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for (path, (_, mut bytes)) in tree(&ours, &[]) {
        if MORE.iter().any(|it| path.starts_with(it)) && !path.starts_with("license/mit/") {
            continue;
        }
        for (_, text) in added.iter().filter(|(it, _)| *it == path) {
            bytes.extend_from_slice(text.as_bytes());
        }
        let path = sandbox.path("layers").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn validate(sandbox: &Sandbox, format: &str) -> Finished {
    run(sandbox
        .scaffold()
        .args(["template", "validate", "layers", "--format", format]))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The number of findings in each format, all with this exit code.
fn counts(in_format: impl Fn(&str) -> Finished, code: i32) -> [usize; 4] {
    let text = in_format("text").code(code).stdout;
    let document = json(&in_format("json").code(code).stdout);
    let sarif = json(&in_format("sarif").code(code).stdout);
    let github = in_format("github").code(code).stdout;
    [
        text.lines().filter(|it| !it.starts_with(' ')).count(),
        document["findings"].as_array().unwrap().len(),
        sarif["runs"][0]["results"].as_array().unwrap().len(),
        github.lines().filter(|it| it.starts_with("::")).count(),
    ]
}

#[test]
fn layers_are_judged_the_same_in_every_format() {
    let sandbox = Sandbox::new();
    layers(&sandbox, &[]);
    assert_eq!(counts(|it| validate(&sandbox, it), 0), [0; 4]);

    let sandbox = Sandbox::new();
    layers(
        &sandbox,
        &[
            ("base/files/.gitignore.hbs", "{{ nothing }}\n"),
            ("base/files/README.md.hbs", "{{ nobody }}\n"),
        ],
    );
    let [first, rest @ ..] = counts(|it| validate(&sandbox, it), 1);
    assert!(first > 0);
    assert_eq!(rest, [first; 3]);
}

/// `scaffold check` on these files, none of them committed.
fn check(sandbox: &Sandbox, format: &str) -> Finished {
    run(sandbox
        .scaffold()
        .args(["check", "--gate", "hygiene,secrets", "--format", format]))
}

#[test]
fn gates_are_reported_the_same_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "--quiet"]);
    std::fs::write(sandbox.path("good.txt"), "a\n").unwrap();
    assert_eq!(counts(|it| check(&sandbox, it), 0), [0; 4]);

    std::fs::write(sandbox.path("two lines.txt"), "é \nb\t").unwrap();
    std::fs::write(sandbox.path("-b.yaml"), "a: 1\na: 2\n").unwrap();
    assert_eq!(counts(|it| check(&sandbox, it), 1), [4; 4]);
    assert_eq!(
        check(&sandbox, "text").stdout,
        "-b.yaml:2:1: key `a` stands in line 1 already [yaml]\n\
         two lines.txt:1:2: trailing whitespace [trailing-whitespace]\n\
         two lines.txt:2:2: trailing whitespace [trailing-whitespace]\n\
         two lines.txt:2:3: no line ending at the end of the file [end-of-file]\n"
    );
    let sarif = json(&check(&sandbox, "sarif").stdout);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let titles: Vec<_> = rules
        .iter()
        .map(|it| it["shortDescription"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        [
            "Exactly one line ending at the end of a file",
            "No whitespace at the end of lines",
            "YAML that can be read"
        ]
    );
}

#[test]
fn a_gate_that_fails_without_naming_a_place_is_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "--quiet"]);
    std::fs::write(
        sandbox.path("pyproject.toml"),
        "[tool.scaffold.gates.mine]\ncommand = [\"git\", \"no-such-command\"]\nneeds = \"tree\"\n",
    )
    .unwrap();
    let mine = |format: &str| {
        run(sandbox
            .scaffold()
            .args(["check", "--gate", "mine", "--format", format]))
    };
    assert_eq!(
        json(&mine("json").code(1).stdout)["findings"][0]["code"],
        "mine"
    );
    let sarif = json(&mine("sarif").code(1).stdout);
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], "./");
    let github = mine("github").code(1).stdout;
    assert!(github.starts_with("::error title=mine::"), "{github}");
    let text = mine("text").code(1).stdout;
    assert!(text.starts_with("error: "), "{text}");
}
