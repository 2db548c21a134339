//! The questions that every project has, beside those of its layers: what they are called, what answers them, what goes without
//! saying.
//!
//! Asked by `session`; `cli` shows them. What a person is told of a question stands here and nowhere else. It must not know how a
//! person is asked.

use crate::template::layer::Kind;

/// A question of every project.
#[derive(Debug)]
pub(crate) struct BaseQuestion {
    /// Its key: what the record, `--set` and the files of answers call it.
    pub(crate) key: &'static str,
    /// Whether a flag of its own answers it.
    pub(crate) flag: bool,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// One line about it.
    pub(crate) help: &'static str,
    /// What can answer it.
    pub(crate) values: Values,
    /// What goes without saying.
    pub(crate) default: Usual,
}

/// What can answer a question of every project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    /// One line of text.
    Text,
    /// The id of a layer of this kind.
    Layer(Kind),
    /// A Python that the platform runs.
    Python,
    /// A year.
    Year,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// What is taken where nobody says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usual {
    /// This value.
    Value(&'static str),
    /// What these words say.
    Described(&'static str),
}

impl BaseQuestion {
    /// The words that can answer it; empty where it is not answered by one of a few words.
    pub(crate) fn words(&self) -> &'static [&'static str] {
        match self.values {
            Values::Word(words) => words,
            _ => &[],
        }
    }

    /// The value that goes without saying; empty where it depends.
    pub(crate) fn usual(&self) -> &'static str {
        match self.default {
            Usual::Value(value) => value,
            Usual::Described(_) => "",
        }
    }
}

/// How to build; it leaves no trace in the project, so that the record has no such key.
pub(crate) const INSTALLER: BaseQuestion = BaseQuestion {
    key: "installer",
    flag: true,
    title: "Installer",
    help: "What builds the environment; no part of the project, and not recorded in it.",
    values: Values::Word(&["auto", "uv", "pip"]),
    default: Usual::Value("auto"),
};

/// The project's name.
pub(crate) const NAME: BaseQuestion = BaseQuestion {
    key: "name",
    flag: true,
    title: "Project name",
    help: "What the project is called, and the package in it.",
    values: Values::Text,
    default: Usual::Described("the last part of PATH"),
};

/// One line about it.
pub(crate) const DESCRIPTION: BaseQuestion = BaseQuestion {
    key: "description",
    flag: true,
    title: "Description",
    help: "One line for pyproject.toml and the documentation.",
    values: Values::Text,
    default: Usual::Described("a sentence that names the platform"),
};

/// Who writes it.
pub(crate) const AUTHOR: BaseQuestion = BaseQuestion {
    key: "author",
    flag: true,
    title: "Author",
    help: "For pyproject.toml and the license; may be empty.",
    values: Values::Text,
    default: Usual::Described("git's user.name"),
};

/// Their address.
pub(crate) const EMAIL: BaseQuestion = BaseQuestion {
    key: "email",
    flag: true,
    title: "Email",
    help: "The author's address; may be empty.",
    values: Values::Text,
    default: Usual::Described("git's user.email"),
};

/// The platform.
pub(crate) const PLATFORM: BaseQuestion = BaseQuestion {
    key: "platform",
    flag: true,
    title: "Platform",
    help: "Where the function runs.",
    values: Values::Layer(Kind::Platform),
    default: Usual::Value("vercel"),
};

/// The trigger.
pub(crate) const TRIGGER: BaseQuestion = BaseQuestion {
    key: "trigger",
    flag: true,
    title: "Trigger",
    help: "What starts the function.",
    values: Values::Layer(Kind::Trigger),
    default: Usual::Value("http"),
};

/// The code to start from.
pub(crate) const EXAMPLE: BaseQuestion = BaseQuestion {
    key: "example",
    flag: true,
    title: "Example",
    help: "The code to start from.",
    values: Values::Layer(Kind::Example),
    default: Usual::Value("hello"),
};

/// The Python.
pub(crate) const PYTHON: BaseQuestion = BaseQuestion {
    key: "python",
    flag: true,
    title: "Python",
    help: "The Python that the function runs on in production.",
    values: Values::Python,
    default: Usual::Described("the newest one installed here that the platform keeps for a year"),
};

/// The documentation.
pub(crate) const DOCS: BaseQuestion = BaseQuestion {
    key: "docs",
    flag: true,
    title: "Documentation",
    help: "How documentation is built.",
    values: Values::Layer(Kind::Docs),
    default: Usual::Value("mkdocs"),
};

/// Continuous integration.
pub(crate) const CI: BaseQuestion = BaseQuestion {
    key: "ci",
    flag: true,
    title: "CI",
    help: "Where continuous integration runs.",
    values: Values::Layer(Kind::Ci),
    default: Usual::Value("github"),
};

/// The editor.
pub(crate) const EDITOR: BaseQuestion = BaseQuestion {
    key: "editor",
    flag: true,
    title: "Editor",
    help: "The editor to write settings for.",
    values: Values::Layer(Kind::Editor),
    default: Usual::Value("vscode"),
};

/// What git runs.
pub(crate) const HOOKS: BaseQuestion = BaseQuestion {
    key: "hooks",
    flag: true,
    title: "Hooks",
    help: "What runs the checks at a commit and at a push.",
    values: Values::Layer(Kind::Hooks),
    default: Usual::Value("scaffold"),
};

/// The license.
pub(crate) const LICENSE: BaseQuestion = BaseQuestion {
    key: "license",
    flag: true,
    title: "License",
    help: "What others may do with the code.",
    values: Values::Layer(Kind::License),
    default: Usual::Value("mit"),
};

/// The year of the license.
pub(crate) const YEAR: BaseQuestion = BaseQuestion {
    key: "year",
    flag: false,
    title: "Year",
    help: "The year of the license.",
    values: Values::Year,
    default: Usual::Described("this year"),
};

/// All of them: what is recorded in a project, and then the installer.
pub(crate) const ALL: [&BaseQuestion; 15] = [
    &NAME,
    &DESCRIPTION,
    &AUTHOR,
    &EMAIL,
    &PLATFORM,
    &TRIGGER,
    &EXAMPLE,
    &PYTHON,
    &DOCS,
    &CI,
    &EDITOR,
    &HOOKS,
    &LICENSE,
    &YEAR,
    &INSTALLER,
];

/// Whether every project has a question with this key.
pub(crate) fn is_base(key: &str) -> bool {
    ALL.iter().any(|question| question.key == key)
}

/// A key as a person reads it.
pub(crate) fn title_of(key: &str) -> String {
    if let Some(question) = ALL.iter().find(|it| it.key == key) {
        return question.title.to_owned();
    }
    let words = key.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
