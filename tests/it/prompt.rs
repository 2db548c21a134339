//! `scaffold new` on a terminal: questions, choices, validation at the prompt, and Ctrl-C that leaves nothing.

use std::path::Path;

use serde_json::json;

use crate::support::{Finished, Sandbox, names, run};

/// Runs `scaffold new` on a terminal: each pair is a text to wait for and keys to type then.
fn on_terminal(sandbox: &Sandbox, arguments: &[&str], script: &[(&str, &str)]) -> Finished {
    let script: Vec<_> = script
        .iter()
        .map(|(text, keys)| json!([text, keys]))
        .collect();
    run(sandbox
        .command("python3")
        .env("TERM", "xterm-256color")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/terminal.py"))
        .arg(json!(script).to_string())
        .args([env!("CARGO_BIN_EXE_scaffold"), "new", "--no-env"])
        .args(arguments))
}

const ENTER: &str = "\r";
const DOWN: &str = "\u{1b}[B";
const CONTROL_C: &str = "\u{3}";

/// Every question, in the order in which they are asked.
const QUESTIONS: [&str; 12] = [
    "Platform",
    "Example",
    "Python",
    "Documentation",
    "CI",
    "Editor",
    "Hooks",
    "License",
    "Project name",
    "Description",
    "Author",
    "Email",
];

/// What answers every question but that for hooks.
const ANSWERS: [&str; 21] = [
    "hello",
    "--platform",
    "vercel",
    "--example",
    "hello",
    "--python",
    "3.13",
    "--docs",
    "none",
    "--ci",
    "none",
    "--editor",
    "none",
    "--license",
    "mit",
    "--description",
    "x",
    "--author",
    "A",
    "--email",
    "a@example.com",
];

/// These keys where this is asked, and all questions before it answered by what they propose.
fn up_to(
    wait: &'static str,
    keys: &'static str,
    questions: impl IntoIterator<Item = &'static str>,
) -> Vec<(&'static str, &'static str)> {
    let before = questions.into_iter().take_while(|text| *text != wait);
    before
        .map(|text| (text, ENTER))
        .chain([(wait, keys)])
        .collect()
}

