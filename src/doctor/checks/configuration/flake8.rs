//! flake8 against Black: <https://black.readthedocs.io/en/stable/guides/using_black_with_other_tools.html#flake8>.

use std::path::{Path, PathBuf};

use crate::doctor::facts::Facts;
use crate::doctor::facts::ini::{Ini, Setting};
use crate::doctor::facts::node::Node;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// Where flake8 looks; the first one with a section of its own counts.
const FILES: [&str; 3] = ["setup.cfg", "tox.ini", ".flake8"];

/// The rules that are off unless somebody sets `ignore`.
const OFF: [&str; 8] = [
    "E121", "E123", "E126", "E226", "E24", "E704", "W503", "W504",
];

/// The rules that are on unless somebody sets `select`.
const ON: [&str; 4] = ["E", "F", "W", "C90"];

/// The rules that Black breaks on purpose, and how.
const BROKEN: [(&str, &str); 4] = [
    ("E203", "a space before `:` in a slice"),
    ("E701", "`class A: ...` on one line"),
    ("E704", "`def f(): ...` on one line"),
    ("W503", "a line break before an operator"),
];

/// What Black makes of a line unless somebody says otherwise.
const BLACK_LENGTH: u32 = 88;

/// What flake8 lets pass unless somebody says otherwise.
const FLAKE8_LENGTH: u32 = 79;

/// The settings of flake8 that matter here.
#[derive(Debug, Default)]
struct Settings {
    file: PathBuf,
    line: Option<u32>,
    length: Option<(u32, u32)>,
    select: Option<Vec<String>>,
    extend_select: Vec<String>,
    ignore: Option<Vec<String>>,
    extend_ignore: Vec<String>,
    place: Place,
}

/// Where they stand.
#[derive(Debug, Default)]
enum Place {
    /// Nowhere.
    #[default]
    Nowhere,
    /// In an INI file; with the option `extend-ignore`.
    Ini(Option<Setting>),
    /// In `[tool.flake8]`.
    Toml,
}

/// CFG001.
pub(super) fn against_black(facts: &Facts) -> Outcome {
    let document = facts.pyproject();
    let black = document.at(&["tool", "black"]);
    if black.is_none() && !is_required(facts, "black") {
        return Outcome::Skipped("the project does not use Black");
    }
    let Some(settings) = settings(facts) else {
        return Outcome::Skipped("the project does not use flake8");
    };
    let length = black.and_then(|it| it.at(&["line-length"])?.text()?.parse().ok());
    let length: u32 = length.unwrap_or(BLACK_LENGTH);
    let mut wrong = Vec::new();
    let allowed = settings.length.map_or(FLAKE8_LENGTH, |(length, _)| length);
    let is_too_short = allowed < length && settings.is_on("E501");
    if is_too_short {
        let words =
            format!("it refuses lines longer than {allowed}, and Black writes up to {length}");
        wrong.push(words);
    }
    let broken = BROKEN.iter().filter(|(code, _)| settings.is_on(code));
    let broken: Vec<&(&str, &str)> = broken.collect();
    wrong.extend(
        broken
            .iter()
            .map(|(code, what)| format!("{code} refuses {what}, as Black writes it")),
    );
    if wrong.is_empty() {
        return Outcome::Healthy;
    }
    let codes: Vec<&str> = broken.iter().map(|(code, _)| *code).collect();
    let actions = settings.mended(facts, is_too_short.then_some(length), &codes);
    let mut fix = Some(Fix::safe("make flake8 agree with Black", actions));
    Outcome::of(wrong.into_iter().map(|words| {
        let mut evidence = Evidence::path(settings.file.clone());
        evidence.line = settings.line;
        let symptom = Symptom::new(words).seen_in(evidence);
        match fix.take().filter(|it| !it.actions.is_empty()) {
            Some(fix) => symptom.fix(fix),
            None => symptom,
        }
    }))
}

/// Whether the project lists this distribution anywhere.
fn is_required(facts: &Facts, name: &str) -> bool {
    let requirements = facts.requirements();
    let mut declared = requirements.declared.iter();
    let is_declared = declared.any(|it| {
        let requirement = it.requirement.as_ref();
        requirement.is_ok_and(|it| it.name == name)
    });
    is_declared
        || requirements
            .sources
            .iter()
            .any(|it| it.requirements().any(|(_, _, it)| it.name == name))
}

fn settings(facts: &Facts) -> Option<Settings> {
    for name in FILES {
        let file = facts.in_project(name);
        let Some(text) = facts.text(&file) else {
            continue;
        };
        let ini = Ini::parse(&text);
        let Some(section) = ini.section("flake8") else {
            continue;
        };
        let words = |key: &str| -> Option<Vec<String>> {
            let option = section.option(key)?;
            Some(option.words().into_iter().map(str::to_owned).collect())
        };
        let length = section
            .option("max-line-length")
            .or_else(|| section.option("max_line_length"));
        let either = |dashed: &str| -> Option<Vec<String>> {
            words(dashed).or_else(|| words(&dashed.replace('-', "_")))
        };
        let extended = section
            .option("extend-ignore")
            .or_else(|| section.option("extend_ignore"));
        return Some(Settings {
            line: Some(section.line),
            length: length.and_then(|it| Some((it.value.parse().ok()?, it.line))),
            select: either("select"),
            extend_select: either("extend-select").unwrap_or_default(),
            ignore: either("ignore"),
            extend_ignore: either("extend-ignore").unwrap_or_default(),
            place: Place::Ini(extended.cloned()),
            file,
        });
    }
    let file = facts.in_project("pyproject.toml");
    let document = facts.pyproject();
    if let Some(table) = document
        .at(&["tool", "flake8"])
        .filter(|_| is_required(facts, "flake8-pyproject"))
    {
        return Some(of_table(file, table));
    }
    is_required(facts, "flake8").then(|| Settings {
        file: facts.in_project(".flake8"),
        ..Settings::default()
    })
}

