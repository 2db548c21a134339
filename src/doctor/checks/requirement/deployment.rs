//! What a platform's builder cannot reach, or should not be told; and what is known of the platform.

use std::path::Path;

use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::index::without_credentials;
use crate::doctor::facts::node::{Language, Node, Value};
use crate::doctor::facts::reading::Reading;
use crate::doctor::facts::requirements::{Entry, File, Kind};
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::platform;
use crate::template::catalog::Catalog;
use crate::template::layer;

/// The files of serverless platforms' own tools.
const OF_PLATFORMS: [&str; 10] = [
    "vercel.json",
    "template.yaml",
    "template.yml",
    "samconfig.toml",
    "serverless.yml",
    "serverless.yaml",
    "host.json",
    "function_app.py",
    "netlify.toml",
    "wrangler.toml",
];

/// Whether `scaffold new` made the project: `scaffold lock` can then lock it.
pub(super) fn is_ours(facts: &Facts) -> bool {
    let document = facts.pyproject();
    document.at(&["tool", "scaffold", "answers"]).is_some()
}

/// Whether it is known that some platform's builder installs the project.
pub(super) fn is_serverless(facts: &Facts) -> bool {
    is_ours(facts) || OF_PLATFORMS.iter().any(|it| facts.in_project(it).is_file())
}

/// The name of the platform that a project of ours is for.
fn platform(facts: &Facts) -> Option<String> {
    let document = facts.pyproject();
    let node = document.at(&["tool", "scaffold", "answers", "platform"])?;
    node.text().map(str::to_owned)
}

/// What the layer of that platform says.
pub(super) fn platform_facts(facts: &Facts) -> Option<platform::Facts> {
    let catalog = Catalog::embedded();
    let layer = catalog
        .layer(layer::Kind::Platform, &platform(facts)?, None)
        .ok()?;
    platform::Facts::of(layer).ok()
}

/// Whether the builder reads `pyproject.toml` in place of the requirements file.
pub(super) fn hides_requirements(facts: &Facts) -> bool {
    match platform_facts(facts) {
        Some(known) => known.constraints_in_pyproject,
        None => {
            let is_vercel = |it: &str| facts.in_project(it).exists();
            is_vercel("vercel.json") || is_vercel(".vercel/project.json")
        }
    }
}

/// The fix of everything that comes from a lock that is not right, in a project of ours.
pub(super) fn locked_again(facts: &Facts, symptom: Symptom) -> Symptom {
    if !is_ours(facts) {
        return symptom;
    }
    let action = Action::run(["scaffold", "lock"]);
    symptom
        .next("scaffold lock")
        .fix(Fix::ask("lock what `pyproject.toml` asks for", [action]))
}

/// Where an entry stands.
pub(super) fn evidence(file: &File, entry: &Entry) -> Evidence {
    Evidence::path(file.path.clone()).line(entry.line)
}

/// REQ012.
pub(super) fn places(facts: &Facts) -> Outcome {
    let Some(deploy) = facts.requirements().deploy() else {
        return Outcome::Skipped("there is no requirements file that is deployed");
    };
    Outcome::of(deploy.entries().filter_map(|(file, entry)| {
        let (place, is_editable) = match &entry.kind {
            Kind::Editable(place) => (place.as_str(), true),
            Kind::Place(place) => (place.as_str(), false),
            Kind::Requirement(requirement) => (requirement.url.as_deref()?, false),
            _ => return None,
        };
        let (why, severity) = trouble(facts, file, place, is_editable)?;
        let shown = without_credentials(place);
        Some(
            Symptom::new(format!("`{shown}` {why}"))
                .severity(severity)
                .seen_in(evidence(file, entry)),
        )
    }))
}

/// Why a builder cannot install that, and how bad it is.
fn trouble(
    facts: &Facts,
    file: &File,
    place: &str,
    is_editable: bool,
) -> Option<(&'static str, Severity)> {
    let hard = if is_serverless(facts) {
        Severity::Error
    } else {
        Severity::Warning
    };
    if place.contains("${") {
        return None;
    }
    if let Some(local) = local(place) {
        let folder = file.path.parent().unwrap_or(Path::new(""));
        let target = folder.join(local.split('[').next().unwrap_or(local));
        let target = target.canonicalize().unwrap_or(target);
        let project = facts.in_project("");
        let project = project.canonicalize().unwrap_or(project);
        if place.starts_with("file:") || !target.starts_with(project) {
            return Some(("is a place on this machine", Severity::Error));
        }
        return is_editable.then_some((
            "is editable: what is installed is a link to the source, which is not deployed",
            hard,
        ));
    }
    if place.contains("ssh://") || place.starts_with("git+git@") {
        return Some(("wants an SSH key, which no builder has", hard));
    }
    is_editable.then_some((
        "is editable: what is installed is a link to a checkout, which is not deployed",
        hard,
    ))
}

