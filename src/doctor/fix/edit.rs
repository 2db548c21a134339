//! Changes to the text of a file, each a pure function from the old text to the new one that leaves every other byte as it is.
//!
//! Part of a fix; `apply` reads and writes the files. An edit that has been made already changes nothing.

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