fn of_table(file: PathBuf, table: &Node) -> Settings {
    let words = |key: &str| {
        let node = table
            .at(&[key])
            .or_else(|| table.at(&[&key.replace('-', "_")]))?;
        let texts = node.texts().into_iter();
        let parts = texts.flat_map(|it| it.split([',', ' ', '\n']));
        let parts = parts.map(str::trim).filter(|it| !it.is_empty());
        Some(parts.map(str::to_owned).collect::<Vec<_>>())
    };
    let length = table
        .at(&["max-line-length"])
        .or_else(|| table.at(&["max_line_length"]));
    Settings {
        file,
        line: Some(table.line),
        length: length.and_then(|it| Some((it.text()?.parse().ok()?, it.line))),
        select: words("select"),
        extend_select: words("extend-select").unwrap_or_default(),
        ignore: words("ignore"),
        extend_ignore: words("extend-ignore").unwrap_or_default(),
        place: Place::Toml,
    }
}

/// How long the longest of these is that a code begins with; `None` where it begins with none.
fn longest<'a>(code: &str, prefixes: impl IntoIterator<Item = &'a str>) -> Option<usize> {
    let matching = prefixes.into_iter().filter(|it| code.starts_with(*it));
    matching.map(str::len).max()
}

impl Settings {
    /// Whether flake8 reports this code, as its style guide decides: what is said outright wins over what is so by default, and of two that
    /// are said outright the longer one.
    fn is_on(&self, code: &str) -> bool {
        let all = |list: &Option<Vec<String>>, more: &[String]| {
            let list = list.iter().flatten().chain(more);
            list.map(String::as_str)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let selected = all(&self.select, &self.extend_select);
        let ignored = all(&self.ignore, &self.extend_ignore);
        let selected = longest(code, selected.iter().map(String::as_str));
        let ignored = longest(code, ignored.iter().map(String::as_str));
        let is_off = self.ignore.is_none() && longest(code, OFF).is_some();
        let is_on = self.select.is_none() && longest(code, ON).is_some();
        match (selected, ignored) {
            (Some(selected), Some(ignored)) => selected > ignored,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => is_on && !is_off,
        }
    }

    /// The changes that set this line length, and switch these codes off.
    fn mended(&self, facts: &Facts, length: Option<u32>, codes: &[&str]) -> Vec<Action> {
        let edits = match &self.place {
            Place::Nowhere => vec![Edit::Create(created(length, codes))],
            Place::Toml => self.in_table(length, codes),
            Place::Ini(extended) => in_section(facts, &self.file, extended.as_ref(), length, codes),
        };
        let edits = edits.into_iter();
        edits
            .map(|it| Action::edit(self.file.clone(), it))
            .collect()
    }

    fn in_table(&self, length: Option<u32>, codes: &[&str]) -> Vec<Edit> {
        let keys = |key: &str| ["tool", "flake8", key].map(str::to_owned).to_vec();
        let length = length.map(|it| Edit::Toml {
            keys: keys("max-line-length"),
            value: it.to_string(),
        });
        let all = self.extend_ignore.iter().map(String::as_str);
        let all: Vec<String> = all
            .chain(codes.iter().copied())
            .map(|it| format!("\"{it}\""))
            .collect();
        let ignored = (!codes.is_empty()).then(|| Edit::Toml {
            keys: keys("extend-ignore"),
            value: format!("[{}]", all.join(", ")),
        });
        length.into_iter().chain(ignored).collect()
    }
}

fn created(length: Option<u32>, codes: &[&str]) -> String {
    let length = length.map(|it| format!("max-line-length = {it}\n"));
    let ignored = (!codes.is_empty()).then(|| format!("extend-ignore = {}\n", codes.join(",")));
    let ignored = ignored.unwrap_or_default();
    format!("[flake8]\n{}{ignored}", length.unwrap_or_default())
}

fn in_section(
    facts: &Facts,
    file: &Path,
    extended: Option<&Setting>,
    length: Option<u32>,
    codes: &[&str],
) -> Vec<Edit> {
    let set = |key: &str, value: String| Edit::Ini {
        section: "flake8".to_owned(),
        key: key.to_owned(),
        value,
    };
    let mut edits = Vec::new();
    if !codes.is_empty() {
        let list = codes.join(",");
        match extended {
            None => edits.push(set("extend-ignore", list)),
            Some(option) if option.last_line == option.line => {
                let old = option.value.trim_end_matches([',', ' ']);
                let value = if old.is_empty() {
                    list
                } else {
                    format!("{old},{list}")
                };
                edits.push(set(&option.key, value));
            }
            // A list of lines may have comments between them: only its last line is touched.
            Some(option) => edits.extend(facts.line(file, option.last_line).map(|line| {
                let indent: String = line.chars().take_while(|it| it.is_whitespace()).collect();
                let kept = line.trim_end().trim_end_matches(',');
                Edit::Line {
                    number: option.last_line,
                    new: Some(format!("{kept},\n{indent}{list}")),
                    old: line.clone(),
                }
            })),
        }
    }
    edits.extend(length.map(|it| set("max-line-length", it.to_string())));
    edits
}
