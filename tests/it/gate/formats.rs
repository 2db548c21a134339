//! One truth in every format: the same findings, the same exit code.

use serde_json::{Value, json};

use super::support::{Repo, gate, name};

/// What a check says in a format.
fn said(repo: &Repo, arguments: &[&str], format: &str, code: i32) -> String {
    let format = ["--format", format];
    repo.check(arguments.iter().chain(&format))
        .code(code)
        .stdout
}

/// The codes and the files of all that is found, as each of the three formats for programs has them.
fn found(repo: &Repo, arguments: &[&str], code: i32) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let document: Value = serde_json::from_str(&said(repo, arguments, "json", code)).unwrap();
    let pairs = |list: &Value, code: &str, path: &str| -> Vec<(String, String)> {
        let list = list.as_array().unwrap();
        let pair = |it: &Value| (text(&it[code]), text(it.pointer(path).unwrap()));
        list.iter().map(pair).collect()
    };
    let json = pairs(&document["findings"], "code", "/location/path");
    let document: Value = serde_json::from_str(&said(repo, arguments, "sarif", code)).unwrap();
    let uri = "/locations/0/physicalLocation/artifactLocation/uri";
    assert_eq!(pairs(&document["runs"][0]["results"], "ruleId", uri), json);
    let commands = said(repo, arguments, "github", code);
    let lines: Vec<&str> = commands.lines().collect();
    assert_eq!(lines.len(), json.len(), "{commands}");
    for ((code, path), line) in json.iter().zip(lines) {
        assert!(line.starts_with(&format!("::error file={path},")), "{line}");
        assert!(line.contains(&format!("title={code}::")), "{line}");
    }
    json
}

#[test]
fn what_is_mended_and_is_to_be_looked_at_is_found_in_every_format() {
    let repo = Repo::new();
    repo.gates(
        &["trailing-whitespace", "end-of-file"],
        "[tool.scaffold.gates.trailing-whitespace]\nrestage = false\n",
    );
    repo.commit_unchecked("start");
    repo.stage("a.txt", "x  \n");
    repo.stage("b.txt", "x");
    let check = ["--staged", "--fix"];
    let review = |path: &str| ("trailing-whitespace".to_owned(), path.to_owned());
    // The fixes of the other gate are staged, and hold up nothing.
    assert_eq!(found(&repo, &check, 1), [review("a.txt")]);
    let text = said(&repo, &check, "text", 1);
    assert!(
        text.contains("a.txt: mended; to be looked at before it is committed"),
        "{text}"
    );
    repo.add("a.txt");
    assert_eq!(found(&repo, &check, 0), []);
}

#[test]
fn what_could_not_be_mended_is_no_success() {
    let repo = Repo::new();
    let edited = repo.path("a.txt");
    // Somebody saves the file while its fixer runs.
    let command = format!("echo new > {}; echo fixed > \"$1\"", edited.display());
    repo.gates(
        &["saver"],
        &format!(
            "[tool.scaffold.gates.saver]\nfix = true\nfiles = ['a.txt']\ncommand = ['sh', '-c', '{command}', 'sh']\n"
        ),
    );
    repo.write("a.txt", "old\n");
    let report = repo.checked(&["--fix"], 1);
    assert_eq!(repo.read("a.txt"), "new\n");
    assert_eq!(report["findings"][0]["code"], "saver");
    assert_eq!(report["findings"][0]["location"]["path"], "a.txt");
    assert_eq!(report["mended"][0]["has_fix"], false);
    repo.write("a.txt", "old\n");
    let said = repo.check(["--fix"]).code(1);
    assert!(
        said.stderr.contains("not everything was mended"),
        "{said:?}"
    );
}

