//! Where a project says which Python it is for: one [`Place`] for each file or provider, with a [`Choice`] for each thing in it that takes
//! a Python, and a [`Mention`] for each version.
//!
//! Read by the checks of versions. Only what names a series outright counts: `3.x`, `latest` and whatever is worked out elsewhere is passed
//! over. It must not judge.

mod choice;
mod containers;
mod image;
mod jenkins;
mod pins;
mod runners;
mod travis;
mod workflows;

pub(crate) use choice::Choice;
pub(crate) use workflows::misread;

use std::path::PathBuf;

use super::Facts;
use crate::doctor::fix::{Action, Edit, Key};
use crate::python::Series;

/// A place with more than that was not written by people.
const MOST: usize = 500;

/// A file, or the files of one provider, that say a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What it is.
    pub(crate) kind: Kind,
    /// What it says, in order.
    pub(crate) choices: Vec<Choice>,
    /// Files that it takes the version from and that are not there: which file, at which line, names which.
    pub(crate) missing: Vec<(PathBuf, u32, String)>,
}

/// What kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Continuous integration.
    Ci,
    /// The one version that people and tools take on a machine: `.python-version`, `.tool-versions`.
    Pin,
    /// A container, or anything else that is made with one Python.
    Other,
    /// A runner of tests over several versions: tox, nox.
    Runner,
}

/// A version that is said somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// The file.
    pub(crate) file: PathBuf,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The version.
    pub(crate) series: Series,
    /// As it is written, in the words of the file.
    pub(crate) says: String,
    /// Whether only a whole version will do there, with its patch number, as asdf wants it.
    pub(crate) is_whole: bool,
    /// How it can be changed; `None` where that is not for a program.
    change: Option<Change>,
}

/// How a version can be changed: the text around it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    /// In a line: what stands before it and behind it.
    Line(String, String),
    /// In a TOML string at these keys.
    Toml(Vec<String>, [String; 2]),
    /// In a JSON string at these keys.
    Json(Vec<Key>, [String; 2]),
}

/// A version as an item of a list of YAML, in its line.
struct Item<'a> {
    open: &'a str,
    quote: &'static str,
    rest: &'a str,
    /// Whether it has a line of its own, behind a dash.
    is_block: bool,
}

impl Mention {
    /// The change that makes it say this series.
    pub(crate) fn moved(&self, to: Series) -> Option<Action> {
        // Without quotes, YAML takes 3.10 for 3.1.
        self.becomes(&to.to_string(), to.minor.is_multiple_of(10))
    }

    /// The change that makes it say this version.
    pub(crate) fn becomes(&self, to: &str, is_misread: bool) -> Option<Action> {
        let edit = match self.change.as_ref()? {
            Change::Line(before, after) => {
                let needs_quotes = is_misread
                    && before.trim_end().ends_with([':', '-', '[', ','])
                    && !before.trim_start().starts_with("FROM");
                let version = if needs_quotes {
                    format!("\"{to}\"")
                } else {
                    to.to_string()
                };
                Edit::Line {
                    number: self.line,
                    old: self.line_of(before, after),
                    new: Some(format!("{before}{version}{after}")),
                }
            }
            Change::Toml(keys, [before, after]) => Edit::Toml {
                keys: keys.clone(),
                value: format!("\"{before}{to}{after}\""),
            },
            Change::Json(keys, [before, after]) => Edit::Json {
                keys: keys.clone(),
                value: format!("{before}{to}{after}").into(),
            },
        };
        Some(Action::edit(self.file.clone(), edit))
    }