/// The path on this machine that a place is; `None` for an address.
fn local(place: &str) -> Option<&str> {
    match place.strip_prefix("file:") {
        Some(path) => Some(path.trim_start_matches("//")),
        None => (!place.contains("://") && !place.contains('@')).then_some(place),
    }
}

/// REQ013.
pub(super) fn credentials(facts: &Facts) -> Outcome {
    let mut symptoms = Vec::new();
    let mut seen = |file: &Path, line: u32, address: &str| {
        if has_credentials(address) {
            let host = without_credentials(address);
            let words = format!("the address of `{host}` has a user or a password in it");
            let evidence = Evidence::path(file).line(line);
            if !symptoms
                .iter()
                .any(|it: &Symptom| it.evidence.contains(&evidence))
            {
                symptoms.push(Symptom::new(words).seen_in(evidence));
            }
        }
    };
    for source in &facts.requirements().sources {
        for included in &source.files {
            let file = &included.file;
            for entry in &file.entries {
                let address = match &entry.kind {
                    Kind::Option(_, value)
                    | Kind::Editable(value)
                    | Kind::Place(value)
                    | Kind::Include(value)
                    | Kind::Constraint(value) => value.as_str(),
                    Kind::Requirement(requirement) => {
                        requirement.url.as_deref().unwrap_or_default()
                    }
                    Kind::Malformed(_) => continue,
                };
                seen(&file.path, entry.line, address);
            }
        }
    }
    for name in ["pyproject.toml", "uv.toml", "Pipfile", "poetry.toml"] {
        let file = facts.in_project(name);
        let Some(parsed) = facts.parsed(&file, Language::Toml) else {
            continue;
        };
        if let Ok(document) = parsed.as_ref() {
            document.walk(&mut |_, node: &Node| {
                if let Value::Scalar { text, .. } = &node.value {
                    // Of a requirement, what follows the `@`.
                    let start = text.find("://").map_or(0, |colon| {
                        let before = text.get(..colon).unwrap_or_default();
                        before.rfind([' ', '@']).map_or(0, |it| it + 1)
                    });
                    seen(&file, node.line, text.get(start..).unwrap_or_default());
                }
            });
        }
    }
    for name in ["pip.conf", "pip.ini"] {
        let file = facts.in_project(name);
        if let Reading::Bytes(bytes) = &*facts.read(&file) {
            let text = String::from_utf8_lossy(bytes);
            for (number, line) in (1..).zip(text.lines()) {
                for word in line.split(['=', ' ', '\t']).filter(|it| it.contains("://")) {
                    seen(&file, number, word);
                }
            }
        }
    }
    Outcome::of(symptoms)
}

/// Names that are no secret by themselves.
const USERS: [&str; 5] = ["git", "hg", "oauth2", "__token__", "oauth2accesstoken"];

/// Whether an address has a password, or a user that must be a token, outright.
fn has_credentials(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else {
        return false;
    };
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let is_variable = |it: &str| it.starts_with('$') || it.starts_with('%') && it.ends_with('%');
    let is_secret = |it: &str| {
        // What stands for a secret in an example is none.
        let is_example = it.starts_with('<') || it.starts_with('{');
        !it.is_empty() && !is_variable(it) && !is_example
    };
    is_secret(password)
        || password.is_empty()
            && !scheme.ends_with("ssh")
            && !USERS.contains(&user)
            && user.len() >= 16
            && is_secret(user)
}

#[cfg(test)]
mod tests {
    use super::has_credentials;

    #[test]
    fn a_secret_is_told_from_a_variable() {
        for address in [
            "https://me:word@host/simple",
            "git+https://ghp_0123456789abcdef@github.com/a/b",
            "https://__token__:pypi-x@host/",
        ] {
            assert!(has_credentials(address), "{address}");
        }
        for address in [
            "https://host/simple",
            "https://${USER}:${WORD}@host/simple",
            "https://me:${WORD}@host/simple",
            "https://me@host/simple",
            "ssh://git@github.com/a/b",
            "git+ssh://0123456789abcdefghi@host/a",
            "https://host/a@b:c",
            "https://<user>:<password>@host/",
            "me:word@host",
        ] {
            assert!(!has_credentials(address), "{address}");
        }
    }
}
