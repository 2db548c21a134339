//! A file of configuration while it is read, and the words in which platforms write versions, sizes and spans.

use std::path::PathBuf;

use super::{Place, Setting};
use crate::doctor::facts::node::{Entry, Node, Value};
use crate::doctor::fix::Key;
use crate::python::Series;

/// A file of configuration while it is read.
pub(super) struct Source {
    pub(super) file: PathBuf,
    is_json: bool,
}

impl Source {
    pub(super) fn new(file: PathBuf) -> Self {
        let is_json = file.extension().is_some_and(|it| it == "json");
        Self { file, is_json }
    }

    /// The place of a line that these keys lead to.
    pub(super) fn place(&self, line: u32, keys: &[&str]) -> Place {
        let keys = keys.iter().map(|it| Key::Name((*it).to_owned()));
        Place {
            file: self.file.clone(),
            line,
            keys: if self.is_json {
                keys.collect()
            } else {
                Vec::new()
            },
        }
    }

    /// A literal text in a table that `above` leads to.
    pub(super) fn text(&self, table: &Node, above: &[&str], key: &str) -> Option<Setting<String>> {
        let entry = table.entry(key)?;
        let text = literal(entry)?;
        let keys: Vec<&str> = above.iter().copied().chain([key]).collect();
        Some(Setting {
            value: text.to_owned(),
            text: text.to_owned(),
            place: self.place(entry.value.line, &keys),
        })
    }

    /// A literal number in a table that `above` leads to.
    pub(super) fn number(&self, table: &Node, above: &[&str], key: &str) -> Option<Setting<f64>> {
        let setting = self.text(table, above, key)?;
        let value = setting
            .value
            .parse()
            .ok()
            .filter(|it: &f64| it.is_finite())?;
        Some(setting.map(value))
    }
}

impl<T> Setting<T> {
    /// The same place and text with what it stands for.
    pub(super) fn map<U>(self, value: U) -> Setting<U> {
        Setting {
            value,
            text: self.text,
            place: self.place,
        }
    }
}

/// What an entry says, if that is what it comes to: nothing that is computed, and no variable.
pub(super) fn literal(entry: &Entry) -> Option<&str> {
    if entry.tag.is_some() {
        return None;
    }
    match &entry.value.value {
        Value::Scalar { text, .. } if !text.contains("${") && !text.contains("{{") => Some(text),
        _ => None,
    }
}

/// The series of a runtime as platforms write it: `python3.12`, `python312`, `3.12`, `Python|3.12`.
pub(super) fn series(runtime: &str) -> Option<Series> {
    let text = runtime.trim().to_ascii_lowercase();
    let number = text.strip_prefix("python").unwrap_or(&text);
    let number = number.trim_start_matches(['|', ':', ' ']);
    if let Ok(series) = number.parse() {
        return Some(series);
    }
    let minor = number.strip_prefix('3')?;
    let minor = minor.parse().ok().filter(|_| !minor.is_empty())?;
    text.starts_with("python").then_some(Series::new(3, minor))
}

/// Bytes in words: `512Mi`, `1Gi`, `256MB`, `1G`; in MiB, as platforms count them.
pub(super) fn mebibytes(text: &str) -> Option<f64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    match unit.to_ascii_lowercase().as_str() {
        "m" | "mi" | "mb" | "mib" => Some(number),
        "g" | "gi" | "gb" | "gib" => Some(number * 1024.0),
        "k" | "ki" | "kb" => Some(number / 1024.0),
        _ => None,
    }
}

/// A span of time in words: `60`, `60s`, `9m`; in seconds.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    match unit {
        "" | "s" => Some(number),
        "m" => Some(number * 60.0),
        "h" => Some(number * 3600.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{mebibytes, seconds, series};
    use crate::python::Series;

    #[test]
    fn the_words_of_platforms_are_understood() {
        for (text, expected) in [
            ("python3.12", Some(Series::new(3, 12))),
            ("python312", Some(Series::new(3, 12))),
            ("python39", Some(Series::new(3, 9))),
            ("3.11", Some(Series::new(3, 11))),
            ("Python|3.11", Some(Series::new(3, 11))),
            ("nodejs20.x", None),
            ("provided.al2", None),
            ("312", None),
            ("python", None),
        ] {
            assert_eq!(series(text), expected, "{text}");
        }
        assert_eq!(mebibytes("2Gi"), Some(2048.0));
        assert_eq!(mebibytes("512MB"), Some(512.0));
        assert_eq!(mebibytes("1.5Gi"), None);
        assert_eq!(seconds("9m"), Some(540.0));
        assert_eq!(seconds("x"), None);
    }
}
