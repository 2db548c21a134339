//! Commands that deploy, as they stand in scripts, makefiles and workflows: `gcloud functions deploy …`, `aws lambda create-function …`.
//!
//! Words and quotes are read as a shell does; whatever it would compute (`$NAME`) is not known.

use std::path::{Path, PathBuf};

use super::{Deployment, Dialect, Function, Handler, Number, Place, Scheduled, Setting};
use super::{mebibytes, seconds, series};
use crate::doctor::facts::Facts;

/// Folders whose scripts are read, with the ends of their names.
const FOLDERS: [(&str, &[&str]); 5] = [
    ("", &[".sh", "Makefile", "justfile", ".gitlab-ci.yml"]),
    ("scripts", &[".sh"]),
    ("bin", &[".sh"]),
    ("deploy", &[".sh"]),
    (".github/workflows", &[".yml", ".yaml"]),
];

/// How many files are read, and how many commands of each are looked at.
const MOST: usize = 100;

/// A word of a command with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    line: u32,
    /// Whether a shell would compute a part of it.
    is_computed: bool,
}

/// A command: its words.
struct Command<'a> {
    file: &'a Path,
    words: Vec<Word>,
}

pub(super) fn read(facts: &Facts, deployment: &mut Deployment) {
    let needle = match deployment.platform {
        "google-functions" => "gcloud",
        "aws-lambda" => "aws lambda",
        "azure-functions" => "az functionapp",
        _ => return,
    };
    for file in scripts(facts) {
        let Some(text) = facts.text(&file) else {
            continue;
        };
        if !text.contains(needle) {
            continue;
        }
        for words in commands(&text, needle).take(MOST) {
            let command = Command { file: &file, words };
            match deployment.platform {
                "google-functions" => google(facts, &command, deployment),
                "aws-lambda" => amazon(&command, deployment),
                _ => azure(&command, deployment),
            }
        }
    }
}

fn scripts(facts: &Facts) -> Vec<PathBuf> {
    let files = FOLDERS.iter().flat_map(|(folder, ends)| {
        let folder = facts.in_project(folder);
        let names = facts.names(&folder);
        let names = names
            .iter()
            .filter(|name| ends.iter().any(|it| name.ends_with(it)));
        names.map(|it| folder.join(it)).collect::<Vec<_>>()
    });
    files.take(MOST).collect()
}

/// The words of each command that begins with these; a command goes on where its line ends with a backslash.
fn commands<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = Vec<Word>> + 'a {
    let lines = text.lines().enumerate();
    let starts = lines.filter(move |(_, line)| {
        line.contains(needle) && !line.trim_start().starts_with(['#', '/'])
    });
    starts.map(move |(number, line)| {
        let at = line.find(needle).unwrap_or(0);
        let mut words = Vec::new();
        let mut rest = line.get(at..).unwrap_or("");
        for (number, next) in (number..).zip(text.lines().skip(number + 1).map(Some).chain([None]))
        {
            let goes_on = rest.trim_end().strip_suffix('\\');
            let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
            if !split(goes_on.unwrap_or(rest), number, &mut words) || words.len() > MOST {
                break;
            }
            match next.filter(|_| goes_on.is_some()) {
                Some(next) => rest = next,
                None => break,
            }
        }
        words
    })
}

/// Adds the words of a line; whether the command can go on.
fn split(line: &str, number: u32, words: &mut Vec<Word>) -> bool {
    let mut word: Option<Word> = None;
    let mut quote: Option<char> = None;
    for character in line.chars() {
        let blank = || Word {
            text: String::new(),
            line: number,
            is_computed: false,
        };
        match (quote, character) {
            (Some(open), it) if it == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_with(blank);
            }
            (None, it) if it.is_whitespace() => words.extend(word.take()),
            (None, ';' | '|' | '&' | '#') => {
                words.extend(word.take());
                return false;
            }
            (open, it) => {
                let word = word.get_or_insert_with(blank);
                word.is_computed |= matches!(it, '$' | '`') && open != Some('\'');
                word.text.push(it);
            }
        }
    }
    words.extend(word);
    true
}

impl Command<'_> {
    fn has(&self, words: &[&str]) -> bool {
        let mut all = self.words.iter().map(|it| it.text.as_str());
        words.iter().all(|wanted| all.any(|it| it == *wanted))
    }

    fn flag(&self, name: &str) -> Option<Setting<String>> {
        let (number, word) = self.words.iter().enumerate().find(|(_, it)| {
            let rest = it.text.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })?;
        let (text, word) = if let Some((_, text)) = word.text.split_once('=') {
            (text, word)
        } else {
            let next = self.words.get(number + 1)?;
            (next.text.as_str(), next)
        };
        if word.is_computed || text.is_empty() || text.starts_with("--") || text.contains("{{") {
            return None;
        }
        Some(Setting {
            value: text.to_owned(),
            text: text.to_owned(),
            place: Place::new(self.file, word.line),
        })
    }

    /// The flag's number, by the unit that it is written in.
    fn number(
        &self,
        flag: &str,
        limit: &'static str,
        read: fn(&str) -> Option<f64>,
    ) -> Option<Number> {
        let setting = self.flag(flag)?;
        let value = read(&setting.value)?;
        Some(Number {
            limit,
            name: flag.to_owned(),
            setting: setting.map(value),
        })
    }

    /// The word after this one.
    fn after(&self, word: &str) -> Option<&Word> {
        let mut words = self.words.iter();
        words.find(|it| it.text == word)?;
        words.next().filter(|it| !it.text.starts_with('-'))
    }

    fn function(&self, name: &str) -> Function {
        let line = self.words.first().map_or(1, |it| it.line);
        let mut function = Function::new(name, Place::new(self.file, line));
        function.runtime = ["--runtime", "--base-image"]
            .iter()
            .find_map(|it| self.flag(it))
            .and_then(|it| {
                let series = series(&it.value)?;
                Some(it.map(series))
            });
        function
    }
}

