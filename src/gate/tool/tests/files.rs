//! The tools that look at files one by one.

use super::super::testing::{Project, shown};
use crate::finding::Severity;
use crate::gate::settings::Needs;
use crate::gate::shadow::FileShadow;
use crate::git::Mode;
use crate::repo_path::RepoPath;

/// What every formatter would change and every linter dislikes.
const BAD: &[u8] = "import os\nx  = 1\ndef f( a ):\n    return  a+'\u{e9}'  \n".as_bytes();
/// What is no Python.
const BROKEN: &[u8] = b"x = 1\ndef f(:\n    pass\n";
const GOOD: &[u8] = b"x = 1\n";

/// Names that a shell, an option parser or a reader of lines takes for something else.
const NAMES: [&[u8]; 9] = [
    b"--exclude=b.py",
    b"-dash.py",
    b"@args.py",
    b"a b.py",
    b"b.py",
    b"line\nbreak.py",
    b"$(touch evil).py",
    b"x.py:1:2: E501 y.py",
    "caf\u{e9}/sub dir/\u{1f600}.py".as_bytes(),
];

const TOOLS: [&str; 6] = [
    "black",
    "autopep8",
    "ruff",
    "ruff-format",
    "flake8",
    "pylint",
];

#[test]
fn every_name_is_that_of_a_file_and_found_again() {
    let project = Project::new();
    for name in NAMES {
        project.write_bytes(name, BAD);
    }
    project.write("good.py", GOOD);
    let files: Vec<&[u8]> = NAMES.into_iter().chain([b"good.py".as_slice()]).collect();
    for tool in TOOLS {
        let gate = project.gate(tool);
        let verdict = match tool {
            "pylint" => gate.args(&["--disable=invalid-name"]).run(&files).unwrap(),
            _ => gate.run(&files).unwrap(),
        };
        assert!(!verdict.passed, "{tool}");
        let mut found: Vec<&[u8]> = verdict
            .findings
            .iter()
            .map(|it| {
                it.location
                    .as_ref()
                    .unwrap_or_else(|| panic!("{tool}: {it:?}"))
                    .path
                    .as_bytes()
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        let mut bad = NAMES.to_vec();
        if tool == "pylint" {
            bad.push(b"good.py");
        }
        bad.sort_unstable();
        assert_eq!(found, bad, "{tool}");
    }
    assert!(!project.root().join("evil").exists());
}

#[test]
fn a_name_that_is_not_utf_8_never_passes_unseen_and_hides_nothing() {
    let project = Project::new();
    project.write_bytes(b"odd\xff.py", BAD).write("b.py", BAD);
    for tool in TOOLS {
        let verdict = project.run(tool, &[b"odd\xff.py", b"b.py"]).unwrap();
        assert!(!verdict.passed, "{tool}");
        let lines = shown(&verdict);
        assert!(
            lines
                .iter()
                .any(|it| it.starts_with("b.py:") || it.starts_with("b.py ")),
            "{tool}: {lines:?}"
        );
        assert!(
            lines.iter().any(|it| it.starts_with("odd\\xff.py")),
            "{tool}: {lines:?}\n{}",
            verdict.output
        );
        project.write_bytes(b"odd\xff.py", GOOD);
        if tool != "pylint" {
            assert!(
                project.run(tool, &[b"odd\xff.py"]).unwrap().passed,
                "{tool}"
            );
        }
        project.write_bytes(b"odd\xff.py", BAD);
    }
}

#[test]
fn findings_have_their_place() {
    let project = Project::new();
    project.write("b.py", BAD).write("broken.py", BROKEN);
    let lines = |tool: &str, file: &str| shown(&project.run(tool, &[file.as_bytes()]).unwrap());
    assert_eq!(lines("black", "b.py"), ["b.py black"]);
    assert_eq!(lines("black", "broken.py"), ["broken.py:2:7 black/syntax"]);
    assert_eq!(lines("autopep8", "b.py"), ["b.py:2 autopep8"]);
    assert_eq!(lines("ruff-format", "b.py"), ["b.py:2:1 ruff-format"]);
    assert_eq!(
        lines("ruff-format", "broken.py"),
        ["broken.py:2:7 ruff-format/invalid-syntax"]
    );
    assert_eq!(
        lines("flake8", "b.py"),
        [
            "b.py:1:1 flake8/F401",
            "b.py:2:2 flake8/E221",
            "b.py:3:1 flake8/E302",
            "b.py:3:7 flake8/E201",
            "b.py:3:9 flake8/E202",
            "b.py:4:11 flake8/E271",
            "b.py:4:18 flake8/W291",
        ]
    );
    assert_eq!(lines("flake8", "broken.py"), ["broken.py:2:8 flake8/E999"]);
    let ruff = lines("ruff", "b.py");
    assert!(ruff.contains(&"b.py:1:8 ruff/F401".to_owned()), "{ruff:?}");
    let ruff = lines("ruff", "broken.py");
    assert!(
        ruff.contains(&"broken.py:2:7 ruff/invalid-syntax".to_owned()),
        "{ruff:?}"
    );
    let pylint = lines("pylint", "b.py");
    assert!(
        pylint.contains(&"b.py:1:1 pylint/unused-import".to_owned()),
        "{pylint:?}"
    );
    assert!(
        pylint.contains(&"b.py:4:18 pylint/trailing-whitespace".to_owned()),
        "{pylint:?}"
    );
    let pylint = lines("pylint", "broken.py");
    assert!(
        pylint.iter().any(|it| it.ends_with("pylint/syntax-error")),
        "{pylint:?}"
    );
}

#[test]
fn what_exits_with_0_passes_and_its_words_are_warnings() {
    let project = Project::new();
    project.write("b.py", BAD);
    for (tool, argument) in [
        ("flake8", "--exit-zero"),
        ("ruff", "--exit-zero"),
        ("pylint", "--exit-zero"),
    ] {
        let verdict = project
            .gate(tool)
            .args(&[argument])
            .run(&[b"b.py"])
            .unwrap();
        assert!(verdict.passed, "{tool}");
        assert!(!verdict.findings.is_empty(), "{tool}");
        assert!(
            verdict
                .findings
                .iter()
                .all(|it| it.severity == Severity::Warning),
            "{tool}"
        );
    }
}

#[test]
fn a_wrong_argument_never_passes_and_what_the_tool_said_is_shown() {
    let project = Project::new();
    project.write("b.py", GOOD);
    for tool in TOOLS {
        let gate = project.gate(tool).args(&["--no-such-option"]);
        let said = match gate.run(&[b"b.py"]) {
            Ok(verdict) => {
                assert!(!verdict.passed, "{tool}");
                verdict.output
            }
            Err(error) => {
                let start = format!("{tool} could not do its work (exit code ");
                assert!(error.message().starts_with(&start), "{error}");
                let program = tool.trim_end_matches("-format");
                let hint = format!("to see it by hand, type `.venv/bin/{program}");
                assert!(error.hints()[0].starts_with(&hint), "{:?}", error.hints());
                error.causes().concat()
            }
        };
        assert!(said.contains("no-such-option"), "{tool}: {said}");
    }
}

#[test]
fn a_broken_configuration_is_no_clean_bill() {
    let project = Project::new();
    project.write("b.py", GOOD);
    project.write("pyproject.toml", "[tool.black\n");
    let passes = |tool: &str| project.run(tool, &[b"b.py"]).is_ok_and(|it| it.passed);
    for tool in ["black", "ruff", "ruff-format"] {
        assert!(!passes(tool), "{tool}");
    }
    project.write(".flake8", "[flake8]\nmax-line-length = nonsense\n");
    assert!(!passes("flake8"));
}

#[test]
fn a_fixer_mends_the_copy_and_is_content_then() {
    let project = Project::new();
    let names: Vec<&[u8]> = NAMES.into_iter().chain([b"good.py".as_slice()]).collect();
    for tool in ["black", "autopep8", "ruff", "ruff-format"] {
        let files = names.iter().map(|name| {
            let bytes = if *name == b"good.py" { GOOD } else { BAD };
            (RepoPath::new(*name), Mode::File, bytes.to_vec())
        });
        let mut shadow = FileShadow::lay_out(&project.beside("shadow"), files).unwrap();
        let root = shadow.root().to_owned();
        let verdict = project
            .gate(tool)
            .on(&root, Needs::Files)
            .fixing()
            .run(&names)
            .unwrap();
        // Ruff mends what is safe to mend.
        assert!(verdict.passed, "{tool}: {:?}", shown(&verdict));
        let mut changed: Vec<Vec<u8>> = shadow
            .changed()
            .unwrap()
            .into_iter()
            .map(|(path, _)| path.as_bytes().to_vec())
            .collect();
        changed.sort();
        let mut bad: Vec<Vec<u8>> = NAMES.iter().map(|it| it.to_vec()).collect();
        bad.sort();
        assert_eq!(changed, bad, "{tool}");
        assert!(shadow.changed().unwrap().is_empty(), "{tool}");
        let again = project
            .gate(tool)
            .on(&root, Needs::Files)
            .run(&names)
            .unwrap();
        assert!(again.passed, "{tool}: {:?}", shown(&again));
    }
}

#[test]
fn the_work_tree_itself_is_never_mended() {
    let project = Project::new();
    project.write("b.py", BAD);
    for tool in ["black", "autopep8", "ruff", "ruff-format"] {
        let verdict = project.gate(tool).fixing().run(&[b"b.py"]).unwrap();
        assert!(!verdict.passed, "{tool}");
        assert_eq!(
            std::fs::read(project.root().join("b.py")).unwrap(),
            BAD,
            "{tool}"
        );
    }
}

#[test]
fn what_the_configuration_leaves_out_is_left_out_in_the_copy_too() {
    let project = Project::new();
    let configured = |configuration: &str, text: &str| {
        let file = |path: &str, bytes: &[u8]| (RepoPath::new(path), Mode::File, bytes.to_vec());
        let files = [
            file(&format!("lib/{configuration}"), text.as_bytes()),
            file("lib/b.py", BAD),
            file("lib/generated/b.py", BAD),
        ];
        FileShadow::lay_out(&project.beside("shadow"), files).unwrap()
    };
    for (tool, configuration, text) in [
        (
            "black",
            "pyproject.toml",
            "[tool.black]\nforce-exclude = '^/generated/'\n",
        ),
        ("ruff", "ruff.toml", "exclude = ['generated']\n"),
        (
            "ruff-format",
            "pyproject.toml",
            "[tool.ruff]\nextend-exclude = ['generated']\n",
        ),
        (
            "black",
            "pyproject.toml",
            "[tool.black]\nextend-exclude = '''\n# what\n(/gen erated/\n  | /generated/)\n'''\n",
        ),
        ("flake8", ".flake8", "[flake8]\nexclude = generated\n"),
        (
            "flake8",
            "setup.cfg",
            "[x]\n[flake8]\nselect: E\nextend_exclude =\n    # what\n    other,\n    ./generated\n",
        ),
    ] {
        let shadow = configured(configuration, text);
        let files: [&[u8]; 2] = [b"b.py", b"generated/b.py"];
        let verdict = project
            .gate(tool)
            .of("lib")
            .on(shadow.root(), Needs::Files)
            .run(&files)
            .unwrap();
        assert!(!verdict.passed, "{tool}");
        let lines = shown(&verdict);
        assert!(
            lines.iter().all(|it| it.starts_with("lib/b.py")),
            "{tool}: {lines:?}"
        );
    }
}

#[test]
fn what_a_configuration_hides_is_asked_for_all_the_same() {
    let project = Project::new();
    let away = project.beside("away.txt");
    project.write("b.py", BAD).write(
        ".flake8",
        format!(
            "[flake8]\noutput-file = {}\nshow-source = true\nformat = pylint\n",
            away.display()
        ),
    );
    assert_eq!(project.run("flake8", &[b"b.py"]).unwrap().findings.len(), 7);
    assert!(!away.exists());
    project.write(
        ".pylintrc",
        "[MAIN]\noutput-format=colorized\nreports=yes\n",
    );
    assert!(project.run("pylint", &[b"b.py"]).unwrap().findings.len() > 3);
}
