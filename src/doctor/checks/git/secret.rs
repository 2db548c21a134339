//! Whether git tracks what must not leave the machine. Only names of files are ever said, nothing of what is in them.

use std::path::Path;

use super::of_repository;
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Language, Node};
use crate::doctor::facts::reading::beginning;
use crate::doctor::facts::repository::Repository;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::process::quoted;

/// No more of them are said one by one.
const MOST: usize = 20;

/// How much of a file is looked at, in bytes.
const BEGINNING: u64 = 64 << 10;

/// Folders in which a key is there to be tried out.
const TRIALS: [&str; 8] = [
    "test", "tests", "testing", "testdata", "fixtures", "examples", "example", "docs",
];

/// What Azure Functions writes to `local.settings.json` in every project, and what says nothing.
const HARMLESS: [&str; 6] = [
    "AzureWebJobsFeatureFlags",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "IsEncrypted",
    "PYTHON_ENABLE_WORKER_EXTENSIONS",
];

pub(super) fn look(facts: &Facts) -> Outcome {
    of_repository(facts, |repository| {
        let (Some(index), Some(project)) = (repository.index(), &facts.project) else {
            return Outcome::Skipped("what git tracks cannot be read");
        };
        let mut last: &[u8] = b"";
        let mut symptoms = Vec::new();
        for path in index.paths_below(repository.prefix.as_bytes()) {
            let Some(suspicion) = Suspicion::of(path) else {
                continue;
            };
            let Some(Ok(below)) = path
                .get(repository.prefix.len()..)
                .map(std::str::from_utf8)
                .filter(|_| path != last)
            else {
                continue;
            };
            last = path;
            if symptoms.len() < MOST
                && let Some(what) = suspicion.proven(&project.join(below))
            {
                symptoms.push(symptom(facts, repository, below, what));
            }
        }
        Outcome::of(symptoms)
    })
}

fn symptom(facts: &Facts, repository: &Repository, below: &str, what: &str) -> Symptom {
    let path = facts.in_project(below);
    let is_plain = !below.contains(['*', '?', '[', '\\', ':']);
    let said = if is_plain {
        below.to_owned()
    } else {
        format!(":(top,literal){}{below}", repository.prefix)
    };
    let mut actions = vec![Action::run([
        "git", "rm", "--cached", "--force", "--quiet", "--", &said,
    ])];
    let ignores = repository.ignores(&facts.host);
    if is_plain && !ignores.is_some_and(|it| it.has(&path, false)) {
        let line = format!("/{below}");
        let file = facts.in_project(".gitignore");
        actions.push(Action::edit(file, Edit::Append(vec![line])));
    }
    Symptom::new(format!(
        "git tracks `{below}`, which holds {what}: the history keeps that, so replace it as well"
    ))
    .seen_in(Evidence::path(path))
    .next(format!("git rm --cached -- {}", quoted(&said)))
    .fix(Fix::ask(
        format!("take `{below}` out of git; the file stays"),
        actions,
    ))
}

/// What a name alone makes a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suspicion {
    Variables,
    Key,
    Account,
    Settings,
}

impl Suspicion {
    fn of(path: &[u8]) -> Option<Self> {
        let name = path.rsplit(|it| *it == b'/').next()?;
        // Most names are told by their first or last letters, before anything is looked at twice.
        let is_first = matches!(name.first(), Some(b'.' | b'i' | b'l'));
        let is_last = matches!(name.last(), Some(b'm' | b'y' | b'n' | b'k' | b'8'));
        if !is_first && !is_last {
            return None;
        }
        let name = std::str::from_utf8(name).ok()?;
        if name == "local.settings.json" {
            return Some(Self::Settings);
        }
        if name == ".env" || name == ".env.local" {
            return Some(Self::Variables);
        }
        if name.starts_with(".env.") && name.ends_with(".local") {
            return Some(Self::Variables);
        }
        let is_trial = || {
            let mut folders = path.split(|it| *it == b'/');
            folders.any(|it| TRIALS.iter().any(|trial| trial.as_bytes() == it))
        };
        let extension = name.rsplit_once('.').map_or("", |it| it.1);
        let is_key = matches!(extension, "pem" | "key" | "ppk" | "p8")
            || matches!(name, "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519");
        if is_key {
            return (!is_trial()).then_some(Self::Key);
        }
        let lower = name.to_ascii_lowercase();
        let is_account = extension == "json"
            && ["service", "credential", "key", "account", "firebase"]
                .iter()
                .any(|it| lower.contains(it));
        (is_account && !is_trial()).then_some(Self::Account)
    }

    /// What the file really holds, if that is a secret.
    fn proven(self, file: &Path) -> Option<&'static str> {
        let bytes = beginning(file, BEGINNING);
        let text = String::from_utf8_lossy(&bytes);
        match self {
            Self::Variables => has_values(&text).then_some("values of environment variables"),
            Self::Key => has_key(&text).then_some("a private key"),
            Self::Account => {
                let is_one = text.contains("\"service_account\"") && has_key(&text);
                is_one.then_some("the key of a service account")
            }
            Self::Settings => {
                let node = Language::Json.parse(&text).ok()?;
                has_settings(&node).then_some("settings with values")
            }
        }
    }
}

/// Whether some variable is set to something.
fn has_values(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        let value = line.split_once('=').map_or("", |it| it.1.trim());
        !line.starts_with('#') && !value.trim_matches(['"', '\'']).is_empty()
    })
}

/// Whether there is the first line of a private key.
fn has_key(text: &str) -> bool {
    let armour = concat!("PRIVATE", " KEY-----");
    let begins = |it: &str| it.contains("-----BEGIN ") && it.contains(armour);
    text.split('\n').any(begins) || text.starts_with(concat!("PuTTY-User", "-Key-File-"))
}

/// Whether something is set that is not what every project has.
fn has_settings(node: &Node) -> bool {
    let is_said = |it: &Node| {
        let text = it.text().unwrap_or_default();
        !text.is_empty() && text != "UseDevelopmentStorage=true"
    };
    let values = node.at(&["Values"]).map_or(&[][..], |it| it.entries());
    let connections = node
        .at(&["ConnectionStrings"])
        .map_or(&[][..], |it| it.entries());
    values
        .iter()
        .filter(|it| !HARMLESS.contains(&it.key.as_str()))
        .chain(connections)
        .any(|it| is_said(&it.value) || !it.value.entries().is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Suspicion;

    #[test]
    fn names_are_told_apart() {
        use Suspicion::{Account, Key, Settings, Variables};
        for (path, expected) in [
            (".env", Some(Variables)),
            ("a/.env", Some(Variables)),
            (".env.example", None),
            (".env.production.local", Some(Variables)),
            (".env.production", None),
            ("deploy/server.key", Some(Key)),
            ("tests/certs/server.key", None),
            (".ssh/id_rsa", Some(Key)),
            ("id_rsa.pub", None),
            ("local.settings.json", Some(Settings)),
            ("gcp-credentials.json", Some(Account)),
            ("package.json", None),
            ("app.py", None),
            ("", None),
        ] {
            assert_eq!(Suspicion::of(path.as_bytes()), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_name_and_any_content_are_read(path: Vec<u8>, text: String) {
            Suspicion::of(&path);
            super::has_values(&text);
            super::has_key(&text);
        }
    }
}