/// <https://docs.cloud.google.com/sdk/gcloud/reference/functions/deploy>
fn google(facts: &Facts, command: &Command, deployment: &mut Deployment) {
    if command.has(&["scheduler", "jobs"]) {
        deployment
            .schedules
            .extend(command.flag("--schedule").map(|expression| Scheduled {
                expression,
                dialect: Dialect::Unix,
                path: None,
            }));
        return;
    }
    let is_run = command.has(&["run", "deploy"]) && command.flag("--function").is_some();
    if !is_run && !command.has(&["functions", "deploy"]) {
        return;
    }
    let Some(name) = command.after("deploy") else {
        return;
    };
    let runtime = command.flag("--runtime").or(command.flag("--base-image"));
    if runtime.is_some_and(|it| series(&it.value).is_none()) {
        return;
    }
    let mut function = command.function(&name.text);
    let is_event = command
        .words
        .iter()
        .any(|it| it.text.starts_with("--trigger-") && it.text != "--trigger-http");
    let limit = if is_event { "timeout_event" } else { "timeout" };
    function
        .numbers
        .extend(command.number("--timeout", limit, seconds));
    function
        .numbers
        .extend(command.number("--memory", "memory", mebibytes));
    let source = command.flag("--source");
    let is_elsewhere = source.as_ref().is_some_and(|it| it.value.contains("://"))
        || command.words.iter().any(|it| {
            it.text.contains("GOOGLE_FUNCTION_SOURCE")
                || (it.text.starts_with("--source") && source.is_none())
        });
    let entry = command
        .flag("--entry-point")
        .or_else(|| command.flag("--function"));
    // A script may go to a folder before it deploys.
    let root = facts.in_project(source.as_ref().map_or("", |it| it.value.as_str()));
    if let Some(setting) = entry.filter(|_| !is_elsewhere && root.join("main.py").is_file()) {
        function.handler = Some(Handler {
            files: vec![root.join("main.py")],
            symbol: setting.value.clone(),
            package: String::new(),
            setting,
            may_be_elsewhere: false,
            is_synchronous: false,
        });
    }
    deployment.functions.push(function);
}

/// <https://docs.aws.amazon.com/cli/latest/reference/lambda/create-function.html>
fn amazon(command: &Command, deployment: &mut Deployment) {
    let verbs = ["create-function", "update-function-configuration"];
    if !verbs.iter().any(|it| command.has(&["lambda", it])) {
        return;
    }
    let name = command.flag("--function-name");
    let mut function = command.function(name.as_ref().map_or("function", |it| &it.value));
    let number = |text: &str| text.parse().ok();
    function
        .numbers
        .extend(command.number("--timeout", "timeout", number));
    function
        .numbers
        .extend(command.number("--memory-size", "memory", number));
    deployment.functions.push(function);
}

/// <https://learn.microsoft.com/cli/azure/functionapp>
fn azure(command: &Command, deployment: &mut Deployment) {
    let is_python = command
        .flag("--runtime")
        .is_some_and(|it| it.value == "python");
    if !is_python || !command.has(&["functionapp", "create"]) {
        return;
    }
    let name = command.flag("--name");
    let mut function = command.function(name.as_ref().map_or("function app", |it| &it.value));
    function.runtime = command.flag("--runtime-version").and_then(|it| {
        let series = series(&it.value)?;
        Some(it.map(series))
    });
    deployment.functions.push(function);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::commands;

    fn words(text: &str) -> Vec<Vec<String>> {
        let commands = commands(text, "gcloud");
        let words = commands.map(|it| it.into_iter().map(|it| it.text).collect());
        words.collect()
    }

    #[test]
    fn a_command_is_read_as_a_shell_reads_it() {
        assert_eq!(
            words("# gcloud no\nif x; then gcloud a 'b c' --d=\"e f\" \\\n  g # h\nend\n"),
            [["gcloud", "a", "b c", "--d=e f", "g"]]
        );
        assert_eq!(words("gcloud a && gcloud b\n"), [["gcloud", "a"]]);
        assert_eq!(words("gcloud a \\"), [["gcloud", "a"]]);
        let text = "gcloud a $B '$C'\n";
        let computed = commands(text, "gcloud").flatten();
        let computed: Vec<bool> = computed.map(|it| it.is_computed).collect();
        assert_eq!(computed, [false, false, true, false]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(gcloud|[a-z '\"\\\\\n$|=-]){0,60}") {
            for command in commands(&text, "gcloud") {
                prop_assert!(command.iter().all(|it| it.line > 0));
            }
        }
    }
}