    /// What stands around it with its quotes, and these: `- `, `'`, ` # why`. Nothing where it is not an item of a list of YAML.
    fn as_item(&self) -> Option<Item<'_>> {
        let Some(Change::Line(before, after)) = &self.change else {
            return None;
        };
        let quote = ["\"", "'"].into_iter().find_map(|it| {
            let open = before.strip_suffix(it)?;
            Some((it, open, after.strip_prefix(it)?))
        });
        let (quote, open, rest) = quote.unwrap_or(("", before, after));
        let head = open.trim();
        let is_block = head == "-";
        let is_one = is_block || head.is_empty() || head.ends_with(['[', ',']);
        is_one.then_some(Item {
            open,
            quote,
            rest,
            is_block,
        })
    }

    /// The change that puts another series beside it, before it or behind it, where it stands in a list of YAML.
    fn joined(&self, to: Series, is_before: bool) -> Option<Action> {
        let item = self.as_item()?;
        let Item {
            open, quote, rest, ..
        } = item;
        let own = format!("{quote}{}{quote}", self.says);
        let added = if quote.is_empty() && to.minor.is_multiple_of(10) {
            format!("\"{to}\"")
        } else {
            format!("{quote}{to}{quote}")
        };
        let new = match (item.is_block, is_before) {
            (true, true) => format!("{open}{added}\n{open}{own}{rest}"),
            (true, false) => format!("{open}{own}{rest}\n{open}{added}"),
            (false, true) => format!("{open}{added}, {own}{rest}"),
            (false, false) => format!("{open}{own}, {added}{rest}"),
        };
        Some(self.line_becomes(Some(new)))
    }

    /// The change that takes it out of a list of YAML, where others stay.
    fn removed(&self) -> Option<Action> {
        let item = self.as_item()?;
        if item.is_block {
            return Some(self.line_becomes(None));
        }
        let behind = item.rest.trim_start().strip_prefix(',');
        let new = if let Some(rest) = behind {
            format!("{}{}", item.open, rest.trim_start())
        } else {
            let open = item.open.trim_end().strip_suffix(',')?;
            format!("{open}{}", item.rest)
        };
        Some(self.line_becomes(Some(new)))
    }

    fn line_becomes(&self, new: Option<String>) -> Action {
        let old = match &self.change {
            Some(Change::Line(before, after)) => self.line_of(before, after),
            _ => String::new(),
        };
        let edit = Edit::Line {
            number: self.line,
            old,
            new,
        };
        Action::edit(self.file.clone(), edit)
    }

    /// The change that gives it quotes, where it stands in a line.
    pub(crate) fn quoted(&self) -> Option<Action> {
        let Some(Change::Line(before, after)) = &self.change else {
            return None;
        };
        let edit = Edit::Line {
            number: self.line,
            old: self.line_of(before, after),
            new: Some(format!("{before}\"{}\"{after}", self.says)),
        };
        Some(Action::edit(self.file.clone(), edit))
    }

    fn line_of(&self, before: &str, after: &str) -> String {
        format!("{before}{}{after}", self.says)
    }

    /// A version in a file that is edited by lines. `says` is the version as it is written there.
    fn in_line(facts: &Facts, file: PathBuf, line: u32, says: &str) -> Option<Self> {
        let series = exactly(says)?;
        let content = facts.line(&file, line)?;
        Some(Self {
            change: only(&content, says)
                .map(|(before, after)| Change::Line(before.to_owned(), after.to_owned())),
            file,
            line,
            series,
            says: says.to_owned(),
            is_whole: false,
        })
    }
}

/// What stands around a word in a text where it stands once, and is no part of a longer version.
pub(crate) fn only<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let is_part = |it: char| it.is_ascii_digit() || it == '.';
    let mut places = text.match_indices(word).filter_map(|(start, _)| {
        let (before, rest) = text.split_at(start);
        let after = rest.strip_prefix(word)?;
        (!before.ends_with(is_part) && !after.starts_with(is_part)).then_some((before, after))
    });
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

/// The series of a whole version: `3.12`, `3.12.4`, `3.12.x`, `3.13-dev`, `3.14.0rc1`; nothing of `3`, `3.x`, `>=3.12` or `pypy3.10`.
pub(crate) fn exactly(text: &str) -> Option<Series> {
    let text = [".x", ".*"]
        .iter()
        .find_map(|it| text.strip_suffix(it))
        .unwrap_or(text);
    let (version, rest) = first(text)?;
    let is_whole = text.starts_with(version)
        && (rest.is_empty() || rest.starts_with(['-', 'a', 'b', 'r', 't', '+']));
    is_whole.then(|| series(version)).flatten()
}

/// The first version in a text that stands by itself or behind `-`, `:` or `python`, as it is written, and what follows it.
fn first(text: &str) -> Option<(&str, &str)> {
    text.match_indices("3.").find_map(|(start, _)| {
        let (before, rest) = text.split_at(start);
        let lower = before.to_ascii_lowercase();
        if !(before.is_empty() || before.ends_with(['-', ':', '=']) || lower.ends_with("python")) {
            return None;
        }
        let length = rest
            .bytes()
            .take_while(|it| it.is_ascii_digit() || *it == b'.')
            .count();
        let (version, after) = rest.split_at(length);
        series(version).map(|_| (version, after))
    })
}

