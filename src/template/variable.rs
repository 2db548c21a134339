//! A question that a layer asks: its type, default, help and what makes an answer valid.
//!
//! Made from `[variables.NAME]` in `layer.toml`; `project` asks and checks the answers with it. It must not know who answers.

use serde::Deserialize;
use serde_json::Value;

/// What kind of value answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Type {
    /// One line of text.
    String,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// One of `choices`.
    Choice,
    /// Several strings.
    List,
}

/// A question of a layer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variable {
    /// Its key: what `--set` and the record call it.
    #[serde(skip)]
    pub(crate) name: String,
    /// The kind of its value.
    #[serde(rename = "type")]
    pub(crate) kind: Type,
    /// The value where nobody says otherwise.
    #[serde(default)]
    pub(crate) default: Value,
    /// Whether "not set" is an answer.
    #[serde(default)]
    pub(crate) optional: bool,
    /// What it means, for the prompt and the documentation.
    pub(crate) help: String,
    /// The smallest number allowed.
    pub(crate) min: Option<i64>,
    /// The largest number allowed.
    pub(crate) max: Option<i64>,
    /// The values allowed.
    #[serde(default)]
    pub(crate) choices: Vec<String>,
    /// A regular expression that the text (each element of a list) matches whole.
    pub(crate) pattern: Option<String>,
    /// What the expression asks for, in words.
    pub(crate) pattern_help: Option<String>,
    /// Whether it is asked on a terminal.
    #[serde(default)]
    pub(crate) prompt: bool,
}

impl Variable {
    /// Reads a variable and holds its default to its own rules.
    ///
    /// # Errors
    /// In words, when the table is not a variable or its default is not valid.
    pub(crate) fn new(name: &str, value: Value) -> Result<Self, String> {
        let mut variable: Self =
            serde_json::from_value(value).map_err(|error| error.to_string())?;
        name.clone_into(&mut variable.name);
        if let Some(pattern) = &variable.pattern {
            regex(pattern)?;
        }
        if variable.kind == Type::Choice && variable.choices.is_empty() {
            return Err("a choice needs `choices`".to_owned());
        }
        if variable.default.is_null() {
            if !variable.optional {
                return Err("needs a `default` or `optional = true`".to_owned());
            }
        } else {
            variable
                .check(&variable.default)
                .map_err(|reason| format!("its default {reason}"))?;
        }
        Ok(variable)
    }

    /// The value that a text stands for, as typed at a prompt, after `--set`, or in the environment.
    ///
    /// # Errors
    /// In words, when the text is not such a value.
    pub(crate) fn parse(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        if text.is_empty() && self.optional {
            return Ok(Value::Null);
        }
        let value = match self.kind {
            Type::String | Type::Choice => Value::from(text),
            Type::Integer => Value::from(text.parse::<i64>().map_err(|_| self.no_number())?),
            Type::Boolean => Value::from(parse_boolean(text).ok_or("is neither true nor false")?),
            Type::List => text
                .split(',')
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .collect(),
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Whether a value is a valid answer.
    ///
    /// # Errors
    /// In words, completing a sentence that begins with the value: "is not one of …".
    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        match (self.kind, value) {
            (_, Value::Null) if self.optional => Ok(()),
            (Type::String, Value::String(text)) => self.check_text(text),
            (Type::Choice, Value::String(text)) => self.check_choice(text),
            (Type::Boolean, Value::Bool(_)) => Ok(()),
            (Type::Integer, Value::Number(number)) => {
                self.check_number(number.as_i64().ok_or("is not a whole number")?)
            }
            (Type::List, Value::Array(items)) => items.iter().try_for_each(|item| {
                let text = item.as_str().ok_or("is not a list of strings")?;
                if self.choices.is_empty() {
                    self.check_text(text)
                } else {
                    self.check_choice(text)
                }
            }),
            (Type::String | Type::Choice, _) => Err("is not a text".to_owned()),
            (Type::Boolean, _) => Err("is neither true nor false".to_owned()),
            (Type::Integer, _) => Err("is not a whole number".to_owned()),
            (Type::List, _) => Err("is not a list".to_owned()),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), String> {
        if text.chars().any(char::is_control) {
            return Err("has a control character or a line break".to_owned());
        }
        let Some(pattern) = &self.pattern else {
            return Ok(());
        };
        if regex(pattern)?.is_match(text) {
            Ok(())
        } else {
            Err(match &self.pattern_help {
                Some(help) => format!("is not {help}"),
                None => format!("does not match {pattern}"),
            })
        }
    }

    fn check_choice(&self, text: &str) -> Result<(), String> {
        if self.choices.iter().any(|choice| choice == text) {
            Ok(())
        } else {
            Err(format!("is not one of {}", self.choices.join(", ")))
        }
    }

    fn no_number(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("is not a whole number between {min} and {max}"),
            _ => "is not a whole number".to_owned(),
        }
    }

    fn check_number(&self, number: i64) -> Result<(), String> {
        match (self.min, self.max) {
            (Some(min), Some(max)) if !(min..=max).contains(&number) => {
                Err(format!("is not between {min} and {max}"))
            }
            (Some(min), _) if number < min => Err(format!("is below {min}")),
            (_, Some(max)) if number > max => Err(format!("is above {max}")),
            _ => Ok(()),
        }
    }
}

/// Yes or no in the words that people use.
pub(crate) fn parse_boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// An expression that matches whole texts.
fn regex(pattern: &str) -> Result<regex::Regex, String> {
    regex::Regex::new(&format!("^(?:{pattern})$")).map_err(|error| format!("pattern: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Variable;

    fn variable(value: serde_json::Value) -> Variable {
        Variable::new("x", value).unwrap()
    }

    #[test]
    fn texts_become_values_of_the_type() {
        let timeout =
            variable(json!({"type": "integer", "default": 10, "help": "", "min": 1, "max": 900}));
        assert_eq!(timeout.parse(" 30 "), Ok(json!(30)));
        assert_eq!(
            timeout.parse("901"),
            Err("is not between 1 and 900".to_owned())
        );
        assert_eq!(
            timeout.parse("ten"),
            Err("is not a whole number between 1 and 900".to_owned())
        );
        let regions = variable(
            json!({"type": "list", "optional": true, "help": "", "pattern": "[a-z]{3}[0-9]", "pattern_help": "a region such as fra1"}),
        );
        assert_eq!(regions.parse("fra1, iad1"), Ok(json!(["fra1", "iad1"])));
        assert_eq!(regions.parse(""), Ok(json!(null)));
        assert_eq!(
            regions.parse("Mars"),
            Err("is not a region such as fra1".to_owned())
        );
    }

    #[test]
    fn a_default_that_breaks_the_rules_is_refused() {
        let bad = json!({"type": "choice", "default": "c", "help": "", "choices": ["a", "b"]});
        assert_eq!(
            Variable::new("x", bad).unwrap_err(),
            "its default is not one of a, b"
        );
        assert!(Variable::new("x", json!({"type": "string", "help": ""})).is_err());
    }
}
