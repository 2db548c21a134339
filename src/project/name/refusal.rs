//! Why a name is refused, in words, with one that works.
//!
//! Made by the name gate, shown by whoever asked for a name. It must not decide what is refused.

use std::fmt;

use crate::python::Series;

/// How much of a name is repeated in a message.
const SHOWN: usize = 40;

/// A name that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    text: String,
    reason: Reason,
    suggestion: Option<String>,
}

/// What is wrong with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// There is none.
    Empty,
    /// It has a character that moves the cursor or ends the line.
    Control(char),
    /// It means this folder, or the one above.
    Folder,
    /// It is more than one component of a path.
    Separator(char),
    /// It has this many characters, where only so many are allowed.
    TooLong(usize, usize),
    /// Tools would take it for an option.
    LeadingDash,
    /// Windows drops a dot or a space at the end.
    DroppedEnd,
    /// Windows takes it for a device.
    Device(String),
    /// It has a letter beyond ASCII.
    Foreign(char),
    /// It has neither a letter nor a digit.
    OnlyPunctuation,
    /// It has a character that no distribution's name has.
    Letter(char),
    /// It starts or ends with punctuation.
    End(char),
    /// It starts with a digit.
    LeadingDigit,
    /// It is a keyword of Python.
    Keyword(&'static str),
    /// It is a module of the standard library.
    StandardModule(&'static str, Series),
    /// It is a distribution that the project needs.
    Dependency(String),
    /// It is a module of a distribution that the project needs.
    ModuleOfDependency(String, String),
    /// It belongs to a tool.
    Tool(&'static str),
    /// The platform, by its title, has it reserved.
    Reserved(String, String),
    /// The platform, by its title, wants another form.
    Pattern(String, String),
}

impl Refused {
    pub(super) fn new(text: &str, reason: Reason, suggestion: Option<String>) -> Self {
        Self {
            text: text.to_owned(),
            reason,
            suggestion,
        }
    }

    /// A name that works; none only where the platform's own form for names is one that cannot be guessed.
    pub(crate) fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    #[cfg(test)]
    pub(super) fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reason == Reason::Empty {
            return f.write_str("a project cannot have an empty name");
        }
        write!(
            f,
            "a project cannot be called `{}`: {}",
            shown(&self.text),
            self.reason
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Control(letter) => write!(f, "it has a control character ({})", code(*letter)),
            Self::Folder => f.write_str("that means a folder and is no name"),
            Self::Separator(letter) => {
                write!(f, "`{letter}` separates folders and cannot be in a name")
            }
            Self::TooLong(length, longest) => {
                write!(
                    f,
                    "it has {length} characters, and at most {longest} are allowed"
                )
            }
            Self::LeadingDash => {
                f.write_str("with a dash at its start, tools take it for an option")
            }
            Self::DroppedEnd => f.write_str("Windows drops a dot or a space at the end of a name"),
            Self::Device(device) => write!(f, "Windows takes `{}` for a device", shown(device)),
            Self::Foreign(letter) => write!(
                f,
                "only ASCII letters can be in the name of a Python distribution, and {} is none",
                pictured(*letter)
            ),
            Self::OnlyPunctuation => f.write_str("it has neither a letter nor a digit"),
            Self::Letter(letter) => write!(
                f,
                "{} cannot be in the name of a Python distribution; letters, digits, `-`, `_` and `.` can",
                pictured(*letter)
            ),
            Self::End(letter) => write!(
                f,
                "the name of a Python distribution does not start or end with `{letter}`"
            ),
            Self::LeadingDigit => {
                f.write_str("a package whose name starts with a digit cannot be imported")
            }
            Self::Keyword(keyword) => write!(
                f,
                "`{keyword}` is a keyword of Python and cannot be imported"
            ),
            Self::StandardModule(module, python) => {
                write!(f, "`{module}` is a module of Python {python} itself")
            }
            Self::Dependency(distribution) => {
                write!(f, "the project itself needs the package `{distribution}`")
            }
            Self::ModuleOfDependency(module, distribution) => write!(
                f,
                "`{module}` is a module of `{distribution}`, which the project needs"
            ),
            Self::Tool(tool) => write!(f, "`{tool}` would be taken for the tool of that name"),
            Self::Reserved(name, platform) => write!(
                f,
                "`{name}` is taken on {platform}, by the platform or by a folder of the project"
            ),
            Self::Pattern(name, platform) => {
                write!(f, "`{name}` has not the form that {platform} asks of names")
            }
        }
    }
}

/// A name as it can be printed: one line, nothing invisible, not endless.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).map(printable).collect();
    if text.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}

/// The letter itself where it is one, else its number.
fn printable(letter: char) -> String {
    if letter.is_alphanumeric() || letter.is_ascii_graphic() || letter == ' ' {
        letter.to_string()
    } else {
        letter.escape_unicode().to_string()
    }
}

fn pictured(letter: char) -> String {
    match letter {
        ' ' => "a space".to_owned(),
        '`' => "a backquote".to_owned(),
        _ => format!("`{}`", printable(letter)),
    }
}

fn code(letter: char) -> String {
    format!("U+{:04X}", u32::from(letter))
}
