//! TOOL: the programs for the command line of the platform that the project is for.
//!
//! Which they are, how new they must be and how they are installed stands in the platform's layer.

#[cfg(test)]
pub(crate) mod cases;

use crate::doctor::check::{Check, Severity, manual};
use crate::doctor::facts::Facts;
use crate::doctor::facts::command::{Presence, Version};
use crate::doctor::facts::target::Target;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::host::System;
use crate::platform::Tool;
use crate::python::Series;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    // CI may deploy, and whoever only writes and tests needs none of them.
    manual(
        "TOOL001",
        Severity::Information,
        missing,
        [
            "a program of the platform's is not installed",
            "what it does can be done elsewhere, in CI for example, and not from this machine",
            "Install it if you want to do that here.",
        ],
    ),
    manual(
        "TOOL002",
        Severity::Warning,
        too_old,
        [
            "a program of the platform's is too old",
            "the platform, or the project's Python, takes a newer one",
            "Install the present version in the way in which this one was installed.",
        ],
    ),
    manual(
        "TOOL003",
        Severity::Warning,
        broken,
        [
            "a program of the platform's cannot start",
            "its name is on `PATH`, and what it needs is gone: the package that a link leads to, or the interpreter of a script",
            "Install it again, or remove what is left of it.",
        ],
    ),
];

/// Looks at every program of the project's platforms, once each.
fn of_tools(facts: &Facts, look: impl Fn(&Target, &Tool, &Presence) -> Option<Symptom>) -> Outcome {
    let mut seen: Vec<&str> = Vec::new();
    let mut symptoms = Vec::new();
    for target in facts.targets() {
        for tool in &target.facts.tools {
            if seen.contains(&tool.name.as_str()) {
                continue;
            }
            seen.push(&tool.name);
            symptoms.extend(look(target, tool, &facts.presence(tool)));
        }
    }
    if seen.is_empty() {
        return Outcome::Skipped("no platform with programs of its own is known here");
    }
    Outcome::of(symptoms)
}

/// Something seen of a program, with how it is installed here: what to type, or else the page that says it.
fn symptom(facts: &Facts, tool: &Tool, message: &str) -> Symptom {
    let source = &tool.source;
    let install = tool.install.on(System::current(&facts.host));
    // A page cannot be typed.
    if let [page] = install
        && page.starts_with("https://")
    {
        return Symptom::new(format!("{message}; how to install it here: {page}"));
    }
    let symptom = Symptom::new(format!("{message} ({source})"));
    let has = |it: &str| facts.host.find_program(it).is_some();
    if let [line] = install
        && let Some(package) = line.strip_prefix("pipx install ")
        && !has("pipx")
    {
        if has("uv") {
            return symptom.next(format!("uv tool install {package}"));
        }
        if has("apt-get") {
            return symptom.next("sudo apt-get install pipx").next(line);
        }
    }
    install.iter().fold(symptom, Symptom::next)
}

fn missing(facts: &Facts) -> Outcome {
    if facts.host.is_ci() {
        return Outcome::Skipped("CI installs what it deploys with");
    }
    of_tools(facts, |target, tool, presence| {
        let does_without = tool
            .instead
            .iter()
            .any(|it| facts.host.find_program(it).is_some());
        if *presence != Presence::Absent || tool.optional || does_without {
            return None;
        }
        let (name, title, why) = (&tool.name, &tool.title, &tool.why);
        let message = format!(
            "there is no `{name}` ({title}, for {}): it {why}",
            target.title
        );
        Some(symptom(facts, tool, &message))
    })
}

fn too_old(facts: &Facts) -> Outcome {
    let python = python(facts);
    of_tools(facts, |_, tool, presence| {
        let Presence::There {
            path,
            version: Some(version),
        } = presence
        else {
            return None;
        };
        let since = tool
            .since
            .iter()
            .filter(|it| {
                let needed_by = it.python.as_deref().map(str::parse::<Series>);
                needed_by.is_none_or(|it| it.is_ok() && it.ok() == python)
            })
            .filter_map(|it| Some((it, Version::parse(&it.version)?)))
            .find(|(_, oldest)| version.is_before(oldest))?
            .0;
        let (title, text) = (&tool.title, &version.text);
        let message = format!(
            "{title} is {text}, and {} is the oldest that will do: {}",
            since.version, since.why
        );
        let says = format!("{text}; {}", since.source);
        let evidence = Evidence::path(path.clone()).says(says);
        Some(symptom(facts, tool, &message).seen_in(evidence))
    })
}

/// The Python that the project was made for, or is kept to.
fn python(facts: &Facts) -> Option<Series> {
    let document = facts.pyproject();
    let recorded = document.at(&["tool", "scaffold", "answers", "python"]);
    let recorded = recorded.and_then(|it| it.text()?.parse().ok());
    recorded.or_else(|| {
        let text = facts.text(&facts.in_project(".python-version"))?;
        let line = text.lines().map(str::trim).find(|it| !it.is_empty())?;
        let mut numbers = line.split('.');
        let mut number = || numbers.next()?.parse().ok();
        Some(Series::new(number()?, number()?))
    })
}

fn broken(facts: &Facts) -> Outcome {
    of_tools(facts, |_, tool, presence| {
        let Presence::Broken { path, missing } = presence else {
            return None;
        };
        let message = format!(
            "`{}` cannot start: `{missing}` is not there",
            facts.host.short(path)
        );
        let evidence = Evidence::path(path.clone()).says(missing.clone());
        Some(symptom(facts, tool, &message).seen_in(evidence))
    })
}