#[test]
fn every_question_can_be_answered_and_a_bad_answer_is_asked_again() {
    let sandbox = Sandbox::new();
    let down_enter = format!("{DOWN}{ENTER}");
    let finished = on_terminal(
        &sandbox,
        &[],
        &[
            ("Platform", &down_enter),
            ("Example", ENTER),
            ("Python", ENTER),
            ("Documentation", ENTER),
            ("CI", &down_enter),
            ("Editor", ENTER),
            ("Hooks", ENTER),
            ("License", ENTER),
            ("Project name", "class\r"),
            ("keyword", "\u{15}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}my-func\r"),
            ("Description", ENTER),
            ("Author", ENTER),
            ("Email", ENTER),
            ("Make it?", "y"),
        ],
    )
    .code(0);
    assert!(finished.stdout.contains("my-func"), "{}", finished.stdout);
    let text = std::fs::read_to_string(sandbox.path("my-func/pyproject.toml")).unwrap();
    for line in [
        "platform = \"aws-lambda\"",
        "ci = \"none\"",
        "author = \"Ada Lovelace\"",
        "email = \"ada@example.com\"",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn what_is_answered_already_is_not_asked() {
    let sandbox = Sandbox::new();
    let arguments = [&ANSWERS[..], &["--hooks", "none"]].concat();
    on_terminal(&sandbox, &arguments, &[("Make it?", "y")]).code(0);
    assert_eq!(names(&sandbox.work()), ["hello"]);
}

#[test]
fn control_c_leaves_nothing_whenever_it_comes() {
    for wait in ["Platform", "Python", "Project name", "Make it?"] {
        let sandbox = Sandbox::new();
        let script = up_to(wait, CONTROL_C, QUESTIONS);
        let finished = on_terminal(&sandbox, &[], &script);
        assert_eq!(finished.code, Some(130), "{wait}\n{}", finished.stdout);
        let last = finished.stdout.trim_end().lines().last();
        assert_eq!(last, Some("interrupted: nothing was made"), "{wait}");
        assert_eq!(names(&sandbox.work()), [""; 0], "{wait}");
    }
}

#[test]
fn a_name_whose_place_is_taken_is_asked_for_again() {
    let sandbox = Sandbox::new();
    for taken in ["hello", "shop"] {
        std::fs::create_dir(sandbox.path(taken)).unwrap();
        std::fs::write(sandbox.path(taken).join("file"), "").unwrap();
    }
    let arguments = [
        "--platform=vercel",
        "--example=hello",
        "--python=3.13",
        "--docs=none",
        "--ci=none",
        "--editor=none",
        "--hooks=none",
        "--license=mit",
        "--description=x",
        "--author=A",
        "--email=a@example.com",
    ];
    let script = [
        ("Project name", "shop\r"),
        ("`shop` is not empty", "\u{15}\r"),
        ("Make it?", "y"),
    ];
    on_terminal(&sandbox, &arguments, &script).code(0);
    assert_eq!(names(&sandbox.work()), ["hello", "hello-2", "shop"]);
    // One that is given is refused before more is asked than the rules for names depend on.
    let script = [("Platform", ENTER), ("Example", ENTER), ("Python", ENTER)];
    let refused = on_terminal(&sandbox, &["--name", "shop"], &script).code(2);
    assert!(
        refused.stdout.contains("is not empty"),
        "{}",
        refused.stdout
    );
    let refused = on_terminal(&sandbox, &["class"], &script).code(2);
    assert!(refused.stdout.contains("my-class"), "{}", refused.stdout);
}

#[test]
fn no_is_an_answer() {
    let sandbox = Sandbox::new();
    let script = up_to("Make it?", "n", QUESTIONS);
    let finished = on_terminal(&sandbox, &[], &script).code(130);
    assert!(
        finished.stdout.contains("nothing was made: you said no"),
        "{}",
        finished.stdout
    );
    assert_eq!(names(&sandbox.work()), [""; 0]);
}

#[test]
fn the_summary_shows_every_answer_that_decides_something() {
    let sandbox = Sandbox::new();
    let arguments = ["hello", "--platform", "aws-lambda", "--set", "timeout=20"];
    let asked = QUESTIONS
        .into_iter()
        .filter(|text| !["Platform", "Project name"].contains(text));
    let script = up_to("Make it?", "n", asked);
    let shown = on_terminal(&sandbox, &arguments, &script).code(130).stdout;
    let plain = console::strip_ansi_codes(&shown);
    let summary = plain.split_once(" files in hello").unwrap().1;
    let rows: Vec<(&str, String)> = summary
        .lines()
        .filter_map(|line| {
            let mark = if line.starts_with('•') { "•" } else { "" };
            let (title, value) = line.trim_start_matches('•').trim().split_once("  ")?;
            Some((mark, format!("{title}: {}", value.trim())))
        })
        .collect();
    for (mark, row) in [
        ("•", "Platform: aws-lambda"),
        ("", "Trigger: http"),
        ("", "Memory: 256"),
        ("", "Architecture: arm64"),
        ("•", "Timeout: 20"),
        ("", "Example: hello"),
        ("", "Documentation: mkdocs"),
        ("", "CI: github"),
        ("", "Editor: vscode"),
        ("", "Hooks: scaffold"),
        ("", "License: mit"),
        ("", "Description: A Python function on AWS Lambda."),
        ("•", "Author: Ada Lovelace"),
        ("•", "Email: ada@example.com"),
        (
            "",
            "Repository: git, with a first commit by Ada Lovelace <ada@example.com>",
        ),
        ("•", "Environment: none (--no-env)"),
    ] {
        assert!(
            rows.contains(&(mark, row.to_owned())),
            "{mark} {row}\n{plain}"
        );
    }
    assert!(
        rows.iter().any(|(_, row)| row.starts_with("Python: 3.")),
        "{plain}"
    );
}

#[test]
fn what_a_killed_run_left_is_cleared_only_after_a_yes() {
    let sandbox = Sandbox::new();
    let left = sandbox.path("hello/.scaffold-new");
    std::fs::create_dir_all(left.join("root/half")).unwrap();
    std::fs::write(left.join("lock"), "").unwrap();
    let arguments = [&ANSWERS[..], &["--hooks", "scaffold"]].concat();
    on_terminal(&sandbox, &arguments, &[("Make it?", "n")]).code(130);
    assert!(left.join("root/half").is_dir());
    on_terminal(&sandbox, &arguments, &[("Make it?", "y")]).code(0);
    assert!(!left.exists());
    assert!(sandbox.path("hello/.git").is_dir());
}
