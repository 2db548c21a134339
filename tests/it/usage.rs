//! Command lines that cannot be parsed: one line, the nearest, where to look, and exit code 2.

use crate::support::{Sandbox, run};

#[test]
fn a_mistyped_command_line_is_said_as_every_other_mistake_is() {
    for (arguments, said) in [
        (
            &["new", "a", "--plaform", "aws"][..],
            "error: there is no option `--plaform`\n  hint: did you mean `--platform`?\n  hint: `scaffold new --help` says what there is\n",
        ),
        (
            &["new", "a", "--platform"],
            "error: `--platform <ID>` has no value\n  hint: `scaffold new --help` says what there is\n",
        ),
        (
            &["nwe", "a"],
            "error: there is no command `nwe`\n  hint: did you mean `new`?\n  hint: `scaffold --help` says what there is\n",
        ),
        (
            &["new", "a", "--git", "--no-git"],
            "error: `--git` and `--no-git` exclude each other\n  hint: `scaffold new --help` says what there is\n",
        ),
        (
            &["template", "show", "--format", "jsn"],
            "error: `jsn` for `--format <FORMAT>` is not one of text, json\n  hint: did you mean `json`?\n  hint: `scaffold template show --help` says what there is\n",
        ),
    ] {
        let sandbox = Sandbox::new();
        let finished = run(sandbox.scaffold().args(arguments)).code(2);
        assert_eq!(
            (finished.stderr.as_str(), finished.stdout.as_str()),
            (said, "")
        );
    }
}

#[test]
fn help_is_data_and_no_mistake() {
    let sandbox = Sandbox::new();
    let finished = run(sandbox.scaffold().args(["new", "--help"])).code(0);
    assert!(finished.stdout.contains("--platform <ID>"));
    assert_eq!(finished.stderr, "");
    run(&mut sandbox.scaffold()).code(2);
}