#[test]
fn a_name_that_is_not_utf_8_is_exact_wherever_json_has_it() {
    let repo = Repo::new();
    let odd = name(b"deep/\xff\n b.txt");
    repo.stage(
        name(b"deep/\xfe/pyproject.toml"),
        "[tool.scaffold.gates.black]\n",
    );
    repo.stage(name(b"deep/\xfe/a.txt"), "x\n");
    repo.stage("line\nbreak.txt", "x\n");
    repo.stage(odd, "x  \n");
    let plan = repo.checked(&["--plan", "--gate", "trailing-whitespace"], 0);
    let all = &plan["plan"][0];
    assert_eq!(
        all["files"],
        json!(["deep/\\xff\\n b.txt", "line\nbreak.txt"])
    );
    assert_eq!(
        all["files_bytes"],
        json!(["deep/%FF%0A%20b.txt", "line%0Abreak.txt"])
    );
    assert_eq!(all.get("project_bytes"), None);
    assert_eq!(plan["plan"][1]["project"], "deep/\\xfe");
    assert_eq!(plan["plan"][1]["project_bytes"], "deep/%FE");
    let report = repo.checked(&["--fix", "--gate", "trailing-whitespace"], 0);
    let gate = gate(&report, "trailing-whitespace");
    assert_eq!(gate["mended"], json!(["deep/\\xff\\n b.txt"]));
    assert_eq!(gate["mended_bytes"], json!(["deep/%FF%0A%20b.txt"]));
    assert_eq!(report["mended"][0]["path"], "deep/\\xff\\n b.txt");
    assert_eq!(report["mended"][0]["path_bytes"], "deep/%FF%0A%20b.txt");
}

#[test]
fn what_a_command_prints_is_told_and_obeyed_by_nobody() {
    let repo = Repo::new();
    let print = "printf \"::error::mine\\\\n\\\\033[31mred\\\\n\"; exit 1";
    repo.gates(
        &["loud"],
        &format!("[tool.scaffold.gates.loud]\ncommand = ['sh', '-c', '{print}']\n"),
    );
    // A name that is not UTF-8 is given to the command apart from the others; what it says is said once.
    repo.stage(name(b"\xff.txt"), "x\n");
    let github = said(&repo, &[], "github", 1);
    let lines: Vec<&str> = github.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "::error title=loud::loud is not content (exit code 1) [loud]",
            "::group::loud"
        ]
    );
    let token = lines[2].strip_prefix("::stop-commands::").unwrap();
    let end = format!("::{token}::");
    let at = lines.iter().position(|it| *it == end).unwrap();
    assert_eq!(lines[3], "::error::mine");
    assert_eq!(lines[4], "\\u{1b}[31mred");
    assert_eq!(lines[at..], [end.as_str(), "::endgroup::"]);
    let text = said(&repo, &[], "text", 1);
    assert!(
        text.contains("loud:\n::error::mine\n\\u{1b}[31mred\n"),
        "{text}"
    );
    let sarif: Value = serde_json::from_str(&said(&repo, &[], "sarif", 1)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let message = results[0]["message"]["text"].as_str().unwrap();
    assert!(message.contains("::error::mine"), "{message}");
}

#[test]
fn a_count_is_in_plain_words_and_comes_with_the_way_on() {
    let repo = Repo::new();
    repo.gates(&["trailing-whitespace", "merge-conflict"], "");
    repo.commit_unchecked("start");
    repo.stage("a.txt", "x  \n");
    let one = repo.check([""; 0]).code(1).stderr;
    assert!(one.contains("error: 1 finding\n"), "{one}");
    assert!(one.contains("✗ trailing-whitespace  1 finding  "), "{one}");
    assert!(one.contains("mended: scaffold check --fix\n"), "{one}");
    repo.stage("a.txt", "x  \ny  \n");
    let two = repo.check(["--staged"]).code(1).stderr;
    assert!(two.contains("error: 2 findings\n"), "{two}");
    assert!(
        two.contains("mended: scaffold check --staged --fix\n"),
        "{two}"
    );
    // There is nothing to mend in a commit, or where no gate can.
    repo.commit_unchecked("more");
    let range = repo.check(["--from", "HEAD~"]).code(1).stderr;
    assert!(!range.contains("--fix"), "{range}");
    repo.write("a.txt", "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n");
    let args = ["--gate", "merge-conflict"];
    repo.configure("[tool.scaffold.gates.merge-conflict]\nargs = ['--always']\n");
    let conflict = repo.check(args).code(1).stderr;
    assert!(!conflict.contains("--fix"), "{conflict}");
}
