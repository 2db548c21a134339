//! The name gate: a project is called what Python, its package index, every file system and the platform can live with.
//!
//! Called by the interview, for a name that was given and at the prompt. It must not know where a name comes from, and touches
//! no file.

mod refusal;
mod suggestion;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use refusal::Reason;
pub(crate) use refusal::Refused;

use crate::python::Series;
use crate::python::names::{import_names, keyword, standard_module};

/// The longest name, in characters: a label of DNS (RFC 1035), which every platform makes of it.
const LONGEST: usize = 63;

/// Names with which tools fail that are no dependency of the project: run in the project's folder, `python -m pip` would start
/// the package in place of pip, and pytest takes every `conftest` for its own.
const TOOLS: [&str; 8] = [
    "conftest",
    "pip",
    "pkg_resources",
    "python",
    "setuptools",
    "uv",
    "virtualenv",
    "wheel",
];

/// What Windows takes for a device, with any extension and in any case
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>); COM and LPT besides, with a digit.
const DEVICES: [&str; 6] = ["aux", "con", "conin$", "conout$", "nul", "prn"];

/// A name that works: for the distribution, and for the package to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProjectName {
    name: String,
    package: String,
}

/// What a name is held to beside the rules that hold everywhere.
#[derive(Debug, Clone)]
pub(crate) struct NameRules {
    python: Series,
    /// Import name → the distribution that it comes from.
    imports: BTreeMap<String, String>,
    platform: String,
    reserved: Vec<String>,
    longest: usize,
    pattern: Option<regex::Regex>,
}

impl NameRules {
    /// The rules of a Python version alone.
    pub(crate) fn new(python: Series) -> Self {
        Self {
            python,
            imports: BTreeMap::new(),
            platform: String::new(),
            reserved: Vec::new(),
            longest: LONGEST,
            pattern: None,
        }
    }

    /// Beside these distributions, given as names or requirements (PEP 508): neither they nor what they let one import may have
    /// the project's name.
    pub(crate) fn beside<I: IntoIterator<Item: AsRef<str>>>(mut self, requirements: I) -> Self {
        for requirement in requirements {
            let name: String = requirement
                .as_ref()
                .trim_start()
                .chars()
                .take_while(|it| it.is_ascii_alphanumeric() || "-_.".contains(*it))
                .collect();
            let distribution = normalized(&name);
            for import in import_names(&distribution) {
                self.imports.insert(import, distribution.clone());
            }
            self.imports.insert(package_of(&distribution), distribution);
        }
        self
    }

    /// On this platform (its title), which has these names reserved, and limits for others.
    ///
    /// # Errors
    /// When the pattern is no regular expression.
    pub(crate) fn on(
        mut self,
        platform: &str,
        reserved: &[String],
        longest: Option<usize>,
        pattern: Option<&str>,
    ) -> Result<Self, regex::Error> {
        platform.clone_into(&mut self.platform);
        self.reserved = reserved
            .iter()
            .map(|it| package_of(&normalized(it)))
            .collect();
        self.longest = longest.map_or(LONGEST, |longest| longest.min(LONGEST));
        let whole = |pattern| regex::Regex::new(&format!("^(?:{pattern})$"));
        self.pattern = pattern.map(whole).transpose()?;
        Ok(self)
    }

    /// What is wrong with a name.
    fn reason(&self, text: &str) -> Option<Reason> {
        characters(text, self.longest)
            .or_else(|| grammar(text))
            .or_else(|| self.meaning(text))
    }

