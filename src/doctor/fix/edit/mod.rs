//! Changes to the text of a file, each a pure function from the old text to the new one that leaves every other byte as it is.
//!
//! Part of a fix; `apply` reads and writes the files. An edit that has been made already changes nothing.

mod ini;
mod json;
mod lines;
#[cfg(test)]
mod tests;
mod toml;

/// A change to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Makes the file with this text; one that is there is not touched.
    Create(String),
    /// Replaces the whole text, if it still is the one that the check read: for what changes everywhere, such as the encoding.
    Replace {
        /// What was read.
        old: Vec<u8>,
        /// What is to be there.
        new: Vec<u8>,
    },
    /// Adds these lines at the end, as far as they are not there; the file is made where it is missing.
    Append(Vec<String>),
    /// Replaces a line: at this number if it is there, else wherever it stands if that is one place only.
    Line {
        /// Its number when it was read, from 1.
        number: u32,
        /// The whole line, without its end.
        old: String,
        /// What stands there instead (any number of lines); `None` takes the line away.
        new: Option<String>,
    },
    /// Sets a key of a TOML file; tables that are missing are made.
    Toml {
        /// The keys, one below the other.
        keys: Vec<String>,
        /// The value as TOML: `"x"`, `["a", "b"]`, `88`.
        value: String,
    },
    /// Sets a key of a JSON file, comments kept; objects that are missing are made.
    Json {
        /// The keys, one below the other.
        keys: Vec<Key>,
        /// The value.
        value: serde_json::Value,
    },
    /// Sets an option of an INI file (`.flake8`, `setup.cfg`, `pytest.ini`); the section is made where it is missing.
    Ini {
        /// The section, without its brackets.
        section: String,
        /// The option.
        key: String,
        /// Its value; further lines are indented as configparser wants it.
        value: String,
    },
}

/// A step down into JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// The value of this key.
    Name(String),
    /// The value at this place of a list, from 0.
    Index(usize),
}

impl Edit {
    /// The new content of a file with this content; `None` stands for a file that is not there.
    ///
    /// # Errors
    /// Why the edit does not fit the file any more, in a line.
    pub(crate) fn applied(&self, old: Option<&[u8]>) -> Result<Vec<u8>, String> {
        match self {
            Self::Create(text) => match old {
                None => Ok(text.clone().into_bytes()),
                Some(there) if there == text.as_bytes() => Ok(there.to_vec()),
                Some(_) => Err("it is there already, with other content".to_owned()),
            },
            Self::Replace { old: read, new } => match old {
                Some(there) if there == new => Ok(new.clone()),
                Some(there) if there == read => Ok(new.clone()),
                Some(_) => Err("it has changed since it was read".to_owned()),
                None => Err("it is gone".to_owned()),
            },
            Self::Append(added) => Ok(lines::append(old.unwrap_or_default(), added)),
            Self::Line {
                number,
                old: line,
                new,
            } => lines::replace(there(old)?, *number, line, new.as_deref()),
            Self::Toml { keys, value } => {
                toml::set(text(old.unwrap_or_default())?, keys, value).map(String::into_bytes)
            }
            Self::Json { keys, value } => {
                json::set(text(old.unwrap_or_default())?, keys, value).map(String::into_bytes)
            }
            Self::Ini {
                section,
                key,
                value,
            } => {
                let text = text(old.unwrap_or_default())?;
                Ok(ini::set(text, section, key, value).into_bytes())
            }
        }
    }
}

fn there(content: Option<&[u8]>) -> Result<&[u8], String> {
    content.ok_or_else(|| "it is gone".to_owned())
}

fn text(content: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(content).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// How the lines of a text end.
fn line_end(text: &[u8]) -> &'static str {
    match memchr::memchr(b'\n', text) {
        Some(at) if at > 0 && text.get(at - 1) == Some(&b'\r') => "\r\n",
        _ => "\n",
    }
}
