//! Where answers come from: flags, `--set`, an answers file, the environment, the user's configuration, git.
//!
//! Collected by `cli`, consulted by `interview`: the first source that has a key wins. It must not know which answers are valid.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Error, Result};
use crate::host::Host;
use crate::template::layer::line_of;

/// Where an answer comes from, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag such as `--platform`.
    Flag,
    /// `--set KEY=VALUE`.
    Set,
    /// `--answers FILE`.
    File(PathBuf),
    /// `SCAFFOLD_KEY`.
    Environment,
    /// The user's configuration file.
    Configuration(PathBuf),
    /// git's `user.name` and `user.email`.
    Git,
}

impl Origin {
    /// Whether this is an answer to this very run, so that nobody has to be asked; the others are defaults.
    pub(crate) fn is_answer(&self) -> bool {
        !matches!(self, Self::Configuration(_) | Self::Git)
    }

    /// How a person recognises where the value of `key` was said.
    pub(crate) fn describe(&self, key: &str) -> String {
        match self {
            Self::Flag => format!("--{}", key.replace('_', "-")),
            Self::Set => format!("--set {key}"),
            Self::File(path) | Self::Configuration(path) => path.display().to_string(),
            Self::Environment => variable_name(key),
            Self::Git => "git's configuration".to_owned(),
        }
    }
}

/// A value as it was given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Raw {
    /// As text: a flag, the environment, a prompt.
    Text(String),
    /// With a type: a TOML file.
    Value(Value),
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Value(Value::String(text)) => f.write_str(text),
            Self::Value(value) => write!(f, "{value}"),
        }
    }
}

/// One place that answers come from.
#[derive(Debug)]
struct Source {
    origin: Origin,
    values: BTreeMap<String, Raw>,
}

/// All places that answers come from, the strongest first.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// Adds a source weaker than all before it.
    pub(crate) fn add(&mut self, origin: Origin, values: BTreeMap<String, Raw>) {
        self.sources.push(Source { origin, values });
    }

    /// Adds `KEY=VALUE` pairs of `--set`.
    ///
    /// # Errors
    /// When one has no `=`, or a key comes twice.
    pub(crate) fn add_pairs(&mut self, pairs: &[String]) -> Result<()> {
        let mut values = BTreeMap::new();
        for pair in pairs {
            let (key, value) = pair
                .split_once('=')
                .filter(|(key, _)| !key.trim().is_empty())
                .ok_or_else(|| {
                    Error::new(format!("`--set {pair}` is not KEY=VALUE"))
                        .hint("for example: --set region=eu-central-1")
                })?;
            let key = key.trim().replace('-', "_");
            if values
                .insert(key.clone(), Raw::Text(value.to_owned()))
                .is_some()
            {
                return Err(Error::new(format!("`--set {key}` is given twice")));
            }
        }
        self.add(Origin::Set, values);
        Ok(())
    }

    /// Adds the keys of a TOML file.
    ///
    /// # Errors
    /// When it cannot be read or is not TOML, naming the line.
    pub(crate) fn add_file(&mut self, path: &Path, origin: Origin) -> Result<()> {
        let shown = match &origin {
            Origin::File(typed) => typed.display(),
            _ => path.display(),
        };
        let Some(text) = crate::fs::read_text_if_any(path)? else {
            return Err(not_there(path, &shown.to_string()));
        };
        let values: BTreeMap<String, Value> = toml_edit::de::from_str(&text).map_err(|error| {
            let (line, column) = position(&text, error.span().map_or(0, |span| span.start));
            Error::new(format!(
                "{shown}:{line}:{column}: {}",
                error.message().trim().replace('\n', ", ")
            ))
            .hint("one answer a line, texts in quotes: platform = \"vercel\"")
        })?;
        let values = values
            .into_iter()
            .map(|(key, value)| (key.replace('-', "_"), Raw::Value(value)))
            .collect();
        self.add(origin, values);
        Ok(())
    }

    /// Adds every `SCAFFOLD_KEY` of the environment, but for those that steer the program itself.
    ///
    /// # Errors
    /// When a value is not UTF-8.
    pub(crate) fn add_environment(&mut self, host: &Host) -> Result<()> {
        let mut values = BTreeMap::new();
        for (name, value) in host.variables() {
            let Some(key) = name.to_str().and_then(|it| it.strip_prefix(PREFIX)) else {
                continue;
            };
            if value.is_empty() || STEERING.contains(&key) {
                continue;
            }
            let text = value
                .to_str()
                .ok_or_else(|| Error::new(format!("{PREFIX}{key} is not UTF-8 text")))?;
            values.insert(key.to_ascii_lowercase(), Raw::Text(text.to_owned()));
        }
        self.add(Origin::Environment, values);
        Ok(())
    }

    /// The strongest value for a key, and where it was said.
    pub(crate) fn get(&self, key: &str) -> Option<(&Raw, &Origin)> {
        self.sources
            .iter()
            .find_map(|source| source.values.get(key).map(|raw| (raw, &source.origin)))
    }

    /// Every key that was given, with where.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.sources.iter().flat_map(|source| {
            source
                .values
                .keys()
                .map(move |key| (key.as_str(), &source.origin))
        })
    }
}

