//! `scaffold template show`: the questions, and what is said of a layer that does not exist.

use serde_json::Value;

use crate::support::{Sandbox, run};

fn show(arguments: &[&str], code: i32) -> crate::support::Finished {
    let sandbox = Sandbox::new();
    run(sandbox
        .scaffold()
        .args(["template", "show"])
        .args(arguments))
    .code(code)
}

#[test]
fn the_questions_of_every_project_are_shown_as_those_of_a_layer() {
    let shown = show(&["base"], 0).stdout;
    for lines in [
        "  --platform vercel|aws-lambda [vercel]\n      Where the function runs.\n",
        "  --trigger http [http]\n",
        "  --python 3.11|3.12|3.13|3.14 [the newest one installed here",
        "  --license mit|apache-2.0|bsd-3-clause|proprietary [mit]\n",
        "  --author TEXT [git's user.name]\n",
        "  --set year=YEAR [this year]\n",
        "  --installer auto|uv|pip [auto]\n      What builds the environment",
    ] {
        assert!(shown.contains(lines), "{lines}\n{shown}");
    }
    // Without a name, they come with those of all layers.
    let all = show(&[], 0).stdout;
    assert!(all.contains(shown.trim_end()), "{all}");
    assert!(all.contains("  --set memory=128..10240 [256]\n"), "{all}");
}

#[test]
fn the_questions_are_data_too_and_each_can_be_answered() {
    let shown: Value =
        serde_json::from_str(&show(&["base", "--format", "json"], 0).stdout).unwrap();
    let questions = shown["layers"][0]["variables"].as_array().unwrap();
    assert_eq!(questions.len(), 15);
    let sandbox = Sandbox::new();
    let mut command = sandbox.scaffold();
    command.args(["new", "hello", "--dry-run", "--format", "json"]);
    let mut expected = Vec::new();
    for question in questions {
        let name = question["name"].as_str().unwrap();
        assert!(!question["help"].as_str().unwrap().is_empty(), "{name}");
        // The last choice there is, of platforms and Pythons too.
        let value = match question["type"].as_str().unwrap() {
            "choice" => question["choices"]
                .as_array()
                .unwrap()
                .last()
                .unwrap()
                .as_str()
                .unwrap(),
            "integer" => "2001",
            _ if name == "email" => "ada@example.com",
            _ => "hello",
        };
        command.arg("--set").arg(format!("{name}={value}"));
        if name != "installer" {
            expected.push((name.to_owned(), value.to_owned()));
        }
    }
    let plan: Value = serde_json::from_str(&run(&mut command).code(0).stdout).unwrap();
    for (name, value) in expected {
        let answer = &plan["answers"][&name];
        let answer = answer
            .as_str()
            .map_or_else(|| answer.to_string(), str::to_owned);
        assert_eq!(answer, value, "{name}");
    }
}

#[test]
fn a_layer_that_does_not_exist_is_said_with_the_nearest() {
    for (name, near) in [
        ("nope", "none"),
        ("vercle", "vercel"),
        ("lamda", "lambda"),
        ("platform/aws-lamda", "platform/aws-lambda"),
    ] {
        let said = show(&[name], 2).stderr;
        assert!(
            said.contains(&format!("there is no layer `{name}`")),
            "{said}"
        );
        assert!(said.contains(&format!("did you mean `{near}`?")), "{said}");
    }
    let said = show(&["qqqqqqqqqqqq"], 2).stderr;
    assert!(
        said.contains("`scaffold template list` lists them"),
        "{said}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .scaffold()
        .args(["template", "show"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap().as_str()
        ),
        (Some(0), "")
    );
}

#[test]
fn a_folder_that_is_no_template_is_refused_before_it_is_looked_through() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("photos")).unwrap();
    // Were it walked, this would be what is complained of.
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.jpg");
        std::fs::write(sandbox.path("photos").join(name), "").unwrap();
    }
    let refused = run(sandbox.scaffold().args(["template", "validate", "photos"])).code(2);
    assert!(
        refused
            .stderr
            .contains("photos` is not a template: it has no base/layer.toml"),
        "{}",
        refused.stderr
    );
}