    /// What is wrong with the meaning of a name that has nothing wrong with its letters.
    fn meaning(&self, text: &str) -> Option<Reason> {
        let name = normalized(text);
        let package = package_of(&name);
        if let Some(keyword) = keyword(&package) {
            return Some(Reason::Keyword(keyword));
        }
        if let Some(module) = standard_module(self.python, &package) {
            return Some(Reason::StandardModule(module, self.python));
        }
        if let Some(distribution) = self.imports.get(&package) {
            return Some(if *distribution == name {
                Reason::Dependency(distribution.clone())
            } else {
                Reason::ModuleOfDependency(package, distribution.clone())
            });
        }
        if let Some(tool) = TOOLS.into_iter().find(|it| *it == package) {
            return Some(Reason::Tool(tool));
        }
        if self.reserved.contains(&package) {
            return Some(Reason::Reserved(package, self.platform.clone()));
        }
        let fits = self.pattern.as_ref().is_none_or(|it| it.is_match(&name));
        (!fits).then(|| Reason::Pattern(name, self.platform.clone()))
    }
}

impl ProjectName {
    /// Takes a name as the user wrote it.
    ///
    /// # Errors
    /// When it would break something: why, and a name that works.
    pub(crate) fn check(text: &str, rules: &NameRules) -> Result<Self, Refused> {
        match rules.reason(text) {
            None => {
                let name = normalized(text);
                let package = package_of(&name);
                Ok(Self { name, package })
            }
            Some(reason) => {
                let works = |candidate: &str| rules.reason(candidate).is_none();
                Err(Refused::new(
                    text,
                    reason,
                    suggestion::suggest(text, rules.longest, works),
                ))
            }
        }
    }

    /// The name of the distribution, normalized (PEP 503): `my-function`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name of the package to import: `my_function`.
    pub(crate) fn package(&self) -> &str {
        &self.package
    }
}

/// In lower case, with every run of `-`, `_` and `.` as one dash (<https://peps.python.org/pep-0503/#normalized-names>).
fn normalized(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for letter in text.chars() {
        if !"-_.".contains(letter) {
            name.push(letter.to_ascii_lowercase());
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    name
}

fn package_of(name: &str) -> String {
    name.replace('-', "_")
}

/// What is wrong with the letters of a name, worst first: the same for every platform and every Python.
fn characters(text: &str, longest: usize) -> Option<Reason> {
    if text.is_empty() {
        return Some(Reason::Empty);
    }
    if let Some(control) = text.chars().find(|it| it.is_control()) {
        return Some(Reason::Control(control));
    }
    if matches!(text, "." | "..") {
        return Some(Reason::Folder);
    }
    if let Some(separator) = text.chars().find(|it| matches!(it, '/' | '\\')) {
        return Some(Reason::Separator(separator));
    }
    let length = text.chars().count();
    if length > longest {
        return Some(Reason::TooLong(length, longest));
    }
    if !text.contains(char::is_alphanumeric) {
        return Some(Reason::OnlyPunctuation);
    }
    if text.starts_with('-') {
        return Some(Reason::LeadingDash);
    }
    if text.ends_with(['.', ' ']) {
        return Some(Reason::DroppedEnd);
    }
    device(text).map(Reason::Device)
}

/// The device that Windows takes a name for: what stands before the first dot counts, without blanks at its end.
fn device(text: &str) -> Option<String> {
    let stem = text.split('.').next().unwrap_or_default();
    let stem = stem.trim_end().to_lowercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|number| {
            let mut digits = number.chars();
            matches!(
                (digits.next(), digits.next()),
                (Some('0'..='9' | '¹' | '²' | '³'), None)
            )
        })
    };
    (DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")).then_some(stem)
}

/// What keeps a name from being one of PEP 508 (<https://peps.python.org/pep-0508/#names>) and an import name.
fn grammar(text: &str) -> Option<Reason> {
    let allowed = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    if let Some(foreign) = text.chars().find(|it| !it.is_ascii()) {
        return Some(Reason::Foreign(foreign));
    }
    if let Some(letter) = text.chars().find(|it| !allowed(*it)) {
        return Some(Reason::Letter(letter));
    }
    for end in [text.chars().next(), text.chars().next_back()]
        .into_iter()
        .flatten()
    {
        if !end.is_ascii_alphanumeric() {
            return Some(Reason::End(end));
        }
    }
    text.starts_with(|it: char| it.is_ascii_digit())
        .then_some(Reason::LeadingDigit)
}
