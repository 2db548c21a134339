//! Who makes a commit, decided as git decides it, except that nothing is ever made up from the machine's name.
//!
//! Called by `project` for the author's name and by the commit. It must not know where configuration comes from.

use super::config::Config;
use crate::host::Host;

/// A person as git writes one down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// The name, cleaned of what git does not write.
    pub(crate) name: String,
    /// The address, possibly empty.
    pub(crate) email: String,
}

/// Author and committer of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Who wrote it.
    pub(crate) author: Person,
    /// Who records it.
    pub(crate) committer: Person,
}

impl Identity {
    /// The identity that git would commit with: environment first, then configuration. `None` where git would stop with
    /// "Please tell me who you are", and also where it would make one up from the names of the user and the machine.
    pub(crate) fn find(host: &Host, config: &Config) -> Option<Self> {
        let role = |role: &str| {
            Some(Person {
                name: name(host, config, role)?,
                email: email(host, config, role)?,
            })
        };
        Some(Self {
            author: role("author")?,
            committer: role("committer")?,
        })
    }
}

/// The author's name and address, each where it is known: the defaults for a project's metadata.
pub(crate) fn author(host: &Host, config: &Config) -> (Option<String>, Option<String>) {
    let email = email(host, config, "author").filter(|email| !email.is_empty());
    (name(host, config, "author"), email)
}

fn name(host: &Host, config: &Config, role: &str) -> Option<String> {
    let variable = format!("GIT_{}_NAME", role.to_ascii_uppercase());
    let text = given(host, &variable)
        .or_else(|| configured(config, role, "name"))
        .or_else(|| configured(config, "user", "name"))?;
    Some(cleaned(&text)).filter(|name| !name.is_empty())
}

fn email(host: &Host, config: &Config, role: &str) -> Option<String> {
    let variable = format!("GIT_{}_EMAIL", role.to_ascii_uppercase());
    let from_environment = || {
        let email = host.text("EMAIL").map(str::to_owned);
        email.filter(|_| !config.is_true("user.useconfigonly"))
    };
    given(host, &variable)
        .or_else(|| configured(config, role, "email"))
        .or_else(|| configured(config, "user", "email"))
        .or_else(from_environment)
        .map(|email| cleaned(&email))
}

/// A variable, also where it is empty: git takes an empty address as it is.
fn given(host: &Host, name: &str) -> Option<String> {
    host.variables()
        .find(|(it, _)| *it == name)
        .map(|(_, value)| value.to_string_lossy().into_owned())
}

fn configured(config: &Config, section: &str, key: &str) -> Option<String> {
    let text = config.text(&format!("{section}.{key}"));
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Without what would break the line of a commit (`<`, `>`, line ends) and without git's "crud" at both ends.
fn cleaned(text: &str) -> String {
    let crud = |it: char| it <= ' ' || ".,:;<>\"\\'".contains(it);
    text.trim_matches(crud)
        .chars()
        .filter(|it| !matches!(it, '<' | '>' | '\n' | '\0'))
        .collect()
}