/// What is said of a file of answers that does not exist: the nearest that does, or what such a file is.
fn not_there(path: &Path, shown: &str) -> Error {
    let error = Error::new(format!("there is no file `{shown}`"));
    let beside: Vec<String> = path
        .parent()
        .and_then(|folder| crate::fs::list(folder).ok())
        .unwrap_or_default()
        .iter()
        .filter(|it| it.is_file())
        .filter_map(|it| Some(it.file_name()?.to_str()?.to_owned()))
        .collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match nearest(&name, beside.iter().map(String::as_str)) {
        Some(near) => error.hint(format!(
            "did you mean `{}`?",
            Path::new(shown).with_file_name(near).display()
        )),
        None => error.hint(
            "it would hold answers by key, such as `platform = \"vercel\"`; `scaffold template show` lists the keys",
        ),
    }
}

/// The line and the column, each from 1, of this byte of a text.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (line_of(text, byte), line.chars().count() + 1)
}

/// What the names of all our environment variables begin with.
const PREFIX: &str = "SCAFFOLD_";

/// Our variables that are no answers, without the prefix.
const STEERING: [&str; 3] = ["CACHE_DIR", "NO_STORE", "SKIP"];

/// Those variables as keys would be called.
pub(super) fn steering<'a>() -> impl Iterator<Item = &'a str> {
    STEERING.into_iter()
}

/// The environment variable that answers a key.
pub(super) fn variable_name(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase())
}

/// The candidate that a mistyped word most likely stands for.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|it| (strsim::damerau_levenshtein(&word, &it.to_lowercase()), it))
        .filter(|(distance, it)| *distance <= 1 + it.chars().count().max(word.chars().count()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}

/// The error for an answer that is not valid.
pub(super) fn wrong(
    key: &str,
    raw: &Raw,
    origin: &Origin,
    reason: &str,
    near: Option<&str>,
) -> Error {
    let raw: String = raw.to_string().chars().flat_map(printable).collect();
    let error = Error::new(format!("{key} `{raw}` ({}) {reason}", origin.describe(key)));
    match near {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// A character as it may reach a terminal.
fn printable(character: char) -> Vec<char> {
    if character.is_control() {
        character.escape_default().collect()
    } else {
        vec![character]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Origin, Raw, Sources, nearest};

    #[test]
    fn the_first_source_that_has_a_key_wins() {
        let mut sources = Sources::default();
        sources.add_pairs(&["a=1".to_owned()]).unwrap();
        let weaker = [("a", "2"), ("b", "3")]
            .map(|(key, value)| (key.to_owned(), Raw::Text(value.to_owned())));
        sources.add(Origin::Git, BTreeMap::from(weaker));
        assert_eq!(
            sources.get("a"),
            Some((&Raw::Text("1".to_owned()), &Origin::Set))
        );
        assert_eq!(
            sources.get("b"),
            Some((&Raw::Text("3".to_owned()), &Origin::Git))
        );
        assert_eq!(sources.get("c"), None);
    }

    #[test]
    fn a_mistyped_word_finds_its_neighbour_and_nonsense_does_not() {
        let ids = ["vercel", "aws-lambda"];
        assert_eq!(nearest("vercle", ids), Some("vercel"));
        assert_eq!(nearest("AWS-Lamda", ids), Some("aws-lambda"));
        assert_eq!(nearest("kubernetes", ids), None);
    }
}
