//! One truth, many formats: the same findings and the same exit code in all of them.

use std::path::Path;

use serde_json::Value;

use crate::support::{Finished, Sandbox, run, tree};

/// The layers of one composition.
const FEW: [&str; 8] = [
    "base/",
    "ci/none/",
    "docs/none/",
    "editor/none/",
    "example/hello/",
    "license/mit/",
    "platform/vercel/",
    "tool/",
];

/// A copy of few of our layers, with these lines added to these files.
fn layers(sandbox: &Sandbox, added: &[(&str, &str)]) {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for (path, (_, mut bytes)) in tree(&ours, &[]) {
        if path.contains('/') && !FEW.iter().any(|it| path.starts_with(it)) {
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
fn counts(sandbox: &Sandbox, code: i32) -> [usize; 4] {
    let text = validate(sandbox, "text").code(code).stdout;
    let document = json(&validate(sandbox, "json").code(code).stdout);
    let sarif = json(&validate(sandbox, "sarif").code(code).stdout);
    let github = validate(sandbox, "github").code(code).stdout;
    [
        text.lines().filter(|it| !it.starts_with(' ')).count(),
        document["findings"].as_array().unwrap().len(),
        sarif["runs"][0]["results"].as_array().unwrap().len(),
        github.lines().filter(|it| it.starts_with("::")).count(),
    ]
}

#[test]
fn every_format_has_the_same_findings_and_the_same_exit_code() {
    let sandbox = Sandbox::new();
    layers(&sandbox, &[]);
    assert_eq!(counts(&sandbox, 0), [0; 4]);

    let sandbox = Sandbox::new();
    layers(
        &sandbox,
        &[
            ("base/files/.gitignore.hbs", "{{ nothing }}\n"),
            ("base/files/README.md.hbs", "{{ nobody }}\n"),
        ],
    );
    let [first, rest @ ..] = counts(&sandbox, 1);
    assert!(first > 0);
    assert_eq!(rest, [first; 3]);
}
