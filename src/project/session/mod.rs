//! Each question in turn: answered by what was given, asked of a person where there is one, else with its default.
//!
//! Led by `interview`, which knows the order. It must not print.

mod choice;

use std::collections::BTreeSet;

use serde_json::Value;

use super::name::{NameRules, ProjectName};
use super::person::{Choice, Person, Question};
use super::question::{BaseQuestion, EMAIL, NAME, YEAR, title_of};
use super::source::{Raw, Sources, nearest, wrong};
use crate::error::{Error, Result};
use crate::template::catalog::Catalog;
use crate::template::variable::{Type, Variable};

/// The state of one interview.
pub(super) struct Session<'a, 'p> {
    catalog: &'a Catalog,
    sources: &'a Sources,
    person: Option<&'p mut dyn Person>,
    by_default: BTreeSet<String>,
}

impl<'a, 'p> Session<'a, 'p> {
    /// Begins one.
    pub(super) fn new(
        catalog: &'a Catalog,
        sources: &'a Sources,
        person: Option<&'p mut dyn Person>,
    ) -> Self {
        Self {
            catalog,
            sources,
            person,
            by_default: BTreeSet::new(),
        }
    }

    /// Whether somebody is asked.
    pub(super) fn has_person(&self) -> bool {
        self.person.is_some()
    }

    /// The keys whose answers are the ones that go without saying, whoever said them.
    pub(super) fn by_default(self) -> BTreeSet<String> {
        self.by_default
    }

    /// Notes an answer that goes without saying.
    fn note(&mut self, key: &str, is_usual: bool) {
        if is_usual {
            self.by_default.insert(key.to_owned());
        }
    }

    /// The project's name, through the name gate; one that is asked for needs `room` too, as it says the place.
    pub(super) fn name(
        &mut self,
        from_path: Option<&str>,
        rules: &NameRules,
        room: &dyn Fn(&str) -> Result<()>,
    ) -> Result<ProjectName> {
        if let Some(name) = self.given_name(from_path, rules)? {
            return Ok(name);
        }
        let Some(person) = self.person.as_mut() else {
            return Err(Error::new("no name for the project")
                .hint("say where to make it: scaffold new my-function"));
        };
        let check = |text: &str| {
            let name =
                ProjectName::check(text, rules).map_err(|refused| match refused.suggestion() {
                    Some(name) => format!("{refused}; `{name}` works"),
                    None => refused.to_string(),
                })?;
            room(name.name()).map_err(|error| error.message().to_owned())?;
            Ok(name)
        };
        let default = std::iter::once("hello".to_owned())
            .chain((2..100).map(|number| format!("hello-{number}")))
            .find(|name| check(name).is_ok());
        let text = person.ask(&Question {
            title: NAME.title.to_owned(),
            help: NAME.help.to_owned(),
            default: default.unwrap_or_default(),
            choices: Vec::new(),
            check: &|text| check(text).map(drop),
        })?;
        check(&text).map_err(Error::new)
    }

    /// The project's name where somebody has said it, through the name gate.
    pub(super) fn given_name(
        &self,
        from_path: Option<&str>,
        rules: &NameRules,
    ) -> Result<Option<ProjectName>> {
        let given = self
            .sources
            .get(NAME.key)
            .map(|(raw, origin)| (raw.to_string(), origin.describe(NAME.key)));
        let Some((text, place)) =
            given.or_else(|| from_path.map(|text| (text.to_owned(), "PATH".to_owned())))
        else {
            return Ok(None);
        };
        ProjectName::check(&text, rules)
            .map(Some)
            .map_err(|refused| {
                let flag = if place == "PATH" { "" } else { "--name " };
                let error = Error::new(refused.to_string());
                match refused.suggestion() {
                    Some(name) => error.hint(format!("a name that works: {flag}{name}")),
                    None => error,
                }
            })
    }

    /// A line of free text.
    pub(super) fn text(&mut self, question: &BaseQuestion, usual: &str) -> Result<String> {
        self.line(question, usual, &check_line)
    }