/// The series of `py312`, `312`.
pub(crate) fn short(text: &str) -> Option<Series> {
    let minor = text.strip_prefix("py").unwrap_or(text).strip_prefix('3')?;
    let is_one = !minor.is_empty() && minor.bytes().all(|it| it.is_ascii_digit());
    is_one
        .then(|| minor.parse().ok())?
        .map(|it| Series::new(3, it))
}

/// The series of `3.12` or `3.12.4`.
fn series(version: &str) -> Option<Series> {
    let mut numbers = version.split('.');
    let mut number = || numbers.next()?.parse::<u8>().ok();
    let (major, minor) = (number()?, number()?);
    let rest = numbers.collect::<Vec<_>>();
    let is_one = rest.len() <= 1 && rest.iter().all(|it| it.parse::<u16>().is_ok());
    is_one.then(|| Series::new(major, minor))
}

impl Place {
    fn new(kind: Kind, choices: Vec<Choice>) -> Self {
        Self {
            kind,
            choices,
            missing: Vec::new(),
        }
    }

    /// One that is taken as a whole.
    fn whole(kind: Kind, mentions: Vec<Mention>) -> Self {
        let choices = (!mentions.is_empty()).then(|| Choice::of(mentions));
        Self::new(kind, choices.into_iter().collect())
    }

    /// One where each version is for something else.
    fn each(kind: Kind, mentions: Vec<Mention>) -> Self {
        let choices = mentions.into_iter().map(|it| Choice::of(vec![it]));
        Self::new(kind, choices.collect())
    }

    /// With one more, if it is one and not there yet.
    fn add(&mut self, choice: Choice) {
        let is_new = || self.choices.len() < MOST && !self.choices.contains(&choice);
        if !choice.mentions.is_empty() && is_new() {
            self.choices.push(choice);
        }
    }

    /// Every version that it says, in order, each place of a file once.
    pub(crate) fn mentions(&self) -> Vec<&Mention> {
        let mut mentions: Vec<&Mention> = Vec::new();
        for mention in self.choices.iter().flat_map(|it| &it.mentions) {
            if !mentions.contains(&mention) {
                mentions.push(mention);
            }
        }
        mentions
    }
}

/// Every place of the project that says a version.
pub(crate) fn places(facts: &Facts) -> Vec<Place> {
    let mut places = pins::read(facts);
    places.extend(workflows::read(facts));
    places.extend(containers::read(facts));
    places.extend(runners::read(facts));
    places.push(travis::read(facts));
    places.push(jenkins::read(facts));
    places.retain(|it| !it.choices.is_empty() || !it.missing.is_empty());
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{exactly, first, only};
    use crate::python::Series;

    #[test]
    fn a_version_is_one_that_names_its_series() {
        for text in ["3.12", "3.12.4", "3.12.x", "3.12-dev", "3.12.0rc1"] {
            assert_eq!(exactly(text), Some(Series::new(3, 12)), "{text}");
        }
        for text in [
            "3", "3.x", ">=3.12", "pypy3.12", "~3.12", "", "3.12.x.x", "3.300",
        ] {
            assert_eq!(exactly(text), None, "{text}");
        }
        assert_eq!(first("3.12-alpine3.19"), Some(("3.12", "-alpine3.19")));
        assert_eq!(first("4-python3.12"), Some(("3.12", "")));
        assert_eq!(first("alpine3.19"), None);
    }

    #[test]
    fn a_word_is_replaced_only_where_it_stands_once() {
        assert_eq!(only("a: 3.12 # x", "3.12"), Some(("a: ", " # x")));
        assert_eq!(only("a: 3.12 3.12.1", "3.12"), Some(("a: ", " 3.12.1")));
        assert_eq!(only("[3.12, 3.12]", "3.12"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|3\\.|[0-9.])*") {
            std::hint::black_box(exactly(&text));
            if let Some((version, _)) = first(&text) {
                prop_assert!(text.contains(version));
            }
        }
    }
}
