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
    let crud = |it: char| it <= ' ' || ",:;<>\"\\'".contains(it);
    text.trim_matches(crud)
        .chars()
        .filter(|it| !matches!(it, '<' | '>' | '\n' | '\0'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::super::trial::Trial;
    use super::{Identity, author};

    /// Ours beside git's own answer, for author and committer.
    #[track_caller]
    fn assert_as_git(trial: &Trial) {
        let config = Config::load(&trial.host, &trial.folder()).unwrap();
        let found = Identity::find(&trial.host, &config);
        for role in ["AUTHOR", "COMMITTER"] {
            let variable = format!("GIT_{role}_IDENT");
            // Where git is forbidden to make an address up, it says so; `EMAIL` is the one thing that this forbids as well.
            let strict = ["-c", "user.useConfigOnly=true", "var", &variable];
            let arguments = match trial.host.variable("EMAIL") {
                Some(_) => &strict[2..],
                None => &strict[..],
            };
            let output = trial.git_command(&trial.folder(), arguments).run().unwrap();
            let expected = output.success().then(|| {
                let text = String::from_utf8(output.stdout.clone()).unwrap();
                text[..=text.find('>').unwrap()].to_owned()
            });
            let ours = found.as_ref().map(|found| {
                let person = if role == "AUTHOR" {
                    &found.author
                } else {
                    &found.committer
                };
                format!("{} <{}>", person.name, person.email)
            });
            assert_eq!(ours, expected, "{role}: {}", output.last_words(3));
        }
    }

    fn trial(configuration: &str) -> Trial {
        let trial = Trial::anonymous();
        trial.git(&["init", "--quiet"]);
        trial.configure(configuration);
        trial
    }

    const ADA: &str = "[user]\n\tname = Ada\n\temail = ada@example.com\n";

    #[test]
    fn the_configuration_decides_as_for_git() {
        for configuration in [
            ADA,
            "[USER]\nName=Ada\nEMAIL=ada@example.com # hers\n",
            "[user]\n\tname = \"Ada, Countess of Lovelace,\"\n\temail = <ada@example.com>\n",
            "[user]\n\tname = Ada\n\temail = first@example.com\n[user]\n\temail = last@example.com\n",
            "[user]\n\tname = Ada\n\temail = a@b.c\n[author]\n\tname = Writer\n[committer]\n\temail = c@d.e\n",
            "[user]\n\tname = Ædå Løvelace\n\temail = æ@example.com\n",
        ] {
            assert_as_git(&trial(configuration));
        }
    }

    #[test]
    fn the_environment_comes_first_as_for_git() {
        assert_as_git(&trial(ADA).with("GIT_AUTHOR_NAME", "Writer"));
        assert_as_git(
            &trial(ADA)
                .with("GIT_COMMITTER_EMAIL", "c@d.e")
                .with("GIT_AUTHOR_EMAIL", ""),
        );
        assert_as_git(&trial(ADA).with("EMAIL", "other@example.com"));
        assert_as_git(&trial("[user]\n\tname = Ada\n").with("EMAIL", "ada@example.com"));
        let forbidden = "[user]\n\tname = Ada\n\tuseConfigOnly\n";
        assert_as_git(&trial(forbidden).with("EMAIL", "ada@example.com"));
    }

    #[test]
    fn what_is_missing_is_never_made_up() {
        for configuration in [
            "",
            "[user]\n\tname = Ada\n",
            "[user]\n\temail = ada@example.com\n",
        ] {
            let trial = trial(configuration);
            let config = Config::load(&trial.host, &trial.folder()).unwrap();
            assert_eq!(
                Identity::find(&trial.host, &config),
                None,
                "{configuration}"
            );
        }
        let trial = trial("[user]\n\temail = ada@example.com\n");
        let config = Config::load(&trial.host, &trial.folder()).unwrap();
        assert_eq!(
            author(&trial.host, &config),
            (None, Some("ada@example.com".into()))
        );
    }

    #[test]
    fn a_name_of_nothing_but_punctuation_is_none() {
        assert_as_git(&trial(
            "[user]\n\tname = \":,;\"\n\temail = ada@example.com\n",
        ));
    }
}