    /// The author's address.
    pub(super) fn email(&mut self, author: &str) -> Result<String> {
        // An address without a name is no author.
        if author.is_empty()
            && self
                .sources
                .get(EMAIL.key)
                .is_none_or(|(_, origin)| !origin.is_answer())
        {
            self.note(EMAIL.key, true);
            return Ok(String::new());
        }
        self.line(&EMAIL, "", &|text| {
            let parts: Vec<&str> = text.split('@').collect();
            let is_address = matches!(parts[..], [local, domain] if !local.is_empty() && !domain.is_empty())
                && !text.contains(char::is_whitespace);
            if text.is_empty() || is_address {
                check_line(text)
            } else {
                Err("is not an address such as ada@example.com".to_owned())
            }
        })
    }

    fn line(
        &mut self,
        question: &BaseQuestion,
        usual: &str,
        check: &dyn Fn(&str) -> std::result::Result<(), String>,
    ) -> Result<String> {
        let text = self.write(question, usual, check)?;
        self.note(question.key, text == usual);
        Ok(text)
    }

    fn write(
        &mut self,
        question: &BaseQuestion,
        usual: &str,
        check: &dyn Fn(&str) -> std::result::Result<(), String>,
    ) -> Result<String> {
        let mut default = usual.to_owned();
        if let Some((raw, origin)) = self.sources.get(question.key) {
            let text = raw.to_string().trim().to_owned();
            check(&text).map_err(|reason| wrong(question.key, raw, origin, &reason, None))?;
            if origin.is_answer() || self.person.is_none() {
                return Ok(text);
            }
            default = text;
        }
        match self.person.as_mut() {
            Some(person) => person
                .ask(&Question {
                    title: question.title.to_owned(),
                    help: question.help.to_owned(),
                    default,
                    choices: Vec::new(),
                    check,
                })
                .map(|text| text.trim().to_owned()),
            None => Ok(default),
        }
    }

    /// The year; nobody is asked.
    pub(super) fn year(&mut self, usual: i64) -> Result<i64> {
        let year = match self.sources.get(YEAR.key) {
            Some((raw, origin)) => raw
                .to_string()
                .parse::<i64>()
                .ok()
                .filter(|year| (1970..=9999).contains(year))
                .ok_or_else(|| wrong(YEAR.key, raw, origin, "is not a year", None))?,
            None => usual,
        };
        self.note(YEAR.key, year == usual);
        Ok(year)
    }

    /// The value of a layer's variable.
    pub(super) fn variable(&mut self, variable: &Variable) -> Result<Value> {
        let value = self.value(variable)?;
        self.note(&variable.name, value == variable.default);
        Ok(value)
    }

    fn value(&mut self, variable: &Variable) -> Result<Value> {
        let key = variable.name.as_str();
        let mut default = variable.default.clone();
        if let Some((raw, origin)) = self.sources.get(key) {
            let value = match raw {
                Raw::Text(text) => variable.parse(text),
                Raw::Value(value) => variable.check(value).map(|()| value.clone()),
            }
            .map_err(|reason| {
                if let Raw::Value(Value::String(text)) = raw
                    && let Ok(meant @ (Value::Number(_) | Value::Bool(_))) = variable.parse(text)
                {
                    let quoted = Raw::Text(format!("\"{text}\""));
                    return wrong(key, &quoted, origin, &reason, None)
                        .hint(format!("write it without quotes: {key} = {meant}"));
                }
                let near = nearest(
                    &raw.to_string(),
                    variable.choices.iter().map(String::as_str),
                );
                wrong(key, raw, origin, &reason, near)
            })?;
            if origin.is_answer() || self.person.is_none() {
                return Ok(value);
            }
            default = value;
        }
        let Some(person) = self.person.as_mut().filter(|_| variable.prompt) else {
            return Ok(default);
        };
        let text = person.ask(&Question {
            title: title_of(key),
            help: variable.help.clone(),
            default: match &default {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(items) => {
                    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    items.join(", ")
                }
                other => other.to_string(),
            },
            choices: if variable.kind == Type::Choice {
                let same = |it: &String| Choice {
                    id: it.clone(),
                    label: it.clone(),
                };
                variable.choices.iter().map(same).collect()
            } else {
                Vec::new()
            },
            check: &|text| variable.parse(text).map(drop),
        })?;
        variable
            .parse(&text)
            .map_err(|reason| Error::new(format!("{key} `{text}` {reason}")))
    }
}

fn check_line(text: &str) -> std::result::Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err("has a control character or a line break".to_owned());
    }
    if text.chars().count() > 300 {
        return Err("is longer than 300 characters".to_owned());
    }
    Ok(())
}
