//! Whether git can sign what it was told to sign.

use std::path::{Path, PathBuf};

use super::{NO_CONFIGURATION, of_repository};
use crate::doctor::facts::Facts;
use crate::doctor::facts::reading::names;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::git::Config;
use crate::host::Host;

/// What takes the demand away, here alone.
const OFF: &str = "git config --local commit.gpgsign false";

pub(super) fn look(facts: &Facts) -> Outcome {
    of_repository(facts, |repository| {
        let Some(config) = repository.config() else {
            return NO_CONFIGURATION;
        };
        if !config.signs_commits() {
            return Outcome::Healthy;
        }
        let missing = match config.text("gpg.format").unwrap_or("openpgp") {
            "ssh" => missing_for_ssh(&facts.host, config),
            "openpgp" => missing_for_openpgp(&facts.host, config),
            "x509" => missing_program(&facts.host, config, "gpg.x509.program", "gpgsm"),
            _ => None,
        };
        let said = config.said("commit.gpgsign").last();
        let place = said.and_then(|(_, origin)| origin.file.clone());
        Outcome::of(missing.map(|message| {
            let symptom = Symptom::new(message).next(OFF);
            match place {
                Some(file) => symptom.seen_in(Evidence::path(file)),
                None => symptom,
            }
        }))
    })
}

/// Says that the program which signs is not there.
fn missing_program(host: &Host, config: &Config, key: &str, usual: &str) -> Option<String> {
    let named = config.path(host, key);
    let named = named.unwrap_or_else(|| PathBuf::from(usual));
    let is_there = if named.components().count() > 1 {
        named.is_file()
    } else {
        host.find_program(&named.to_string_lossy()).is_some()
    };
    (!is_there).then(|| {
        format!(
            "`commit.gpgsign` is on, and there is no `{}`",
            named.display()
        )
    })
}

fn missing_for_ssh(host: &Host, config: &Config) -> Option<String> {
    let program = missing_program(host, config, "gpg.ssh.program", "ssh-keygen");
    if program.is_some() {
        return program;
    }
    let key = config.text("user.signingkey").filter(|it| !it.is_empty());
    let Some(key) = key else {
        let finds_one = config.text("gpg.ssh.defaultkeycommand").is_some();
        return (!finds_one).then(|| {
            "`commit.gpgsign` is on with SSH, and `user.signingKey` names no key".to_owned()
        });
    };
    // The key itself stands there: whether an agent has it, only the agent can tell.
    if key.starts_with("key::") || key.starts_with("ssh-") || key.contains(' ') {
        return None;
    }
    let file = config.path(host, "user.signingkey")?;
    let is_missing = file.is_absolute() && !file.is_file();
    is_missing.then(|| {
        format!(
            "`commit.gpgsign` is on, and the key `{}` is not there",
            file.display()
        )
    })
}

fn missing_for_openpgp(host: &Host, config: &Config) -> Option<String> {
    let key = if config.text("gpg.openpgp.program").is_some() {
        "gpg.openpgp.program"
    } else {
        "gpg.program"
    };
    let program = missing_program(host, config, key, "gpg");
    if program.is_some() {
        return program;
    }
    let is_own = config.text(key).is_some_and(|it| !it.is_empty());
    let folder = keys(host)?;
    (!is_own && !has_secret(host, &folder)).then(|| {
        format!(
            "`commit.gpgsign` is on, and `{}` holds no secret key",
            folder.display()
        )
    })
}

/// Where `GnuPG` keeps its keys.
fn keys(host: &Host) -> Option<PathBuf> {
    let named = host.variable("GNUPGHOME").map(PathBuf::from);
    // On Windows it depends on which of the two usual ones was installed.
    named.or_else(|| Some(host.home()?.join(".gnupg")).filter(|_| !host.is_windows()))
}

/// Whether there is a secret key, or somebody who may have one: an agent that another machine answers for.
fn has_secret(host: &Host, folder: &Path) -> bool {
    let mut agents = vec![folder.join("S.gpg-agent")];
    if let Some(user) = host.user() {
        agents.push(host.system_file(&format!("/run/user/{user}/gnupg/S.gpg-agent")));
    }
    !names(&folder.join("private-keys-v1.d")).is_empty()
        || folder.join("secring.gpg").is_file()
        || agents.iter().any(|it| it.symlink_metadata().is_ok())
}
